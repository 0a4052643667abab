"""How is a published region covered: it, each region right below it, and every finding by rule?"""

from collections.abc import Sequence
from typing import Any

from api.report.shares import share
from api.shapes import figures_document, finding_document, standing_of
from api.texts import Language
from geo import breakdown, ledger
from geo.acceptance import opened
from geo.breakdown import Part
from geo.ledger import Kind
from geo.lookup import Map
from geo.model import Finding, Plan
from geo.plan import Report
from geo.store.reports import divided_under, outlined
from geo.terms import Terms

MOST_TOLD = 10_000
"""Findings told one by one, the worst ones; the others are counted."""


def coverage_document(state: Map, code: str, report: Report, language: Language) -> dict[str, Any]:
    """What a check of the region found, as JSON values."""
    parts = parts_of(state, code, report)
    whole = breakdown.together(parts.values())
    findings = report.findings
    told = findings if len(findings) <= MOST_TOLD else ledger.ranked(findings)[:MOST_TOLD]
    region = state.regions[code]
    return {
        "publication": state.publication,
        "region": {"code": code, "name": region.name, "level": region.level},
        "standing": standing_of(state, code),
        "coverage": figures_document(report.figures),
        "shares": shares(report),
        "households_without_grid": report.figures.households - report.figures.households_covered,
        "grids": whole.grids,
        "sizes": dict(whole.sizes),
        "blocking": blocking(findings),
        "by_rule": [_kind(kind) for kind in ledger.kinds(findings)],
        "children": [_child(state, child, parts) for child in state.children.get(code, [])],
        "findings": [finding_document(finding, language) for finding in told],
        "left_out": len(findings) - len(told),
    }


def parts_of(state: Map, code: str, report: Report) -> dict[str, Part]:
    """Each divided region at or below a region."""
    parents = {one: region.parent for one, region in state.regions.items()}
    drawn: Plan = outlined(state, divided_under(state, code))
    return breakdown.parts(drawn, report, Terms(ruleset=state.ruleset, parents=parents))


def shares(report: Report) -> dict[str, str]:
    """Units, area and households covered, in words: 100 % only where nothing is missing."""
    figures = report.figures
    return {
        "units": share(figures.units_covered, figures.units),
        "area": share(figures.area_covered_m2, figures.area_m2),
        "households": share(figures.households_covered, figures.households),
    }


def blocking(findings: Sequence[Finding]) -> int:
    """How many findings hinder: blocking, and accepted by nobody."""
    return sum(1 for finding in opened(findings) if finding.severity.value == "blocking")


def _kind(kind: Kind) -> dict[str, Any]:
    """Amounts of the findings that nobody accepted, and how many were."""
    left = opened(kind.findings)
    areas = [finding.area_m2 for finding in left if finding.area_m2 is not None]
    return {
        "rule": kind.rule.value,
        "severity": kind.severity.value,
        "count": len(left),
        "accepted": len(kind.findings) - len(left),
        "area_m2": sum(areas) if areas else None,
        "largest_m2": max(areas, default=None),
        "households": sum(finding.households or 0 for finding in left) or None,
    }


def _child(state: Map, code: str, parts: dict[str, Part]) -> dict[str, Any]:
    region = state.regions[code]
    part = breakdown.together(parts[below] for below in divided_under(state, code))
    return {
        "code": code,
        "name": region.name,
        "level": region.level,
        "standing": standing_of(state, code),
        **figures_document(part.figures),
        "households_without_grid": part.unhoused,
        "grids": part.grids,
        "sizes": dict(part.sizes),
        "findings": len(part.open),
        "accepted": len(part.findings) - len(part.open),
        "blocking": part.blocking,
        "worst": None if part.worst is None else _brief(part.worst),
    }


def _brief(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "codes": list(finding.codes),
        "area_m2": finding.area_m2,
        "households": finding.households,
    }
