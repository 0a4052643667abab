"""How are grids drawn by a job?

The plan is read, drawn in this process, and changed by one ordinary step in the transaction that ends the job: a job
that is stopped or killed leaves it as it was.
"""

from collections.abc import Sequence
from typing import Any

from api import draw_blocks, draw_step, open_draft
from api.draw_asked import DrawAsked
from api.draw_choice import chosen
from api.draw_result import alternative_document, left_documents
from api.draw_ways import Alternative, Drawings, ranked
from api.open_draft import OpenDraft
from api.turn import Turn


def work(mine: Turn) -> None:
    """Draw what a job asks for. Raises Refusal, Refused, Stopped, StoreUnavailable."""
    asked = DrawAsked.model_validate(mine.job.asked)
    mine("reading", 0, 0, {"best": None})
    with mine.step() as work:
        plan = open_draft.opened(work, asked)
        choice = draw_blocks.begun(work, chosen(plan.content.plan, plan.terms, plan.own, asked), asked)
    drawings = Drawings(mine)
    if asked.blocks == "only":
        draw_blocks.make(mine, asked, plan, choice, drawings)
        return
    outcomes = drawings.outcomes(choice.waiting, asked.seed, asked.alternatives)
    ways = ranked(plan.content.plan, plan.terms, choice, outcomes, asked.language)
    _keep(mine, asked, plan, ways, is_early=drawings.is_early)


def _keep(mine: Turn, asked: DrawAsked, plan: OpenDraft, ways: Sequence[Alternative], *, is_early: bool) -> None:
    """Put one of the ways into the plan, and end the job."""
    at = min(asked.alternative, len(ways)) - 1
    mine("writing", 0, 0)
    with mine.step() as work:
        plan = open_draft.opened(work, asked, plan)
        sizes, language = plan.entry.sizes, asked.language
        told = [alternative_document(rank, way, sizes, language) for rank, way in enumerate(ways, start=1)]
        after, refused = draw_step.kept(work, plan, ways[at].regions, "draw", asked, mine.job.actor)
        told[at]["left"] += left_documents(refused, language)
        draw_blocks.keep(work, asked, [one for one in ways[at].regions if one.undrawn.region.code not in refused])
        result: dict[str, Any] = {
            "plan": str(asked.plan),
            "revision": after.draft.revision,
            "step": None if after is plan else open_draft.last_step(work, after),
            "chosen": at + 1,
            "early": is_early,
            "alternatives": told,
            "left": told[at]["left"],
        }
        mine.finish(work, result)
