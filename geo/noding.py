"""Which nodes does an edge lack, and what do the shapes look like once every edge has them?

Snap rounding with hot pixels (Hobby 1999; Guibas and Marimont 1998) on nodes that are already lattice points: an edge
that passes through the lattice square around a foreign node is led through that node; repeated until none does.
It never joins two vertices of one ring, and it makes no new node where edges cross: a crossing is a finding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.lattice import STEPS_PER_DEGREE, Keys, Steps, keys, steps_of, to_degrees, to_steps
from geo.model import Ground

MAX_ROUNDS = 12
"""Each round moves an edge by less than a step; real maps settle in two or three."""

BESIDE = 1.42
"""Steps. Two nodes that were put on one edge, each by itself, are each off it by at most half a diagonal of the
lattice: so far is the one from the edges that the other leaves behind."""


class NodingUnsettledError(ValueError):
    """Edges still pass within half a step of foreign nodes after `MAX_ROUNDS`."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A node (lon, lat) that stands inside an edge of other shapes without being a node of it."""

    node: tuple[float, float]
    node_shapes: tuple[int, ...]
    edge_shapes: tuple[int, ...]


def noded(shapes: Sequence[Ground], borders: Sequence[int] = (), reach: float | None = None) -> list[Ground]:
    """The same shapes, each edge led through every foreign node it passes within half a step of.

    A shape that lacks nothing is returned as the same object. `borders` are numbers of shapes that are led through each
    other's nodes first, and all that have an edge of theirs with them: where two of them lie side by side a node beside
    the border, which only the side that was drawn last keeps clear of, is then in nobody's way. With `reach` they are
    led through nodes that far off, steps, up to `BESIDE`.
    """
    if len(shapes) == 0:
        return []
    net = Net.of(shapes)
    if len(borders):
        net = _settled(net, borders, reach)
    return _settled(net).shapes(shapes)


def led_through(shapes: Sequence[Ground]) -> list[Ground]:
    """The same ground, each edge led through the foreign nodes that stand right on it."""
    return _settled(Net.of(shapes), range(len(shapes)), 0.0).shapes(shapes)


def _settled(net: "Net", borders: Sequence[int] | None = None, reach: float | None = None) -> "Net":
    for _ in range(MAX_ROUNDS):
        lacks = net.lacking(None if borders is None else net.edges_of(borders), reach)
        if len(lacks) == 0:
            return net
        net = net.with_nodes(lacks)
    raise NodingUnsettledError(f"nodes and edges did not settle in {MAX_ROUNDS} rounds")


def sounder(after: Sequence[Ground], before: Sequence[Ground]) -> list[Ground]:
    """The shapes after noding; one that noding would spoil, a needle thinner than a step, as it was before."""
    sound = shapely.is_valid(np.asarray(after, dtype=object))
    return [new if good else old for old, new, good in zip(before, after, sound, strict=True)]


def lacks(shapes: Sequence[Ground]) -> Iterator[Lack]:
    """Every node that an edge of another shape passes within half a step of and does not have."""
    net = Net.of(shapes)
    yield from net.lacks(net.lacking())


