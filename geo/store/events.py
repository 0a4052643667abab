"""What happened since somebody last asked?

Publications follow each other by number. What happened to plans is taken from the log. Transactions do not end in the
order they begin, so a place in the log is no mark: a mark holds PostgreSQL's own account of which transactions were
over (a snapshot), and what was not over then and is now is new. Nothing is skipped, and nobody's long transaction holds
up the events of others.

What is new is read page by page, by the ids of the log. Between two pages a mark holds both snapshots, that from which
and that up to which is read, and the id that was told last: between two snapshots lies the same whenever it is read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from geo.store import publications
from geo.store.publications import Publication
from geo.store.published import current_publication
from geo.store.tables import log, plan

PAGE = 500
"""Events read at once."""
MOST_RUNNING = 90
"""Transactions that a mark names. While more than these write at once, what the later ones did is told when fewer do:
so a mark has less than 3,600 characters, whatever happens."""
_SNAPSHOT = rf"\d{{1,18}}:\d{{1,18}}:(?:(?:\d{{1,18}},){{0,{MOST_RUNNING - 1}}}\d{{1,18}})?"
MARK = re.compile(rf"(\d{{1,18}})\.({_SNAPSHOT})(?:~({_SNAPSHOT})~(\d{{1,18}}))?", re.ASCII)


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
class Snapshot:
    """Which transactions were over: those before `ended` that were not `running`; none before `begun` was."""

    begun: int
    ended: int
    running: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Snapshot":
        """As PostgreSQL writes it, whose transactions are in order; it ends before the first that we cannot name."""
        begun, ended, named = text.split(":")
        running = [int(one) for one in named.split(",") if one]
        more = running[MOST_RUNNING:]
        return cls(int(begun), more[0] if more else int(ended), tuple(running[:MOST_RUNNING]))

    @property
    def text(self) -> str:
        return f"{self.begun}:{self.ended}:{','.join(map(str, self.running))}"

    def covers(self, other: "Snapshot") -> bool:
        """Whether all is over here that was over there."""
        return other.ended <= self.ended and {n for n in self.running if n < other.ended} <= {*other.running}

    @property
    def is_new(self) -> ColumnElement[bool]:
        """Rows of the log whose transaction was not over."""
        later = or_(log.c.transaction >= self.ended, log.c.transaction.in_(self.running))
        return (log.c.transaction >= self.begun) & later

    @property
    def is_over(self) -> ColumnElement[bool]:
        """Rows of the log whose transaction was over."""
        return (log.c.transaction < self.ended) & log.c.transaction.not_in(self.running)


@dataclass(frozen=True, slots=True)
class Seen:
    """How far somebody is: the last publication, and which transactions were over; with `then`, what was over by then
    is known too up to the row `last` of the log."""

    number: int
    over: Snapshot
    then: Snapshot | None = None
    last: int = 0

    @classmethod
    def parse(cls, mark: str) -> "Seen | None":
        """None where it is no mark."""
        found = MARK.fullmatch(mark)
        if found is None:
            return None
        then = None if found[3] is None else Snapshot.of(found[3])
        return cls(int(found[1]), Snapshot.of(found[2]), then, int(found[4] or 0))

    @property
    def text(self) -> str:
        between = "" if self.then is None else f"~{self.then.text}~{self.last}"
        return f"{self.number}.{self.over.text}{between}"

    def covers(self, other: "Seen") -> bool:
        """Whether who is there cannot know anything that who is here does not."""
        snapshots = [other.over] if other.then is None else [other.over, other.then]
        return other.number <= self.number and all(self.over.covers(one) for one in snapshots)


@dataclass(frozen=True, slots=True)
class Event:
    """A publication or something about a plan, and how far one is who has heard it."""

    what: Publication | PlanEvent
    seen: Seen


def present(session: Session) -> Seen:
    """How far one is who knows all that happened."""
    snapshot = session.execute(select(cast(func.pg_current_snapshot(), Text))).scalar_one()
    return Seen(current_publication(session), Snapshot.of(snapshot))


def since(
    session: Session, seen: Seen, until: Seen, *, plans: bool = True, most: int = PAGE
) -> tuple[Sequence[Event], Seen]:
    """The next events, at most `most`, of one who is at `seen` on the way to `until`, and how far he is then: at
    `until` there is nothing left. Without `plans` of publications only, and the log is not read.

    `until` is a former present, without `then`, that covers `seen`; it may fail to cover its `then` alone.
    """
    upto = min(until.number, seen.number + most)
    found = _published(session, seen.number, upto) if upto > seen.number else []
    told = [Event(one, replace(seen, number=one.number)) for one in found]
    after = replace(seen, number=upto)
    if upto == until.number and not plans:
        after = until
    elif upto == until.number and len(told) < most:
        more, after = _done(session, after, until.over, most - len(told))
        told += more
    if told:
        told[-1] = replace(told[-1], seen=after)
    return told, after


def _published(session: Session, last: int, upto: int) -> list[Publication]:
    return publications.listed(session, before=upto + 1, limit=upto - last)[::-1]


def _done(session: Session, seen: Seen, until: Snapshot, most: int) -> tuple[list[Event], Seen]:
    """What was done to plans; a round that was begun is ended first."""
    then = seen.then or until
    rows = session.execute(_rows(seen, then, most)).all()
    told = [
        Event(
            PlanEvent(
                plan=row.plan, revision=row.revision, state=row.state, action=row.action, actor=row.actor, at=row.at
            ),
            replace(seen, then=then, last=row.id),
        )
        for row in rows
    ]
    return told, told[-1].seen if len(told) == most else Seen(seen.number, then)


def _rows(seen: Seen, then: Snapshot, most: int) -> Select[Any]:
    """Rows of the log about plans, new since `seen` and over `then`. What a row does not tell the plan does."""
    columns = (log.c.id, log.c.plan, log.c.details, log.c.action, log.c.actor, log.c.at)
    news = (
        select(*columns)
        .where(log.c.plan.is_not(None), seen.over.is_new, then.is_over, log.c.id > seen.last)
        .order_by(log.c.id)
        .limit(most)
        .subquery()
    )
    revision = func.coalesce(cast(news.c.details["revision"].astext, Integer), plan.c.revision)
    state = func.coalesce(news.c.details["state"].astext, plan.c.state)
    return (
        select(news, revision.label("revision"), state.label("state"))
        .outerjoin(plan, plan.c.id == news.c.plan)
        .order_by(news.c.id)
    )
