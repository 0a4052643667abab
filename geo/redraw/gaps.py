"""Whose becomes ground that nobody owns?"""

import shapely
from shapely import Point, Polygon

from geo.arrangement import Arrangement
from geo.model import Grid, Ground
from geo.noding import NodingUnsettledError
from geo.redraw import naming
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import ClaimGap
from geo.redraw.nodal import STEP, grids_at, regions_at
from geo.redraw.refused import EditRefused, Fault
from geo.redraw.transfer import Sheet
from geo.rings import solid


def claimed(board: Board, edit: ClaimGap) -> Outcome:
    """The gap that a place lies in goes to the grid, or becomes a new grid of the region it lies in.

    A gap is ground inside a boundary, in one piece, that no grid of the plan has. Refuses `not-a-gap` (lon, lat), and
    what `naming` and `Sheet` refuse.
    """
    place = Point(edit.place)
    for code in sorted(region.code for region in regions_at(board, place)):
        if (gap := _gap(board, board.boundary(code), place)) is not None:
            break
    else:
        raise EditRefused("not-a-gap", [Fault("place", place)], lon=edit.place[0], lat=edit.place[1])
    if edit.grid is None:
        sheet = Sheet(board, grounds=[gap])
        new = naming.next_codes(board, code, 1)[0]
        sheet.put(Grid(code=new, region=code, shape=sheet.grounds[0]))
        return sheet.outcome()
    grid = naming.grid_of(board, edit.grid)
    sheet = Sheet(board, grounds=[gap], also=[grid.code, grid.region])
    sheet.give(sheet.grounds[0], grid.code)
    return sheet.outcome()


def _gap(board: Board, boundary: Ground, place: Point) -> Polygon | None:
    """The gap in a boundary that has a place inside it, on the lattice; None where there is none."""
    near = [grid.shape for grid in grids_at(board, boundary)]
    nobodys = shapely.difference(solid(boundary), shapely.union_all([solid(shape) for shape in near]))
    about = [part for part in shapely.get_parts(nobodys) if shapely.intersects(part, place)]
    if not about:
        return None
    box = shapely.box(*shapely.total_bounds(about)).buffer(STEP)
    there = [boundary, *(grid.shape for grid in grids_at(board, box))]
    try:
        faces = Arrangement.of(there).faces
    except NodingUnsettledError as error:
        raise EditRefused("not-settled", [Fault("grid", shape) for shape in there]) from error
    return next((face.shape for face in faces if face.over == {0} and shapely.contains(face.shape, place)), None)
