"""How fast is an edit with its findings, in a community of 2,000 buildings?

Edits of every kind in turn, each second one a dry run, after it steps back and forth. What the service refuses (a line
meets a building) is asked about with another edit and told apart.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
import shapely
from rich.table import Table

from benchmarks.plan_client import Client, Taken, figures
from benchmarks.plan_edits import Planner
from benchmarks.servers import Served
from geo.store.embedded import Cluster

ASKED_MS, ASKED_P99_MS = 100, 250
TRIES = 20
"""How often another edit of a kind is drawn until one is legal."""
WARM = 4
"""Requests that nobody counts: the desk starts and opens the plan."""
REFUSED = "refused"


def run(served: Served, cluster: Cluster, community: str, rounds: int, edits: int) -> Table:
    """Measure so many rounds of so many edits, each round with a new plan."""
    taken: dict[str, list[Taken]] = defaultdict(list)
    with closing(Client(served, cluster)) as client:
        for number in range(rounds):
            for kind, one in _round(client, community, edits, np.random.default_rng([2, number])):
                taken[kind].append(one)
    return _table(taken, rounds)


def _round(client: Client, community: str, edits: int, chance: np.random.Generator) -> Iterator[tuple[str, Taken]]:
    plan, _ = client.opened(community)
    grids = {one["properties"]["code"]: shapely.geometry.shape(one["geometry"]) for one in client.ground(plan)}
    planner, revision = Planner(grids, chance), 1
    for number in range(-WARM, edits):
        kind = planner.kinds[number % len(planner.kinds)]
        for _ in range(TRIES):
            dry = "?dry_run=true" if number // len(planner.kinds) % 2 else ""
            asked = {"edits": [planner.draw(kind)]}
            reply = client.ask(f"/v1/plans/{plan}/edits{dry}", asked, revision=revision)
            if reply.status == 200:
                break
            if reply.status != 422:
                raise RuntimeError(str(reply.told)[:2000])
            yield REFUSED, reply.taken
        else:
            raise RuntimeError(f"{TRIES} edits were refused, the last one: {reply.told}")
        if not dry:
            planner.keep(reply.told)
            revision = reply.told["revision"]
        if number >= 0:
            yield kind, reply.taken
            yield ("dry run" if dry else "kept"), reply.taken
    for way in ("undo", "redo") * (edits // 20):
        reply = client.good(f"/v1/plans/{plan}/{way}", {}, revision=revision)
        revision = reply.told["revision"]
        yield "undo, redo", reply.taken


def _table(taken: dict[str, list[Taken]], rounds: int) -> Table:
    every = [*taken["kept"], *taken["dry run"]]
    title = f"{len(every):,} edits in {rounds} rounds"
    table = Table(
        "an edit", "requests", "ms", "p99", "CPU ms", "p99", "of it database", "asked", box=None, caption=title
    )
    _row(table, "all", every, f"{ASKED_MS}, p99 {ASKED_P99_MS}")
    for kind in sorted(taken.keys() - {"kept", "dry run", "undo, redo", REFUSED}):
        _row(table, kind, taken[kind])
    for kind in ("kept", "dry run", "undo, redo", REFUSED):
        if taken[kind]:
            _row(table, kind, taken[kind])
    return table


def _row(table: Table, name: str, taken: Sequence[Taken], asked: str = "") -> None:
    told = figures(taken)
    table.add_row(name, f"{len(taken):,}", *(f"{value:.0f}" for value in told.values()), asked)
