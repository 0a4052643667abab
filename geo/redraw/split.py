"""How is a grid cut into several, by lines or by ground?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import LineString, Polygon

from geo.arrangement import Arrangement, joined
from geo.lattice import Keys
from geo.model import Grid, Ground
from geo.noding import Net
from geo.redraw import carving, naming, snapping, yielding
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import Split
from geo.redraw.refused import EditRefused, Fault
from geo.redraw.transfer import Sheet, chains


def made(board: Board, edit: Split) -> Outcome:
    """The grid's parts as grids: one keeps code and name by the policy of codes, the others are new and of its kind.

    Of a line only what lies between two parts counts; a part of a grid in several parts that no line cuts stays with
    the first. Refuses `line-misses-grid` (code), `line-does-not-divide` (code), what `snapping.led`, `carving`,
    `naming` and `yielding` refuse.
    """
    grid = naming.grid_of(board, edit.grid)
    sheet, parts = carving.carved(board, edit, grid) if edit.grounds else _cut(board, edit, grid)
    grid = sheet.grids[grid.code]
    keeper = naming.keeper(parts, board)
    codes = naming.next_codes(board, grid.region, len(parts) - (keeper is not None), edit.codes)
    for number, part in enumerate(parts):
        if number == keeper:
            sheet.put(replace(grid, shape=part))
        else:
            sheet.put(replace(grid, shape=part, code=codes.pop(0), name=""))
    if keeper is None:
        sheet.drop(grid.code)
    outcome = sheet.outcome(sheet.lines)
    yielding.check(board, outcome, edit.cut, sheet.lines)
    return outcome


def _cut(board: Board, edit: Split, grid: Grid) -> tuple[Sheet, list[Ground]]:
    """The grid's parts between the lines, and the sheet that they are on."""
    lines = [snapping.led(line, board, edit.snap_m, near=[grid.code], cut=edit.cut) for line in edit.lines]
    sheet = Sheet(board, chains(_between(grid.shape, lines, grid.code)), also=[grid.code])
    shape = sheet.grids[grid.code].shape
    parts = _parts(shape, sheet.lines)
    if len(parts) < 2:
        raise _missed("line-does-not-divide", shape, lines, grid.code)
    return sheet, parts


def _between(shape: Ground, lines: Sequence[LineString], code: str) -> Keys:
    """The edges (n, 2) of lines that lie between two faces of a shape."""
    made = Arrangement.of([shape], lines)
    inside = made.over(0)
    edges, passes = Net.of(inside).counted_edges()
    between = edges[passes == 2]
    if len(between) == 0:
        meets = shapely.intersects(shapely.multilinestrings(made.lines), shape)
        raise _missed("line-does-not-divide" if meets else "line-misses-grid", shape, lines, code)
    return np.asarray(between, dtype=np.uint64)


def _missed(reason: str, shape: Ground, lines: Sequence[LineString], code: str) -> EditRefused:
    return EditRefused(
        reason, [*(Fault("line", line) for line in lines), Fault("grid", shape, {"code": code})], code=code
    )


def _parts(shape: Ground, lines: Sequence[LineString]) -> list[Ground]:
    """The ground of the faces that the lines make, from west to east, then from north to south."""
    cut, whole = list[Polygon](), list[Polygon]()
    along = Net.of([], lines).edges()
    for face in Arrangement.noded([shape], lines).over(0):
        (cut if _has_any(face, along) else whole).append(face)
    west, _, _, north = shapely.bounds(np.asarray(cut, dtype=object)).T
    ordered = [cut[n] for n in np.lexsort((-north, west)).tolist()]
    return [joined([part, *(whole if n == 0 else ())], shape) for n, part in enumerate(ordered)]


def _has_any(face: Polygon, edges: Keys) -> bool:
    """Whether a face has one of the edges."""
    known = {(low, high) for low, high in edges.tolist()}
    return any((low, high) in known for low, high in Net.of([face]).edges().tolist())
