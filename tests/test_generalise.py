"""Do borders still meet when a coverage is drawn coarser?"""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jittered import net, quads
from shapely.geometry.base import BaseGeometry

from geo import lattice
from geo.assembled import assembled, assembled_each
from geo.generalise import LEAST_GRID_ZOOM, generalised, steps_above
from geo.label_points import label_points
from geo.matrix import EXTENT, MATRICES, MERCATOR, MOST_ZOOM, RIM, Matrix
from geo.model import Ground

Edge = tuple[tuple[float, float], tuple[float, float]]


def ground(seed: int, columns: int = 5, rows: int = 4, size: float = 1.0) -> list[Ground]:
    """Slanted squares whose sides have many nodes, the same on both sides."""
    chance = random.Random(seed)
    drawn: dict[Edge, list[tuple[float, float]]] = {}
    cells = [cell for row in quads(net(chance, columns, rows, size)) for cell in row]
    return [
        shapely.Polygon([p for a, b in pairwise(cell.exterior.coords) for p in side(chance, drawn, a, b, 4e-6 * size)])
        for cell in cells
    ]


def side(
    chance: random.Random,
    drawn: dict[Edge, list[tuple[float, float]]],
    a: tuple[float, float],
    b: tuple[float, float],
    wild: float,
) -> list[tuple[float, float]]:
    """From a up to b without b, drawn once for both who have it."""
    low, high = min(a, b), max(a, b)
    if (low, high) not in drawn:
        count = chance.randint(0, 30)
        along = np.linspace(low, high, count + 2)
        along[1:-1] += np.array([[chance.gauss(0, wild) for _ in "xy"] for _ in range(count)]).reshape(-1, 2)
        drawn[low, high] = [tuple(p) for p in lattice.to_degrees(lattice.to_steps(along)).tolist()]
    there = drawn[low, high]
    return there[:-1] if a == low else there[:0:-1]


def edges(shapes: Sequence[BaseGeometry]) -> Counter[Edge]:
    """Directed edges, as often as rings pass them."""
    rings = [ring for shape in shapes for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return Counter(pair for ring in rings for pair in pairwise(ring.coords))


def assert_meet(shapes: Sequence[BaseGeometry], outline: BaseGeometry) -> None:
    """Every edge is passed once each way, or once and is one of the outline: nothing is covered twice or left out."""
    passed, outer = edges(shapes), edges([outline])
    assert max(passed.values()) == 1
    assert {edge for edge in passed if (edge[1], edge[0]) not in passed} == set(outer)


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
@pytest.mark.parametrize("zoom", range(5, MOST_ZOOM + 1))
def test_borders_meet_at_every_zoom(matrix: Matrix, zoom: int) -> None:
    shapes = generalised(ground(zoom), matrix, zoom)
    there = np.array([one for one in shapes if not one.is_empty], dtype=object)
    assert zoom < LEAST_GRID_ZOOM or len(there) == 20
    xy = shapely.get_coordinates(there)
    assert np.array_equal(xy, np.rint(xy))
    assert shapely.is_valid(there).all()
    assert all(part.exterior.is_ccw for one in there for part in shapely.get_parts(one))
    if len(there):
        assert_meet(list(there), assembled(list(there)))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), zoom=st.integers(6, 17), thin=st.floats(0.0005, 0.4))
def test_ground_thinner_than_a_unit_falls_together_for_both(seed: int, zoom: int, thin: float) -> None:
    drawn = ground(seed, columns=6, rows=2, size=thin)
    assume(shapely.is_valid(np.array(drawn, dtype=object)).all() and shapely.coverage_is_valid(drawn))
    shapes = generalised(drawn, MERCATOR, zoom)
    there = [one for one in shapes if not one.is_empty]
    assert shapely.is_valid(np.array(there, dtype=object)).all()
    if there:
        outline = assembled(there)
        assert_meet(there, outline)
        assert sum(one.area for one in there) == outline.area


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), zoom=st.integers(10, 17))
def test_a_square_is_cut_at_nodes_only(seed: int, zoom: int) -> None:
    """No edge goes through a line that squares are cut along."""
    for (ax, ay), (bx, by) in edges(generalised(ground(seed), MERCATOR, zoom)):
        for one, other in ((ax, bx), (ay, by)):
            for offset in (-RIM, RIM):
                low, high = sorted(((one - offset) / EXTENT, (other - offset) / EXTENT))
                assert np.ceil(high) - np.floor(low) <= 1


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), zoom=st.integers(10, 17))
def test_neighbours_alone_tell_what_a_shape_is(seed: int, zoom: int) -> None:
    """Drawn with its ring, a shape is to the bit what it is among all."""
    shapes = ground(seed, columns=7, rows=7)
    middle = shapes[24]
    near = [one for one in shapes if shapely.distance(one, middle) == 0]
    number = next(n for n, one in enumerate(near) if one is middle)
    assert shapely.equals_identical(
        generalised(near, MERCATOR, zoom)[number].normalize(), generalised(shapes, MERCATOR, zoom)[24].normalize()
    )


def test_nothing_moves_farther_than_a_pixel() -> None:
    shapes = ground(7)
    for zoom in range(LEAST_GRID_ZOOM, MOST_ZOOM + 1):
        exact = MERCATOR.shapes(shapes, zoom)
        for before, after in zip(exact, generalised(shapes, MERCATOR, zoom), strict=True):
            assert shapely.hausdorff_distance(before, after) < EXTENT / 256


