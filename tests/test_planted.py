"""Is every planted fault found, in its place and with its size, and is nothing else ever told?"""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from planting_arithmetic import edges_of, enclosed, inner_point, off, shared, square_metres, turns_round
from planting_series import Case, Tally, full_sources, series, small_sources
from planting_source import rings_of
from planting_sources import streets, voronoi
from proofs import Proof

from geo.measure import square_metres as measured
from geo.model import Finding, Rule

SEED = 20
SMALL, FULL = 62, 10_075
"""Plans: each kind twice, and 325 times; a fifth of them with a second fault."""


def test_every_planted_fault_is_found_and_nothing_else(full: bool, proof: Proof) -> None:
    count, sources = (FULL, full_sources()) if full else (SMALL, small_sources())
    tally = Tally()
    for case in series(count, SEED, sources):
        tally.count(case, case.verdict(case.findings()))
    print("", *tally.lines(), sep="\n")
    assert tally.complaints == []
    assert all(row.planted == row.found == row.located > 0 for row in tally.rows.values())
    assert tally.large >= count / 3
    assert tally.pairs >= count // 6
    assert not full or (tally.pairs >= count / 5 and len(tally.families) >= 4)
    _note(proof, tally, count)


def _note(proof: Proof, tally: Tally, count: int) -> None:
    for kind, row in tally.rows.items():
        worst = f"worst error {row.worst:.0e} of its ground" if row.worst else "no ground told wrongly"
        proof(f"planted: {kind}", row.planted, f"{row.found} found, {row.located} located, {worst}")
    faults = sum(row.planted for row in tally.rows.values())
    plans = f"{tally.large} plans of 100+ grids, {tally.pairs} with two faults ({tally.beside} side by side)"
    families = ", ".join(f"{name} {count}" for name, count in sorted(tally.families.items()))
    proof("planted faults", count, f"all {faults} found and located, nothing else told; {plans}; {families}")


def one_case(kind: str) -> Case:
    return next(series(1, SEED, [streets(0, 6, 25, 3)], [kind]))


def spoilt(finding: Finding, stretch: float, aside: float) -> Finding:
    """The finding on ground that is larger, or somewhere else."""
    middle = shapely.get_coordinates(shapely.centroid(finding.geometry))[0]
    shape = shapely.transform(finding.geometry, lambda xy: (xy - middle) * stretch + middle + aside)
    return replace(finding, geometry=shape, area_m2=measured(shape))


@pytest.mark.parametrize("kind", ["gap inside", "overlap", "spill", "duplicate", "grid missing", "regions overlap"])
def test_the_judge_sees_what_a_check_gets_wrong(kind: str) -> None:
    """A finding less, one more, one enlarged by two hundredths, moved, of another rule, or of a false area."""
    case = one_case(kind)
    findings = case.findings()
    assert case.verdict(findings).complaints == []
    assert case.verdict(findings).found == [True]
    (first,) = [finding for finding in findings if finding.rule in case.faults[0].rules]
    rest = [finding for finding in findings if finding is not first]
    other = Rule.GAP if first.rule is not Rule.GAP else Rule.OVERLAP
    wrong = {
        "less": rest,
        "twice": [*findings, first],
        "larger": [*rest, spoilt(first, 1.02, 0.0)],
        "moved": [*rest, spoilt(first, 1.0, 0.0001)],
        "another rule": [*rest, replace(first, rule=other)],
        "false area": [*rest, replace(first, area_m2=(first.area_m2 or 0.0) * 1.02)],
        "a node too many": [*findings, replace(first, rule=Rule.NODE_UNMATCHED, geometry=shapely.Point(104.1, 30.7))],
        "a ring too many": [*findings, replace(first, rule=Rule.RING_INVALID, geometry=shapely.Point(104.1, 30.7))],
    }
    quiet = [name for name, said in wrong.items() if not case.verdict(said).complaints]
    assert quiet == []


@pytest.mark.parametrize("seed", range(4))
def test_the_judges_arithmetic(seed: int) -> None:
    """Held against GEOS on shapes in general position; the code under test is not asked."""
    source = voronoi(seed, 12, 2)
    one, other = (steps_of_random(seed * 2 + k) for k in (0, 1))
    a, b = shapely.Polygon(one), shapely.Polygon(other)
    assert float(off(edges_of([one]))) == pytest.approx(a.area)
    assert float(shared(edges_of([one]), edges_of([other]))) == pytest.approx(a.intersection(b).area)
    place = inner_point([one])
    assert place is not None
    assert turns_round(edges_of([one]), place) == 1
    assert a.contains(shapely.Point(float(place[0]), float(place[1])))
    assert enclosed(edges_of([one[::-1]]))[0] == 0
    for code, shape in source.grids.items():
        stated = next(grid.shape for grid in source.plan.grids if grid.code == code)
        assert square_metres([*rings_of(shape)]) == pytest.approx(measured(stated), rel=1e-8)


def steps_of_random(seed: int) -> list[tuple[int, int]]:
    """A star-shaped ring of forty nodes."""
    chance = np.random.default_rng(seed)
    turn = np.sort(chance.uniform(0, 2 * np.pi, 40))
    reach = chance.uniform(3_000, 9_000, 40)
    xy = np.column_stack([reach * np.cos(turn), reach * np.sin(turn)]) + chance.integers(0, 4_000, 2)
    return [(round(x), round(y)) for x, y in xy.tolist()]
