"""Which editions had a grid, what was counted in it, and which publications were those?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import shapely
from sqlalchemy import ARRAY, BigInteger, cast, func, select
from sqlalchemy.orm import Session

from geo.chronicle import Cause, Count, Version
from geo.model import Grid, GridKind, Standing
from geo.store.tables import edition, grid, identity, plan, publication, tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A publication as a grid's history tells it, and the plan it published. `approval` is the number of the approval,
    `approver` who gave it; empty where nobody did."""

    number: int
    kind: str
    at: datetime
    actor: str
    reason: str
    plan: UUID | None
    title: str
    approval: str
    approver: str


def versions(session: Session, code: str) -> list[Version]:
    """The grid as each edition had it, oldest first; empty for a code that no grid ever had."""
    named, divided = identity.alias("named"), identity.alias("divided")
    rows = session.execute(
        select(
            func.lower(edition.c.numbers).label("first"),
            func.upper(edition.c.numbers).label("after"),
            edition.c.id,
            edition.c.standing,
            edition.c.cause,
            divided.c.code.label("region"),
            grid.c.name,
            grid.c.kind,
            func.ST_AsBinary(grid.c.shape).label("shape"),
        )
        .join(grid, grid.c.edition == edition.c.id)
        .join(named, named.c.id == grid.c.id)
        .join(divided, divided.c.id == edition.c.region)
        .where(named.c.layer == "grid", named.c.code == code, ~func.isempty(edition.c.numbers))
        .order_by("first")
    )
    return [
        Version(
            first=row.first,
            last=None if row.after is None else row.after - 1,
            edition=row.id,
            grid=Grid(
                code=code,
                name=row.name,
                kind=GridKind(row.kind),
                region=row.region,
                shape=shapely.from_wkb(bytes(row.shape)),
            ),
            standing=Standing(row.standing),
            cause=Cause(row.cause),
        )
        for row in rows
    ]


def counts(session: Session, code: str) -> list[Count]:
    """Households and buildings of the grid, from the number on that each count holds from."""
    rows = session.execute(
        select(func.lower(tally.c.numbers).label("first"), tally.c.households, tally.c.buildings)
        .join(identity, identity.c.id == tally.c.grid)
        .where(identity.c.layer == "grid", identity.c.code == code, ~func.isempty(tally.c.numbers))
        .order_by("first")
    )
    return [Count(first=row.first, households=row.households, buildings=row.buildings) for row in rows]


def occasions(session: Session, numbers: Collection[int]) -> dict[int, Occasion]:
    """The publications of some numbers."""
    rows = session.execute(
        select(publication, plan.c.title, plan.c.approval, plan.c.approved_by)
        .outerjoin(plan, plan.c.id == publication.c.plan)
        .where(publication.c.number == func.any(cast(sorted(numbers), ARRAY(BigInteger))))
    )
    return {
        row.number: Occasion(
            number=row.number,
            kind=row.kind,
            at=row.at,
            actor=row.actor,
            reason=row.reason,
            plan=row.plan,
            title=row.title or "",
            approval=row.approval or "",
            approver=row.approved_by or "",
        )
        for row in rows
    }
