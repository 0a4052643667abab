"""Which claim owns each of many points? As `geo.index` asks for one, all at once.

What lies on an edge, where claims overlap, or where a sum cannot tell, is left to be asked one by one.
"""

import numpy as np
from numpy.typing import NDArray

from geo.cells import LOOK, NOBODY, Cells
from geo.edges import Floats, Numbers, batches, spread
from geo.lattice import LAT_OFFSET, LON_OFFSET, STEPS_PER_DEGREE
from geo.nodes import Nodes
from geo.sides import sides

AT_ONCE = 1 << 15
"""Points, and pairs of a point and an edge, that are worked on together: what fits into a processor's own memory."""
ONE = 2.0**26
"""Counts the claims over a point above the sum of their numbers, as in `geo.cutting`."""
UNSURE = -2


class Many:
    """Asks for many points at once."""

    def __init__(self, nodes: Nodes, cells: Cells) -> None:
        self._nodes, self._cells = nodes, cells
        self._bits, self._west, self._south, self._wide, self._tall = cells.frame.tolist()

    def owners(self, xy: NDArray[np.float64]) -> tuple[Numbers, Numbers]:
        """The owning claim of each point (n, 2) of degrees, -1 for nobody; and the points that are to be asked one by
        one."""
        found = np.empty(len(xy), dtype=np.int64)
        for first in range(0, len(xy), AT_ONCE):
            part = slice(first, first + AT_ONCE)
            found[part] = self._owners(np.ascontiguousarray(xy[part, 0]), np.ascontiguousarray(xy[part, 1]))
        return found, np.flatnonzero(found == UNSURE)

    def _owners(self, lon: Floats, lat: Floats) -> Numbers:
        x, y = np.floor(lon * STEPS_PER_DEGREE).astype(np.int64), np.floor(lat * STEPS_PER_DEGREE).astype(np.int64)
        x += LON_OFFSET
        y += LAT_OFFSET
        column, row = (x >> self._bits) - self._west, (y >> self._bits) - self._south
        on_map = np.flatnonzero((column >= 0) & (column < self._wide) & (row >= 0) & (row < self._tall))
        result = np.full(len(lon), NOBODY, dtype=np.int64)
        number = self._cells.square[row[on_map] * self._wide + column[on_map]]
        whole = number < 0
        result[on_map[whole]] = np.where(number[whole] == NOBODY, NOBODY, -2 - number[whole].astype(np.int64))
        at, number = on_map[~whole], number[~whole]
        power = self._cells.power[number].astype(np.int64)
        bits = self._bits - power
        x, y = x[at] >> bits, y[at] >> bits
        mask = (np.int64(1) << power) - 1
        found = self._cells.cell[self._cells.begin[number] + ((y & mask) << power) + (x & mask)].astype(np.int64)
        result[at] = found
        listed = np.flatnonzero(found <= LOOK)
        west = ((x[listed] << bits[listed]) - LON_OFFSET) / STEPS_PER_DEGREE
        south = ((y[listed] << bits[listed]) - LAT_OFFSET) / STEPS_PER_DEGREE
        at = at[listed]
        result[at] = self._asked(LOOK - found[listed], west, south, lon[at], lat[at])
        return result

    def _asked(self, number: Numbers, west: Floats, south: Floats, lon: Floats, lat: Floats) -> Numbers:
        base = self._cells.base[number].astype(np.int64)
        begin = self._cells.start[number]
        size = self._cells.start[number + 1] - begin
        total, touched = np.where(base >= 0, ONE + base, 0.0), base <= LOOK
        for part in batches(size, AT_ONCE):
            at, entry = spread(begin[part], size[part])
            at += part.start
            self._cross(at, self._cells.entry[entry], west, south, lon, lat, total, touched)
        one = (total >= ONE) & (total < 2 * ONE)
        found = np.where(one, total - ONE, np.where(total == 0, NOBODY, UNSURE)).astype(np.int64)
        found[touched] = UNSURE
        return found

    def _cross(
        self, at: Numbers, edge: NDArray[np.int32], west: Floats, south: Floats, lon: Floats, lat: Floats,
        total: Floats, touched: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        """Add to `total` what the edges that pass between a point and its corner change, and mark points on edges."""
        ends = self._nodes.x[edge], self._nodes.y[edge], self._nodes.x[edge + 1], self._nodes.y[edge + 1]
        ax, ay, bx, by = (column / STEPS_PER_DEGREE for column in ends)
        px, py, wx = lon[at], lat[at], west[at]
        level, upright = (ay > py) != (by > py), (ax >= wx) != (bx >= wx)
        asked = np.flatnonzero(level | upright | (ay == py) | (by == py))
        if not len(asked):
            return
        at, edge, ax, ay, bx, by = at[asked], edge[asked], ax[asked], ay[asked], bx[asked], by[asked]
        px, py, wx, wy, level, upright = px[asked], py[asked], wx[asked], south[at], level[asked], upright[asked]
        turn = sides(ax, ay, bx, by, px, py)
        on_edge = (turn == 0) & (np.minimum(ax, bx) <= px) & (px <= np.maximum(ax, bx))
        on_edge &= (np.minimum(ay, by) <= py) & (py <= np.maximum(ay, by))
        touched[at[on_edge]] = True
        up, along = np.sign(by - ay), np.sign(bx - ax)
        beside = sides(ax, ay, bx, by, wx, py)
        change = np.where(level, (turn * up < 0).astype(np.int8) - (beside * up < 0), 0) * up
        climbed = np.flatnonzero(upright)
        if len(climbed):
            low = sides(ax[climbed], ay[climbed], bx[climbed], by[climbed], wx[climbed], wy[climbed])
            below = [_is_below(told, up[climbed], along[climbed]) for told in (low, beside[climbed])]
            change[climbed] -= (below[1].astype(np.int8) - below[0]) * along[climbed]
        crossed = np.flatnonzero(change != 0)
        own, across = self._nodes.of[edge[crossed]], self._nodes.across[edge[crossed]]
        gain = np.where(across >= 0, ONE + across, 0.0) - (ONE + own)
        np.add.at(total, at[crossed], gain * change[crossed])


def _is_below(turn: NDArray[np.int8], up: Floats, along: Floats) -> NDArray[np.bool_]:
    """Whether an edge passes below a corner, as in `geo.corners`."""
    return np.asarray(np.where(turn != 0, turn, np.where(up != 0, up, along)) * along > 0)
