"""Is a border that follows neither street nor water told, with its share?"""

import numpy as np
import pytest
import shapely
from divisions import ORIGIN, STEP, cell

from geo import follow
from geo.files import plan_of, read_geojson, things
from geo.measure import length_m
from geo.model import Grid, GridKind, Rule, Severity
from geo.ruleset import DEFAULT, Limits, Ruleset, Stated
from sample_data import make

LIMITS = DEFAULT.within([])
GRID = Grid(code="g", region="r", shape=cell(0, 0))


def street(*places: tuple[float, float]) -> shapely.LineString:
    """A line in units of `STEP` from the origin."""
    return shapely.LineString([(ORIGIN[0] + x * STEP, ORIGIN[1] + y * STEP) for x, y in places])


def limits(least: float | None, distance: float | None = 15.0) -> Limits:
    values = {"follow_share_least": least, "follow_distance_m": distance}
    return Ruleset(whole=Stated({n: dict.fromkeys(GridKind, v) for n, v in values.items()})).within([])


SOUTH = street((0, -0.03), (1, -0.03))
ACROSS = street((0.5, -1), (0.5, 2))


def test_the_share_is_that_of_the_border() -> None:
    horizontal = length_m(street((0, 0), (1, 0)))
    whole = length_m(GRID.shape)
    ends = follow.share(GRID, [SOUTH], 15.0) - horizontal / whole
    assert 0 < ends * whole < 2 * 15
    round_about = [street((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
    assert follow.share(GRID, round_about, 15.0) == pytest.approx(1)
    assert follow.share(GRID, [cell(-1, -1, 3, 3).difference(cell(0, 0))], 15.0) == pytest.approx(1)
    assert follow.share(GRID, [], 15.0) == 0
    assert follow.share(GRID, [cell(-1, -1, 3, 3)], 15.0) == 0


def test_a_border_that_follows_nothing_is_noted() -> None:
    (found,) = follow.findings(GRID, [ACROSS], LIMITS)
    assert (found.rule, found.severity, found.codes) == (Rule.EDGE_FREE, Severity.NOTE, ["g"])
    share = follow.share(GRID, [ACROSS], 15.0)
    assert found.values["share"] == share == pytest.approx(60 / length_m(GRID.shape), rel=0.01)
    assert found.length_m == pytest.approx((1 - share) * length_m(GRID.shape), rel=1e-6)
    assert found.geometry is not None
    assert found.geometry.distance(GRID.shape.boundary) < 1e-9
    assert not found.geometry.intersects(ACROSS)


def test_the_limit_is_the_least_that_is_good() -> None:
    share = follow.share(GRID, [SOUTH], 15.0)
    assert follow.findings(GRID, [SOUTH], limits(share - 1e-9)) == []
    assert len(follow.findings(GRID, [SOUTH], limits(share + 1e-9))) == 1
    assert follow.findings(GRID, [ACROSS], limits(None)) == []
    assert follow.findings(GRID, [ACROSS], limits(0.9, None)) == []
    assert follow.findings(GRID, [SOUTH], LIMITS) == []


@pytest.mark.parametrize(("row", "told"), [(-0.17, 1), (-0.19, 0), (-3, 0)])
def test_nothing_is_said_where_no_streets_are_loaded(row: float, told: int) -> None:
    """60 m are four times 15 m; a step is about 333 m."""
    assert len(follow.findings(GRID, [street((0, row), (1, row))], limits(0.9))) == told


def test_what_is_far_away_and_the_order_change_nothing() -> None:
    far = street((50, 50), (51, 50))
    near = [ACROSS, street((0.3, 0.5), (2, 0.9)), cell(0.9, 0.4, 0.5, 0.5)]
    found = follow.findings(GRID, near, limits(0.9))
    assert found
    assert found == follow.findings(GRID, [*near[::-1], far, near[0]], limits(0.9))


def test_the_sample_is_silent(full: bool) -> None:
    if not full:
        pytest.skip("the whole district is made with --full: the small sample has no streets")
    plan = plan_of(things(read_geojson(make.text(make.district()).encode())))
    near = np.array([thing.shape for thing in (*plan.lines, *plan.water)], dtype=object)
    tree = shapely.STRtree(near)
    for one in plan.grids:
        assert follow.findings(one, list(near[tree.query(one.shape, "dwithin", 0.001)]), LIMITS) == []
