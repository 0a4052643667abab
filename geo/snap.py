"""Which nodes may move by less than the tolerance so that shapes drawn apart meet?

Healing for `import --snap` alone. Nodes of different rings that lie within the tolerance become one; a node near a
foreign edge moves onto it. A boundary's nodes stay, its edges may be led through a node; what is published does
neither. Two vertices of one ring are never joined, a shape that healing would spoil keeps its own nodes, and an edge
that two shapes have already is left in peace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.lattice import STEPS_PER_DEGREE, Keys, keys, steps_of, to_degrees, to_steps
from geo.measure import metres_per_degree
from geo.model import Ground
from geo.noding import Net, noded
from geo.rings import fault_place

TOLERANCE_M = 0.2
"""Widest disagreement that healing closes, metres: survey noise and rounding, never a meant strip of ground."""
STEP_OR_TWO_M = 0.02
"""A bend this small is rounding, metres."""
MAX_ROUNDS = 60
"""Joining nodes can bring others within the tolerance, and an edge is led through one node a round."""
MAX_RESTARTS = 8
"""How often places that healing spoiled are set aside before everything is left as it came."""


class Hold(IntEnum):
    """How firmly a shape stays where it is."""

    LOOSE = 0
    NODES = 1
    """Its nodes stay; its edges may be led through nodes of others: a boundary that came with the plan."""
    ALL = 2
    """Nothing moves: a published neighbour."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A node that moved: from and to (lon, lat), and how far in metres."""

    start: tuple[float, float]
    end: tuple[float, float]
    metres: float


@dataclass(frozen=True, slots=True)
class Healed:
    """The shapes after healing, in the order they were given, and every node that moved, widest first."""

    shapes: list[Ground]
    shifts: list[Shift]

    @property
    def largest_m(self) -> float:
        return self.shifts[0].metres if self.shifts else 0.0


def healed(shapes: Sequence[Ground], holds: Sequence[Hold], tolerance_m: float = TOLERANCE_M) -> Healed:
    """Shapes with their nodes joined within `tolerance_m`, noded; `holds[i]` tells how firmly shape i stays."""
    firm = np.asarray(holds, dtype=np.int64)
    despiked = [shape if fixed else _without_spikes(shape) for shape, fixed in zip(shapes, holds, strict=True)]
    kept: frozenset[int] = frozenset()
    for _ in range(MAX_RESTARTS):
        moves, result = _attempt(despiked, firm, tolerance_m, kept)
        valid = shapely.is_valid(np.asarray(result, dtype=object))
        spoiled = {i for i, (good, old) in enumerate(zip(valid, despiked, strict=True)) if not good and old.is_valid}
        if not spoiled:
            kept_as_is = zip(shapes, result, holds, strict=True)
            return Healed([old if hold is Hold.ALL else new for old, new, hold in kept_as_is], _shifts(moves, despiked))
        kept = kept.union(*(_nodes_beside_fault(result[i], despiked[i], tolerance_m) for i in spoiled))
    return Healed(list(shapes), [])


def _attempt(
    shapes: Sequence[Ground], firm: NDArray[np.int64], tolerance_m: float, kept: frozenset[int]
) -> tuple[dict[int, int], list[Ground]]:
    """Moves (node key -> node key) of one go at healing, and the shapes it gives; `kept` nodes stay where they are.

    Noded only once nodes have met: two ends of a sliver that noding put on one edge could not become one any more.
    """
    current, moves, settled = list(shapes), dict[int, int](), False
    for _ in range(MAX_ROUNDS):
        net = Net.of(current)
        fixed = np.isin(net.node, np.fromiter(kept, np.uint64, len(kept))) | (firm[net.shape] >= Hold.NODES)
        step = _joins(net, fixed, tolerance_m) or _onto_edges(net, fixed, tolerance_m)
        step = _near_home(step, moves, tolerance_m)
        if step:
            current = _moved(net, step, current)
            current = noded(current) if settled else current
            moves = {a: step.get(b, b) for a, b in moves.items()} | {a: b for a, b in step.items() if a not in moves}
        elif not settled:
            current, settled = noded(current), True
        else:
            led = _led_through(net, firm[net.shape] == Hold.ALL, tolerance_m, current)
            if led is None:
                break
            current = led
    return moves, current


def _joins(net: Net, fixed: NDArray[np.bool_], tolerance_m: float) -> dict[int, int]:
    """Nodes of different rings within the tolerance of each other: loose node -> the node it becomes, nearest first."""
    nodes = np.unique(_unsettled(net))
    firm_nodes, rings = set(net.node[fixed].tolist()), net.rings_of_nodes(nodes)
    metres = _metres(nodes, _latitude(nodes))
    tree = shapely.STRtree(shapely.points(metres))
    one, two = tree.query(shapely.points(metres), "dwithin", tolerance_m)
    one, two = one[one < two], two[one < two]
    distance = np.hypot(*(metres[one] - metres[two]).T)
    result: dict[int, int] = {}
    targets: set[int] = set()
    for i in np.argsort(distance, kind="stable"):
        loose, target = sorted(
            (int(nodes[one[i]]), int(nodes[two[i]])), key=lambda n: (n in firm_nodes, len(rings[n]), n in targets)
        )
        if loose in firm_nodes or loose in result or target in result or loose in targets:
            continue
        if rings[loose].isdisjoint(rings[target]):
            result[loose] = target
            targets.add(target)
            rings[target] |= rings[loose]
    return result


