"""Do the figures of drawn grids say what was drawn by hand, and what the judge of drawn plans says?"""

import json
import runpy
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, Point, Polygon, box

from geo.draw.counting import counts
from geo.draw.figures import Figures, figures
from geo.draw.task import Task, Weights, Wishes
from geo.lattice import rounded
from geo.measure import metres_per_degree
from geo.model import Building, Ground, Line, Water

LON, LAT = 104.1, 30.7
SX, SY = metres_per_degree(LAT)
BARE = Weights(compounds=0.0)
"""As the judge weighs: it counts estates but gives nothing for them."""
ALIKE = 1e-3


def at(metres: Any) -> Any:
    """A shape drawn in metres, at its place on the lattice."""
    return rounded(shapely.transform(metres, lambda xy: xy / [SX, SY] + [LON, LAT]))


def house(x: float, y: float, households: int, compound: str = "") -> Building:
    return Building(id=f"{x} {y}", households=households, compound=compound, shape=at(box(x - 5, y - 5, x + 5, y + 5)))


def line(category: str, *xy: tuple[float, float]) -> Line:
    return Line(id=f"{category} {xy}", category=category, shape=at(LineString(xy)))


FOUR = [at(box(x, y, x + 300, y + 300)) for y in (0, 300) for x in (0, 300)]
HOUSES = [house(100, 100, 300), house(400, 100, 500), house(100, 400, 380, "a"), house(400, 400, 420, "a")]
TASK = Task(boundary=at(box(0, 0, 600, 600)), buildings=HOUSES)


def test_squares_have_the_figures_of_squares() -> None:
    told = figures(TASK, FOUR)
    assert told.loads.households == (300, 500, 380, 420)
    assert (told.loads.in_range, told.loads.violation, told.loads.least_violation) == (4, 0, 0)
    assert told.loads.variation == pytest.approx(np.std([300, 500, 380, 420]) / 400)
    assert told.roundness.polsby_popper == pytest.approx(np.pi / 4, abs=1e-4)
    assert told.roundness.reock == pytest.approx(2 / np.pi, abs=1e-4)
    assert told.roundness.hull_worst == pytest.approx(1.0, abs=1e-4)
    assert told.roadside.interior_m == pytest.approx(1200, abs=3)  # half a metre is off each of four ends
    assert (told.roadside.on_lines, told.roadside.kept) == (0.0, None)


def test_a_border_follows_a_line_that_is_near_and_goes_its_way() -> None:
    def share(*lines: Line) -> float | None:
        return figures(replace(TASK, lines=lines), FOUR).roadside.on_lines

    assert share(line("residential", (304, -50), (304, 650))) == pytest.approx(0.5, abs=0.01)
    assert share(line("residential", (306, -50), (306, 650))) == pytest.approx(0.01, abs=0.01)
    assert share(line("residential", (0, 0), (600, 600))) == 0.0
    half = line("lane", (300, 0), (300, 150))
    assert share(half, half) == pytest.approx(1 / 8, abs=0.01)


def test_a_shore_is_a_line_to_follow() -> None:
    pond = Water(id="pond", shape=at(box(290, 100, 299, 250)))
    told = figures(replace(TASK, water=[pond]), FOUR).roadside
    assert told.on_lines == pytest.approx(150 / 1200, abs=0.01)
    assert told.barrier_m == 0.0


def test_a_barrier_is_kept_where_a_border_lies_on_it() -> None:
    railway = line("railway", (298, 5), (298, 300), (450, 450))
    told = figures(replace(TASK, lines=[railway]), FOUR).roadside
    beside = 295 / (295 + 150 * 2**0.5)
    assert told.kept == pytest.approx(beside, abs=0.03)
    other = Wishes(barriers=frozenset({"river"}))
    assert figures(replace(TASK, lines=[railway], wishes=other), FOUR).roadside.kept is None


def test_a_tower_alone_is_excused_and_not_weighed() -> None:
    houses = [house(100, 100, 800), *HOUSES[1:]]
    told = figures(replace(TASK, buildings=houses), FOUR).loads
    assert (told.towers, told.violation, told.in_range) == ((0,), 0, 3)
    assert told.variation == pytest.approx(np.std([500, 380, 420]) / np.mean([500, 380, 420]))
    beside = [*houses, house(200, 200, 310)]
    told = figures(replace(TASK, buildings=beside), FOUR).loads
    assert (told.towers, told.violation) == ((), 610)


