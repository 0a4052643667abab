"""Which squares of a lattice of squares does an edge touch?"""

import numpy as np

from geo.corners import Ways
from geo.edges import Floats, Numbers, spread

MARGIN = 1.0
"""Steps beside an edge that count as touched: more than any rounding in here or in a question."""


def touched(ways: Ways, side: int) -> tuple[Numbers, Numbers, Numbers]:
    """Every pair of an edge (n,) and a square of `side` steps that it touches: edge, column, row.

    A few squares too many at corners; a pair may come more than once where an edge is longer than a side.
    """
    dx, dy = ways.bx - ways.ax, ways.by - ways.ay
    count = (np.maximum(np.abs(dx), np.abs(dy)) / side).astype(np.int64) + 1
    edge, at = spread(np.zeros_like(count), count)
    share = 1.0 / count[edge]
    dx, dy = dx[edge] * share, dy[edge] * share
    x, y = ways.ax[edge] + at * dx, ways.ay[edge] + at * dy
    left, right = _numbers(x, x + dx, side)
    low, high = _numbers(y, y + dy, side)
    wide = right - left + 1
    piece, square = spread(np.zeros_like(wide), wide * (high - low + 1))
    row, column = np.divmod(square, wide[piece])
    return edge[piece], left[piece] + column, low[piece] + row


def clipped(ways: Ways, left: Floats, low: Floats, side: int) -> Ways:
    """The part of each edge within the square that begins at (`left`, `low`), with some steps to spare.

    Parametric clipping (Y.-D. Liang, B. A. Barsky, 1984); the edges are known to come near their square.
    """
    spare = 4 * MARGIN
    begin, end = np.zeros(len(left)), np.ones(len(left))
    dx, dy = ways.bx - ways.ax, ways.by - ways.ay
    for from_, way, first in ((ways.ax, dx, left), (ways.ay, dy, low)):
        moving = way != 0
        by_way = 1.0 / np.where(moving, way, 1.0)
        one, other = (first - spare - from_) * by_way, (first + side + spare - from_) * by_way
        begin = np.where(moving, np.maximum(begin, np.minimum(one, other)), begin)
        end = np.where(moving, np.minimum(end, np.maximum(one, other)), end)
    end = np.maximum(begin, end)
    return Ways(ways.ax + begin * dx, ways.ay + begin * dy, ways.ax + end * dx, ways.ay + end * dy)


def _numbers(one: Floats, other: Floats, side: int) -> tuple[Numbers, Numbers]:
    low = np.floor((np.minimum(one, other) - MARGIN) / side).astype(np.int64)
    return low, np.floor((np.maximum(one, other) + MARGIN) / side).astype(np.int64)
