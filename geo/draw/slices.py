"""How is long empty ground cut so that the grids beside it can share it?

A river, a strip between carriageways: nobody lives there, and one grid that had to take all of it would be as long.
Cut across, each neighbour takes the piece in front of it.
"""

import numpy as np
import shapely
from shapely import LineString, Polygon

from geo.draw.network import lengthened

LONG = 2.5
"""Ground longer than this many times its width is cut across."""
SHORT_M = 150.0
"""Ground that is no longer stays whole."""
MOST_CUTS = 200
"""Of one piece of ground."""
BEYOND_M = 0.2
"""A line reaches so far over the ground it cuts: after rounding it still crosses the edge."""


def across(ground: Polygon) -> list[LineString]:
    """Lines, metres, that cut long ground (metres, empty of buildings) into pieces that are not long."""
    lines: list[LineString] = []
    open_ = [ground]
    while open_ and len(lines) < MOST_CUTS:
        piece = open_.pop()
        middle = _middle(piece)
        if middle is None:
            continue
        inside = [part for part in shapely.get_parts(middle.intersection(piece)) if part.length > BEYOND_M]
        lines.extend(lengthened(part, BEYOND_M) for part in inside)
        noded = shapely.union_all([piece.boundary, *lines[-len(inside) :]]) if inside else piece.boundary
        parts = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(noded))))
        halves = [part for part in parts if piece.contains(part.representative_point())]
        open_.extend(halves if len(halves) > 1 else [])
    return lines


def _middle(piece: Polygon) -> LineString | None:
    """The line across the middle of ground that is long: that of its box, or that has little ground for its border."""
    box = shapely.oriented_envelope(piece)
    if box.geom_type != "Polygon":
        return None
    xy = shapely.get_coordinates(box)[:4]
    sides = xy[1] - xy[0], xy[2] - xy[1]
    lengths = [float(np.hypot(*side)) for side in sides]
    long, short = (0, 1) if lengths[0] >= lengths[1] else (1, 0)
    width = min(lengths[short], 2 * piece.area / max(piece.length / 2, 1e-9))
    if lengths[long] <= max(SHORT_M, LONG * width):
        return None
    middle = xy.mean(axis=0)
    way = sides[short] / max(lengths[short], 1e-9)
    reach = lengths[long] + lengths[short]
    return LineString([middle - way * reach, middle + way * reach])
