"""How is the second part of a report told: the findings, by kind, by region, and each with its number and size?"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import shapely
from shapely.geometry import shape as shape_of

from api.report.markup import Cell, Html, chip, heading, paragraph, section, table
from api.report.rows_part import place, told_as
from api.texts import Language, text
from geo import ledger

MOST_LISTED = 500
"""Findings on the page, the worst ones; the document has all."""
MOST_REGIONS = 200
MOST_CODES = 4

Told = Mapping[str, Any]


def findings_part(document: Told, language: Language) -> Html:
    """Figures of the coverage, findings by kind, by region where the document tells them, then one by one."""
    return section(text("report.findings", language), _parts(document, language), "findings")


def numbered(findings: Sequence[Told]) -> list[tuple[int, Told]]:
    """The findings of a document with the numbers that the picture gives them."""
    return list(enumerate(sorted(findings, key=_rank), start=1))


def _rank(finding: Told) -> ledger.Rank:
    amounts = [float(finding.get(name) or 0.0) for name in ("area_m2", "households", "length_m")]
    return ledger.rank(finding["severity"], finding["rule"], amounts, finding["codes"])


def _parts(document: Told, language: Language) -> Iterator[Html]:
    if coverage := document.get("coverage"):
        yield paragraph(_covered(coverage, language))
    findings = numbered(document.get("findings") or [])
    if not findings:
        yield paragraph(text("report.no-findings", language), "r-good")
        return
    yield _kinds(findings, language)
    if by_region := document.get("by_region"):
        yield heading(text("report.by-region", language))
        yield _regions(by_region[:MOST_REGIONS], language)
    yield heading(text("report.each", language))
    yield _each(findings[:MOST_LISTED], language)
    if len(findings) > MOST_LISTED:
        more = len(findings) - MOST_LISTED
        yield paragraph(text("report.more", language, count=more, file="report.json"), "r-quiet")


def _covered(coverage: Told, language: Language) -> str:
    ground = text(
        "report.covered",
        language,
        units=coverage["units"],
        covered=coverage["units_covered"],
        gap_m2=coverage["gap_m2"],
        overlap_m2=coverage["overlap_m2"],
    )
    if not coverage["households"]:
        return ground
    told = {"households": coverage["households"], "covered": coverage["households_covered"]}
    return f"{ground} {text('report.housed', language, **told)}"


def _kinds(findings: Sequence[tuple[int, Told]], language: Language) -> Html:
    heads = [text(f"report.{name}", language) for name in ("severity", "rule", "count", "area", "largest")]
    groups = groupby((finding for _, finding in findings), key=lambda finding: (finding["severity"], finding["rule"]))
    return table(heads, (_kind(severity, rule, list(own), language) for (severity, rule), own in groups))


def _kind(severity: str, rule: str, own: Sequence[Told], language: Language) -> list[Cell]:
    areas = [float(finding["area_m2"]) for finding in own if finding["area_m2"] is not None]
    name = text(f"rule.{rule}", language)
    return [_severity(severity, language), name, len(own), sum(areas) if areas else None, max(areas, default=None)]


def _severity(severity: str, language: Language) -> Html:
    return chip(told_as("severity", severity, language), severity)


def _regions(regions: Sequence[Told], language: Language) -> Html:
    rules = sorted({rule for region in regions for rule in region["rules"]}, key=lambda rule: _first(regions, rule))
    heads = [text(f"report.{name}", language) for name in ("region", "count", "area")]
    heads += [text(f"rule.{rule}", language) for rule in rules]
    return table(heads, (_region(region, rules, language) for region in regions))


def _first(regions: Sequence[Told], rule: str) -> int:
    return next(n for region in regions for n, own in enumerate(region["rules"]) if own == rule)


def _region(region: Told, rules: Sequence[str], language: Language) -> list[Cell]:
    name = region["region"] or text("report.nowhere", language)
    called = f"{name} {region['name']}" if region.get("name") not in (None, "", name) else name
    counts = [region["rules"][rule]["count"] if rule in region["rules"] else None for rule in rules]
    return [called, region["findings"], float(region["area_m2"]) or None, *counts]


def _each(findings: Sequence[tuple[int, Told]], language: Language) -> Html:
    heads = ["", *(text(f"report.{name}", language) for name in ("code", "message", "area", "households", "place"))]
    return table(heads, (_finding(number, finding) for number, finding in findings))


def _finding(number: int, finding: Told) -> list[Cell]:
    tag = chip(str(number), f"{finding['severity']} r-tag")
    area = finding["area_m2"]
    where = place(where_of(finding["geometry"]))
    codes = ", ".join(finding["codes"][:MOST_CODES])
    return [tag, codes, finding["message"], None if area is None else float(area), finding["households"], where]


def where_of(geometry: Told | None) -> tuple[float, float] | None:
    """A point inside a finding's ground, lon/lat."""
    if geometry is None:
        return None
    point = shapely.point_on_surface(shape_of(geometry))
    return None if point.is_empty else (round(point.x, 7), round(point.y, 7))
