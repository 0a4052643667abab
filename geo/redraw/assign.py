"""How does drawn ground go to a grid?"""

import numpy as np
import shapely
from shapely import LineString

from geo.arrangement import Arrangement, joined
from geo.model import Ground
from geo.redraw import naming, snapping, yielding
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import Assign
from geo.redraw.transfer import Sheet


def made(board: Board, edit: Assign) -> Outcome:
    """The ground goes to the grid and its region, and away from all others that have it; grids that lose all are gone.

    What the grid has already and what lies outside the plan's regions stays as it is. Refuses what `naming.grid_of`,
    `snapping.led_ground`, `Sheet` and `yielding` refuse.
    """
    grid = naming.grid_of(board, edit.grid)
    ground = snapping.led_ground(edit.ground, board, edit.snap_m, cut=edit.cut)
    # where grids lie over each other, somebody else may have what the grid has
    gained = _within(board, ground if board.faulty else _beyond(ground, grid.shape))
    if gained.is_empty:
        return Outcome()
    sheet = Sheet(board, grounds=[gained], also=[grid.code, grid.region])
    sheet.give(sheet.grounds[0], grid.code)
    lines = outlines(ground)
    outcome = sheet.outcome(lines)
    yielding.check(board, outcome, edit.cut, lines)
    return outcome


def outlines(ground: Ground) -> list[LineString]:
    """The rings of a piece of ground as lines."""
    return [LineString(ring.coords) for ring in shapely.get_rings(shapely.get_parts(ground))]


def _beyond(ground: Ground, own: Ground) -> Ground:
    """The drawn ground that a grid has not yet."""
    if not shapely.intersects(shapely.box(*ground.bounds), shapely.box(*own.bounds)):
        return ground
    faces = Arrangement.of([ground, own]).faces
    return joined([face.shape for face in faces if face.over == {0}])


def _within(board: Board, ground: Ground) -> Ground:
    """The ground that lies in regions of the plan."""
    boundaries = np.array([board.boundary(code) for code in sorted(board.regions)], dtype=object)
    near = boundaries[shapely.STRtree(boundaries).query(ground)]
    if any(shape.is_valid and shapely.covers(shape, ground) for shape in near):
        return ground
    faces = Arrangement.of([ground, *near]).faces
    return joined([face.shape for face in faces if 0 in face.over and len(face.over) > 1])
