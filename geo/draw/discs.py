"""Is a grid in one part without a hole? Compiled."""

from typing import Any

import numpy as np

from geo.draw.compiled import compiled
from geo.draw.mosaic import LAKE, Mosaic


@compiled
def is_disc(m: Mosaic, label: Any, g: int, blocks: Any, stamp: Any, mark: int) -> bool:
    """Whether the blocks labelled `g`, all of them among `blocks`, are in one part without a hole; a lake is none."""
    first = -1
    faces = 0
    for v in blocks:
        if label[v] == g:
            faces += 1
            first = v
    if faces == 0:
        return False
    blocks_before = len(m.node_first) - 1  # stamps of nodes come first, those of blocks behind them
    stack = np.empty(faces, np.int64)
    stack[0] = first
    stamp[blocks_before + first] = mark
    open_, reached, nodes, edges, shores = 1, 1, 0, 0, 0
    while open_ > 0:
        open_ -= 1
        v = stack[open_]
        for r in range(m.run_first[v], m.run_first[v + 1]):
            u = m.run_block[r]
            node = m.run_node[r]
            if stamp[node] != mark:
                stamp[node] = mark
                nodes += 1
            if u >= 0 and label[u] == g:
                edges += 1
                if stamp[blocks_before + u] != mark:
                    stamp[blocks_before + u] = mark
                    stack[open_] = u
                    open_ += 1
                    reached += 1
            else:
                edges += 2
                if u <= LAKE:
                    shores += 1
    if reached < faces:
        return False
    if shores > 0:
        faces += _closed(m, label, g, blocks)
    return 2 * nodes - edges + 2 * faces == 2


@compiled
def _closed(m: Mosaic, label: Any, g: int, blocks: Any) -> int:
    """Lakes whose whole shore is of blocks labelled `g`."""
    count = 0
    for one in range(m.lakes):
        own = 0
        for v in blocks:
            if label[v] == g:
                for r in range(m.run_first[v], m.run_first[v + 1]):
                    if m.run_block[r] == LAKE - one:
                        own += 1
        if own > 0 and own == m.shore[one]:
            count += 1
    return count
