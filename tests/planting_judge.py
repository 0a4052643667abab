"""Does a check tell exactly what was planted: all of it, in its place, and nothing else?

The truth is reckoned anew from the faulty plan, in whole steps: the edges of all grids less those of the outlines wind
round what is lost or doubled, and nothing else. What the check told is laid over it with the other sign: the ground
that then remains is its error. Of the code under test only `geo.plan.check` is called, in `told`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import shapely
from planting_arithmetic import (
    Edges,
    Node,
    Number,
    edges_of,
    inner_point,
    joined,
    off,
    passes,
    side,
    size,
    square_metres,
    step_m2,
    turns_round,
)
from planting_explain import explained, loops_of, nodes_of, says_so
from planting_fault import Fault
from planting_source import Change, Source, rings_of

from geo import plan as plans
from geo.model import Finding, Plan, Rule, Severity

SHARE, LEAST_M2 = 0.01, 0.001
"""Located area: within a hundredth, or this many square metres."""
MEASURED = 1e-5
"""The area a finding states is that of its geometry to this share (each side has its own scale), and 1e-6 m2."""
GROUND = {Rule.GAP: -1, Rule.OVERLAP: 1, Rule.SPILL: 1, Rule.DUPLICATE: 1}
"""Grids too few or too many on the ground that such a finding tells."""
COVERAGE = frozenset({*GROUND, Rule.NODE_UNMATCHED, Rule.RING_INVALID})
NEAR = 2
"""Steps round a node within which a finding lies on it."""


@dataclass
class Verdict:
    """What a check told of planted faults. `complaints` is empty where it did as it should."""

    complaints: list[str] = field(default_factory=list)
    found: list[bool] = field(default_factory=list)
    located: bool = True
    error: float = 0.0
    """Ground told wrongly, as a share of the smallest fault's ground."""
    error_m2: float = 0.0
    slack_m2: float = 0.0
    """Hairs of ground between lone nodes and the edges that pass them within half a step."""


def told(plan: Plan) -> list[Finding]:
    """The one call of what is judged."""
    return plans.check(plan, heal=False).findings


def clean(source: Source, findings: Sequence[Finding]) -> list[str]:
    """What is wrong with what is told about a valid plan: nothing is, but notes and ground in no region of its parent.

    That one is real in the sample: a hole that the outlines of all divided regions leave.
    """
    if source.uncovered():
        return [f"{source.name} is no valid plan"]
    loops = joined(*((edges_of(rings_of(shape)), 1) for shape in source.outlines.values()))
    complaints = []
    for finding in findings:
        known = finding.rule is Rule.UNASSIGNED and _is_left(finding, loops)
        if finding.rule in COVERAGE or not (known or finding.severity is Severity.NOTE):
            complaints.append(f"{source.name}, valid: {said(finding)}")
    return complaints


def _is_left(finding: Finding, outlines: Edges) -> bool:
    """Whether every edge of the finding is left over by the outlines, the other way round."""
    mine = edges_of(loops_of(finding))
    return all(outlines[edge] * count < 0 for edge, count in mine.items())


