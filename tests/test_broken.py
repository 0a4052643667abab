"""Does each broken plan give exactly its expected findings, and none else?"""

import json
from pathlib import Path

import pytest
from rule_examples import EXAMPLES

from geo.model import Rule
from sample_data.golden import BROKEN, findings_of, golden_of

PLANS = sorted(BROKEN.glob("*.geojson"))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.stem)
def test_findings_are_the_golden_ones(plan: Path) -> None:
    assert findings_of(plan) == json.loads(golden_of(plan).read_text("utf-8"))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.stem)
def test_only_the_planted_fault_is_found(plan: Path) -> None:
    rules = {str(finding["rule"]) for finding in findings_of(plan)}
    assert rules == expected(plan.stem)


def expected(name: str) -> set[str]:
    """A file is named after its fault: `gap-pinhole` holds a gap; some faults are told by a second rule as well."""
    if name == "sound":
        return set()
    known = sorted((rule.value for rule in Rule), key=len, reverse=True)
    named = [rule for rule in known if name.startswith(rule)][:1]
    return {*named, *COMPANIONS.get(name, ())}


COMPANIONS = {
    "vertex-moved": ("gap", "sliver"),
    "gap-pinhole": ("sliver",),
    "overlap-sliver": ("sliver",),
    "multipart": ("hole", "code-order"),
    "tower-over": ("households-high",),
}


def test_every_rule_has_a_broken_plan_or_an_example() -> None:
    """What needs more than a plan file, or thousands of nodes, is broken in the examples of docs/rules.md."""
    planted = {Rule(rule) for plan in PLANS for rule in expected(plan.stem)}
    assert len(planted) >= 22
    assert planted | EXAMPLES.keys() | {Rule.POINT_REPEATED} == set(Rule)
