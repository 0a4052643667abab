"""What outline have several shapes of one lattice together?

Edges that two of them pass in opposite directions cancel; what is left is the outline, of the very nodes that the
shapes have. So what is drawn as a street's border is a border of its grids.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.hot_pixels import Numbers, packed, unpacked

ALIKE = 1e-9
"""Share by which an area may miss the sum of its parts: what doubles lose, less than any overlap of a unit."""


def assembled(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """The outline of shapes of one lattice: their directed edges without those that cancel.

    Shapes that overlap, as in provisional editions, are united instead: their edges say nothing.
    """
    return assembled_each([shapes])[0]


def assembled_each(lots: Sequence[Sequence[BaseGeometry]]) -> list[BaseGeometry]:
    """`assembled` of each lot of shapes, all at once."""
    given = np.array([shape for shapes in lots for shape in shapes], dtype=object)
    lot = np.repeat(np.arange(len(lots)), [len(shapes) for shapes in lots])
    found = _outlined(given, lot, len(lots))
    wanted = np.bincount(lot, shapely.area(given), len(lots))
    fits = shapely.is_valid(found) & np.isclose(shapely.area(found), wanted, rtol=ALIKE, atol=0.0)
    for one in np.flatnonzero(~fits):
        found[one] = shapely.union_all(given[lot == one], grid_size=1.0)
    return list(wound(found))


def wound(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.asarray(shapely.orient_polygons(shapes, exterior_cw=False), dtype=object)


def enclosed(edges: Numbers) -> BaseGeometry:
    """What undirected edges (n, 2) enclose, each piece once."""
    if len(edges) == 0:
        return shapely.Polygon()
    ends = np.stack([unpacked(edges[:, 0]), unpacked(edges[:, 1])], axis=1).astype(np.float64)
    return shapely.build_area(shapely.multilinestrings(shapely.linestrings(ends)))


def runs(ascending: Numbers) -> list[tuple[int, slice]]:
    """Each number and where it stands."""
    numbers, begin = np.unique(ascending, return_index=True)
    ends = [*begin[1:].tolist(), len(ascending)][: len(begin)]
    return [(one, slice(at, end)) for one, at, end in zip(numbers.tolist(), begin.tolist(), ends, strict=True)]


def _outlined(shapes: NDArray[np.object_], lot: Numbers, count: int) -> NDArray[np.object_]:
    """What the edges of each lot enclose that do not cancel; `lot` (n,) ascends. Where an outline meets no place twice
    its edges follow one from the other; what they enclose is asked for where one does, or where it has parts with
    holes."""
    places, start, end, own = _directed(shapes, lot)
    start, end, own = _uncancelled(start, end, own, len(places))
    key = own * len(places) + start
    order = np.argsort(key)
    key, start, end, own = key[order], start[order], end[order], own[order]
    found, twice = np.full(count, None, dtype=object), np.zeros(count, dtype=bool)
    twice[own[1:][key[1:] == key[:-1]]] = True
    plain = ~twice[own]
    _put_rings(found, *_rings_of(places, start[plain], end[plain], own[plain]))
    left = shapely.is_missing(found)[own]
    edges = places[np.column_stack([start, end])[left]]
    for one, run in runs(own[left]):
        found[one] = enclosed(np.unique(np.sort(edges[run], axis=1), axis=0))
    found[shapely.is_missing(found)] = shapely.Polygon()
    return found


def _directed(shapes: NDArray[np.object_], lot: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """All places of shapes, and their edges, ground on the left: the numbers of the places where each begins and ends,
    and its lot."""
    parts, shape = shapely.get_parts(wound(shapes), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    places, number = np.unique(packed(xy.astype(np.int64)), return_inverse=True)
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    return places, number[starts], number[starts + 1], lot[shape[part[ring[starts]]]]


def _uncancelled(start: Numbers, end: Numbers, lot: Numbers, places: int) -> tuple[Numbers, Numbers, Numbers]:
    """Directed edges without those that others of their lot pass the other way, as often as they are left over."""
    edge = np.minimum(start, end) * places + np.maximum(start, end)
    order = np.argsort(edge, kind="stable")  # lots ascend, and do so still where edges are alike
    edge, own = edge[order], lot[order]
    begin = np.flatnonzero(np.r_[True, (edge[1:] != edge[:-1]) | (own[1:] != own[:-1])][: len(edge)])
    passes = np.diff(np.r_[0, np.cumsum(np.where(start < end, 1, -1)[order])][np.r_[begin, len(edge)]])
    kept = np.repeat(begin, np.abs(passes))
    low, high = np.divmod(edge[kept], max(places, 1))
    forth = np.repeat(passes > 0, np.abs(passes))
    return np.where(forth, low, high), np.where(forth, high, low), own[kept]


def _rings_of(places: Numbers, start: Numbers, end: Numbers, lot: Numbers) -> tuple[NDArray[np.object_], Numbers]:
    """The rings of edges of which none begins or ends where another of its lot does, and their lots. Edges are given
    by lot and where they begin."""
    after = np.empty_like(start)
    after[np.argsort(lot * len(places) + end)] = np.arange(len(start))
    way, size = _rounds(after)
    nodes = unpacked(places[start[way]]).astype(np.float64)
    ring = np.repeat(np.arange(len(size)), size)
    return shapely.linearrings(nodes, indices=ring), lot[way[np.cumsum(size) - size]]


def _rounds(after: Numbers) -> tuple[Numbers, Numbers]:
    """All numbers, each followed by what comes after it, round by round; and how many are in each round."""
    follows, seen = after.tolist(), bytearray(len(after))
    way, ends = list[int](), [0]
    for first in range(len(follows)):
        at = first
        while not seen[at]:
            seen[at] = True
            way.append(at)
            at = follows[at]
        if len(way) > ends[-1]:
            ends.append(len(way))
    return np.array(way, dtype=np.int64), np.diff(ends)


def _put_rings(found: NDArray[np.object_], rings: NDArray[np.object_], lot: Numbers) -> None:
    """The ground of each lot of rings that has but one shell, or no hole."""
    is_shell = shapely.is_ccw(rings)
    order = np.lexsort((~is_shell, lot))
    rings, lot, is_shell = rings[order], lot[order], is_shell[order]
    shells, all_ = (np.bincount(own, minlength=len(found))[lot] for own in (lot[is_shell], lot))
    single, several = shells == 1, (shells > 1) & (shells == all_)
    if single.any():
        shapely.polygons(rings[single], indices=lot[single], out=found)
    if several.any():
        shapely.multipolygons(shapely.polygons(rings[several]), indices=lot[several], out=found)
