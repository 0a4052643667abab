"""What comes of proposals that a planner accepts, one by one or for a whole district?

Each is made on what the ones before left, and proven: no region gets worse, a whole one stays whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.consequences import Answer, differing
from geo.inspection import Report
from geo.lattice import directed_edges, steps_of, to_degrees, uncancelled
from geo.measure import degrees_m
from geo.mending import Strategy, mended
from geo.model import Rule, Severity
from geo.noding import NodingUnsettledError
from geo.open_plan import OpenPlan
from geo.proposals import ALONE, TOGETHER, Edits, Proposal, proposals, regions_of
from geo.redraw.board import Board, Outcome
from geo.redraw.drawn import redrawn, together
from geo.redraw.edits import Edit
from geo.redraw.refused import EditRefused

__all__ = ["Accepted", "Proposal", "Skipped", "Strategy", "accepted", "proposals"]

MOOT, WORSE, UNSETTLED = "moot", "worse", "not-settled"
MOOT_IDS: Final = frozenset({"not-a-gap", "nothing-changes", "grid-missing"})
"""How edits are refused where there is nothing left to heal, if what they were to heal is gone."""
NOISE_M: Final = 1.0
"""Metres of edges by which nodes put into faulty shapes make one edge two that run side by side."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A proposal that was not made: `moot` where all that it was to heal is gone, `worse` where it would do harm, else
    the id of why it is refused."""

    proposal: Proposal
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was made of proposals; `edits` are all of them in order, to be kept as one step."""

    answer: Answer
    edits: Edits
    done: tuple[Proposal, ...]
    skipped: tuple[Skipped, ...]


def accepted(plan: OpenPlan, chosen: Sequence[Proposal]) -> Accepted | None:
    """Make proposals on a plan, one after the other, and keep what came of them; None where none could be made.

    Each is proven not to make any region worse. Regions all of whose faults were to be healed and that still have some
    are drawn anew.
    """
    report, going = plan.report, _Going(plan.board, plan.report.counts)
    skipped = going.take(sorted(chosen, key=lambda one: one.whole))
    # what another fault beside it hinders is tried again once that is healed
    again = [one.proposal for one in skipped if one.reason not in MOOT_IDS]
    skipped = [one for one in skipped if one.reason in MOOT_IDS] + going.take(again)
    done = tuple(going.done)
    going.take([*_remaining(going.board, report, chosen)])
    if not going.edits:
        return None
    answer = plan.adopt(going.board, going.outcome(plan.board))
    return Accepted(answer, tuple(going.edits), done, tuple(_told(skipped, plan.report)))


def _told(skipped: Sequence[Skipped], after: Report) -> Iterator[Skipped]:
    """The proposals that were not made: `moot` are those all of whose findings are gone."""
    gone, _ = differing([finding for one in skipped for finding in one.proposal.findings], after.findings)
    healed = {id(finding) for finding in gone}
    for one in skipped:
        is_moot = one.reason in MOOT_IDS and all(id(finding) in healed for finding in one.proposal.findings)
        yield Skipped(one.proposal, MOOT) if is_moot else one


class _Going:
    """A board on which proposals are made, the edits so far and the proposals they come from."""

    def __init__(self, board: Board, counts: Mapping[str, int]) -> None:
        self.board, self._counts = board, counts
        self.edits, self.done = list[Edit](), list[Proposal]()
        self._made = list[Outcome]()

    def take(self, proposals: Sequence[Proposal]) -> list[Skipped]:
        """Make proposals; those that are not made."""
        skipped = list[Skipped]()
        for one in proposals:
            made = _made(self.board, one, self._counts)
            if isinstance(made, str):
                skipped.append(Skipped(one, made))
            else:
                self.board, outcome, edits = made
                self._made.append(outcome)
                self.edits += edits
                self.done.append(one)
        return skipped

    def outcome(self, before: Board) -> Outcome:
        """All that was made, as one outcome."""
        return together(before, self.board, self._made)


def _remaining(board: Board, report: Report, chosen: Sequence[Proposal]) -> Iterator[Proposal]:
    """Proposals to draw regions anew of which every fault is to be healed, for what then is left."""
    told = {id(finding) for one in chosen for finding in one.findings}
    whole = {one.region for one in chosen if one.whole}
    regions = {one.region: one.strategy for one in chosen}
    left = {
        code
        for finding in report.findings
        if finding.severity is Severity.BLOCKING and finding.rule in ALONE | TOGETHER and id(finding) not in told
        for code in regions_of(board, finding)
    }
    for region in sorted((regions.keys() - whole - left) & board.faulty):
        yield Proposal(rule=Rule.GAP, region=region, findings=(), edits=(), whole=True, strategy=regions[region])


def _made(board: Board, one: Proposal, counts: Mapping[str, int]) -> tuple[Board, Outcome, Edits] | str:
    """The board after a proposal, what came of it and its edits, or why it is not made."""
    try:
        edits = (mended(board, one.region, one.strategy, counts),) if one.whole else one.edits
        after, outcome = redrawn(board, edits)
    except EditRefused as refused:
        return refused.id
    except NodingUnsettledError:
        return UNSETTLED
    return WORSE if _is_worse(board, after, outcome) else (after, outcome, edits)


def _is_worse(before: Board, after: Board, outcome: Outcome) -> bool:
    """Whether a region has longer edges without another side than before."""
    touched = {grid.region for grid in outcome.grids} | {region.code for region in outcome.regions}
    touched |= {before.grids[code].region for code in outcome.gone}
    return any(_loose_m(after, code) > _loose_m(before, code) + NOISE_M for code in touched & after.faulty)


def _loose_m(board: Board, region: str) -> float:
    """How long the edges of a region are, metres, that do not cancel."""
    start, end, owner = directed_edges([board.boundary(region), *(grid.shape for grid in board.grids_of(region))])
    low, high, times = uncancelled(start, end, np.where(owner == 0, -1, 1))
    a, b = to_degrees(steps_of(low)), to_degrees(steps_of(high))
    metres = np.hypot(*((b - a) * degrees_m((a[:, 1] + b[:, 1]) / 2)).T)
    return float((metres * np.abs(times)).sum())
