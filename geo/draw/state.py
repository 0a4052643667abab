"""Who has which block, and what follows from it for each grid? Compiled."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.draw.compiled import compiled
from geo.draw.costing import COUNT, INNER, ROAD, STRADDLED, TERMS, TORN, Weights, cost, grid_terms, worst_of
from geo.draw.mosaic import WAYS, Mosaic


class State(NamedTuple):
    """`label` (n,) is the grid of each block, `home` (n,) its present one or -1. Of each grid (k,): its blocks as the
    first `count` of `member` (k, n), where `place` (n,) finds them; households, towers, households outside of towers,
    ground and border; the farthest points each way and how far that is; blocks of each estate `torn` (k, estates); its
    `terms` (k, TERMS). `total` (TERMS,) are their sums; `moved` (1,) the households that are not at home."""

    label: Any
    home: Any
    count: Any
    member: Any
    place: Any
    households: Any
    towers: Any
    rest: Any
    ground: Any
    around: Any
    support: Any
    far: Any
    torn: Any
    terms: Any
    total: Any
    moved: Any


@compiled
def state_of(m: Mosaic, label: NDArray[np.int64], home: NDArray[np.int64], grids: int, w: Weights) -> State:
    """All figures of blocks put together to `grids` grids."""
    n = len(label)
    s = State(
        label.copy(),
        home,
        np.zeros(grids, np.int64),
        np.zeros((grids, n), np.int32),
        np.zeros(n, np.int64),
        np.zeros(grids, np.int64),
        np.zeros(grids, np.int64),
        np.zeros(grids, np.int64),
        np.zeros(grids),
        np.zeros(grids),
        np.full((grids, WAYS), -np.inf),
        np.zeros((grids, WAYS, 2)),
        np.zeros((grids, max(1, m.compounds)), np.int32),
        np.zeros((grids, TERMS)),
        np.zeros(TERMS),
        np.zeros(1, np.int64),
    )
    for v in range(n):
        put(m, s, v, label[v])
        if home[v] >= 0 and home[v] != label[v]:
            s.moved[0] += m.households[v]
    for v in range(n):
        add_around(m, s, v)
        for r in range(m.run_first[v], m.run_first[v + 1]):
            u = m.run_block[r]
            if u > v and label[u] != label[v]:
                s.total[INNER] += m.run_length[r]
                s.total[ROAD] += m.run_road[r]
            elif u > v:
                s.total[STRADDLED] += m.run_barrier[r]
    for g in range(grids):
        grid_terms(s.terms[g], s.households[g], s.towers[g], s.rest[g], s.ground[g], s.around[g], s.far[g], w)
        for t in range(COUNT + 1):
            s.total[t] += s.terms[g, t]
    for c in range(m.compounds):
        s.total[TORN] += max(0, np.count_nonzero(s.torn[:, c]) - 1)
    return s


@compiled
def cost_of(s: State, w: Weights) -> float:
    """What the plan costs as it is."""
    grids = len(s.count)
    return cost(s.total, worst_of(s.terms, -1, -1, 1.0), grids, s.moved[0], w)


@compiled
def put(m: Mosaic, s: State, v: int, g: int) -> None:
    """Block `v` becomes one of grid `g`; its border, its terms and all sums are the caller's."""
    s.label[v] = g
    s.place[v] = s.count[g]
    s.member[g, s.count[g]] = v
    s.count[g] += 1
    s.households[g] += m.households[v]
    s.towers[g] += m.towers[v]
    s.rest[g] += m.households[v] - m.tower_households[v]
    s.ground[g] += m.ground[v]
    for k in range(WAYS):
        if m.support[v, k] > s.support[g, k]:
            s.support[g, k] = m.support[v, k]
            s.far[g, k, 0] = m.far[v, k, 0]
            s.far[g, k, 1] = m.far[v, k, 1]
    for c in range(m.compound_first[v], m.compound_first[v + 1]):
        s.torn[g, m.compound[c]] += 1


@compiled
def take(m: Mosaic, s: State, v: int) -> None:
    """Block `v` leaves its grid; its border, its farthest points and terms, and all sums are the caller's."""
    g = s.label[v]
    last = s.member[g, s.count[g] - 1]
    s.member[g, s.place[v]] = last
    s.place[last] = s.place[v]
    s.count[g] -= 1
    s.households[g] -= m.households[v]
    s.towers[g] -= m.towers[v]
    s.rest[g] -= m.households[v] - m.tower_households[v]
    s.ground[g] -= m.ground[v]
    for c in range(m.compound_first[v], m.compound_first[v + 1]):
        s.torn[g, m.compound[c]] -= 1


@compiled
def clear(s: State, g: int) -> None:
    """Grid `g` has no block."""
    s.count[g] = 0
    s.households[g] = 0
    s.towers[g] = 0
    s.rest[g] = 0
    s.ground[g] = 0.0
    s.around[g] = 0.0
    s.torn[g, :] = 0
    s.support[g, :] = -np.inf


@compiled
def add_around(m: Mosaic, s: State, v: int) -> None:
    """Add what block `v` has of its grid's border."""
    g = s.label[v]
    for r in range(m.run_first[v], m.run_first[v + 1]):
        u = m.run_block[r]
        if u < 0 or s.label[u] != g:
            s.around[g] += m.run_length[r]