def test_shapes_with_holes_parts_and_spikes() -> None:
    outer, inner = shapely.box(104, 30, 104.01, 30.01), shapely.box(104.004, 30.004, 104.006, 30.006)
    ring = outer.difference(inner)
    spike = shapely.Polygon(
        [
            (104.01, 30),
            (104.02, 30),
            (104.02, 30.005),
            (104.03, 30.005),
            (104.03, 30.00500005),
            (104.02, 30.01),
            (104.01, 30.01),
        ]
    )
    apart = shapely.MultiPolygon([shapely.box(104, 30.02, 104.005, 30.03), shapely.box(104.01, 30.02, 104.02, 30.03)])
    found = generalised([ring, inner, spike, apart], MERCATOR, 14)
    assert [len(one.interiors) for one in found[:2]] == [1, 0]
    assert edges([found[1]]).keys() == {(b, a) for a, b in edges([shapely.Polygon(found[0].interiors[0])])} or edges(
        [found[1]]
    ) == edges([shapely.Polygon(found[0].interiors[0]).reverse()])
    assert shapely.get_num_geometries(found[3]) == 2
    assert shapely.is_valid(np.array(found, dtype=object)).all()


def test_an_outline_has_every_node_of_its_grids() -> None:
    shapes = generalised(ground(3), MERCATOR, 15)
    outline = assembled(shapes)
    assert set(edges([outline])) <= set(edges(shapes))
    assert assembled([assembled(shapes[:10]), assembled(shapes[10:])]).equals(outline)


def test_overlapping_shapes_are_united() -> None:
    one, other = shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)
    assert assembled([one, one]).equals(one)
    assert assembled([one, one, other]).equals(shapely.union(one, other))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), zoom=st.integers(12, 17))
def test_many_outlines_at_once(seed: int, zoom: int) -> None:
    """Lots with holes, with parts, with parts that have holes, with corners in common, that overlap, that are empty."""
    chance = random.Random(seed)
    shapes = [one for one in generalised(ground(seed, columns=6, rows=6), MERCATOR, zoom) if not one.is_empty]
    lots = [chance.sample(shapes, chance.randint(0, len(shapes))) for _ in range(8)]
    lots += [[], [*shapes, shapes[0]], [shapely.affinity.translate(shapes[0], 1, 1), *shapes]]
    for lot, outline in zip(lots, assembled_each(lots), strict=True):
        united = shapely.union_all(np.array(lot, dtype=object), grid_size=1.0)
        assert outline.is_valid
        assert shapely.symmetric_difference(outline, united).area == 0
        assert all(part.exterior.is_ccw for part in shapely.get_parts(outline) if not part.is_empty)
        assert shapely.equals_identical(outline.normalize(), assembled(lot).normalize())
        if sum(one.area for one in lot) == united.area:
            passed = edges(lot)
            assert set(edges([outline])) == {edge for edge in passed if (edge[1], edge[0]) not in passed}


def test_labels_are_well_inside() -> None:
    shapes = generalised(ground(11), MERCATOR, 14)
    wide = shapely.Polygon([(0, 0), (100, 0), (100, 10), (10, 10), (10, 100), (0, 100)])
    points = label_points([*shapes, wide, shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(50, 50, 90, 90)])])
    assert all(shape.contains(point) for shape, point in zip([*shapes, wide], points, strict=False))
    assert shapely.distance(points[-1], shapely.Point(70, 70)) < 2
    assert label_points([]) == []


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), zoom=st.integers(13, 17), slim=st.floats(0.02, 1.0))
def test_labels_have_nearly_as_much_room_as_there_is(seed: int, zoom: int, slim: float) -> None:
    drawn = [one for one in generalised(ground(seed), MERCATOR, zoom) if one.area > 1e4]
    shapes = [shapely.affinity.scale(one, 1.0, slim) for one in drawn]
    shapes = [one for one in shapes if isinstance(one, shapely.Polygon) and one.is_valid]
    assume(shapes)
    side = np.sqrt(shapely.area(shapes))
    room = shapely.length(shapely.maximum_inscribed_circle(shapes, side * 0.005))
    points = np.array(label_points(shapes), dtype=object)
    assert shapely.contains_properly(shapes, points).all()
    assert (shapely.distance(shapely.boundary(shapes), points) > room - 0.05 * side - 1.0).all()


def test_coarser_regions_stand_for_finer_ones() -> None:
    assert [steps_above(zoom) for zoom in (12, 11, 10, 8, 7, 6, 5, 0)] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert generalised([], MERCATOR, 3) == []
    assert assembled([]).is_empty


@settings(max_examples=60, deadline=None)
@example(seed=852, zoom=16)
@given(seed=st.integers(0, 10**6), zoom=st.integers(8, 17))
def test_ground_that_overlaps_stays_sound(seed: int, zoom: int) -> None:
    """As in provisional editions: two divisions over each other."""
    drawn = [one for one in [*ground(seed), *ground(seed + 1)] if one.is_valid]
    shapes = np.array(generalised(drawn, MERCATOR, zoom), dtype=object)
    assert shapely.is_valid(shapes).all()
    assert shapely.is_valid(assembled(list(shapes)))
