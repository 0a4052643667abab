"""How does a plan begin, where does it stand, and how is it given up?"""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.access import inner
from api.answers import PRIVATE, answer, list_links
from api.bodies import MOST_BYTES, Body, body_of, parsed
from api.cursor import Cursor
from api.limits import read_json
from api.media import GEOJSON, JSON, Medium, negotiation
from api.openapi import in_geojson, responses
from api.parameters import Flag, InPage, Text
from api.plan_documents import documents, told
from api.planned import OpenRequest, PlanChange, Plans
from api.planning import InAmending, InWriting, Writing, tag
from api.problems import Problem
from api.published import InLive
from api.refused import row_faults
from api.schemas import PlanDocument
from api.uploads import PLAN_OR_FILE, ActorsUpload, described, limits_of, reading_of
from geo.store import drafts, intake, opening, plans
from geo.store.connect import reachable, session
from geo.store.order import Order

router = APIRouter(prefix="/v1/plans", tags=["plans"])
Form = Annotated[Medium, Depends(negotiation(JSON, GEOJSON))]
Provisional = Annotated[Flag, Query(description="Regions that cannot be proven may be published provisional")]
Snap = Annotated[Flag, Query(description="Join nodes and edges within 0.2 m")]
PLAN_CHANGE = described("PlanChange", "application/json", required=True)


@router.post(
    "",
    operation_id="draftPlan",
    summary="Draft a plan, from the published map or from an uploaded plan file",
    status_code=201,
    response_model=PlanDocument,
    openapi_extra=PLAN_OR_FILE,
    responses=responses(
        "invalid-body",
        "body-too-deep",
        "idempotency-key-required",
        "token-required",
        "read-only",
        "unknown-code",
        "unknown-publication",
        "body-too-large",
        "too-many-features",
        "too-many-vertices",
        "unsupported-media-type",
        "rows-refused",
        "not-divided",
        "nothing-to-publish",
        "edit-refused",
        "idempotency-key-reused",
        "took-too-long",
        "busy",
        "store-unavailable",
    ),
)
def draft(
    request: Request,
    writing: InWriting,
    body: ActorsUpload,
    provisional: Provisional = False,
    snap: Snap = False,
) -> Response:
    """From the published map: `{"communities": [...]}`, where a code above communities means all below it, copies their
    ground as it is, or as it was at a past `publication`.

    From a plan file: what of it differs from the published map. A row that cannot be taken refuses the whole upload, so
    that nothing is lost unseen; `errors` name the rows.
    """
    wish = _wish(request, body)
    if wish is not None:
        document = writing.once(f"open {sha256(body).hexdigest()}", lambda work: _opened(work, wish, writing.actor))
    else:
        document = _uploaded(request, writing, body, provisional, snap)
    headers = {"Location": f"/v1/plans/{document['id']}"}
    return answer(
        request,
        document,
        status=201,
        etag=tag(document["revision"]),
        cache=PRIVATE,
        headers=headers,
    )


@router.get(
    "",
    operation_id="plans",
    dependencies=[Depends(inner)],
    summary="Plans, in the order they were made",
    response_model=Plans,
    responses=responses("invalid-parameter", "invalid-cursor", "token-required", "read-only", "store-unavailable"),
)
def listed(
    request: Request,
    live: InLive,
    page: InPage,
    state: Annotated[list[Text] | None, Query(description="Of these states; given several times for several")] = None,
    community: Annotated[Text | None, Query(description="Code of a region that the plan draws")] = None,
) -> Response:
    """Each with its state, what may be done with it, and the regions that others published since it was drawn."""
    with reachable(), session(live.engine) as work:
        after = _after(page.cursor)
        found = plans.listed(work, states=state, community=community, after=after, limit=page.limit + 1)
        shown = documents(work, found[: page.limit])
    last = shown[-1] if len(found) > len(shown) else None
    more = None if last is None else Cursor(live.seen.map.publication, f"{last['created']} {last['id']}")
    return answer(request, {"plans": shown, "links": list_links(request, JSON, more)}, cache=PRIVATE)


