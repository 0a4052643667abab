"""How do blocks look to those who know graphs only, and what is it worth to assign them so?

Plain arrays, so that they go to another process as a file.
"""

from collections import deque
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Metres = NDArray[np.float64]
NOBODY = -1
HOLE = 500
"""A grid in the hole of another is as bad as so many households too many: nobody could publish it."""
WORST_VARIATION, ENOUGH_MEAN, ENOUGH_WORST = 0.25, 0.70, 0.40
"""As `geo.draw.loads` and `geo.draw.roundness` have them."""


@dataclass(frozen=True)
class BlockGraph:
    """Blocks (n,) and the pairs (m, 2) of them that share a border.

    `households` of each; `towers`, how many of its buildings have more than `most` alone, and their households in
    `tower_households`. `metres` that each pair shares (m,), those along lines in `on_line` (m,); `outer`, metres along
    the region's boundary (n,); `ground`, square metres (n,); `centres`, metres (n, 2). Grids are to have from `least`
    to `most` households, which arithmetic makes wrong by `least_violation`; `numbers` of grids are worth trying.
    """

    households: Numbers
    towers: Numbers
    tower_households: Numbers
    pairs: Numbers
    metres: Metres
    on_line: Metres
    outer: Metres
    ground: Metres
    centres: Metres
    least: int
    most: int
    numbers: tuple[int, ...]
    least_violation: int

    def __len__(self) -> int:
        return len(self.households)

    def save(self, path: Path) -> None:
        np.savez(path, **{one.name: np.asarray(getattr(self, one.name)) for one in fields(self)})

    @classmethod
    def load(cls, path: Path) -> "BlockGraph":
        with np.load(path) as kept:
            values = {one.name: kept[one.name] for one in fields(cls)}
        plain = {name: int(values[name]) for name in ("least", "most", "least_violation")}
        return cls(**{**values, **plain, "numbers": tuple(values["numbers"].tolist())})

    def weights(self, grids: int) -> Numbers:
        """What each block weighs for those who balance `grids`: households, but for a tower the share of one grid, as
        one that stands alone is as good as any."""
        rest = int((self.households - self.tower_households).sum())
        share = max(1, round(rest / max(1, grids - int(self.towers.sum()))))
        return np.asarray(self.households - self.tower_households + share * self.towers, dtype=np.int64)

    def beside(self) -> list[list[tuple[int, float]]]:
        """The neighbours of each block and the metres shared with them."""
        found: list[list[tuple[int, float]]] = [[] for _ in range(len(self))]
        for (one, other), metres in zip(self.pairs.tolist(), self.metres.tolist(), strict=True):
            found[one].append((other, metres))
            found[other].append((one, metres))
        return found

    def is_connected(self) -> bool:
        return len(self) < 2 or int(_parts(self.beside(), np.zeros(len(self), dtype=np.int64)).max()) == 0


def badness(graph: BlockGraph, labels: Numbers) -> tuple[int, float]:
    """What is told of plans that are compared, the lower the better: households out of range and holes first, then what
    is missing of the score, without what only polygons can tell (circles and hulls around grids, barriers)."""
    count = int(labels.max()) + 1
    loads, excused = _loads(graph, labels, count)
    one, other = labels[graph.pairs.T]
    across = one != other
    around = np.bincount(labels, graph.outer, count)
    around += np.bincount(one[across], graph.metres[across], count)
    around += np.bincount(other[across], graph.metres[across], count)
    polsby_popper = 4 * np.pi * np.bincount(labels, graph.ground, count) / np.maximum(around, 1e-9) ** 2
    shape = (min(1, polsby_popper.mean() / ENOUGH_MEAN) + min(1, polsby_popper.min() / ENOUGH_WORST)) / 2
    others = loads[~excused]
    balance = max(0.0, 1 - others.std() / others.mean() / WORST_VARIATION) if others.sum() else 1.0
    streets = graph.on_line[across].sum() / graph.metres[across].sum() if across.any() else 1.0
    holes = _enclosed(graph, labels, one[across], other[across], count)
    return violation(graph, labels) + HOLE * holes, 1.0 - float(0.4 * shape + 0.2 * balance + 0.4 * streets)


def violation(graph: BlockGraph, labels: Numbers) -> int:
    """How many households are too many or too few in grids, but for those of towers that stand alone."""
    loads, excused = _loads(graph, labels, int(labels.max()) + 1)
    return int(np.maximum(0, np.maximum(graph.least - loads, loads - graph.most))[~excused].sum())


def whole(graph: BlockGraph, labels: Numbers) -> Numbers:
    """The same grids in one part each, numbered from 0: of several parts that with the most households stays, the
    others join the neighbour that they share the longest border with."""
    beside, labels = graph.beside(), np.unique(labels, return_inverse=True)[1].astype(np.int64)
    while True:
        part = _parts(beside, labels)
        grid = np.full(int(part.max()) + 1, 0)
        grid[part] = labels
        size = np.bincount(part, graph.households) + np.bincount(part, graph.ground) / graph.ground.sum()
        first = np.lexsort((-size, grid))
        stays = np.zeros(len(grid), dtype=bool)
        stays[first[np.unique(grid[first], return_index=True)[1]]] = True
        if stays.all():
            return np.unique(labels, return_inverse=True)[1].astype(np.int64)
        loose = np.flatnonzero(~stays)
        smallest = int(loose[np.argmin(size[loose])])
        metres: dict[int, float] = {}
        for block in np.flatnonzero(part == smallest).tolist():
            for near, shared in beside[block]:
                if part[near] != smallest:
                    metres[int(labels[near])] = metres.get(int(labels[near]), 0.0) + shared
        labels = labels.copy()
        nearest = max(sorted(metres), key=metres.__getitem__) if metres else int(labels.max()) + 1
        labels[part == smallest] = nearest


def _loads(graph: BlockGraph, labels: Numbers, count: int) -> tuple[Metres, NDArray[np.bool_]]:
    """Households of each grid (count,), and which are excused for a tower of their own (count,)."""
    loads = np.bincount(labels, graph.households, count)
    beside = loads - np.bincount(labels, graph.tower_households, count)
    return loads, (np.bincount(labels, graph.towers, count) == 1) & (beside < graph.least)


def _parts(beside: list[list[tuple[int, float]]], labels: Numbers) -> Numbers:
    """The number of the connected part of one label that each block belongs to, from 0."""
    part, count = np.full(len(labels), NOBODY), 0
    for start in range(len(labels)):
        if part[start] == NOBODY:
            part[start] = count
            waiting = deque([start])
            while waiting:
                block = waiting.popleft()
                for near, _ in beside[block]:
                    if part[near] == NOBODY and labels[near] == labels[block]:
                        part[near] = count
                        waiting.append(near)
            count += 1
    return part


def _enclosed(graph: BlockGraph, labels: Numbers, one: Numbers, other: Numbers, count: int) -> int:
    """How many grids have one neighbour only and no place at the region's boundary."""
    pairs = np.unique(np.sort(np.column_stack([one, other]), axis=1), axis=0)
    degree = np.bincount(pairs.ravel(), minlength=count)
    return int(((degree == 1) & (np.bincount(labels, graph.outer, count) == 0)).sum())
