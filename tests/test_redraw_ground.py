"""Does ground change hands exactly, whatever is drawn?"""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from ground_drawn import (
    K,
    area,
    assign,
    extent,
    gapped,
    line,
    made,
    overlapping,
    places,
    refused,
    reshape,
    ring,
    split,
    square,
    three,
    total,
    twice_area,
)  # fmt: skip
from shapely import LineString, MultiPolygon, Polygon

from geo.lattice import to_degrees
from geo.model import Building, GridKind
from geo.redraw.board import Codes, Keeps
from geo.redraw.drawn import redrawn
from geo.redraw.edits import ClaimGap, Edit, Merge, Order, Recode, Set
from geo.redraw.refused import EditRefused


class TestSplit:
    def test_the_larger_part_keeps_the_code_and_the_neighbours_get_the_nodes(self) -> None:
        board, outcome = made(three(), split(line((70, 30), (230, 30))))
        assert (area(board, "B"), area(board, "R-1")) == (7000, 3000)
        assert outcome.gone == frozenset()
        assert outcome.amended == {"A", "C", "R", "S"}
        assert places(board.grids["A"].shape) == [(0, 0), (100, 0), (100, 30), (100, 100), (0, 100), (0, 0)]
        assert [places(one) for one in outcome.drawn] in ([[(100, 30), (200, 30)]], [[(200, 30), (100, 30)]])

    def test_more_households_keep_the_code(self) -> None:
        home = Building(id="1", households=10, shape=square(150, 5, 8))
        board, _ = made(three(home), split(line((90, 30), (210, 30))))
        assert (area(board, "B"), area(board, "R-1")) == (3000, 7000)

    def test_all_new_codes_and_stated_ones_from_west_to_east(self) -> None:
        start = replace(three(), codes=Codes(keeps=Keeps.NONE))
        lines = (line((130, -5), (130, 105)), line((160, -5), (160, 105)))
        board, outcome = made(start, split(*lines, codes=("W", "M")))
        assert outcome.gone == {"B"}
        assert [area(board, code) for code in ("W", "M", "R-1")] == [3000, 3000, 4000]

    def test_the_name_stays_with_the_code_and_the_kind_with_all(self) -> None:
        start = three()
        park = replace(start.grids["B"], name="Park", kind=GridKind.SPECIAL)
        board, _ = made(replace(start, grids={**start.grids, "B": park}), split(line((100, 40), (200, 40))))
        assert (board.grids["B"].name, board.grids["R-1"].name) == ("Park", "")
        assert board.grids["R-1"].kind is GridKind.SPECIAL

    def test_lines_that_cross_make_four(self) -> None:
        board, _ = made(three(), split(line((100, 40), (200, 45)), line((150, 0), (155, 100))))
        assert sorted(board.grids) == ["A", "B", "C", "R-1", "R-2", "R-3"]

    def test_a_loop_inside_cuts_out_an_island(self) -> None:
        board, outcome = made(three(), split(line((120, 20), (180, 20), (180, 80), (120, 20))))
        assert area(board, "R-1") == 1800
        assert not outcome.amended

    def test_beyond_the_grid_a_line_leaves_no_nodes(self) -> None:
        board, _ = made(three(), split(line((-20, 30), (320, 30))))
        assert len(places(board.grids["A"].shape)) == len(places(board.grids["C"].shape)) == 6

    def test_a_part_that_no_line_cuts_stays_with_the_first(self) -> None:
        start, _ = made(three(), assign(square(20, 20, 10), "B"))
        board, _ = made(start, split(line((150, 0), (150, 100)), codes=("E",)))
        assert sorted(area(board, code) for code in ("B", "E")) == [5000, 5100]

    @pytest.mark.parametrize(
        ("drawn", "reason"),
        [
            (line((20, 20), (80, 20)), "line-misses-grid"),
            (line((90, 50), (150, 50)), "line-does-not-divide"),
            (line((100, 0), (100, 100)), "line-does-not-divide"),
        ],
    )
    def test_refused_with_the_line_and_the_grid(self, drawn: LineString, reason: str) -> None:
        error = refused(three(), split(drawn))
        assert error.id == reason
        assert {fault.role for fault in error.faults} == {"line", "grid"}

    def test_no_building_is_cut_unless_told(self) -> None:
        board = three(Building(id="7", shape=square(140, 29, 2), households=3))
        error = refused(board, split(line((90, 30), (210, 30))))
        assert error.id == "building-cut"
        assert "building" in {fault.role for fault in error.faults}
        made(board, split(line((90, 30), (210, 30)), cut=True))


