"""How does a plan become the published map?

Staging nodes the plan with its neighbours and finds what can be proven; the door itself (`migrations/sql/door.sql`)
takes the number, asks again and switches. Both are one transaction: a crash leaves the old or the new.
"""

import json
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Function, func, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.model import Layer
from geo.store import answers, refusals
from geo.store.connect import reachable, session, unhurried
from geo.store.possible import require
from geo.store.published import at, is_one_of
from geo.store.refusals import Refused
from geo.store.staging import stage
from geo.store.tables import edition, identity, plan, plan_item, plan_region, publication

LARGE, MANY = 100_000, 500
"""Rows of a plan, or regions, that are published without hurry."""
ATTEMPTS = 8
"""How often staging is done anew because a neighbour was published meanwhile."""
REFUSALS: dict[str, type[Refused]] = {
    "WG001": refusals.StaleBase,
    "WG002": refusals.NeighboursMoved,
    "WG003": refusals.NotExact,
    "WG004": refusals.NeighboursMoved,
    "WG005": refusals.CodeTaken,
    "WG006": refusals.NeverBack,
    "WG007": refusals.AmendmentRefused,
    "WG008": refusals.NoSuchDraft,
    "WG009": refusals.TreeBroken,
    "WG011": refusals.HouseholdsOrphaned,
    "WG012": refusals.ThingGone,
    "WG013": refusals.ThingThere,
    "WG015": refusals.NothingToPublish,
    "WG017": refusals.NoSuchPublication,
    "55P03": refusals.Busy,
    "40001": refusals.Busy,
    "40P01": refusals.Busy,
}
"""What the door's error states mean; class WG is ours, the rest PostgreSQL's: lock timeout, serialisation, deadlock.

Staging has proven regions apart before the door does: where the door finds them not so, a neighbour came in between.
"""
RESERVED = "WG016"
"""A region waits for a scheduled plan; the error tells regions and plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publication changed: standing by region drawn, and neighbours that gained nodes."""

    number: int
    at: datetime
    kind: str
    standing: dict[str, str]
    amended: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A wish to publish a draft. `expected` are the revisions of the plan that the caller may have seen.

    With `key` a repeated request gets the answer of the first. `dry_run` goes all the way and keeps nothing. `at` is
    for `geo.store.schedule.publish`.
    """

    plan: UUID
    actor: str
    reason: str = ""
    key: str | None = None
    dry_run: bool = False
    expected: Container[int] | None = None
    at: datetime | None = None


def publish(engine: Engine, request: Request) -> Published:
    """Publish a draft now. Raises a `Refused` and changes nothing, or returns what was published."""
    for _ in range(ATTEMPTS):
        try:
            return _attempt(engine, request)
        except refusals.NeighboursMoved:
            continue
    raise refusals.Busy()


def _attempt(engine: Engine, request: Request) -> Published:
    with reachable(), session(engine) as work, work.begin() as transaction:
        try:
            state, revision = locked(work, request.plan)
            told = answers.told(work, request.key, request.actor, asked(request))
            if told is not None:
                return revived(told)
            check(request, state, revision)
            published = through(work, request.plan, now(request))
            answers.keep(work, request.key, request.actor, asked(request), plain(published))
        except DBAPIError as error:
            raise refusal(error) from error
        if request.dry_run:
            transaction.rollback()
    return published


def asked(request: Request) -> str:
    """What a request asks for, as text: the same key never stands for another one."""
    return f"publish {request.plan} {request.reason}" + (f" {request.at.isoformat()}" if request.at else "")


def now(request: Request) -> Function[int]:
    """The door for a draft or an approved plan, as SQL that gives the number."""
    return func.publish(request.plan, request.actor, request.reason)


def plain(published: Published) -> dict[str, object]:
    """The publication as plain JSON values."""
    return {
        "number": published.number,
        "at": published.at.isoformat(),
        "kind": published.kind,
        "standing": published.standing,
        "amended": published.amended,
    }


def refusal(error: DBAPIError) -> Exception:
    """The `Refused` that an error of the door means; the error itself when it is none of them."""
    state = getattr(error.orig, "sqlstate", None) or ""
    detail = getattr(getattr(error.orig, "diag", None), "message_detail", None)
    codes: Any = json.loads(detail) if detail and state.startswith("WG") else []
    if state == RESERVED:
        return refusals.RegionReserved(sorted(codes["codes"]), sorted(codes["plans"]))
    kind = REFUSALS.get(state)
    if kind is None:
        return error
    return kind(codes[0]) if kind is refusals.NoSuchDraft else kind(codes)


def locked(work: Session, number: UUID) -> tuple[str, int]:
    """State and revision of a plan that nobody else touches until we are done. Raises NoSuchDraft."""
    row = work.execute(select(plan.c.state, plan.c.revision).where(plan.c.id == number).with_for_update()).one_or_none()
    if row is None:
        raise refusals.NoSuchDraft(str(number))
    return row.state, row.revision


def check(request: Request, state: str, revision: int) -> None:
    """Raises WrongState, RevisionMoved."""
    require("publish", request.plan, state)
    if request.expected is not None and revision not in request.expected:
        raise refusals.RevisionMoved(revision)


def through(work: Session, number: UUID, door: Function[int]) -> Published:
    """Stage a locked plan and call the door for it. Raises the `Refused` of staging, NothingToPublish; DBAPIError."""
    if _is_large(work, number):
        unhurried(work)
    stage(work, number)
    if _is_empty(work, number):
        raise refusals.NothingToPublish()
    return report(work, int(work.execute(select(door)).scalar_one()))


def _is_empty(work: Session, number: UUID) -> bool:
    named = select(plan_region.c.code).where(plan_region.c.plan == number)
    items = select(plan_item.c.code).where(plan_item.c.plan == number)
    return work.execute(named.union_all(items).limit(1)).first() is None


def _is_large(work: Session, number: UUID) -> bool:
    """Whether a plan has so many rows that the usual time for a statement is too short."""
    rows = (
        select(table.c.code).where(table.c.plan == number).offset(most - 1).limit(1).exists()
        for table, most in ((plan_region, MANY), (plan_item, LARGE))
    )
    return bool(work.scalar(select(or_(*rows))))


def report(work: Session, publication_number: int) -> Published:
    """What a publication changed."""
    row = work.execute(select(publication).where(publication.c.number == publication_number)).one()
    opened = work.execute(
        select(identity.c.code, edition.c.standing, edition.c.cause)
        .join(identity, identity.c.id == edition.c.region)
        .where(identity.c.layer == Layer.REGION.value, is_one_of(identity.c.code, row.regions))
        .where(at(edition, publication_number), func.lower(edition.c.numbers) == publication_number)
        .order_by(identity.c.code)
    ).all()
    return Published(
        number=row.number,
        at=row.at,
        kind=row.kind,
        standing={code: standing for code, standing, cause in opened if cause == "publish"},
        amended=[code for code, _, cause in opened if cause == "node"],
    )


def revived(body: dict[str, object]) -> Published:
    """The publication that `plain` told of."""
    return Published(**{**body, "at": datetime.fromisoformat(str(body["at"]))})  # type: ignore[arg-type]
