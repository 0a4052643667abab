"""How does a plan become the published map?

Staging nodes the plan with its neighbours and finds what can be proven; the door itself (`migrations/sql/door.sql`)
takes the number, asks again and switches. Both are one transaction: a crash leaves the old or the new.
"""

import json
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.store import answers, refusals
from geo.store.connect import reachable, session, unhurried
from geo.store.published import at
from geo.store.refusals import Refused
from geo.store.staging import stage
from geo.store.tables import edition, identity, plan, plan_item, plan_region, publication

LARGE = 100_000
"""Rows of a plan that is published without hurry."""
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
    "55P03": refusals.Busy,
    "40001": refusals.Busy,
    "40P01": refusals.Busy,
}
"""What the door's error states mean; class WG is ours, the rest PostgreSQL's: lock timeout, serialisation, deadlock.

Staging has proven regions apart before the door does: where the door finds them not so, a neighbour came in between.
"""


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

    With `key` a repeated request gets the answer of the first. `dry_run` goes all the way and keeps nothing.
    """

    plan: UUID
    actor: str
    reason: str = ""
    key: str | None = None
    dry_run: bool = False
    expected: Container[int] | None = None


def publish(engine: Engine, request: Request) -> Published:
    """Publish a draft now. Raises a `Refused` and changes nothing, or returns what was published."""
    for _ in range(ATTEMPTS):
        try:
            return _attempt(engine, request)
        except refusals.NeighboursMoved:
            continue
    raise refusals.Busy()


def _attempt(engine: Engine, request: Request) -> Published:
    asked = f"publish {request.plan} {request.reason}"
    with reachable(), session(engine) as work, work.begin() as transaction:
        try:
            state, revision = _locked(work, request.plan)
            told = answers.told(work, request.key, request.actor, asked)
            if told is not None:
                return _revived(told)
            _check(work, request, state, revision)
            if _is_large(work, request.plan):
                unhurried(work)
            stage(work, request.plan)
            door = func.publish(request.plan, request.actor, request.reason)
            published = _report(work, int(work.execute(select(door)).scalar_one()))
            answers.keep(work, request.key, request.actor, asked, plain(published))
        except DBAPIError as error:
            raise refusal(error) from error
        if request.dry_run:
            transaction.rollback()
    return published


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
    kind = REFUSALS.get(state)
    if kind is None:
        return error
    detail = getattr(getattr(error.orig, "diag", None), "message_detail", None)
    codes = json.loads(detail) if detail and state.startswith("WG") else []
    return kind(codes[0]) if kind is refusals.NoSuchDraft else kind(codes)


def _locked(work: Session, number: UUID) -> tuple[str, int]:
    """State and revision of a plan that nobody else touches until we are done."""
    row = work.execute(select(plan.c.state, plan.c.revision).where(plan.c.id == number).with_for_update()).one_or_none()
    if row is None:
        raise refusals.NoSuchDraft(str(number))
    return row.state, row.revision


def _check(work: Session, request: Request, state: str, revision: int) -> None:
    if state != "draft":
        raise refusals.NotADraft(str(request.plan), state)
    if request.expected is not None and revision not in request.expected:
        raise refusals.RevisionMoved(revision)
    named = select(plan_region.c.code).where(plan_region.c.plan == request.plan)
    items = select(plan_item.c.code).where(plan_item.c.plan == request.plan)
    if work.execute(named.union_all(items).limit(1)).first() is None:
        raise refusals.NothingToPublish()


def _is_large(work: Session, number: UUID) -> bool:
    """Whether a plan has so many rows that the usual time for a statement is too short."""
    rows = select(plan_item.c.code).where(plan_item.c.plan == number).limit(LARGE).subquery()
    return bool(work.execute(select(func.count()).select_from(rows)).scalar_one() == LARGE)


def _report(work: Session, publication_number: int) -> Published:
    row = work.execute(select(publication).where(publication.c.number == publication_number)).one()
    opened = work.execute(
        select(identity.c.code, edition.c.standing, edition.c.cause)
        .join(identity, identity.c.id == edition.c.region)
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


def _revived(body: dict[str, object]) -> Published:
    return Published(**{**body, "at": datetime.fromisoformat(str(body["at"]))})  # type: ignore[arg-type]
