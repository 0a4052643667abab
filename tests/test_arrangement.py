"""Do shapes and lines cut the ground into exact faces, whatever lies over whatever?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from hypothesis import strategies as st
from plans_drawn import SMALL, STREET, TINY, Drawn, hold, plans
from shapely import LineString, Polygon

from geo.arrangement import Arrangement, begun_like, joined
from geo.lattice import directed_edges, to_degrees, uncancelled
from geo.model import Ground
from geo.noding import noded
from geo.rings import are_sound

Node = tuple[int, int]


def ring(*nodes: Node) -> Polygon:
    return Polygon(to_degrees(np.array([*nodes, nodes[0]])))


def line(*nodes: Node) -> LineString:
    return LineString(to_degrees(np.array(nodes)))


def square(x: int, y: int, side: int) -> Polygon:
    return ring((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def minus(shape: Polygon, *holes: Polygon) -> Polygon:
    return Polygon(shape.exterior, [hole.exterior for hole in holes])


def cancel(plus: Sequence[Ground], less: Sequence[Ground]) -> bool:
    """Whether the edges of some shapes are those of the others."""
    start, end, owner = directed_edges([*plus, *less])
    return len(uncancelled(start, end, np.where(owner < len(plus), 1, -1))[0]) == 0


def areas(made: Arrangement) -> dict[frozenset[int], int]:
    """Square steps over which just these shapes lie."""
    found: dict[frozenset[int], int] = {}
    for face in made.faces:
        twice = shapely.transform(face.shape, lambda xy: np.rint(xy * 1e7)).area * 2
        found[face.over] = found.get(face.over, 0) + round(twice)
    return {over: twice // 2 for over, twice in found.items()}


def of(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


def test_two_squares_that_overlap() -> None:
    made = Arrangement.of([square(0, 0, 10), square(5, 5, 10)])
    assert areas(made) == {of(0): 75, of(0, 1): 25, of(1): 75}
    assert [len(shape.exterior.coords) for shape in made.shapes] == [7, 7]


def test_squares_beside_each_other_stay_the_same_objects() -> None:
    one, two = square(0, 0, 10), square(10, 0, 10)
    made = Arrangement.of([one, two])
    assert made.shapes[0] is one
    assert made.shapes[1] is two
    assert areas(made) == {of(0): 100, of(1): 100}


def test_a_line_across_divides_and_leaves_its_nodes() -> None:
    made = Arrangement.of([square(0, 0, 10)], [line((-3, 4), (13, 4))])
    assert areas(made) == {of(0): 100}
    assert sorted(round(face.shape.area * 1e14) for face in made.faces) == [40, 60]
    assert len(made.shapes[0].exterior.coords) == 7
    assert len(made.lines[0].coords) == 4


def test_a_line_that_ends_inside_changes_nothing_but_nodes() -> None:
    made = Arrangement.of([square(0, 0, 10)], [line((-3, 4), (7, 4), (7, 5))])
    assert [round(face.shape.area * 1e14) for face in made.faces] == [100]
    assert len(made.shapes[0].exterior.coords) == 6


def test_a_line_that_crosses_itself_encloses_a_face() -> None:
    made = Arrangement.of([square(0, 0, 20)], [line((5, 5), (15, 5), (15, 15), (10, 15), (10, 0))])
    assert sorted(round(face.shape.area * 1e14) for face in made.faces) == [50, 350]


def test_holes_islands_and_islands_in_holes() -> None:
    island, pond = square(40, 40, 20), square(45, 45, 5)
    shapes = [minus(square(0, 0, 100), square(30, 30, 40)), island, pond, square(200, 0, 10)]
    assert areas(Arrangement.of(shapes)) == {of(0): 8400, of(): 1200, of(1): 375, of(1, 2): 25, of(3): 100}


def test_shapes_that_touch_at_a_node() -> None:
    made = Arrangement.of([square(0, 0, 10), square(10, 10, 10)])
    assert areas(made) == {of(0): 100, of(1): 100}


def test_a_hole_that_touches_its_shell_and_a_node_on_an_edge() -> None:
    made = Arrangement.of([minus(square(0, 0, 10), ring((0, 5), (3, 3), (3, 7))), square(10, 3, 4)])
    assert areas(made) == {of(0): 94, of(): 6, of(1): 16}
    assert len(made.shapes[0].exterior.coords) == 8


def test_a_crossing_off_the_lattice_becomes_a_node_of_both() -> None:
    made = Arrangement.of([ring((0, 0), (7, 0), (7, 3)), ring((0, 2), (7, 1), (7, 8))])
    one, two = ({*map(tuple, shapely.get_coordinates(shape).tolist())} for shape in made.shapes)
    assert len(one & two) == 3
    assert cancel(made.shapes[:1], made.over(0))
    assert cancel(made.shapes[1:], made.over(1))


def test_a_ring_laid_against_itself_comes_back_sound() -> None:
    needle = ring((0, 0), (100, 0), (100, 50), (51, 1), (50, 50))
    made = Arrangement.of([needle], [line((51, -5), (51, 1)), line((40, 0), (60, 0))])
    assert are_sound(np.asarray(made.shapes, dtype=object)).all()


def test_needles_a_step_beside_each_other_settle() -> None:
    """The place where they cross moves on by a step each time it is rounded."""
    one, other = ring((40430, 8461), (50493, 6222), (61051, 3)), ring((50685, 9230), (50492, 6222), (40429, 8461))
    made = Arrangement.of([one, other])
    assert are_sound(np.asarray(made.shapes, dtype=object)).all()
    for number, shape in enumerate(made.shapes):
        assert cancel([shape], made.over(number))
    assert areas(made).keys() >= {of(0), of(1)}


def test_nothing_given_nothing_made() -> None:
    assert Arrangement.of([]).faces == []
    assert Arrangement.of([], [line((0, 0), (5, 5))]).faces == []
    assert joined([]).is_empty


def test_ground_together_begins_like_the_one_it_was() -> None:
    whole = square(0, 0, 10)
    turned = ring((10, 10), (10, 0), (0, 0), (0, 10))
    made = Arrangement.of([turned], [line((-1, 4), (11, 4))])
    assert joined(made.over(0), made.shapes[0]).equals_exact(made.shapes[0], 0.0)
    assert begun_like(whole, turned).exterior.coords[:] == turned.exterior.coords[:]


@dataclass(frozen=True)
class Case:
    shapes: tuple[Ground, ...]
    lines: tuple[LineString, ...]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Grids of a net, some moved over others, and lines at random across them."""
    drawn: Drawn = draw(plans(2, units=(TINY, SMALL, STREET)))
    shapes = [shape for region in drawn.regions for shape in drawn.division(region).grounds][:12]
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    west, south, east, north = np.rint(shapely.total_bounds(shapes) * 1e7).astype(np.int64).tolist()
    for n in range(len(shapes)):
        if chance.random() < 0.3:
            reach = int(chance.choice((1, drawn.net.unit)))
            step = chance.integers(-reach, reach + 1, 2)
            shapes[n] = shapely.transform(shapes[n], lambda xy, by=step: to_degrees(np.rint(xy * 1e7).astype(int) + by))
    lines = []
    for _ in range(draw(st.integers(0, 3))):
        xy = chance.integers((west - 3, south - 3), (east + 4, north + 4), (draw(st.integers(2, 5)), 2))
        if (np.diff(xy, axis=0) != 0).any(axis=1).all():
            lines.append(line(*[(int(x), int(y)) for x, y in xy]))
    return Case(tuple(shapes), tuple(lines))


