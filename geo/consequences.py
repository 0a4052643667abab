"""What comes of an edit for the people there: whose households, which buildings, what is wrong or no longer?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from shapely.geometry.base import BaseGeometry

from geo.acceptance import same_place
from geo.inspection import Figures, Move
from geo.lineage import Descent, Pair, descents
from geo.model import Finding, Rule, Severity
from geo.redraw.board import Board, Outcome

DIGITS: Final = 3
"""Decimals of amounts that are compared: a node more on a border changes those beyond."""
Said: TypeAlias = tuple[Rule, Severity, tuple[str, ...], tuple[tuple[str, str | int | float], ...]]
"""What a finding says: two that say the same of one place are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an edit did.

    `households` are those of each grid concerned before and after, None where the grid is not there. `appeared` and
    `vanished` are findings as they are told in a report, `moved` the buildings with another owner. `counts` are the
    findings of the whole plan after it that nobody accepted, by severity.
    """

    outcome: Outcome
    households: Mapping[str, tuple[int | None, int | None]]
    appeared: Sequence[Finding]
    vanished: Sequence[Finding]
    moved: Sequence[Move]
    lineage: Sequence[Descent]
    counts: Mapping[Severity, int]
    figures: Figures


def touched(outcome: Outcome) -> set[str]:
    """Codes of the grids that are not as they were."""
    return {grid.code for grid in outcome.grids} | outcome.gone


def differing(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Findings that are no more, and those that are new: by what they say, whatever order they come in. One whose place
    only gained nodes is neither (`geo.acceptance.same_place`).

    What a change did not touch is the same object on both sides and is not looked at.
    """
    old, new = {id(one) for one in before}, {id(one) for one in after}
    come = dict(enumerate(one for one in after if id(one) not in old))
    said: dict[Said, list[int]] = {}
    for number, one in come.items():
        said.setdefault(_said(one), []).append(number)
    gone = list[Finding]()
    for one in (one for one in before if id(one) not in new):
        alike = said.get(_said(one), [])
        same = next((number for number in alike if _is_there(one.geometry, come[number].geometry)), None)
        if same is None:
            gone.append(one)
        else:
            alike.remove(same)
            del come[same]
    return gone, [*come.values()]


def _is_there(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    """Whether two places are one; most are to the byte."""
    return one is other or one == other or same_place(one, other)


def _said(finding: Finding) -> Said:
    values = (
        (name, round(value, DIGITS) if isinstance(value, float) else value) for name, value in finding.values.items()
    )
    return finding.rule, finding.severity, tuple(finding.codes), tuple(sorted(values))


def open_counts(findings: Iterable[Finding]) -> Counter[Severity]:
    """Findings that nobody accepted, by severity."""
    return Counter(finding.severity for finding in findings if finding.accepted is None)


def households_of(
    before: Board,
    after: Board,
    outcome: Outcome,
    moved: Sequence[Move],
    counts: tuple[Mapping[str, int], Mapping[str, int]],
) -> dict[str, tuple[int | None, int | None]]:
    """Households before and after of the grids that changed or whose buildings did."""
    owners = {code for move in moved for code in (move.start, move.end) if code is not None}
    sides = [(before.grids, counts[0]), (after.grids, counts[1])]
    concerned = (touched(outcome) | owners) & (before.grids.keys() | after.grids.keys())
    told = {c: [known.get(c, 0) if c in grids else None for grids, known in sides] for c in sorted(concerned)}
    return {code: (was, now) for code, (was, now) in told.items()}


def lineage_of(before: Board, outcome: Outcome, moved: Sequence[Move], counts: Mapping[str, int]) -> list[Descent]:
    """What became of the grids whose ground an outcome changed on purpose."""
    codes = touched(outcome) - outcome.amended
    after = [grid for grid in outcome.grids if grid.code in codes]
    homes = Counter[Pair]({(grid.code, grid.code): counts.get(grid.code, 0) for grid in after})
    for move in moved:
        homes[move.start, move.end] += move.households or 0
        homes[move.end, move.end] -= move.households or 0
    return descents([before.grids[code] for code in sorted(codes & before.grids.keys())], after, homes)
