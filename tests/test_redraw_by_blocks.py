"""Can a grid be cut in two, and given ground, by the blocks that it is put together from?"""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from ground_drawn import UNITS, area, board_of, is_exact, line, made, places, refused, ring, split, square, three, total
from hypothesis import assume
from hypothesis import strategies as st
from plans_drawn import STREET, Drawn, hold, plans
from shapely import LineString, MultiPolygon, Polygon
from town import town

from geo.arrangement import Arrangement
from geo.block_counts import BlockCount, block_counts
from geo.draw.site import Site
from geo.lattice import to_degrees, to_steps
from geo.model import Building, Grid, GridKind, Ground, Plan, Region
from geo.noding import Net
from geo.redraw.board import Board, Codes, Keeps, Outcome
from geo.redraw.by_blocks import MOST_BLOCKS
from geo.redraw.drawn import redrawn
from geo.redraw.edits import Assign, Edit, Split
from geo.redraw.members import EditMalformed
from geo.redraw.refused import EditRefused
from geo.redraw.written import document, read, read_all

WEST, EAST = square(100, 0, 50), ring((150, 0), (200, 0), (200, 100), (150, 100))
BLOCKS = {"R-1": WEST, "R-2": square(100, 50, 50), "R-3": EAST, "S-1": square(200, 0, 50)}
"""R-1 and R-2 are the western half of grid B, R-3 is the eastern one; S-1 lies in C."""
MEANT = {
    "ground-misses-grid", "ground-does-not-divide", "ground-apart", "ground-leaves-parts", "ground-leaves-hole",
    "not-settled",
}  # fmt: skip


def carve(*grounds: Ground, grid: str = "B", codes: tuple[str, ...] = (), cut: bool = False) -> Split:
    return Split(grid=grid, grounds=grounds, codes=codes, snap_m=0, cut=cut)


def by_blocks(*ids: str, **more: object) -> Edit:
    return read({"op": "split", "grid": "B", "blocks": [*ids], **more}, "", BLOCKS)


def tried(board: Board, *edits: Edit) -> tuple[Board, Outcome] | EditRefused:
    try:
        return redrawn(board, edits)
    except EditRefused as error:
        return error


class TestReading:
    def test_blocks_are_read_and_written_as_their_ground(self) -> None:
        edit = by_blocks("R-1", "R-3", "R-1")
        assert edit == Split(grid="B", grounds=(WEST, EAST), snap_m=0)
        assert read(document(edit)) == edit
        given = read({"op": "assign", "grid": "A", "blocks": ["R-2", "R-1"], "cut": True}, "", BLOCKS)
        assert isinstance(given, Assign)
        assert (given.ground.area, given.snap_m, given.cut) == (pytest.approx(2 * WEST.area), 0, True)
        assert read(document(given)) == given

    def test_blocks_of_two_regions_that_lack_a_node_are_one_ground(self) -> None:
        beside = {"R-1": ring((0, 0), (10, 0), (10, 5), (10, 10), (0, 10)), "S-1": square(10, 0, 10)}
        edit = read({"op": "assign", "grid": "A", "blocks": [*beside]}, "", beside)
        assert isinstance(edit, Assign)
        assert isinstance(edit.ground, Polygon)
        assert sorted(set(places(edit.ground))) == [(0, 0), (0, 10), (10, 0), (10, 10), (20, 0), (20, 10)]

    @pytest.mark.parametrize(
        ("told", "id", "pointer"),
        [
            ({"blocks": []}, "edit-list-size", "/0/blocks"),
            ({"blocks": ["R-1"] * (MOST_BLOCKS + 1)}, "edit-list-size", "/0/blocks"),
            ({"blocks": "R-1"}, "edit-wrong-type", "/0/blocks"),
            ({"blocks": [1]}, "edit-wrong-type", "/0/blocks/0"),
            ({"blocks": ["R-1"], "snap_m": 3}, "edit-member-unknown", "/0"),
            ({"blocks": ["R-1"], "line": document(split(line((0, 0), (1, 1))))["line"]}, "edit-one-of", "/0"),
            ({"blocks": None}, "edit-one-of", "/0"),
            ({"grounds": []}, "edit-list-size", "/0/grounds"),
        ],
    )
    def test_what_cannot_be_meant_is_refused_with_its_place(
        self, told: dict[str, object], id: str, pointer: str
    ) -> None:
        with pytest.raises(EditMalformed) as caught:
            read_all([{"op": "split", "grid": "B", **told}], "", BLOCKS)
        assert (caught.value.id, caught.value.values["pointer"]) == (id, pointer)

    def test_a_block_that_there_is_not_is_named_with_its_edit(self) -> None:
        good = {"op": "assign", "grid": "A", "blocks": ["R-1"]}
        with pytest.raises(EditRefused) as caught:
            read_all([good, {**good, "blocks": ["R-1", "R-9"]}], "", BLOCKS)
        assert (caught.value.id, caught.value.number, caught.value.values) == ("block-missing", 1, {"block": "R-9"})

    def test_of_too_many_corners_nothing_is_made(self) -> None:
        round_ = shapely.Point(104.1, 30.7).buffer(0.001, quad_segs=6000)
        with pytest.raises(EditMalformed, match="edit-vertices-too-many"):
            read({"op": "assign", "grid": "A", "blocks": ["R-1"]}, "", {"R-1": round_})


