"""How is a grid cut in two by ground?"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Polygon

from geo.arrangement import Arrangement, joined
from geo.model import Grid, Ground
from geo.noding import Net
from geo.redraw import snapping
from geo.redraw.board import Board
from geo.redraw.edits import Split
from geo.redraw.refused import EditRefused, Fault, faults_of
from geo.redraw.transfer import Sheet, chains


def carved(board: Board, edit: Split, grid: Grid) -> tuple[Sheet, list[Ground]]:
    """What the grid has of the grounds and what is left of it, from west to east, then from north to south, and the
    sheet that both are on. Only where they meet is a new border: along the grid's own ones ground leaves no nodes.

    Refuses `ground-misses-grid` (code), `ground-does-not-divide` (code) where it is the whole grid, `ground-apart`
    (code) where it lies in several parts, `ground-leaves-parts` (code) where the rest does, `ground-leaves-hole` (code)
    where one lies inside the other, and what `snapping.led_ground` and `Sheet` refuse.
    """
    grounds = [snapping.led_ground(one, board, edit.snap_m, cut=edit.cut) for one in edit.grounds]
    halves = _halves(grid, grounds)
    border, passes = Net.of(halves).counted_edges()
    sheet = Sheet(board, chains(border[passes == 2]), also=[grid.code])
    parts = _noded(sheet, grid, halves)
    _check(grid, grounds, parts)
    west, _, _, north = shapely.bounds(np.asarray(parts, dtype=object)).T
    return sheet, [parts[n] for n in np.lexsort((-north, west)).tolist()]


def _halves(grid: Grid, grounds: Sequence[Ground]) -> list[Ground]:
    """What a grid has of the grounds, and the rest of it."""
    faces = [face for face in Arrangement.of([grid.shape, *grounds]).faces if 0 in face.over]
    has = frozenset[int]().union(*(face.over for face in faces))
    if missed := [ground for n, ground in enumerate(grounds, start=1) if n not in has]:
        raise _missed("ground-misses-grid", grid, missed)
    rest = [face.shape for face in faces if len(face.over) == 1]
    if not rest:
        raise _missed("ground-does-not-divide", grid, grounds)
    return [joined([face.shape for face in faces if len(face.over) > 1]), joined(rest)]


def _noded(sheet: Sheet, grid: Grid, halves: Sequence[Ground]) -> list[Ground]:
    """Both halves with the nodes that the sheet gave to the grid and to the border between them."""
    shape = sheet.grids[grid.code].shape
    faces = Arrangement.noded([shape], sheet.lines).over(0)
    inside = shapely.point_on_surface(np.asarray(faces, dtype=object))
    taken, rest = (shapely.distance(half, inside) for half in halves)
    return [_of(faces, side.tolist(), shape) for side in (taken <= rest, taken > rest)]


def _of(faces: Sequence[Polygon], chosen: Sequence[bool], like: Ground) -> Ground:
    return joined([face for face, is_chosen in zip(faces, chosen, strict=True) if is_chosen], like)


def _check(grid: Grid, grounds: Sequence[Ground], parts: Sequence[Ground]) -> None:
    """Neither half may be in more parts than the grid, and no new hole come about."""
    if any(part.is_empty for part in parts):
        raise _missed("ground-does-not-divide", grid, grounds)
    taken, rest = (shapely.get_num_geometries(part) for part in parts)
    if taken > 1:
        raise _missed("ground-apart", grid, grounds)
    if rest > shapely.get_num_geometries(grid.shape):
        raise _missed("ground-leaves-parts", grid, grounds)
    if sum(map(_holes, parts)) > _holes(grid.shape):
        raise _missed("ground-leaves-hole", grid, grounds)


def _holes(shape: Ground) -> int:
    return int(shapely.get_num_interior_rings(shapely.get_parts(shape)).sum())


def _missed(reason: str, grid: Grid, grounds: Sequence[Ground]) -> EditRefused:
    return EditRefused(reason, [*(Fault("ground", one) for one in grounds), *faults_of([grid])], code=grid.code)
