"""Whose ground is at the corners of cells?

Ways lead from each corner of a square north and east; the edges they cross are summed up. A corner counts as an
infinitely small bit west of itself and an infinitely smaller one north, so that it lies on no edge.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.edges import Floats, Numbers, spread
from geo.lattice import LAT_OFFSET, LON_OFFSET, STEPS_PER_DEGREE
from geo.sides import sides

TIE = 0.01
"""Closer to a corner than this, in steps, doubles do not tell on which side an edge passes it."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Edges to be crossed: start and end in steps from the world's south-west corner (n,)."""

    ax: Floats
    ay: Floats
    bx: Floats
    by: Floats

    def taken(self, numbers: Numbers) -> "Ways":
        return Ways(self.ax[numbers], self.ay[numbers], self.bx[numbers], self.by[numbers])

    @property
    def eastward(self) -> NDArray[np.int8]:
        return np.sign(self.bx - self.ax).astype(np.int8)

    @property
    def northward(self) -> NDArray[np.int8]:
        return np.sign(self.by - self.ay).astype(np.int8)

    def sides(self, x: Floats, y: Floats) -> NDArray[np.int8]:
        """On which side of each edge a place (n,) lies, in the doubles that coordinates are kept in."""
        return sides(_lon(self.ax), _lat(self.ay), _lon(self.bx), _lat(self.by), _lon(x), _lat(y))

    def is_west_of(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Whether each edge, which the level line through the corner crosses, does so west of it."""
        return self.sides(x, y) * self.northward < 0

    def is_below(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Whether each edge, which the upright line through the corner crosses, does so below it."""
        found, up, along = self.sides(x, y), self.northward, self.eastward
        told = np.where(found != 0, found, np.where(up != 0, up, along))
        return np.asarray(told * along > 0)


def rows_crossed(ways: Ways, low_x: Floats, low_y: Floats, side: int, most: int) -> tuple[Numbers, Numbers, Numbers]:
    """Each crossing of an edge (n,) with one of `most` level lines, `side` apart, the first at its `low_y`: the number
    of the edge, of the line, and of the first corner (the first one at `low_x`) that it passes west of."""
    south, north = np.minimum(ways.ay, ways.by), np.maximum(ways.ay, ways.by)
    first = np.clip(np.ceil((south - low_y) / side), 0, most).astype(np.int64)
    last = np.clip(np.ceil((north - low_y) / side), 0, most).astype(np.int64)
    edge, line = spread(first, last - first)
    own = ways.taken(edge)
    y = low_y[edge] + line * side
    x = own.ax + (y - own.ay) * ((own.bx - own.ax) / (own.by - own.ay))
    corner, near = _nearest(x, low_x[edge], side)
    column = np.floor((x - low_x[edge]) / side).astype(np.int64) + 1
    tied, at = own.taken(near), low_x[edge[near]] + corner[near] * side
    column[near] = corner[near] + ~tied.is_west_of(at, y[near])
    return edge, line, column


def side_crossed(ways: Ways, low_x: Floats, low_y: Floats, side: int) -> tuple[Numbers, Numbers]:
    """Each crossing of an edge (n,) with the upright line through its `low_x`: the number of the edge, and of the first
    corner (the first one at `low_y`) that it passes below."""
    edge = np.flatnonzero((ways.ax >= low_x) != (ways.bx >= low_x))
    own, x, base = ways.taken(edge), low_x[edge], low_y[edge]
    y = own.ay + (x - own.ax) * ((own.by - own.ay) / (own.bx - own.ax))
    corner, near = _nearest(y, base, side)
    row = np.floor((y - base) / side).astype(np.int64) + 1
    row[near] = corner[near] + ~own.taken(near).is_below(x[near], base[near] + corner[near] * side)
    return edge, row


def _nearest(value: Floats, low: Floats, side: int) -> tuple[Numbers, Numbers]:
    """The number of the corner nearest to each value, and which are too near to tell."""
    corner = np.rint((value - low) / side).astype(np.int64)
    return corner, np.flatnonzero(np.abs(value - low - corner * side) < TIE)


def _lon(steps: Floats) -> Floats:
    return (steps - LON_OFFSET) / STEPS_PER_DEGREE


def _lat(steps: Floats) -> Floats:
    return (steps - LAT_OFFSET) / STEPS_PER_DEGREE
