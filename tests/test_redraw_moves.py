"""A node or a stretch of border that goes elsewhere takes both its sides along, or is refused at the place."""

import time
from dataclasses import replace

import numpy as np
import pytest
import shapely
from boards import BEND, at, board, house, is_exact, line, metres, of_plan, place, two
from hypothesis import strategies as st
from plans_drawn import SMALL, STREET, TINY, TOWN, Drawn, hold, plans
from shapely import Polygon

from geo.lattice import to_degrees, to_steps
from geo.model import Grid
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import MoveEdge, MoveNode, Replace
from geo.redraw.moves import edge_moved, node_moved
from geo.redraw.refused import EditRefused
from geo.redraw.replacing import made

FOUR = {
    "R": {
        "a": Polygon([(0, 0), (50, 0), (50, 50), (0, 50)]),
        "b": Polygon([(50, 0), (100, 0), (100, 50), (50, 50)]),
        "c": Polygon([(0, 50), (50, 50), (50, 100), (0, 100)]),
        "d": Polygon([(50, 50), (100, 50), (100, 100), (50, 100)]),
    }
}
SIDE_BY_SIDE = {"R": {"a": FOUR["R"]["a"], "c": FOUR["R"]["c"]}, "S": {"b": FOUR["R"]["b"], "d": FOUR["R"]["d"]}}


def moved(on_board: Board, start: tuple[float, float], end: tuple[float, float], **how: float) -> Outcome:
    return node_moved(on_board, MoveNode(start=place(*start), end=place(*end), **how))


def dragged(on_board: Board, start: list[tuple[float, float]], end: list[tuple[float, float]]) -> Outcome:
    return edge_moved(on_board, MoveEdge(start=line(*start), end=line(*end)))


def refused(on_board: Board, start: tuple[float, float], end: tuple[float, float], **how: float) -> EditRefused:
    with pytest.raises(EditRefused) as told:
        moved(on_board, start, end, **how)
    return told.value


def test_all_grids_at_a_node_follow_it() -> None:
    outcome = moved(board(FOUR), (51, 49), (60, 70))
    assert {grid.code for grid in outcome.grids} == {"a", "b", "c", "d"}
    assert all((60, 70) in metres(grid.shape) for grid in outcome.grids)
    assert outcome.regions == ()
    assert is_exact(board(FOUR).after(outcome))


def test_the_nearest_node_within_the_tolerance_is_meant() -> None:
    assert {grid.code for grid in moved(board(FOUR), (48, 50), (40, 40), snap_m=0).grids} == {"a", "c"}
    assert {grid.code for grid in moved(board(FOUR), (48, 50), (40, 40), snap_m=3).grids} == {"a", "b", "c", "d"}


def test_an_edge_gets_a_node_where_it_is_taken_hold_of() -> None:
    outcome = moved(board(FOUR), (50.5, 25), (60, 25))
    assert {grid.code: metres(grid.shape) for grid in outcome.grids} == {
        "a": [(0, 0), (50, 0), (60, 25), (50, 50), (0, 50), (0, 0)],
        "b": [(50, 0), (100, 0), (100, 50), (50, 50), (60, 25), (50, 0)],
    }
    assert is_exact(board(FOUR).after(outcome))


def test_where_no_node_is_near_the_nearest_is_told() -> None:
    told = refused(board(FOUR), (30, 30), (40, 40))
    assert (told.id, dict(told.values)) == ("node-missing", {"snap_m": 3.0})
    assert metres(told.faults[0].shape) == [(50, 50)]


def test_the_border_of_the_plan_stays() -> None:
    told = refused(board(FOUR), (50, 0), (60, 0))
    assert (told.id, dict(told.values)) == ("outer-boundary", {"codes": "R"})
    assert metres(told.faults[0].shape) == [(50, 0)]
    assert refused(board(FOUR), (25, 0), (25, 5)).id == "outer-boundary"


def test_the_border_between_two_regions_of_the_plan_moves_with_both() -> None:
    outcome = moved(board(SIDE_BY_SIDE), (50, 50), (60, 60))
    assert [region.code for region in outcome.regions] == ["R", "S"]
    assert is_exact(board(SIDE_BY_SIDE).after(outcome))


def test_two_nodes_of_a_ring_never_meet() -> None:
    told = refused(two(), (98, 30), (102, 60))
    assert (told.id, metres(told.faults[0].shape)) == ("nodes-meet", [(102, 60)])


