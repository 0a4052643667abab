"""Which squares lie over all nodes, and which edges touch each?"""

from dataclasses import dataclass

import numpy as np

from geo.cells import offset
from geo.corners import Ways, rows_crossed
from geo.edges import Floats, Numbers, distinct, spread, summed
from geo.nodes import END, Nodes
from geo.squares import touched

SMALLEST_BITS = 17
"""log2 of a square's side: 131,072 steps, 1.45 km from south to north."""
MOST_SQUARES = 1 << 22
"""Squares are larger on wider ground."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Squares over all nodes: log2 of the side in steps, the first one's column and row, how many across and up."""

    bits: int
    west: int
    south: int
    wide: int
    tall: int

    @classmethod
    def over(cls, nodes: Nodes) -> "Frame":
        if not len(nodes.x):
            return cls(SMALLEST_BITS, 0, 0, 0, 0)
        x, y = offset(nodes.x, nodes.y)
        box = [int(end) for end in (x.min() - 2, y.min() - 2, x.max() + 2, y.max() + 2)]
        bits = SMALLEST_BITS
        while True:
            west, south, east, north = (end >> bits for end in box)
            wide, tall = east - west + 1, north - south + 1
            if wide * tall <= MOST_SQUARES:
                return cls(bits, west, south, wide, tall)
            bits += 1

    @property
    def side(self) -> int:
        return 1 << self.bits

    @property
    def squares(self) -> int:
        return self.wide * self.tall

    def corner(self, square: Numbers) -> tuple[Floats, Floats]:
        """The south-west corner of squares in steps."""
        row, column = np.divmod(square, max(self.wide, 1))
        return (column + self.west) * float(self.side), (row + self.south) * float(self.side)

    def about(self, nodes: Nodes, claim: int) -> Numbers:
        """The squares that the box of a claim touches."""
        own = slice(nodes.first[claim], nodes.first[claim + 1])
        x, y = offset(nodes.x[own], nodes.y[own])
        columns, rows = (
            np.arange((int(at.min()) - 2) >> self.bits, ((int(at.max()) + 2) >> self.bits) + 1) - first
            for at, first in ((x, self.west), (y, self.south))
        )
        return np.asarray((rows[:, None] * self.wide + columns).ravel(), dtype=np.int64)


class Borders:
    """All edges of some claims, each once, and the squares that each touches."""

    def __init__(self, nodes: Nodes, frame: Frame) -> None:
        self.nodes, self.frame = nodes, frame
        self.edges = np.flatnonzero((nodes.across != END) & ((nodes.across < 0) | (nodes.of < nodes.across)))
        x, y = offset(nodes.x, nodes.y)
        ends = self.edges, self.edges + 1
        self.ways = Ways(*(column[end].astype(np.float64) for end in ends for column in (x, y)))
        edge, column, row = touched(self.ways, frame.side)
        square = (row - frame.south) * frame.wide + column - frame.west
        self._square, self._edge = np.divmod(distinct(square * self.count + edge), max(self.count, 1))
        self.size = np.bincount(self._square, minlength=frame.squares)
        self._first = np.cumsum(self.size) - self.size

    @property
    def count(self) -> int:
        return len(self.edges)

    def touching(self, squares: Numbers) -> tuple[Numbers, Numbers]:
        """Every pair of one of the squares, by its place in the list, and an edge that touches it."""
        at, place = spread(self._first[squares], self.size[squares])
        return at, self._edge[place]

    def gains(self, value: Floats) -> Floats:
        """What each edge adds where it is crossed to the side across: the claim there, less its own; nobody is 0."""
        value = np.append(value, 0.0)  # place -1: nobody's
        return np.asarray(value[self.nodes.across[self.edges]] - value[self.nodes.of[self.edges]])

    def at_corners(self, gain: Floats) -> Floats:
        """The sum of `gain` (edges,) on the way from the far west to the corner of each square."""
        frame = self.frame
        low = np.full(self.count, frame.west * float(frame.side)), np.full(self.count, frame.south * float(frame.side))
        edge, line, column = rows_crossed(self.ways, *low, frame.side, frame.tall)
        inside = column < frame.wide
        edge, place = edge[inside], line[inside] * frame.wide + np.maximum(column[inside], 0)
        total = summed(place, gain[edge] * self.ways.northward[edge], frame.squares)
        return np.asarray(np.cumsum(total.reshape(frame.tall, frame.wide), axis=1).ravel())