class TestSplit:
    def test_the_larger_part_keeps_the_code_and_neighbours_get_the_nodes(self) -> None:
        board, outcome = made(three(), by_blocks("R-1"))
        assert (area(board, "B"), area(board, "R-1")) == (7500, 2500)
        assert outcome.amended == {"A", "R"}
        assert {p for one in outcome.drawn for p in places(one)} == {(100, 50), (150, 50), (150, 0)}

    def test_more_households_keep_the_code_whichever_part_was_named(self) -> None:
        home = Building(id="1", households=10, shape=square(110, 10, 8))
        board, _ = made(three(home), by_blocks("R-1"))
        assert (area(board, "B"), area(board, "R-1")) == (2500, 7500)

    def test_all_get_new_codes_where_that_is_the_policy(self) -> None:
        start = replace(three(), codes=Codes(keeps=Keeps.NONE))
        board, outcome = made(start, by_blocks("R-3", codes=["W", "E"]))
        assert outcome.gone == {"B"}
        assert [board.grids[code].shape.bounds[0] for code in ("W", "E")] == [WEST.bounds[0], EAST.bounds[0]]

    def test_several_blocks_are_one_new_grid(self) -> None:
        board, _ = made(three(), by_blocks("R-1", "R-2"))
        assert (area(board, "B"), area(board, "R-1")) == (5000, 5000)
        assert board.grids["R-1"].kind is GridKind.RESIDENTIAL

    def test_what_lies_beyond_the_grid_stays_where_it_is_and_leaves_no_nodes(self) -> None:
        board, outcome = made(three(), carve(ring((60, 20), (140, 20), (140, 130), (60, 130))))
        assert (area(board, "A"), area(board, "R-1")) == (10_000, 3200)
        assert len(places(board.grids["C"].shape)) == 5
        assert places(board.grids["A"].shape)[:-1] == [(0, 0), (100, 0), (100, 20), (100, 100), (0, 100)]
        assert outcome.amended == {"A", "R"}

    def test_a_part_of_a_grid_in_several_parts_can_become_a_grid(self) -> None:
        start, _ = made(three(), Assign(ground=square(20, 20, 10), grid="B", snap_m=0))
        board, _ = made(start, carve(square(20, 20, 10), codes=("I",)))
        assert sorted(area(board, code) for code in ("B", "I")) == [100, 10_000]
        board, _ = made(start, carve(WEST, codes=("W",)))  # its other part stays with the rest
        assert sorted(area(board, code) for code in ("B", "W")) == [2500, 7600]

    @pytest.mark.parametrize(
        ("grounds", "reason"),
        [
            ([square(20, 20, 10)], "ground-misses-grid"),
            ([WEST, square(200, 0, 50)], "ground-misses-grid"),
            ([square(90, -10, 120)], "ground-does-not-divide"),
            ([WEST, square(100, 50, 50), EAST], "ground-does-not-divide"),
            ([square(100, 0, 20), square(150, 0, 20)], "ground-apart"),
            ([square(100, 0, 50), square(150, 50, 50)], "ground-apart"),  # one node in common
            ([MultiPolygon([square(100, 0, 20), square(150, 0, 20)])], "ground-apart"),
            ([ring((140, 0), (160, 0), (160, 100), (140, 100))], "ground-leaves-parts"),
            ([square(120, 20, 20)], "ground-leaves-hole"),
            ([Polygon(square(100, 0, 100).exterior, [square(120, 20, 20).exterior])], "ground-leaves-hole"),
        ],
    )
    def test_refused_with_the_ground_and_the_grid(self, grounds: list[Ground], reason: str) -> None:
        error = refused(three(), carve(*grounds))
        assert (error.id, error.values["code"]) == (reason, "B")
        assert {fault.role for fault in error.faults} == {"ground", "grid"}

    def test_no_building_is_cut_unless_told(self) -> None:
        board = three(Building(id="7", shape=square(149, 10, 2), households=3))
        assert refused(board, by_blocks("R-1")).id == "building-cut"
        made(board, by_blocks("R-1", cut=True))


