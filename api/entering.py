"""How does a request become a job, and how is it answered?"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.preferred import wait_s
from api.routes.jobs import told
from api.schemas import JobDocument
from geo.store import jobs
from geo.store.connect import reachable, session
from geo.store.jobs import Job
from geo.store.notices import ended

IN_TIME: dict[int | str, dict[str, Any]] = {
    200: {"model": JobDocument, "description": "The job has ended (`Prefer: wait`)"}
}
"""For `responses=` of a route that makes jobs."""


def entered(request: Request, work: Session, kind: str, actor: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a request that makes a job. Raises QueueFull."""
    number, waiting = uuid4(), request.app.state.settings.jobs_waiting
    jobs.create(work, number, kind=kind, actor=actor, asked=asked, waiting=waiting)
    return {"job": str(number)}


def accepted(request: Request, engine: Engine, kept: Mapping[str, Any], prefer: str | None) -> Response:
    """The job of a request as it is now, or once it has ended where that was wished for and is soon.

    Raises NoSuchJob where it was taken out since.
    """
    with reachable(), session(engine) as work:
        found = jobs.find(work, UUID(kept["job"]))
    return answered(request, engine, found, prefer)


def answered(request: Request, engine: Engine, job: Job, prefer: str | None) -> Response:
    """A job that was made now or by the same request before."""
    seconds = wait_s(prefer)
    if seconds and job.state not in jobs.ENDED and request.app.state.waiting.acquire(blocking=False):
        try:
            job = ended(engine, job, seconds)
        finally:
            request.app.state.waiting.release()
    return told(request, job, status=200 if job.state in jobs.ENDED else 202)
