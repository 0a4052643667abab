"""A drawn line goes where the hand meant it: along borders, streets and walls, and no further than was told."""

import time

import numpy as np
import pytest
import shapely
from boards import BEND, at, board, house, line, metres, of_plan, two
from hypothesis import strategies as st
from plans_drawn import SMALL, STREET, TOWN, Drawn, hold, plans
from shapely import LineString, Polygon

from geo.border import MAX_EXTENT_DEGREES
from geo.lattice import is_rounded, rounded
from geo.measure import metres_per_degree
from geo.model import Line
from geo.redraw import yielding
from geo.redraw.board import Board, Outcome
from geo.redraw.refused import EditRefused
from geo.redraw.snapping import MOST_DEGREES, MOST_VERTICES, led, led_ground

STREETS = (Line(id="s", category="residential", shape=line((-20, 20), (50, 22), (250, 20))),)


def led_m(board: Board, *places: tuple[float, float], snap_m: float = 3.0) -> list[tuple[float, float]]:
    return metres(led(line(*places), board, snap_m))


def test_ends_come_to_the_border_from_short_of_it_and_from_beyond_it() -> None:
    assert led_m(two(), (1, 50), (99, 80)) == [(0, 50), (101.0, 80.1)]
    assert led_m(two(), (-2, 50), (104, 80)) == [(0, 50), (101.0, 79.9)]


def test_a_vertex_goes_to_a_node_rather_than_onto_an_edge() -> None:
    assert led_m(two(), (1, 98), (97, 28)) == [(0, 100), (98, 30)]


def test_a_stretch_along_a_border_gets_its_nodes_and_no_others() -> None:
    roughly = [(101, -1), (99, 10), (97, 20), (98, 29), (100, 45), (103, 59), (99, 99)]
    assert led_m(two(), *roughly) == list(map(tuple, BEND))


def test_a_corner_that_was_cut_is_gone_round() -> None:
    assert led_m(two(), (1, 40), (1, 97.9), (2.1, 99), (40, 99)) == [(0, 40), (0, 100), (40, 100)]


def test_a_line_along_a_border_for_a_part_of_its_way_leaves_it_where_it_was_drawn_to() -> None:
    assert led_m(two(), (99, 2), (97.5, 35), (101, 58), (150, 70), (201, 70)) == [
        (100, 0),
        (98, 30),
        (102, 60),
        (150, 70),
        (200, 70),
    ]


def test_a_line_across_a_border_crosses_it() -> None:
    assert led_m(two(), (50, 50), (150, 52)) == [(50, 50), (150, 52)]


def test_a_street_is_followed_and_one_that_is_crossed_is_not() -> None:
    along = led_m(two(lines=STREETS), (1, 21), (99, 21))
    assert along == [(0, 21), (50, 22), (98.6, 21.0)]
    assert led_m(two(lines=STREETS), (30, 1), (31, 20), (30, 99)) == [(30, 0), (31, 20), (30, 100)]


def test_a_wall_is_passed_on_the_side_that_is_nearer() -> None:
    on_board = two([house("h", 40, 48, 60, 52)])
    way = led(line((0, 51), (50, 51), (101, 51)), on_board, 3.0)
    assert shapely.intersection(way, at(shapely.box(40, 48, 60, 52))).length == 0
    assert max(y for _, y in metres(way)) == pytest.approx(52.05, abs=0.06)
    assert min(y for _, y in metres(way)) > 49


def test_a_building_in_the_middle_of_the_way_stays_there() -> None:
    assert led_m(two([house("h", 40, 40, 60, 60)]), (0, 50), (50, 70)) == [(0, 50), (50, 70)]


def test_a_line_that_may_cut_passes_straight_through() -> None:
    on_board = two([house("h", 40, 48, 60, 52)])
    assert metres(led(line((0, 51), (101, 51)), on_board, 3.0, cut=True)) == [(0, 51), (100.8, 51)]


def test_walls_that_stand_together_are_passed_together() -> None:
    row = [house("a", 40, 48, 50, 52), house("b", 50, 48, 60, 51), house("c", 60.02, 48, 70, 52)]
    way = led(line((0, 50.5), (101, 50.5)), two(row), 3.0)
    assert len(metres(way)) > 2
    assert all(shapely.intersection(way, one.shape).length == 0 for one in row)


