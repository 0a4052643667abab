"""Which blocks make up which grid?

Runs of annealing with several numbers of grids, short ones first, and then longer ones with the numbers that promise
most. Two at a time; what comes of it depends on the seed alone.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from geo.draw.borders import Figures, Numbers
from geo.draw.costing import Weights
from geo.draw.counting import Counting
from geo.draw.halving import halved
from geo.draw.listening import Listener
from geo.draw.mosaic import Mosaic
from geo.draw.recombining import improve
from geo.draw.state import cost_of, state_of
from geo.draw.task import Wishes

THREADS = 2
FLIPS = 10
"""Moves of single blocks after each recombination."""
HOT, COLD = 0.15, 0.002
"""Heat at the beginning and the end, for one grid: cost is a mean over grids, so it is divided by their number."""
ROUNDS_A_HOUSEHOLD, FEWEST_ROUNDS, MOST_ROUNDS = 40, 60_000, 1_200_000
"""Recombinations in all."""
TRIED = 5
"""Numbers of grids that are tried."""
FIRST = 0.4
"""Share of all rounds that short runs have."""
ROUNDS_A_GRID = 400
"""Recombinations for each grid after which it is better to start anew than to go on."""
FEWEST_RUNS, MOST_RUNS = 2, 16
"""Runs for each number of grids that promises most."""
STARTS = 6
"""Seeds that are tried until ground comes apart into so many grids."""
STRADDLED = 1.2
"""Ground on both sides of a river counts for more than it is weighed by: nobody walks across."""
OUT = 0.005
"""What a household out of range costs."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The grid of each block (n,), how many there are, and what it costs: 0 is as good as can be thought."""

    label: Numbers
    grids: int
    cost: float


@dataclass(frozen=True, slots=True)
class _Run:
    grids: int
    rounds: int
    seed: int


def solutions(mosaic: Mosaic, counting: Counting, wishes: Wishes, seed: int, listener: Listener) -> list[Solution]:
    """The best first; none is twice in it. Empty where the ground comes apart into no number of grids that is wanted.

    The listener hears how many rounds are done, of how many; when he has enough the first solution is waited for.
    """
    weights = weights_of(mosaic, counting, wishes)
    numbers = _numbers(counting, wishes, len(mosaic.households))
    if not numbers:
        return []
    total = int(np.clip(ROUNDS_A_HOUSEHOLD * counting.households, FEWEST_ROUNDS, MOST_ROUNDS))
    short = max(1000, int(total * FIRST / (2 * len(numbers))))
    first = [_Run(grids, short, seed * 1000 + n) for n, grids in enumerate([*numbers, *numbers])]
    found = _run(mosaic, weights, first, [], listener, total)
    found = _run(mosaic, weights, _again(found, int(total * (1 - FIRST)), seed), found, listener, total)
    listener.tell("grids", total, total, _worth(found))
    return _distinct(sorted(found, key=_order))


def _again(found: Sequence[Solution], rounds: int, seed: int) -> list[_Run]:
    """More runs with the two numbers of grids that promise most."""
    best = list(dict.fromkeys(one.grids for one in sorted(found, key=_order)))[:2]
    if not best:
        return []
    times = int(np.clip(rounds // (ROUNDS_A_GRID * sum(best)), FEWEST_RUNS, MOST_RUNS))
    long = rounds // (times * len(best))
    return [_Run(grids, long, seed * 1000 + 500 + n) for n, grids in enumerate(best * times)]


def weights_of(mosaic: Mosaic, counting: Counting, wishes: Wishes) -> Weights:
    """The wishes of a region as the solver reads them, so that a plan that has nothing costs about 1."""
    wanted = wishes.weights
    whole = wanted.streets + wanted.barriers + wanted.balance + wanted.shape or 1.0
    barrier_m = float(mosaic.run_barrier.sum() / 2)
    barrier = wanted.barriers if barrier_m > 0 else 0.0  # where there is none, borders on streets count for it
    return Weights(
        road=(wanted.streets + wanted.barriers - barrier) / whole,
        barrier=STRADDLED * barrier / whole,
        balance=wanted.balance / whole,
        shape=wanted.shape / whole,
        compound=wanted.compounds / whole,
        out=OUT,
        moved=0.0,
        least=float(wishes.least),
        most=float(wishes.most),
        barrier_m=barrier_m,
        allowed=float(counting.violation),
    )


def _numbers(counting: Counting, wishes: Wishes, blocks: int) -> list[int]:
    """How many grids are worth a try: some of those possible, about the middle of the range and above."""
    possible = [number for number in counting.numbers if 1 <= number <= blocks]
    if len(possible) <= TRIED:
        return possible
    lone = len(counting.towers)
    load = np.linspace(0.5, 0.93, TRIED) * (wishes.most - wishes.least) + wishes.least
    wanted = {lone + round(counting.rest / one) for one in load.tolist()}
    return sorted(number for number in wanted if number in possible)


def _run(
    mosaic: Mosaic,
    weights: Weights,
    runs: Sequence[_Run],
    found: Sequence[Solution],
    listener: Listener,
    total: int,
) -> list[Solution]:
    """What was found and what some runs find, told of as parts of a `total`."""
    known, done = [*found], total - sum(run.rounds for run in runs) if found else 0
    threads = ThreadPoolExecutor(THREADS)
    try:
        for run, solution in zip(runs, threads.map(lambda one: _solved(mosaic, weights, one), runs), strict=True):
            if listener.enough and known:
                break
            done += run.rounds
            known += [solution] if solution is not None else []
            listener.tell("grids", done, total, _worth(known))
    finally:
        threads.shutdown(cancel_futures=True)
    return known


def _worth(found: Sequence[Solution]) -> float | None:
    """What the best solution is worth, up to 1."""
    return max(0.0, 1.0 - min(one.cost for one in found)) if found else None


def _solved(mosaic: Mosaic, weights: Weights, run: _Run) -> Solution | None:
    home = np.full(len(mosaic.households), -1)
    label = _start(mosaic, run)
    if label is None:
        return None
    best = label.copy()
    if run.grids > 1:
        state = state_of(mosaic, label, home, run.grids, weights)
        heat = HOT / run.grids, COLD / run.grids
        improve(mosaic, state, weights, run.rounds, FLIPS, *heat, run.seed, best)
    return Solution(best, run.grids, float(cost_of(state_of(mosaic, best, home, run.grids, weights), weights)))


def _start(mosaic: Mosaic, run: _Run) -> Numbers | None:
    load: Figures = mosaic.households + 0.001 * mosaic.ground * max(1, mosaic.households.sum()) / mosaic.ground.sum()
    for turn in range(STARTS):
        label = halved(mosaic, run.grids, load, run.seed + 7919 * turn)
        if len(label):
            return np.asarray(label, dtype=np.int64)
    return None


def _order(solution: Solution) -> tuple[float, int]:
    return solution.cost, solution.grids


def _distinct(ordered: Sequence[Solution]) -> list[Solution]:
    found: dict[bytes, Solution] = {}
    for one in ordered:
        seen = np.unique(one.label, return_index=True)[1]
        named = np.argsort(np.argsort(seen))[one.label]  # the same grids under other numbers are the same plan
        found.setdefault(named.tobytes(), one)
    return [*found.values()]
