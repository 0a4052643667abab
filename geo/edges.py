"""Which directed edges do many shapes have, as plain columns of numbers, and how much ground do two shapes share?"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Shapes = NDArray[np.object_]

AT_ONCE = 1 << 16
"""Edges that are worked on together: what fits into a processor's own memory."""
TERMS_AT_ONCE = 1 << 19
"""Pairs of edges of two shapes; most are far from each other."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of sound shapes, ground to the left of them: start and end in degrees, and the number of the shape (n,).

    In order of shapes; at the end, with -1, those of lines and points that enclose nothing.
    """

    x: Floats
    y: Floats
    end_x: Floats
    end_y: Floats
    of: Numbers

    @classmethod
    def among(cls, shapes: Shapes) -> "Edges":
        """All edges of the shapes (n,); a single point is an edge of no length."""
        parts, owner = shapely.get_parts(shapes, return_index=True)
        flat = shapely.get_dimensions(parts) < 2
        rings = shapely.orient_polygons(parts[~flat], exterior_cw=False)
        part = np.arange(len(rings))
        if shapely.get_num_interior_rings(rings).any():  # else a polygon is as good as its ring, and sooner at hand
            rings, part = shapely.get_rings(rings, return_index=True)
        lines = [shapely.LineString(np.repeat(shapely.get_coordinates(line), 2, axis=0)) for line in parts[flat]]
        number = np.concatenate([owner[~flat][part], np.full(len(lines), -1)])
        xy, ring = shapely.get_coordinates(np.concatenate([rings, np.array(lines, dtype=object)]), return_index=True)
        x, y = np.ascontiguousarray(xy.T)
        of = number[ring]
        if len(ring) == 0:
            return cls(x, y, x, y, of)
        follows = ring[1:] == ring[:-1]
        return cls(x[:-1][follows], y[:-1][follows], x[1:][follows], y[1:][follows], of[:-1][follows])

    def __len__(self) -> int:
        return len(self.x)

    @property
    def box(self) -> tuple[Floats, Floats, Floats, Floats]:
        """West, south, east and north of each edge."""
        x, y, end_x, end_y = self.x, self.y, self.end_x, self.end_y
        return np.minimum(x, end_x), np.minimum(y, end_y), np.maximum(x, end_x), np.maximum(y, end_y)

    @property
    def dx(self) -> Floats:
        return self.end_x - self.x

    @property
    def dy(self) -> Floats:
        return self.end_y - self.y

    def taken(self, numbers: Numbers) -> "Edges":
        return Edges(self.x[numbers], self.y[numbers], self.end_x[numbers], self.end_y[numbers], self.of[numbers])

    def runs(self, count: int) -> tuple[Numbers, Numbers]:
        """The first edge of each of `count` shapes, and how many it has."""
        size = np.bincount(self.of[self.of >= 0], minlength=count)
        return np.cumsum(size) - size, size


def spread(first: Numbers, size: Numbers) -> tuple[Numbers, Numbers]:
    """All numbers of runs that begin at `first`: the number of the run, and the number in it."""
    run = np.repeat(np.arange(len(size)), size)
    return run, np.arange(len(run)) + np.repeat(first - np.cumsum(size) + size, size)


def summed(place: Numbers, value: Floats, count: int) -> Floats:
    """The sum of the values (n,) that fall on each of `count` places."""
    return np.bincount(place, value, count).astype(np.float64)  # without any values numpy counts in whole numbers


def distinct(numbers: Numbers) -> Numbers:
    """Each number once, in order: by sorting, which for millions takes a fraction of what hashing does."""
    ordered = np.sort(numbers)
    return np.asarray(ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]])


def batches(size: Numbers, most: int = AT_ONCE) -> Iterator[slice]:
    """Slices of things whose sizes add up to about `most`, one thing at least."""
    total = np.cumsum(size)
    cuts = np.searchsorted(total, np.arange(most, total[-1] if len(total) else 0, most))
    bounds = np.unique(np.concatenate([[0], cuts, [len(size)]])).tolist()
    yield from (slice(first, last) for first, last in pairwise(bounds))


def shared_deg2(small: Shapes, large: Edges, one: Numbers, other: Numbers, shapes: int) -> Floats:
    """Square degrees that shapes `one` of `small` and shapes `other` of those `large` are the edges of share, pair by
    pair (n,); exact but for the rounding of doubles. `shapes` is how many `large` has.

    The ground of a shape is what lies below its upper edges and not below its lower ones; so the ground of two is the
    sum over all pairs of their edges of what lies below both, with the signs of both.
    """
    result = np.zeros(len(one))
    own = Edges.among(small)
    own_first, own_size = own.runs(len(small))
    first, size = large.runs(shapes)
    left, base, right, _ = shapely.bounds(small).reshape(-1, 4).T
    west, _, east, top = large.box
    for part in batches(size[other] * own_size[one], TERMS_AT_ONCE):
        pair, edge = spread(first[other[part]], size[other[part]])
        thing = one[part][pair]
        near = np.flatnonzero(west[edge] < right[thing])
        near = near[east[edge[near]] > left[thing[near]]]
        near = near[top[edge[near]] > base[thing[near]]]
        pair, edge, thing = pair[near], edge[near], thing[near]
        at, mine = spread(own_first[thing], own_size[thing])
        below = _below_both(own.taken(mine), large.taken(edge[at]), base[thing[at]])
        result[part] = np.bincount(pair[at], below, len(result[part]))
    return result


def _below_both(a: Edges, b: Edges, base: Floats) -> Floats:
    """Signed ground between `base` and the lower one of two edges, over the stretch that lies below both (n,)."""
    (a_west, _, a_east, _), (b_west, _, b_east, _) = a.box, b.box
    west = np.maximum(a_west, b_west)
    wide = np.minimum(a_east, b_east) - west
    wide = np.maximum(wide, 0.0)  # 0 for upright edges, below which nothing lies
    slope, other = (edge.dy / np.where(edge.x == edge.end_x, 1.0, edge.dx) for edge in (a, b))
    left = a.y - base + (west - a.x) * slope
    above_left = (b.y - base + (west - b.x) * other) - left
    above_right = above_left + wide * (other - slope)
    low_left, low_right = np.minimum(above_left, 0.0), np.minimum(above_right, 0.0)
    lower = _mean_below(low_left + low_right, np.abs(above_left) + np.abs(above_right))
    signs = np.sign(a.dx) * np.sign(b.dx)
    return np.asarray(signs * wide * (left + slope * wide / 2 + lower), dtype=np.float64)


def _mean_below(lowest: Floats, span: Floats) -> Floats:
    """The mean of the part below zero of a straight line: `lowest` is the sum of what its ends have below zero, `span`
    that of how far they are from it. Where both ends are below these are the same, and it is half of them."""
    return np.asarray(lowest * np.abs(lowest) / np.where(span > 0, span, 1.0) / 2, dtype=np.float64)