def test_a_border_that_passes_a_building_already_is_followed() -> None:
    on_board = two([house("h", 95, 40, 105, 50)])
    assert led_m(on_board, *BEND) == list(map(tuple, BEND))


def test_no_tolerance_rounds_and_does_nothing_else() -> None:
    drawn = LineString([(104.10000012, 30.670000049), (104.10000014, 30.67000004), (104.1009, 30.6704)])
    assert led(drawn, two(lines=STREETS), 0.0) == rounded(drawn)


def test_roughly_drawn_ground_is_the_grid_itself() -> None:
    rough = Polygon([(1, 1), (99, -1), (97, 31), (101, 61), (101.5, 99), (-2, 101)])
    west = two().grids["W"].shape
    assert led_ground(at(rough), two(), 3.0).normalize() == west.normalize()


def test_ground_with_a_hole_is_led_ring_by_ring() -> None:
    hole = shapely.box(20, 20, 60, 60)
    shapes = {"H": Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [hole.exterior.coords]), "I": hole}
    drawn = Polygon([(1, 1), (99, 1), (99, 99), (-1, 99)], [[(21, 21), (59, 21), (61, 61), (19, 60)]])
    on_board = board({"R": shapes})
    assert led_ground(at(drawn), on_board, 3.0).normalize() == on_board.grids["H"].shape.normalize()


def test_a_ring_that_crosses_itself_is_refused_at_the_place() -> None:
    with pytest.raises(EditRefused) as told:
        led_ground(at(Polygon([(10, 10), (50, 50), (50, 10), (10, 50)])), two(), 3.0)
    assert told.value.id == "ring-crosses"
    assert metres(told.value.faults[0].shape) == [(30, 30)]


@pytest.mark.parametrize(
    ("drawn", "snap_m", "id"),
    [
        (LineString([(104.1, 30.67), (float("inf"), 30.68)]), 3.0, "line-not-finite"),
        (LineString([(104.1, 30.67), (204.1, 30.68)]), 3.0, "line-out-of-range"),
        (LineString([(104.1, 30.67), (104.10000001, 30.67)]), 3.0, "line-too-short"),
        (line((0, 0), (1, 1)), -1.0, "snap-out-of-range"),
        (line((0, 0), (1, 1)), float("nan"), "snap-out-of-range"),
        (LineString(np.zeros((MOST_VERTICES + 1, 2))), 3.0, "line-too-long"),
    ],
)
def test_what_is_no_line_is_refused(drawn: LineString, snap_m: float, id: str) -> None:
    with pytest.raises(EditRefused) as told:
        led(drawn, two(), snap_m)
    assert told.value.id == id


@st.composite
def lines_on(draw: st.DrawFn) -> tuple[Drawn, LineString, float]:
    """A line over a random plan: through places near its nodes, or anywhere."""
    drawn = draw(plans(2, units=(SMALL, STREET, TOWN)))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes = np.concatenate([shapely.get_coordinates(grid.shape) for grid in drawn.plan.grids])
    west, south, east, north = nodes[:, 0].min(), nodes[:, 1].min(), nodes[:, 0].max(), nodes[:, 1].max()
    snap_m = draw(st.sampled_from((0.05, 3.0, 50.0)))
    count = int(chance.integers(2, 12))
    near = chance.choice(nodes, count) + chance.normal(0, snap_m / 1e5, (count, 2))
    anywhere = chance.uniform((west, south), (east, north), (count, 2))
    places = np.where(chance.random((count, 1)) < 0.6, near, anywhere)
    return drawn, LineString(np.clip(places, (-180, -90), (180, 90))), snap_m


def test_nothing_goes_further_than_the_tolerance(full: bool) -> None:
    def promise(case: tuple[Drawn, LineString, float]) -> None:
        drawn, meant, snap_m = case
        plain = rounded(meant)
        if len(np.unique(shapely.get_coordinates(plain), axis=0)) < 2:
            return
        found = led(meant, of_plan(drawn), snap_m)
        scale = np.array(metres_per_degree(float(np.mean(plain.bounds[1::2]))))
        flat, way = (shapely.transform(one, lambda xy: xy * scale) for one in (found, plain))
        assert is_rounded(found)
        assert shapely.distance(shapely.points(shapely.get_coordinates(flat)), way).max() <= snap_m + 0.02
        assert found.is_simple or not plain.is_simple
        assert led(meant, of_plan(drawn), snap_m) == found

    hold(lines_on(), promise, full, small=15)


