"""Which of many boundaries are not covered exactly, and do all of them keep apart?

The proofs of `geo.coverage.is_exact` and `geo.border.are_apart` for a whole city, in a few passes of numpy.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.lattice import Keys, keys, steps_of, to_degrees
from geo.model import Ground
from geo.rings import are_sound, in_steps

Shapes: TypeAlias = NDArray[np.object_]
Numbers: TypeAlias = NDArray[np.int64]

MOST_EDGES = 1 << 17
"""Edges of one batch of regions: what fits into a processor's own memory is sorted fastest."""
MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0xD6E8FEB86659FD93)
"""Odd multipliers that spread an edge's two nodes and its group over 64 bits (Fibonacci hashing, Knuth 6.4)."""


def exact(
    boundaries: Sequence[Ground] | Shapes, grids: Sequence[Ground] | Shapes, region: Numbers
) -> NDArray[np.bool_]:
    """Whether each boundary is covered exactly by its grids; `region[i]` is the number of the boundary of grid i."""
    outer, inner = np.asarray(boundaries, dtype=object), np.asarray(grids, dtype=object)
    good = np.bincount(region, minlength=len(outer)) > 0
    for first, last in _batches(outer, inner, region):
        mine = (region >= first) & (region < last)
        good[first:last] &= _batch(outer[first:last], inner[mine], region[mine] - first)
    return good


def all_apart(shapes: Sequence[Ground] | Shapes) -> bool:
    """Whether no two of the shapes share ground and every node between them stands on both sides.

    The edges that two shapes share cancel; where the others are the border of sound ground, each once and in its
    direction, the shapes together are that ground, and none lies over another.
    """
    ground = np.asarray(shapes, dtype=object)
    if len(ground) == 0:
        return True
    stepped = in_steps(ground)
    if not are_sound(ground, stepped).all():
        return False
    start, end, _ = _edges(stepped)
    low, high, total = _left(start, end, np.ones(len(start), np.int64))
    if (np.abs(total) != 1).any():
        return False
    return _is_border(np.where(total > 0, low, high), np.where(total > 0, high, low))


def _batches(outer: Shapes, inner: Shapes, region: Numbers) -> list[tuple[int, int]]:
    """Runs of boundaries with no more than `MOST_EDGES` vertices in them and their grids, one boundary at least."""
    size = shapely.get_num_coordinates(outer).astype(np.float64)
    size += np.bincount(region, shapely.get_num_coordinates(inner), len(outer))
    found, first, total = [], 0, 0.0
    for number, vertices in enumerate(size.tolist()):
        if total + vertices > MOST_EDGES and number > first:
            found.append((first, number))
            first, total = number, 0.0
        total += vertices
    return [*found, (first, len(outer))] if len(outer) else []


def _batch(outer: Shapes, inner: Shapes, region: Numbers) -> NDArray[np.bool_]:
    shapes = np.concatenate([outer, inner])
    group = np.concatenate([np.arange(len(outer)), region])
    good = np.ones(len(outer), dtype=bool)
    stepped = in_steps(shapes)
    good[group[~are_sound(shapes, stepped)]] = False
    start, end, owner = _edges(stepped)
    weight = np.where(owner < len(outer), -1, 1)
    _, _, total, at = _runs(start, end, weight, group[owner].astype(np.uint64))
    good[group[owner[at[total != 0]]]] = False
    return good


def _edges(stepped: Shapes) -> tuple[Keys, Keys, Numbers]:
    """Every directed edge of shapes in whole steps, and the number of its shape (`geo.lattice.directed_edges`)."""
    parts, part_owner = shapely.get_parts(shapely.orient_polygons(stepped, exterior_cw=False), return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    node = keys(xy.astype(np.int64))
    follows = np.flatnonzero((ring[1:] == ring[:-1]) & (node[1:] != node[:-1]))
    return node[follows], node[follows + 1], part_owner[ring_part][ring[follows]]


def _runs(start: Keys, end: Keys, weight: Numbers, group: Keys) -> tuple[Keys, Keys, Numbers, Numbers]:
    """Each undirected edge of each group: its nodes, the sum of its weights by direction, and where it first stands."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    signed = np.where(start == low, weight, -weight)
    at = _side_by_side(low, high, group)
    low, high, group, signed = low[at], high[at], group[at], signed[at]
    if len(at) == 0:
        return low, high, signed, at
    first = np.flatnonzero(np.concatenate([[True], _differ(low, high, group)]))
    return low[first], high[first], np.add.reduceat(signed, first), at[first]


def _side_by_side(low: Keys, high: Keys, group: Keys) -> Numbers:
    """An order in which equal edges of one group follow each other.

    A hash in the upper bits and the place in the lower ones are sorted as one number, which is several times faster
    than sorting places by three. Edges that fell on one hash are put in order one by one.
    """
    bits = np.uint64(max(1, (len(low) - 1).bit_length()))
    hashed = (low * MIX[0]) ^ (high * MIX[1] + group * MIX[2])
    hashed = (hashed ^ (hashed >> np.uint64(32))) * MIX[2] >> bits
    both = np.sort((hashed << bits) | np.arange(len(low), dtype=np.uint64))
    at = (both & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    run = np.cumsum(np.diff(both >> bits, prepend=both[:1] >> bits) != 0)
    mixed = np.unique(run[1:][(run[1:] == run[:-1]) & _differ(low[at], high[at], group[at])])
    for number in mixed.tolist():
        first, last = np.searchsorted(run, [number, number + 1])
        own = at[first:last]
        at[first:last] = own[np.lexsort((high[own], low[own], group[own]))]
    return at


def _differ(low: Keys, high: Keys, group: Keys) -> NDArray[np.bool_]:
    """Whether each edge is another than the one before it."""
    return np.asarray((low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (group[1:] != group[:-1]))


def _is_border(start: Keys, end: Keys) -> bool:
    """Whether directed edges are, each once, the border of sound ground that lies to their left."""
    a, b = to_degrees(steps_of(start)), to_degrees(steps_of(end))
    area = shapely.build_area(shapely.multilinestrings(shapely.linestrings(np.stack([a, b], axis=1))))
    stepped = in_steps(np.asarray([area], dtype=object))
    if not are_sound(np.asarray([area], dtype=object), stepped).all():
        return False
    its_start, its_end, _ = _edges(stepped)
    every = np.concatenate([start, its_start]), np.concatenate([end, its_end])
    weight = np.concatenate([np.ones(len(start), np.int64), -np.ones(len(its_start), np.int64)])
    return len(_left(*every, weight)[2]) == 0


def _left(start: Keys, end: Keys, weight: Numbers) -> tuple[Keys, Keys, Numbers]:
    """Edges whose weights do not sum to zero; the sign tells the direction (`geo.lattice.uncancelled`)."""
    low, high, total, _ = _runs(start, end, weight, np.zeros(len(start), np.uint64))
    left = total != 0
    return low[left], high[left], total[left]
