"""How does ground come apart into so many grids to begin with? Compiled.

Ground is cut in two along one edge of a random spanning tree of its blocks, and each half again, until every part is
one grid: as in recombination (DeFord, Duchin and Solomon 2021). A part is kept only if it is in one part without a
hole: connected, and its Euler characteristic is 1.
"""

from typing import Any

import numpy as np

from geo.draw.compiled import compiled
from geo.draw.discs import is_disc
from geo.draw.mosaic import Mosaic
from geo.draw.trees import below_of, hang, tree_of

TREES = 24
"""Spanning trees that are tried for one cut."""


@compiled
def halved(m: Mosaic, grids: int, load: Any, seed: int) -> Any:
    """Labels (n,) of `grids` parts with about the same load (n,) each."""
    np.random.seed(seed)
    n = len(load)
    label = np.zeros(n, np.int64)
    wanted = np.zeros(grids, np.int64)
    wanted[0] = grids
    used = 1
    stamp = np.full(len(m.node_first) + n, -1, np.int64)
    mark = 0
    part = 0
    while part < used:
        while wanted[part] > 1:
            ways = wanted[part] // 2
            mark = _cut(m, label, part, used, ways, wanted[part], load, stamp, mark)
            if mark < 0:
                return label[:0]
            wanted[part] -= ways
            wanted[used] = ways
            used += 1
        part += 1
    return label


@compiled
def parted(m: Mosaic, label: Any, part: int, fresh: int, load: Any, seed: int) -> bool:
    """Give about half the load (n,) of a part of the labels to a `fresh` one; whether that could be done."""
    np.random.seed(seed)
    stamp = np.full(len(m.node_first) + len(label), -1, np.int64)
    return bool(_cut(m, label, part, fresh, 1, 2, load, stamp, 0) >= 0)


@compiled
def _cut(
    m: Mosaic, label: Any, part: int, fresh: int, ways: int, all_ways: int, load: Any, stamp: Any, mark: int
) -> int:
    """Cut `ways` of `all_ways` shares off a part, as a fresh part: the best of some trees.

    Returns the last mark that was used, -1 where none can be cut.
    """
    blocks = np.flatnonzero(label == part)
    n = len(blocks)
    if n < 2:
        return -1
    index = np.full(len(label), -1, np.int64)
    index[blocks] = np.arange(n)
    share = load[blocks].sum() * ways / all_ways
    lowest = np.inf
    best, inside = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for _ in range(TREES):
        parent, order = tree_of(m, label, part, blocks, index)
        below = below_of(load, blocks, parent, order)
        for target in (share, below[order[0]] - share):
            hang(inside, parent, order, _nearest(below, parent, target))
            cost = 2.0 * abs(load[blocks[inside]].sum() - target) / max(share, 1.0)
            cost += _border(m, label, part, blocks, index, inside)
            mark += 2
            if cost < lowest and _are_discs(m, label, part, fresh, blocks, inside, stamp, mark):
                lowest = cost
                best[:] = inside if target == share else ~inside
    if lowest == np.inf:
        return -1
    label[blocks[best]] = fresh
    return mark


@compiled
def _nearest(below: Any, parent: Any, target: float) -> int:
    """The block, but for the root, below which there is most nearly as much as wanted."""
    pick, off = -1, np.inf
    for v in range(len(below)):
        if parent[v] >= 0 and abs(below[v] - target) < off:
            pick, off = v, abs(below[v] - target)
    return pick


@compiled
def _are_discs(m: Mosaic, label: Any, part: int, fresh: int, blocks: Any, inside: Any, stamp: Any, mark: int) -> bool:
    """Whether both sides of a cut are in one part without a hole."""
    label[blocks[inside]] = fresh
    good = is_disc(m, label, part, blocks, stamp, mark - 1) and is_disc(m, label, fresh, blocks, stamp, mark)
    label[blocks] = part
    return good


@compiled
def _border(m: Mosaic, label: Any, part: int, blocks: Any, index: Any, inside: Any) -> float:
    """Length of the cut, as a share of the width of the ground."""
    length, ground = 0.0, 0.0
    for i in range(len(blocks)):
        v = blocks[i]
        ground += m.ground[v]
        for r in range(m.run_first[v], m.run_first[v + 1]):
            u = m.run_block[r]
            if u >= 0 and label[u] == part and inside[i] and not inside[index[u]]:
                length += m.run_length[r]
    return float(length / np.sqrt(ground))
