"""Do shapes that stay as they are still meet those beside them that are drawn anew?"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.hot_pixels import Numbers, packed


def torn(
    staying: Sequence[BaseGeometry], before: Sequence[BaseGeometry], after: Sequence[BaseGeometry]
) -> NDArray[np.bool_]:
    """Which of the staying shapes (n,) have an edge that the shapes before passed the other way and those after do not.

    All are on one lattice, with their ground on the left.
    """
    parts = [_edges(staying), _edges(before), _edges(after)]
    ends, place = np.unique(np.concatenate([edges for edges, _ in parts]).ravel(), return_inverse=True)
    first, last = place.reshape(-1, 2).T
    forth, back = first * len(ends) + last, last * len(ends) + first
    cuts = np.cumsum([len(edges) for edges, _ in parts])
    own, was, now = back[: cuts[0]], forth[cuts[0] : cuts[1]], forth[cuts[1] :]
    found = np.zeros(len(staying), dtype=bool)
    found[parts[0][1][np.isin(own, was) & ~np.isin(own, now)]] = True
    return found


def _edges(shapes: Sequence[BaseGeometry]) -> tuple[Numbers, Numbers]:
    """Directed edges (n, 2) as packed places, and whose each is (n,)."""
    parts, shape = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    key = packed(xy.astype(np.int64))
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    return np.column_stack([key[starts], key[starts + 1]]), shape[part[ring[starts]]]
