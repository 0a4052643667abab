"""What happened since somebody last asked?

Publications follow each other by number. What happened to plans is taken from the log. Transactions do not end in the
order they begin, so a place in the log is no mark: a cursor holds PostgreSQL's own account of which transactions were
over (a snapshot), and what was not over then and is now is new. Nothing is skipped, and nobody's long transaction holds
up the events of others.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Integer, Row, Text, cast, func, or_, select, true
from sqlalchemy.orm import Session

from geo.store import publications
from geo.store.publications import Publication
from geo.store.published import current_publication
from geo.store.tables import log, plan

MOST = 1_000
"""Publications told at once; what is left comes with the next question."""
CURSOR = re.compile(r"(\d{1,18})\.(\d{1,18}):(\d{1,18}):((?:\d{1,18},)*\d{1,18})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvent:
    """Something was done to a plan: `action` as the log names it, with the revision and state it has since."""

    plan: UUID
    revision: int
    state: str
    action: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A publication or something about a plan. Whoever has seen all up to here goes on from `cursor`; when the last of
    several events was not seen yet, plan events may be told again."""

    what: Publication | PlanEvent
    cursor: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How far somebody is: the last publication, and which transactions were over."""

    number: int
    begun: int
    ended: int
    running: tuple[int, ...]

    @classmethod
    def of(cls, number: int, snapshot: str) -> "Seen":
        begun, ended, running = snapshot.split(":")
        return cls(number, int(begun), int(ended), tuple(int(one) for one in running.split(",") if one))

    @classmethod
    def parse(cls, cursor: str) -> "Seen | None":
        found = CURSOR.fullmatch(cursor)
        return None if found is None else cls.of(int(found[1]), cursor.partition(".")[2])

    @property
    def text(self) -> str:
        return f"{self.number}.{self.begun}:{self.ended}:{','.join(map(str, self.running))}"

    @property
    def is_new(self) -> ColumnElement[bool]:
        """Rows of the log whose transaction was not over."""
        later = or_(log.c.transaction >= self.ended, log.c.transaction.in_(self.running))
        return (log.c.transaction >= self.begun) & later


def since(session: Session, cursor: str | None) -> tuple[list[Event], str]:
    """What happened after a cursor, and the next cursor. Without one, or with one that this store never gave, nothing:
    events begin at the present."""
    seen = None if cursor is None else Seen.parse(cursor)
    head, now = _now(session)
    if seen is None or seen.number > head or seen.ended > now.ended:
        return [], now.text
    events = [*_published(session, seen)]
    number = events[-1].what.number if events and isinstance(events[-1].what, Publication) else seen.number
    rows = session.execute(_news(seen)).all()
    after = Seen.of(number, rows[0].snapshot)
    told = [_plan_event(row) for row in rows if row.plan is not None]
    between = Seen(number, seen.begun, seen.ended, seen.running).text
    events += [Event(one, after.text if n == len(told) else between) for n, one in enumerate(told, start=1)]
    return events, after.text


def _now(session: Session) -> tuple[int, Seen]:
    head = current_publication(session)
    return head, Seen.of(head, session.execute(select(cast(func.pg_current_snapshot(), Text))).scalar_one())


def _published(session: Session, seen: Seen) -> list[Event]:
    head = current_publication(session)
    most = min(head, seen.number + MOST)
    found = publications.listed(session, before=most + 1, limit=most - seen.number) if most > seen.number else []
    return [
        Event(one, Seen(one.number, seen.begun, seen.ended, seen.running).text)
        for one in sorted(found, key=lambda one: one.number)
    ]


def _news(seen: Seen) -> Any:
    """New rows of the log about plans with the snapshot they are seen in; one row without a plan where there are
    none."""
    present = select(cast(func.pg_current_snapshot(), Text).label("snapshot")).subquery()
    revision = func.coalesce(cast(log.c.details["revision"].astext, Integer), plan.c.revision)
    state = func.coalesce(log.c.details["state"].astext, plan.c.state)
    columns = (
        log.c.id,
        log.c.plan,
        revision.label("revision"),
        state.label("state"),
        log.c.action,
        log.c.actor,
        log.c.at,
    )
    news = select(*columns).join(plan, plan.c.id == log.c.plan).where(log.c.plan.is_not(None), seen.is_new).subquery()
    return select(present.c.snapshot, news).outerjoin(news, true()).order_by(cast(news.c.id, BigInteger))


def _plan_event(row: Row[Any]) -> PlanEvent:
    return PlanEvent(
        plan=row.plan, revision=row.revision, state=row.state, action=row.action, actor=row.actor, at=row.at
    )
