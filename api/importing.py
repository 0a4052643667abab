"""How is an uploaded file taken in by a job?

Runs in a process of its own, which is killed to stop it: each step is one transaction, and the job's row changes in the
same one. A job that is taken up again goes on after the last step that was committed.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api import streamed
from api.asked import Asked, batches, order, readings, wish
from api.imported import hindrance, intake_document
from api.problems import Problem
from api.streamed import Outcome
from api.turn import Turn, sound, told
from geo.refusal import Refusal
from geo.store import door, intake, jobs, streaming, uploads

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}", re.ASCII)


def work(mine: Turn) -> None:
    """Take in the file of a job. Raises Refusal, Refused, Stopped, StoreUnavailable."""
    job, asked = mine.job, Asked(**mine.job.asked)
    plan, result = (job.plan, dict(job.result or {})) if job.plan else _take(mine, asked)
    if plan is not None:
        _publish(mine, asked, plan, result)


def _take(mine: Turn, asked: Asked) -> tuple[UUID | None, dict[str, Any]]:
    """Read, compare and keep. The plan that is yet to be published, if one is, and what was told so far."""
    job = mine.job
    mine("reading", 0, 0)
    with TemporaryDirectory(prefix="import-", dir=mine.folder) as own, _working_in(own):
        path = Path(own) / f"upload{_suffix(asked.name)}"
        with mine.step() as work:
            uploads.save(work, job.id, path)
        if streaming.is_for([path], asked.layer, order(asked)):
            return _stream(mine, asked, path)
        read = _named_as_sent(asked, path)
        with mine.step() as work:
            taken = intake.take(work, read, order(asked), progress=mine)
            result = {**sound(intake_document(taken, asked.language)), "plan": None, "number": None}
            hindered = None if asked.dry_run else hindrance(taken, wish(asked))
            if hindered is not None:
                problem = told(Problem(*hindered), job.id, asked.language)
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


def _stream(mine: Turn, asked: Asked, path: Path) -> tuple[UUID | None, dict[str, Any]]:
    """The same for a file with too many rows to be held at once."""
    job = mine.job

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


def _publish(mine: Turn, asked: Asked, plan: UUID, result: dict[str, Any]) -> None:
    """Under the job's own key: a job taken up again finds its publication and makes no second one."""
    mine("publishing", 0, 0)
    job = mine.job
    wish = door.Request(plan=plan, actor=job.actor, reason=asked.reason, key=str(job.id))
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
