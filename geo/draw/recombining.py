"""What if two neighbouring grids were drawn anew? Compiled.

Recombination (DeFord, Duchin and Solomon 2021): a random spanning tree of the blocks of both, cut at one edge. Of each
tree some cuts that leave both grids within range are worked out, and the best is a move of the annealing.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.draw.compiled import compiled
from geo.draw.costing import COUNT, INNER, OUT, PP, ROAD, STRADDLED, TERMS, TORN, Weights, cost, grid_terms, worst_of
from geo.draw.discs import is_disc
from geo.draw.flipping import flip_some, room
from geo.draw.mosaic import WAYS, Mosaic
from geo.draw.state import State, add_around, clear, cost_of, put
from geo.draw.trees import below_of, hang, tree_of

LOOKED_AT = 6
"""Cuts of one tree that are worked out."""

Numbers = NDArray[np.int64]


class Table(NamedTuple):
    """Where recombinations are worked out: marks of nodes and blocks, the last mark, the number of each block among
    those of two grids; then sums and terms of a cut, and of the best one; and labels of both."""

    stamp: Any
    mark: Any
    index: Any
    fixed: Any
    total: Any
    terms: Any
    best_total: Any
    best_terms: Any
    before: Any
    taken: Any
    far: Any
    support: Any


@compiled
def table(m: Mosaic) -> Table:
    n = len(m.households)
    return Table(
        np.full(len(m.node_first) + n, -1, np.int64),
        np.zeros(1, np.int64),
        np.full(n, -1, np.int64),
        np.empty(TERMS),
        np.empty(TERMS),
        np.empty((2, TERMS)),
        np.empty(TERMS),
        np.empty((2, TERMS)),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty((WAYS, 2)),
        np.empty(WAYS),
    )


@compiled
def improve(
    m: Mosaic, s: State, w: Weights, rounds: int, flips: int, hot: float, cold: float, seed: int, best: Numbers
) -> float:
    """`rounds` recombinations, each followed by `flips` moves of single blocks, cooling from `hot` to `cold`.

    `best` (n,) gets the best labels; returns their cost.
    """
    np.random.seed(seed)
    now = lowest = cost_of(s, w)
    best[:] = s.label
    owner = np.empty(len(m.run_block), np.int64)
    for v in range(len(s.label)):
        owner[m.run_first[v] : m.run_first[v + 1]] = v
    x, y = room(), table(m)
    for turn in range(rounds):
        heat = hot * (cold / hot) ** (turn / rounds)
        r = np.random.randint(len(m.run_block))
        u = m.run_block[r]
        if u >= 0 and s.label[u] != s.label[owner[r]]:
            now = _redrawn(m, s, w, s.label[owner[r]], s.label[u], now, heat, y)
            if now < lowest - 1e-12:
                lowest = now
                best[:] = s.label
        now, lowest = flip_some(m, s, w, owner, flips, heat, now, lowest, best, x)
    return lowest


@compiled
def _redrawn(m: Mosaic, s: State, w: Weights, a: int, b: int, now: float, heat: float, y: Table) -> float:
    """The cost after grids `a` and `b` were drawn anew, or left."""
    n = s.count[a] + s.count[b]
    if n < 3:
        return now
    blocks = np.empty(n, np.int64)
    blocks[: s.count[a]] = s.member[a, : s.count[a]]
    blocks[s.count[a] :] = s.member[b, : s.count[b]]
    y.fixed[:] = s.total
    for t in range(COUNT + 1):
        y.fixed[t] -= s.terms[a, t] + s.terms[b, t]
    _add_borders(m, s.label, blocks, a, b, y.fixed, -1.0)
    y.fixed[TORN] -= _estates(m, s.label, blocks, a) + _estates(m, s.label, blocks, b)
    for i in range(n):
        y.before[i] = s.label[blocks[i]]
        y.index[blocks[i]] = i
        s.label[blocks[i]] = a
    y.mark[0] += 1
    after = np.inf
    if is_disc(m, s.label, a, blocks, y.stamp, y.mark[0]):
        after = _best_cut(m, s, w, a, b, blocks, y)
    if after > now - heat * np.log(1.0 - np.random.random()):
        for i in range(n):
            s.label[blocks[i]] = y.before[i]
        return now
    _made(m, s, a, b, blocks, y)
    return after


@compiled
def _best_cut(m: Mosaic, s: State, w: Weights, a: int, b: int, blocks: Numbers, y: Table) -> float:
    """The cost of the best of some cuts of a random tree; `y` gets its labels and figures."""
    n = len(blocks)
    parent, order = tree_of(m, s.label, a, blocks, y.index)
    below, towers = below_of(m.households, blocks, parent, order), below_of(m.towers, blocks, parent, order)
    root = order[0]
    allowed = s.terms[a, OUT] + s.terms[b, OUT]
    after, looked = np.inf, 0
    inside = np.zeros(n, np.bool_)
    start = np.random.randint(n)
    for i in range(n):
        pick = order[(start + i) % n]
        if parent[pick] < 0:
            continue
        if towers[root] == 0 and _out(below[pick], w) + _out(below[root] - below[pick], w) > allowed:
            continue
        looked += 1
        if looked > LOOKED_AT:
            break
        hang(inside, parent, order, pick)
        for turn in range(2):  # which part keeps which name matters only where grids have a home
            if turn == 1 and w.moved == 0:
                break
            for j in range(n):
                s.label[blocks[j]] = b if inside[j] == (turn == 0) else a
            found = _cost(m, s, w, a, b, blocks, y)
            if found < after:
                after = found
                for j in range(n):
                    y.taken[j] = s.label[blocks[j]]
                y.best_total[:] = y.total
                y.best_terms[:] = y.terms
    return after


@compiled
def _out(households: int, w: Weights) -> float:
    return max(0.0, w.least - households) + max(0.0, households - w.most)


@compiled
def _cost(m: Mosaic, s: State, w: Weights, a: int, b: int, blocks: Numbers, y: Table) -> float:
    """What the plan costs with two grids as they are labelled; infinite where one is in two parts or has a hole."""
    y.mark[0] += 2
    if not is_disc(m, s.label, a, blocks, y.stamp, y.mark[0] - 1):
        return np.inf
    if not is_disc(m, s.label, b, blocks, y.stamp, y.mark[0]):
        return np.inf
    y.total[:] = y.fixed
    _add_borders(m, s.label, blocks, a, b, y.total, 1.0)
    y.total[TORN] += _estates(m, s.label, blocks, a) + _estates(m, s.label, blocks, b)
    _terms(m, s.label, blocks, a, w, y, y.terms[0])
    _terms(m, s.label, blocks, b, w, y, y.terms[1])
    for t in range(COUNT + 1):
        y.total[t] += y.terms[0, t] + y.terms[1, t]
    worst = worst_of(s.terms, a, b, min(y.terms[0, PP], y.terms[1, PP]))
    return cost(y.total, worst, len(s.count), s.moved[0] + _moved(m, s, blocks, y.before, s.label[blocks]), w)


@compiled
def _moved(m: Mosaic, s: State, blocks: Numbers, before: Numbers, after: Numbers) -> int:
    """How many more households are not at home."""
    moved = 0
    for i in range(len(blocks)):
        home = s.home[blocks[i]]
        if home >= 0:
            moved += m.households[blocks[i]] * ((after[i] != home) - (before[i] != home))
    return moved


@compiled
def _terms(m: Mosaic, label: Numbers, blocks: Numbers, g: int, w: Weights, y: Table, out: Any) -> None:
    """What grid `g`, all of whose blocks are among `blocks`, adds to each sum."""
    households, towers, rest, ground, around = 0, 0, 0, 0.0, 0.0
    y.support[:] = -np.inf
    for v in blocks:
        if label[v] != g:
            continue
        households += m.households[v]
        towers += m.towers[v]
        rest += m.households[v] - m.tower_households[v]
        ground += m.ground[v]
        for r in range(m.run_first[v], m.run_first[v + 1]):
            u = m.run_block[r]
            if u < 0 or label[u] != g:
                around += m.run_length[r]
        for k in range(WAYS):
            if m.support[v, k] > y.support[k]:
                y.support[k] = m.support[v, k]
                y.far[k, 0] = m.far[v, k, 0]
                y.far[k, 1] = m.far[v, k, 1]
    grid_terms(out, households, towers, rest, ground, around, y.far, w)


@compiled
def _add_borders(m: Mosaic, label: Numbers, blocks: Numbers, a: int, b: int, total: Any, sign: float) -> None:
    """Add what the borders between two grids sum to, and the barriers inside of each."""
    for v in blocks:
        for r in range(m.run_first[v], m.run_first[v + 1]):
            u = m.run_block[r]
            if u < v or (label[u] != a and label[u] != b):
                continue
            if label[u] != label[v]:
                total[INNER] += sign * m.run_length[r]
                total[ROAD] += sign * m.run_road[r]
            else:
                total[STRADDLED] += sign * m.run_barrier[r]


@compiled
def _estates(m: Mosaic, label: Numbers, blocks: Numbers, g: int) -> int:
    """How many estates a grid has ground of."""
    seen = {-1}
    for v in blocks:
        if label[v] == g:
            for c in range(m.compound_first[v], m.compound_first[v + 1]):
                seen.add(m.compound[c])
    return len(seen) - 1


@compiled
def _made(m: Mosaic, s: State, a: int, b: int, blocks: Numbers, y: Table) -> None:
    """Give blocks to two grids as the best cut says."""
    s.moved[0] += _moved(m, s, blocks, y.before[: len(blocks)], y.taken[: len(blocks)])
    clear(s, a)
    clear(s, b)
    for i in range(len(blocks)):
        put(m, s, blocks[i], y.taken[i])
    for v in blocks:
        add_around(m, s, v)
    s.total[:] = y.best_total
    s.terms[a] = y.best_terms[0]
    s.terms[b] = y.best_terms[1]
