"""How do blocks with present grids become a wished number of grids to begin with?

Too few: the grid with the most households is halved. Too many: the one with the fewest joins a neighbour. The larger
part keeps the grid's name.
"""

from dataclasses import dataclass

import numpy as np

from geo.draw.borders import OUTSIDE, Figures, Numbers
from geo.draw.discs import is_disc
from geo.draw.halving import parted
from geo.draw.mosaic import Mosaic

GONE = 1 << 30
"""The home of blocks whose grid goes on as none."""


@dataclass(frozen=True, slots=True)
class Labels:
    """`label` (n,) of each block, `home` (n,) the label of its present grid, and the present grid (k,) that each label
    goes on as, `OUTSIDE` for a new one."""

    label: Numbers
    home: Numbers
    grid: list[int]


def whole(mosaic: Mosaic, home: Numbers, stays: Numbers) -> Labels:
    """Blocks as they are, but those of `stays` (n,) `OUTSIDE` with the neighbour they have the longest border to."""
    label = stays.copy()
    while (label == OUTSIDE).any():
        before = label.copy()
        for block in np.flatnonzero(before == OUTSIDE).tolist():
            label[block] = _longest(mosaic, before, block)
        if np.array_equal(before, label):
            label[label == OUTSIDE] = home[label == OUTSIDE]
    return Labels(label, home, [*range(int(home.max()) + 1)])


def into(mosaic: Mosaic, start: Labels, number: int, seed: int) -> Labels | None:
    """The same in so many grids; None where the ground does not come apart so."""
    label, grid = start.label.copy(), [*start.grid]
    while len(grid) < number:
        if not _halve(mosaic, label, grid, seed):
            return None
    while len(grid) > number:
        if not _join(mosaic, label, grid):
            return None
    place = {own: at for at, own in enumerate(grid) if own != OUTSIDE}
    return Labels(label, np.array([place.get(own, GONE) for own in start.home.tolist()]), grid)


def _longest(mosaic: Mosaic, label: Numbers, block: int) -> int:
    runs = slice(mosaic.run_first[block], mosaic.run_first[block + 1])
    beyond, length = mosaic.run_block[runs], mosaic.run_length[runs]
    inner = beyond >= 0
    owner = label[beyond[inner]]
    known = owner != OUTSIDE
    if not known.any():
        return OUTSIDE
    return int(np.bincount(owner[known], weights=length[inner][known]).argmax())


def _halve(mosaic: Mosaic, label: Numbers, grid: list[int], seed: int) -> bool:
    """Whether one was halved, that with the most households if possible."""
    load: Figures = mosaic.households + 0.001 * mosaic.ground * max(1, mosaic.households.sum()) / mosaic.ground.sum()
    for own in np.argsort(-_loads(mosaic, label, len(grid)), kind="stable").tolist():
        if parted(mosaic, label, own, len(grid), load, seed):
            grid.append(OUTSIDE)
            loads = _loads(mosaic, label, len(grid))
            if loads[-1] > loads[own]:
                label[:] = np.select([label == own, label == len(grid) - 1], [len(grid) - 1, own], label)
            return True
    return False


def _join(mosaic: Mosaic, label: Numbers, grid: list[int]) -> bool:
    """Whether one joined a neighbour, that with the fewest households if possible; the fuller of both goes on."""
    loads = _loads(mosaic, label, len(grid))
    for own in np.argsort(loads, kind="stable").tolist():
        for other in sorted(_beside(mosaic, label, own), key=lambda one: (loads[one], one)):
            if not _is_whole(mosaic, label, own, other):
                continue
            stays = max(own, other, key=lambda one: (loads[one], grid[one] != OUTSIDE))
            goes = own if stays == other else other
            label[label == goes] = stays
            label[label == len(grid) - 1] = goes  # the last one takes the number that is free
            grid[goes] = grid[-1]
            grid.pop()
            return True
    return False


def _loads(mosaic: Mosaic, label: Numbers, grids: int) -> Figures:
    return np.bincount(label, weights=mosaic.households, minlength=grids).astype(np.float64)


def _beside(mosaic: Mosaic, label: Numbers, own: int) -> set[int]:
    found: set[int] = set()
    for block in np.flatnonzero(label == own).tolist():
        beyond = mosaic.run_block[mosaic.run_first[block] : mosaic.run_first[block + 1]]
        found |= set(label[beyond[beyond >= 0]].tolist())
    return found - {own}


def _is_whole(mosaic: Mosaic, label: Numbers, own: int, other: int) -> bool:
    """Whether two grids together are in one part without a hole."""
    both = np.flatnonzero((label == own) | (label == other))
    trial = np.where(label == other, own, label)
    stamp = np.full(len(mosaic.node_first) + len(label), -1, np.int64)
    return bool(is_disc(mosaic, trial, own, both, stamp, 0))
