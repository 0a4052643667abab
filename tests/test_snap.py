"""Does healing close what was drawn apart by less than the tolerance, and leave everything else alone?"""

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import assume
from hypothesis import strategies as st
from plans_drawn import SMALL, STREET, Drawn, hold, plans

from geo import coverage, lattice
from geo.measure import metres_per_degree, to_metres
from geo.model import Ground
from geo.snap import TOLERANCE_M, Hold, healed

LAT = 30.7
DX, DY = metres_per_degree(LAT)
SLACK_M = 0.03
"""Noding after healing moves a line by a lattice step or two."""


def shape_of(*points: tuple[float, float]) -> shapely.Polygon:
    """A polygon in metres from a corner in Chengdu, on the lattice."""
    xy = np.array([*points, points[0]]) / (DX, DY) + (104.1, LAT)
    rounded = lattice.rounded(shapely.Polygon(xy))
    assert isinstance(rounded, shapely.Polygon)
    return rounded


def rect(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shape_of((west, south), (east, south), (east, north), (west, north))


def loose(*shapes: Ground) -> list[Ground]:
    return healed(shapes, [Hold.LOOSE] * len(shapes)).shapes


def exact(boundary: Ground, grids: Sequence[Ground]) -> bool:
    """Healed against a boundary that stays, the grids cover it exactly."""
    result = healed([boundary, *grids], [Hold.NODES, *[Hold.LOOSE] * len(grids)])
    return coverage.is_exact(result.shapes[0], result.shapes[1:])


def reach(before: Ground, after: Ground) -> float:
    """Furthest that a border now lies from where a border lay, or the other way round, metres."""
    one, other = (shapely.boundary(to_metres(shape, LAT)) for shape in (before, after))
    return max(
        float(shapely.distance(shapely.points(shapely.get_coordinates(shapely.segmentize(a, 5.0))), b).max())
        for a, b in ((one, other), (other, one))
    )


WHOLE = rect(0, 0, 200, 100)
HEALABLE = {
    "sliver of a gap": (WHOLE, [rect(0, 0, 99.9, 100), rect(100, 0, 200, 100)]),
    "sliver of an overlap": (WHOLE, [rect(0, 0, 100.1, 100), rect(100, 0, 200, 100)]),
    "sliver that runs out": (WHOLE, [shape_of((0, 0), (100, 0), (99.85, 100), (0, 100)), rect(100, 0, 200, 100)]),
    "corners that miss each other": (
        WHOLE,
        [
            shape_of((0, 0), (100.1, 0), (100, 49.9), (0, 50)),
            shape_of((100, 0), (200, 0), (200, 50), (99.95, 50.05)),
            shape_of((0, 50.1), (100.05, 50), (100, 100), (0, 100)),
            shape_of((99.9, 50), (200, 50), (200, 100), (100, 100)),
        ],
    ),
    "a T-junction off the long side": (
        WHOLE,
        [
            rect(0, 0, 200, 50),
            shape_of((0, 50), (70, 50.12), (70, 100), (0, 100)),
            shape_of((70, 49.95), (200, 50), (200, 100), (70, 100)),
        ],
    ),
    "a node that one side lacks": (
        WHOLE,
        [shape_of((0, 0), (100, 0), (100.1, 31), (100, 100), (0, 100)), rect(100, 0, 200, 100)],
    ),
    "short of the boundary, and over it": (
        WHOLE,
        [shape_of((0.1, -0.1), (100, 0.1), (100, 100.1), (-0.1, 99.9)), rect(100, 0, 200.1, 100)],
    ),
}


@pytest.mark.parametrize("name", HEALABLE)
def test_what_was_drawn_apart_meets(name: str) -> None:
    boundary, grids = HEALABLE[name]
    assert not coverage.is_exact(boundary, grids)
    assert exact(boundary, grids)


@pytest.mark.parametrize("name", HEALABLE)
def test_the_order_of_the_shapes_does_not_matter(name: str) -> None:
    boundary, grids = HEALABLE[name]
    outcomes = set()
    for order in ([*range(len(grids))], [*range(len(grids))][::-1]):
        result = healed([*(grids[n] for n in order), boundary], [*[Hold.LOOSE] * len(grids), Hold.NODES])
        by_number = sorted(zip(order, result.shapes, strict=False))
        outcomes.add(tuple(shapely.normalize(shape).wkb for _, shape in by_number))
        assert coverage.is_exact(result.shapes[-1], result.shapes[:-1])
    assert len(outcomes) == 1


def test_the_same_in_the_same_out() -> None:
    boundary, grids = HEALABLE["corners that miss each other"]
    one, other = (healed([boundary, *grids], [Hold.NODES, *[Hold.LOOSE] * 4]) for _ in range(2))
    assert [shape.wkb for shape in one.shapes] == [shape.wkb for shape in other.shapes]
    assert one.shifts == other.shifts


def test_wider_than_the_tolerance_is_meant() -> None:
    west, east = rect(0, 0, 99.7, 100), rect(100, 0, 200, 100)
    after = loose(west, east)
    assert after[0].equals(west)
    assert after[1].equals(east)
    assert healed([west, east], [Hold.LOOSE] * 2, tolerance_m=0.4).largest_m == pytest.approx(0.3, abs=0.02)


def test_a_chain_of_small_gaps_does_not_carry_a_node_far_away() -> None:
    """Five fronts a hand apart: nobody follows the others further than the tolerance."""
    fronts = [rect(0, 100 * n, 100 + 0.15 * n, 100 * n + 100) for n in range(6)]
    for before, after in zip(fronts, loose(*fronts), strict=True):
        assert reach(before, after) <= TOLERANCE_M + SLACK_M


def test_the_list_of_shifts_is_what_moved() -> None:
    west, east = rect(0, 0, 99.9, 100), rect(100, 0, 200, 100)
    result = healed([west, east], [Hold.LOOSE, Hold.NODES])
    assert result.shapes[1].equals(east)
    moved = {shift.start for shift in result.shifts}
    gone = {tuple(xy) for xy in shapely.get_coordinates(west)} - {
        tuple(xy) for xy in shapely.get_coordinates(result.shapes[0])
    }
    assert moved == gone
    assert result.largest_m == pytest.approx(0.1, abs=0.012)
    assert [s.metres for s in result.shifts] == sorted((s.metres for s in result.shifts), reverse=True)


def test_what_fits_is_left_alone_to_the_object() -> None:
    shapes = [rect(0, 0, 100, 100), rect(100, 0, 200, 100)]
    result = healed(shapes, [Hold.LOOSE] * 2)
    assert all(a is b for a, b in zip(result.shapes, shapes, strict=True))
    assert (result.shifts, result.largest_m) == ([], 0.0)
    assert healed([], []).shapes == []


def test_two_vertices_of_one_ring_are_never_joined() -> None:
    """A neck of ten centimetres between two yards, and a neighbour's corner in the middle of it."""
    neck = shape_of(
        (0, 0),
        (100, 0),
        (100, 50),
        (50.1, 50),
        (50.1, 60),
        (100, 60),
        (100, 100),
        (0, 100),
        (0, 60),
        (50, 60),
        (50, 50),
        (0, 50),
    )
    beside = shape_of((50.05, 49.95), (50.12, 49.9), (90, 50), (90, 20))
    (after, _) = loose(neck, beside)
    assert after.is_valid
    assert len({tuple(xy) for xy in shapely.get_coordinates(after)}) == len(shapely.get_coordinates(after)) - 1


def test_published_ground_stays_as_it_is() -> None:
    """To the object: drawn ground comes to it; a node that its edges lack is the door's to give."""
    published = shape_of((100, 0), (200, 7), (200, 100), (100, 103))
    drawn = shape_of((0, 0), (99.9, 0), (99.88, 47), (100.1, 103.05), (0, 100))
    result = healed([drawn, published], [Hold.LOOSE, Hold.ALL])
    assert result.shapes[1] is published
    assert not result.shapes[0].equals(drawn)


@st.composite
def shaken(draw: st.DrawFn, units: Sequence[int] = (STREET,)) -> tuple[list[Ground], list[Hold]]:
    """A sound plan, each of its grids drawn with a hand that shakes by up to six centimetres; some shapes firm."""
    drawn: Drawn = draw(plans(units=units))
    division, chance = drawn.division(drawn.regions[0]), np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes: list[Ground] = [division.boundary]
    for shape in division.grounds:
        steps = lattice.to_steps(shapely.get_coordinates(shape))
        nodes = {tuple(node): chance.integers(-5, 6, 2) for node in steps.tolist()}
        moved = np.array([np.array(node) + nodes[tuple(node)] for node in steps.tolist()])
        shapes.append(shapely.set_coordinates(shapely.transform(shape, lambda xy: xy), lattice.to_degrees(moved)))
    assume(all(shape.is_valid for shape in shapes))
    return shapes, [Hold.NODES, *(draw(st.sampled_from((Hold.LOOSE, Hold.LOOSE, Hold.ALL))) for _ in shapes[1:])]


def middle(shape: Ground) -> float:
    return float((shape.bounds[1] + shape.bounds[3]) / 2)


def test_valid_stays_valid_and_nothing_goes_further_than_the_tolerance(full: bool) -> None:
    def promise(value: tuple[list[Ground], list[Hold]]) -> None:
        shapes, holds = value
        result = healed(shapes, holds)
        assert all(shape.is_valid for shape in result.shapes)
        assert result.largest_m <= TOLERANCE_M
        for before, after, firm in zip(shapes, result.shapes, holds, strict=True):
            if firm is Hold.ALL:
                assert after is before
            nodes = shapely.points(shapely.get_coordinates(to_metres(after, middle(before))))
            border = shapely.boundary(to_metres(before, middle(before)))
            assert shapely.distance(nodes, border).max() <= TOLERANCE_M + SLACK_M
            if firm is Hold.NODES:
                own = {tuple(xy) for xy in shapely.get_coordinates(before)}
                assert own <= {tuple(xy) for xy in shapely.get_coordinates(after)}

    hold(shaken((SMALL, STREET)), promise, full, small=12, large=200)


def test_a_plan_drawn_with_a_shaking_hand_is_made_whole(full: bool) -> None:
    """All believable shapes: what is thinner somewhere than the tolerance may stay as it is, and is then told."""

    def promise(value: tuple[list[Ground], list[Hold]]) -> None:
        (boundary, *grids), _ = value
        assume(all(is_stout(shape) for shape in (boundary, *grids)))
        assert exact(boundary, grids)

    hold(shaken(), promise, full, small=20, large=200)


def is_stout(shape: Ground) -> bool:
    """Whether no two parts of its border come near each other: corners of 20 degrees or more, nothing thin."""
    metres = to_metres(shape, middle(shape))
    for ring in shapely.get_rings(shapely.get_parts(metres)):
        xy = shapely.get_coordinates(ring)[:-1]
        if shapely.minimum_clearance(shape) * 9e4 < 5:
            return False
        back, ahead = np.roll(xy, 1, axis=0) - xy, np.roll(xy, -1, axis=0) - xy
        cosine = (back * ahead).sum(axis=1) / np.hypot(*back.T) / np.hypot(*ahead.T)
        if (cosine > np.cos(np.radians(20))).any():
            return False
    return True


def test_a_thousand_grids_are_healed_at_once() -> None:
    """1,024 grids of 32 nodes each, every node of every grid shaken by itself."""
    chance, side, pitch = np.random.default_rng(1), 32, 20_000
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), axis=-1) * pitch
    corners = corners + chance.integers(-3000, 3000, corners.shape) + np.array([1_041_000_000, 307_000_000])
    shapes = []
    for i in range(side):
        for j in range(side):
            around = [corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]]
            ring = [
                a + (b - a) * k // 8 for a, b in zip(around, [*around[1:], around[0]], strict=True) for k in range(8)
            ]
            shaken_ring = np.array(ring) + chance.integers(-4, 5, (32, 2))
            shapes.append(shapely.Polygon(lattice.to_degrees(np.vstack([shaken_ring, shaken_ring[:1]]))))
    result = healed(shapes, [Hold.LOOSE] * len(shapes))
    outline = coverage.outline(result.shapes)
    assert coverage.is_exact(outline, result.shapes)
    assert shapely.get_num_interior_rings(outline) == 0
    assert 0 < result.largest_m <= TOLERANCE_M


def test_invalid_shapes_are_passed_on() -> None:
    bow = shape_of((0, 0), (100, 100), (100, 0), (0, 100))
    result = healed([bow, rect(100.1, 0, 200, 100)], [Hold.LOOSE] * 2)
    assert not result.shapes[0].is_valid
    assert result.shapes[1].is_valid


def test_spikes_that_enclose_nothing_are_taken_off() -> None:
    spiked = shape_of((0, 0), (100, 0), (100, 50), (130, 50), (100, 50), (100, 100), (0, 100))
    assert not spiked.is_valid
    (after,) = loose(spiked)
    assert after.is_valid
    assert after.equals(rect(0, 0, 100, 100))
