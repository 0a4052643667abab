"""How fast is a whole city checked, and one grid again, beside PostGIS and shapely in the same run?

`./dev bench check [--rounds N] [--small]`: an invented city of 3,000 communities and 15,000 grids of 107 vertices, one
grid in 200 shifted by 2 m. CPU seconds of this process and of the database together, contestants interleaved, medians;
every contestant must name the same communities. What was asked for stands beside what was measured.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import buildings, cpu, peers
from benchmarks.city import City, city
from geo import plan, screen
from geo.changes import Change
from geo.inspection import Inspection
from geo.lattice import to_degrees, to_steps
from geo.model import COVERAGE_RULES, Finding, Grid, Ground
from geo.store import embedded
from geo.store.embedded import Cluster

ROUNDS = 3
GROWN = 4
"""The growth of the work is told between a city and one so many times as large."""
TIMES_POSTGIS, MOST_GROWTH = 20.0, 4.5
MOST_RECHECK_MS = 5.0
EDITS = 200
MOVE_STEPS = 30
"""An edit moves a node by up to so many lattice steps each way, 0.3 m: rings stay sound."""
STREET = 0.01
"""Size of a street with 30 communities: what a planner has open."""
BUILDINGS = 400_000
SMALL = 0.05
"""Size of the city with `--small`: everything runs, the figures mean little."""

Faulty = list[int]
Degrees = NDArray[np.float64]


@dataclass(frozen=True)
class Contestant:
    """Who looks for faulty communities, and how; `ratio` is what ours is asked to beat it by."""

    name: str
    run: Callable[[], Faulty]
    asked: str = ""


def main(arguments: Sequence[str]) -> None:
    """Run every job of the check and print what was measured beside what was asked."""
    parser = argparse.ArgumentParser(prog="./dev bench check", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--small", action="store_true", help=f"a city of {SMALL:.0%} of the size, for a quick try")
    wish = parser.parse_args(arguments)
    size = SMALL if wish.small else 1.0
    console = Console(file=sys.stdout, width=120)
    console.print(_whole_city(size, wish.rounds))
    console.print(_growth(size, wish.rounds))
    console.print(_recheck([city(STREET), city(size)]))
    buildings.run(rows=round(BUILDINGS * size), rounds=wish.rounds)


def _whole_city(size: float, rounds: int) -> Table:
    """Which communities are faulty? Ours against a union and two differences."""
    made = city(size, faulty=True)
    assert made.plan  # made before the clock runs
    with _database() as (cluster, connection):
        peers.load(connection, made)
        entered = [
            Contestant("wangge, which are faulty", lambda: screened(made)),
            Contestant("wangge, every fault located", lambda: located(made)),
            Contestant("PostGIS ST_Union + ST_Difference", lambda: peers.postgis_faulty(connection), "x 20"),
            Contestant("shapely union_all + difference", lambda: peers.shapely_faulty(made)),
        ]
        taken = _interleaved(entered, rounds, made.faulty_regions.tolist(), lambda: cpu.server_s(cluster))
    communities = len(made.boundaries)
    table = Table("whole city", "CPU s (median)", "communities per CPU s", "ours is", "asked", box=None)
    ours = taken[entered[0].name]
    for one in entered:
        seconds = taken[one.name]
        ratio = "" if one is entered[0] else f"x {seconds / ours:.1f}"
        table.add_row(one.name, f"{seconds:.2f}", f"{communities / seconds:,.0f}", ratio, one.asked)
    table.caption = f"{communities:,} communities, {len(made.grids):,} grids, {len(made.faulty_regions)} faulty"
    return table


def _growth(size: float, rounds: int) -> Table:
    """How does the work grow with the city?"""
    cities = [city(size, faulty=True), city(size * GROWN, faulty=True)]
    table = Table("growth", "CPU s at 1x", f"at {GROWN}x", "grows", "asked", box=None)
    for name, run in (("wangge, which are faulty", screened), ("wangge, every fault located", located)):
        taken: list[list[float]] = [[] for _ in cities]
        for _ in range(rounds):
            for made, seconds in zip(cities, taken, strict=True):
                assert made.plan  # made before the clock runs
                start = time.process_time()
                assert run(made) == made.faulty_regions.tolist()
                seconds.append(time.process_time() - start)
        one, grown = map(median, taken)
        table.add_row(name, f"{one:.2f}", f"{grown:.2f}", f"x {grown / one:.2f}", f"at most x {MOST_GROWTH}")
    return table


def screened(made: City) -> Faulty:
    """Numbers of the communities whose grids do not cover them exactly: the proof for all of them."""
    exact = screen.exact(made.boundaries, made.grids, made.region_of)
    return [int(number) for number in np.flatnonzero(~exact)]


def located(made: City) -> Faulty:
    """The same from the findings of the full check: every gap, overlap and spill with its ground."""
    number = {code: n for n, code in enumerate(made.region_codes)}
    number |= dict(zip(made.grid_codes, made.region_of.tolist(), strict=True))
    found = plan.check(made.plan, heal=False).findings
    return sorted({number[code] for finding in found if finding.rule in COVERAGE_RULES for code in finding.codes})


def _recheck(cities: Sequence[City]) -> Table:
    """How long until a planner knows, after one node was moved? In open plans of these sizes, with their buildings."""
    table = Table("one grid again", "plan", "median ms", "95 % within ms", "asked", box=None)
    for made in cities:
        size = f"{len(made.grids):,} grids, {len(made.buildings):,} buildings"
        sound, fault = _edits(made)
        for name, taken in (("a node moved in all its grids", sound), ("a node moved in one grid only", fault)):
            middle, most = np.percentile(np.array(taken) * 1000, (50, 95))
            table.add_row(name, size, f"{middle:.2f}", f"{most:.2f}", f"at most {MOST_RECHECK_MS:.0f}")
    table.caption = f"{EDITS} edits of each kind; the whole report, buildings and shapes too"
    return table


def _edits(made: City) -> tuple[list[float], list[float]]:
    """CPU seconds of the check after each of many edits: sound ones, and faults; each is taken back."""
    inspection, chance = Inspection(made.with_buildings), np.random.default_rng(made.seed)
    sound, fault = list[float](), list[float]()
    for _ in range(EDITS):
        before, after = _edit(made, chance)
        for grids, taken in ((after, sound), (before, None), (after[:1], fault), (before, None)):
            found, seconds = _changed(inspection, grids)
            assert bool(found) == (taken is fault), "a fault is not found, or a sound edit is told as one"
            if taken is not None:
                taken.append(seconds)
    return sound, fault


def _edit(made: City, chance: np.random.Generator) -> tuple[list[Grid], list[Grid]]:
    """A node inside a community that is moved: the grids that have it, before and after."""
    own = len(made.grids) // len(made.boundaries)
    while True:
        community = int(chance.integers(len(made.boundaries)))
        grids = made.plan.grids[community * own : (community + 1) * own]
        node = chance.choice(shapely.get_coordinates(grids[int(chance.integers(own))].shape))
        before = [grid for grid in grids if _has(grid.shape, node)]
        if not _has(made.boundaries[community], node):
            moved = to_degrees(to_steps(node) + chance.integers(1, MOVE_STEPS + 1, 2))
            return before, [_with_node_moved(grid, node, moved) for grid in before]


def _has(shape: Ground, node: Degrees) -> bool:
    return bool((shapely.get_coordinates(shape) == node).all(axis=1).any())


def _with_node_moved(grid: Grid, node: Degrees, moved: Degrees) -> Grid:
    shape = shapely.transform(grid.shape, lambda xy: np.where((xy == node).all(axis=1)[:, None], moved, xy))
    assert shape.is_valid
    return replace(grid, shape=shape)


def _changed(inspection: Inspection, grids: Sequence[Grid]) -> tuple[Sequence[Finding], float]:
    """Findings about ground after some grids changed, and the CPU seconds until they are there."""
    start = time.process_time()
    report = inspection.changed(Change(grids=grids))
    return [f for f in report.findings if f.rule in COVERAGE_RULES], time.process_time() - start


def _interleaved(
    entered: Sequence[Contestant], rounds: int, expected: Faulty, server_s: Callable[[], float]
) -> Mapping[str, float]:
    """Median CPU seconds of each contestant, of this process and the database together."""
    taken: dict[str, list[float]] = {one.name: [] for one in entered}
    for _ in range(rounds):
        for one in entered:
            start = time.process_time() + server_s()
            found = one.run()
            taken[one.name].append(time.process_time() + server_s() - start)
            if found != expected:
                sys.exit(f"{one.name} found {len(found)} faulty communities, not the {len(expected)} that are")
    return {name: median(seconds) for name, seconds in taken.items()}


@contextmanager
def _database() -> Iterator[tuple[Cluster, psycopg.Connection]]:
    """A private cluster with PostGIS, erased at the end."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as name:
        data = Path(name) / "data"
        with embedded.joined(data) as cluster, psycopg.connect(peers.superuser_dsn(cluster)) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            connection.execute("SET jit = off")
            yield cluster, connection
        embedded.erase(data)
