"""How do blocks hang together in a random tree? Compiled."""

from typing import Any

import numpy as np

from geo.draw.compiled import compiled
from geo.draw.mosaic import Mosaic

PUT_OFF = 0.7
"""How often a border on a road is passed over when a tree grows."""


@compiled
def tree_of(m: Mosaic, label: Any, part: int, blocks: Any, index: Any) -> Any:
    """A random spanning tree of a part: parents, and blocks from the root outwards.

    It grows along a border taken at random from all that lead out of it; borders on roads are mostly put off, so that
    the tree runs across few of them and its cuts lie along them.
    """
    n = len(blocks)
    parent = np.full(n, -1, np.int64)
    order = np.empty(n, np.int64)
    done = np.zeros(n, np.bool_)
    most = 0
    for v in blocks:
        most += m.run_first[v + 1] - m.run_first[v]
    out = np.empty(most, np.int64)  # runs that lead out of the tree, and where from
    source = np.empty(most, np.int64)
    root = np.random.randint(n)
    done[root] = True
    order[0] = root
    count, open_ = 1, 0
    v = root
    while True:
        for r in range(m.run_first[blocks[v]], m.run_first[blocks[v] + 1]):
            u = m.run_block[r]
            if u >= 0 and label[u] == part and not done[index[u]]:
                out[open_], source[open_] = r, v
                open_ += 1
        found = -1
        while open_ > 0 and found < 0:
            i = np.random.randint(open_)
            r = out[i]
            u = index[m.run_block[r]]
            if not done[u] and 2.0 * m.run_road[r] > m.run_length[r] and np.random.random() < PUT_OFF:
                continue
            if not done[u]:
                found = u
                parent[u] = source[i]
            open_ -= 1
            out[i], source[i] = out[open_], source[open_]
        if found < 0:
            return parent, order[:count]
        done[found] = True
        order[count] = found
        count += 1
        v = found


@compiled
def below_of(load: Any, blocks: Any, parent: Any, order: Any) -> Any:
    """What each block and all those below it in a tree carry."""
    below = load[blocks]
    for i in range(len(order) - 1, 0, -1):
        below[parent[order[i]]] += below[order[i]]
    return below


@compiled
def hang(inside: Any, parent: Any, order: Any, pick: int) -> None:
    """Mark as `inside` (n,) one block and all that hang from it."""
    inside[:] = False
    inside[pick] = True
    for v in order:
        if parent[v] >= 0 and inside[parent[v]]:
            inside[v] = True
