"""Along which edges do pieces of ground meet each other, and how long is that?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from geo.lattice import Keys, directed_edges, steps_of, to_degrees
from geo.plane import Plane

OUTSIDE = -1
"""The number of the ground around the pieces."""

Numbers = NDArray[np.int64]
Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Borders:
    """Each edge of pieces that cover ground once: its nodes, the lower first (n,), its length in metres (n,), and the
    pieces on its left and right for who goes from the lower to the higher node (n,), `OUTSIDE` where there is none."""

    low: Keys
    high: Keys
    left: Numbers
    right: Numbers
    length: Figures

    @classmethod
    def of(cls, pieces: Sequence[Polygon], plane: Plane) -> "Borders":
        start, end, piece = directed_edges(pieces)
        up = start < end
        low, high = np.where(up, start, end), np.where(up, end, start)
        order = np.lexsort((high, low))
        new = np.r_[True, (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])]
        number = np.empty(len(order), dtype=np.int64)
        number[order] = np.cumsum(new) - 1
        left, right = np.full((2, int(new.sum())), OUTSIDE)
        left[number[up]], right[number[~up]] = piece[up], piece[~up]
        low, high = low[order][new], high[order][new]
        return cls(low, high, left, right, np.hypot(*(at(high, plane) - at(low, plane)).T))

    def within(self, ground: Numbers) -> "Borders":
        """The same, as if pieces of different ground (that of each, (n,)) did not lie beside each other: an edge
        between two is one at the outside of each."""
        known = np.append(ground, OUTSIDE)
        inner = (self.left != OUTSIDE) & (self.right != OUTSIDE)
        apart = inner & (known[self.left] != known[self.right])
        if not apart.any():
            return self
        both, none = np.r_[np.arange(len(self.low)), np.flatnonzero(apart)], np.full(int(apart.sum()), OUTSIDE)
        left, right = np.r_[self.left, none], np.r_[np.where(apart, OUTSIDE, self.right), self.right[apart]]
        return Borders(self.low[both], self.high[both], left, right, self.length[both])

    def between(self, group: Numbers) -> tuple[Numbers, Numbers, Figures]:
        """Each two groups that meet, the lower first, and the metres that they share; `group` tells that of each
        piece."""
        one, other = self.grouped(group)
        apart = (one != other) & (one != OUTSIDE) & (other != OUTSIDE)
        pairs = np.sort(np.column_stack([one[apart], other[apart]]), axis=1)
        each, place = np.unique(pairs, axis=0, return_inverse=True)
        metres: Figures = np.bincount(place.ravel(), weights=self.length[apart], minlength=len(each)).astype(np.float64)
        return each[:, 0], each[:, 1], metres

    def grouped(self, group: Numbers) -> tuple[Numbers, Numbers]:
        """The groups on the left and right of each edge."""
        known: Numbers = np.append(group, OUTSIDE)
        return known[self.left], known[self.right]


def at(nodes: Keys, plane: Plane) -> Figures:
    """Where nodes lie, metres (n, 2)."""
    return np.asarray((to_degrees(steps_of(nodes)) - plane.origin) * plane.scale)
