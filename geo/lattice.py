"""Which coordinates may ground have, and which directed edges does a shape have on them?

The only lattice value is `round(x * 1e7) / 1e7`: the double nearest to seven decimals, about a centimetre. Shapes are
compared as pairs of integers, so equality means equality. Every ring is read shell counter-clockwise, hole clockwise.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.model import Ground

STEPS_PER_DEGREE = 10_000_000
"""Lattice steps in one degree; a step is 1.1 cm along a meridian."""
LON_OFFSET = 180 * STEPS_PER_DEGREE
LAT_OFFSET = 90 * STEPS_PER_DEGREE

Steps = NDArray[np.int64]
"""Lattice coordinates in steps, shape (n, 2): longitude, latitude."""
Keys = NDArray[np.uint64]
"""One number a node: longitude steps in the upper 32 bits, latitude steps in the lower."""


def rounded(shape: BaseGeometry) -> BaseGeometry:
    """The shape with each coordinate on the lattice and points that fell together dropped.

    Nothing else is mended: a ring that collapses or crosses itself stays so, and becomes a finding.
    """
    moved = shapely.transform(shapely.force_2d(shape), lambda xy: to_degrees(to_steps(xy)))
    if shapely.get_dimensions(moved) < 1:
        return moved
    thinned = shapely.remove_repeated_points(moved, 0.0)
    return moved if thinned.is_empty else thinned


def points_rounded(points: NDArray[np.object_]) -> NDArray[np.object_]:
    """Many points at once, each with its coordinates on the lattice."""
    rounded: NDArray[np.object_] = shapely.points(to_degrees(to_steps(shapely.get_coordinates(points))))
    return rounded


def is_rounded(shape: BaseGeometry) -> bool:
    """Whether every coordinate of the shape is a lattice value."""
    xy = shapely.get_coordinates(shape)
    return bool(np.array_equal(xy, to_degrees(to_steps(xy))))


def to_steps(xy: NDArray[np.float64]) -> Steps:
    """Degrees (n, 2) to whole lattice steps (n, 2)."""
    return np.rint(np.asarray(xy, dtype=np.float64) * STEPS_PER_DEGREE).astype(np.int64)


def to_degrees(steps: Steps) -> NDArray[np.float64]:
    """Lattice steps (n, 2) to degrees (n, 2), the doubles nearest to seven decimals."""
    return steps / float(STEPS_PER_DEGREE)


def keys(steps: Steps) -> Keys:
    """One sortable number for each node: x first, then y; shape (n,)."""
    x = (steps[:, 0] + LON_OFFSET).astype(np.uint64)
    y = (steps[:, 1] + LAT_OFFSET).astype(np.uint64)
    return np.asarray((x << np.uint64(32)) | y, dtype=np.uint64)


def steps_of(node_keys: Keys) -> Steps:
    """The inverse of `keys`: shape (n, 2)."""
    x = (node_keys >> np.uint64(32)).astype(np.int64) - LON_OFFSET
    y = (node_keys & np.uint64(0xFFFFFFFF)).astype(np.int64) - LAT_OFFSET
    return np.column_stack([x, y])


def directed_edges(shapes: Sequence[Ground]) -> tuple[Keys, Keys, NDArray[np.int64]]:
    """Every edge of the shapes as (start, end) node keys, and the number of the shape it belongs to; three (n,)."""
    if len(shapes) == 0:
        return np.empty(0, np.uint64), np.empty(0, np.uint64), np.empty(0, np.int64)
    oriented = shapely.orient_polygons(np.asarray(shapes, dtype=object), exterior_cw=False)
    parts, part_owner = shapely.get_parts(oriented, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    node = keys(to_steps(xy))
    follows = (ring[1:] == ring[:-1]) & (node[1:] != node[:-1])
    return node[:-1][follows], node[1:][follows], part_owner[ring_part[ring[:-1][follows]]].astype(np.int64)


def inner_edges(shapes: Sequence[Ground]) -> tuple[Keys, Keys]:
    """The edges that two shapes pass in opposite directions, each once with start < end; two (n,)."""
    start, end, _ = directed_edges(shapes)
    edges = np.column_stack([np.minimum(start, end), np.maximum(start, end)])
    each, sums = np.unique(edges, axis=0, return_inverse=True)
    passes = np.bincount(sums.ravel(), weights=np.where(start < end, 1.0, -1.0), minlength=len(each))
    return each[passes == 0, 0], each[passes == 0, 1]


def uncancelled(start: Keys, end: Keys, weight: NDArray[np.int64]) -> tuple[Keys, Keys, NDArray[np.int64]]:
    """Edges whose weighted passes do not sum to zero, each once with start < end; the sign tells the direction."""
    flipped = start > end
    low, high = np.where(flipped, end, start), np.where(flipped, start, end)
    signed = np.where(flipped, -weight, weight)
    order = np.lexsort((high, low))
    low, high, signed = low[order], high[order], signed[order]
    if len(low) == 0:
        return low, high, signed
    first = np.flatnonzero(np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])])
    total = np.add.reduceat(signed, first)
    left = total != 0
    return low[first][left], high[first][left], total[left]