def within(drawn: Drawn, grid: Grid) -> tuple[Grid, list[Polygon]]:
    """A grid with what it was put together from."""
    shapes = [drawn.net.degrees(cell) for cell in drawn.net.cells]
    inside = shapely.contains(grid.shape, shapely.point_on_surface(shapes))
    return grid, [one for one, is_in in zip(shapes, inside, strict=True) if is_in and isinstance(one, Polygon)]


def why_not(grid: Ground, chosen: list[Polygon]) -> set[str]:
    """Why cells of a grid cannot be made a grid, told by shapely in whole steps."""
    whole, *pieces = (shapely.transform(one, lambda xy: to_steps(xy).astype(float)) for one in (grid, *chosen))
    taken = shapely.union_all(pieces)
    rest = shapely.difference(whole, taken)
    if rest.is_empty:
        return {"ground-does-not-divide"}
    parts = [[*shapely.get_parts(one)] for one in (taken, rest)]
    found = {"ground-apart"} if len(parts[0]) > 1 else set()
    found |= {"ground-leaves-parts"} if len(parts[1]) > shapely.get_num_geometries(whole) else set()
    holes = [sum(len(part.interiors) for part in several) for several in (*parts, [*shapely.get_parts(whole)])]
    return found | ({"ground-leaves-hole"} if holes[0] + holes[1] > holes[2] else set())


def test_any_cells_of_a_grid_become_a_grid_or_it_is_told_why_not(full: bool) -> None:
    """To the node: what is made of blocks has their edges and no others, and everything else its bytes."""
    seen = set[str]()

    def promise(value: tuple[Drawn, int]) -> None:
        drawn, seed = value
        board, chance = board_of(drawn.plan), np.random.default_rng(seed)
        assume(all(is_exact(board, code) for code in board.regions))
        grid, own = max((within(drawn, one) for one in board.grids.values()), key=lambda pair: len(pair[1]))
        chosen = [cell for cell in own if chance.random() < 0.5] or own[:1]
        reasons = why_not(grid.shape, chosen)
        found = tried(board, carve(*chosen, grid=grid.code))
        if isinstance(found, EditRefused):
            assert found.id in reasons
            seen.add(found.id)
            return
        after, outcome = found
        assert not reasons
        assert all(is_exact(after, code) for code in after.regions)
        assert total(after) == total(board)
        new = [one.shape for one in outcome.grids if one.code not in outcome.amended]
        taken = shapely.union_all(chosen)
        assert sum(bool(shapely.equals(one, taken)) for one in new) == 1
        assert edges(new) - edges([grid.shape]) <= edges(own)
        named = {one.code for one in outcome.grids}
        assert all(after.grids[code] is one for code, one in board.grids.items() if code not in named)

    hold(st.tuples(plans(3, units=(STREET,)), st.integers(0, 2**32 - 1)), promise, full, small=120, large=3000)
    assert len(seen) >= 2


def edges(shapes: list[Ground]) -> set[tuple[int, int]]:
    return {(low, high) for low, high in Net.of(shapes).edges().tolist()}


