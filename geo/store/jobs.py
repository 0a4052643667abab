"""What has become of a piece of long work?

A job is one row: what was asked, how far it is, what came of it. Whoever works on it holds a turn; a turn that was
given to somebody else since writes nothing any more, so that a process left over from a crash cannot end a job twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Update, delete, exists, func, insert, select, text, update
from sqlalchemy.orm import Session

from geo.store import queue, uploads
from geo.store.refusals import Refused
from geo.store.request_tables import job

QUEUED, RUNNING, DONE, FAILED, STOPPED = "queued", "running", "done", "failed", "stopped"
ENDED = (DONE, FAILED, STOPPED)
MOST_LOSSES = 3
"""A job whose turns ended so often without a word (killed, out of memory) is not tried again."""
EARLY = "early"
"""Member of what is asked: the best so far is wanted now."""
CHANNEL = "wangge_job"
"""Told, with the job's id, when a job has ended."""
ROOM_LOCK = 7_266_444
"""Advisory lock key: who enters the queue counts those who wait, one after the other."""


class NoSuchJob(Refused):
    """No job has this id, or it has expired."""


class QueueFull(Refused):
    """As many jobs wait as may."""


class Stopped(Exception):  # noqa: N818 - a wish that was heard, not a mistake
    """The job is to be stopped, or somebody else has taken it up: what it did is to be rolled back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it is known now. `done` of `total` belong to the phase; `expires` is set when it has ended."""

    id: UUID
    kind: str
    actor: str
    state: str
    stopping: bool
    phase: str
    done: int
    total: int
    asked: Mapping[str, Any]
    result: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None
    plan: UUID | None
    ticket: int | None
    turn: int
    losses: int
    created: datetime
    started: datetime | None
    ended: datetime | None
    expires: datetime | None


def create(
    session: Session,
    number: UUID,
    *,
    kind: str,
    actor: str,
    asked: Mapping[str, Any],
    pieces: Iterable[bytes] = (),
    waiting: int,
) -> Job:
    """A job, with its file where it has one, in the queue once the transaction is committed. Raises QueueFull past
    `waiting` jobs."""
    _refuse_crowd(session, waiting - 1)
    session.execute(insert(job).values(id=number, kind=kind, actor=actor, asked=asked))
    uploads.write(session, number, pieces)
    ticket = queue.enter(session, number)
    session.execute(update(job).where(job.c.id == number).values(ticket=ticket))
    session.execute(select(func.pg_advisory_xact_lock(ROOM_LOCK)))
    _refuse_crowd(session, waiting)
    return find(session, number)


def find(session: Session, number: UUID, *, locked: bool = False) -> Job:
    """A job by its id; nobody else changes it when `locked`. Raises NoSuchJob."""
    found = seek(session, number, locked=locked)
    if found is None:
        raise NoSuchJob([str(number)])
    return found


def seek(session: Session, number: UUID, *, locked: bool = False) -> Job | None:
    """As `find`, for somebody to whom it is no fault that there is none."""
    wanted = select(job).where(job.c.id == number)
    row = session.execute(wanted.with_for_update() if locked else wanted).one_or_none()
    return None if row is None else _job(row)


def listed(session: Session, limit: int) -> list[Job]:
    """The newest jobs first."""
    return [_job(row) for row in session.execute(select(job).order_by(job.c.created.desc(), job.c.id).limit(limit))]


def stop(session: Session, number: UUID, keep: timedelta) -> Job:
    """Stop a job that waits at once, ask one that runs to stop, or take out one that has ended; what it was becomes.

    Raises NoSuchJob.
    """
    found = find(session, number, locked=True)
    if found.state in ENDED:
        session.execute(delete(job).where(job.c.id == number))
        return found
    session.execute(update(job).where(job.c.id == number).values(stopping=True))
    if found.ticket is not None:
        queue.leave(session, found.ticket)
    if found.state == QUEUED:
        end(session, number, STOPPED, keep)
    return find(session, number)


def hasten(session: Session, number: UUID) -> Job:
    """Ask a job that is not ended for the best it has: whoever works on it is told with its next note.

    Raises NoSuchJob.
    """
    found = find(session, number, locked=True)
    if found.state not in ENDED:
        wanted = {**found.asked, EARLY: True}
        session.execute(update(job).where(job.c.id == number).values(asked=wanted))
    return find(session, number)


