"""Are the nodes that blocks have on the border of some ground as near to it as whole steps allow?

Ground that is cut again and again bends by a step each time: a node on an edge is rounded, and the next one lies on the
bent edge. Put back, all are within half a step of the edge as it was, and whoever has that edge can be led through them
(`geo.settling`).
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from geo.draw.borders import Borders, Numbers
from geo.lattice import Keys, keys, steps_of, to_degrees, to_steps
from geo.plane import Plane
from geo.rings import are_sound


def put_back(shapes: Sequence[Polygon], ground: Numbers, grounds: Sequence[Polygon], plane: Plane) -> list[Polygon]:
    """The shapes, each in the ground of a number (n,), with nodes on the grounds' borders put back to them. What would
    not stay sound stays as it is."""
    left, right = (borders := Borders.of(shapes, plane)).grouped(ground)
    nodes = np.unique(np.r_[borders.low[left != right], borders.high[left != right]])
    new = np.setdiff1d(nodes, keys(to_steps(shapely.get_coordinates([*grounds]))))
    there = _nearest(new, grounds)
    moved = (there != new) & ~np.isin(there, np.unique(np.r_[borders.low, borders.high]))
    if not moved.any():
        return [*shapes]
    found = [_moved(shape, new[moved], there[moved]) for shape in shapes]
    return found if are_sound(np.array(found, dtype=object)).all() else [*shapes]


def _nearest(nodes: Keys, grounds: Sequence[Polygon]) -> Keys:
    """The nodes nearest to where each is nearest to a border."""
    edges = _edges(grounds)
    points = shapely.points(to_degrees(steps_of(nodes)))
    nearest = edges[shapely.STRtree(edges).nearest(points)]
    return keys(to_steps(shapely.get_coordinates(shapely.shortest_line(nearest, points))[::2]))


def _edges(grounds: Sequence[Polygon]) -> NDArray[np.object_]:
    xy, ring = shapely.get_coordinates(shapely.get_rings([*grounds]), return_index=True)
    follows = np.flatnonzero(ring[1:] == ring[:-1])
    return np.asarray(shapely.linestrings(np.stack([xy[follows], xy[follows + 1]], axis=1)), dtype=object)


def _moved(shape: Polygon, nodes: Keys, places: Keys) -> Polygon:
    def there(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        own = keys(to_steps(xy))
        at = np.minimum(np.searchsorted(nodes, own), len(nodes) - 1)
        return to_degrees(steps_of(np.where(nodes[at] == own, places[at], own)))

    return shapely.transform(shape, there)
