"""How do rings run: the edges of many of them, and the stretches that edges make?

Everything of all rings stands in one row, ring by ring, so that a whole city is reckoned in a few passes.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

Figures = NDArray[np.float64]
Numbers = NDArray[np.int64]


FINEST = 48
"""Into how many stretches a ring is cut at most, short of one for each edge."""


@dataclass(frozen=True)
class Edges:
    """The edges of m rings, ring by ring: `first` of each ring (m + 1,); of each edge its two ends, metres from the
    first vertex of its ring, its length, and how it turns from the one before it (left is positive)."""

    first: Numbers
    start: Figures
    end: Figures
    length: Figures
    turn: Figures

    @classmethod
    def of(cls, rings: NDArray[np.object_], scale: Figures) -> "Edges":
        count = shapely.get_num_coordinates(rings)
        xy = shapely.get_coordinates(rings)
        last = np.cumsum(count) - 1
        xy = (xy - np.repeat(xy[last], count, axis=0)) * np.repeat(scale, count, axis=0)
        keep = np.ones(len(xy), dtype=bool)
        keep[last] = False
        keep = np.flatnonzero(keep)
        first = np.concatenate([[0], np.cumsum(count - 1)])
        along = xy[keep + 1] - xy[keep]
        before = np.arange(-1, len(along) - 1)
        before[first[:-1]] = first[1:] - 1
        return cls(first, xy[keep], xy[keep + 1], np.hypot(*along.T), angles(along[before], along))

    @property
    def perimeter(self) -> Figures:
        return np.add.reduceat(self.length, self.first[:-1])

    @cached_property
    def bins(self) -> Numbers:
        """In which of `FINEST` equal lengths of its ring each edge begins."""
        run = np.cumsum(self.length) - self.length
        count = np.diff(self.first)
        run -= np.repeat(run[self.first[:-1]], count)
        run *= np.repeat(FINEST / self.perimeter, count)
        return run.astype(np.int64)

    @property
    def sharpest(self) -> Figures:
        """The largest turn of each ring, to either side."""
        return np.maximum.reduceat(np.abs(self.turn), self.first[:-1])

    def some(self, rings: Numbers) -> "Edges":
        count = np.diff(self.first)[rings]
        first = np.concatenate([[0], np.cumsum(count)])
        which = np.repeat(self.first[rings] - first[:-1], count) + np.arange(first[-1])
        return Edges(first, self.start[which], self.end[which], self.length[which], self.turn[which])


@dataclass(frozen=True, slots=True)
class Stretches:
    """Runs of edges of m rings: `first` of each ring (m + 1,); of each run the bounds of its directions (radians from
    the ring's first edge on), of its ground (west, south, east, north), its first edge, and its two
    ends where it is one edge."""

    first: Numbers
    low: Figures
    high: Figures
    total: Figures
    box: Figures
    at: Numbers
    ends: Figures | None

    @classmethod
    def of(cls, edges: Edges, count: int | None) -> "Stretches":
        """About `count` stretches a ring, which divides `FINEST`; None: each edge is one."""
        if count is None:
            starts = np.ones(len(edges.length), dtype=bool)
        else:
            bins = edges.bins // (FINEST // count)
            starts = np.ones(len(bins), dtype=bool)
            starts[1:] = bins[1:] != bins[:-1]
            starts[edges.first[:-1]] = True
        at = np.flatnonzero(starts)
        begins = edges.first[:-1]
        direction = np.cumsum(edges.turn)
        direction -= np.repeat(direction[begins], np.diff(edges.first))
        corners = [np.minimum.reduceat(np.minimum(edges.start, edges.end), at, axis=0)]
        corners += [np.maximum.reduceat(np.maximum(edges.start, edges.end), at, axis=0)]
        return cls(
            first=np.searchsorted(at, edges.first),
            low=np.minimum.reduceat(direction, at),
            high=np.maximum.reduceat(direction, at),
            total=np.add.reduceat(edges.turn, begins),
            at=at,
            box=np.concatenate(corners, axis=1).T.copy(),
            ends=np.stack([edges.start, edges.end], axis=1) if count is None else None,
        )

    @property
    def following(self) -> Numbers:
        """The next stretch of the same ring, round and round."""
        following = np.arange(1, self.first[-1] + 1)
        following[self.first[1:] - 1] = self.first[:-1]
        return following

    def keep_direction(self, alpha: Figures) -> NDArray[np.bool_]:
        """Whether each two neighbouring stretches of a ring turn by no more than twice its `alpha`, and it has four."""
        count, next_one = np.diff(self.first), self.following
        shift = np.zeros(len(next_one))
        shift[self.first[1:] - 1] = self.total
        high = np.maximum(self.high, self.high[next_one] + shift)
        low = np.minimum(self.low, self.low[next_one] + shift)
        return np.asarray((np.maximum.reduceat(high - low, self.first[:-1]) <= 2 * alpha) & (count >= 4))

    def within(self, coarse: "Stretches") -> Numbers:
        """For each ring how far apart in the row two of these can be that lie in one or two neighbours of `coarse`."""
        place = np.searchsorted(self.at, coarse.at)
        held = np.diff(np.append(place, len(self.at)))
        return np.asarray(np.maximum.reduceat(held + held[coarse.following], coarse.first[:-1]) - 1, dtype=np.int64)

    def keep_apart(self, least: Figures, furthest: Numbers) -> NDArray[np.bool_]:
        """Whether stretches of a ring that are no neighbours are further apart than its `least`.

        Asked of those that are up to `furthest` places from each other in the row.
        """
        count = np.diff(self.first)
        apart, furthest = np.ones(len(count), dtype=bool), np.minimum(furthest, count // 2)
        for step in range(2, int(furthest.max(initial=0)) + 1):
            asked = np.flatnonzero(apart & (furthest >= step))
            size = count[asked]
            one = np.arange(size.sum()) + np.repeat(self.first[asked] - np.cumsum(size) + size, size)
            two = one + step
            two -= np.repeat(size, size) * (two >= np.repeat(self.first[asked + 1], size))
            near = self._near(one, two, np.repeat(least[asked], size))
            apart[np.repeat(asked, size)[near]] = False
        return apart

    def _near(self, one: Numbers, two: Numbers, least: Figures) -> NDArray[np.bool_]:
        gap2 = np.zeros(len(one))
        for low, high in ((0, 2), (1, 3)):
            side_one, side_two = self.box[low], self.box[high]
            gap = np.maximum(side_one[one] - side_two[two], side_one[two] - side_two[one])
            np.maximum(gap, 0.0, out=gap)
            gap2 += gap * gap
        near = gap2 < least * least
        if self.ends is not None:
            lines = shapely.linestrings(self.ends[one[near]]), shapely.linestrings(self.ends[two[near]])
            near[near] = shapely.distance(*lines) < least[near]
        return np.asarray(near)


def angles(one: Figures, two: Figures) -> Figures:
    """From the first direction to the second, (-pi, pi]; (n,) of (n, 2)."""
    cross = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    return np.arctan2(cross, one[:, 0] * two[:, 0] + one[:, 1] * two[:, 1])
