"""How are neighbouring cells put together to so many connected groups without holes?"""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely

from geo.model import Ground


def grouped(cells: Sequence[Ground], count: int, chance: np.random.Generator) -> list[int]:
    """The group of each cell, 0 to `count` - 1: grown round seeds far apart, small first; none parts the others."""
    beside = _beside(cells)
    size = shapely.area(np.asarray(cells, dtype=object))
    middle = shapely.get_coordinates(shapely.centroid(np.asarray(cells, dtype=object)))
    label = np.full(len(cells), -1)
    for number, seed in enumerate(_apart(middle, count, chance)):
        label[seed] = number
    grown = np.bincount(label[label >= 0], size[label >= 0], count)
    while (label < 0).any():
        edge = [(grown[label[i]], i, j) for i in np.flatnonzero(label >= 0) for j in beside[i] if label[j] < 0]
        if not edge:
            raise ValueError("cells that no other touches")
        least = min(edge)[0]
        _, i, j = min(
            (e for e in edge if e[0] == least),
            key=lambda e: float(np.hypot(*(middle[e[2]] - middle[label == label[e[1]]].mean(axis=0)))),
        )
        label[j] = label[i]
        grown[label[i]] += size[j]
    return _filled(label, beside, count)


def _beside(cells: Sequence[Ground]) -> list[list[int]]:
    """For each cell those that share an edge with it."""
    owner: dict[tuple[tuple[float, float], tuple[float, float]], list[int]] = {}
    for number, cell in enumerate(cells):
        for ring in shapely.get_rings(shapely.get_parts(cell)):
            nodes = [*ring.coords]
            for a, b in pairwise(nodes):
                owner.setdefault((min(a, b), max(a, b)), []).append(number)
    found: list[set[int]] = [set() for _ in cells]
    for own in owner.values():
        for one in own:
            found[one] |= {*own} - {one}
    return [sorted(other) for other in found]


def _apart(middle: np.ndarray, count: int, chance: np.random.Generator) -> list[int]:
    """Cells far from each other, one after the other the farthest of all."""
    seeds = [int(chance.integers(len(middle)))]
    away = np.hypot(*(middle - middle[seeds[0]]).T)
    while len(seeds) < count:
        seeds.append(int(np.argmax(away)))
        away = np.minimum(away, np.hypot(*(middle - middle[seeds[-1]]).T))
    return seeds


def _filled(label: np.ndarray, beside: list[list[int]], count: int) -> list[int]:
    """A group that lies wholly within another cannot be: two groups touch the outside or each other all round."""
    for number in range(count):
        others = np.flatnonzero(label != number)
        reached = _reached(others.tolist(), beside, {*np.flatnonzero(label == number).tolist()})
        if len(reached) < len(others):
            raise ValueError(f"group {number} parts the others")
    return [int(value) for value in label]


def _reached(cells: list[int], beside: list[list[int]], without: set[int]) -> set[int]:
    """Cells reached from the first by shared edges, not through those `without`."""
    seen, waiting = {cells[0]}, deque([cells[0]])
    while waiting:
        for other in beside[waiting.popleft()]:
            if other not in seen and other not in without:
                seen.add(other)
                waiting.append(other)
    return seen
