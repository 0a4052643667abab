"""Does each broken plan give exactly its expected findings, and none else?"""

import json
from pathlib import Path

import pytest

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
    """A file is named after its fault: `gap-pinhole` holds a gap."""
    if name in {"sound", "vertex-moved"}:
        return {"gap"} if name == "vertex-moved" else set()
    known = ["ring-invalid", "node-unmatched", "building-unassigned", "building-split", "households-low"]
    known += ["households-high", "unassigned", "outside-parent", "gap", "overlap", "duplicate", "spill"]
    return {next(rule for rule in known if name.startswith(rule))}


def test_every_rule_has_a_broken_plan() -> None:
    assert {rule for plan in PLANS for rule in expected(plan.stem)} == {rule.value for rule in Rule}
