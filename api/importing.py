"""How is an uploaded file taken in by a job?

Runs in a process of its own, which is killed to stop it: each step is one transaction, and the job's row changes in the
same one. A job that is taken up again goes on after the last step that was committed.
"""

import os
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import connection, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from uuid import UUID

import orjson
from psycopg import Connection
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from api import streamed
from api.asked import Asked, batches, order, readings, wish
from api.imported import hindrance, intake_document
from api.problems import Problem
from api.refused import problem_of
from api.streamed import Outcome
from geo.refusal import Refusal
from geo.store import door, intake, jobs, refusals, streaming, uploads
from geo.store.connect import reachable, service_engine, session
from geo.store.errors import StoreUnavailable
from geo.store.jobs import Job
from geo.store.refusals import Refused
from geo.store.stopping import name_of

TOLD_EVERY_S = 0.5
"""Progress is written no more often than this."""

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}", re.ASCII)


@dataclass
class Turn:
    """The right to work on a job, and what is needed for it."""

    engine: Engine
    folder: Path
    job: Job
    asked: Asked
    keep: timedelta
    told: float = field(default=0.0)
    phase: str = field(default="")

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Tell how far it is. Raises Stopped, StoreUnavailable."""
        if phase == self.phase and time.monotonic() - self.told < TOLD_EVERY_S:
            return
        with self.step() as work:
            jobs.note(work, self.job.id, self.job.turn, phase, done, total)
        self.phase, self.told = phase, time.monotonic()

    @contextmanager
    def step(self) -> Iterator[Session]:
        """One transaction. Raises StoreUnavailable, Busy."""
        with reachable(), session(self.engine) as work, work.begin():
            try:
                yield work
            except DBAPIError as error:
                raise door.refusal(error) from error

    def fail(self, problem: Problem, **more: Any) -> None:
        """End the job with what is wrong."""
        with self.step() as work:
            jobs.fail(work, self.job.id, self.job.turn, told(problem, self.job.id, self.asked), self.keep, **more)


def run(url: str, folder: str, number: UUID, turn: int, keep: timedelta) -> None:
    """Work on a job until it has ended. Raises Stopped when the turn is somebody else's by now, StoreUnavailable."""
    engine = service_engine(url)
    event.listen(engine, "connect", _named(number))
    try:
        with reachable(), session(engine) as work:
            job = jobs.find(work, number)
        if job.turn != turn:
            raise jobs.Stopped
        _work(Turn(engine, Path(folder), job, Asked(**job.asked), keep))
    finally:
        engine.dispose()


def prepare() -> None:
    """Before the first job of a process: it does not outlive the service."""
    Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _work(mine: Turn) -> None:
    job = mine.job
    try:
        plan, result = (job.plan, dict(job.result or {})) if job.plan else _take(mine)
        if plan is not None:
            _publish(mine, plan, result)
    except (Refusal, Refused) as error:
        if isinstance(error, refusals.Busy):
            raise StoreUnavailable("others have been publishing for too long") from error
        mine.fail(problem_of(error, mine.asked.language))


def told(problem: Problem, number: UUID, asked: Asked) -> dict[str, Any]:
    """A problem as it stands in the job."""
    return sound(problem.document(asked.language, f"/v1/jobs/{number}"))


def sound(document: dict[str, Any]) -> dict[str, Any]:
    """Plain values that the store can keep: U+0000 becomes U+FFFD."""
    raw = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY).replace(b"\\u0000", b"\\ufffd")
    kept: dict[str, Any] = orjson.loads(raw)
    return kept


