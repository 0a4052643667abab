"""What is left when a job was cut short? Nothing half-written: its draft is withdrawn, unless it is published."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from geo.store import drafts, jobs
from geo.store.connect import reachable, session
from geo.store.request_tables import job
from geo.store.tables import plan

PATIENCE_S = 60
"""How long to wait for what the job's process was doing in the database when it was killed, seconds."""

LEFT_OVER = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = :name AND pid <> pg_backend_pid()"""


def name_of(number: UUID) -> str:
    """The name under which a job's connections are known to PostgreSQL."""
    return f"wangge job {number}"


def settle(
    engine: Engine, number: UUID, keep: timedelta, problem: Mapping[str, Any] | None = None, turn: int | None = None
) -> None:
    """End a job whose process is dead: `done` where its publication came first, `failed` with a problem, else stopped.

    With `turn` only while it is that turn's. Raises StoreUnavailable.
    """
    with reachable(), session(engine) as work, work.begin():
        cut_off(work, number)
        work.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_S}s'"))
        found = jobs.seek(work, number, locked=True)
        if found is None or found.state in jobs.ENDED or turn not in (None, found.turn):
            return
        published = None if found.plan is None else _published(work, found.plan, found.actor)
        told: dict[str, Any]
        if published is not None:
            state, told = jobs.DONE, {"result": {**(found.result or {}), "number": published}}
        elif problem is not None:
            state, told = jobs.FAILED, {"result": None, "problem": dict(problem)}
        else:
            state, told = jobs.STOPPED, {"result": None}
        work.execute(update(job).where(job.c.id == number).values(**told))
        jobs.end(work, number, state, keep)


def cut_off(work: Session, number: UUID) -> None:
    """End what a killed process of this job still has running in the database; it would be rolled back anyway."""
    work.execute(text(LEFT_OVER), {"name": name_of(number)})


def _published(work: Session, number: UUID, actor: str) -> int | None:
    """The number of the publication, or None after withdrawing the draft."""
    row = work.execute(select(plan.c.state, plan.c.publication).where(plan.c.id == number).with_for_update()).one()
    if row.state == "draft":
        drafts.withdraw(work, number, actor)
    return None if row.publication is None else int(row.publication)
