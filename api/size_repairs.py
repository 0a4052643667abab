"""What is the least change that brings the grids of a community into the range of households?

One proposal a community, drawn anew from its present grids. It is named by the findings that it is about, so that a
name that was read means the same or nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from api import editing, open_draft
from api.draw_asked import DrawAsked, RepairsAsked
from api.draw_choice import chosen
from api.draw_documents import reason_text
from api.draw_result import left_documents
from api.draw_step import replacing
from api.draw_ways import Drawings, Redrawn, ranked
from api.open_draft import OpenDraft
from api.problems import Problem
from api.texts import Language
from api.turn import Turn
from geo.model import Finding, Rule
from geo.proposals import regions_of
from geo.redraw import written
from geo.redraw.edits import Replace
from geo.redraw.refused import EditRefused
from geo.refusal import Refusal

SIZES: Final = frozenset({Rule.HOUSEHOLDS_LOW, Rule.HOUSEHOLDS_HIGH})
MOST = 200
"""Communities drawn by one job; the first ones by code, and the rest is told as left out."""
SEED = 1


@dataclass(frozen=True, slots=True)
class _Proposal:
    """What is proposed for a community: the edit, and the findings that it heals as they are told."""

    name: str
    region: Redrawn
    edit: Replace
    heals: Sequence[Mapping[str, Any]]


def work(mine: Turn, asked: RepairsAsked) -> None:
    """Do what a job asks for. Raises Refusal, Refused, Problem, Stopped, StoreUnavailable."""
    mine("reading", 0, 0, {"best": None})
    with mine.step() as work:
        plan = open_draft.opened(work, asked)
    names = _names(plan, asked)
    wanted = sorted(names)[:MOST]
    drawings = Drawings(mine)
    found, left = _proposals(plan, names, wanted, drawings, asked)
    mine("writing", 0, 0)
    with mine.step() as work:
        result: dict[str, Any] = {"early": drawings.is_early, "left_out": len(names) - len(wanted), "steps": []}
        if asked.accept is None:
            revision = plan.draft.revision
        else:
            revision, found, result["steps"] = _accepted(work, plan, found, left, mine, asked)
        told = [_document(one, asked.language) for one in found]
        result |= {"revision": revision, "proposals": told, "left": left_documents(left, asked.language)}
        mine.finish(work, result)


def _names(plan: OpenDraft, asked: RepairsAsked) -> dict[str, str]:
    """The name of the proposal of each community that has grids out of range and is meant, by code."""
    about = dict[str, list[Finding]]()
    for finding in plan.entry.plan.report.findings:
        if finding.rule in SIZES and finding.accepted is None:
            for code in regions_of(plan.entry.plan.board, finding):
                about.setdefault(code, []).append(finding)
    meant = {*plan.own} if asked.regions is None else {*asked.regions} & {*plan.own}
    names = {code: _name(code, found) for code, found in about.items() if code in meant}
    if asked.accept is None or asked.accept == "all":
        return names
    return {code: name for code, name in names.items() if name in asked.accept}


def _name(code: str, findings: Sequence[Finding]) -> str:
    told = sorted([finding.rule.value, *finding.codes, str(finding.values.get("households"))] for finding in findings)
    return sha256(orjson.dumps([code, told])).hexdigest()[:16]


def _proposals(
    plan: OpenDraft, names: Mapping[str, str], wanted: Collection[str], drawings: Drawings, asked: RepairsAsked
) -> tuple[list[_Proposal], dict[str, Refusal]]:
    """The proposals for communities, and why there is none for others of them."""
    content = plan.content
    wish = DrawAsked(plan=asked.plan, communities=[*wanted], language=asked.language)
    choice = chosen(content.plan, plan.terms, plan.own, wish)
    outcomes = drawings.outcomes(choice.waiting, SEED, 1)
    way = ranked(content.plan, plan.terms, choice, outcomes, asked.language)[0]
    left, found = dict(way.left), list[_Proposal]()
    for one in way.regions:
        code = one.undrawn.region.code
        made = _proposal(plan, one, names[code], asked.language)
        if isinstance(made, Refusal):
            left[code] = made
        else:
            found.append(made)
    return found, left


def _proposal(plan: OpenDraft, one: Redrawn, name: str, language: Language) -> _Proposal | Refusal:
    """What heals a community, or why nothing does: `range`, or why its edit is refused."""
    edit = replacing(plan.entry.plan.board, one)
    if edit is None:
        return Refusal("range")
    try:
        done = editing.edited(plan.entry, [edit], plan.own, language, keep=False)
    except EditRefused as error:
        return error
    heals = [finding for finding in done.told["vanished"] if finding["rule"] in SIZES]
    worse = [finding for finding in done.told["appeared"] if finding["rule"] in SIZES]
    return _Proposal(name, one, edit, heals) if len(heals) > len(worse) else Refusal("range")


def _accepted(
    work: Session,
    plan: OpenDraft,
    found: Sequence[_Proposal],
    left: dict[str, Refusal],
    mine: Turn,
    asked: RepairsAsked,
) -> tuple[int, list[_Proposal], list[int]]:
    """Make proposals, a step each: the plan's revision, those that were made, and their steps."""
    plan, made, steps = open_draft.opened(work, asked, plan), list[_Proposal](), list[int]()
    if open_draft.last_step(work, plan) + len(found) > asked.most_steps:
        raise Problem("too-many-steps", {"limit": asked.most_steps})
    for one in found:
        try:
            plan = open_draft.changed(work, plan, [one.edit], "repair", asked, mine.job.actor)
        except EditRefused as error:
            left[one.edit.region] = error
            continue
        made.append(one)
        steps.append(open_draft.last_step(work, plan))
    if not made:
        raise Problem("nothing-repaired")
    return plan.draft.revision, made, steps


def _document(one: _Proposal, language: Language) -> dict[str, Any]:
    return {
        "id": one.name,
        "kind": "size",
        "region": one.edit.region,
        "moved": one.region.moved or 0,
        "heals": one.heals,
        "edits": [written.document(one.edit)],
        "reasons": [reason_text(why, language) for why in one.region.drawn.reasons],
    }