def _take(mine: Turn) -> tuple[UUID | None, dict[str, Any]]:
    """Read, compare and keep. The plan that is yet to be published, if one is, and what was told so far."""
    job, asked = mine.job, mine.asked
    mine("reading", 0, 0)
    with TemporaryDirectory(prefix="import-", dir=mine.folder) as own, _working_in(own):
        path = Path(own) / f"upload{_suffix(asked.name)}"
        with mine.step() as work:
            uploads.save(work, job.id, path)
        if streaming.is_for([path], asked.layer, order(asked)):
            return _stream(mine, path)
        read = _named_as_sent(asked, path)
        with mine.step() as work:
            taken = intake.take(work, read, order(asked), progress=mine)
            result = {**sound(intake_document(taken, asked.language)), "plan": None, "number": None}
            hindered = None if asked.dry_run else hindrance(taken, wish(asked))
            if hindered is not None:
                problem = told(Problem(*hindered), job.id, asked)
                jobs.fail(work, job.id, job.turn, problem, mine.keep, result=result)
                return None, result
            if asked.dry_run or taken.is_empty:
                jobs.finish(work, job.id, job.turn, result, mine.keep)
                return None, result
            plan = intake.keep(
                work, taken, actor=job.actor, title=asked.name, reason=asked.reason, provisional=asked.provisional
            )
            result["plan"] = str(plan)
            jobs.keep_plan(work, job.id, job.turn, plan, result)
            if not asked.publish:
                jobs.finish(work, job.id, job.turn, result, mine.keep)
    return (plan if asked.publish else None), result


def _stream(mine: Turn, path: Path) -> tuple[UUID | None, dict[str, Any]]:
    """The same for a file with too many rows to be held at once."""
    job, asked = mine.job, mine.asked

    def keep(work: Session, outcome: Outcome) -> None:
        result = sound(outcome.document)
        jobs.keep_plan(work, job.id, job.turn, outcome.taken.plan, result)
        if not asked.publish:
            jobs.finish(work, job.id, job.turn, result, mine.keep)

    outcome = streamed.take(
        mine.engine,
        batches(asked, path),
        order(asked),
        wish(asked),
        actor=job.actor,
        language=asked.language,
        title=asked.name,
        reason=asked.reason,
        dry_run=asked.dry_run,
        progress=mine,
        with_it=keep,
    )
    result = sound(outcome.document)
    if outcome.hindered is not None:
        mine.fail(Problem(*outcome.hindered), result=result)
    elif not outcome.is_kept:
        with mine.step() as work:
            jobs.finish(work, job.id, job.turn, result, mine.keep)
    return (outcome.taken.plan if outcome.is_kept and asked.publish else None), result


def _publish(mine: Turn, plan: UUID, result: dict[str, Any]) -> None:
    """Under the job's own key: a job taken up again finds its publication and makes no second one."""
    mine("publishing", 0, 0)
    job = mine.job
    wish = door.Request(plan=plan, actor=job.actor, reason=mine.asked.reason, key=str(job.id))
    published = door.publish(mine.engine, wish)
    with mine.step() as work:
        jobs.finish(work, job.id, job.turn, {**result, "number": published.number}, mine.keep)


def _named_as_sent(asked: Asked, path: Path) -> Any:
    """The rows; a refusal names the file as its sender does, not as it lies here."""
    try:
        return readings(asked, path)
    except Refusal as error:
        if error.values.get("name") == path.name:
            raise type(error)(error.id, **{**error.values, "name": asked.name}) from error
        raise


@contextmanager
def _working_in(folder: str) -> Iterator[None]:
    """What a reader unpacks lies in the folder too: a job that is killed leaves nothing anywhere else."""
    before, tempfile.tempdir = tempfile.tempdir, folder
    try:
        yield
    finally:
        tempfile.tempdir = before


def _suffix(name: str) -> str:
    """What a name says about the format; nothing else of a name from outside becomes one here."""
    suffix = Path(name).suffix
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""


def _named(number: UUID) -> Any:
    """So that what a killed process still has running in the database can be found."""

    def name(driver: Connection, _: ConnectionPoolEntry) -> None:
        driver.execute("SELECT set_config('application_name', %s, false)", [name_of(number)])
        driver.commit()

    return name


def _end_with_parent() -> None:
    """A job does not outlive the service that does it, however that ended."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)
