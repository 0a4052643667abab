"""Through which units of a lattice does each edge go, and what are shapes whose edges are led through these?

Snap rounding with hot pixels (Hobby 1999; Guibas and Marimont 1998): the unit squares round all nodes are hot, and an
edge becomes the chain of the middles of the hot squares it meets, in order. Edges that did not cross do not cross
afterwards; what is thinner than a unit may fall together, for all shapes that have it alike. An edge is led once,
whoever has it: neighbours stay neighbours to the bit. What becomes of an edge depends on nodes at most one unit away.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.edges import distinct, spread

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

HALF = 0.5
"""Of a unit: how far a hot square reaches from its middle."""
SHIFT = np.int64(1 << 31)
"""Packs a place into one number; lattices of the whole world have less than 2^30 units a side."""


@dataclass(frozen=True, slots=True)
class Rings:
    """Rings of shapes on a lattice, one after the other: nodes (n, 2) without the closing one; the ring of each node;
    the part of each ring, whose first is the shell; the shape of each part."""

    node: Numbers
    ring: Numbers
    part: Numbers
    shape: Numbers


def led(polygons: NDArray[np.object_], every: int, rim: int) -> Rings:
    """The rings of polygons led through the hot squares.

    Where an edge crosses a line `rim` units beside a multiple of `every`, either way, there is a node: cutting along
    these lines makes no new place.
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    places, number = np.unique(np.ascontiguousarray(xy).view(np.complex128)[:, 0], return_inverse=True)
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    starts = starts[number[starts] != number[starts + 1]]
    low, high = np.minimum(number[starts], number[starts + 1]), np.maximum(number[starts], number[starts + 1])
    edges, edge = np.unique(low * len(places) + high, return_inverse=True)
    corners = np.column_stack([places.real, places.imag])
    first, last = np.divmod(edges, max(len(places), 1))
    chains = _chains(corners, first, last, every, rim)
    node, of = _together(chains, number[starts] > number[starts + 1], edge)
    return Rings(node, ring[starts][of], part, owner)


@dataclass(frozen=True, slots=True)
class _Chains:
    """The nodes of each edge, its ends among them, from its lower end: those of edge i stand in
    `node[begin[i] : begin[i + 1]]`."""

    node: Numbers
    begin: Numbers


def _chains(corners: Floats, first: Numbers, last: Numbers, every: int, rim: int) -> _Chains:
    a, b = corners[first], corners[last]
    crossed, crossing = _crossings(a, b, every, rim)
    middle = packed(np.rint(corners).astype(np.int64))
    hot = distinct(np.concatenate([middle, packed(crossing)]))
    met, square = _met(a, b, unpacked(hot))
    start, end, more = middle[first], middle[last], np.zeros(len(first), dtype=bool)
    more[crossed] = True
    more[met[(hot[square] != start[met]) & (hot[square] != end[met])]] = True
    own = more[met]  # most edges meet the squares of their ends alone, and are in order
    edge, key = _in_order(
        a, b, np.concatenate([crossed, met[own]]), np.concatenate([packed(crossing), hot[square[own]]])
    )
    whole = np.arange(len(first))
    edge, key = np.concatenate([whole, edge, whole]), np.concatenate([start, key, end])
    order = np.argsort(edge, kind="stable")
    edge, key = edge[order], key[order]
    new = np.r_[True, (edge[1:] != edge[:-1]) | (key[1:] != key[:-1])][: len(edge)]
    return _Chains(unpacked(key[new]), np.searchsorted(edge[new], np.arange(len(first) + 1)))


def _in_order(a: Floats, b: Floats, edge: Numbers, key: Numbers) -> tuple[Numbers, Numbers]:
    """Places that edges meet, edge by edge as they are met."""
    along = ((unpacked(key) - a[edge]) * (b - a)[edge]).sum(axis=1)
    order = np.lexsort((key, along, edge))
    return edge[order], key[order]


def _crossings(a: Floats, b: Floats, every: int, rim: int) -> tuple[Numbers, Numbers]:
    """Where edges cross the lines: their numbers (n,) and the places (n, 2), rounded along the line."""
    found = [_on_lines(a, b, axis, side, every) for axis in (0, 1) for side in (-rim, rim)]
    return np.concatenate([edge for edge, _ in found]), np.concatenate([place for _, place in found])


def _on_lines(a: Floats, b: Floats, axis: int, offset: int, every: int) -> tuple[Numbers, Numbers]:
    ends = np.sort(np.column_stack([a[:, axis], b[:, axis]]), axis=1)
    least = np.floor((ends[:, 0] - offset) / every).astype(np.int64) + 1
    count = np.maximum(np.ceil((ends[:, 1] - offset) / every).astype(np.int64) - least, 0)
    edge = np.repeat(np.arange(len(a)), count)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    line = (least[edge] + nth) * every + offset
    share = (line - a[edge, axis]) / (b[edge, axis] - a[edge, axis])
    across = np.rint(a[edge, 1 - axis] + share * (b[edge, 1 - axis] - a[edge, 1 - axis])).astype(np.int64)
    return edge, np.column_stack([line, across] if axis == 0 else [across, line])


def _met(a: Floats, b: Floats, squares: Numbers) -> tuple[Numbers, Numbers]:
    """Pairs (edge, square) where the edge goes through the inside of the square; also those round its ends."""
    edge, square = _about(np.minimum(a, b) - HALF, np.maximum(a, b) + HALF, squares)
    run, apart = (b - a)[edge], squares[square] - a[edge]
    off = np.abs(run[:, 0] * apart[:, 1] - run[:, 1] * apart[:, 0])
    through = off < HALF * np.abs(run).sum(axis=1)
    return edge[through], square[through]


def _about(low: Floats, high: Floats, squares: Numbers) -> tuple[Numbers, Numbers]:
    """Pairs (box, square) where the middle of the square is in the box.

    Looked for in upright strips, as wide as boxes are.
    """
    wide = max(int((high - low)[:, 0].mean()), 1) if len(low) else 1
    key = squares[:, 0] // wide * SHIFT + squares[:, 1]
    order = np.argsort(key)
    key = key[order]
    west, east = (np.floor(side[:, 0] / wide).astype(np.int64) for side in (low, high))
    box, strip = spread(west, east - west + 1)
    begin = np.searchsorted(key, strip * SHIFT + np.ceil(low[box, 1]).astype(np.int64))
    end = np.searchsorted(key, strip * SHIFT + np.floor(high[box, 1]).astype(np.int64), side="right")
    run, at = spread(begin, end - begin)
    box, square = box[run], order[at]
    x = squares[square, 0]
    inside = (low[box, 0] <= x) & (x <= high[box, 0])
    return box[inside], square[inside]


def _together(chains: _Chains, backward: NDArray[np.bool_], edge: Numbers) -> tuple[Numbers, Numbers]:
    """The chains of edges one after the other, each without its last node, which the next one begins with: the nodes
    (n, 2), and whose they are."""
    begin, end = chains.begin[edge], chains.begin[edge + 1]
    count = end - begin - 1
    of = np.repeat(np.arange(len(edge)), count)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    at = np.where(backward[of], end[of] - 1 - nth, begin[of] + nth)
    return chains.node[at], of


def packed(node: Numbers) -> Numbers:
    """One number for each place (n, 2), in the order of x and then y."""
    return np.asarray(node[:, 0] * SHIFT + node[:, 1], dtype=np.int64)


def unpacked(key: Numbers) -> Numbers:
    """The inverse of `packed` for places that are not negative."""
    return np.column_stack(np.divmod(key, SHIFT))
