"""Which rows with one id are parts of one thing, and which shapes are the same but for the turn of their rings?"""

from dataclasses import replace

import pytest
import shapely
from district import at
from divisions import cell

from geo import parts
from geo.model import Building, Facility, Line, Water
from geo.store.likeness import is_turned

WEST, EAST, FAR = cell(0, 0), cell(1, 0), cell(5, 5)


def line(*places: tuple[float, float], **more: str) -> Line:
    return Line(id="l", name="柳堰路", category="primary", **more, shape=shapely.LineString([at(*xy) for xy in places]))


def test_lines_are_joined_end_to_end_and_may_have_gaps() -> None:
    whole = parts.joined([line((0, 0), (1, 0)), line((1, 0), (2, 1)), line((7, 0), (8, 0))])
    assert whole is not None
    assert [len(one.coords) for one in shapely.get_parts(whole.shape)] == [3, 2]
    assert (whole.name, parts.pieces(whole)) == ("柳堰路", 2)


def test_lines_that_cross_get_no_node_and_a_part_that_came_twice_is_there_once() -> None:
    cross = parts.joined([line((0, 0), (2, 2)), line((0, 2), (2, 0)), line((2, 2), (0, 0))])
    assert cross is not None
    assert shapely.get_num_coordinates(cross.shape) == 4
    assert parts.pieces(cross) == 1


def test_rows_that_say_different_things_are_different_things() -> None:
    assert parts.joined([line((0, 0), (1, 0)), replace(line((1, 0), (2, 0)), name="另一条路")]) is None
    assert parts.joined([Water(id="w", shape=WEST), Water(id="w", name="河", shape=EAST)]) is None


@pytest.mark.parametrize(("thing", "may_be_apart"), [(Building, False), (Facility, False), (Water, True)])
def test_ground_is_joined(thing: type[Building | Facility | Water], may_be_apart: bool) -> None:
    near = parts.joined([thing(id="x", shape=WEST), thing(id="x", shape=EAST)])
    assert near is not None
    assert near.shape is not None
    assert near.shape.equals(shapely.union_all([WEST, EAST]))
    assert (parts.joined([thing(id="x", shape=WEST), thing(id="x", shape=FAR)]) is not None) is may_be_apart


def test_points_and_rings_at_fault_are_never_joined() -> None:
    assert parts.joined([Facility(id="x", shape=at(0, 0)), Facility(id="x", shape=at(0, 0))]) is None
    bow = shapely.Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)])
    assert parts.joined([Water(id="w", shape=bow), Water(id="w", shape=EAST)]) is None


def test_a_turned_ring_is_the_same_and_a_moved_node_is_not() -> None:
    turned = shapely.Polygon([*WEST.exterior.coords[2:], *WEST.exterior.coords[1:3]])
    for same in (turned, turned.reverse(), WEST.reverse()):
        assert same != WEST
        assert is_turned(same, WEST)
    assert not is_turned(shapely.Polygon([*WEST.exterior.coords[:2], at(0.5, 0.5), *WEST.exterior.coords[3:]]), WEST)
    assert not is_turned(EAST, WEST)
