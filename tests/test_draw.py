"""Would a planner sign what is drawn?"""

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Polygon, box
from test_draw_blocks import CUT_M2
from town import covers, houses, streets, task, town

from geo.draw.drawing import alternatives, drawn
from geo.draw.task import Drawn, Progress, Task, Why
from geo.plane import Plane


def made(given: Task, seed: int = 1) -> Drawn:
    told: list[Progress] = []
    found = drawn(given, seed, told.append)
    assert {one.phase for one in told} <= {"blocks", "grids"}
    return found


def is_signed(given: Task, plan: Drawn) -> bool:
    """Ground covered once, each grid in one part without a hole but a lake, no building cut, no household lost."""
    plane = Plane.of(given.boundary)
    ground = [plane.metres(shape) for shape in plan.shapes]
    lakes = sum(len(part.interiors) for part in shapely.get_parts(given.boundary))
    for building in given.buildings:
        shares = shapely.area(shapely.intersection(ground, plane.metres(building.shape)))
        if (shares > CUT_M2).sum() > 1:
            return False
    holes = sum(len(shape.interiors) for shape in plan.shapes)
    return covers(given.boundary, plan.shapes) and holes <= lakes


def test_a_town_is_divided_within_the_range() -> None:
    given = town(6, 5)
    plan = made(given)
    assert is_signed(given, plan)
    assert all(300 <= load <= 500 for load in plan.households)
    assert sum(plan.households) == sum(one.households or 0 for one in given.buildings)
    assert plan.reasons == ()


def test_the_same_seed_gives_the_same_bytes() -> None:
    given = town(5, 4)
    one, other = made(given, 3), made(given, 3)
    assert [shape.wkb for shape in one.shapes] == [shape.wkb for shape in other.shapes]


def test_alternatives_differ_and_come_in_order() -> None:
    given = town(5, 4)
    found = alternatives(given, 1, 3, lambda _: None)
    assert len(found) == 3
    assert len({tuple(shape.wkb for shape in plan.shapes) for plan in found}) == 3
    assert all(is_signed(given, plan) for plan in found)


def test_what_cannot_be_divided_says_why() -> None:
    given = task(box(0, 0, 300, 100), streets(3, 1), houses(3, 1), [63, 63, 64, 95, 47, 47, 64, 63, 63])
    plan = made(given)
    assert sum(plan.households) == 569
    assert [reason.why for reason in plan.reasons] == [Why.CANNOT_DIVIDE]
    assert plan.reasons[0].values["households"] == 569
    assert plan.reasons[0].values["sizes"] == "285 + 284; 569"
    assert sum(max(0, 300 - load) + max(0, load - 500) for load in plan.households) == 31


def test_a_tower_stands_alone_and_is_explained() -> None:
    given = task(box(0, 0, 400, 200), streets(4, 2), houses(4, 2), [620] + [40] * 23)
    plan = made(given)
    assert is_signed(given, plan)
    assert [reason.why for reason in plan.reasons] == [Why.TOWER]
    assert 620 <= max(plan.households) < 920
    assert all(300 <= load <= 500 for load in sorted(plan.households)[:-1])


def test_buildings_that_no_straight_line_parts_are_parted() -> None:
    mill = [box(5, 5, 65, 35), box(70, 5, 95, 65), box(35, 70, 95, 95), box(5, 40, 30, 95)]
    given = task(box(0, 0, 100, 100), [], mill, [160] * 4)
    plan = made(given)
    assert is_signed(given, plan)
    assert sorted(plan.households) == [320, 320]


def test_few_households_are_one_grid() -> None:
    given = task(box(0, 0, 200, 100), streets(2, 1), houses(2, 1), [20] * 6)
    plan = made(given)
    assert plan.households == (120,)
    assert covers(given.boundary, plan.shapes)
    assert [reason.why for reason in plan.reasons] == [Why.CANNOT_DIVIDE]


def test_a_community_in_two_parts_is_drawn_part_by_part() -> None:
    footprints = houses(3, 3)
    footprints += [shapely.affinity.translate(house, 600) for house in footprints]
    given = task(
        MultiPolygon([box(0, 0, 300, 300), box(600, 0, 900, 300)]), streets(9, 3), footprints, [30] * len(footprints)
    )
    plan = made(given)
    assert is_signed(given, plan)
    assert len(plan.shapes) == 4


def test_a_lake_may_lie_in_a_grid() -> None:
    lake = box(140, 140, 260, 260)
    footprints = [house for house in houses(4, 4) if not house.intersects(lake.buffer(5))]
    given = task(box(0, 0, 400, 400).difference(lake), streets(4, 4), footprints, [30] * len(footprints))
    plan = made(given)
    assert is_signed(given, plan)
    assert all(300 <= load <= 500 for load in plan.households)


GARBAGE = {
    "nothing": task(box(0, 0, 100, 100), [], [], []),
    "one building": task(box(0, 0, 100, 100), [], [box(10, 10, 20, 20)], [7]),
    "no households": task(box(0, 0, 300, 300), streets(3, 3), houses(3, 3), [0] * 27),
    "no streets": task(box(0, 0, 300, 300), [], houses(3, 3), [60] * 27),
    "buildings outside": task(box(0, 0, 100, 100), [], [box(900, 900, 950, 950)], [400]),
    "duplicate lines": task(box(0, 0, 300, 300), streets(3, 3) * 3, houses(3, 3), [40] * 27),
    "one building on all": task(box(0, 0, 300, 300), streets(3, 3), [box(5, 5, 295, 295)], [900]),
    "buildings on each other": task(box(0, 0, 300, 300), streets(3, 3), houses(3, 3) * 2, [30] * 54),
    "lines at random": task(
        box(0, 0, 300, 300),
        [("x", LineString(np.random.default_rng(n).uniform(-50, 350, (6, 2)))) for n in range(20)],
        houses(3, 3),
        [45] * 27,
    ),
    "a needle of a community": task(Polygon([(0, 0), (900, 0), (900, 9)]), [], [box(700, 1, 710, 5)], [800]),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_whatever_comes_there_is_a_plan(name: str) -> None:
    plan = made(GARBAGE[name])
    assert is_signed(GARBAGE[name], plan)