class TestMerge:
    def test_two_are_one_and_keep_their_nodes(self) -> None:
        board, outcome = made(three(), Merge(grids=("A", "B"), into="B"))
        assert area(board, "B") == 20_000
        assert outcome.gone == {"A"}
        assert not outcome.amended
        assert not outcome.regions

    def test_a_new_code_for_all(self) -> None:
        board, outcome = made(replace(three(), codes=Codes(keeps=Keeps.NONE)), Merge(grids=("A", "B")))
        assert outcome.gone == {"A", "B"}
        assert area(board, "R-1") == 20_000

    def test_neighbours_through_each_other(self) -> None:
        start, _ = made(three(), split(line((150, 0), (150, 100)), codes=("E",)))
        west, east = sorted(("B", "E"), key=lambda code: start.grids[code].shape.bounds)
        assert refused(start, Merge(grids=("A", east))).id == "not-neighbours"
        board, _ = made(start, Merge(grids=("A", east, west), into="A"))
        assert area(board, "A") == 20_000

    def test_refused(self) -> None:
        assert refused(three(), Merge(grids=("B", "C"))).id == "several-regions"
        assert refused(three(), Merge(grids=("B", "B"))).id == "grids-too-few"
        assert refused(three(), Merge(grids=("A", "B"), into="C")).id == "into-not-merged"
        assert refused(three(), Merge(grids=("A", "Z"))).id == "grid-missing"

    def test_grids_that_overlap_are_one_without_the_overlap(self) -> None:
        start = overlapping()
        board, outcome = made(start, Merge(grids=("A", "B"), into="A"))
        assert area(board, "A") == 20_000
        assert outcome.healed == {"R"}


class TestReshape:
    def test_a_line_across_the_border_becomes_it(self) -> None:
        board, outcome = made(three(), reshape(line((90, 20), (120, 20), (120, 80), (90, 80))))
        assert (area(board, "A"), area(board, "B")) == (11_200, 8800)
        assert not outcome.amended
        assert not outcome.regions
        assert places(outcome.drawn[0])[0] in {(100, 20), (100, 80)}

    def test_to_either_side(self) -> None:
        board, _ = made(three(), reshape(line((100, 0), (120, 20), (80, 60), (100, 100))))
        assert area(board, "A") == 10_000 + (20 * 40 - 20 * 60) / 2

    def test_the_border_of_two_regions_moves_with_it(self) -> None:
        board, outcome = made(three(), reshape(line((190, 20), (230, 20), (230, 80), (190, 80))))
        assert {one.code for one in outcome.regions} == {"R", "S"}
        assert (extent(board, "R"), extent(board, "S")) == (21_800, 8200)
        assert board.grids["A"] is three().grids["A"] or "A" not in {grid.code for grid in outcome.grids}

    def test_refused(self) -> None:
        assert refused(three(), reshape(line((20, 20), (80, 80)))).id == "line-misses-border"
        assert refused(three(), reshape(line((90, 20), (130, 20)))).id == "line-does-not-return"
        assert refused(three(), reshape(line((90, 20), (130, 20), (130, -9), (90, -9)))).id == "line-does-not-return"
        assert refused(three(), reshape(line((90, 20), (110, 20)), "A", "C")).id == "not-neighbours"

    def test_two_borders_at_once_want_a_word(self) -> None:
        both = line((90, 20), (110, 20), (110, 40), (90, 40), (90, 60), (210, 60), (210, 70), (190, 70))
        error = refused(three(), reshape(both))
        assert error.id == "several-grids"
        assert {fault.values["code"] for fault in error.faults} == {"A", "B", "C"}
        board, _ = made(three(), reshape(both, "C", "B"))
        assert (area(board, "A"), area(board, "C")) == (10_000, 9900)


