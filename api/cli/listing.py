"""How are findings listed in a terminal so that they can be healed: largest first, region by region?"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from api.cli.output import language, say, terminal
from api.report import numbered
from api.report.findings_part import where_of
from api.report.sentences import accepted_text
from api.shapes import geometry
from api.texts import finding_text, text
from geo import ledger
from geo.acceptance import opened
from geo.ledger import Kind
from geo.model import Finding, Severity

LARGEST = 5
"""Findings of one kind that are told one by one."""
MOST_REGIONS = 30
MOST_ACCEPTED = 30
MOST_CODES = 4


def show_kinds(findings: Sequence[Finding]) -> None:
    """A line for each rule: how many, how much ground, how large the largest, and that one in words.

    Accepted findings are counted apart, and in no other column.
    """
    if not findings:
        say("no findings")
        return
    accepted = any(finding.accepted is not None for finding in findings)
    table = _table(("rule", "severity"), ("count", "m²", "largest m²", "households", *(["accepted"] * accepted)))
    table.expand, table.columns[-1].ratio = True, 1
    table.columns[-1].header = "for example"
    for kind in ledger.kinds(findings):
        left = Kind(kind.rule, kind.severity, tuple(opened(kind.findings)))
        apart = [str(len(kind.findings) - len(left.findings) or "")] * accepted
        table.add_row(*_kind_row(left), *apart, escape(_example(kind)))
    terminal.print(table)


def show_largest(findings: Sequence[Finding]) -> None:
    """The largest ones of each kind: number as in the picture, codes, size, place."""
    numbers = {id(finding): number for number, finding in numbered(findings)}
    for kind in ledger.kinds(opened(findings)):
        say(f"{kind.rule.value} ({len(kind.findings)})")
        for finding in kind.findings[:LARGEST]:
            say(f"  {numbers[id(finding)]:>4}  {_told(finding)}")
        if len(kind.findings) > LARGEST:
            say(f"        ... and {len(kind.findings) - LARGEST} more")


def show_accepted(findings: Sequence[Finding]) -> None:
    """The findings that somebody let stand, each with the reason and the person."""
    told = [(number, one, one.accepted) for number, one in numbered(findings) if one.accepted is not None]
    if told:
        say(f"{text('report.accepted', language())} ({len(told)})")
    for number, finding, acceptance in told[:MOST_ACCEPTED]:
        say(f"  {number:>4}  {finding.rule.value}  {_told(finding)}")
        say(f"        {accepted_text(acceptance, language())}")
    if len(told) > MOST_ACCEPTED:
        say(f"        ... and {len(told) - MOST_ACCEPTED} more")


def show_regions(regions: Sequence[Mapping[str, Any]], since: Mapping[str, int]) -> None:
    """Regions with findings, worst first, counts by rule; `since`: the provisional ones and from which publication."""
    if not regions:
        return
    rules = list(dict.fromkeys(rule for region in regions for rule in region["rules"]))
    table = _table(("region",), ("findings", "blocking", "m²", *rules))
    for region in regions[:MOST_REGIONS]:
        counts = [str(region["rules"][rule]["count"]) if rule in region["rules"] else "" for rule in rules]
        code = region["region"] or text("report.nowhere", language())
        standing = text("report.provisional", language(), since=since[code]) if code in since else ""
        told = [str(region["findings"]), str(region["blocking"]), f"{region['area_m2']:.2f}", *counts, standing]
        name = region["name"] if region["name"] != code else ""
        table.add_row(escape(f"{code} {name}".strip()), *told)
    terminal.print(table)
    if len(regions) > MOST_REGIONS:
        say(f"... and {len(regions) - MOST_REGIONS} more regions")


def show_provisional(since: Mapping[str, int]) -> None:
    """Which regions of what was asked about are provisional."""
    for code, number in list(since.items())[:MOST_REGIONS]:
        say(f"{code}: {text('report.provisional', language(), since=number)}")
    if len(since) > MOST_REGIONS:
        say(f"... and {len(since) - MOST_REGIONS} more provisional regions")


def _table(texts: Sequence[str], numbers: Sequence[str]) -> Table:
    """A table of texts, numbers, and one column for remarks; what says most is not cut."""
    table = Table(box=None, header_style="bold")
    table.add_column(texts[0], no_wrap=True)
    for head in texts[1:]:
        table.add_column(head)
    for head in numbers:
        table.add_column(head, justify="right", overflow="fold")
    table.add_column("", no_wrap=True)
    return table


def _kind_row(kind: Kind) -> list[str]:
    colour = "red" if kind.severity is Severity.BLOCKING else "yellow"
    areas = [finding.area_m2 for finding in kind.findings if finding.area_m2 is not None]
    sums = [f"{sum(areas):.2f}", f"{max(areas):.2f}"] if areas else ["", ""]
    households = str(kind.households) if kind.households else ""
    return [f"[{colour}]{kind.rule.value}[/]", kind.severity.value, str(len(kind.findings)), *sums, households]


def _example(kind: Kind) -> str:
    """What the rule is called, and the largest finding in words."""
    return f"{text(f'rule.{kind.rule}', language())}: {finding_text(kind.findings[0], language())}"


def _told(finding: Finding) -> str:
    place = where_of(geometry(finding.geometry))
    parts = [
        ", ".join(finding.codes[:MOST_CODES]) + (" ..." if len(finding.codes) > MOST_CODES else ""),
        "" if finding.area_m2 is None else f"{finding.area_m2:.2f} m²",
        "" if finding.width_m is None else f"{finding.width_m:.2f} m wide",
        "" if finding.households is None else text("picture.households", language(), count=finding.households),
        "" if place is None else f"at {place[0]:.7f} {place[1]:.7f}",
        "(healable)" if finding.healable else "",
    ]
    return "  ".join(part for part in parts if part)