def test_ground_across_borders_leaves_the_coverage_exact(full: bool) -> None:
    """Blocks that were made before the borders moved: they end anywhere."""

    def promise(value: tuple[Drawn, int]) -> None:
        drawn, seed = value
        board, chance = board_of(drawn.plan), np.random.default_rng(seed)
        assume(all(is_exact(board, code) for code in board.regions))
        blocks = across(board, chance)
        assume(blocks)
        for _ in range(4):
            chosen = [blocks[n] for n in chance.integers(len(blocks), size=int(chance.integers(1, 4))).tolist()]
            code = str(chance.choice(sorted(board.grids)))
            taker = Assign(ground=chosen[0], grid=code, snap_m=0, cut=True)
            edit: Edit = carve(*chosen, grid=code) if chance.random() < 0.7 else taker
            found = tried(board, edit)
            if isinstance(found, EditRefused):
                assert found.id in MEANT | {"nothing-changes", "region-swallowed"}
            else:
                board = found[0]
            assert all(is_exact(board, one) for one in board.regions)

    hold(st.tuples(plans(3, units=UNITS), st.integers(0, 2**32 - 1)), promise, full, small=20, large=2000)


def across(board: Board, chance: np.random.Generator) -> list[Polygon]:
    """Faces of a region between lines by chance."""
    boundary = board.boundary(str(chance.choice(sorted(board.regions))))
    west, south, east, north = to_steps(np.array(boundary.bounds).reshape(2, 2)).ravel().tolist()
    ends = chance.integers((west - 2, south - 2), (east + 3, north + 3), (8, 2))
    lines = [LineString(to_degrees(pair)) for pair in ends.reshape(4, 2, 2)]
    return Arrangement.of([boundary], [one for one in lines if one.length > 0]).over(0)


def test_blocks_of_a_town_change_hands_and_every_border_is_theirs() -> None:
    given = town(5, 4)
    blocks = Site.of(given, given.boundary, (0.2, 0.05)).laid.shapes
    assert len(blocks) > 20
    region = Region(code="R", name="R", level="community", shape=Arrangement.of([given.boundary, *blocks]).shapes[0])
    assert region.shape is not None
    start = Plan(
        regions=(region,), grids=(Grid(code="R01", region="R", shape=region.shape),), buildings=given.buildings
    )
    board, chance = board_of(start), np.random.default_rng(7)
    kept, made_ = {f"R-{n}": shape for n, shape in enumerate(blocks, start=1)}, 0
    for n in range(60):
        code, ids = str(chance.choice(sorted(board.grids))), chance.choice(sorted(kept), 3, replace=False).tolist()
        op = "split" if n % 3 else "assign"
        found = tried(board, *read_all([{"op": op, "grid": code, "blocks": ids[: 1 + n % 3]}], "", kept))
        if isinstance(found, EditRefused):
            assert found.id in MEANT | {"nothing-changes"}
            continue
        board, made_ = found[0], made_ + 1
        assert is_exact(board, "R")
        assert edges([grid.shape for grid in board.grids.values()]) <= edges([region.shape, *blocks])
    assert made_ > 10


class TestCounts:
    def test_what_stands_on_blocks_and_whose_they_are(self) -> None:
        homes = [
            Building(id="a", households=7, shape=square(110, 10, 8)),
            Building(id="b", households=None, shape=square(120, 30, 8)),
            Building(id="c", households=5, shape=square(145, 60, 8)),  # more of it in R-2 than in R-3
            Building(id="d", households=9, shape=square(400, 10, 8)),
        ]
        shapes = [*BLOCKS.values(), ring((90, 0), (110, 0), (110, 10), (90, 10)), square(500, 0, 10)]
        found = block_counts(shapes[:4], homes, [*three().grids.values()])
        assert found == [
            BlockCount(7, 2, "B"),
            BlockCount(5, 1, "B"),
            BlockCount(0, 0, "B"),
            BlockCount(0, 0, "C"),
        ]
        astride = block_counts(shapes[4:], homes, [*three().grids.values()])
        assert astride == [BlockCount(0, 0, None), BlockCount(0, 0, None)]
        assert block_counts([], homes, []) == []

    def test_a_node_on_the_border_takes_no_block_away(self) -> None:
        moved = replace(three().grids["B"], shape=shapely.Polygon(_with_node(square(100, 0, 100))))
        assert not shapely.covers(moved.shape, WEST)
        assert block_counts([WEST], [], [moved]) == [BlockCount(0, 0, "B")]


def _with_node(shape: Polygon) -> list[tuple[float, float]]:
    """The ring of a square with a node on its west side that lies a step inside."""
    xy = [*shape.exterior.coords]
    west, north = xy[3]
    return [*xy[:4], (west + 1e-7, (north + xy[0][1]) / 2), xy[4]]
