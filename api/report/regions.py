"""What does each divided region have to heal, as JSON values?"""

from collections.abc import Sequence
from typing import Any

from geo import ledger
from geo.ledger import Kind, RegionLedger
from geo.model import Finding, Plan
from geo.plan import divided_regions


def by_region(findings: Sequence[Finding], plan: Plan) -> list[dict[str, Any]]:
    """Each divided region of the plan that has findings, worst first: counts and square metres, by rule too."""
    if not findings:
        return []
    outlines = {region.code: region.shape for region, _ in divided_regions(plan) if region.shape is not None}
    names = {region.code: region.name for region in plan.regions}
    found = ledger.by_region(findings, plan.grids, outlines)
    return [_document(one, names.get(one.region or "", "")) for one in found]


def _document(one: RegionLedger, name: str) -> dict[str, Any]:
    return {
        "region": one.region,
        "name": name,
        "findings": one.count,
        "blocking": one.blocking,
        "area_m2": one.area_m2,
        "rules": {kind.rule.value: _kind(kind) for kind in one.kinds},
    }


def _kind(kind: Kind) -> dict[str, Any]:
    return {"severity": kind.severity.value, "count": len(kind.findings), "area_m2": kind.area_m2}