def test_every_shape_is_the_sum_of_its_faces(full: bool) -> None:
    def promise(case: Case) -> None:
        made = Arrangement.of(case.shapes, case.lines)
        for number, shape in enumerate(made.shapes):
            if are_sound(np.asarray([case.shapes[number]], dtype=object))[0]:
                assert cancel([shape] if not shape.is_empty else [], made.over(number))

    hold(cases(), promise, full, small=75, large=2000)


def test_faces_share_no_ground_and_no_edge_passes_through_a_node(full: bool) -> None:
    def promise(case: Case) -> None:
        made = Arrangement.of(case.shapes, case.lines)
        faces = np.asarray([face.shape for face in made.faces], dtype=object)
        assert are_sound(faces).all()
        start, end, _ = directed_edges(faces)
        assert len(np.unique(np.column_stack([start, end]), axis=0)) == len(start)
        whole = joined(faces.tolist())
        assert cancel([] if whole.is_empty else [whole], faces.tolist())
        again = Arrangement.of(made.shapes, made.lines)
        assert all(new is old for new, old in zip(again.shapes, made.shapes, strict=True))
        assert all(new is old for new, old in zip(again.lines, made.lines, strict=True))

    hold(cases(), promise, full, small=75, large=2000)


def test_the_order_of_shapes_and_lines_changes_nothing(full: bool) -> None:
    def promise(case: Case) -> None:
        last = len(case.shapes) - 1
        made, other = Arrangement.of(case.shapes, case.lines), Arrangement.of(case.shapes[::-1], case.lines[::-1])
        assert [face.shape.wkb for face in made.faces] == [face.shape.wkb for face in other.faces]
        assert [face.over for face in made.faces] == [frozenset(last - n for n in face.over) for face in other.faces]
        assert [shape.wkb for shape in made.shapes] == [shape.wkb for shape in other.shapes[::-1]]

    hold(cases(), promise, full)


def test_grids_that_fit_stay_the_same_objects(full: bool) -> None:
    def promise(drawn: Drawn) -> None:
        shapes = [shape for region in drawn.regions for shape in drawn.division(region).grounds]
        if all(new is old for new, old in zip(noded(shapes), shapes, strict=True)):  # cells of a step may lack nodes
            made = Arrangement.of(shapes)
            assert all(new is old for new, old in zip(made.shapes, shapes, strict=True))
            assert all(len(face.over) <= 1 for face in made.faces)

    hold(plans(3), promise, full)


@pytest.mark.parametrize("offset", [0, 1_041_000_000])
def test_a_long_slanted_line_over_small_grids(offset: int) -> None:
    squares = [square(offset + 7 * n, offset, 7) for n in range(200)]
    made = Arrangement.of(squares, [line((offset - 5, offset - 1), (offset + 1405, offset + 9))])
    assert cancel(made.shapes, [face.shape for face in made.faces])
