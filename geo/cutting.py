"""How is the ground of many claims cut into squares and cells?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo import crowds
from geo.cells import LOOK, NOBODY, Cells
from geo.corners import rows_crossed, side_crossed
from geo.edges import Floats, Numbers, distinct, summed
from geo.frame import Borders, Frame
from geo.nodes import Nodes
from geo.squares import clipped, touched

CELLS_AN_EDGE, FEW_CELLS_AN_EDGE = 1.5, 0.2
"""A square has at least so many cells for each edge that touches it; few where it is seldom asked."""
MOST_POWER = 9
"""And at most 512 x 512."""
AT_ONCE = 1 << 20
"""Cells that are worked on together."""
ONE = 2.0**26
"""Counts the claims over a corner above the sum of their numbers, so that one sum tells both."""
SIGNATURE = 2**44
"""Random numbers below this, one a claim, are summed up; with the sum of the claims' own numbers that tells one crowd
from another."""
ALONE = -1.0
"""The signature of a corner that is asked by itself: odd ground has none."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some cells: the claim at each corner (`NOBODY`, or `LOOK` for a crowd), of each crowd (n, 2) the sum of its
    claims and its signature, and every pair of a cell and an edge that touches it, in order."""

    base: NDArray[np.int32]
    crowd: Floats
    cell: Numbers
    edge: Numbers


def cut(nodes: Nodes, cells_an_edge: float = CELLS_AN_EDGE) -> Cells:
    """The cells over all claims."""
    odd = nodes.odd
    frame = Frame.over(nodes)
    borders = Borders(nodes, frame)
    sums = borders.gains(np.where(odd, 0.0, ONE + np.arange(len(odd))))
    total = borders.at_corners(sums)
    unsure = np.zeros(frame.squares, dtype=bool)
    for claim in np.flatnonzero(odd).tolist():
        unsure[frame.about(nodes, claim)] = True
    power = np.clip(np.ceil(np.log2(np.maximum(borders.size, 1) * cells_an_edge) / 2), 0, MOST_POWER).astype(np.int64)
    kept = np.flatnonzero((borders.size > 0) | (total >= 2 * ONE) | unsure)
    kept = kept[np.argsort(power[kept], kind="stable")]
    square = np.where(total > 0, -2 - (total - ONE), NOBODY).astype(np.int32)
    square[kept] = np.arange(len(kept))
    cutting = _Cutting(borders, sums, total, odd, unsure)
    parts = [cutting.part(some, one) for some, one in _batches(kept, power)]
    return _assembled(nodes, borders, square, kept, power[kept], parts)


def _batches(kept: Numbers, power: Numbers) -> Iterator[tuple[Numbers, int]]:
    """Squares of one power, as many as are worked on together, in their order."""
    for one in np.unique(power[kept]).tolist():
        own = kept[power[kept] == one]
        most = max(1, AT_ONCE >> 2 * one)
        yield from ((own[first : first + most], one) for first in range(0, len(own), most))


class _Cutting:
    """Cuts squares into cells. `total`: the sum at the corner of each square; `unsure`: squares near odd ground."""

    def __init__(
        self, borders: Borders, sums: Floats, total: Floats, odd: NDArray[np.bool_], unsure: NDArray[np.bool_]
    ) -> None:
        self._borders, self._sums, self._total, self._unsure = borders, sums, total, unsure
        chance = np.random.default_rng(0).integers(1, SIGNATURE, len(odd))
        self._signs = borders.gains(np.where(odd, 0.0, chance))
        self._signature: Floats | None = None

    def part(self, squares: Numbers, power: int) -> Part:
        at, edge = self._borders.touching(squares)
        total = self._summed(squares, power, at, edge, self._sums, self._total)
        unsure = np.repeat(self._unsure[squares], 1 << 2 * power)
        crowded = np.flatnonzero((total >= 2 * ONE) | unsure)
        base = np.where(total > 0, total - ONE, NOBODY)
        base[crowded] = LOOK
        crowd = np.empty((0, 2))
        if len(crowded):
            if self._signature is None:
                self._signature = self._borders.at_corners(self._signs)
            signature = self._summed(squares, power, at, edge, self._signs, self._signature)
            signature[unsure] = ALONE
            crowd = np.column_stack([total, signature])[crowded]
        return Part(base.astype(np.int32), crowd, *self._touched(squares, power, at, edge))

    def _touched(self, squares: Numbers, power: int, at: Numbers, edge: Numbers) -> tuple[Numbers, Numbers]:
        frame, count = self._borders.frame, 1 << power
        side = frame.side >> power
        left, low = frame.corner(squares)
        pair, column, row = touched(clipped(self._borders.ways.taken(edge), left[at], low[at], frame.side), side)
        at, edge = at[pair], edge[pair]
        column -= (left[at] / side).astype(np.int64)
        row -= (low[at] / side).astype(np.int64)
        inside = (column >= 0) & (column < count) & (row >= 0) & (row < count)
        cell = ((at * count + row) * count + column)[inside]
        return np.divmod(distinct(cell * self._borders.count + edge[inside]), max(self._borders.count, 1))

    def _summed(self, squares: Numbers, power: int, at: Numbers, edge: Numbers, gain: Floats, base: Floats) -> Floats:
        """The sum at the corner of each cell: from that of its square north along its side, then east."""
        frame, count = self._borders.frame, 1 << power
        side, ways, own = frame.side >> power, self._borders.ways.taken(edge), gain[edge]
        left, low = (column[at] for column in frame.corner(squares))
        pair, row = side_crossed(ways, left, low, side)
        inside = (row > 0) & (row < count)
        pair, row = pair[inside], row[inside]
        north = summed(at[pair] * count + row, -own[pair] * ways.eastward[pair], len(squares) * count)
        north[::count] += base[squares]
        pair, line, column = rows_crossed(ways, left, low, side, count)
        inside = (column > 0) & (column < count)
        pair, line, column = pair[inside], line[inside], column[inside]
        place = (at[pair] * count + line) * count + column
        total = summed(place, own[pair] * ways.northward[pair], len(squares) * count * count)
        total[::count] += np.cumsum(north.reshape(-1, count), axis=1).ravel()
        return np.asarray(np.cumsum(total.reshape(-1, count), axis=1).ravel())


def _assembled(
    nodes: Nodes, borders: Borders, square: NDArray[np.int32], kept: Numbers, power: Numbers, parts: list[Part]
) -> Cells:
    size = np.int64(1) << 2 * power
    begin = np.cumsum(size) - size
    first = np.cumsum([0, *(len(part.base) for part in parts)])[:-1].tolist()
    base = np.concatenate([np.empty(0, np.int32), *(part.base for part in parts)])
    touched_cell = np.concatenate([np.empty(0, np.int64), *(p.cell + at for p, at in zip(parts, first, strict=True))])
    edge = np.concatenate([np.empty(0, np.int64), *(part.edge for part in parts)])
    crowded = np.flatnonzero(base == LOOK)
    crowd = np.concatenate([np.empty((0, 2)), *(part.crowd for part in parts)])
    corners = _corners(borders.frame, kept, power, begin, crowded)
    base[crowded], bound, several = _crowds(nodes, crowd, *corners)
    listed = distinct(np.concatenate([touched_cell, crowded]))
    cell = base.copy()
    cell[listed] = LOOK - np.arange(len(listed), dtype=np.int32)
    frame = borders.frame
    return Cells(
        frame=np.array([frame.bits, frame.west, frame.south, frame.wide, frame.tall]),
        square=square,
        power=power.astype(np.int32),
        begin=begin,
        cell=cell,
        base=base[listed],
        start=np.append(np.searchsorted(touched_cell, listed), len(touched_cell)),
        entry=borders.edges[edge].astype(np.int32),
        bound=bound,
        several=several,
    )


def _corners(frame: Frame, kept: Numbers, power: Numbers, begin: Numbers, cell: Numbers) -> tuple[Floats, Floats]:
    """The south-west corners of cells in steps."""
    at = np.searchsorted(begin, cell, side="right") - 1
    row, column = np.divmod(cell - begin[at], np.int64(1) << power[at])
    left, low = frame.corner(kept[at])
    side = np.int64(frame.side) >> power[at]
    return left + column * side, low + row * side


def _crowds(nodes: Nodes, crowd: Floats, x: Floats, y: Floats) -> tuple[NDArray[np.int32], Numbers, NDArray[np.int32]]:
    """What to put down for crowded corners (n,): the only claim after all, `NOBODY`, or `LOOK` - the number of a set;
    and the sets. Corners of one sum and signature have one set; those with none (`ALONE`) are asked one by one."""
    key = crowd.copy()
    alone = np.flatnonzero(crowd[:, 1] == ALONE)
    key[alone, 1] = ALONE - alone
    _, example, same = np.unique(key, axis=0, return_index=True, return_inverse=True)
    told: list[int] = []
    sets: list[list[int]] = []
    for claims, odd in zip(crowds.of_corners(nodes, x[example], y[example]), key[example, 1] < 0, strict=True):
        if odd or len(claims) > 1:  # near odd ground sums tell nothing: one by one for ever
            told.append(LOOK - len(sets))
            sets.append(claims)
        else:
            told.append(claims[0] if claims else NOBODY)
    bound = np.cumsum([0, *(len(claims) for claims in sets)])
    several = np.array([claim for claims in sets for claim in claims], dtype=np.int32)
    return np.array(told, dtype=np.int32)[same], bound, several
