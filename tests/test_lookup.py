"""What is answered for a point: the rows of the table of edge cases, by their numbers, and what stands behind them."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from divisions import ORIGIN, STEP, cell
from hypothesis import strategies as st
from plans_drawn import Drawn, hold, plans
from pyproj import Geod

from geo import lookup
from geo.lookup import Answer, Candidate, Holding, Map, Status
from geo.measure import metres_per_degree
from geo.model import Grid, Region, Standing

GEOD = Geod(ellps="WGS84")


def holding(number: int, grid: Grid, standing: Standing = Standing.PROVEN) -> Holding:
    return Holding.of(id=number, grid=grid, edition=1, standing=standing)


def state(
    grids: list[tuple[str, str, shapely.Polygon]],
    regions: dict[str, str | None],
    boundaries: dict[str, shapely.Polygon] | None = None,
    provisional: tuple[str, ...] = (),
) -> Map:
    """Grids (code, region, shape) in regions with their parents; boundaries are derived where not given."""
    holdings = [
        holding(
            n,
            Grid(code=code, region=region, shape=shape),
            Standing.PROVISIONAL if code in provisional else Standing.PROVEN,
        )
        for n, (code, region, shape) in enumerate(grids)
    ]
    given = boundaries or {}
    own = {
        region: given.get(region) or shapely.coverage_union_all([s for _, r, s in grids if r == region])
        for _, region, _ in grids
    }
    return Map(
        publication=1,
        holdings=holdings,
        regions={code: Region(code=code, name=code, parent=parent) for code, parent in regions.items()},
        boundaries=own | given,
    )


QUARTERS = [("A04", "A", cell(0, 0)), ("A03", "A", cell(1, 0)), ("A02", "A", cell(0, 1)), ("A01", "A", cell(1, 1))]
TREE = {"city": None, "district": "city", "A": "district"}
MAP = state(QUARTERS, TREE)


def at(column: float, row: float, east_m: float = 0, north_m: float = 0) -> tuple[float, float]:
    """A place in cells from the origin, and some metres on."""
    dx, dy = metres_per_degree(ORIGIN[1])
    x, y = round(ORIGIN[0] + column * STEP, 7), round(ORIGIN[1] + row * STEP, 7)
    return x + east_m / dx, y + north_m / dy


def code(one: Candidate) -> str | None:
    return one.holding.code if one.holding else None


def codes(found: Answer) -> list[str | None]:
    return [code(one) for one in found.candidates]


def test_row_1_on_a_shared_edge_the_smallest_code_and_the_others_beside() -> None:
    found = lookup.answer(MAP, *at(1, 0.5))
    assert found.status is Status.SHARED
    assert found.owner is not None
    assert found.owner.code == "A03"
    assert codes(found) == ["A03", "A04"]
    assert found.border_distance_m == 0
    assert found.neighbour is not None
    assert found.neighbour.code == "A04"


def test_row_2_on_a_vertex_of_four_the_smallest_code_and_all_beside() -> None:
    found = lookup.answer(MAP, *at(1, 1))
    assert found.status is Status.SHARED
    assert found.owner is not None
    assert codes(found) == ["A01", "A02", "A03", "A04"]
    assert found.owner.code == "A01"


def test_row_3_six_metres_inside_the_owner_stays_and_the_neighbour_is_named() -> None:
    """Without an accuracy the setting decides; the probability share comes with accuracies."""
    found = lookup.answer(MAP, *at(1, 0.5, east_m=-6))
    assert found.status is Status.NEAR_BOUNDARY
    assert found.owner is not None
    assert found.owner.code == "A04"
    assert found.border_distance_m == pytest.approx(6, rel=1e-3)
    assert found.neighbour is not None
    assert found.neighbour.code == "A03"
    assert lookup.answer(MAP, *at(1, 0.5, east_m=-6), near_m=5).status is Status.OWNED


def test_row_8_in_a_river_inside_the_community_the_grid_with_the_water() -> None:
    """Water is ground like any other: grids cover it, and nothing in the rule asks what lies there."""
    river = [("A01", "A", cell(0, 0, 1, 1)), ("A02", "A", cell(1, 0, 0.2, 1)), ("A03", "A", cell(1.2, 0, 1, 1))]
    found = lookup.answer(state(river, TREE), *at(1.1, 0.5))
    assert (found.status, found.owner and found.owner.code) == (Status.OWNED, "A02")


def test_row_9_inside_a_region_without_a_grid_a_gap_with_the_deepest_region_and_a_hint() -> None:
    holed = state(QUARTERS[1:], TREE, {"A": cell(0, 0, 2, 2)}, provisional=("A01", "A02", "A03"))
    found = lookup.answer(holed, *at(0.9, 0.5))
    assert found.status is Status.GAP
    assert found.owner is None
    assert found.fallback is not None
    assert found.fallback.code == "A"
    assert found.nearest is not None
    assert code(found.nearest) == "A03"
    assert found.nearest.distance_m == pytest.approx(0.1 * STEP * metres_per_degree(ORIGIN[1])[0], rel=1e-3)


def test_row_9_common_ground_in_a_hole_of_a_derived_outline_falls_back_to_the_parent() -> None:
    ring = [
        ("A01", "A", shapely.Polygon([at(0, 0), at(3, 0), at(2, 1), at(1, 1), at(1, 2), at(0, 3)])),
        ("B01", "B", shapely.Polygon([at(3, 0), at(3, 3), at(0, 3), at(1, 2), at(2, 2), at(2, 1)])),
    ]
    tree = {"city": None, "street": "city", "A": "street", "B": "street"}
    found = lookup.answer(state(ring, tree), *at(1.5, 1.5))
    assert found.status is Status.GAP
    assert found.fallback is not None
    assert found.fallback.code == "street"
    # A hole in a boundary of a region's own is not its ground: the region above answers.
    hole = shapely.difference(cell(0, 0, 3, 3), cell(1, 1))
    own = state([("A01", "A", hole)], {"city": None, "A": "city"})
    assert lookup.answer(own, *at(1.5, 1.5)).fallback == Region(code="city", name="city")


def test_row_10_outside_everything_is_an_answer() -> None:
    found = lookup.answer(MAP, *at(40, 40))
    assert found.status is Status.OUTSIDE
    assert (found.owner, found.fallback) == (None, None)
    assert found.nearest is not None
    assert code(found.nearest) == "A01"
    empty = lookup.answer(Map(), 104, 30)
    assert (empty.status, empty.nearest) == (Status.OUTSIDE, None)


def test_row_11_an_overlap_of_provisional_ground_is_ambiguous_and_proven_ground_wins() -> None:
    overlap = [("A02", "A", cell(0, 0, 1.5, 1)), ("A01", "A", cell(1, 0, 1, 1))]
    boundary = {"A": cell(0, 0, 2, 1)}
    both = state(overlap, TREE, boundary, provisional=("A01", "A02"))
    found = lookup.answer(both, *at(1.25, 0.5))
    assert found.status is Status.AMBIGUOUS
    assert found.owner is not None
    assert found.owner.code == "A01"
    assert {one.holding.code for one in found.candidates if one.holding and one.distance_m == 0} >= {"A01"}
    one = lookup.answer(state(overlap, TREE, boundary, provisional=("A01",)), *at(1.25, 0.5))
    assert one.status is Status.OWNED
    assert one.owner is not None
    assert one.owner.code == "A02"
    edge = state([("A02", "A", cell(0, 0)), ("A01", "A", cell(1, 0))], TREE, provisional=("A01", "A02"))
    assert lookup.answer(edge, *at(1, 0.5)).status is Status.SHARED


def test_row_11_both_rivals_are_listed_deep_inside_an_overlap() -> None:
    """Both cover the point, however far their borders are."""
    twice = [("A02", "A", cell(0, 0, 1, 1)), ("A01", "A", cell(0, 0, 1, 1))]
    found = lookup.answer(state(twice, TREE, {"A": cell(0, 0)}, provisional=("A01", "A02")), *at(0.5, 0.5))
    assert found.status is Status.AMBIGUOUS
    assert codes(found) == ["A01", "A02"]


@pytest.mark.parametrize("metres", [2.0, 9.0, 60.0, 130.0])
def test_border_distance_is_that_of_the_ellipsoid_to_a_thousandth(metres: float) -> None:
    lon, lat = at(1, 0.5)
    west, _, _ = GEOD.fwd(lon, lat, 270, metres)
    found = lookup.answer(MAP, west, lat)
    assert found.border_distance_m == pytest.approx(metres, rel=1e-3)
    assert (found.status is Status.NEAR_BOUNDARY) is (metres < lookup.NEAR_M)


def test_every_point_has_one_of_the_six_answers_and_owners_where_there_is_ground(full: bool) -> None:
    def promise(value: tuple[Drawn, int]) -> None:
        drawn, seed = value
        plan, chance = drawn.plan, np.random.default_rng(seed)
        boundaries = {region.code: region.shape for region in plan.regions if region.shape is not None}
        live = Map(
            publication=1,
            holdings=[holding(n, grid) for n, grid in enumerate(plan.grids)],
            regions={r.code: replace(r, shape=None, parent="D") for r in plan.regions} | {"D": Region(code="D")},
            boundaries=boundaries,
        )
        whole = shapely.union_all(list(boundaries.values()))
        west, south, east, north = whole.bounds
        for x, y in chance.random((6, 2)) * 1.2 - 0.1:
            lon, lat = west + x * (east - west), south + y * (north - south)
            found = lookup.answer(live, lon, lat)
            inside = any(shapely.intersects_xy(shape, lon, lat) for shape in boundaries.values())
            assert (found.owner is not None) is inside
            assert (found.status in (Status.GAP, Status.OUTSIDE)) is not inside
            assert (found.fallback is not None) is (found.status is Status.GAP)

    hold(st.tuples(plans(most_regions=3), st.integers(0, 2**32 - 1)), promise, full)
