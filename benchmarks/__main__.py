"""How fast is it, beside its peers in the same run? `./dev bench` prints one; `files`, `check`, `owner`, `plan`,
`draw`, `tiles` more.

CPU seconds of this process, peers interleaved, the median of five rounds: wall time says more about the machine's
other guests than about us. All on the sample district.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import geopandas
import numpy as np
import shapely
from rich.console import Console
from rich.table import Table

from benchmarks import check, draw, files, owner, plan, tiles
from geo import coverage, households
from geo.files import plan_of, read_geojson, things
from geo.index import Claim, Owners
from geo.lookup import Holding, Map, answer
from geo.model import Grid, Plan, Standing
from geo.plan import divided_regions
from sample_data.make import district

ROUNDS = 5
POINTS = 200_000


@dataclass(frozen=True)
class Contest:
    """One job, how many pieces of work it has, and who does it; the first contestant is ours."""

    name: str
    work: int
    unit: str
    contestants: Sequence[tuple[str, Callable[[], object]]]


def main() -> None:
    """Run every contest and print what each contestant did in a CPU second."""
    plan = _district()
    table = Table("job", "who", "CPU s (median)", "per CPU second", "ours is", box=None)
    for contest in (_lookups(plan), _single_lookups(plan), _proofs(plan), _buildings(plan)):
        ours = None
        for (name, _), seconds in zip(contest.contestants, _medians(contest), strict=True):
            ours = ours or seconds
            ratio = "" if seconds is ours else f"x {seconds / ours:.1f}"
            table.add_row(contest.name, name, f"{seconds:.3f}", f"{contest.work / seconds:,.0f} {contest.unit}", ratio)
    Console(file=sys.stdout, width=120).print(table)


def _medians(contest: Contest) -> list[float]:
    times: list[list[float]] = [[] for _ in contest.contestants]
    for _ in range(ROUNDS):
        for taken, (_, run) in zip(times, contest.contestants, strict=True):
            start = time.process_time()
            run()
            taken.append(time.process_time() - start)
    return [median(taken) for taken in times]


def _district() -> Plan:
    return plan_of(things(read_geojson(json.dumps(district()).encode())))


def _points(plan: Plan) -> np.ndarray:
    west, south, east, north = shapely.total_bounds(np.asarray([grid.shape for grid in plan.grids], dtype=object))
    return np.random.default_rng(1).uniform([west, south], [east, north], (POINTS, 2))


def _frame(grids: Sequence[Grid]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame({"code": [g.code for g in grids]}, geometry=[g.shape for g in grids])


def _lookups(plan: Plan) -> Contest:
    xy, frame = _points(plan), _frame(plan.grids)
    owners = Owners([Claim(grid.code, grid.shape) for grid in plan.grids])
    dots = geopandas.GeoDataFrame(geometry=shapely.points(xy))
    return Contest(
        "owner of many points",
        POINTS,
        "points",
        [
            ("wangge Owners.owners", lambda: owners.owners(xy)),
            ("geopandas sjoin intersects", lambda: geopandas.sjoin(dots, frame, predicate="intersects")),
        ],
    )


def _single_lookups(plan: Plan) -> Contest:
    xy, shapes = _points(plan)[:2000], np.asarray([grid.shape for grid in plan.grids], dtype=object)
    state = Map(
        holdings=[Holding.of(n, grid, 1, Standing.PROVEN) for n, grid in enumerate(plan.grids)],
        regions={region.code: region for region in plan.regions},
        boundaries={region.code: region.shape for region, _ in divided_regions(plan) if region.shape},
    )
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    return Contest(
        "owner of one point",
        len(xy),
        "lookups",
        [
            ("wangge, the whole answer", lambda: [answer(state, x, y) for x, y in xy]),
            ("wangge, the owner alone", lambda: [state.owners.covering(x, y) for x, y in xy]),
            ("STRtree + predicate", lambda: [tree.query(shapely.Point(x, y), "intersects") for x, y in xy]),
        ],
    )


def _proofs(plan: Plan) -> Contest:
    divided = [(region.shape, [grid.shape for grid in own]) for region, own in divided_regions(plan) if region.shape]

    def overlaid() -> list[float]:
        return [boundary.difference(shapely.union_all(grids)).area for boundary, grids in divided]

    return Contest(
        "is a community covered?",
        len(divided),
        "communities",
        [
            ("wangge is_exact (proof)", lambda: [coverage.is_exact(boundary, grids) for boundary, grids in divided]),
            ("shapely union + difference (gaps only)", overlaid),
        ],
    )


def _buildings(plan: Plan) -> Contest:
    frame = _frame(plan.grids)
    houses = geopandas.GeoDataFrame(geometry=[building.shape for building in plan.buildings])
    return Contest(
        "owner of buildings, shares",
        len(plan.buildings),
        "buildings",
        [
            ("wangge households.assign", lambda: households.assign(plan.buildings, plan.grids)),
            ("geopandas overlay (areas)", lambda: geopandas.overlay(houses, frame, keep_geom_type=False)),
        ],
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["files"]:
        files.main(sys.argv[2:])
    elif sys.argv[1:2] == ["check"]:
        check.main(sys.argv[2:])
    elif sys.argv[1:2] == ["owner"]:
        owner.main(sys.argv[2:])
    elif sys.argv[1:2] == ["plan"]:
        plan.main(sys.argv[2:])
    elif sys.argv[1:2] == ["draw"]:
        draw.main(sys.argv[2:])
    elif sys.argv[1:2] == ["tiles"]:
        tiles.main(sys.argv[2:])
    else:
        main()
