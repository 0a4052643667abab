"""What becomes of grids when a region gets the boundary that was ordered?"""

from collections.abc import Mapping

import numpy as np
import shapely
from shapely import Polygon

from geo.arrangement import Arrangement, begun_like
from geo.lattice import directed_edges, steps_of, to_degrees
from geo.measure import metres_per_degree, middle_latitude
from geo.model import Ground
from geo.redraw import snapping, yielding
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import Order
from geo.redraw.refused import EditRefused, Fault
from geo.redraw.transfer import Sheet, less, shared, together


def made(board: Board, edit: Order) -> Outcome:
    """The region with the ordered boundary as it is, and every piece of ground that it gains or loses with the grid
    that has the longest border to it.

    What is gained comes from the plan's regions that have it, else from outside the plan. A lost piece goes to the
    region of the plan with the longest border to it. One that touches none goes out of the plan, at the edge of the
    map; but inside the new boundary it would be nobody's for good, and that is refused: `order-needs-region` (code).
    Refuses besides `region-missing` (code) and what `snapping.led_ground`, `Sheet` and `yielding` refuse.
    """
    region = edit.region
    if region not in board.regions:
        raise EditRefused("region-missing", code=region)
    ordered = snapping.led_ground(edit.boundary, board, 0)
    sheet = Sheet(board, grounds=[ordered], also=[region, *(grid.code for grid in board.grids_of(region))])
    ordered = sheet.grounds[0]
    faces = Arrangement.noded([sheet.regions[region], ordered]).faces
    if all(len(face.over) == 2 for face in faces) and sheet.regions[region] is board.boundary(region):
        return Outcome()
    _gain(sheet, region, [part for face in faces if face.over == {1} for part in _by_owner(sheet, face.shape)])
    for face in faces:
        if face.over == {0}:
            _lose(sheet, region, ordered, face.shape)
    sheet.bound(region, begun_like(ordered, sheet.regions[region]))
    outcome = sheet.outcome()
    yielding.check(board, outcome, edit.cut)
    return outcome


def _by_owner(sheet: Sheet, piece: Ground) -> list[Polygon]:
    """The parts of a piece, each of one region or of none."""
    parts = list[Polygon]()
    for shape in sheet.regions.values():
        parts += shared(piece, shape)
        piece = less(piece, shape)
    return [*parts, *shapely.get_parts(piece)]


def _gain(sheet: Sheet, region: str, pieces: list[Polygon]) -> None:
    """Pieces go to a region, those that touch its grids first; those that touch none in the end to the nearest."""
    while pieces:
        far = list[Polygon]()
        for piece in pieces:
            if (home := _beside(piece, _grids(sheet, region))) is not None:
                sheet.give(piece, home)
            else:
                far.append(piece)
        if len(far) == len(pieces):
            for piece in far:
                _settle(sheet, region, piece)
            return
        pieces = far


def _settle(sheet: Sheet, region: str, piece: Polygon) -> None:
    """A piece goes to the grid of a region that is nearest, and to the region alone where no grid of it is near."""
    grids = _grids(sheet, region)
    if grids:
        codes, shapes = [*grids], np.asarray([*grids.values()], dtype=object)
        sheet.give(piece, codes[int(np.argmin(shapely.distance(shapes, piece)))])
    else:
        sheet.take(piece)
        sheet.bound(region, together(sheet.regions[region], piece))


def _lose(sheet: Sheet, region: str, ordered: Ground, piece: Polygon) -> None:
    """A piece goes to the region beside it, or to nobody at the edge of the map."""
    others = {code: shape for code, shape in sheet.regions.items() if code != region}
    heir = _beside(piece, others)
    if heir is not None:
        grids = _grids(sheet, heir)
        home = _beside(piece, grids)
        sheet.give(piece, home) if home is not None else _settle(sheet, heir, piece)
        return
    filled = [Polygon(part.exterior) for part in shapely.get_parts(ordered)]
    if shapely.covers(filled, shapely.point_on_surface(piece)).any():
        raise EditRefused("order-needs-region", [Fault("ground", piece, {"code": region})], code=region)
    sheet.take(piece)


def _grids(sheet: Sheet, region: str) -> dict[str, Ground]:
    return {code: grid.shape for code, grid in sheet.grids.items() if grid.region == region}


def _beside(piece: Polygon, shapes: Mapping[str, Ground]) -> str | None:
    """The code of the shape with the longest border to a piece, the first of several; None where none has any."""
    start, end, _ = directed_edges([piece])
    own = set(zip(end.tolist(), start.tolist(), strict=True))
    lengths = {code: _length(own, shape, middle_latitude(piece)) for code, shape in sorted(shapes.items())}
    longest = max(lengths, key=lambda code: lengths[code], default=None)
    return longest if longest is not None and lengths[longest] > 0 else None


def _length(edges: set[tuple[int, int]], shape: Ground, lat: float) -> float:
    """How long those of the directed edges are that a shape has, metres."""
    start, end, _ = directed_edges([shape])
    common = [pair for pair in zip(start.tolist(), end.tolist(), strict=True) if pair in edges]
    ends = np.array(common, dtype=np.uint64).reshape(-1, 2)
    along = to_degrees(steps_of(ends[:, 1]) - steps_of(ends[:, 0])) * np.array(metres_per_degree(lat))
    return float(np.hypot(*along.T).sum())