class TestAssign:
    def test_ground_of_others_goes_to_the_grid(self) -> None:
        board, outcome = made(three(), assign(ring((80, 10), (130, 10), (130, 30), (80, 30)), "A"))
        assert (area(board, "A"), area(board, "B")) == (10_600, 9400)
        assert {grid.code for grid in outcome.grids} == {"A", "B"}
        assert not outcome.amended

    def test_ground_outside_the_plan_stays_there(self) -> None:
        board, outcome = made(three(), assign(ring((130, -50), (150, -50), (150, 10), (130, 10)), "A"))
        assert area(board, "A") == 10_200
        assert outcome.amended == {"R"}
        assert total(board) == total(three())

    def test_regions_move_with_it(self) -> None:
        board, outcome = made(three(), assign(square(190, 20, 30), "B"))
        assert (extent(board, "R"), extent(board, "S")) == (20_600, 9400)
        assert "A" not in {grid.code for grid in outcome.grids}

    def test_a_grid_that_loses_all_is_gone(self) -> None:
        board, outcome = made(three(), assign(ring((95, -5), (205, -5), (205, 105), (95, 105)), "A"))
        assert outcome.gone == {"B"}
        assert area(board, "A") == 20_500

    def test_a_region_that_would_lose_all(self) -> None:
        error = refused(three(), assign(square(150, -50, 300), "A"))
        assert (error.id, error.values["code"]) == ("region-swallowed", "S")

    def test_own_and_foreign_ground_changes_nothing(self) -> None:
        assert refused(three(), assign(square(10, 10, 20), "A")).id == "nothing-changes"
        assert refused(three(), assign(square(10, -30, 20), "A")).id == "nothing-changes"
        assert refused(three(), assign(square(10, 10, 20), "Z")).id == "grid-missing"

    def test_a_ring_leaves_a_hole_and_an_island_another_part(self) -> None:
        ground = Polygon(square(120, 20, 60).exterior, [square(140, 40, 10).exterior])
        board, _ = made(three(), assign(ground, "A"))
        assert isinstance(board.grids["A"].shape, MultiPolygon)
        assert (area(board, "A"), area(board, "B")) == (13_500, 6500)

    def test_what_was_owned_twice_has_one_owner(self) -> None:
        board, outcome = made(
            overlapping(), assign(square(80, 0, 20), "B"), assign(ring((80, 20), (100, 20), (100, 100), (80, 100)), "B")
        )
        assert (area(board, "A"), area(board, "B")) == (8000, 12_000)
        assert outcome.healed == {"R"}


class TestClaimGap:
    def test_it_goes_to_the_grid_or_becomes_one(self) -> None:
        at = to_degrees(np.array([(130 * K, 30 * K)]))[0]
        board, outcome = made(gapped(), ClaimGap(place=(at[0], at[1]), grid="A"))
        assert (area(board, "A"), outcome.healed) == (10_400, {"R"})
        board, outcome = made(gapped(), ClaimGap(place=(at[0], at[1])))
        assert (area(board, "R-1"), outcome.healed) == (400, {"R"})

    def test_a_gap_at_the_edge_between_grids_that_lack_nodes(self) -> None:
        start = three()
        narrow = replace(start.grids["B"], shape=ring((110, 0), (200, 0), (200, 100), (107, 100)))
        start = replace(start, grids={**start.grids, "B": narrow}, faulty=frozenset({"R"}))
        at = to_degrees(np.array([(105 * K, 50 * K)]))[0]
        board, outcome = made(start, ClaimGap(place=(at[0], at[1]), grid="A"))
        assert outcome.healed == {"R"}
        assert total(board) == total(three())

    @pytest.mark.parametrize("place", [(50, 50), (-50, 50), (100, 50)])
    def test_not_a_gap(self, place: tuple[int, int]) -> None:
        x, y = to_degrees(np.array([place]) * K)[0].tolist()
        assert refused(gapped(), ClaimGap(place=(x, y))).id == "not-a-gap"


