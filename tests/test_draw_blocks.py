"""Are blocks whole ground, whatever the lines and buildings are like?"""

import numpy as np
import pytest
import shapely
from shapely import LineString, Point, Polygon, box
from town import covers, houses, on_map, streets, task, town

from geo.draw.blocks import Blocks, blocks
from geo.draw.task import Task
from geo.draw.thin import has_needle

CUT_M2 = 0.25


def laid(given: Task, full: int = 500, part: int = 60) -> Blocks:
    return blocks(given.boundary, given.buildings, [line.shape for line in given.lines], full, part)


def cut(given: Task, made: Blocks) -> int:
    """How many buildings stand in two blocks."""
    ground = [made.plane.metres(shape) for shape in made.shapes]
    count = 0
    for building in given.buildings:
        shares = shapely.area(shapely.intersection(ground, made.plane.metres(building.shape)))
        count += int((shares > CUT_M2).sum() > 1)
    return count


def is_sound(given: Task, made: Blocks) -> bool:
    whole = all(isinstance(shape, Polygon) and len(shape.interiors) == 0 for shape in made.shapes)
    return whole and covers(given.boundary, made.shapes) and cut(given, made) == 0


def test_streets_divide_a_town_into_its_blocks() -> None:
    given = town(4, 3)
    made = laid(given)
    assert is_sound(given, made)
    assert len(made.shapes) == 12
    assert made.households.sum() == sum(one.households or 0 for one in given.buildings)


def test_a_street_that_stops_short_is_led_on() -> None:
    lines = [("street", LineString([(100, -9), (100, 88)]))]
    given = task(box(0, 0, 200, 100), lines, houses(2, 1), [50] * 6)
    assert len(laid(given).shapes) == 2


def test_a_dead_end_divides_nothing() -> None:
    lines = [("footway", LineString([(100, -9), (100, 40)]))]
    given = task(box(0, 0, 200, 100), lines, [box(20, 20, 60, 30)], [50])
    assert len(laid(given).shapes) == 1


def test_a_street_through_a_building_goes_round_it() -> None:
    footprints = [box(85, 40, 130, 60), box(120, 50, 140, 80), box(10, 10, 30, 30)]
    lines = [("street", LineString([(100, -9), (100, 109)]))]
    given = task(box(0, 0, 200, 100), lines, footprints, [50, 20, 30])
    made = laid(given)
    assert is_sound(given, made)
    assert len(made.shapes) == 2
    assert made.building[0] == made.building[1]


def test_the_ground_between_two_carriageways_joins_a_side() -> None:
    lines = [("trunk", LineString([(x, -9), (x, 109)])) for x in (98, 104)]
    given = task(box(0, 0, 200, 100), lines, houses(2, 1), [50] * 6)
    made = laid(given)
    assert is_sound(given, made)
    assert len(made.shapes) == 2


def test_full_ground_is_cut_between_its_rows() -> None:
    given = task(box(0, 0, 300, 100), [], houses(3, 1), [100] * 9)
    made = laid(given, full=500, part=150)
    assert is_sound(given, made)
    assert made.households.max() <= 150


def test_ground_that_is_not_too_full_stays_whole() -> None:
    given = task(box(0, 0, 300, 100), [], houses(3, 1), [50] * 9)
    assert len(laid(given, full=500, part=100).shapes) == 1


def test_a_ring_of_road_makes_no_hole() -> None:
    ring = LineString([(60, 60), (140, 60), (140, 140), (60, 140), (60, 60)])
    given = task(box(0, 0, 200, 200), [("road", ring)], [box(80, 80, 120, 120), box(10, 10, 30, 30)], [200, 50])
    made = laid(given)
    assert is_sound(given, made)


def test_the_narrow_end_between_two_streets_goes_to_its_neighbour() -> None:
    lines = [("a", LineString([(-9, 100), (409, 100)])), ("b", LineString([(-9, 75), (409, 125)]))]
    given = task(box(0, 0, 400, 200), lines, [box(10, 10, 40, 40), box(350, 160, 380, 190)], [100, 100])
    made = laid(given)
    assert is_sound(given, made)
    for shape in made.shapes:
        ground = made.plane.metres(shape)
        opened = ground.buffer(-3, join_style="mitre").buffer(3.06, join_style="mitre", mitre_limit=6)
        assert max((part.area for part in shapely.get_parts(ground.difference(opened))), default=0.0) < 30


@pytest.mark.parametrize("seed", range(12))
def test_lines_and_buildings_at_random_make_whole_ground(seed: int) -> None:
    random = np.random.default_rng(seed)
    lines = [("x", LineString(random.uniform(-20, 320, (int(random.integers(2, 5)), 2)))) for _ in range(14)]
    lines.extend(lines[:2])
    corners = random.uniform(10, 260, (25, 2))
    footprints = [
        box(x, y, x + 8 + 20 * u, y + 8 + 20 * v)
        for (x, y), (u, v) in zip(corners, random.random((25, 2)), strict=True)
    ]
    given = task(box(0, 0, 300, 300), lines, footprints, [30] * 25)
    made = laid(given, full=200, part=90)
    assert covers(given.boundary, made.shapes)
    assert all(len(shape.interiors) == 0 for shape in made.shapes)
    assert cut(given, made) == 0


def test_points_and_no_lines_are_ground_too() -> None:
    given = task(box(0, 0, 100, 100), [], [Point(50, 50)], [10])
    made = laid(given)
    assert len(made.shapes) == 1
    assert made.building.tolist() == [0]
    empty = task(box(0, 0, 100, 100), streets(1, 1), [], [])
    assert len(laid(empty).shapes) == 1
    assert on_map(Point(0, 0)).x == pytest.approx(104.06)


def test_a_needle_is_told_from_a_corner() -> None:
    block = box(0, 0, 100, 100)
    assert not has_needle(block)
    assert not has_needle(Polygon([(0, 0), (200, 0), (0, 100)]))
    assert has_needle(block.union(box(100, 50, 140, 54)))
    assert not has_needle(block.union(box(100, 50, 105, 54)))
