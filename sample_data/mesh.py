"""How do neighbouring pieces of ground come to share every node of the border between them?

A border is a chain of lattice nodes. When a cut ends in the middle of an edge, the new node is written down once, under
that edge, whoever asks: the pieces on both sides read it when they next look at their ring. Nothing is overlaid or
snapped, so the pieces of a whole always cancel edge by edge against its outline.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

from sample_data.frame import Node, to_metres

Ring: TypeAlias = list[Node]
"""Counter-clockwise, the first node not repeated."""
Edge: TypeAlias = tuple[Node, Node]


class Mesh:
    """Every edge that borders on something, the road it lies on, and the nodes put on it later."""

    def __init__(self) -> None:
        self._middle: dict[Edge, Node] = {}
        self._road: dict[Edge, int] = {}
        self.junctions: dict[Node, list[tuple[int, float, float]]] = {}
        """Nodes where roads run into something: the number of the road and the unit vector in which it arrives."""

    def lay(self, chain: Sequence[Node], road: int) -> None:
        """Edges along a chain belong to a road."""
        for a, b in pairwise(chain):
            self._road[_key(a, b)] = road

    def put(self, a: Node, b: Node, node: Node) -> None:
        """A node on the edge a-b, for everybody who has that edge."""
        key = _key(a, b)
        self._middle[key] = node
        if key in self._road:
            self._road[_key(a, node)] = self._road[_key(node, b)] = self._road[key]

    def meet(self, a: Node, b: Node) -> None:
        """The road on edge a-b runs into node b."""
        x, y = (to_metres([b]) - to_metres([a]))[0]
        length = math.hypot(x, y)
        road = self.road(a, b)
        if road is not None:
            self.junctions.setdefault(b, []).append((road, x / length, y / length))

    def whole(self, ring: Sequence[Node]) -> Ring:
        """The ring with all nodes that were put on its edges since."""
        return [node for a, b in edges(ring) for node in self.chain(a, b)[:-1]]

    def chain(self, a: Node, b: Node) -> list[Node]:
        """All nodes from a to b, both included."""
        middle = self._middle.get(_key(a, b))
        return [a, b] if middle is None else self.chain(a, middle)[:-1] + self.chain(middle, b)

    def road(self, a: Node, b: Node) -> int | None:
        """The number of the road the edge lies on; None on the district's edge."""
        return self._road.get(_key(a, b))


def edges(ring: Sequence[Node]) -> Iterable[Edge]:
    """The directed edges of a ring."""
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def outlines(rings: Iterable[Sequence[Node]]) -> list[Ring]:
    """The rings that are left when every edge shared by two of the given rings is cancelled.

    Counter-clockwise rings are outer ones, clockwise ones holes. Raises ValueError where two rings touch in a node
    only, because that outline would not be simple.
    """
    left: Counter[Edge] = Counter()
    for ring in rings:
        for a, b in edges(ring):
            if left[b, a] > 0:
                del left[b, a]
            else:
                left[a, b] += 1
    after: dict[Node, Node] = {}
    for a, b in +left:
        if a in after:
            raise ValueError(f"an outline touches itself at {a}")
        after[a] = b
    return list(_rings(after))


def _rings(after: dict[Node, Node]) -> Iterable[Ring]:
    while after:
        ring = [min(after)]
        while (node := after.pop(ring[-1])) != ring[0]:
            ring.append(node)
        yield ring


def doubled_area(ring: Sequence[Node]) -> int:
    """Twice the signed area in lattice steps squared, exactly; positive for counter-clockwise rings."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(ring))


def _key(a: Node, b: Node) -> Edge:
    return (a, b) if a < b else (b, a)
