"""How does a drawn line run once it follows the nodes and edges that it was meant to follow?

Each vertex goes to a node within the tolerance, else onto an edge; a piece that runs along edges gets their nodes; two
vertices that are on edges now are joined along them where that way keeps within the tolerance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import dist, inf

import numpy as np
from numpy.typing import NDArray

from geo.lattice import Steps
from geo.redraw.flat import Flat
from geo.redraw.network import XY, Beside, Floats, Network

Place = tuple[int, int]
"""A place on the lattice, steps."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A vertex of the line that is led: where it is, where it was drawn (metres), the node it is on (-1: none) and the
    edges it is on. One that is `held` was led before and stays."""

    at: Place
    drawn: XY
    node: int = -1
    edges: frozenset[int] = frozenset()
    held: bool = False

    def runs_to(self, other: "Spot") -> bool:
        """Whether the straight piece to the other lies on an edge."""
        return not self.edges.isdisjoint(other.edges)


def followed(
    line: Steps, network: Network, flat: Flat, within_m: float, *, ring: bool = False, held: Sequence[bool] = ()
) -> list[Spot]:
    """The spots of a line (n, 2) that is led within so many metres; a ring comes and goes without its closing vertex.

    With `held` (n,) told, these vertices stay, and of the others only those move that begin or end a piece which runs
    along an edge: what is followed is no border, and a line may as well cross it.
    """
    if len(network.edge) == 0:
        return plain(line, flat, held)
    drawn = flat.metres(line)
    pieces = np.stack([drawn, np.roll(drawn, -1, axis=0)], axis=1)[: len(line) if ring else -1]
    beside = network.beside(pieces, within_m)
    spots = _placed(plain(line, flat, held), drawn, network, flat, within_m, beside if len(held) else None)
    along = _nodes_along(network, beside, pieces)
    chain = [spot for number, own in enumerate(spots) for spot in (own, *along.get(number, ()))]
    return _thinned([*_joined(_once(chain, ring), network, within_m, ring)], ring)


def placed(line: Steps, network: Network, flat: Flat, within_m: float) -> list[Spot]:
    """The spots of vertices (n, 2) alone: each on a node, else on an edge within so many metres, else where it is."""
    return _placed(plain(line, flat), flat.metres(line), network, flat, within_m, None)


def plain(line: Steps, flat: Flat, held: Sequence[bool] = ()) -> list[Spot]:
    """The spots of a line that is led by nothing."""
    drawn, stays = flat.metres(line).tolist(), held or [False] * len(line)
    told = zip(line.tolist(), drawn, stays, strict=True)
    return [Spot((x, y), (east, north), held=stay) for (x, y), (east, north), stay in told]


def _placed(
    line: Sequence[Spot], drawn: Floats, network: Network, flat: Flat, within_m: float, beside: Beside | None
) -> list[Spot]:
    """Each vertex where it goes; those that are held with the edges that are near. `beside`: only along these."""
    vertex, edge = network.near(drawn, within_m)
    if beside is not None:
        kept = np.isin(vertex * len(network.edge) + edge, _ends_beside(beside, drawn, network, within_m))
        kept |= np.array([spot.held for spot in line])[vertex]
        vertex, edge = vertex[kept], edge[kept]
    ends = network.xy[network.edge[edge]] - drawn[vertex, None]
    feet = network.feet(drawn[vertex], edge)
    away = np.column_stack([np.hypot(ends[:, :, 0], ends[:, :, 1]), np.hypot(*(feet - drawn[vertex]).T)])
    on_foot, near = flat.steps(feet), dict[int, list[int]]()
    for pair, number in enumerate(vertex.tolist()):
        near.setdefault(number, []).append(pair)
    spots = []
    for number, own in enumerate(line):
        pairs = near.get(number, [])
        beginning = replace(own, edges=frozenset(edge[pairs].tolist()))
        stays = own.held or not pairs
        spots.append(beginning if stays else _led(own, pairs, edge, away, on_foot, network, within_m))
    return spots


def _led(
    own: Spot,
    pairs: Sequence[int],
    edge: NDArray[np.int64],
    away: Floats,
    feet: Steps,
    network: Network,
    within_m: float,
) -> Spot:
    """A vertex at the nearest node of the edges near it, else on the nearest of them."""
    metres, pair, end = min((float(away[pair, end]), pair, end) for pair in pairs for end in (0, 1))
    if metres <= within_m:
        return _on_node(int(network.edge[edge[pair], end]), network, own.drawn)
    pair = min(pairs, key=lambda pair: float(away[pair, 2]))
    x, y = feet[pair].tolist()
    return replace(own, at=(x, y), edges=frozenset({int(edge[pair])}))


def _on_node(node: int, network: Network, drawn: XY) -> Spot:
    x, y = network.steps[node].tolist()
    return Spot((x, y), drawn, node, frozenset(network.edges_at[node]))


def _ends_beside(beside: Beside, drawn: Floats, network: Network, within_m: float) -> NDArray[np.int64]:
    """Pairs (vertex, edge) as one number: the edge runs along a piece of the line that begins or ends at the vertex."""
    after = (beside.piece + 1) % len(drawn)
    length = np.hypot(*(drawn[after] - drawn[beside.piece]).T)
    starts, ends = beside.low <= within_m, beside.high >= length - within_m
    vertex, edge = np.r_[beside.piece[starts], after[ends]], np.r_[beside.edge[starts], beside.edge[ends]]
    return np.asarray(vertex * len(network.edge) + edge)


def _nodes_along(network: Network, beside: Beside, pieces: Floats) -> dict[int, list[Spot]]:
    """For each piece the nodes of the edges it runs along, in order; of edges abreast the nearest one counts."""
    taken: dict[int, list[tuple[float, float]]] = {}
    found: dict[int, dict[int, float]] = {}
    length = np.hypot(*(pieces[:, 1] - pieces[:, 0]).T)
    for pair in np.argsort(beside.off, kind="stable").tolist():
        piece, low, high = int(beside.piece[pair]), float(beside.low[pair]), float(beside.high[pair])
        if any(low < other_high and other_low < high for other_low, other_high in taken.get(piece, ())):
            continue
        taken.setdefault(piece, []).append((low, high))
        for node, at in zip(network.edge[beside.edge[pair]].tolist(), beside.at[pair].tolist(), strict=True):
            if 0 < at < length[piece]:
                found.setdefault(piece, {})[node] = at
    return {
        piece: [_on_node(node, network, _along(pieces[piece], at)) for node, at in sorted(nodes.items(), key=_where)]
        for piece, nodes in found.items()
    }


def _where(node: tuple[int, float]) -> float:
    return node[1]


def _along(piece: Floats, metres: float) -> XY:
    (ax, ay), (bx, by) = piece.tolist()
    part = metres / dist((ax, ay), (bx, by))
    return ax + part * (bx - ax), ay + part * (by - ay)


def _joined(chain: Sequence[Spot], network: Network, within_m: float, ring: bool) -> Iterator[Spot]:
    """The chain with the nodes of the way between spots that are both on edges but not on one."""
    for number, spot in enumerate(chain):
        yield spot
        if number + 1 == len(chain) and not ring:
            break
        after = chain[(number + 1) % len(chain)]
        if spot.edges and after.edges and not spot.runs_to(after):
            piece = (spot.drawn, after.drawn)
            way = network.way(_gates(spot, network), _gates(after, network), piece, within_m) or []
            yield from (_on_node(node, network, spot.drawn) for node in way if node not in (spot.node, after.node))


def _gates(spot: Spot, network: Network) -> list[tuple[int, float]]:
    """The nodes by which one comes from a spot into the network, and how far they are."""
    if spot.node >= 0:
        return [(spot.node, 0.0)]
    found: dict[int, float] = {}
    for node in network.edge[sorted(spot.edges)].ravel().tolist():
        x, y = network.xy[node].tolist()
        found[node] = min(found.get(node, inf), dist(spot.drawn, (x, y)))
    return sorted(found.items())


def _thinned(chain: list[Spot], ring: bool) -> list[Spot]:
    """The chain without points told twice, ways out and straight back, and points between two others on one edge."""
    chain, number = _once(chain, ring), 0
    while len(chain) > 2 and number < len(chain):
        before, own, after = chain[number - 1], chain[number], chain[(number + 1) % len(chain)]
        if not own.held and (ring or 0 < number < len(chain) - 1) and _is_idle(before, own, after):
            del chain[number]
            _close(chain, number)
            number = max(0, number - 2)
        else:
            number += 1
    return chain


def _close(chain: list[Spot], number: int) -> None:
    """Makes one of the spots on both sides of where one was left out, if they are at one place."""
    if 0 < number < len(chain):
        chain[number - 1 : number + 1] = _once(chain[number - 1 : number + 1], ring=False)
    elif chain[0].at == chain[-1].at:
        chain.pop()


def _is_idle(before: Spot, own: Spot, after: Spot) -> bool:
    if before.at == after.at:
        return bool(own.edges)
    return own.node < 0 and bool(before.edges & own.edges & after.edges)


def _once(chain: Sequence[Spot], ring: bool) -> list[Spot]:
    """The chain without spots at the place of the one before; of two the one that is held, or on a node."""
    result: list[Spot] = []
    for spot in chain:
        if result and result[-1].at == spot.at:
            if (spot.held, spot.node >= 0) > (result[-1].held, result[-1].node >= 0):
                result[-1] = spot
        else:
            result.append(spot)
    if ring and len(result) > 1 and result[0].at == result[-1].at:
        result.pop()
    return result
