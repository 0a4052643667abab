"""How many findings are there of each kind and in each region, how much ground is it, and which are the worst?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.model import Finding, Grid, Ground, Rule, Severity

Rank: TypeAlias = tuple[int, int, tuple[float, ...], tuple[str, ...]]

SEVERITIES = tuple(Severity)
"""Worst first."""
RULES = tuple(Rule)
"""As they are listed: ground before buildings before sizes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """All findings of one rule and severity, largest first."""

    rule: Rule
    severity: Severity
    findings: tuple[Finding, ...]

    @property
    def area_m2(self) -> float:
        """Square metres of them all; where two of them lie on the same ground it counts twice."""
        return sum(finding.area_m2 or 0.0 for finding in self.findings)

    @property
    def households(self) -> int:
        return sum(finding.households or 0 for finding in self.findings)


@dataclass(frozen=True, slots=True)
class RegionLedger:
    """What one divided region has to heal; `region` is None for findings on the ground of none."""

    region: str | None
    kinds: tuple[Kind, ...]

    @property
    def count(self) -> int:
        return sum(len(kind.findings) for kind in self.kinds)

    @property
    def blocking(self) -> int:
        return sum(len(kind.findings) for kind in self.kinds if kind.severity is Severity.BLOCKING)

    @property
    def area_m2(self) -> float:
        return sum(kind.area_m2 for kind in self.kinds)


def size(finding: Finding) -> tuple[float, float, float]:
    """How large a finding is, for comparing those of one rule: square metres, then households, then metres."""
    return finding.area_m2 or 0.0, float(finding.households or 0), finding.length_m or 0.0


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """Worst first: by severity, then rule by rule, largest first. A finding's number in a report is its place here."""
    return sorted(findings, key=_rank)


def rank(severity: str, rule: str, amounts: Sequence[float], codes: Sequence[str]) -> Rank:
    """What findings are ordered by, for those that are told as documents too; `amounts` are those of `size`."""
    largest_first = tuple(-amount for amount in amounts)
    return SEVERITIES.index(Severity(severity)), RULES.index(Rule(rule)), largest_first, tuple(codes)


def kinds(findings: Sequence[Finding]) -> list[Kind]:
    """The findings by severity and rule, in the order of `ranked`."""
    groups: dict[tuple[Rule, Severity], list[Finding]] = defaultdict(list)
    for finding in ranked(findings):
        groups[finding.rule, finding.severity].append(finding)
    return [Kind(rule, severity, tuple(own)) for (rule, severity), own in groups.items()]


def by_region(findings: Sequence[Finding], grids: Sequence[Grid], outlines: Mapping[str, Ground]) -> list[RegionLedger]:
    """What each divided region has to heal, worst first: most blocking findings, then most ground, then most findings.

    A finding belongs to the regions of the grids it names, else to those it lies in. One on a border between regions
    stands in both.
    """
    homes = _homes(findings, grids, outlines)
    groups: dict[str | None, list[Finding]] = defaultdict(list)
    for finding, regions in zip(findings, homes, strict=True):
        for region in regions:
            groups[region].append(finding)
        if not regions:
            groups[None].append(finding)
    found = [RegionLedger(region, tuple(kinds(own))) for region, own in groups.items()]
    return sorted(found, key=lambda one: (-one.blocking, -one.area_m2, -one.count, one.region or ""))


def _rank(finding: Finding) -> Rank:
    return rank(finding.severity, finding.rule, size(finding), finding.codes)


def _homes(findings: Sequence[Finding], grids: Sequence[Grid], outlines: Mapping[str, Ground]) -> list[list[str]]:
    """The divided regions of each finding, in order."""
    region_of = {grid.code: grid.region for grid in grids}
    codes = sorted(outlines)
    tree = shapely.STRtree([outlines[code] for code in codes])
    places = np.asarray([_inside(finding.geometry) for finding in findings], dtype=object)
    named = [
        {region_of.get(code, code) for code in finding.codes if code in region_of or code in outlines}
        for finding in findings
    ]
    number, hit = tree.query(places, "intersects") if len(findings) else (np.empty(0, int), np.empty(0, int))
    lying: dict[int, list[str]] = defaultdict(list)
    for i, j in zip(number.tolist(), hit.tolist(), strict=True):
        lying[i].append(codes[j])
    return [sorted(own) if own else lying[i] for i, own in enumerate(named)]


def _inside(shape: BaseGeometry | None) -> BaseGeometry | None:
    return None if shape is None or shape.is_empty else shapely.point_on_surface(shape)
