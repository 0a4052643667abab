"""Given an accuracy: do the shares of the candidates sum to one, and are they what many trials of the error give?"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from divisions import ORIGIN, STEP, cell
from numpy.typing import NDArray
from planting_sources import district, villages
from proofs import Proof
from test_lookup import TREE, state
from test_owner_oracle import asked_of

from geo import lookup
from geo.lookup import Accuracy, Map, Status
from geo.measure import metres_per_degree

WITHIN = 0.01
"""Shares and trials may differ by so much; 40,000 trials alone by 0.003 at most one time in four."""
SUM = 1e-3
"""Shares are told to four digits, and what lies far outside is left out."""


def sigma_m(accuracy: Accuracy) -> float:
    return accuracy.metres / math.sqrt(-2 * math.log(1 - accuracy.level / 100))


def told(state: Map, point: NDArray[np.float64], accuracy: Accuracy) -> dict[str | None, float]:
    found = lookup.answer(state, *point.tolist(), accuracy=accuracy)
    shares = {one.holding.code if one.holding else None: one.share or 0.0 for one in found.candidates}
    assert len(shares) == len(found.candidates)
    assert all(0 <= share <= 1 for share in shares.values())
    if found.owner:
        assert next(iter(shares)) == found.owner.code
    return shares


def tried(state: Map, chance: np.random.Generator, point: Any, accuracy: Accuracy, count: int) -> dict[Any, float]:
    """The share of each owner in trials of the error."""
    error = chance.normal(0, sigma_m(accuracy), (count, 2)) / metres_per_degree(point[1])
    numbers, counts = np.unique(state.owners.owners(point + error), return_counts=True)
    codes = [state.owners.codes[n] if n >= 0 else None for n in numbers]
    return dict(zip(codes, (counts / count).tolist(), strict=True))


def judge(state: Map, seed: int, points: NDArray[np.float64], most_m: float, trials: int) -> float:
    """Hold the shares at each point against trials; the greatest difference."""
    chance, worst = np.random.default_rng(seed), 0.0
    for point in points:
        accuracy = Accuracy(float(10 ** chance.uniform(0, np.log10(most_m))), 68 if chance.random() < 0.5 else 95)
        ours, theirs = told(state, point, accuracy), tried(state, chance, point, accuracy, trials)
        if ours or set(theirs) != {None}:
            assert sum(ours.values()) == pytest.approx(1, abs=SUM), (point.tolist(), accuracy)
            off = {code: abs(ours.get(code, 0) - theirs.get(code, 0)) for code in {*ours, *theirs}}
            assert max(off.values()) < WITHIN, (point.tolist(), accuracy, ours, theirs)
            worst = max(worst, *off.values())
    return worst


def places(seed: int, state: Map, count: int) -> NDArray[np.float64]:
    """Random points in and around a map; some exactly on nodes."""
    chance = np.random.default_rng(seed)
    nodes = shapely.get_coordinates([holding.grid.shape for holding in state.holdings])
    low, high = nodes.min(axis=0), nodes.max(axis=0)
    anywhere = chance.uniform(low - (high - low) * 0.02, high + (high - low) * 0.02, (count, 2))
    return np.vstack([anywhere, chance.choice(nodes, count // 4)])


def test_in_the_sample_district(full: bool, proof: Proof) -> None:
    state = asked_of(district().plan).map
    points = places(1, state, 400 if full else 8)
    worst = judge(state, 2, points, 3000, 100_000 if full else 40_000)
    proof("shares and 100,000 trials each: the sample district, points", len(points), f"differ by {worst:.4f} at most")


def test_in_taipei(shared_data: Path, full: bool, proof: Proof) -> None:
    state = asked_of(villages(shared_data).plan).map
    points = places(3, state, 400 if full else 8)
    worst = judge(state, 4, points, 3000, 100_000 if full else 40_000)
    proof("shares and 100,000 trials each: Taipei's villages, points", len(points), f"differ by {worst:.4f} at most")


OVERLAP = [("A02", "A", cell(0, 0, 1.5, 1)), ("A01", "A", cell(1, 0, 1, 1)), ("A03", "A", cell(0.5, 0.5, 1, 1))]


def test_where_provisional_ground_overlaps_and_leaves_gaps(full: bool) -> None:
    """Ground that several have goes to the owner by the rule, as in a lookup; a hole is nobody's."""
    holed = shapely.difference(OVERLAP[0][2], cell(0.1, 0.1, 0.2, 0.2))
    grids = [("A02", "A", holed), *OVERLAP[1:]]
    for provisional in (("A01", "A02", "A03"), ("A01", "A03")):
        faulty = state(grids, TREE, {"A": cell(0, 0, 2, 1)}, provisional=provisional)
        points = places(5, faulty, 100 if full else 6)
        judge(faulty, 6, points, 500, 100_000 if full else 40_000)


def test_in_the_midst_of_a_covered_city_nobodys_ground_is_no_candidate() -> None:
    """Neither rounding nor what lies beyond the reach makes ground up that nobody owns."""
    grids = [(f"A{i}{j}", "A", cell(i * 0.1, j * 0.1, 0.1, 0.1)) for i in range(10) for j in range(10)]
    city, chance = state(grids, TREE), np.random.default_rng(7)
    middle = np.array(ORIGIN) + STEP / 2
    for _ in range(200):
        point = middle + chance.uniform(-0.1, 0.1, 2) * STEP
        found = lookup.answer(city, *point.tolist(), accuracy=Accuracy(float(chance.uniform(1, 25))))
        assert all(one.holding is not None for one in found.candidates), (point.tolist(), found.candidates)


def test_five_percent_across_make_a_point_near_a_boundary() -> None:
    city = state([("A01", "A", cell(0, 0)), ("A02", "A", cell(1, 0))], TREE)
    for share, status in ((0.049, Status.OWNED), (0.051, Status.NEAR_BOUNDARY)):
        metres = 20.0
        away = metres / math.sqrt(-2 * math.log(0.32)) * quantile(1 - share)
        point = ORIGIN[0] + STEP - away / metres_per_degree(ORIGIN[1])[0], ORIGIN[1] + 0.5 * STEP
        found = lookup.answer(city, *point, accuracy=Accuracy(metres))
        assert found.status is status
        assert sum(one.share or 0 for one in found.candidates) == pytest.approx(1, abs=SUM)


def quantile(share: float) -> float:
    """Of the normal distribution, by halving."""
    low, high = 0.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erfc(-middle / math.sqrt(2)) / 2 < share else (low, middle)
    return low
