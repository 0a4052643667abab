"""Which plans wait for an instant, how do they come to wait, and what happens when it is there?

A plan is proven when it is scheduled: the whole door, kept nothing of. From then on its regions are reserved. At its
instant whichever running service comes first publishes it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.store import answers, door, drafts, refusals
from geo.store.connect import reachable, session
from geo.store.door import Published, Request
from geo.store.errors import StoreUnavailable
from geo.store.refusals import Refused
from geo.store.tables import plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A plan that waits for `at`, and what its publication would change as the map is now."""

    plan: UUID
    at: datetime
    kind: str
    standing: dict[str, str]
    amended: list[str]


@dataclass(frozen=True, slots=True)
class Failed:
    """A plan whose instant came and that could not be published; it waits no more."""

    plan: UUID
    refused: Refused


def publish(engine: Engine, request: Request, now: datetime) -> Published | Scheduled:
    """Publish a plan at `request.at`: now without an instant, or where it is past. Raises a `Refused` and changes
    nothing.

    Both instants know their time zone. A repeated request with the same key gets the answer of the first.
    """
    if request.at is None:
        return door.publish(engine, request)
    for _ in range(door.ATTEMPTS):
        try:
            return _attempt(engine, request, request.at, now)
        except refusals.NeighboursMoved:
            continue
    raise refusals.Busy()


def next_due(session: Session) -> datetime | None:
    """The earliest instant that a plan waits for."""
    first: datetime | None = session.scalar(select(func.min(plan.c.at)).where(plan.c.at.is_not(None)))
    return first


def publish_due(engine: Engine, now: datetime) -> list[Published | Failed]:
    """Publish every plan whose instant has come, in the order of the instants.

    Several services may do so at once: each plan is published by one of them. One that is refused goes back to where it
    was before it was scheduled, and the log tells why; where others keep the door busy it stays for the next time.
    Raises StoreUnavailable.
    """
    with reachable(), session(engine) as work:
        due = (plan.c.at <= now) & (plan.c.state == "scheduled")
        numbers = list(work.scalars(select(plan.c.id).where(due).order_by(plan.c.at, plan.c.id)))
    done, lost = list[Published | Failed](), None
    for number in numbers:
        try:
            published = _published(engine, number, now)
            done += [] if published is None else [published]
        except refusals.Busy:
            continue
        except Refused as refused:
            done += [Failed(number, refused)] if _failed(engine, number, now, refused) else []
        except StoreUnavailable as error:
            lost = error  # one plan that takes too long must not hold up the others
    if lost is not None:
        raise lost
    return done


def plain(scheduled: Scheduled) -> dict[str, object]:
    """The scheduled plan as plain JSON values."""
    return {
        "plan": str(scheduled.plan),
        "scheduled": scheduled.at.isoformat(),
        "kind": scheduled.kind,
        "standing": scheduled.standing,
        "amended": scheduled.amended,
    }


def _attempt(engine: Engine, request: Request, at: datetime, now: datetime) -> Published | Scheduled:
    asked = door.asked(request)
    with reachable(), session(engine) as work, work.begin() as transaction:
        try:
            state, revision = door.locked(work, request.plan)
            told = answers.told(work, request.key, request.actor, asked)
            if told is not None:
                return _revived(told) if "scheduled" in told else door.revived(told)
            door.check(request, state, revision)
            done: Published | Scheduled
            if at <= now:
                done = door.through(work, request.plan, door.now(request))
                body = door.plain(done)
            else:
                done = _scheduled(work, request, at)
                body = plain(done)
            answers.keep(work, request.key, request.actor, asked, body)
        except DBAPIError as error:
            raise door.refusal(error) from error
        if request.dry_run:
            transaction.rollback()
    return done


def _scheduled(work: Session, request: Request, at: datetime) -> Scheduled:
    """The plan is proven by going through the door and coming back, and waits."""
    proof = work.begin_nested()
    would = door.through(work, request.plan, door.now(request))
    proof.rollback()
    work.execute(select(func.schedule(request.plan, at, request.actor, request.reason, would.number - 1)))
    return Scheduled(plan=request.plan, at=at, kind=would.kind, standing=would.standing, amended=would.amended)


def _revived(body: dict[str, Any]) -> Scheduled:
    told = {name: body[name] for name in ("kind", "standing", "amended")}
    return Scheduled(plan=UUID(body["plan"]), at=datetime.fromisoformat(body["scheduled"]), **told)


def _published(engine: Engine, number: UUID, now: datetime) -> Published | None:
    """None where another service has the plan in hand, or had it."""
    for _ in range(door.ATTEMPTS):
        try:
            return _brought_into_force(engine, number, now)
        except refusals.NeighboursMoved:
            continue
    raise refusals.Busy()


def _brought_into_force(engine: Engine, number: UUID, now: datetime) -> Published | None:
    with reachable(), session(engine) as work, work.begin():
        row = work.execute(_due(number, now).with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        try:
            return door.through(work, number, func.publish_scheduled(number, now))
        except DBAPIError as error:
            raise door.refusal(error) from error


def _due(number: UUID, now: datetime) -> Select[tuple[datetime, str | None]]:
    mine = (plan.c.id == number) & (plan.c.state == "scheduled") & (plan.c.at <= now)
    return select(plan.c.at, plan.c.approved_by).where(mine)


def _failed(engine: Engine, number: UUID, now: datetime, refused: Refused) -> bool:
    """Take a plan back from the schedule, unless another service did."""
    with reachable(), session(engine) as work, work.begin():
        row = work.execute(_due(number, now).with_for_update()).one_or_none()
        if row is None:
            return False
        told: dict[str, Any] = {"at": row.at.isoformat(), "refused": type(refused).__name__, "codes": refused.codes}
        state = "draft" if row.approved_by is None else "approved"
        drafts.written(work, number, "schedule", "schedule-failed", "", told, state=state, at=None)
    return True
