"""Which findings did somebody accept, and is the accepted place still the same?

An acceptance holds for one rule, the same codes and the same place. Nodes that publications put on borders move ground
by a lattice step and are nobody's change, so a place is the same within a few steps; any further and the finding is
open again. What is about coverage is never accepted.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.lattice import STEPS_PER_DEGREE
from geo.measure import to_metres
from geo.model import COVERAGE_RULES, Acceptance, Finding, Rule, Severity

SAME_STEPS = 3
"""How far a line of an accepted place may have moved, lattice steps of 1e-7 degree: about 3 cm."""
FUZZ_STEPS = 0.01
"""More than what doubles and the corners of a buffer are off by, far less than a step."""
AT_M = 10.0
"""How far from a finding a place may be that is said to choose it, metres."""

SEVERITIES = tuple(Severity)
"""The gravest first."""

Key: TypeAlias = tuple[Rule, tuple[str, ...]]


def marked(findings: Sequence[Finding], acceptances: Sequence[Acceptance]) -> list[Finding]:
    """The findings, each with the newest acceptance that still holds for it or with none; the order stays."""
    if not acceptances:
        return [one if one.accepted is None else replace(one, accepted=None) for one in findings]
    given: dict[Key, list[Acceptance]] = {}
    for one in sorted(acceptances, key=lambda one: -one.id):
        given.setdefault(_key(one.rule, one.codes), []).append(one)
    return [_marked(finding, given.get(_key(finding.rule, finding.codes), [])) for finding in findings]


def opened(findings: Sequence[Finding]) -> list[Finding]:
    """Those that nobody accepted."""
    return [finding for finding in findings if finding.accepted is None]


def about(findings: Sequence[Finding], rule: Rule, codes: Sequence[str]) -> list[Finding]:
    """The findings of a rule about exactly these codes, in whatever order they are named."""
    return [finding for finding in findings if _key(finding.rule, finding.codes) == _key(rule, codes)]


def nearest(findings: Sequence[Finding], lon: float, lat: float) -> list[Finding]:
    """Those of the findings that lie nearest to a place, and no farther than `AT_M`: one, unless places are equal."""
    point = to_metres(shapely.Point(lon, lat), lat)
    apart = [
        (float(shapely.distance(to_metres(finding.geometry, lat), point)), finding)
        for finding in findings
        if finding.geometry is not None and not finding.geometry.is_empty
    ]
    least = min((metres for metres, _ in apart), default=AT_M)
    return [finding for metres, finding in apart if metres <= min(least, AT_M)]


def same_place(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    """Whether no point of either's lines and borders is more than `SAME_STEPS` from the other's (Hausdorff).

    Whole lines are compared, not only their nodes: rings through the same nodes in another order are other ground.
    """
    if one is None or other is None or one.is_empty or other.is_empty:
        return (one is None or one.is_empty) and (other is None or other.is_empty)
    if shapely.get_dimensions(one) != shapely.get_dimensions(other):
        return False
    origin = shapely.get_coordinates(one)[0]
    mine, theirs = (
        shapely.transform(_lines(shape), lambda xy: (xy - origin) * STEPS_PER_DEGREE) for shape in (one, other)
    )
    if np.abs(shapely.bounds(mine) - shapely.bounds(theirs)).max() > SAME_STEPS + FUZZ_STEPS:
        return False
    return _within(mine, theirs) and _within(theirs, mine)


def _marked(finding: Finding, candidates: Sequence[Acceptance]) -> Finding:
    never = finding.rule in COVERAGE_RULES
    holding = (one for one in candidates if not never and _covers(one, finding))
    accepted = next(holding, None)
    return finding if accepted is finding.accepted else replace(finding, accepted=accepted)


def _covers(acceptance: Acceptance, finding: Finding) -> bool:
    """Whether it is the accepted finding still: no graver, and in its place."""
    graver = SEVERITIES.index(finding.severity) < SEVERITIES.index(acceptance.severity)
    return not graver and same_place(finding.geometry, acceptance.shape)


def _key(rule: Rule, codes: Sequence[str]) -> Key:
    return rule, tuple(sorted(codes))


def _lines(shape: BaseGeometry) -> BaseGeometry:
    """Borders of areas, lines and points, together."""
    parts = [*_parts(shape)]
    return shapely.geometrycollections([part if part.area == 0 else shapely.boundary(part) for part in parts])


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    """The single shapes that a collection, however deep, is made of."""
    parts = shapely.get_parts(shape).tolist()
    return [one for part in parts for one in (_parts(part) if hasattr(part, "geoms") else [part])]


def _within(one: BaseGeometry, other: BaseGeometry) -> bool:
    near = shapely.buffer(other, SAME_STEPS + FUZZ_STEPS, quad_segs=64)
    return bool(shapely.covers(near, one))