class TestOrder:
    def test_ground_goes_over_to_the_region_beside_it(self) -> None:
        board, outcome = made(three(), Order(region="S", boundary=square(250, 0, 50).union(square(250, 50, 50))))
        assert (extent(board, "R"), area(board, "B"), area(board, "C")) == (25_000, 15_000, 5000)
        assert outcome.gone == frozenset()

    def test_ground_comes_from_it(self) -> None:
        ordered = ring((150, 0), (300, 0), (300, 100), (150, 100))
        board, _ = made(three(), Order(region="S", boundary=ordered))
        assert (extent(board, "R"), area(board, "B"), area(board, "C")) == (15_000, 5000, 15_000)
        assert shapely.equals(board.boundary("S"), ordered)

    def test_at_the_edge_of_the_map_ground_comes_from_outside_and_goes_there(self) -> None:
        ordered = ring((-20, 10), (100, 10), (200, 0), (200, 100), (100, 100), (-20, 100))
        board, _ = made(three(), Order(region="R", boundary=ordered))
        assert extent(board, "S") == 10_000
        assert extent(board, "R") == area(board, "A") + area(board, "B") == twice_area(ordered) / 2 / K**2

    def test_a_hole_would_be_nobodys(self) -> None:
        hole = Polygon(three().boundary("R").exterior, [square(20, 20, 20).exterior])
        error = refused(three(), Order(region="R", boundary=hole))
        assert (error.id, error.values["code"]) == ("order-needs-region", "R")
        assert [fault.role for fault in error.faults] == ["ground"]

    def test_ground_goes_to_a_region_whose_grids_are_far_from_it(self) -> None:
        start = three()
        far = replace(start.grids["C"], shape=square(280, 0, 20))
        start = replace(start, grids={**start.grids, "C": far}, faulty=frozenset({"S"}))
        board, _ = made(start, Order(region="R", boundary=ring((0, 0), (100, 0), (150, 0), (150, 100), (0, 100))))
        assert (extent(board, "R"), extent(board, "S"), area(board, "C")) == (15_000, 15_000, 400)

    def test_no_building_is_cut_unless_told(self) -> None:
        board = three(Building(id="7", shape=square(149, 30, 2), households=3))
        order = Order(region="S", boundary=ring((150, 0), (300, 0), (300, 100), (150, 100)))
        error = refused(board, order)
        assert (error.id, error.values["building"]) == ("building-cut", "7")
        made(board, replace(order, cut=True))

    def test_the_boundary_as_it_is_changes_nothing(self) -> None:
        assert refused(three(), Order(region="S", boundary=square(200, 0, 100))).id == "nothing-changes"

    def test_region_missing(self) -> None:
        assert refused(three(), Order(region="T", boundary=square(0, 0, 10))).id == "region-missing"


@pytest.mark.parametrize(
    ("edit", "roles"),
    [
        (split(line((70, 30), (230, 30))), {"line", "grid"}),
        (assign(square(150, 20, 100), "A"), {"line", "grid"}),
        (Merge(grids=("A", "B")), {"grid"}),
    ],
)
def test_borders_that_do_not_settle_are_refused_with_their_place(
    edit: Edit, roles: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.arrangement.MAX_ROUNDS", 0)
    with pytest.raises(EditRefused) as caught:
        redrawn(overlapping(), [Set(grid="A", name="x"), edit])
    assert (caught.value.id, caught.value.number) == ("not-settled", 1)
    assert {fault.role for fault in caught.value.faults} == roles


def test_what_gained_nodes_and_is_gone_is_not_amended() -> None:
    """B gets a node where A is split, and then another code: it is told as gone, and not as a grid with a node more."""
    cut = split(line((-10, 50), (110, 50)), grid="A")
    assert "B" in made(three(), cut)[1].amended
    _, outcome = made(three(), cut, Recode(start="B", end="Z"))
    assert "B" in outcome.gone
    assert outcome.amended <= {*(grid.code for grid in outcome.grids), *(region.code for region in outcome.regions)}
