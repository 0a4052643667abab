"""Do shapes that stay as they are still meet those beside them that are drawn anew?"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.edges import distinct
from geo.hot_pixels import Numbers, packed


def torn(
    staying: Sequence[BaseGeometry], before: Sequence[BaseGeometry], after: Sequence[BaseGeometry]
) -> NDArray[np.bool_]:
    """Which of the staying shapes (n,) have an edge that the shapes before passed the other way and those after do not.

    All are on one lattice, with their ground on the left.
    """
    (edges, shape), found = _edges(staying), np.zeros(len(staying), dtype=bool)
    back = edges[:, ::-1]
    met = np.flatnonzero(_are_among(back, before))
    found[shape[met[~_are_among(back[met], after)]]] = True
    return found


def _are_among(edges: Numbers, shapes: Sequence[BaseGeometry]) -> NDArray[np.bool_]:
    """Which edges (n, 2) some of the shapes pass."""
    if len(edges) == 0:
        return np.zeros(0, dtype=bool)
    places = distinct(edges.ravel())
    there, _ = _edges(shapes)
    for end in (0, 1):
        there = there[places[np.searchsorted(places[:-1], there[:, end])] == there[:, end]]
    own, passed = (np.searchsorted(places, ends) for ends in (edges, there))
    return np.asarray(np.isin(own[:, 0] * len(places) + own[:, 1], passed[:, 0] * len(places) + passed[:, 1]))


def _edges(shapes: Sequence[BaseGeometry]) -> tuple[Numbers, Numbers]:
    """Directed edges (n, 2) as packed places, and whose each is (n,)."""
    parts, shape = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    key = packed(xy.astype(np.int64))
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    return np.column_stack([key[starts], key[starts + 1]]), shape[part[ring[starts]]]