@router.get(
    "/{id}",
    operation_id="plan",
    dependencies=[Depends(inner)],
    summary="One plan",
    response_model=PlanDocument,
    responses={
        **in_geojson("PlanGround"),
        **responses("token-required", "unknown-plan", "not-acceptable", "busy", "took-too-long", "worker-lost"),
    },
)
def one(request: Request, id: UUID, live: InLive, form: Form) -> Response:
    """Its state, its regions with the bases they were drawn from, and its revision as ETag.

    `f=geojson` gives the plan file of its ground as it is now: regions, and grids with their households.
    """
    with reachable(), session(live.engine) as work:
        found = drafts.find(work, id)
        document = told(work, found)
    if form is GEOJSON:
        ground = request.app.state.desk.ground(found)
        return answer(request, ground, medium=form, cache=PRIVATE)
    return answer(request, document, etag=tag(found.revision, document["stale"]), cache=PRIVATE)


@router.patch(
    "/{id}",
    operation_id="changePlan",
    summary="Change a plan's title, reason or number of approval",
    response_model=PlanDocument,
    openapi_extra=PLAN_CHANGE,
    responses=responses(
        "invalid-body",
        "invalid-if-match",
        "body-too-deep",
        "body-too-large",
        "token-required",
        "read-only",
        "unknown-plan",
        "plan-not-draft",
        "stale-state",
        "unsupported-media-type",
        "if-match-required",
        "busy",
        "store-unavailable",
    ),
)
def change(
    request: Request,
    id: UUID,
    changing: InAmending,
    body: Annotated[Body[PlanChange], Depends(body_of(PlanChange))],
) -> Response:
    """What is not named stays. Possible until it is published."""
    wish = body.asked

    def changed(work: Session) -> dict[str, Any]:
        found = changing.plan(work, id, "withdraw")  # while it is under way
        return told(work, plans.change(work, found, changing.actor, **wish.model_dump()))

    document = changing.once("", changed)
    return answer(request, document, etag=tag(document["revision"]), cache=PRIVATE)


@router.delete(
    "/{id}",
    operation_id="withdrawPlan",
    summary="Withdraw a plan",
    status_code=204,
    responses=responses(
        "invalid-if-match",
        "token-required",
        "read-only",
        "unknown-plan",
        "plan-not-draft",
        "stale-state",
        "if-match-required",
        "busy",
        "store-unavailable",
    ),
)
def withdraw(id: UUID, changing: InAmending) -> Response:
    """It cannot be published any more, and regions that waited for it are free. Nothing is lost: it can be reopened."""

    def withdrawn(work: Session) -> dict[str, Any]:
        plans.withdraw(work, changing.plan(work, id, "withdraw"), changing.actor)
        return {}

    changing.once("", withdrawn)
    return Response(status_code=204)


def _wish(request: Request, body: bytes) -> OpenRequest | None:
    """What a body asks that is no plan file: those are objects with a `type`."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json" or len(body) > MOST_BYTES:
        return None
    asked = read_json(body, request.app.state.settings)
    if not isinstance(asked, dict) or "type" in asked:
        return None
    return parsed(request, OpenRequest, body)


def _opened(work: Session, wish: OpenRequest, actor: str) -> dict[str, Any]:
    number = opening.opened(work, **wish.model_dump(), actor=actor)
    return {**told(work, drafts.find(work, number)), "recoded": opening.recoded(work, number)}


def _uploaded(request: Request, writing: Writing, body: bytes, provisional: bool, snap: bool) -> dict[str, Any]:
    limits = limits_of(request.app.state.settings)
    reading = request.app.state.pool.run(reading_of, body, limits, request=request)

    def taken(work: Session) -> dict[str, Any]:
        found = intake.take(work, [reading], Order(snap=snap, whole=True), check=False)
        if found.problems:
            raise Problem("rows-refused", {"refused": len(found.problems)}, errors=row_faults(list(found.problems)))
        if found.is_empty:
            raise Problem("nothing-to-publish")
        number = intake.keep(work, found, actor=writing.actor, provisional=provisional)
        return told(work, drafts.find(work, number))

    return writing.once(f"draft {provisional} {snap} {sha256(body).hexdigest()}", taken)


def _after(cursor: Cursor | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    created, _, number = cursor.after.partition(" ")
    try:
        return datetime.fromisoformat(created), UUID(number)
    except ValueError:
        raise Problem("invalid-cursor") from None
