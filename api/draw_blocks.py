"""With which blocks does a drawing begin, and which are kept of it?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from api import open_draft
from api.draw_asked import DrawAsked
from api.draw_choice import Choice
from api.draw_result import left_documents
from api.draw_ways import Drawings, Redrawn
from api.open_draft import OpenDraft
from api.turn import Turn
from geo.draw.task import Drawn
from geo.refusal import Refusal
from geo.store import plan_blocks


def begun(work: Session, choice: Choice, asked: DrawAsked) -> Choice:
    """A choice whose regions begin with the blocks that are kept with the plan, if that is wished for."""
    if asked.blocks != "kept":
        return choice
    waiting = [
        replace(one, task=replace(one.task, kept=tuple(plan_blocks.kept(work, asked.plan, one.region.code))))
        for one in choice.waiting
    ]
    return replace(choice, waiting=waiting)


def keep(work: Session, asked: DrawAsked, regions: Sequence[Redrawn]) -> None:
    """Keep the blocks of drawn regions with the locked plan; where only some grids of one were drawn it keeps those
    that it has."""
    if asked.grids is None:
        _keep(work, asked, {one.undrawn.region.code: one.drawn for one in regions})


def make(mine: Turn, asked: DrawAsked, plan: OpenDraft, choice: Choice, drawings: Drawings) -> None:
    """Make blocks, draw no grid, and end the job."""
    found = drawings.blocks(choice.waiting, asked.seed)
    made = {
        one.region.code: its for one, its in zip(choice.waiting, found, strict=True) if not isinstance(its, Refusal)
    }
    left = dict(choice.left)
    left |= {one.region.code: why for one, why in zip(choice.waiting, found, strict=True) if isinstance(why, Refusal)}
    mine("writing", 0, 0)
    with mine.step() as work:
        plan = open_draft.opened(work, asked, plan)
        _keep(work, asked, made)
        result: dict[str, Any] = {"plan": str(asked.plan), "revision": plan.draft.revision, "step": None}
        result |= {"chosen": None, "early": False, "alternatives": [], "left": left_documents(left, asked.language)}
        mine.finish(work, result)


def _keep(work: Session, asked: DrawAsked, drawn: Mapping[str, Drawn]) -> None:
    for code, its in sorted(drawn.items()):
        if its.blocks:
            plan_blocks.keep(work, asked.plan, code, its.blocks)
