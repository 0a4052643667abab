"""What was published by others since a plan was drawn: which of its regions, and which codes?"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from geo.model import Layer
from geo.store.published import at, current_publication, is_one_of
from geo.store.tables import edition, identity, plan_region

LAYERS = (Layer.GRID.value, Layer.REGION.value)
"""Layers whose things have a code that is given once."""


def stale(session: Session, plans: Collection[UUID]) -> dict[UUID, list[str]]:
    """For each plan the codes of its regions whose base is not the edition in force: a plan with any has to be rebased
    before it can be published. Plans without are left out."""
    in_force = and_(edition.c.region == identity.c.id, at(edition, current_publication(session)))
    moved = (
        select(plan_region.c.plan, plan_region.c.code)
        .outerjoin(identity, and_(identity.c.layer == "region", identity.c.code == plan_region.c.code))
        .outerjoin(edition, in_force)
        .where(plan_region.c.plan.in_(plans), plan_region.c.cause == "publish")
        .where(edition.c.intent.is_distinct_from(plan_region.c.base))
        .order_by(plan_region.c.plan, plan_region.c.code)
    )
    found: dict[UUID, list[str]] = {}
    for plan, code in session.execute(moved):
        found.setdefault(plan, []).append(code)
    return found


def given(session: Session, codes: Collection[str]) -> set[str]:
    """Which of the codes some region or grid ever had."""
    known = select(identity.c.code).where(identity.c.layer.in_(LAYERS), is_one_of(identity.c.code, codes))
    return set(session.scalars(known))