def judged(source: Source, faults: Sequence[Fault], findings: Sequence[Finding], usual: Sequence[Finding]) -> Verdict:
    """The verdict on all findings of the plan with these faults; `usual` are those of the valid plan."""
    change = Change()
    for fault in faults:
        change = change.also(fault.change)
    blind = frozenset[str]().union(*(fault.blind for fault in faults))
    truth = _truth(source, change, faults, blind)
    claims = edges_of(loop for fault in faults for loop in fault.claimed)
    verdict = Verdict()
    slack = Fraction(0)
    lacking: set[Node] = set()
    for finding in findings:
        if finding.rule is Rule.NODE_UNMATCHED:
            moved = _half_step(source, change, finding)
            if moved is None and not _is_left_over(finding, truth):
                verdict.complaints.append(f"no node is missing there: {said(finding)}")
            slack += moved or 0
            lacking |= {*nodes_of(finding)}
    ground = [finding for finding in findings if finding.rule in GROUND]
    between = [f for f in ground if f.rule is Rule.OVERLAP and all(code in source.outlines for code in f.codes)]
    within = [f for f in ground if all(f is not other for other in between)]
    above = {code for f in findings for code in f.codes} - source.grids.keys() - source.outlines.keys()
    hairs = [(f, _turn(f, truth)) for f in _hairs(findings, ground) if not above.issuperset(f.codes)]
    verdict.complaints += [f"nothing is wrong there: {said(f)}" for f, turn in hairs if not turn]
    rest = (
        joined((_rest(within, truth), 1), *((edges_of(loops_of(f)), turn) for f, turn in hairs)),
        _rest(between, claims),
    )
    verdict.complaints += [c for f in within for c in _invented(f, truth, GROUND[f.rule])]
    verdict.complaints += [c for f in between for c in _invented(f, claims, 1)]
    verdict.slack_m2 = float(slack) * step_m2(_latitude(source))
    _locate(verdict, source, faults, off(rest[0]) + off(rest[1]))
    for fault in faults:
        verdict.found.append(_is_found(source, fault, findings, slack, lacking))
    known = Counter(_name(finding) for finding in usual)
    for finding in findings:
        if finding.rule in GROUND or finding.rule is Rule.NODE_UNMATCHED or any(finding is hair for hair, _ in hairs):
            continue
        if above.issuperset(finding.codes) and _is_freed(finding, faults):
            continue
        if known[_name(finding)] > 0:
            known[_name(finding)] -= 1
        elif not explained(source, faults, finding):
            verdict.complaints.append(f"nobody planted: {said(finding)}")
    verdict.complaints += [c for f in findings for c in _measured(f)]
    return verdict


def _hairs(findings: Sequence[Finding], ground: Sequence[Finding]) -> list[Finding]:
    """Slivers that tell ground of their own, beside a node: the others tell a thin gap or overlap again."""
    again = {f.geometry.wkb for f in ground if f.geometry is not None}
    return [f for f in findings if f.rule is Rule.SLIVER and f.geometry is not None and f.geometry.wkb not in again]


def _is_freed(finding: Finding, faults: Sequence[Fault]) -> bool:
    """Whether it is about ground of a region above that an outline below it gave up or took."""
    outlined = any(fault.kind == "outline short" or fault.claimed for fault in faults)
    return outlined and finding.rule in (Rule.UNASSIGNED, Rule.OUTSIDE_PARENT, Rule.SLIVER)


def _turn(finding: Finding, truth: Edges) -> int:
    """Whether grids are too few (-1) or too many (1) on the ground of a finding; 0 where nothing is wrong."""
    place = inner_point(loops_of(finding))
    turns = 0 if place is None else turns_round(truth, place)
    return (turns > 0) - (turns < 0)


def _truth(source: Source, change: Change, faults: Sequence[Fault], blind: frozenset[str]) -> Edges:
    """What the faulty plan's edges wind round: it must be what the planters say they planted."""
    found = source.uncovered(change)
    for region in blind:
        own = {*source.members[region], region}
        part = Change(
            {code: shape for code, shape in change.grids.items() if code in own},
            {code: shape for code, shape in change.outlines.items() if code in own},
        )
        found = joined((found, 1), (source.uncovered(part), -1))
    seen = [fault for fault in faults if not fault.blind]
    stated = joined(
        (edges_of(loop for fault in seen for loop in fault.doubled), 1),
        (edges_of(loop for fault in seen for loop in fault.lost), -1),
    )
    assert found == stated, f"the harness planted something else in {source.name}: {[f.kind for f in faults]}"
    return found


def _rest(findings: Iterable[Finding], truth: Edges) -> Edges:
    """What is told and not true, and what is true and not told."""
    mine = [(edges_of(loops_of(finding)), GROUND[finding.rule]) for finding in findings]
    return joined((truth, -1), *mine)


def _locate(verdict: Verdict, source: Source, faults: Sequence[Fault], wrong: Fraction) -> None:
    """Whether the ground that is told wrongly is small against each fault."""
    sizes = [fault.size for fault in faults if fault.size]
    scale = step_m2(_latitude(source))
    least = min(sizes, default=Fraction(0))
    allowed = max(SHARE * float(least) * scale, LEAST_M2)
    verdict.located = float(wrong) * scale <= allowed
    verdict.error_m2 = float(wrong) * scale
    verdict.error = float(wrong / least) if least else 0.0
    if not verdict.located:
        verdict.complaints.append(f"{float(wrong) * scale:.6f} m2 told wrongly")


