"""Does the solver know at each step what its plan is, and is that always whole ground?"""

import numpy as np
import pytest
import shapely
from shapely import MultiPoint, Polygon, box
from test_draw_blocks import laid
from town import houses, streets, task, town

from geo.arrangement import joined
from geo.draw.alongside import Alongside
from geo.draw.costing import Weights
from geo.draw.enclosing import circle_m, hull_m2
from geo.draw.halving import halved
from geo.draw.mosaic import Mosaic, farthest, mosaic
from geo.draw.recombining import improve
from geo.draw.state import cost_of, state_of
from geo.draw.task import Task

WEIGHTS = Weights(0.3, 0.1, 0.2, 0.4, 0.05, 0.005, 0.0, 0.0, 300.0, 500.0, 0.0)


def tiles(given: Task) -> tuple[Mosaic, list[Polygon]]:
    made = laid(given)
    lines = np.array([made.plane.metres(line.shape) for line in given.lines], dtype=object)
    nothing = np.zeros(len(made.shapes), dtype=np.int64)
    barriers = np.zeros(len(lines), dtype=bool)
    beside = [[n % 3] for n in range(len(made.shapes))]
    laid_out = mosaic(
        made.shapes, made.plane, Alongside(lines, barriers), made.households, (nothing, nothing.copy()), beside
    )
    return laid_out, made.shapes


def is_whole(shapes: list[Polygon], label: np.ndarray) -> bool:
    grids = [joined([shapes[n] for n in np.flatnonzero(label == g)]) for g in np.unique(label)]
    return all(isinstance(grid, Polygon) and grid.is_valid and len(grid.interiors) == 0 for grid in grids)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_followed_move_by_move_is_what_is_there(seed: int) -> None:
    found, shapes = tiles(town(6, 5, seed))
    label = halved(found, 6, found.households.astype(np.float64), seed)
    home = np.where(np.arange(len(label)) % 4 == 0, -1, label)
    weights = WEIGHTS._replace(moved=1e-5)
    state = state_of(found, label, home, 6, weights)
    best = label.copy()
    lowest = improve(found, state, weights, 300, 10, 0.05, 0.01, seed, best)
    assert not np.array_equal(state.label, label)
    again = state_of(found, state.label, home, 6, weights)
    for name in ("count", "households", "rest", "towers", "ground", "around", "torn", "moved", "support", "total"):
        assert getattr(state, name) == pytest.approx(getattr(again, name), abs=1e-3), name
    assert is_whole(shapes, state.label)
    assert is_whole(shapes, best)
    assert cost_of(state_of(found, best, home, 6, weights), weights) == pytest.approx(lowest, abs=1e-4)
    assert lowest < cost_of(state_of(found, label, home, 6, weights), weights)


@pytest.mark.parametrize("seed", range(3))
def test_no_move_leaves_ground_that_hangs_together_at_a_point_alone(seed: int) -> None:
    found, shapes = tiles(town(6, 5, seed))
    label = halved(found, 6, found.households.astype(np.float64), seed)
    home = np.full(len(label), -1)
    state = state_of(found, label, home, 6, WEIGHTS)
    for turn in range(40):  # so hot that nearly every legal move is made
        improve(found, state, WEIGHTS, 1, 500, 100.0, 99.0, turn, label.copy())
        assert is_whole(shapes, state.label)


def test_the_same_seed_gives_the_same_plan() -> None:
    found, _ = tiles(town(5, 4))
    plans = []
    for _ in range(2):
        label = halved(found, 4, found.households.astype(np.float64), 7)
        home = np.full(len(label), -1)
        best = label.copy()
        improve(found, state_of(found, label, home, 4, WEIGHTS), WEIGHTS, 200, 10, 0.05, 0.01, 7, best)
        plans.append(best.tobytes())
    assert plans[0] == plans[1]


def test_a_grid_may_close_round_a_lake_but_round_nothing_else() -> None:
    lake = box(140, 140, 260, 260)
    footprints = [house for house in houses(4, 4) if not house.intersects(lake.buffer(5))]
    given = task(box(0, 0, 400, 400).difference(lake), streets(4, 4), footprints, [30] * len(footprints))
    found, shapes = tiles(given)
    assert found.lakes == 1
    label = halved(found, 3, found.households.astype(np.float64), 1)
    assert len(np.unique(label)) == 3
    for grid in (joined([shapes[n] for n in np.flatnonzero(label == g)]) for g in range(3)):
        assert isinstance(grid, Polygon)
        assert len(grid.interiors) <= 1


def test_the_hull_and_the_circle_are_those_of_shapely() -> None:
    random = np.random.default_rng(3)
    for _ in range(50):
        shape = MultiPoint(random.normal(0, 100, (40, 2)) * random.uniform(0.5, 2, 2)).convex_hull
        far, _ = farthest(np.array([shape], dtype=object))
        points = MultiPoint(far[0])
        assert circle_m(far[0]) == pytest.approx(shapely.minimum_bounding_radius(points), rel=1e-6)
        assert hull_m2(far[0]) == pytest.approx(points.convex_hull.area, rel=1e-6)
        assert hull_m2(far[0]) == pytest.approx(shape.area, rel=0.05)
