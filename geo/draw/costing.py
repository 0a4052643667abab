"""What does a plan cost the solver? Compiled.

0 is as good as can be thought, 1 as bad as a plan in range can be. All it is made of are sums over grids and borders,
so that a move changes few figures.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.draw.compiled import compiled
from geo.draw.enclosing import circle_m, hull_m2

TERMS = 12
PP, REOCK, HULL, ANGULAR, OUT, LOAD, LOAD2, COUNT = range(8)
"""Of each grid: Polsby-Popper (1991), Reock (1961) and hull ratio, how far the first is below `LOW_PP`, households out
of range, households and their square, and 1; the last three are 0 for a tower that stands alone."""
INNER, ROAD, STRADDLED, TORN = range(8, 12)
"""Of all borders between grids: metres, metres on lines, metres of barriers inside of grids; and how many times an
estate is divided."""

GOOD_PP, GOOD_REOCK, GOOD_HULL, GOOD_WORST = 0.70, 0.60, 0.95, 0.42
"""From here on a rounder shape is worth little: two squares side by side have a Polsby-Popper of 0.70."""
LOW_PP = 0.45
BROKEN = 0.02
"""What a plan out of range costs beside what each household out of it does: no plan in range is given up for it."""
LEFTOVER = 0.002
"""What each household beside a tower costs: it stands alone if it can."""

Figures = NDArray[np.float64]


class Weights(NamedTuple):
    """What counts how much, see `geo.draw.task.Weights`; `out` for a household out of range, past those `allowed`;
    `moved` for one that leaves its present grid; then the range, and how many metres of barriers there are."""

    road: float
    barrier: float
    balance: float
    shape: float
    compound: float
    out: float
    allowed: float
    moved: float
    least: float
    most: float
    barrier_m: float


@compiled
def grid_terms(
    out: Figures,
    households: int,
    towers: int,
    rest: int,
    ground: float,
    around: float,
    points: Figures,
    weights: Weights,
) -> None:
    """Fill `out` (TERMS,) with what one grid adds to each sum. `rest` are its households outside of towers."""
    pp = 4 * np.pi * ground / (around * around)
    hull, radius = hull_m2(points), circle_m(points)
    out[PP], out[ANGULAR] = pp, max(0.0, LOW_PP - pp)
    out[REOCK] = min(1.0, ground / (np.pi * radius * radius)) if radius > 0 else 0.0
    out[HULL] = min(1.0, ground / hull) if hull > 0 else 0.0
    if towers == 1 and rest < weights.least:
        out[OUT], out[LOAD], out[LOAD2], out[COUNT] = 0.0, 0.0, 0.0, 0.0
        out[ANGULAR] += LEFTOVER * rest
        return
    out[OUT] = max(0.0, weights.least - households) + max(0.0, households - weights.most)
    out[LOAD], out[LOAD2], out[COUNT] = households, float(households) * households, 1.0


@compiled
def cost(total: Figures, worst: float, grids: int, moved: int, weights: Weights) -> float:
    """Of a plan with these sums (TERMS,), its worst grid as round as `worst`, and so many households moved."""
    over = total[OUT] - weights.allowed
    paid = weights.out * over + BROKEN if over > 0.5 else 0.0
    if total[COUNT] > 0:
        mean = total[LOAD] / total[COUNT]
        variance = max(0.0, total[LOAD2] / total[COUNT] - mean * mean)
        paid += weights.balance * 4.0 * np.sqrt(variance) / max(mean, 1.0)
    shape = _good(total[PP] / grids / GOOD_PP) + _good(total[REOCK] / grids / GOOD_REOCK)
    shape += _good(total[HULL] / grids / GOOD_HULL) + _good(worst / GOOD_WORST)
    paid += weights.shape * (1.0 - shape / 4 + 0.3 * total[ANGULAR] / grids)
    if total[INNER] > 0:
        paid += weights.road * (1.0 - total[ROAD] / total[INNER])
    if weights.barrier_m > 0:
        paid += weights.barrier * total[STRADDLED] / weights.barrier_m
    return float(paid + weights.compound * total[TORN] / grids + weights.moved * moved)


@compiled
def worst_of(terms: Figures, a: int, b: int, worst: float) -> float:
    """The lowest roundness of `worst` and all grids (k, TERMS) but two."""
    for g in range(len(terms)):
        if terms[g, PP] < worst and g not in (a, b):
            worst = terms[g, PP]
    return worst


@compiled
def _good(share: float) -> float:
    """What a share of what is wanted is worth: little more where more is reached."""
    return share if share < 1.0 else 1.0 + 0.1 * (share - 1.0)
