"""How does a plan go from a draft to the published map, at once or at its instant?"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE, answer
from api.bodies import Body, body_of
from api.openapi import responses
from api.plan_documents import told
from api.planned import ApproveRequest, StateRequest
from api.planning import CHANGES, Changing, InChanging, tag
from api.schemas import PlanDocument, Published, PublishRequest, ScheduledPlan
from api.uploads import PUBLISH_REQUEST, described
from geo.store import door, plans, schedule
from geo.store.drafts import Draft

router = APIRouter(prefix="/v1/plans/{id}", tags=["plans"])
STATE_REQUEST = described("StateRequest", "application/json", required=False)
APPROVE_REQUEST = described("ApproveRequest", "application/json", required=False)
InState = Annotated[Body[StateRequest], Depends(body_of(StateRequest, needed=False))]
InPublish = Annotated[Body[PublishRequest], Depends(body_of(PublishRequest, needed=False))]
InApprove = Annotated[Body[ApproveRequest], Depends(body_of(ApproveRequest, needed=False))]
STATES = responses(*CHANGES, "wrong-state")


@router.post(
    "/submit",
    operation_id="submitPlan",
    summary="Hand a plan in to be approved",
    response_model=PlanDocument,
    openapi_extra=STATE_REQUEST,
    responses=STATES,
)
def submit(request: Request, id: UUID, changing: InChanging, body: InState) -> Response:
    """It is not edited while others look at it: it is approved, or reopened to be edited."""
    return _moved(request, id, changing, body, "submit", plans.submit)


@router.post(
    "/approve",
    operation_id="approvePlan",
    summary="Approve a plan that was handed in",
    response_model=PlanDocument,
    openapi_extra=APPROVE_REQUEST,
    responses=STATES,
)
def approve(request: Request, id: UUID, changing: InChanging, body: InApprove) -> Response:
    """It may be published as it is. Who approved it is kept, with the number of the paper where one is given."""
    return _moved(request, id, changing, body, "approve", plans.approve)


@router.post(
    "/reopen",
    operation_id="reopenPlan",
    summary="Make a draft again of a plan that was handed in, approved or withdrawn",
    response_model=PlanDocument,
    openapi_extra=STATE_REQUEST,
    responses=STATES,
)
def reopen(request: Request, id: UUID, changing: InChanging, body: InState) -> Response:
    """Everything of it is there, with all its steps; an approval is void."""
    return _moved(request, id, changing, body, "reopen", plans.reopen)


@router.post(
    "/withdraw",
    operation_id="giveUpPlan",
    summary="Withdraw a plan, with a reason",
    response_model=PlanDocument,
    openapi_extra=STATE_REQUEST,
    responses=STATES,
)
def withdraw(request: Request, id: UUID, changing: InChanging, body: InState) -> Response:
    """It is not published any more, also where it was scheduled: its regions are free. It can be reopened."""
    return _moved(request, id, changing, body, "withdraw", plans.withdraw)


@router.post(
    "/publish",
    operation_id="publishPlan",
    summary="Publish a plan, now or at an instant to come",
    response_model=Published,
    openapi_extra=PUBLISH_REQUEST,
    responses={
        202: {"model": ScheduledPlan, "description": "It waits for its instant"},
        **responses(
            "token-required",
            "unknown-plan",
            "plan-not-draft",
            "stale-base",
            "region-reserved",
            "border-conflict",
            "coverage-not-exact",
            "regions-overlap",
            "code-taken",
            "households-orphaned",
            "thing-gone",
            "thing-there",
            "never-back",
            "amendment-refused",
            "tree-broken",
            "nothing-to-publish",
            "invalid-body",
            "body-too-deep",
            "body-too-large",
            "invalid-if-match",
            "idempotency-key-required",
            "idempotency-key-reused",
            "read-only",
            "unsupported-media-type",
            "if-match-required",
            "stale-state",
            "busy",
            "store-unavailable",
        ),
    },
)
def publish(request: Request, id: UUID, changing: InChanging, body: InPublish) -> Response:
    """Through the one door: the number is taken, bases and neighbours are asked again, and the map switches at once.

    With `at` in time to come it is proven now and waits (202): until then its regions are reserved for it, and nobody
    sees it. At that instant any service on the store publishes it.
    A client whose connection broke repeats the request with the same Idempotency-Key and gets the same answer.
    """
    wish = body.asked
    asked = door.Request(
        plan=id,
        actor=changing.actor,
        reason=wish.reason,
        key=changing.key,
        dry_run=changing.dry_run,
        expected=changing.expected,
        at=_instant(wish.at, request.app.state.settings.zone),
    )
    done = schedule.publish(changing.live.engine, asked, request.app.state.clock())
    if isinstance(done, schedule.Scheduled):
        return answer(request, schedule.plain(done), status=202, cache=PRIVATE)
    return answer(request, door.plain(done), cache=PRIVATE, publication=None if changing.dry_run else done.number)


def _instant(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A date is 00:00 where the service is."""
    return at.replace(tzinfo=zone) if at is not None and at.tzinfo is None else at


def _moved(
    request: Request,
    id: UUID,
    changing: Changing,
    body: Body[Any],
    action: str,
    move: Callable[..., Draft],
) -> Response:
    def moved(work: Session) -> dict[str, Any]:
        found = changing.plan(work, id, action)
        return told(work, move(work, found, changing.actor, **body.asked.model_dump()))

    document = changing.once(f"{action} {id} {body.digest}", moved)
    return answer(request, document, etag=tag(document["revision"]), cache=PRIVATE)
