"""Which repairs can be had for a plan, and what comes of those that a planner takes?

Worked out by the process at the desk. A proposal is named by what it heals, so that a name that was read means the same
or nothing.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
import shapely

from api.edit_documents import Done, edit_document
from api.open_plans import Entry
from api.shapes import finding_document
from api.texts import CATALOGUE, Language, text
from geo.model import Rule
from geo.proposals import regions_of
from geo.redraw import written
from geo.redraw.board import Board
from geo.repair import Proposal, Skipped, Strategy, accepted, proposals

MOST_TOLD = 1000
"""Proposals told in one answer; all of them can be accepted together."""
NAMED_EDITS = 20
"""Edits of a proposal that are told; to draw a region anew is one of thousands of vertices and not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which proposals are meant: of some rules and regions, and of those the ones named; None for all. `own` are the
    regions that the plan draws: what concerns others that stand beside it is not healed by it."""

    own: frozenset[str]
    regions: frozenset[str]
    rules: frozenset[Rule] | None = None
    names: frozenset[str] | None = None
    strategy: Strategy = Strategy.EDGE


def proposed(entry: Entry, wish: Wish, language: Language) -> dict[str, Any]:
    """The proposals, the first thousand of them one by one."""
    found = _wanted(entry, wish)
    told = [_document(one, language) for one in found[:MOST_TOLD]]
    return {"proposals": told, "count": len(found), "left_out": len(found) - len(told)}


def repaired(entry: Entry, wish: Wish, language: Language) -> Done | None:
    """The proposals made on the plan, all that can be; None where none can."""
    before = entry.plan.board
    done = accepted(entry.plan, _wanted(entry, wish))
    if done is None:
        return None
    outcome = done.answer.outcome
    told = edit_document(done.answer, entry.plan.board, entry.sizes, language)
    told |= {"repaired": len(done.done), "skipped": [_skipped(one, language) for one in done.skipped[:MOST_TOLD]]}
    gone = {code: before.grids[code] for code in sorted(outcome.gone & before.grids.keys())}
    return Done(Board(regions={}, grids=gone), outcome, told, [written.document(one) for one in done.edits])


def name_of(one: Proposal) -> str:
    """What a request calls a proposal."""
    places = [None if own.geometry is None else shapely.to_wkb(own.geometry, hex=True) for own in one.findings]
    codes = [list(own.codes) for own in one.findings]
    told = orjson.dumps([one.rule, one.region, one.whole, one.strategy, codes, places])
    return sha256(told).hexdigest()[:16]


def _wanted(entry: Entry, wish: Wish) -> list[Proposal]:
    board = entry.plan.board
    found = proposals(board, entry.plan.report, wish.strategy)
    return [
        one
        for one in found
        if one.region in wish.regions
        and all(wish.own.issuperset(regions_of(board, finding)) for finding in one.findings)
        and (wish.rules is None or one.rule in wish.rules)
        and (wish.names is None or name_of(one) in wish.names)
    ]


def _document(one: Proposal, language: Language) -> dict[str, Any]:
    edits = [] if one.whole else [written.document(edit) for edit in one.edits[:NAMED_EDITS]]
    others = [] if one.whole else [[written.document(edit) for edit in own] for own in one.alternatives]
    return {
        "id": name_of(one),
        "rule": one.rule.value,
        "region": one.region,
        "whole": one.whole,
        "strategy": one.strategy.value,
        "area_m2": round(one.area_m2, 2),
        "households": one.households,
        "edits": edits,
        "alternatives": others,
        "findings": [finding_document(own, language) for own in one.findings[:NAMED_EDITS]],
    }


def _skipped(one: Skipped, language: Language) -> dict[str, Any]:
    id_ = f"repair.{one.reason}"
    why = text(id_ if id_ in CATALOGUE else "repair.refused", language, reason=one.reason)
    return {"id": name_of(one.proposal), "region": one.proposal.region, "reason": one.reason, "detail": why}