def test_the_ground_of_a_grid_is_led_to_itself(full: bool) -> None:
    def promise(drawn: Drawn) -> None:
        on_board = of_plan(drawn)
        if any(abs(lon) > 180 for grid in on_board.grids.values() for lon in grid.shape.bounds[::2]):
            return
        for grid in [*on_board.grids.values()][:3]:
            assert led_ground(grid.shape, on_board, 0.05).normalize() == grid.shape.normalize()

    hold(plans(units=(STREET, TOWN)), promise, full, small=15)


def test_a_border_through_a_building_is_refused_with_a_way_round_it() -> None:
    on_board = two([house("h", 40, 40, 60, 60, households=12), house("far", 10, 10, 20, 20)])
    with pytest.raises(EditRefused) as told:
        yielding.check(on_board, halves(on_board), cut=False, drawn=[line((50, 0), (50, 100))])
    assert told.value.id == "building-cut"
    assert dict(told.value.values) == {"count": 1, "building": "h"}
    building, way = told.value.faults
    assert (building.role, dict(building.values)) == ("building", {"id": "h", "name": "", "households": 12})
    assert way.role == "detour"
    assert metres(way.shape)[0] == (50, 0)
    assert metres(way.shape)[-1] == (50, 100)
    assert shapely.intersection(way.shape, building.shape).length == 0


def test_told_to_cut_it_cuts() -> None:
    on_board = two([house("h", 40, 40, 60, 60)])
    yielding.check(on_board, halves(on_board), cut=True)


def test_a_building_that_was_cut_before_hinders_nothing() -> None:
    on_board = two([house("h", 40, 95, 60, 105)])
    yielding.check(on_board, halves(on_board), cut=False)


def test_a_wall_on_the_border_is_no_cut() -> None:
    on_board = two([house("h", 40, 40, 50.004, 60)])
    yielding.check(on_board, halves(on_board), cut=False)


def halves(on_board: Board) -> Outcome:
    """The western grid cut in two along x = 50."""
    west, east = Polygon([(0, 0), (50, 0), (50, 100), (0, 100)]), Polygon([(50, 0), *BEND, (50, 100)])
    grid = on_board.grids["W"]
    made = board({"R": {"W": west, "N": east}}).grids
    assert grid.region == "R"
    return Outcome(grids=(made["W"], made["N"]))


def test_leading_takes_a_few_milliseconds() -> None:
    houses = [house(f"{x}-{y}", 4 * x, 2 * y, 4 * x + 2, 2 * y + 1) for x in range(50) for y in range(40)]
    on_board = two(houses, STREETS)
    drawn = line(*((x, 50.3 + np.sin(x / 5)) for x in range(1, 100, 5)))
    spent = []
    for _ in range(5):
        began = time.process_time()
        led(drawn, on_board, 3.0)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05


def test_a_survey_along_a_border_is_led_in_half_a_second() -> None:
    drawn = line(*((100.001, 100 * n / MOST_VERTICES) for n in range(MOST_VERTICES)))
    began = time.process_time()
    assert len(led(drawn, two(), 3.0).coords) == len(BEND)
    assert time.process_time() - began < 2


def test_what_is_drawn_is_no_wider_than_a_region_may_be() -> None:
    assert MOST_DEGREES == MAX_EXTENT_DEGREES
    for drawn in (LineString([(-170, 30), (170, -30)]), LineString([(104, 30), (104.1, 40.1)])):
        with pytest.raises(EditRefused, match="line-too-wide"):
            led(drawn, two(), 3.0)
    led(LineString([(100, 30), (110, 30)]), two(), 3.0)


def test_drawn_ground_with_a_hole_that_falls_together_is_refused() -> None:
    pinhole = [(104.0005, 30.0005), (104.00050001, 30.0005), (104.0005, 30.00050001)]
    ground = shapely.Polygon(shapely.box(104, 30, 104.001, 30.001).exterior, [pinhole])
    with pytest.raises(EditRefused, match="ground-collapses"):
        led_ground(ground, Board(regions={}, grids={}), 0)