@dataclass(frozen=True, slots=True)
class Net:
    """All rings of all shapes as one list of vertices; the closing vertex of a ring is left out.

    Lines are numbered after the shapes. Each is a ring that goes along it and back again: it encloses nothing, and a
    node that is put into one of its edges is put there both ways.
    """

    node: Keys
    ring: NDArray[np.int64]
    ring_part: NDArray[np.int64]
    part_shape: NDArray[np.int64]
    changed: frozenset[int] = frozenset()

    @classmethod
    def of(cls, shapes: Sequence[Ground], lines: Sequence[shapely.LineString] = ()) -> "Net":
        parts, part_shape = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
        rings, ring_part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        last = np.r_[ring[1:] != ring[:-1], True] if len(ring) else np.empty(0, dtype=bool)
        node, ring = keys(to_steps(xy[~last])), ring[~last]
        if len(lines):
            ways = [_there_and_back(line) for line in lines]
            numbers = np.arange(len(lines))
            node = np.concatenate([node, *ways])
            ring = np.concatenate([ring, np.repeat(len(rings) + numbers, [len(way) for way in ways])])
            ring_part, part_shape = np.r_[ring_part, len(parts) + numbers], np.r_[part_shape, len(shapes) + numbers]
        return cls(node, ring, ring_part, part_shape)

    @property
    def shape(self) -> NDArray[np.int64]:
        """The number of the shape each vertex belongs to."""
        return self.part_shape[self.ring_part[self.ring]]

    @property
    def following(self) -> Keys:
        """The node after each vertex, round its ring."""
        if len(self.node) == 0:
            return self.node
        first = np.r_[True, self.ring[1:] != self.ring[:-1]]
        after = np.r_[self.node[1:], self.node[:1]]
        last = np.r_[first[1:], True]
        after[last] = self.node[first]
        return np.asarray(after, dtype=np.uint64)

    def undirected(self) -> Keys:
        """Both ends of the edge that starts at each vertex, smaller key first: shape (n, 2)."""
        after = self.following
        both = np.column_stack([np.minimum(self.node, after), np.maximum(self.node, after)])
        return np.asarray(both, dtype=np.uint64)

    def edges(self) -> Keys:
        """Each undirected edge once, smaller key first, shape (n, 2); a point that is told twice is no edge."""
        both, _ = self.counted_edges()
        return np.asarray(both[both[:, 0] != both[:, 1]], dtype=np.uint64)

    def edges_of(self, shapes: Sequence[int]) -> Keys:
        """Each undirected edge of some of the shapes once, smaller key first, shape (n, 2)."""
        both = np.unique(self.undirected()[np.isin(self.shape, shapes)], axis=0)
        return np.asarray(both[both[:, 0] != both[:, 1]], dtype=np.uint64)

    def counted_edges(self) -> tuple[Keys, NDArray[np.int64]]:
        """Each undirected edge once (n, 2), in order, and how often a ring passes along it (n,)."""
        nodes, low, high, _ = self._numbered()
        edges, count = np.unique(low * len(nodes) + high, return_counts=True)
        return self._edges_of(edges, nodes), count

    def _passes(self, weight: NDArray[np.int64]) -> tuple[Keys, NDArray[np.int64]]:
        """Each undirected edge once (n, 2), in order, and the sum of the weights (of its vertices) with which rings
        pass along it (n,), upward ones against downward ones."""
        nodes, low, high, is_up = self._numbered()
        edges, place = np.unique(low * len(nodes) + high, return_inverse=True)
        turned = np.where(is_up, weight, -weight) * (low != high)
        return self._edges_of(edges, nodes), np.bincount(place, turned, len(edges)).astype(np.int64)

    def _numbered(self) -> tuple[Keys, NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """All nodes in order, and for the edge at each vertex the numbers of its lower and higher node in them: sorting
        one column is many times faster than sorting rows."""
        nodes, own = np.unique(self.node, return_inverse=True)
        after = np.searchsorted(nodes, self.following)
        return nodes, np.minimum(own, after), np.maximum(own, after), own < after

    @staticmethod
    def _edges_of(edges: NDArray[np.int64], nodes: Keys) -> Keys:
        low, high = (edges // len(nodes), edges % len(nodes)) if len(nodes) else (edges, edges)
        return np.column_stack([nodes[low], nodes[high]])

    def loose(self, against_first: bool) -> Keys:
        """Undirected edges (n, 2) that do not cancel: two that run along each other in opposite directions, or in one
        direction where one of them is of the first shape and counts against all others.

        For shapes with their shells counter-clockwise and their holes clockwise.
        """
        edges, passes = self._passes(np.where(against_first & (self.shape == 0), -1, 1))
        return np.asarray(edges[passes != 0], dtype=np.uint64)

    def lacks(self, lacking: Keys) -> Iterator[Lack]:
        """The same pairs as `lacking` gives, told by places and shapes, in order."""
        shape, edges = self.shape, self.undirected()
        found: dict[tuple[int, tuple[int, int]], set[int]] = {}
        for vertex, node in lacking.tolist():
            found.setdefault((node, tuple(edges[vertex].tolist())), set()).add(int(shape[vertex]))
        for (node, _), edge_shapes in sorted(found.items()):
            x, y = to_degrees(steps_of(np.array([node], dtype=np.uint64)))[0]
            owners = shape[self.node == np.uint64(node)]
            yield Lack((float(x), float(y)), tuple(sorted(set(owners.tolist()))), tuple(sorted(edge_shapes)))

    def lacking(self, among: Keys | None = None, reach: float | None = None) -> Keys:
        """Pairs (vertex whose edge lacks it, node), shape (n, 2): the edge passes the square around the node, or at
        most `reach` steps from it.

        `among`: only these edges (n, 2) and their nodes are looked at.
        """
        ends = self.edges() if among is None else among
        return self.foreign(*hot(ends, np.unique(self.node if among is None else among), reach))

    def foreign(self, edges: Keys, nodes: Keys, off: NDArray[np.float64], through: float = -1.0) -> Keys:
        """Of the pairs (edge, node), nearest first, those where no ring that has the edge has the node yet.

        Given for each vertex that starts such an edge: pairs (vertex, node), shape (n, 2). `through`: nodes up to so
        many steps off the edge too, whoever has them.
        """
        if len(edges) == 0:
            return np.empty((0, 2), dtype=np.uint64)
        vertices, rings_of_node = self.vertices_of(edges), self.rings_of_nodes(nodes)
        found: list[tuple[int, int]] = []
        for i in np.argsort(off, kind="stable").tolist():
            low, high = edges[i].tolist()
            at, node = vertices[low, high], int(nodes[i])
            rings = set(self.ring[at].tolist())
            if rings.isdisjoint(rings_of_node[node]) or off[i] <= through:
                rings_of_node[node] |= rings
                found += [(vertex, node) for vertex in at]
        return np.array(found, dtype=np.uint64).reshape(-1, 2)

    def rings_of_nodes(self, nodes: Keys) -> dict[int, set[int]]:
        """The rings each of the nodes is a vertex of."""
        found: dict[int, set[int]] = {int(node): set() for node in nodes}
        here = np.isin(self.node, nodes)
        for node, ring in zip(self.node[here].tolist(), self.ring[here].tolist(), strict=True):
            found[node].add(ring)
        return found

    def vertices_of(self, edges: Keys) -> dict[tuple[int, int], list[int]]:
        """The vertices that start each of the edges, in either direction."""
        found: dict[tuple[int, int], list[int]] = {(low, high): [] for low, high in edges.tolist()}
        both = self.undirected()
        here = np.flatnonzero(np.isin(both[:, 0], edges[:, 0]))
        for vertex, (low, high) in zip(here.tolist(), both[here].tolist(), strict=True):
            if (low, high) in found:
                found[low, high].append(vertex)
        return found

    def with_nodes(self, lacks: Keys) -> "Net":
        """The net with each lacking node put into its edge, in the order they are met along it.

        Two nodes abreast, whose squares a diagonal edge touches in their common corner, come in one order both ways.
        """
        vertex, node = lacks[:, 0].astype(np.int64), lacks[:, 1]
        start, point = steps_of(self.node[vertex]), steps_of(node)
        along = ((steps_of(self.following[vertex]) - start) * (point - start)).sum(axis=1)
        rank = np.unique(node, return_inverse=True)[1]
        abreast = np.where(self.node[vertex] < self.following[vertex], rank, -rank)
        order = np.lexsort((abreast, along, vertex))
        at = vertex[order] + 1
        changed = self.changed | set(self.shape[vertex].tolist())
        return Net(
            np.insert(self.node, at, node[order]),
            np.insert(self.ring, at, self.ring[vertex[order]]),
            self.ring_part,
            self.part_shape,
            frozenset(changed),
        )

    def shapes(self, before: Sequence[Ground]) -> list[Ground]:
        """The shapes again; those that nothing was put into are the objects of `before`."""
        result = list(before)
        for number in sorted(n for n in self.changed if n < len(before)):
            parts = [self._polygon(part) for part in _run(self.part_shape, number)]
            result[number] = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
        return result

    def lines(self, before: Sequence[shapely.LineString]) -> list[shapely.LineString]:
        """The lines again; those that nothing was put into are the objects of `before`."""
        result, first = list(before), len(self.part_shape) - len(before)
        numbers = self.part_shape[first:].tolist()
        for place, number in enumerate(numbers):
            if number in self.changed:
                run = _run(self.ring, int(np.flatnonzero(self.ring_part == first + place)[0]))
                half = run.start + len(run) // 2 + 1
                result[place] = shapely.LineString(to_degrees(steps_of(self.node[run.start : half])))
        return result

    def _polygon(self, part: int) -> shapely.Polygon:
        runs = [_run(self.ring, ring) for ring in _run(self.ring_part, part)]
        rings = [to_degrees(steps_of(self.node[run.start : run.stop])) for run in runs]
        return shapely.Polygon(rings[0], rings[1:])


def hot(
    edges: Keys, nodes: Keys, reach: float | None = None, *, inside: bool = False
) -> tuple[Keys, Keys, NDArray[np.float64]]:
    """Every pair of an edge (n, 2) and a node (n,) that is none of its ends and whose lattice square the edge meets
    (or passes `inside`), or that is at most `reach` steps off, and how far the node is off, steps."""
    edge, node = _near(edges, nodes)
    off, meets = _passes(steps_of(edges[edge, 0]), steps_of(edges[edge, 1]), steps_of(nodes[node]), inside)
    if reach is not None:
        meets = (off <= reach) & _is_beside(steps_of(edges[edge, 0]), steps_of(edges[edge, 1]), steps_of(nodes[node]))
    return edges[edge[meets]], nodes[node[meets]], off[meets]


def _there_and_back(line: shapely.LineString) -> Keys:
    """The nodes along a line and back again, its two ends told once."""
    node = keys(to_steps(shapely.get_coordinates(line)))
    return np.concatenate([node, node[-2:0:-1]])


def _run(ascending: NDArray[np.int64], number: int) -> range:
    """Where a number stands in an ascending list."""
    start, stop = np.searchsorted(ascending, [number, number + 1]).tolist()
    return range(start, stop)


def _near(ends: Keys, nodes: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (edge number, node number) whose boxes touch, by an STR-packed tree of the nodes; ends excluded."""
    if len(ends) == 0 or len(nodes) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    tree = shapely.STRtree(shapely.points(steps_of(nodes) / STEPS_PER_DEGREE))
    a, b = steps_of(ends[:, 0]) / STEPS_PER_DEGREE, steps_of(ends[:, 1]) / STEPS_PER_DEGREE
    edge, node = tree.query(shapely.linestrings(np.stack([a, b], axis=1)), "dwithin", 1.5 / STEPS_PER_DEGREE)
    inner = (nodes[node] != ends[edge, 0]) & (nodes[node] != ends[edge, 1])
    return edge[inner], node[inner]


def _is_beside(a: Steps, b: Steps, p: Steps) -> NDArray[np.bool_]:
    """Whether p lies beside the edge a-b, neither before nor after it."""
    d = b - a
    along = (d * (p - a)).sum(axis=1)
    return np.asarray((along > 0) & (along < (d * d).sum(axis=1)))


def _passes(a: Steps, b: Steps, p: Steps, inside: bool) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How far p lies off the edge a-b in steps, and whether the edge meets the lattice square around it (exactly), or
    its `inside`."""
    d, o = b - a, p - a
    cross = np.abs(d[:, 0] * o[:, 1] - d[:, 1] * o[:, 0])
    within = ((p >= np.minimum(a, b)) & (p <= np.maximum(a, b))).all(axis=1)
    most = np.abs(d).sum(axis=1) - int(inside)  # all are whole numbers
    return cross / np.hypot(d[:, 0], d[:, 1]), within & (2 * cross <= most)