def test_a_crossing_is_refused_at_the_place() -> None:
    told = refused(two(), (98, 30), (-20, 30))
    assert told.id == "ring-crosses"
    assert all(fault.role == "crossing" and metres(fault.shape)[0][0] == 0 for fault in told.faults)


def test_a_grid_turned_inside_out_is_refused() -> None:
    corner = {
        "R": {"t": Polygon([(0, 0), (10, 0), (5, 5)]), "u": Polygon([(0, 0), (5, 5), (10, 0), (10, 50), (0, 50)])}
    }
    assert refused(board(corner), (5, 5), (5, -5)).id in ("ring-crosses", "grid-collapses")
    assert refused(board(corner), (5, 5), (5, 0)).id in ("ring-crosses", "grid-collapses")


def test_a_building_on_the_new_border_is_refused_unless_it_may_be_cut() -> None:
    on_board = two([house("h", 60, 40, 80, 60)])
    told = refused(on_board, (98, 30), (60, 50))
    assert (told.id, dict(told.values)) == ("building-cut", {"count": 1, "building": "h"})
    assert [fault.role for fault in told.faults] == ["building", "detour"]
    assert is_exact(on_board.after(moved(on_board, (98, 30), (60, 50), cut=True)))


def test_an_edge_that_passes_a_foreign_node_is_led_through_it() -> None:
    shapes = {
        "R": {
            "a": Polygon([(0, 0), (100, 0), (100, 40), (50, 20), (0, 40)]),
            "b": Polygon([(0, 40), (50, 20), (100, 40), (60, 40), (50, 45), (40, 40)]),
            "c": Polygon([(0, 40), (40, 40), (50, 45), (60, 40), (100, 40), (100, 90), (0, 90)]),
        }
    }
    on_board = board(shapes)
    outcome = moved(on_board, (50, 20), (50, 39.9), snap_m=1)
    assert is_exact(on_board.after(outcome))


def test_an_edge_goes_where_it_is_drawn_to() -> None:
    outcome = dragged(two(), [*BEND], [(100, 0), (90, 50), (100, 100)])
    assert {grid.code: metres(grid.shape) for grid in outcome.grids} == {
        "W": [(0, 0), (100, 0), (90, 50), (100, 100), (0, 100), (0, 0)],
        "E": [(200, 0), (200, 100), (100, 100), (90, 50), (100, 0), (200, 0)],
    }
    assert metres(outcome.drawn[0]) == [(100, 0), (90, 50), (100, 100)]
    assert is_exact(two().after(outcome))


def test_a_part_of_an_edge_gets_nodes_at_its_ends() -> None:
    outcome = dragged(two(), [(101, 70), (100.5, 90)], [(101, 70), (120, 80), (100.5, 90)])
    assert is_exact(two().after(outcome))
    west = next(grid for grid in outcome.grids if grid.code == "W")
    assert metres(west.shape)[3:7] == [(102, 60), (101.5, 70.0), (120, 80), (100.5, 90)]


def test_borders_that_join_the_stretch_keep_their_share_of_it() -> None:
    on_board = board(FOUR)
    outcome = dragged(on_board, [(50, 25), (50, 75)], [(50, 25), (70, 25), (70, 75), (50, 75)])
    assert is_exact(on_board.after(outcome))
    assert {grid.code for grid in outcome.grids} == {"a", "b", "c", "d"}
    assert all((70, 50) in metres(grid.shape) for grid in outcome.grids)


def test_ends_that_differ_move() -> None:
    outcome = dragged(board(FOUR), [(50, 50), (50, 25)], [(60, 60), (40, 25)])
    assert is_exact(board(FOUR).after(outcome))
    assert {grid.code for grid in outcome.grids} == {"a", "b", "c", "d"}


def test_a_line_off_the_border_is_told_where_it_is_off() -> None:
    with pytest.raises(EditRefused) as told:
        dragged(board(FOUR), [(50, 40), (30, 45), (50, 60)], [(50, 40), (60, 45), (50, 60)])
    assert (told.value.id, dict(told.value.values)) == ("edge-missing", {"snap_m": 3.0})
    assert [fault.role for fault in told.value.faults] == ["line", "line"]


def test_an_edge_of_the_plans_border_stays() -> None:
    with pytest.raises(EditRefused) as told:
        dragged(board(FOUR), [(50, 0), (100, 0)], [(50, 0), (70, -5), (100, 0)])
    assert told.value.id == "outer-boundary"


