"""How does ground that goes round other ground come apart?

A grid has no hole, so no block may. Ground round other ground is cut by a straight line through it, from the hole to
the rim on both sides, where one passes between the buildings; else it takes in what it goes round.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from geo.arrangement import joined
from geo.draw.network import lengthened

ANGLES = 24
BEYOND_M = 0.2
"""A line reaches so far over the ground it cuts: after rounding it still crosses the edge."""
NEAR_M = 0.01


def surrounded(shapes: Sequence[Polygon]) -> Iterator[tuple[int, Polygon, list[int]]]:
    """Shapes with a hole that others lie in, the hole, and which those are; a lake is nobody's."""
    middles = shapely.point_on_surface(np.array(shapes, dtype=object))
    for number, shape in enumerate(shapes):
        for ring in shape.interiors:
            hole = Polygon(ring)
            inside = np.flatnonzero(shapely.contains(hole, middles)).tolist()
            if inside:
                yield number, hole, inside


def through(ground: Polygon, hole: Polygon, footprints: NDArray[np.object_]) -> list[LineString]:
    """The shortest line through a hole, in two pieces, that cuts its ground apart; empty where none keeps clear of the
    footprints. All in metres."""
    middle = shapely.get_coordinates(shapely.point_on_surface(hole))[0]
    reach = float(np.hypot(*(np.array(ground.bounds[2:]) - np.array(ground.bounds[:2]))))
    tree = shapely.STRtree(footprints)
    best: list[LineString] = []
    for angle in np.arange(ANGLES) * np.pi / ANGLES:
        way = np.array([np.cos(angle), np.sin(angle)]) * reach
        line = LineString([middle - way, middle + way])
        pieces = [part for part in shapely.get_parts(line.intersection(ground)) if part.distance(hole) < NEAR_M]
        if len(pieces) == 2 and (not best or sum(map(shapely.length, pieces)) < sum(map(shapely.length, best))):
            found = [lengthened(piece, BEYOND_M) for piece in pieces]
            if len(tree.query(np.array(found, dtype=object), predicate="intersects")[0]) == 0:
                best = found
    return best


def filled(shapes: Sequence[Polygon]) -> list[Polygon]:
    """The shapes, each with what lies in its holes."""
    kept = [*shapes]
    while (found := next(surrounded(kept), None)) is not None:
        number, _, inside = found
        whole = joined([kept[number], *(kept[n] for n in inside)])
        assert isinstance(whole, Polygon)  # what lies in a hole touches its rim
        kept[number] = whole
        kept = [shape for n, shape in enumerate(kept) if n not in inside]
    return kept
