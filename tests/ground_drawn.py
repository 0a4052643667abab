"""Random boards to redraw, and random edits of their ground."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import assume
from hypothesis import strategies as st
from plans_drawn import SMALL, STREET, TINY, plans
from shapely import LineString, MultiPolygon, Polygon

from geo import coverage
from geo.lattice import directed_edges, rounded, steps_of, to_degrees, to_steps
from geo.model import Building, Grid, Ground, Plan, Region
from geo.redraw.board import Board, Outcome, Surroundings
from geo.redraw.drawn import redrawn
from geo.redraw.edits import Assign, ClaimGap, Edit, Merge, Order, Reshape, Split
from geo.redraw.refused import EditRefused

UNITS = (TINY, SMALL, STREET)
MOST_EDITS = 6


def board_of(plan: Plan, faulty: frozenset[str] = frozenset()) -> Board:
    """A plan's regions and grids as a board without codes of old."""
    return Board(
        regions={region.code: region for region in plan.regions},
        grids={grid.code: grid for grid in plan.grids},
        faulty=faulty,
        surroundings=Surroundings(plan.buildings, plan.lines),
    )


@st.composite
def boards(draw: st.DrawFn, units: Sequence[int] = UNITS) -> tuple[Board, int]:
    """A sound board of up to three regions, and how large a cell of it is, steps."""
    drawn = draw(plans(3, units=units))
    board = board_of(drawn.plan)
    assume(all(is_exact(board, code) for code in board.regions))
    return board, drawn.net.unit


def is_exact(board: Board, region: str) -> bool:
    return coverage.is_exact(board.boundary(region), [grid.shape for grid in board.grids_of(region)])


def twice_area(shape: Ground) -> int:
    """Twice the area, square steps, in whole numbers (shoelace)."""
    start, end, _ = directed_edges([shape])
    pairs = zip(steps_of(start).tolist(), steps_of(end).tolist(), strict=True)
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)


def total(board: Board) -> int:
    return sum(twice_area(grid.shape) for grid in board.grids.values())


MEANT = {
    "line-misses-grid", "line-does-not-divide", "several-regions", "not-neighbours", "line-misses-border",
    "line-does-not-return", "several-grids", "grids-too-few", "not-a-gap", "nothing-changes", "region-swallowed",
    "ring-crosses", "ground-collapses", "line-too-short", "not-settled", "order-needs-region",
}  # fmt: skip
"""Why edits drawn at random may be refused. `not-exact` is never a reason in an exact region, but for cells of one
step: rounding to the lattice moves a node as far as such a cell is wide."""


class Hand:
    """Draws edits as a planner's hand does: along nodes, across grids, anywhere."""

    def __init__(self, chance: np.random.Generator, unit: int) -> None:
        self._chance, self._unit = chance, unit

    def draw(self, board: Board) -> Edit:
        kinds: tuple[Callable[[Board], Edit], ...] = (
            *(self._split, self._merge, self._assign, self._reshape, self._claim),
            *(self._split, self._assign, self._reshape),
        )
        return kinds[int(self._chance.integers(len(kinds)))](board)

    def _split(self, board: Board) -> Edit:
        code = self._code(board)
        lines = tuple(self._line(board.grids[code].shape) for _ in range(int(self._chance.integers(1, 3))))
        return Split(grid=code, lines=lines, snap_m=self._snap())

    def _merge(self, board: Board) -> Edit:
        codes = [grid.code for grid in board.grids_of(board.grids[self._code(board)].region)]
        count = min(len(codes), int(self._chance.integers(2, 4)))
        return Merge(grids=tuple(self._chance.choice(codes, count, replace=False).tolist()))

    def _assign(self, board: Board) -> Edit:
        ground = self._line(self._shape(board), 3, 6).convex_hull
        if not isinstance(ground, Polygon):
            return self._merge(board)
        return Assign(ground=ground, grid=self._code(board), snap_m=self._snap())

    def _reshape(self, board: Board) -> Edit:
        grids = tuple(self._chance.choice([*board.grids], 2).tolist())
        return Reshape(
            line=self._line(self._shape(board), 2, 5),
            grids=(grids[0], grids[1]) if self._chance.random() < 0.3 else None,
            snap_m=self._snap(),
        )

    def _claim(self, board: Board) -> Edit:
        x, y = self._line(self._shape(board)).coords[0]
        return ClaimGap(place=(x, y), grid=self._code(board) if self._chance.random() < 0.5 else None)

    def order(self, board: Board) -> Edit:
        """A boundary with a piece more or less, or another region's."""
        region = sorted(board.regions)[int(self._chance.integers(len(board.regions)))]
        ground, bite = board.boundary(region), self._line(self._shape(board), 3, 6).convex_hull
        how = shapely.union if self._chance.random() < 0.5 else shapely.difference
        changed = rounded(shapely.set_precision(how(ground, bite), 1e-7))
        return Order(region=region, boundary=changed if isinstance(changed, Ground) else ground)

    def _code(self, board: Board) -> str:
        codes = sorted(board.grids)
        return codes[int(self._chance.integers(len(codes)))]

    def _shape(self, board: Board) -> Ground:
        return board.grids[self._code(board)].shape

    def _snap(self) -> float:
        return float(self._chance.choice((0.0, 0.0, 0.03, 3.0)))

    def _line(self, shape: Ground, fewest: int = 2, most: int = 4) -> LineString:
        """Places in and about a shape, some of them nodes of it."""
        steps = to_steps(shapely.get_coordinates(shape))
        low, high = steps.min(axis=0) - self._unit // 3 - 2, steps.max(axis=0) + self._unit // 3 + 3
        places = self._chance.integers(low, high, (int(self._chance.integers(fewest, most + 1)), 2))
        on_node = self._chance.random(len(places)) < 0.3
        places[on_node] = steps[self._chance.integers(len(steps), size=int(on_node.sum()))]
        return LineString(to_degrees(places))


