"""Which nodes on straight edges does nobody want, and what do the shapes look like without them?

Shapes that were cut into faces have every node of every line that was cut with, also where that line is gone again.
Left in, they would make another shape of each neighbour for nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.lattice import Keys, steps_of
from geo.model import Ground
from geo.noding import Net

STRAIGHT_STEPS: Final = 1.5
"""A node stands on a straight edge where it lies no further off, lattice steps: rounding led the edge there."""

Name = TypeVar("Name")


def without_spare(shapes: Mapping[Name, Ground], wanted: Keys) -> dict[Name, Ground]:
    """The shapes without nodes that only lie on the way between two others, straight, and are not `wanted`. What two
    shapes share they still share: a node goes from all of them or stays. A shape that loses none is the same object."""
    if not shapes:
        return {}
    net = Net.of([*shapes.values()])
    stays = ~np.isin(net.node, _spare(net, wanted))
    if np.bincount(net.ring, stays, len(net.ring_part)).min() < 3:  # a ring of spare nodes alone
        return dict(shapes)
    changed = frozenset(net.shape[~stays].tolist())
    slim = Net(net.node[stays], net.ring[stays], net.ring_part, net.part_shape, changed)
    return dict(zip(shapes, slim.shapes([*shapes.values()]), strict=True))


def nodes_of(shapes: Iterable[Ground]) -> Keys:
    """The nodes that shapes have, each once, in order."""
    return np.unique(Net.of([*shapes]).node)


def _spare(net: Net, wanted: Keys) -> Keys:
    """Nodes on straight ways (chains of nodes that have two edges each) that nobody wants."""
    edges = net.edges()
    nodes, count = np.unique(edges, return_counts=True)
    idle = set(nodes[(count == 2) & ~np.isin(nodes, wanted)].tolist())
    beside: dict[int, list[int]] = {}
    for a, b in edges[np.isin(edges, np.fromiter(idle, np.uint64, len(idle))).any(axis=1)].tolist():
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    found = list[int]()
    while idle:
        way = _way(min(idle), idle, beside)
        idle.difference_update(way)
        if way[0] != way[-1] and _off(np.array(way, dtype=np.uint64)).max() <= STRAIGHT_STEPS:
            found += way[1:-1]
    return np.array(found, dtype=np.uint64)


def _way(start: int, idle: set[int], beside: Mapping[int, list[int]]) -> list[int]:
    """The chain of idle nodes through one of them, and the nodes that it runs between; a ring of them closed."""
    way = [start]
    for _ in range(2):
        way.reverse()
        while way[-1] in idle and (len(way) == 1 or way[-1] != way[0]):
            ahead = [node for node in beside[way[-1]] if len(way) == 1 or node != way[-2]]
            way.append(ahead[0])
    return way


def _off(way: Keys) -> NDArray[np.float64]:
    """How far the nodes (n,) lie from the straight line between the first and the last, steps."""
    steps = steps_of(way)
    along, out = steps[-1] - steps[0], steps[1:-1] - steps[0]
    length2 = float((along**2).sum())
    at = np.clip((out @ along) / length2, 0.0, 1.0)
    return np.asarray(np.hypot(*(out - at[:, None] * along).T), dtype=np.float64)
