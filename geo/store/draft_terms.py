"""By what is a plan judged that is not published yet: what lies round it, limits, what was there before it?"""

from collections.abc import Sequence

from sqlalchemy import or_, select

from geo import tree
from geo.model import Grid, Layer, Plan
from geo.store import rulesets
from geo.store.known import Known
from geo.store.published import is_one_of
from geo.store.stale import LAYERS
from geo.store.tables import identity
from geo.terms import Terms

MOST_REGIONS = 500
"""Regions whose former codes are looked for; in a larger plan only those it names itself are known."""


def terms_of(known: Known, plan: Plan, beside: Sequence[Grid] = ()) -> Terms:
    """The terms for a plan over what is known; where nothing is known all of its codes are new."""
    codes = {grid.code for grid in plan.grids}
    if known.session is None:
        return Terms(beside=beside, fresh=codes)
    regions = {region.code: region for region in plan.regions}
    parents = {code: region.parent for code, region in (known.regions | regions).items()}
    upper = tree.above({grid.region for grid in plan.grids} | regions.keys(), parents) - regions.keys()
    carried = known.named(Layer.GRID, codes).keys() | known.regions.keys()
    given = _given(known, plan)
    return Terms(
        ruleset=rulesets.at(known.session, known.number),
        beside=beside,
        before={code: count for code, count in known.tallies(codes).items() if count is not None},
        parents={code: parents.get(code) for code in upper},
        schemes={code: known.regions[code].scheme for code in upper if code in known.regions},
        taken=given - carried,
        fresh=codes - given,
    )


def _given(known: Known, plan: Plan) -> set[str]:
    """Codes that were ever given: those of the plan, and those that begin like its divided regions'."""
    assert known.session is not None
    named = {grid.code for grid in plan.grids} | {region.code for region in plan.regions}
    divided = sorted({grid.region for grid in plan.grids})
    begin = [identity.c.code.startswith(code, autoescape=True) for code in divided]
    asked = select(identity.c.code).where(
        identity.c.layer.in_(LAYERS), or_(is_one_of(identity.c.code, named), *begin[:MOST_REGIONS])
    )
    return set(known.session.scalars(asked))