@st.composite
def moves(draw: st.DrawFn) -> tuple[Drawn, MoveNode]:
    """A node of a random plan, or a place on an edge, and a place to go to."""
    drawn = draw(plans(3, units=(TINY, SMALL, STREET, TOWN)))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rings = [shapely.get_coordinates(grid.shape) for grid in drawn.plan.grids]
    ring = rings[int(chance.integers(len(rings)))]
    number = int(chance.integers(len(ring) - 1))
    start = ring[number] if chance.random() < 0.7 else ring[number : number + 2].mean(axis=0)
    reach = drawn.net.unit * float(chance.choice([0.1, 0.5, 3.0])) + 1
    end = to_degrees(to_steps(start[None]) + chance.integers(-int(reach), int(reach) + 1, (1, 2)))[0]
    snap_m = draw(st.sampled_from((0.0, 0.02, 3.0)))
    return drawn, MoveNode(start=(start[0], start[1]), end=(end[0], end[1]), snap_m=snap_m)


@st.composite
def drags(draw: st.DrawFn) -> tuple[Drawn, MoveEdge]:
    """A stretch of a grid's border, whole edges or parts of them, and a line it is to come to lie along."""
    drawn = draw(plans(3, units=(SMALL, STREET, TOWN)))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rings = [shapely.get_coordinates(grid.shape) for grid in drawn.plan.grids]
    ring = rings[int(chance.integers(len(rings)))][:-1]
    first, size = int(chance.integers(len(ring))), int(chance.integers(2, min(len(ring), 6)))
    start = np.roll(ring, -first, axis=0)[:size]
    if chance.random() < 0.3:
        start = np.vstack([start[:2].mean(axis=0), start[1:]])
    reach = drawn.net.unit * float(chance.choice([0.1, 0.5])) / 1e7
    end = start + chance.uniform(-reach, reach, start.shape)
    if chance.random() < 0.7:
        end[[0, -1]] = start[[0, -1]]
    snap_m = draw(st.sampled_from((0.0, 0.02, 3.0)))
    return drawn, MoveEdge(start=shapely.LineString(start), end=shapely.LineString(end), snap_m=snap_m)


KNOWN = {
    "node-missing",
    "edge-missing",
    "line-too-short",
    "outer-boundary",
    "nodes-meet",
    "ring-crosses",
    "grid-collapses",
    "not-settled",
    "line-out-of-range",
}


@pytest.mark.parametrize("cases", [moves(), drags()], ids=["node", "edge"])
def test_what_moves_leaves_everything_covered_or_is_refused(
    cases: st.SearchStrategy[tuple[Drawn, MoveNode | MoveEdge]], full: bool
) -> None:
    done = dict.fromkeys(("moved", *KNOWN), 0)

    def promise(case: tuple[Drawn, MoveNode | MoveEdge]) -> None:
        drawn, edit = case
        before = of_plan(drawn)
        outcome = tried(before, edit)
        if isinstance(outcome, EditRefused):
            assert outcome.id in KNOWN
            assert outcome.faults or outcome.id in FAULTLESS
            done[outcome.id] += 1
            return
        done["moved"] += 1
        after = before.after(outcome)
        assert is_exact(after)
        untouched = {*before.grids} - {grid.code for grid in outcome.grids}
        assert all(after.grids[code] is before.grids[code] for code in untouched)

    hold(cases, promise, full, small=60)
    assert done["moved"] >= 5


FAULTLESS = {"not-settled", "line-out-of-range", "line-too-short", "node-missing"}


def tried(on_board: Board, edit: MoveNode | MoveEdge | Replace) -> Outcome | EditRefused:
    make = {MoveNode: node_moved, MoveEdge: edge_moved, Replace: made}[type(edit)]
    try:
        return make(on_board, edit)
    except EditRefused as refusal:
        return refusal


def scattered(on_board: Board, off_m: float) -> tuple[Grid, ...]:
    """The grids of a board drawn apart: each node of each somewhere within so many metres."""
    chance = np.random.default_rng(1)
    return tuple(
        replace(grid, shape=shapely.transform(grid.shape, lambda xy: _shaken(xy, chance, off_m)))
        for grid in on_board.grids.values()
    )


def _shaken(xy: np.ndarray, chance: np.random.Generator, off_m: float) -> np.ndarray:
    nodes, number = np.unique(xy, axis=0, return_inverse=True)
    return (nodes + chance.uniform(-off_m, off_m, nodes.shape) / 1.5e5)[number.ravel()]


