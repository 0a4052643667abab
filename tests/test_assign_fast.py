"""Do buildings sorted out by cells have the owners and shares of buildings asked one by one, in bounded memory?"""

import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from claims_drawn import Dwellings, dwellings, on_lattice
from divisions import STEP, cell
from hypothesis import strategies as st
from numpy.typing import NDArray
from plans_drawn import PAIRS_COUNT, STREET, TOWN, hold, plans
from proofs import Proof
from shapely.geometry.base import BaseGeometry

from geo import lattice
from geo.edges import Edges, shared_deg2
from geo.households import building_findings
from geo.measure import square_metres
from geo.model import Building, Grid, Ground
from geo.owned import SHARE_DIGITS, By, Owned, owned, sound
from geo.raster import CELL_M, MOST_CELLS, NOBODY, UNSURE, Raster

MANY = 10**9
BYTES_A_CELL = 40
"""What a cell may cost while the raster is made."""


def told_plainly(building: Building, grids: Sequence[Grid]) -> tuple[str | None, dict[str, float], float]:
    """Owner, shares and area of one building, asked of every grid with shapely alone."""
    (ground,) = sound([building.shape])
    flat = ground.area < 1e-15
    asked = shapely.MultiPoint(shapely.get_coordinates(ground)) if flat and not ground.is_empty else ground
    scale = square_metres(ground) / ground.area if not flat else 0.0
    shapes = {grid.code: sound([grid.shape])[0] for grid in grids}
    shares = {code: asked.intersection(shape).area * scale for code, shape in shapes.items() if shape.intersects(asked)}
    whole = 0.0 if flat else ground.area * scale
    entered = [code for code, shape in shapes.items() if building.entrance and shape.intersects(building.entrance)]
    rated = {code: 1.0 if flat else round(area / whole, SHARE_DIGITS) for code, area in shares.items()}
    inside = [code for code, share in rated.items() if share > 0]
    if building.grid in inside:
        return building.grid, shares, whole
    if entered:
        return min(entered), shares, whole
    return min(inside, key=lambda code: (-rated[code], code), default=None), shares, whole


def assert_as_told(buildings: Sequence[Building], grids: Sequence[Grid]) -> None:
    """By cells and one by one everything is the same to the bit; and as shapely alone has it, but for its rounding."""
    by_cells, one_by_one = owned(buildings, grids, few=0), owned(buildings, grids, few=MANY)
    assert [*by_cells] == [*one_by_one]
    assert by_cells.is_split.tolist() == one_by_one.is_split.tolist() == [one.is_split for one in by_cells]
    assert by_cells.is_ambiguous.tolist() == [len(one.whole_in) > 1 for one in by_cells]
    for found, building in zip(by_cells, buildings, strict=True):
        owner, shares, area = told_plainly(building, grids)
        assert (found.grid, found.shares.keys()) == (owner, shares.keys())
        assert found.area_m2 == pytest.approx(area, rel=1e-9)
        assert [found.shares[code] for code in shares] == pytest.approx(
            [*shares.values()], rel=1e-7, abs=1e-7 + 1e-9 * area
        )


def grids_of(asked: Dwellings) -> list[Grid]:
    return [Grid(code=claim.code, region="R", shape=claim.shape) for claim in asked.claims]


def test_buildings_on_borders(full: bool, proof: Proof) -> None:
    hold(dwellings(), lambda asked: assert_as_told(asked.buildings, grids_of(asked)), full, 25, PAIRS_COUNT)
    proof("buildings sorted out by cells, one by one, and by shapely alone", PAIRS_COUNT, "one owner, equal shares")


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[Building], list[Grid]]:
    """Houses all over a plan, some large, some off it, some with an entrance; grids overlap and cross themselves."""
    drawn = draw(plans(most_regions=2, units=(STREET, TOWN)))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    grids = [grid for region in drawn.regions for grid in drawn.division(region).grids]
    if draw(st.booleans()):
        grids.append(Grid(code="A", region="R", shape=grids[0].shape.convex_hull))
        grids.append(Grid(code="Z", region="R", shape=crossed(grids[-1].shape)))
    west, south, east, north = shapely.total_bounds(np.array([grid.shape for grid in grids], dtype=object))
    room = np.array([east - west, north - south]) / 20
    buildings = []
    for number, xy in enumerate(
        chance.uniform(np.array([west, south]) - room, np.array([east, north]) + room, (30, 2))
    ):
        side = chance.choice([1e-4, 3e-4, 3e-3], p=[0.7, 0.2, 0.1])
        ring = on_lattice(
            xy + side * chance.uniform(0.2, 1, 2) * np.array([(-1, -0.3), (0.3, -1), (1, 0.3), (-0.3, 1)])
        )
        entrance = shapely.Point(ring[0] + chance.normal(0, 1e-3, 2)) if chance.random() < 0.1 else None
        buildings.append(Building(id=f"b{number}", shape=shapely.Polygon(ring), entrance=entrance))
    return buildings, grids


def crossed(shape: Ground) -> Ground:
    xy = shapely.get_coordinates(shapely.get_parts(shape)[0].exterior)[:-1]
    return shapely.Polygon(xy[[1, 0, *range(2, len(xy))]])


def test_buildings_all_over_a_town(full: bool) -> None:
    hold(towns(), lambda town: assert_as_told(*town), full, 12)


