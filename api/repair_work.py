"""How does a job propose what heals a plan, and make what a planner takes of it?"""

from api import open_draft, repairing, size_repairs
from api.draw_asked import RepairsAsked
from api.kept_step import stored
from api.open_draft import OpenDraft
from api.problems import Problem
from api.repairing import Wish
from api.turn import Turn
from geo.model import Rule
from geo.repair import Strategy


def work(mine: Turn) -> None:
    """Do what a job asks for. Raises Refusal, Refused, Problem, Stopped, StoreUnavailable."""
    asked = RepairsAsked.model_validate(mine.job.asked)
    if asked.sizes:
        size_repairs.work(mine, asked)
        return
    mine("reading", 0, 0)
    with mine.step() as work:
        plan = open_draft.opened(work, asked)
        if asked.accept is None:
            result = repairing.proposed(plan.entry, _wish(plan, asked), asked.language)
        else:
            done = repairing.repaired(plan.entry, _wish(plan, asked), asked.language)
            if done is None:
                raise Problem("nothing-repaired")
            after = stored(work, plan.draft, done, "repair", mine.job.actor, asked.reason)
            result = {"revision": after.revision, **done.told}
        mine.finish(work, result)


def _wish(plan: OpenDraft, asked: RepairsAsked) -> Wish:
    own = frozenset(plan.own)
    return Wish(
        own=own,
        regions=own if asked.regions is None else own.intersection(asked.regions),
        rules=None if asked.rules is None else frozenset(Rule(rule) for rule in asked.rules),
        names=None if asked.accept is None or asked.accept == "all" else frozenset(asked.accept),
        strategy=Strategy(asked.strategy),
    )
