"""Can grids be drawn for a plan by themselves? As a job, whose end is one step of the plan."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import Body, body_of
from api.draw_asked import DrawAsked
from api.draw_schemas import MOST_COMMUNITIES, DrawRequest
from api.entering import IN_TIME, accepted, entered
from api.faults import Fault, pointer
from api.openapi import responses
from api.planning import CHANGES, Changing, InActor, changing, editable
from api.preconditions import InIdempotencyKey, InIfMatch
from api.preferred import InPrefer
from api.problems import Problem
from api.published import InLive
from api.schemas import JobDocument
from api.texts import language_of
from api.uploads import described
from api.validation import MOST
from geo.store.drafts import Draft

router = APIRouter(prefix="/v1/plans/{id}", tags=["plans"])
DRAW_REQUEST = described("DrawRequest", "application/json", required=False)
InDraw = Annotated[Body[DrawRequest], Depends(body_of(DrawRequest, needed=False))]


def _drawing(request: Request, live: InLive, actor: InActor, key: InIdempotencyKey, match: InIfMatch) -> Changing:
    return changing(request, live, actor, key, match)


@router.post(
    "/draw",
    operation_id="drawPlan",
    summary="Draw the grids of a plan, all of them or some",
    status_code=202,
    response_model=JobDocument,
    openapi_extra=DRAW_REQUEST,
    responses=IN_TIME | responses(*CHANGES, "too-many-steps", "queue-full"),
)
def draw(
    request: Request,
    id: UUID,
    drawing: Annotated[Changing, Depends(_drawing)],
    body: InDraw,
    prefer: InPrefer = None,
) -> Response:
    """What comes of it is in the job's `result` (`Drawing`): the alternatives, best first, with their figures. The plan
    gets one of them as one step, which can be undone. Where the plan was changed meanwhile the job fails with
    `stale-state`, and nothing is lost.

    While it runs, `result.best` is the score so far, 0 to 1. `DELETE` stops the job; with `?take=best` it ends with the
    best so far.
    """
    asked, language = body.asked, language_of(request.headers.get("accept-language"))

    def made(work: Session) -> dict[str, Any]:
        found = editable(work, id, drawing, request.app.state.settings)
        _refuse_strangers(found, asked)
        told = DrawAsked(plan=id, revision=found.revision, language=language, **asked.model_dump())
        return entered(request, work, "draw", drawing.actor, told.model_dump(mode="json"))

    kept = drawing.once(f"draw {id} {body.digest}", made)
    return accepted(request, drawing.live.engine, kept, prefer)


def _refuse_strangers(found: Draft, asked: DrawRequest) -> None:
    """Raises a problem for communities that the plan does not draw, for too many, and for a number of grids of
    several."""
    named = [*found.base] if asked.communities is None else asked.communities
    faults = [
        Fault("parameter.region-not-drawn", pointer=pointer("communities", n))
        for n, code in enumerate(named)
        if code not in found.base
    ]
    if len(named) > MOST_COMMUNITIES and asked.grids is None:
        faults.append(Fault("parameter.communities-many", {"most": MOST_COMMUNITIES}, pointer="#/communities"))
    if asked.number is not None and asked.grids is None and len({*named}) != 1:
        faults.append(Fault("parameter.of-one-community", pointer="#/number"))
    for name in ("grids", "number"):
        if asked.blocks == "only" and getattr(asked, name) is not None:
            faults.append(Fault("parameter.of-whole-communities", pointer=pointer(name)))
    if faults:
        raise Problem("invalid-body", errors=faults[:MOST])