def test_what_the_cells_tell_is_so(full: bool) -> None:
    """And it is told of most of what stands clear of borders."""

    def promise(town: tuple[list[Building], list[Grid]]) -> None:
        shapes, ground = sound([one.shape for one in town[0]]), sound([grid.shape for grid in town[1]])
        found = Raster(ground, Edges.among(ground), 10_000).owners(shapes)
        tree = shapely.STRtree(ground)
        meets, near = tree.query(shapes, "intersects"), tree.query(shapes, "dwithin", 1e-7)[0]
        for number in np.flatnonzero(found > UNSURE).tolist():
            beside = meets[1][meets[0] == number].tolist()
            assert beside == ([] if found[number] == NOBODY else [found[number]])
            assert all(ground[grid].covers(shapes[number]) for grid in beside)
        free = np.setdiff1d(np.arange(len(shapes)), near)
        assert (found[free] == NOBODY).sum() >= 0.8 * len(free) - 2

    hold(towns(), promise, full, 12)


def test_most_buildings_are_never_measured() -> None:
    grids, buildings = square(20), [house(n) for n in range(3000)]
    found = owned(buildings, grids, few=0)
    assert 0 < len(found.rest) < 0.15 * len(buildings)
    assert found[5:8] == [found[5], found[6], found[-2993]] == [*owned(buildings[5:8], grids)]
    assert {one.by for one in found} == {By.SHARE}


def square(size: int) -> list[Grid]:
    return [Grid(code=f"A{n:03}", region="A", shape=cell(n % size, n // size)) for n in range(size * size)]


def house(number: int) -> Building:
    """Houses 12 m wide, evenly over twenty grids by twenty."""
    column, row = number * 0.618 % 20, number / 150
    return Building(id=f"h{number}", households=3, shape=cell(column, row, 0.04, 0.04))


def test_findings_of_a_building_are_the_same_among_all_and_alone() -> None:
    grids, buildings = square(20), [house(n) for n in range(3000)]
    told = [*building_findings(owned(buildings, grids, few=0), grids)]
    assert len(told) > 50
    shapes = np.array([grid.shape for grid in grids], dtype=object)
    for finding in told[::7]:
        (building,) = (one for one in buildings if one.id == finding.codes[0])
        near = [grid for grid, meets in zip(grids, shapely.intersects(shapes, building.shape), strict=True) if meets]
        assert [*building_findings(owned([building], near[::-1]), near)] == [finding]


def test_grids_across_a_country_cost_no_more_memory_than_a_city() -> None:
    """A grid from end to end makes cells coarse; towns far apart keep theirs, since no cell between them is kept."""
    town = square(2)
    far = [Grid(code=f"far{n}", region="R", shape=moved(grid.shape, -25, 15)) for n, grid in enumerate(town)]
    land = [Grid(code="land", region="R", shape=shapely.box(75, 18, 134, 53))]
    apart, whole = raster([*town, *far]), raster([*town, *far, *land])
    metre = 1 / 111_000
    assert apart.y.cell == pytest.approx(CELL_M * metre, rel=0.01)
    assert whole.y.cell > 50 * CELL_M * metre
    for one in (apart, whole):
        assert one.x.count * one.y.count <= MOST_CELLS
    assert_as_told([house(n) for n in range(0, 600, 7)], [*town, *far, *land])


def moved(shape: Ground, x: float, y: float) -> Ground:
    placed: Ground = shapely.transform(shape, lambda xy: lattice.to_degrees(lattice.to_steps(xy + np.array([x, y]))))
    return placed


def raster(grids: Sequence[Grid]) -> Raster:
    """A raster for a million buildings; asserts what it took to make."""
    shapes = sound([grid.shape for grid in grids])
    tracemalloc.start()
    try:
        made = Raster(shapes, Edges.among(shapes), 1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < BYTES_A_CELL * MOST_CELLS
    return made


def test_a_footprint_of_many_corners_and_a_huge_one() -> None:
    grids = square(3)
    round_ = shapely.Point(104.103, 30.703).buffer(1e-4, quad_segs=100)
    wide = shapely.box(104.1, 30.7, 104.1 + 2.5 * STEP, 30.7 + 2.5 * STEP)
    assert_as_told(
        [Building(id="r", shape=round_), Building(id="w", shape=wide), Building(id="e", shape=shapely.Polygon())], grids
    )


def test_shared_ground_of_any_two_shapes() -> None:
    """Holes, parts, upright edges, edges in common: as GEOS has it, and the two parts of a cut are the whole."""
    chance = np.random.default_rng(3)
    rings = [shapely.make_valid(shapely.Polygon(ring)) for ring in chance.integers(0, 8, (400, 6, 2))]
    shapes = np.array([shapely.union_all([part for part in parts_of(one) if part.area]) for one in rings], dtype=object)
    shapes = shapes[shapely.is_valid(shapes) & ~shapely.is_empty(shapes)]
    small, large = shapes[: len(shapes) // 2], shapes[len(shapes) // 2 :][: len(shapes) // 2]
    rest = shapely.difference(shapely.box(-1, -1, 9, 9), large)
    pair = np.arange(len(small))
    found = shared_deg2(small, Edges.among(large), pair, pair, len(large))
    assert found == pytest.approx(shapely.area(shapely.intersection(small, large)), abs=1e-12)
    left = shared_deg2(small, Edges.among(rest), pair, pair, len(large))
    assert found + left == pytest.approx(shapely.area(small), abs=1e-12)
    assert len(pair) > 100


def parts_of(shape: BaseGeometry) -> NDArray[np.object_]:
    return shapely.get_parts(shapely.get_parts(shape))


def test_nothing_to_own() -> None:
    assert [*owned([], square(2), few=0)] == []
    alone: Owned = owned([house(0)], [], few=0)
    assert (alone[0].grid, alone[0].by, dict(alone[0].shares)) == (None, None, {})
    with pytest.raises(IndexError):
        alone[1]
