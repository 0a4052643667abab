"""Which plans wait for an instant, how do they come to wait, and what happens when it is there?

A plan is proven when it is scheduled: the whole door, kept nothing of. From then on its regions are reserved. At its
instant whichever running service comes first publishes it.
"""

import logging
from collections.abc import Callable, Collection
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

log = logging.getLogger(__name__)


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


@dataclass(frozen=True, slots=True)
class Stuck:
    """A plan whose instant came and that nobody refused; for some other reason it could not be published, and it waits
    to be tried again."""

    plan: UUID
    error: Exception


def name_of(refused: Refused) -> str:
    """What a refusal is called here."""
    return type(refused).__name__


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


def next_due(session: Session, resting: Collection[UUID] = ()) -> datetime | None:
    """The earliest instant that a plan waits for, but for those that rest."""
    waits = plan.c.at.is_not(None) & plan.c.id.not_in(resting)
    first: datetime | None = session.scalar(select(func.min(plan.c.at)).where(waits))
    return first


def publish_due(
    engine: Engine,
    now: datetime,
    *,
    resting: Collection[UUID] = (),
    named: Callable[[Refused], str] = name_of,
) -> list[Published | Failed | Stuck]:
    """Publish every plan whose instant has come, but for those that rest, in the order of the instants.

    Several services may do so at once: each plan is published by one of them. One that is refused goes back to where it
    was before it was scheduled, and the log tells why, as `named`; where others keep the door busy it stays for the
    next time. Whatever else happens to one is told with its trace; it stays as it is, and the others go on. Raises
    StoreUnavailable where the plans cannot be asked for.
    """
    with reachable(), session(engine) as work:
        due = (plan.c.at <= now) & (plan.c.state == "scheduled") & plan.c.id.not_in(resting)
        numbers = list(work.scalars(select(plan.c.id).where(due).order_by(plan.c.at, plan.c.id)))
    done = list[Published | Failed | Stuck]()
    for number in numbers:
        try:
            settled = _settled(engine, number, now, named)
            done += [] if settled is None else [settled]
        except Exception as error:  # whatever it is: one plan must not hold up the others
            trace = None if isinstance(error, StoreUnavailable) else error
            log.error("the scheduled plan %s is stuck: %s", number, type(error).__name__, exc_info=trace)
            done.append(Stuck(number, error))
    return done


def _settled(engine: Engine, number: UUID, now: datetime, named: Callable[[Refused], str]) -> Published | Failed | None:
    """None where another service has the plan in hand, or had it, and while the door is busy."""
    try:
        return _published(engine, number, now)
    except refusals.Busy:
        return None
    except Refused as refused:
        return Failed(number, refused) if _failed(engine, number, now, refused, named(refused)) else None


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


def _failed(engine: Engine, number: UUID, now: datetime, refused: Refused, reason: str) -> bool:
    """Take a plan back from the schedule, unless another service did. The log keeps what the refusal is called as the
    reason, and what it is about."""
    with reachable(), session(engine) as work, work.begin():
        row = work.execute(_due(number, now).with_for_update()).one_or_none()
        if row is None:
            return False
        told: dict[str, Any] = {"at": row.at.isoformat(), "problem": reason, "codes": refused.codes}
        if isinstance(refused, refusals.RegionReserved):
            told["plans"] = refused.plans
        state = "draft" if row.approved_by is None else "approved"
        drafts.written(work, number, "schedule", "schedule-failed", reason, told, state=state, at=None)
    return True
