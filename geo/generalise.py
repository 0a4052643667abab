"""What does a coverage look like at a zoom, so that borders meet there as they do on the ground?

All shapes are simplified together, each border once for both its sides (Visvalingam and Whyatt 1993, kept free of new
crossings as in JTS's and GEOS's coverage simplifier), and led through the units of the zoom's lattice
(`geo.hot_pixels`). Neighbours have the same nodes at every zoom, in every square of the map. Coarser shapes are put
together from finer ones (`geo.assembled`).
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.assembled import enclosed, runs, wound
from geo.hot_pixels import Numbers, Rings, led, packed
from geo.matrix import EXTENT, MOST_ZOOM, RIM, Matrix
from geo.model import Ground

LEAST_GRID_ZOOM = 13
"""From here on grids are shown; below, regions stand for them."""
STEPS = ((11, 0), (8, 1), (6, 2), (0, 3))
"""From which zoom on the finest shapes are how many steps above the divided regions."""
SIMPLER, PLAINER = 4.0, 8.0
"""Units: a corner goes whose triangle is smaller than the square of this: a quarter of a pixel on the screen where
grids are shown, a whole one below, where squares hold cities."""
REACH = 8
"""Units: beyond this, what is simplified there does not move a border here."""


def steps_above(zoom: int) -> int:
    """How many steps above the divided regions the finest shown regions are, below the zooms of grids."""
    return next(steps for least, steps in STEPS if zoom >= least)


def generalised(shapes: Sequence[Ground], matrix: Matrix, zoom: int) -> list[BaseGeometry]:
    """Shapes (degrees WGS-84) on the lattice of a zoom (`geo.matrix`), with whole coordinates; empty where all of a
    shape is thinner than a unit. Shells counter-clockwise by x and y, which in a square, y down, is clockwise.

    The last zoom is not simplified: maps draw it larger. A crossing with a line that a square is cut along is a node.
    """
    if len(shapes) == 0:
        return []
    there = matrix.shapes(shapes, zoom)
    simpler = SIMPLER if zoom >= LEAST_GRID_ZOOM else PLAINER
    simple = shapely.coverage_simplify(there, simpler) if zoom < MOST_ZOOM else there
    found = _polygons(led(np.asarray(simple, dtype=object), EXTENT, RIM), len(shapes))
    crossed = ~shapely.is_valid(found)
    found[crossed] = _uncrossed(found[crossed])
    return list(wound(found))


def _polygons(rings: Rings, count: int) -> NDArray[np.object_]:
    """The shapes again. Where no place is met twice each ring is a simple one; where one is, edges that run back and
    forth are taken out and what the others enclose is the shape."""
    kept = _is_new(packed(rings.node), rings.ring)
    node, ring = rings.node[kept], rings.ring[kept]
    shape = rings.shape[rings.part[ring]]
    odd = np.zeros(count, dtype=bool)
    odd[rings.shape[rings.part[np.bincount(ring, minlength=len(rings.part)) < 3]]] = True
    odd[_twice_there(packed(node), shape)] = True
    found = np.full(count, shapely.Polygon(), dtype=object)
    plain = ~odd[shape]
    _put_plain(found, Rings(node[plain], ring[plain], rings.part, rings.shape))
    order = np.argsort(shape[~plain], kind="stable")
    node, ring, shape = node[~plain][order], ring[~plain][order], shape[~plain][order]
    for one, run in runs(shape):
        found[one] = enclosed(_odd_edges(packed(node[run]), ring[run]))
    return found


def _is_new(key: Numbers, ring: Numbers) -> NDArray[np.bool_]:
    """Nodes that are not where the node before them is, round their ring."""
    return np.asarray(key != _neighbour(key, ring, 1))


def _neighbour(key: Numbers, ring: Numbers, back: int) -> Numbers:
    """For each node the one before it (`back` 1) or behind it (-1), round its ring."""
    there = np.roll(key, back)
    first = np.flatnonzero(np.r_[True, ring[1:] != ring[:-1]][: len(ring)])
    last = np.r_[first[1:], len(key)][: len(first)] - 1
    at, source = (first, last) if back == 1 else (last, first)
    there[at] = key[source]
    return there


def _twice_there(key: Numbers, shape: Numbers) -> Numbers:
    """The shapes that have some place more than once."""
    order = np.lexsort((key, shape))
    key, shape = key[order], shape[order]
    return np.unique(shape[1:][(key[1:] == key[:-1]) & (shape[1:] == shape[:-1])])


def _put_plain(found: NDArray[np.object_], rings: Rings) -> None:
    """Shapes of simple rings, each at its number."""
    own, ring = np.unique(rings.ring, return_inverse=True)
    if len(own) == 0:
        return
    part, whose = np.unique(rings.part[own], return_inverse=True)
    lines = shapely.linearrings(rings.node.astype(np.float64), indices=ring)
    polygons = shapely.polygons(lines, indices=whose)
    shape, begin, many = np.unique(rings.shape[part], return_index=True, return_counts=True)
    found[shape[many == 1]] = polygons[begin[many == 1]]
    for one, at, count in zip(shape[many > 1], begin[many > 1], many[many > 1], strict=True):
        found[one] = shapely.multipolygons(polygons[at : at + count])


def _odd_edges(key: Numbers, ring: Numbers) -> Numbers:
    """Undirected edges (n, 2) that rings pass an odd number of times."""
    after = _neighbour(key, ring, -1)
    each, times = np.unique(np.sort(np.column_stack([key, after]), axis=1), axis=0, return_counts=True)
    return np.asarray(each[(times % 2 == 1) & (each[:, 0] != each[:, 1])], dtype=np.int64)


def _uncrossed(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Ground of provisional editions may overlap, and what overlaps may cross itself once it is simpler."""
    sound = shapely.set_precision(shapely.make_valid(shapes, method="structure", keep_collapsed=False), 1.0)
    pieces, whose = shapely.get_parts(sound, return_index=True)
    parts, piece = shapely.get_parts(pieces, return_index=True)
    owner = whose[piece]
    found = np.full(len(shapes), shapely.Polygon(), dtype=object)
    is_ground = shapely.get_dimensions(parts) == 2
    return shapely.multipolygons(parts[is_ground], indices=owner[is_ground], out=found) if is_ground.any() else found
