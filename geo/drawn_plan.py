"""Which plan is it once grids were drawn for its regions?

Drawn grids go in as an edit puts them in (`geo.redraw.replacing`): fitted to the boundary and to neighbours node by
node, coded, and proven exact. A grid that goes on keeps its code and name, and one on the very ground it had its bytes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from shapely import Polygon

from geo import code as codes
from geo.continuity import going_on
from geo.draw.task import Drawn
from geo.layout import Layout
from geo.model import Grid, Plan, Region
from geo.redraw.board import Board, Codes
from geo.redraw.drawn import redrawn
from geo.redraw.edits import Replace
from geo.redraw.naming import next_codes
from geo.redraw.refused import EditRefused
from geo.rings import is_sound
from geo.terms import ALONE, Terms
from geo.undrawn import Undrawn

Name = Callable[[int], str]
"""What the new grid of a number is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPlan:
    """A plan with what was drawn in it. `new` are the codes of grids that were not there before; `refused` tells why
    regions stay as they were, by code."""

    plan: Plan
    new: frozenset[str]
    refused: Mapping[str, EditRefused]


def drawn_plan(plan: Plan, pairs: Sequence[tuple[Undrawn, Drawn]], name: Name, terms: Terms = ALONE) -> DrawnPlan:
    """The plan with drawn grids in the place of those that their regions had, and every border that they meet led
    through their nodes."""
    kept = {one.region.code: _going_on(one, drawn) for one, drawn in pairs}
    board = _board(plan, [one for one, _ in pairs], kept, terms)
    new, refused = set[str](), dict[str, EditRefused]()
    for one, drawn in pairs:
        code = one.region.code
        try:
            grids = (*one.fixed, *_coded(board, one, drawn, kept[code], name))
            board, _ = redrawn(board, [Replace(region=code, grids=grids, snap_m=0.0, cut=True)])
        except EditRefused as error:
            refused[code] = error
            continue
        new |= {grid.code for grid in grids} - {grid.code for grid in (*one.fixed, *kept[code].values())}
    done = {one.region.code: one for one, _ in pairs if one.region.code not in refused}
    return DrawnPlan(
        plan=_with(plan, board, done, refused.keys()),
        new=frozenset(new),
        refused=refused,
    )


def _going_on(one: Undrawn, drawn: Drawn) -> dict[int, Grid]:
    """The grids that go on, by the number of the drawn one, on their new ground."""
    found = going_on(one.present, drawn.shapes, one.task.buildings)
    return {n: replace(grid, region=one.region.code, shape=drawn.shapes[n]) for n, grid in found.items()}


def _board(plan: Plan, several: Sequence[Undrawn], kept: Mapping[str, Mapping[int, Grid]], terms: Terms) -> Board:
    """The ground to draw on. Of what is drawn anew only the codes are there that stay or go on: their old ground must
    lead no new border."""
    layout = Layout(plan, terms)
    regions = {code: layout.region(code) for code in layout.divided if is_sound(layout.outline(code))}
    waiting = {one.region.code for one in several}
    grids = {grid.code: grid for grid in plan.grids if grid.region in regions.keys() - waiting}
    for one in several:
        grids |= {grid.code: replace(grid, shape=Polygon()) for grid in (*one.fixed, *kept[one.region.code].values())}
    given = {grid.code for one in several for grid in (*one.fixed, *one.present)} | {grid.code for grid in plan.grids}
    return Board(
        regions=regions,
        grids=grids,
        faulty=frozenset(regions),
        codes=Codes(given=terms.taken | given, schemes={one.region.code: one.scheme for one in several if one.scheme}),
    )


def _coded(board: Board, one: Undrawn, drawn: Drawn, kept: Mapping[int, Grid], name: Name) -> list[Grid]:
    """Drawn grids, those that go on under their own codes and the others under the next free ones, in their order."""
    region, count = one.region.code, len(drawn.shapes) - len(kept)
    free = iter(next_codes(board, region, count))
    found = []
    for number, shape in enumerate(drawn.shapes):
        if number in kept:
            found.append(kept[number])
            continue
        code = next(free)
        called = name(_number(one.scheme, code))
        found.append(Grid(code=code, name=called, kind=one.kind, region=region, shape=shape))
    return found


def _number(scheme: str | None, code: str) -> int:
    """The number of a new grid in its region."""
    parsed = codes.parse(scheme, code) if scheme else None
    if parsed is not None and parsed.sequence is not None:
        return parsed.sequence
    return int(code.rpartition("-")[2])


def _with(plan: Plan, board: Board, done: Mapping[str, Undrawn], refused: Collection[str]) -> Plan:
    """The plan with the ground of the board. What was refused and what is not on the board stays as it came."""
    regions = [one if one.code in refused else _region(one, board) for one in plan.regions]
    others = [grid for grid in plan.grids if grid.region not in done]
    kept = [grid if grid.region in refused else _grid(grid, board) for grid in others]
    drawn = [_as_it_was(grid, one.present) for code, one in done.items() for grid in board.grids_of(code)]
    return replace(plan, regions=tuple(regions), grids=(*kept, *drawn))


def _region(region: Region, board: Board) -> Region:
    """A region with the nodes that it gained; one without an outline of its own stays so."""
    return region if region.shape is None or region.code not in board.regions else board.regions[region.code]


def _grid(grid: Grid, board: Board) -> Grid:
    found = board.grids.get(grid.code)
    return found if found is not None and found.region == grid.region else grid


def _as_it_was(grid: Grid, present: Sequence[Grid]) -> Grid:
    """A drawn grid, with the very rings that it had where its ground is the same."""
    before = next((one for one in present if one.code == grid.code), None)
    same = before is not None and before.shape.normalize() == grid.shape.normalize()
    return replace(grid, shape=before.shape) if before is not None and same else grid
