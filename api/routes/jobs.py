"""What has become of long work, and can it be stopped?"""

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.access import actor, inner
from api.answers import PRIVATE, answer
from api.faults import Fault
from api.openapi import responses
from api.parameters import DEFAULT_LIMIT, Integer
from api.problems import Problem
from api.published import InLive
from api.schemas import JobDocument, Jobs
from geo.store import jobs
from geo.store.connect import reachable, session
from geo.store.jobs import Job

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
MOST_LISTED = 1000
TAKEN_OUT: dict[int | str, dict[str, Any]] = {204: {"description": "It had ended and is taken out"}}
AGAIN_S = "2"
"""What `Retry-After` says while a job is not ended."""


@router.get(
    "",
    operation_id="jobs",
    dependencies=[Depends(inner)],
    summary="The newest jobs",
    response_model=Jobs,
    responses=responses("token-required", "invalid-parameter", "store-unavailable"),
)
def listed(
    request: Request,
    live: InLive,
    limit: Annotated[Integer, Query(ge=1, description="At most this many; more than 1000 means 1000")] = DEFAULT_LIMIT,
) -> Response:
    """The newest first, without what came of them."""
    with reachable(), session(live.engine) as work:
        found = jobs.listed(work, min(limit, MOST_LISTED))
    return answer(request, {"jobs": [summary(job) for job in found]}, cache=PRIVATE)


@router.get(
    "/{id}",
    operation_id="job",
    dependencies=[Depends(inner)],
    summary="One job",
    response_model=JobDocument,
    responses=responses("token-required", "unknown-job", "store-unavailable"),
)
def one(request: Request, id: UUID, live: InLive) -> Response:
    """How far it is, and what came of it: the `result`, or the `problem`. Ask again after `Retry-After` seconds."""
    with reachable(), session(live.engine) as work:
        found = jobs.find(work, id)
    return told(request, found)


@router.delete(
    "/{id}",
    operation_id="stopJob",
    summary="Stop a job, or take out one that has ended",
    response_model=JobDocument,
    responses=TAKEN_OUT
    | responses("token-required", "read-only", "invalid-parameter", "unknown-job", "store-unavailable"),
)
def stop(
    request: Request,
    id: UUID,
    live: InLive,
    _: Annotated[str, Depends(actor)],
    take: Annotated[Literal["best"] | None, Query(description="best: end a drawing now, with the best so far")] = None,
) -> Response:
    """One that waits is stopped at once; one that runs within seconds (`stopping`), and nothing half-written stays.

    Where its publication came first, the job ends as `done`. One that had ended is taken out with what it told.
    With `take=best` a drawing ends as `done` within seconds, `early` in its result; one that had ended is told again.
    """
    with reachable(), session(live.engine) as work, work.begin():
        before = jobs.find(work, id, locked=True)
        if take is not None:
            _require_drawing(before)
            return told(request, jobs.hasten(work, id))
        found = jobs.stop(work, id, timedelta(days=request.app.state.settings.job_days))
    return Response(status_code=204) if before.state in jobs.ENDED else told(request, found)


def _require_drawing(job: Job) -> None:
    """Raises a problem for a job that has nothing until it has all."""
    if job.kind != "draw" and not job.asked.get("sizes"):
        raise Problem("invalid-parameter", errors=[Fault("parameter.take", parameter="take")])


def told(request: Request, job: Job, *, status: int = 200) -> Response:
    """The answer that shows a job."""
    headers = {"Location": f"/v1/jobs/{job.id}"} | ({} if job.state in jobs.ENDED else {"Retry-After": AGAIN_S})
    return answer(request, document(job), status=status, cache=PRIVATE, headers=headers)


def document(job: Job) -> dict[str, Any]:
    return {**summary(job), "result": job.result, "problem": job.problem}


def summary(job: Job) -> dict[str, Any]:
    """A job without what came of it."""
    return {
        "id": str(job.id),
        "kind": job.kind,
        "actor": job.actor,
        "state": job.state,
        "stopping": job.stopping,
        "progress": {"phase": job.phase, "done": job.done, "total": job.total},
        "asked": job.asked,
        "created": job.created.isoformat(),
        **{name: one and one.isoformat() for name, one in _instants(job).items()},
    }


def _instants(job: Job) -> dict[str, Any]:
    return {"started": job.started, "ended": job.ended, "expires": job.expires}
