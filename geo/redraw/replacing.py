"""What becomes of a region whose grids are all drawn anew, by hands or by another system?

Drawn apart they meet roughly: nodes within the tolerance become one and the boundary stays. What then does not cover it
exactly is refused with the pieces that are left over or wanted twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import shapely

from geo import coverage
from geo.model import Finding, Grid, Ground, Region
from geo.redraw import yielding
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import Replace
from geo.redraw.naming import next_codes
from geo.redraw.nodal import grids_at, regions_at
from geo.redraw.refused import EditRefused, Fault
from geo.redraw.snapping import checked, ground_rounded
from geo.redraw.unbroken import led_through
from geo.refusal import Value
from geo.rings import fault_place, is_sound
from geo.snap import Hold, healed

MOST_GRIDS: Final = 2000
"""Grids of one region: a street drawn block by block has some hundred."""
MOST_FAULTS: Final = 200


def made(board: Board, edit: Replace) -> Outcome:
    """The grids of a region as they are drawn. Those without a code get the next free ones from west to east; those
    with the code of one that is there keep its name where they state none.

    Refuses `region-missing` (code), `grids-missing`, `grids-too-many` (count, most), `ring-crosses` (code), what
    `geo.redraw.snapping.led` refuses of coordinates and `geo.redraw.naming.next_codes` of codes, `not-exact` (codes;
    the faults are the pieces, by rule), `not-settled` and `building-cut`.
    """
    if edit.region not in board.regions:
        raise EditRefused("region-missing", code=edit.region)
    if not edit.grids:
        raise EditRefused("grids-missing")
    if len(edit.grids) > MOST_GRIDS:
        raise EditRefused("grids-too-many", count=len(edit.grids), most=MOST_GRIDS)
    grids = _coded(board, edit.region, [replace(grid, shape=_plain(grid, edit.snap_m)) for grid in edit.grids])
    after, amended = _fitted(board, edit.region, grids, edit.snap_m)
    _exact(after, edit.region)
    outcome = Outcome(
        grids=tuple(grid for code, grid in after.grids.items() if grid != board.grids.get(code)),
        gone=frozenset(board.grids.keys() - after.grids.keys()),
        regions=tuple(region for code, region in after.regions.items() if region is not board.regions[code]),
        amended=amended,
    )
    yielding.check(board, outcome, edit.cut)
    return outcome


def _plain(grid: Grid, snap_m: float) -> Ground:
    """The ground on the lattice, its rings sound."""
    shape = ground_rounded(checked(grid.shape, snap_m))
    if not isinstance(shape, Ground) or shapely.area(shapely.convex_hull(shape)) == 0:
        raise EditRefused("grid-collapses", [Fault("grid", grid.shape, {"code": grid.code})], codes=grid.code)
    if not is_sound(shape):
        place, reason = fault_place(shape)
        raise EditRefused("ring-crosses", [Fault("crossing", place, {"code": grid.code, "reason": reason})])
    return shape


def _coded(board: Board, region: str, grids: Sequence[Grid]) -> list[Grid]:
    """The grids under their codes; the new ones that are stated have to be free."""
    kept = [grid.code for grid in grids if _was_there(board, region, grid.code)]
    if len(set(kept)) < len(kept):
        raise EditRefused("code-taken", code=next(code for code in kept if kept.count(code) > 1))
    stated = [grid.code for grid in grids if grid.code and not _was_there(board, region, grid.code)]
    nameless = sorted((number for number, grid in enumerate(grids) if not grid.code), key=lambda n: _place(grids[n]))
    codes = next_codes(board, region, len(stated) + len(nameless), stated)[len(stated) :]
    given = dict(zip(nameless, codes, strict=True))
    coded = [replace(grid, code=given.get(number, grid.code), region=region) for number, grid in enumerate(grids)]
    return [replace(grid, name=grid.name or _name(board, grid.code)) for grid in coded]


def _was_there(board: Board, region: str, code: str) -> bool:
    return code in board.grids and board.grids[code].region == region


def _name(board: Board, code: str) -> str:
    return board.grids[code].name if code in board.grids else ""


def _place(grid: Grid) -> tuple[float, float]:
    """Codes run from west to east, then from north to south."""
    middle = grid.shape.centroid
    return middle.x, -middle.y


def _fitted(board: Board, region: str, grids: Sequence[Grid], snap_m: float) -> tuple[Board, frozenset[str]]:
    """The board with the grids fitted to each other and into the boundary, and the codes of what only gained nodes."""
    shapes = [grid.shape for grid in grids]
    boundary = board.boundary(region)
    if snap_m > 0:
        holds = [Hold.ALL, *(Hold.LOOSE for _ in shapes)]
        shapes = healed([boundary, *shapes], holds, snap_m).shapes[1:]
    box = shapely.box(*shapely.total_bounds([boundary, *shapes]).tolist())
    others = [grid for grid in grids_at(board, box) if grid.region != region]
    regions = regions_at(board, box)
    around = [*(other.shape for other in others), *(board.boundary(one.code) for one in regions)]
    given = [*shapes, *around]
    # edges of grids that lie over each other are no borders: in a faulty region all is new
    before = [] if region in board.faulty else [grid.shape for grid in board.grids_of(region)]
    led = led_through(given, [*before, *around])
    now = [replace(grid, shape=_as_it_was(board, grid.code, new)) for grid, new in zip(grids, led, strict=False)]
    return _with(board, region, now, _amended([*others, *regions], given[len(grids) :], led[len(grids) :]))


def _amended(things: Sequence[Grid | Region], given: Sequence[Ground], led: Sequence[Ground]) -> list[Grid | Region]:
    return [replace(thing, shape=new) for thing, old, new in zip(things, given, led, strict=True) if new is not old]


def _with(
    board: Board, region: str, grids: Sequence[Grid], amended: Sequence[Grid | Region]
) -> tuple[Board, frozenset[str]]:
    outcome = Outcome(
        grids=(*grids, *(thing for thing in amended if isinstance(thing, Grid))),
        gone=frozenset(grid.code for grid in board.grids_of(region)) - {grid.code for grid in grids},
        regions=tuple(thing for thing in amended if isinstance(thing, Region)),
    )
    return board.after(outcome), frozenset(thing.code for thing in amended)


def _as_it_was(board: Board, code: str, shape: Ground) -> Ground:
    """The ground that a grid had where the new one is the same, with its very rings; else the new one."""
    before = board.grids.get(code)
    same = before is not None and before.shape.normalize() == shape.normalize()
    return before.shape if before is not None and same else shape


def _exact(after: Board, region: str) -> None:
    grids, boundary = after.grids_of(region), after.boundary(region)
    if coverage.is_exact(boundary, [grid.shape for grid in grids]):
        return
    findings = [*coverage.findings(after.regions[region], grids)]
    faults = [_fault(finding) for finding in findings[:MOST_FAULTS] if finding.geometry is not None]
    raise EditRefused("not-exact", faults, codes=region)


def _fault(finding: Finding) -> Fault:
    assert finding.geometry is not None
    told: dict[str, Value] = {"codes": ", ".join(finding.codes)}
    if finding.area_m2 is not None:
        told["area_m2"] = round(finding.area_m2, 3)
    return Fault(str(finding.rule), finding.geometry, told)