def begin(session: Session, number: UUID) -> int | None:
    """Take a job up: its turn; None where it is gone, ended, to be stopped, or was lost too often."""
    mine = update(job).where(job.c.id == number, job.c.state.in_((QUEUED, RUNNING)), ~job.c.stopping)
    mine = mine.where(job.c.losses < MOST_LOSSES)
    started = func.coalesce(job.c.started, func.now())
    mine = mine.values(state=RUNNING, turn=job.c.turn + 1, started=started, phase="", done=0, total=0)
    turn: int | None = session.scalar(mine.returning(job.c.turn))
    return turn


def note(
    session: Session,
    number: UUID,
    turn: int,
    phase: str,
    done: int,
    total: int,
    result: Mapping[str, Any] | None = None,
) -> bool:
    """Tell how far the job is, and what there is so far; whether that is wanted now. Raises Stopped."""
    so_far = {} if result is None else {"result": result}
    asked = _write(session, _held(number, turn).values(phase=phase, done=done, total=total, **so_far))
    return bool(asked.get(EARLY))


def keep_plan(session: Session, number: UUID, turn: int, plan: UUID | None, result: Mapping[str, Any]) -> None:
    """Say, in the transaction that keeps the draft, which one it is: a job taken up again goes on from there.

    Raises Stopped.
    """
    _write(session, _held(number, turn).values(plan=plan, result=result))


def finish(session: Session, number: UUID, turn: int, result: Mapping[str, Any], keep: timedelta) -> None:
    """The job has done what was asked. Raises Stopped."""
    _write(session, _held(number, turn).values(result=result))
    end(session, number, DONE, keep)


def fail(session: Session, number: UUID, turn: int, problem: Mapping[str, Any], keep: timedelta, **more: Any) -> None:
    """The job could not do what was asked; `problem` says why. Raises Stopped."""
    _write(session, _held(number, turn).values(problem=problem, **more))
    end(session, number, FAILED, keep)


def end(session: Session, number: UUID, state: str, keep: timedelta) -> None:
    """End a job in a state of `ENDED`; its file goes, the rest stays for as long as `keep`."""
    ended = {"state": state, "stopping": False, "ended": func.now(), "expires": func.now() + keep}
    session.execute(update(job).where(job.c.id == number).values(**ended))
    uploads.drop(session, number)
    session.execute(text("SELECT pg_notify(:channel, :number)"), {"channel": CHANNEL, "number": str(number)})


def give_back(session: Session, number: UUID, turn: int | None, *, lost: bool) -> None:
    """A turn ended before its job did: the job waits again."""
    held = update(job).where(job.c.id == number, job.c.turn == turn, job.c.state == RUNNING)
    session.execute(held.values(state=QUEUED, phase="", done=0, total=0, losses=job.c.losses + int(lost)))


def adrift(session: Session) -> list[UUID]:
    """Jobs that are not ended and for which nobody holds a ticket: nobody will ever work on them."""
    wanted = select(job.c.id).where(job.c.state.in_((QUEUED, RUNNING)), ~exists().where(job.c.ticket == queue.TICKET))
    return list(session.scalars(wanted))


def expire(session: Session) -> int:
    """Take out the jobs whose time is over; returns how many."""
    return len(session.execute(delete(job).where(job.c.expires < func.now()).returning(job.c.id)).all())


def _refuse_crowd(session: Session, most: int) -> None:
    crowd = session.scalar(select(func.count()).select_from(job).where(job.c.state == QUEUED)) or 0
    if crowd > most:
        raise QueueFull([str(crowd)])


def _held(number: UUID, turn: int) -> Update:
    """The job, as long as this turn has it and nobody asked it to stop."""
    return update(job).where(job.c.id == number, job.c.turn == turn, job.c.state == RUNNING, ~job.c.stopping)


def _write(session: Session, change: Update) -> Mapping[str, Any]:
    """What is asked of the job that was written."""
    row = session.execute(change.returning(job.c.asked)).one_or_none()
    if row is None:
        raise Stopped
    asked: Mapping[str, Any] = row.asked
    return asked


def _job(row: Row[Any]) -> Job:
    return Job(**{field.name: row._mapping[field.name] for field in fields(Job)})
