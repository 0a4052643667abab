"""What if a block went over to a neighbouring grid? Compiled.

Moves of simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983). A grid stays ground in one part without a hole: a
block may leave or join a grid only if it touches it along one unbroken stretch of its own border (the simple points of
digital topology, Bertrand 1994, on a planar map), so nothing has to be searched.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.draw.compiled import compiled
from geo.draw.costing import COUNT, INNER, PP, ROAD, STRADDLED, TERMS, TORN, Weights, cost, grid_terms, worst_of
from geo.draw.mosaic import WAYS, Mosaic
from geo.draw.state import State, put, take

SAME_M = 1e-6
"""Reaches that differ by less are the same but for rounding."""


class Room(NamedTuple):
    """Where a move is worked out: sums, terms and farthest points of the two grids, and what their borders share with
    the block: metres, on lines, of barriers, for the grid it leaves and the one it joins."""

    total: Any
    term_a: Any
    term_b: Any
    far_a: Any
    far_b: Any
    shared: Any


@compiled
def room() -> Room:
    return Room(
        np.empty(TERMS), np.empty(TERMS), np.empty(TERMS), np.empty((WAYS, 2)), np.empty((WAYS, 2)), np.empty(6)
    )


@compiled
def flip_some(
    m: Mosaic,
    s: State,
    w: Weights,
    owner: NDArray[np.int64],
    steps: int,
    heat: float,
    now: float,
    lowest: float,
    best: NDArray[np.int64],
    x: Room,
) -> tuple[float, float]:
    """Try `steps` moves at one heat; `best` gets the best labels seen. `owner` tells whose each run is.

    Returns the cost now and the lowest.
    """
    for _ in range(steps):
        r = np.random.randint(len(m.run_block))
        v, u = owner[r], m.run_block[r]
        if u < 0 or s.label[v] == s.label[u] or s.count[s.label[v]] == 1:
            continue
        a, b = s.label[v], s.label[u]
        if not is_simple(m, s.label, v, a) or not is_simple(m, s.label, v, b):
            continue
        after, moved = _after(m, s, w, v, a, b, x)
        if after > now - heat * np.log(1.0 - np.random.random()):
            continue
        _made(m, s, v, a, b, x)
        s.moved[0] = moved
        now = after
        if now < lowest - 1e-12:
            lowest = now
            best[:] = s.label
    return now, lowest


@compiled
def is_simple(m: Mosaic, label: NDArray[np.int64], v: int, g: int) -> bool:
    """Whether block `v` touches the other blocks of grid `g` along one unbroken stretch of its border, and they hang
    together along it without `v`."""
    first, last = m.run_first[v], m.run_first[v + 1]
    stretches = 0
    u = m.run_block[last - 1]
    before = u >= 0 and label[u] == g
    for r in range(first, last):
        u = m.run_block[r]
        here = u >= 0 and label[u] == g
        if here and not before:
            stretches += 1
        elif here == before:  # round the node between, others are of the grid all or none: else it is a pinch
            node = m.run_node[r - 1] if r > first else m.run_node[last - 1]
            for q in range(m.node_first[node], m.node_first[node + 1]):
                u = m.node_block[q]
                if u != v and (u >= 0 and label[u] == g) != here:
                    return False
        before = here
    return stretches == 1


@compiled
def _after(m: Mosaic, s: State, w: Weights, v: int, a: int, b: int, x: Room) -> tuple[float, int]:
    """The cost, and the households moved, once block `v` of grid `a` is one of `b`; `x` gets the figures."""
    _shared(m, s.label, v, a, b, x.shared)
    x.total[:] = s.total
    x.total[INNER] += x.shared[0] - x.shared[3]
    x.total[ROAD] += x.shared[1] - x.shared[4]
    x.total[STRADDLED] += x.shared[5] - x.shared[2]
    for c in range(m.compound_first[v], m.compound_first[v + 1]):
        estate = m.compound[c]
        x.total[TORN] += (s.torn[b, estate] == 0) - (s.torn[a, estate] == 1)
    _far_without(m, s, a, v, x.far_a)
    _far_with(m, s, b, v, x.far_b)
    own, tower, ground = m.households[v], m.towers[v], m.ground[v]
    rest = own - m.tower_households[v]
    around_a, around_b = s.around[a] - m.around[v] + 2 * x.shared[0], s.around[b] + m.around[v] - 2 * x.shared[3]
    # fmt: off
    grid_terms(x.term_a, s.households[a] - own, s.towers[a] - tower, s.rest[a] - rest, s.ground[a] - ground,
               around_a, x.far_a, w)
    grid_terms(x.term_b, s.households[b] + own, s.towers[b] + tower, s.rest[b] + rest, s.ground[b] + ground,
               around_b, x.far_b, w)
    # fmt: on
    for t in range(COUNT + 1):
        x.total[t] += x.term_a[t] + x.term_b[t] - s.terms[a, t] - s.terms[b, t]
    moved = s.moved[0]
    if s.home[v] >= 0:
        moved += own * ((b != s.home[v]) - (a != s.home[v]))
    worst = worst_of(s.terms, a, b, min(x.term_a[PP], x.term_b[PP]))
    return cost(x.total, worst, len(s.count), moved, w), moved


@compiled
def _made(m: Mosaic, s: State, v: int, a: int, b: int, x: Room) -> None:
    """Carry out a move whose figures are known."""
    take(m, s, v)
    put(m, s, v, b)
    s.around[a] += 2 * x.shared[0] - m.around[v]
    s.around[b] += m.around[v] - 2 * x.shared[3]
    s.far[a] = x.far_a
    for k in range(WAYS):
        angle = k * (2 * np.pi / WAYS)
        s.support[a, k] = x.far_a[k, 0] * np.cos(angle) + x.far_a[k, 1] * np.sin(angle)
    s.terms[a] = x.term_a
    s.terms[b] = x.term_b
    s.total[:] = x.total


@compiled
def _shared(m: Mosaic, label: NDArray[np.int64], v: int, a: int, b: int, out: NDArray[np.float64]) -> None:
    """What the borders of block `v` with grids `a` and `b` sum to."""
    out[:] = 0.0
    for r in range(m.run_first[v], m.run_first[v + 1]):
        u = m.run_block[r]
        if u < 0 or (label[u] != a and label[u] != b):
            continue
        place = 0 if label[u] == a else 3
        out[place] += m.run_length[r]
        out[place + 1] += m.run_road[r]
        out[place + 2] += m.run_barrier[r]


@compiled
def _far_without(m: Mosaic, s: State, g: int, v: int, points: NDArray[np.float64]) -> None:
    """The farthest points of a grid without one of its blocks."""
    points[:] = s.far[g]
    for k in range(WAYS):
        if m.support[v, k] < s.support[g, k] - SAME_M:
            continue
        best = -np.inf
        for i in range(s.count[g]):
            u = s.member[g, i]
            if u != v and m.support[u, k] > best:
                best = m.support[u, k]
                points[k, 0] = m.far[u, k, 0]
                points[k, 1] = m.far[u, k, 1]


@compiled
def _far_with(m: Mosaic, s: State, g: int, v: int, points: NDArray[np.float64]) -> None:
    points[:] = s.far[g]
    for k in range(WAYS):
        if m.support[v, k] > s.support[g, k]:
            points[k, 0] = m.far[v, k, 0]
            points[k, 1] = m.far[v, k, 1]
