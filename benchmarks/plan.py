"""How fast is a plan drawn, opened and published?

`./dev bench plan [--rounds N] [--edits N] [--only PART] [--small]`. Parts: `edits`, in a community of 2,000 buildings
(`benchmarks.community`); `district`: opening and publishing the sample district and its 97 communities. One request at
a time to `wangge serve` on a private PostgreSQL. Two figures each: the time until the answer, which on a machine with
other guests says much of them, and the CPU seconds of service, desk and database together, beside what was asked.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import plan_drawn, plan_whole, servers
from benchmarks.community import CITY, CODE, community
from geo.files import plan_of, read_geojson, things
from geo.model import Plan
from geo.plan import divided_regions
from geo.store import door, drafts, embedded, schema
from geo.store.connect import owner_engine, service_engine, session
from geo.store.embedded import Cluster
from sample_data.make import district

ROUNDS, EDITS = 3, 300
SMALL_EDITS, SMALL_BUILDINGS, SMALL_COMMUNITIES = 14, 300, 2
"""With `--small`: everything runs, the figures mean little."""
PARTS = ("edits", "district")


def main(arguments: Sequence[str]) -> None:
    """Run the parts that are wanted and print what was measured beside what was asked."""
    wish, console = _read(arguments), Console(file=sys.stdout, width=130)
    if wish.small:
        parts = [small()]
    else:
        parts = [_edits(wish.rounds, wish.edits) if part == "edits" else _whole(wish.rounds) for part in _parts(wish)]
    for tables in parts:
        for table in tables:
            console.print(table)


def small() -> Iterator[Table]:
    """Little of everything, in one store: the figures mean nothing."""
    drawn = community(buildings=SMALL_BUILDINGS).plan
    beside = [grid for grid in drawn.grids if grid.region != CODE][: 5 * SMALL_COMMUNITIES]
    with published(drawn) as cluster, servers.wangge(cluster, 2, 2) as served:
        yield plan_drawn.run(served, cluster, CODE, 1, SMALL_EDITS)
        yield plan_whole.open_whole(served, cluster, CITY, drawn.grids, 1)
        yield plan_whole.publish_whole(served, cluster, beside, 1)


def _parts(wish: argparse.Namespace) -> Sequence[str]:
    return [wish.only] if wish.only else PARTS


def _edits(rounds: int, edits: int) -> Iterator[Table]:
    with published(community().plan) as cluster, servers.wangge(cluster, 2, 2) as served:
        yield plan_drawn.run(served, cluster, CODE, rounds, edits)


def _whole(rounds: int) -> Iterator[Table]:
    drawn = plan_of(things(read_geojson(json.dumps(district()).encode())))
    top = next(region.code for region in drawn.regions if region.parent is None)
    with published(drawn) as cluster, servers.wangge(cluster, 2, 2) as served:
        yield plan_whole.open_whole(served, cluster, top, drawn.grids, rounds)
        yield plan_whole.publish_whole(served, cluster, drawn.grids, rounds)


@contextmanager
def published(drawn: Plan) -> Iterator[Cluster]:
    """A private cluster where a plan is published, erased at the end."""
    outlines = {region.code: region.shape for region, _ in divided_regions(drawn) if region.shape is not None}
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as name:
        data = Path(name) / "data"
        with embedded.joined(data) as cluster:
            owner, service = owner_engine(cluster.owner_url), service_engine(cluster.service_url)
            schema.migrate(owner)
            with session(service) as work, work.begin():
                plan = drafts.save(work, drawn, outlines, dict.fromkeys(outlines), actor="bench")
            door.publish(service, door.Request(plan=plan, actor="bench", reason="invented"))
            owner.dispose()
            service.dispose()
            yield cluster
        embedded.erase(data)


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench plan", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--edits", type=int, default=EDITS, help="in a round")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--small", action="store_true", help="little of everything, for a quick try")
    return parser.parse_args(arguments)