def test_a_region_drawn_roughly_is_fitted_exactly() -> None:
    on_board = board(FOUR)
    outcome = made(on_board, Replace(region="R", grids=scattered(on_board, 0.5)))
    after = on_board.after(outcome)
    assert is_exact(after)
    assert {*after.grids} == {*on_board.grids}
    assert after.regions["R"].shape is on_board.regions["R"].shape


def test_grids_that_are_as_they_were_keep_their_bytes() -> None:
    on_board = board(FOUR)
    turned = tuple(replace(grid, shape=shapely.reverse(grid.shape)) for grid in on_board.grids.values())
    assert made(on_board, Replace(region="R", grids=turned)).is_empty


def test_grids_without_a_code_get_one_from_west_to_east() -> None:
    grids = [replace(grid, code="", name="") for grid in reversed(two().grids.values())]
    outcome = made(two(), Replace(region="R", grids=tuple(grids)))
    assert {grid.code: metres(grid.shape.centroid)[0][0] < 100 for grid in outcome.grids} == {"R-1": True, "R-2": False}
    assert outcome.gone == {"W", "E"}


def test_what_is_left_over_and_wanted_twice_is_shown() -> None:
    wide = at(Polygon([(0, 0), (120, 0), (120, 100), (0, 100)]))
    short = at(Polygon([(120, 0), (200, 0), (200, 80), (120, 80)]))
    grids = (Grid(code="W", region="R", shape=wide), Grid(code="E", region="R", shape=short))
    with pytest.raises(EditRefused) as told:
        made(two(), Replace(region="R", grids=grids))
    assert (told.value.id, dict(told.value.values)) == ("not-exact", {"codes": "R"})
    (gap,) = told.value.faults
    assert gap.role == "gap"
    assert gap.values["area_m2"] == pytest.approx(1600, rel=1e-3)


def test_a_node_on_the_border_of_the_next_region_is_put_into_both() -> None:
    on_board = board(SIDE_BY_SIDE)
    south, north = ((0, 0), (50, 0), (50, 30), (0, 30)), ((0, 30), (50, 30), (50, 50), (50, 100), (0, 100), (0, 50))
    grids = tuple(Grid(code=c, region="R", shape=at(Polygon(p))) for c, p in (("a", south), ("c", north)))
    outcome = made(on_board, Replace(region="R", grids=grids))
    assert is_exact(on_board.after(outcome))
    assert outcome.amended == {"R", "S", "b"}


def test_a_crossing_ring_is_refused_at_the_place() -> None:
    bow = Grid(code="W", region="R", shape=at(Polygon([(0, 0), (50, 50), (50, 0), (0, 50)])))
    with pytest.raises(EditRefused) as told:
        made(two(), Replace(region="R", grids=(bow,)))
    assert (told.value.id, metres(told.value.faults[0].shape)) == ("ring-crosses", [(25, 25)])


def test_moving_takes_a_few_milliseconds() -> None:
    houses = [house(f"{x}-{y}", 2 * x, 2 * y, 2 * x + 1, 2 * y + 1) for x in range(47) for y in range(43)]
    on_board = two(houses)
    spent = []
    for _ in range(5):
        began = time.process_time()
        moved(on_board, (98, 30), (97, 31.5), snap_m=1, cut=False)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05


@st.composite
def redrawn(draw: st.DrawFn) -> tuple[Drawn, Replace]:
    """A region of a random plan, each of its grids drawn apart."""
    drawn = draw(plans(2, units=(STREET, TOWN)))
    off_m = draw(st.sampled_from((0.0, 0.05, 1.0)))
    on_board = of_plan(drawn)
    region = min(on_board.regions)
    grids = tuple(grid for grid in scattered(on_board, off_m) if grid.region == region)
    return drawn, Replace(region=region, grids=grids, snap_m=2 * off_m)


def test_a_region_drawn_anew_is_fitted_or_refused_at_the_places(full: bool) -> None:
    done = {"fitted": 0, "refused": 0}

    def promise(case: tuple[Drawn, Replace]) -> None:
        drawn, edit = case
        before = of_plan(drawn)
        outcome = tried(before, edit)
        if isinstance(outcome, EditRefused):
            assert edit.snap_m > 0 or outcome.id == "line-out-of-range"
            assert outcome.faults or outcome.id in FAULTLESS
            done["refused"] += 1
            return
        assert is_exact(before.after(outcome))
        done["fitted"] += 1

    hold(redrawn(), promise, full, small=15)
    assert done["fitted"] > done["refused"]