def test_an_estate_counts_where_one_grid_could_have_it() -> None:
    assert figures(TASK, FOUR).loads.whole is None  # 800 households fit into no grid
    small = [house(100, 100, 300), house(400, 100, 500), house(100, 400, 180, "a"), house(400, 400, 220, "a")]
    held = [house(50, 50, 40, "b"), house(60, 80, 40, "b")]
    told = figures(replace(TASK, buildings=[*small, *held]), FOUR).loads
    assert (told.estates, told.estates_split, told.whole) == (2, 1, 0.5)


def test_a_building_belongs_to_the_grid_with_most_of_it_and_outside_to_none() -> None:
    astride = house(302, 100, 320)
    outside = house(650, 100, 77)
    point = Building(id="p", households=9, shape=at(Point(450, 450)))
    folded = Building(id="f", households=5, shape=at(Polygon([(100, 100), (120, 100), (100, 100)])))
    told = figures(replace(TASK, buildings=[astride, outside, point, folded]), FOUR).loads
    assert told.households == (5, 320, 0, 9)
    assert told.unowned == 0
    assert figures(replace(TASK, buildings=[point]), FOUR[:3]).loads.unowned == 9


def test_nothing_to_count_has_figures() -> None:
    told = figures(Task(boundary=TASK.boundary), [TASK.boundary])
    assert told.loads.households == (0,)
    assert told.roadside.on_lines is None
    assert told.score == pytest.approx(1.0)
    none = Wishes(weights=Weights(balance=0, shape=0, streets=0, barriers=0, compounds=0))
    assert figures(Task(boundary=TASK.boundary, wishes=none), FOUR).score == 0.0


def test_weights_say_what_the_score_is_of() -> None:
    def score(**weights: float) -> float:
        none = dict.fromkeys(("balance", "shape", "streets", "barriers", "compounds"), 0.0)
        wishes = Wishes(weights=Weights(**none | weights))
        small = [*HOUSES[:2], house(100, 400, 180, "a"), house(400, 400, 220, "a")]
        lines = [line("river", (304, -50), (304, 650))]
        return figures(replace(TASK, buildings=small, lines=lines, wishes=wishes), FOUR).score

    assert score(compounds=3) == 0.0
    assert score(streets=1) == pytest.approx(0.5, abs=0.01)
    assert score(barriers=1) == pytest.approx(1.0)
    assert score(streets=1, compounds=1) == pytest.approx(0.25, abs=0.01)
    assert score(shape=0.1) == score(shape=7) > 0.99


# --- beside the judge ----------------------------------------------------------------------------------------------


def features(path: Path) -> list[tuple[Ground, dict[str, object]]]:
    told = json.loads(path.read_text("utf-8"))["features"]
    return [(shapely.from_geojson(json.dumps(one["geometry"])), one["properties"]) for one in told]


def case(folder: Path) -> Task:
    """A practice case as it is, its weights those of the judge."""
    buildings = [
        Building(id=str(n), households=of["households"], compound=str(of.get("compound") or ""), shape=shape)
        for n, (shape, of) in enumerate(features(folder / "buildings.geojson"))
    ]
    lines = [
        Line(id=str(n), category=str(of["class"]), shape=shape)
        for n, (shape, of) in enumerate(features(folder / "roads.geojson"))
    ]
    boundary = shapely.union_all([shape for shape, _ in features(folder / "community.geojson")])
    return Task(boundary=boundary, buildings=buildings, lines=lines, wishes=Wishes(weights=BARE))


def strips(task: Task, count: int) -> list[Polygon]:
    """Grids that cover a region one beside the other; of a region with notches some have several parts."""
    west, south, east, north = task.boundary.bounds
    edges = np.linspace(west, east, count + 1)
    return [task.boundary & box(a, south, b, north) for a, b in pairwise(edges)]


