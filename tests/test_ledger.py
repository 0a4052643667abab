"""Are findings counted by kind and by region, largest and worst first?"""

from collections.abc import Sequence

import pytest
from divisions import cell, community
from hypothesis import given
from hypothesis import strategies as st

from geo import ledger
from geo.model import Finding, Rule, Severity


def finding(
    rule: Rule, severity: Severity, codes: Sequence[str], area_m2: float | None = None, households: int = 0
) -> Finding:
    return Finding(rule=rule, severity=severity, codes=codes, area_m2=area_m2, households=households or None)


FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(Rule),
        st.sampled_from(Severity),
        st.lists(st.sampled_from("ABC"), max_size=2),
        st.none() | st.floats(0, 1e6),
        st.integers(0, 900),
    ),
    max_size=30,
)


@given(FINDINGS)
def test_ranking_and_kinds_agree_and_lose_nothing(findings: list[Finding]) -> None:
    ranked = ledger.ranked(findings)
    kinds = ledger.kinds(findings)
    assert [one for kind in kinds for one in kind.findings] == ranked
    assert sorted(map(id, ranked)) == sorted(map(id, findings))
    assert len({(kind.rule, kind.severity) for kind in kinds}) == len(kinds)
    severities = [ledger.SEVERITIES.index(kind.severity) for kind in kinds]
    assert severities == sorted(severities)
    for kind in kinds:
        sizes = [ledger.size(one) for one in kind.findings]
        assert sizes == sorted(sizes, reverse=True)
        assert kind.area_m2 == pytest.approx(sum(one.area_m2 or 0.0 for one in kind.findings))


def test_a_finding_on_the_border_of_two_regions_stands_in_both() -> None:
    a, b = community("A", 0, 0), community("B", 2, 0)
    outlines = {one.regions[0].code: one.regions[0].shape for one in (a, b) if one.regions[0].shape is not None}
    grids = [*a.grids, *b.grids]
    both = finding(Rule.OVERLAP, Severity.BLOCKING, ["A02", "B01"], 5.0)
    lying = Finding(
        rule=Rule.BUILDING_UNASSIGNED, severity=Severity.BLOCKING, codes=["h"], geometry=cell(3, 1, 0.1, 0.1)
    )
    own = finding(Rule.GAP, Severity.BLOCKING, ["A"], 1.0)
    found = ledger.by_region([both, lying, own], grids, outlines)
    counts = {one.region: [kind.rule for kind in one.kinds] for one in found}
    assert counts == {"A": [Rule.GAP, Rule.OVERLAP], "B": [Rule.OVERLAP, Rule.BUILDING_UNASSIGNED]}
    assert [(one.region, one.count, one.blocking) for one in found] == [("A", 2, 2), ("B", 2, 2)]
