"""How fast is a plan of a whole district opened, and how fast is one community published, and all of them?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from statistics import median

import numpy as np
from rich.table import Table

from benchmarks.plan_client import Client, Taken
from benchmarks.plan_edits import Planner
from benchmarks.servers import Served
from geo.model import Grid, Ground
from geo.store.embedded import Cluster

OPENED, FIRST, AGAIN = "a plan of all is opened", "its first edit, which loads it", "its next edit"
ONE, ALL = "one community is published", "all communities are published at once"
ASKED_S = {OPENED: 2.0, ONE: 0.1, ALL: 5.0}
SINGLE = 8
"""Communities that are published one by one in a round."""
TRIES = 8
"""Edits of the ground that are tried in a community until one is legal; then a grid gets another name."""
GROUND = ("reshape", "move_node", "split")


def open_whole(served: Served, cluster: Cluster, district: str, grids: Sequence[Grid], rounds: int) -> Table:
    """Measure how a plan of everything below a region begins."""
    taken: dict[str, list[Taken]] = defaultdict(list)
    with closing(Client(served, cluster)) as client:
        _drawn(client, grids[0], grids[0].region)  # the desk is there
        for grid in grids[1 : rounds + 1]:
            opened, first, again = _drawn(client, grid, district)
            taken[OPENED].append(opened)
            taken[FIRST].append(first)
            taken[AGAIN].append(again)
    return _table(taken, "opening")


def _drawn(client: Client, grid: Grid, *regions: str) -> tuple[Taken, Taken, Taken]:
    """A plan of regions, and a grid of it that is given another name, twice."""
    plan, opened = client.opened(*regions)
    asked = {"edits": [{"op": "set", "grid": grid.code, "name": "另名"}]}
    first, again = (client.good(f"/v1/plans/{plan}/edits?dry_run=true", asked, revision=1).taken for _ in range(2))
    return opened, first, again


def publish_whole(served: Served, cluster: Cluster, grids: Sequence[Grid], rounds: int) -> Table:
    """Measure publications of one community after the other, each with other ground, and of all of them together."""
    taken: dict[str, list[Taken]] = defaultdict(list)
    own: dict[str, dict[str, Ground]] = defaultdict(dict)
    for grid in grids:
        own[grid.region][grid.code] = grid.shape
    chance = np.random.default_rng(3)
    with closing(Client(served, cluster)) as client:
        for _ in range(rounds):
            codes = sorted(own)
            for code in chance.choice(codes, min(SINGLE, len(codes)), replace=False).tolist():
                taken[ONE].append(_published(client, {code: own[code]}, chance))
            taken[ALL].append(_published(client, own, chance))
    return _table(taken, f"publishing, {len(own)} communities")


def _published(client: Client, own: Mapping[str, dict[str, Ground]], chance: np.random.Generator) -> Taken:
    """Draw something in each of some communities and publish it; what publishing took. `own` is brought up to date."""
    plan, _ = client.opened(*own)
    revision = 1
    for grids in own.values():
        planner = Planner(grids, chance)
        for number in range(TRIES + 1):
            kind = GROUND[number % len(GROUND)] if number < TRIES and planner.has_borders else "set"
            reply = client.ask(f"/v1/plans/{plan}/edits", {"edits": [planner.draw(kind)]}, revision=revision)
            if reply.status == 200:
                planner.keep(reply.told)
                revision = reply.told["revision"]
                break
        grids.clear()
        grids.update(planner.grids)
    return client.good(f"/v1/plans/{plan}/publish", {}, revision=revision).taken


def _table(taken: Mapping[str, Sequence[Taken]], name: str) -> Table:
    table = Table(name, "times", "s (median)", "CPU s (median)", "of it database", "asked", box=None)
    for what, several in taken.items():
        told = [median(getattr(one, part) for one in several) for part in ("wall_s", "cpu_s", "database_s")]
        asked = f"at most {ASKED_S[what]:g} s" if what in ASKED_S else ""
        table.add_row(what, str(len(several)), *(f"{value:.2f}" for value in told), asked)
    return table