def _latitude(source: Source) -> Number:
    return next(iter(source.grids.values()))[0][0][0][1]


def _is_found(source: Source, fault: Fault, findings: Sequence[Finding], slack: Fraction, lacking: set[Node]) -> bool:
    """Whether the fault is told by a rule that may tell it, on its ground or at its node."""
    rules = {*fault.rules, Rule.SLIVER} if fault.rules & {*GROUND} else fault.rules
    mine = [f for f in findings if f.rule in rules and (not fault.codes or fault.codes & {*f.codes})]
    ground = fault.size
    if Rule.NODE_UNMATCHED in fault.rules or (ground and ground <= slack):
        nodes = {*fault.nodes, *(node for loop in fault.loops for node in loop)}
        if nodes & lacking:
            return True
    if "ring" in fault.things or not fault.loops:
        return bool(mine) and all(says_so(source, fault, f) for f in mine)
    pieces = [fault.loops] if fault.mixed else [(one,) for one in fault.loops]
    return all(_is_covered(inner_point(loops, mixed=fault.mixed), mine) for loops in pieces)


def _is_covered(place: Node | None, findings: Sequence[Finding]) -> bool:
    return place is None or any(turns_round(edges_of(loops_of(f)), place) for f in findings)


def _invented(finding: Finding, truth: Edges, turns: int) -> list[str]:
    """A complaint where the middle of what is told is not at fault, or not that way."""
    place = inner_point(loops_of(finding))
    if place is None:
        return [f"no ground at all: {said(finding)}"]
    return [] if turns_round(truth, place) * turns > 0 else [f"nothing is wrong there: {said(finding)}"]


def _half_step(source: Source, change: Change, finding: Finding) -> Fraction | None:
    """The ground between a lone node and the edges that pass it within half a step; None where none lacks it."""
    found = None
    for x, y in nodes_of(finding):
        shapes = {code: source.grids[code] for code in source.near(shapely.Point(float(x), float(y)).buffer(3))}
        regions = {source.region_of[code] for code in shapes}
        shapes |= {code: source.outlines[code] for code in regions} | dict(change.outlines)
        shapes |= {code: shape for code, shape in change.grids.items() if shape is not None}
        gone = {code for code, shape in change.grids.items() if shape is None}
        there = [shape for code, shape in shapes.items() if code not in gone]
        if not any((x, y) in ring for shape in there for ring in rings_of(shape)):
            return None
        passing = {
            (min(a, b), max(a, b))
            for shape in there
            for ring in rings_of(shape)
            if (x, y) not in ring
            for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)
            if passes(a, b, (x, y))
        }
        if not passing:
            return None
        found = (found or Fraction(0)) + sum((Fraction(size(side(a, b, (x, y)))) / 2 for a, b in passing), Fraction(0))
    return found


def _is_left_over(finding: Finding, truth: Edges) -> bool:
    """Whether a finding about an edge is about one that does not cancel."""
    nodes = nodes_of(finding)
    return len(nodes) == 2 and truth[min(nodes), max(nodes)] != 0


def _measured(finding: Finding) -> list[str]:
    """A complaint where the area that a finding states is not that of its ground."""
    if finding.rule not in GROUND or finding.area_m2 is None:
        return []
    mine = square_metres(loops_of(finding))
    good = abs(mine - finding.area_m2) <= MEASURED * mine + 1e-6
    return [] if good else [f"{mine:.6f} m2, not as it says: {said(finding)}"]


def _name(finding: Finding) -> tuple[Rule, tuple[str, ...]]:
    return finding.rule, tuple(finding.codes)


def said(finding: Finding) -> str:
    """A finding in one line."""
    place = finding.geometry.wkt[:160] if finding.geometry is not None else ""
    return f"{finding.rule} {finding.severity} {[*finding.codes]} {finding.area_m2} m2 {place}"
