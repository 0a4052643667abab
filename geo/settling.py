"""Which nodes do rings and lines need so that no edge crosses another or passes through a node?

Snap rounding (Hobby 1999; Guibas and Marimont 1998) on the lattice: a place where edges cross is rounded to the lattice
and becomes a node of both, and an edge that passes within half a step of a node of others is led through it. Both move
edges by less than a step, which can make them meet others: repeated until none does.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.lattice import Keys, Steps, keys, steps_of
from geo.noding import Net, NodingUnsettledError, hot

MAX_ROUNDS = 40
"""Maps settle in three or four; triangles of a few steps with lines at random across them in a dozen."""
PATIENCE = 12
"""Rounds after which needles would hand the node where they cross on to the next step of the lattice, and the next."""


def settled(net: Net, fresh: NDArray[np.bool_] | None = None, *, may_touch: bool = False) -> Net:
    """The net with every node that its edges lack. Raises NodingUnsettledError.

    `fresh` tells of each vertex whether the edge that starts there is new (n,). Others are not compared with each
    other: how they meet is no business of a line drawn across them, and what is far from it stays as it is. No ring is
    led through a node beside one of its edges that it has elsewhere, which would lay it against itself; with
    `may_touch` it is where nothing else settles.
    """
    fresh = np.ones(len(net.node), dtype=bool) if fresh is None else fresh
    for number in range(MAX_ROUNDS):
        place = _Place.of(net, fresh)
        lacks = _lacking(net, place, is_last_resort=may_touch and number >= PATIENCE)
        if len(lacks) == 0:  # edges that still lack nodes would cross elsewhere once they are led through them
            lacks = _crossed(net, place)
        if len(lacks) == 0:
            return net
        lacks = np.unique(lacks, axis=0)
        count = np.bincount(lacks[:, 0].astype(np.int64), minlength=len(net.node))
        net, fresh = net.with_nodes(lacks), np.repeat((count > 0) | fresh, count + 1)
    raise NodingUnsettledError(f"edges that cross did not settle in {MAX_ROUNDS} rounds")


def are_new(net: Net, first: int, last: int) -> NDArray[np.bool_]:
    """Of each vertex, whether none of the shapes numbered from `first` until before `last` has the edge that starts
    there (n,)."""
    known = (net.shape >= first) & (net.shape < last)
    nodes, own = np.unique(net.node, return_inverse=True)
    after = np.searchsorted(nodes, net.following)
    edge = np.minimum(own, after) * len(nodes) + np.maximum(own, after)
    new = ~known
    new[new] = ~np.isin(edge[new], edge[known])
    return np.asarray(new)


@dataclass(frozen=True, slots=True)
class _Place:
    """Fresh edges, the other edges near them, both (n, 2), and all nodes near them (n,), each once and in order."""

    fresh: Keys
    others: Keys
    nodes: Keys

    @classmethod
    def of(cls, net: Net, fresh: NDArray[np.bool_]) -> "_Place":
        both = net.undirected()
        new = _once(both[fresh & (both[:, 0] != both[:, 1])])
        if len(new) == 0:
            return cls(new, new, new.ravel())
        ends = steps_of(new.ravel())
        low, high = ends.min(axis=0) - 1, ends.max(axis=0) + 1
        a, b = steps_of(both[:, 0]), steps_of(both[:, 1])
        near = ((np.minimum(a, b) <= high) & (np.maximum(a, b) >= low)).all(axis=1)
        inside = ((a >= low) & (a <= high)).all(axis=1), ((b >= low) & (b <= high)).all(axis=1)
        nodes = np.unique(np.concatenate([both[inside[0], 0], both[inside[1], 1]]))
        return cls(new, _once(both[near & ~fresh & (both[:, 0] != both[:, 1])]), nodes)


def _once(edges: Keys) -> Keys:
    """Each edge once, in order."""
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    edges = edges[order]
    first = np.ones(len(edges), dtype=bool)
    first[1:] = (edges[1:] != edges[:-1]).any(axis=1)
    return np.asarray(edges[first], dtype=np.uint64)


def _crossed(net: Net, place: _Place) -> Keys:
    """Pairs (vertex, node): the nodes where fresh edges cross others, for each vertex that starts one of the two."""
    one, other = _crossing(place.fresh, np.concatenate([place.fresh, place.others]))
    if len(one) == 0:
        return np.empty((0, 2), dtype=np.uint64)
    nodes = _meeting(one, other)
    both, twice = np.concatenate([one, other]), np.concatenate([nodes, nodes])
    inner = (both != twice[:, None]).all(axis=1)
    both, twice = both[inner], twice[inner]
    vertices = net.vertices_of(both)
    pairs = zip(both.tolist(), twice.tolist(), strict=True)
    found = {(vertex, node) for (low, high), node in pairs for vertex in vertices[low, high]}
    return np.array(sorted(found), dtype=np.uint64).reshape(-1, 2)


def _lacking(net: Net, place: _Place, *, is_last_resort: bool) -> Keys:
    """Pairs (vertex, node) of fresh edges that lack nodes, and of edges near them that lack nodes of theirs.

    In the last resort also nodes of their own rings, but none whose square they only touch: the two diagonals of four
    nodes would take turns.
    """
    pairs = (place.fresh, place.nodes), (place.others, np.unique(place.fresh))
    found = [hot(edges, nodes, inside=is_last_resort) for edges, nodes in pairs]
    edge, node, off = (np.concatenate(part) for part in zip(*found, strict=True))
    return net.foreign(edge, node, off, through=np.inf if is_last_resort else 0.0)


def _crossing(fresh: Keys, edges: Keys) -> tuple[Keys, Keys]:
    """Pairs of a fresh edge and an edge, both (n, 2), that cross between their ends; each once, the lower first."""
    if len(fresh) == 0:
        return fresh, fresh
    one, other = _segments(fresh), _segments(edges)
    i, j = shapely.STRtree(other).query(one)
    first, second = fresh[i], edges[j]
    a, b, c, d = (steps_of(nodes) for nodes in (*first.T, *second.T))
    crosses = (_turn(a, b, c) * _turn(a, b, d) < 0) & (_turn(c, d, a) * _turn(c, d, b) < 0)
    first, second = first[crosses], second[crosses]
    turned = (first[:, 0] > second[:, 0]) | ((first[:, 0] == second[:, 0]) & (first[:, 1] > second[:, 1]))
    low, high = np.where(turned[:, None], second, first), np.where(turned[:, None], first, second)
    pairs = np.unique(np.hstack([low, high]), axis=0)
    return pairs[:, :2], pairs[:, 2:]


def _meeting(one: Keys, other: Keys) -> Keys:
    """The lattice points nearest to where pairs of edges cross (n,)."""
    a, b, c, d = (steps_of(nodes) for nodes in (*one.T, *other.T))
    along, across, apart = b - a, d - c, c - a
    turn = along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0]
    part = (apart[:, 0] * across[:, 1] - apart[:, 1] * across[:, 0]) / turn
    return keys(a + np.rint(along * part[:, None]).astype(np.int64))


def _turn(a: Steps, b: Steps, p: Steps) -> NDArray[np.int64]:
    """1 where a, b, p turn left, -1 right, 0 where they are on one line."""
    ab, ap = b - a, p - a
    return np.asarray(np.sign(ab[:, 0] * ap[:, 1] - ab[:, 1] * ap[:, 0]), dtype=np.int64)


def _segments(edges: Keys) -> NDArray[np.object_]:
    """Edges as lines in whole steps."""
    ends = np.stack([steps_of(edges[:, 0]), steps_of(edges[:, 1])], axis=1)
    return np.asarray(shapely.linestrings(ends.astype(np.float64)), dtype=object)