def _onto_edges(net: Net, fixed: NDArray[np.bool_], tolerance_m: float) -> dict[int, int]:
    """Loose nodes near an edge of rings that have them not: node -> the lattice point of that edge nearest to it."""
    edges, nodes, foot, distance = _near_edges(net, tolerance_m)
    firm_nodes, rings = set(net.node[fixed].tolist()), net.rings_of_nodes(np.r_[nodes, foot])
    result: dict[int, int] = {}
    for vertex, key in net.foreign(edges, nodes, distance).tolist():
        low, high = net.undirected()[vertex].tolist()
        target = int(foot[(edges[:, 0] == low) & (edges[:, 1] == high) & (nodes == key)][0])
        if key in firm_nodes or key in result or target == key or not rings[key].isdisjoint(rings[target]):
            continue
        result[key] = target
        rings[target] |= rings[key]
    return result


def _near_home(step: dict[int, int], moves: dict[int, int], tolerance_m: float) -> dict[int, int]:
    """The moves of a step that leave each node within the tolerance of where it first stood."""
    if not step:
        return step
    homes: dict[int, list[int]] = {}
    for home, now in moves.items():
        homes.setdefault(now, []).append(home)
    trips = [(home, node, target) for node, target in step.items() for home in homes.get(node, [node])]
    metres = _apart(*(np.array(side, dtype=np.uint64) for side in ([t[0] for t in trips], [t[2] for t in trips])))
    far = {node for (_, node, _), distance in zip(trips, metres, strict=True) if distance > tolerance_m}
    return {node: target for node, target in step.items() if node not in far}


def _led_through(
    net: Net, published: NDArray[np.bool_], tolerance_m: float, current: Sequence[Ground]
) -> list[Ground] | None:
    """Edges led through the nearest of the nodes that could not move onto them; None when there are none.

    Of nodes close together one a round: an edge whose ends are settled by it needs no other. Never bent by more than
    45 degrees at an end, that would be a spike, unless the bend is of a lattice step or two.
    """
    edges, nodes, _, distance = _near_edges(net, tolerance_m)
    to_end = np.minimum(_apart(nodes, edges[:, 0]), _apart(nodes, edges[:, 1]))
    gentle = distance <= np.maximum(to_end * np.sqrt(0.5), STEP_OR_TWO_M)
    edges, nodes, distance = edges[gentle], nodes[gentle], distance[gentle]
    order = np.lexsort((distance, edges[:, 1], edges[:, 0]))
    edges, nodes, distance = edges[order], nodes[order], distance[order]
    alone = _spread(edges, nodes, tolerance_m)
    pairs = net.foreign(edges[alone], nodes[alone], distance[alone])
    held = set(np.flatnonzero(published).tolist())
    stuck = {edge for edge, vertex in zip(_edge_of(net, pairs), pairs[:, 0].tolist(), strict=True) if vertex in held}
    free = [edge not in stuck for edge in _edge_of(net, pairs)]
    return noded(net.with_nodes(pairs[free]).shapes(current)) if any(free) else None


def _spread(edges: Keys, nodes: Keys, tolerance_m: float) -> NDArray[np.bool_]:
    """Of the pairs (edge, node), edge by edge, those whose node is well away from all nodes taken before it."""
    if len(edges) == 0:
        return np.empty(0, dtype=bool)
    metres = _metres(nodes, _latitude(nodes))
    chosen = np.zeros(len(edges), dtype=bool)
    taken: list[int] = []
    for i in range(len(edges)):
        if i and (edges[i] != edges[i - 1]).any():
            taken = []
        if not taken or np.hypot(*(metres[taken] - metres[i]).T).min() > 2 * tolerance_m:
            chosen[i] = True
            taken.append(i)
    return chosen


def _edge_of(net: Net, pairs: Keys) -> list[tuple[int, int]]:
    return [(low, high) for low, high in net.undirected()[pairs[:, 0].astype(np.int64)].tolist()]


def _unsettled(net: Net) -> Keys:
    """Edges that one ring alone has, both ends each: shape (n, 2)."""
    edges, count = net.counted_edges()
    return np.asarray(edges[(count == 1) & (edges[:, 0] != edges[:, 1])], dtype=np.uint64)