K = 1000
"""Steps in one unit of what is drawn by hand: 11 m."""


def ring(*places: tuple[int, int]) -> Polygon:
    return Polygon(to_degrees(np.array([*places, places[0]]) * K))


def square(x: int, y: int, side: int) -> Polygon:
    return ring((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def line(*places: tuple[int, int]) -> LineString:
    return LineString(to_degrees(np.array(places) * K))


def places(shape: Ground) -> list[tuple[float, float]]:
    """The nodes of a shape in units."""
    return [(x / K, y / K) for x, y in to_steps(shapely.get_coordinates(shape)).tolist()]


def three(*buildings: Building) -> Board:
    """A, B and C in a row, 100 units each; A and B divide R, and C is all of S."""
    outlines = {"R": ring((0, 0), (100, 0), (200, 0), (200, 100), (100, 100), (0, 100)), "S": square(200, 0, 100)}
    shapes = {"A": (square(0, 0, 100), "R"), "B": (square(100, 0, 100), "R"), "C": (square(200, 0, 100), "S")}
    return board_of(
        Plan(
            regions=tuple(Region(code=code, name=code, level="community", shape=one) for code, one in outlines.items()),
            grids=tuple(Grid(code=code, region=own, shape=one) for code, (one, own) in shapes.items()),
            buildings=buildings,
        )
    )


def made(board: Board, *edits: Edit) -> tuple[Board, Outcome]:
    """The board after edits; regions that were exact are."""
    after, outcome = redrawn(board, edits)
    assert all(is_exact(after, code) for code in after.regions if code not in board.faulty)
    return after, outcome


def refused(board: Board, edit: Edit) -> EditRefused:
    with pytest.raises(EditRefused) as caught:
        redrawn(board, [edit])
    return caught.value


def area(board: Board, code: str) -> float:
    """Square units of a grid."""
    return twice_area(board.grids[code].shape) / 2 / K**2


def extent(board: Board, region: str) -> float:
    """Square units of a region."""
    return twice_area(board.boundary(region)) / 2 / K**2


def split(*lines: LineString, grid: str = "B", codes: tuple[str, ...] = (), cut: bool = False) -> Split:
    return Split(grid=grid, lines=lines, codes=codes, snap_m=0, cut=cut)


def assign(ground: Polygon | MultiPolygon, grid: str) -> Assign:
    return Assign(ground=ground, grid=grid, snap_m=0)


def reshape(drawn: LineString, *grids: str) -> Reshape:
    return Reshape(line=drawn, grids=(grids[0], grids[1]) if grids else None, snap_m=0)


def overlapping() -> Board:
    """A and B with 20 units of ground in common."""
    start = three()
    wide = replace(start.grids["B"], shape=ring((80, 0), (200, 0), (200, 100), (80, 100)))
    return replace(start, grids={**start.grids, "B": wide}, faulty=frozenset({"R"}))


def gapped() -> Board:
    """A hole in B that nobody has."""
    start = three()
    holed = replace(start.grids["B"], shape=Polygon(square(100, 0, 100).exterior, [square(120, 20, 20).exterior]))
    return replace(start, grids={**start.grids, "B": holed}, faulty=frozenset({"R"}))


def shaken(grid: Grid, chance: np.random.Generator, unit: int) -> Grid:
    step = chance.integers(-unit // 3, unit // 3 + 1, 2) * int(chance.random() < 0.5)
    return replace(
        grid, shape=shapely.transform(grid.shape, lambda xy: to_degrees(np.rint(xy * 1e7).astype(int) + step))
    )


def tried(board: Board, edit: Edit, unit: int) -> Board:
    """The board after an edit, or as it was where that is refused for a reason that a planner understands."""
    try:
        after, outcome = redrawn(board, [edit])
    except EditRefused as error:
        if error.id not in (MEANT | {"not-exact"} if unit == TINY else MEANT):
            raise
        return board
    named = {grid.code for grid in outcome.grids} | outcome.gone
    assert all(after.grids[code] == grid for code, grid in board.grids.items() if code not in named)
    assert all(is_exact(after, code) for code in after.regions if code not in board.faulty)
    return after
