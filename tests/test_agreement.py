"""Does the check find all that PostGIS's own functions find, with the same areas, and what do these miss?"""

from collections import Counter
from collections.abc import Sequence

from conftest import Store
from planting_judge import LEAST_M2, SHARE
from planting_postgis import Answer, asked
from planting_series import COVERAGE_KINDS, Case, series
from planting_source import Source
from planting_sources import streets, voronoi
from proofs import Proof

from geo.model import Finding, Rule

SEED = 4
SMALL, FULL = 38, 1_900
"""Twice each kind by day."""
METHODS = ("check", "ST_Relate pairs", "ST_Union and ST_Difference", "ST_Equals of the union", "ST_IsValid")


def sources(full: bool) -> list[Source]:
    found = [voronoi(0, 12, 2), voronoi(3, 30, 2), streets(0, 6, 25, 3), streets(1, 14, 110, 7)]
    return found + ([voronoi(2, 100, 5, rounds=3), streets(9, 22, 300, 14)] if full else [])


def test_what_postgis_sees_is_found_with_its_area_and_what_it_misses_too(
    store: Store, full: bool, proof: Proof
) -> None:
    count = FULL if full else SMALL
    seen: dict[str, Counter[str]] = {kind: Counter() for kind in COVERAGE_KINDS}
    with store.service.connect() as work:
        for case in series(count, SEED, sources(full), COVERAGE_KINDS):
            findings = case.findings()
            verdict = case.verdict(findings)
            plan, regions = case.source.with_change(case.change), regions_of(case)
            answer = asked(work, plan, regions)
            disagreements = [*differences(answer, findings, verdict.slack_m2)]
            assert disagreements == [], case.name
            if len(case.faults) == 1:
                _note(seen[case.faults[0].kind], answer, all(verdict.found))
    print("", *table(seen), sep="\n")
    assert all(row["check"] == row["plans"] > 0 for row in seen.values())
    for kind, row in seen.items():
        told = ", ".join(f"{method} {row[method]}" for method in METHODS)
        proof(f"PostGIS on: {kind}", row["plans"], f"seen by {told}; by none of PostGIS's {row['missed']}")


def regions_of(case: Case) -> list[str]:
    """The divided regions that the faults are about."""
    touched = {code for fault in case.faults for code in (*fault.involved, *fault.change.codes)}
    return sorted({case.source.region_of.get(code, code) for code in touched} & case.source.outlines.keys())


def differences(answer: Answer, findings: Sequence[Finding], slack_m2: float) -> list[str]:
    """Amounts of ground that are not the same; `slack_m2` are hairs beside nodes that are told as such."""
    if answer.by_validity:
        return [] if any(f.rule is Rule.RING_INVALID for f in findings) else ["an invalid ring is not told"]
    amounts = {
        "lost": (answer.lost_m2, total(findings, Rule.GAP)),
        "beyond": (answer.beyond_m2, total(findings, Rule.SPILL)),
        "twice": (answer.overlap_m2 + answer.claimed_m2, total(findings, Rule.OVERLAP, Rule.DUPLICATE)),
    }
    return [
        f"{name}: PostGIS {theirs:.6f} m2, the check {ours:.6f}"
        for name, (theirs, ours) in amounts.items()
        if abs(theirs - ours) > max(SHARE * theirs, LEAST_M2) + slack_m2
    ]


def total(findings: Sequence[Finding], *rules: Rule) -> float:
    return sum(finding.area_m2 or 0.0 for finding in findings if finding.rule in rules)


def _note(row: Counter[str], answer: Answer, found: bool) -> None:
    seen = (found, answer.by_relate, answer.by_difference, answer.by_equals, answer.by_validity)
    row.update({"plans": 1, **{method: int(one) for method, one in zip(METHODS, seen, strict=True)}})
    row["missed"] += not any(seen[1:])


def table(seen: dict[str, Counter[str]]) -> list[str]:
    columns = ("plans", *METHODS, "missed")
    head = f"{'kind':22}" + "".join(f"{name:>28}" for name in columns)
    return [head, *(f"{kind:22}" + "".join(f"{row[name]:28}" for name in columns) for kind, row in seen.items())]