def unions(task: Task, count: int, seed: int) -> list[Polygon]:
    """Grids that begin at random pieces of ground between streets, and take whatever lies beside them in turn."""
    lines = shapely.union_all([task.boundary.boundary, *(one.shape for one in task.lines)])
    faces = [*shapely.get_parts(shapely.polygonize([lines]))]
    faces = [face for face in faces if task.boundary.covers(face.point_on_surface())]
    beside = shapely.STRtree(faces).query(faces, predicate="intersects")
    chance = np.random.default_rng(seed)
    grid = np.full(len(faces), -1)
    grid[chance.choice(len(faces), min(count, len(faces)), replace=False)] = np.arange(min(count, len(faces)))
    while (grid < 0).any():
        pairs = beside[:, (grid[beside[0]] >= 0) & (grid[beside[1]] < 0)]
        one, other = pairs[:, chance.integers(pairs.shape[1])]
        grid[other] = grid[one]
    grown = [shapely.coverage_union_all(np.array(faces, dtype=object)[grid == n]) for n in range(grid.max() + 1)]
    return [max(shapely.get_parts(one), key=shapely.area) for one in grown]


def judged(judge: Path, folder: Path, grids: Sequence[Ground], plan: Path) -> dict[str, float | None]:
    drawn = [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(grid)} for grid in grids]
    plan.write_text(json.dumps({"type": "FeatureCollection", "features": drawn}), "utf-8")
    told = subprocess.run([sys.executable, judge, folder, plan], capture_output=True, check=True, text=True)
    return json.loads(told.stdout)


def same(told: Figures, judge: dict[str, float | None]) -> None:
    """Each figure that both tell."""
    loads, roundness, roadside = told.loads, told.roundness, told.roadside
    count = len(loads.households)
    ours = {
        "households": sum(loads.households) + loads.unowned,
        "households_unassigned": loads.unowned,
        "load_min": min(loads.households),
        "load_max": max(loads.households),
        "load_cv": loads.variation,
        "share_in_range": loads.in_range / count,
        "range_violation_hh": loads.violation,
        "range_violation_best": loads.least_violation,
        "pp_mean": roundness.polsby_popper,
        "pp_min": roundness.polsby_popper_worst,
        "reock_mean": roundness.reock,
        "hull_mean": roundness.hull,
        "hull_min": roundness.hull_worst,
        "road_share": roadside.on_lines,
        "barrier_kept": roadside.kept,
        "compounds": loads.estates,
        "compounds_split": loads.estates_split,
        "soft": told.score,
    }
    assert ours == {name: pytest.approx(judge[name], abs=ALIKE) if judge[name] is not None else None for name in ours}
    assert roadside.interior_m == pytest.approx(judge["interior_boundary_m"], rel=1e-4, abs=0.5)
    assert roadside.barrier_m == pytest.approx(judge["barrier_m"], rel=1e-4, abs=0.5)


@pytest.fixture(scope="module")
def judge(shared_data: Path) -> Path:
    found = shared_data.parent / "judge" / "judge.py"
    if not found.is_file():
        pytest.skip("no ../shared/judge beside this checkout")
    return found


def test_the_judge_says_the_same_of_random_plans(judge: Path, tmp_path: Path, full: bool) -> None:
    cases = sorted((judge.parent / "cases").iterdir())
    for number, folder in enumerate(cases if full else cases[:4]):
        task = case(folder)
        count = max(2, sum(one.households or 0 for one in task.buildings) // 400)
        for grids in (strips(task, count), unions(task, count, number)):
            same(figures(task, grids), judged(judge, folder, grids, tmp_path / "plan.geojson"))


def test_the_judge_says_the_same_of_what_arithmetic_allows(judge: Path) -> None:
    split = runpy.run_path(str(judge))["feasible_split"]
    chance = np.random.default_rng(7)
    for _ in range(300):
        households = chance.integers(1, chance.choice([60, 700]), chance.integers(1, 12)).tolist()
        told, theirs = counts(households, 300, 500), split(households)
        assert (told.violation, len(told.towers)) == (theirs["viol_lb"], theirs["towers"])
        if theirs["feasible"]:
            assert (told.numbers[0], told.numbers[-1]) == (theirs["k_min"], theirs["k_max"])