def _near_edges(net: Net, tolerance_m: float) -> tuple[Keys, Keys, Keys, NDArray[np.float64]]:
    """Nodes within the tolerance of an edge they are no end of: edge (n, 2), node, foot on the edge, metres."""
    edges = _unsettled(net)
    nodes = np.unique(edges)
    lat = _latitude(nodes)
    metres, a, b = _metres(nodes, lat), _metres(edges[:, 0], lat), _metres(edges[:, 1], lat)
    tree = shapely.STRtree(shapely.points(metres))
    edge, node = tree.query(shapely.linestrings(np.stack([a, b], axis=1)), "dwithin", tolerance_m)
    inner = (nodes[node] != edges[edge, 0]) & (nodes[node] != edges[edge, 1])
    edge, node = edge[inner], node[inner]
    along = b[edge] - a[edge]
    part = ((metres[node] - a[edge]) * along).sum(axis=1) / (along**2).sum(axis=1)
    beside = (part > 0) & (part < 1)
    edge, node, part = edge[beside], node[beside], part[beside]
    start, end = steps_of(edges[edge, 0]), steps_of(edges[edge, 1])
    foot = np.rint(start + (end - start) * part[:, None]).astype(np.int64)
    off = metres[node] - (a[edge] + (b[edge] - a[edge]) * part[:, None])
    return edges[edge], nodes[node], keys(foot), np.asarray(np.hypot(off[:, 0], off[:, 1]))


def _moved(net: Net, moves: dict[int, int], current: Sequence[Ground]) -> list[Ground]:
    hit = np.isin(net.node, np.fromiter(moves, np.uint64, len(moves)))
    node = net.node.copy()
    node[hit] = np.array([moves[n] for n in net.node[hit].tolist()], dtype=np.uint64)
    return replace(net, node=node, changed=frozenset(net.shape[hit].tolist())).shapes(current)


def _without_spikes(shape: Ground) -> Ground:
    """The shape without vertices whose edges lead out and straight back again: they enclose nothing."""
    polygons = [
        shapely.Polygon(*_ring_lists([_ring_without_spikes(r) for r in (polygon.exterior, *polygon.interiors)]))
        for polygon in shapely.get_parts(shape)
    ]
    result = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    same = shapely.get_num_coordinates(result) == shapely.get_num_coordinates(shape)
    return shape if same or result.is_empty else result


def _ring_lists(rings: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    return rings[0], [ring for ring in rings[1:] if len(ring) > 3]


def _ring_without_spikes(ring: shapely.LinearRing) -> NDArray[np.float64]:
    points = np.rint(shapely.get_coordinates(ring)[:-1] * STEPS_PER_DEGREE).astype(np.int64)
    while len(points) > 3:
        back, ahead = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
        straight = back[:, 0] * ahead[:, 1] == back[:, 1] * ahead[:, 0]
        spikes = np.flatnonzero(straight & ((back * ahead).sum(axis=1) > 0) | (ahead == 0).all(axis=1))
        if len(spikes) == 0:
            break
        points = np.delete(points, spikes[0], axis=0)
    return to_degrees(np.vstack([points, points[:1]]))


def _nodes_beside_fault(spoiled: Ground, before: Ground, tolerance_m: float) -> frozenset[int]:
    """The nodes a shape had near the place where healing spoiled it."""
    nodes = Net.of([before]).node
    place, _ = fault_place(spoiled)
    fault = keys(to_steps(shapely.get_coordinates(place)))
    away = _apart(np.repeat(fault, len(nodes)), nodes)
    return frozenset(nodes[away <= 2 * tolerance_m].tolist())


def _metres(nodes: Keys, lat: float) -> NDArray[np.float64]:
    """Node keys to metres on the affine scale of `lat`, (n, 2)."""
    return np.asarray(to_degrees(steps_of(nodes)) * np.array(metres_per_degree(lat)), dtype=np.float64)


def _latitude(nodes: Keys) -> float:
    """The middle latitude of nodes, degrees: one for all that are compared with each other."""
    lat = to_degrees(steps_of(nodes))[:, 1]
    return float(lat.min() + lat.max()) / 2 if len(lat) else 0.0


def _apart(one: Keys, other: Keys) -> NDArray[np.float64]:
    """Distances between nodes pair by pair, metres."""
    between = to_degrees(steps_of(one) - steps_of(other)) * np.array(metres_per_degree(_latitude(one)))
    return np.asarray(np.hypot(between[:, 0], between[:, 1]), dtype=np.float64)


def _shifts(moves: dict[int, int], shapes: Sequence[Ground]) -> list[Shift]:
    here = set(Net.of(shapes).node.tolist())
    pairs = [(a, b) for a, b in moves.items() if a != b and a in here]
    if not pairs:
        return []
    start, end = (np.array(side, dtype=np.uint64) for side in zip(*pairs, strict=True))
    metres = _apart(start, end)
    a, b = to_degrees(steps_of(start)).tolist(), to_degrees(steps_of(end)).tolist()
    shifts = [Shift(tuple(p), tuple(q), float(m)) for p, q, m in zip(a, b, metres, strict=True)]
    return sorted(shifts, key=lambda shift: (-shift.metres, shift.start))
