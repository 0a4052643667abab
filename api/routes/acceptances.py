"""Which findings of the published map did people let stand, and how does somebody let one stand, or not any more?"""

from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from api.access import Actor
from api.answers import PRIVATE, answer, list_links
from api.cursor import Cursor
from api.limits import read_json
from api.media import JSON
from api.openapi import responses
from api.parameters import Flag, InPage, Integer, check_media, number_in
from api.preconditions import InIdempotencyKey
from api.problems import Problem
from api.published import InLive
from api.routes.coverage import report_of
from api.schemas import AcceptanceDocument, Acceptances, AcceptRequest
from api.shapes import geometry
from api.uploads import described
from geo.model import Finding
from geo.store import acceptances, answers
from geo.store.acceptances import Kept
from geo.store.connect import reachable, session
from geo.store.live import Live

router = APIRouter(prefix="/v1/acceptances", tags=["acceptances"])
ACCEPT_REQUEST = described("AcceptRequest", "application/json", required=True)
Number = Annotated[Integer, Path(ge=1)]


async def wished(request: Request, _: Actor) -> AcceptRequest:
    """What an actor wants to let stand."""
    check_media(request)
    body = await request.body()
    if not body:
        raise Problem("invalid-body")
    try:
        return AcceptRequest.model_validate(read_json(body, request.app.state.settings))
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None


@router.get(
    "",
    operation_id="acceptances",
    summary="What was accepted, newest first",
    response_model=Acceptances,
    responses=responses("invalid-parameter", "invalid-cursor", "store-unavailable"),
)
def listed(
    request: Request,
    live: InLive,
    page: InPage,
    withdrawn: Annotated[Flag, Query(description="With those that were withdrawn")] = False,
) -> Response:
    """Findings that people let stand, each with its reason; it holds for its rule, its codes and its place."""
    with reachable(), session(live.engine) as work:
        found = acceptances.listed(work, before=number_in(page.cursor), limit=page.limit + 1, withdrawn=withdrawn)
    shown = found[: page.limit]
    number = live.seen.map.publication
    more = Cursor(number, str(shown[-1].acceptance.id)) if len(found) > len(shown) else None
    told = {"acceptances": [document(one) for one in shown], "links": list_links(request, JSON, more)}
    return answer(request, told)


@router.get(
    "/{id}",
    operation_id="acceptance",
    summary="One acceptance",
    response_model=AcceptanceDocument,
    responses=responses("unknown-acceptance", "store-unavailable"),
)
def one(request: Request, id: Number, live: InLive) -> Response:
    """Who let which finding stand, why and since when, and whether it was withdrawn."""
    with reachable(), session(live.engine) as work:
        found = acceptances.find(work, id)
    return answer(request, document(found))


@router.post(
    "",
    operation_id="accept",
    summary="Let a finding of the published map stand",
    status_code=201,
    response_model=AcceptanceDocument,
    openapi_extra=ACCEPT_REQUEST,
    responses=responses(
        "invalid-body",
        "idempotency-key-required",
        "token-required",
        "read-only",
        "unknown-code",
        "unknown-finding",
        "several-findings",
        "already-accepted",
        "unsupported-media-type",
        "coverage-never-accepted",
        "idempotency-key-reused",
        "took-too-long",
        "busy",
        "store-unavailable",
    ),
)
def accept(
    request: Request,
    live: InLive,
    actor: Actor,
    key: InIdempotencyKey,
    wish: Annotated[AcceptRequest, Depends(wished)],
    dry_run: Annotated[Flag, Query(description="The same answer, and nothing is kept")] = False,
) -> Response:
    """The region is checked as published, and the finding's own place is kept with the reason.

    From then on it hinders nothing, until its place changes by more than three lattice steps, or it is withdrawn.
    Rules about coverage are never accepted. Where several findings fit, `at` (lon, lat) chooses the nearest.
    """
    asked = f"accept {sha256(wish.model_dump_json().encode()).hexdigest()}"
    with reachable(), session(live.engine) as work, work.begin():
        told = answers.told(work, key, actor, asked)
    if told is None:
        finding = _finding(request, live, wish)
        with reachable(), session(live.engine) as work, work.begin() as transaction:
            told = answers.told(work, key, actor, asked)
            if told is None:
                told = document(acceptances.accept(work, finding, wish.reason, actor))
                answers.keep(work, key, actor, asked, told)
            if dry_run:
                transaction.rollback()
    headers = {"Location": f"/v1/acceptances/{told['id']}"}
    return answer(request, told, status=201, cache=PRIVATE, headers=headers)


@router.delete(
    "/{id}",
    operation_id="withdrawAcceptance",
    summary="Withdraw an acceptance",
    status_code=204,
    responses=responses("token-required", "read-only", "unknown-acceptance", "store-unavailable"),
)
def withdraw(
    id: Number,
    live: InLive,
    actor: Actor,
    dry_run: Annotated[Flag, Query(description="The same answer, and nothing is kept")] = False,
) -> Response:
    """The finding is open again. The entry stays with who withdrew it and when; withdrawing twice changes nothing."""
    with reachable(), session(live.engine) as work, work.begin() as transaction:
        acceptances.withdraw(work, id, actor)
        if dry_run:
            transaction.rollback()
    return Response(status_code=204)


def document(kept: Kept) -> dict[str, Any]:
    told = kept.acceptance
    return {
        "id": told.id,
        "rule": told.rule.value,
        "codes": list(told.codes),
        "reason": told.reason,
        "actor": told.actor,
        "at": told.at,
        "withdrawn_at": kept.withdrawn_at,
        "withdrawn_by": kept.withdrawn_by,
        "geometry": geometry(told.shape),
    }


def _finding(request: Request, live: Live, wish: AcceptRequest) -> Finding:
    """The finding that is meant, as the published map has it now."""
    state = live.seen.map
    if wish.region not in state.regions:
        raise Problem("unknown-code", {"code": wish.region})
    acceptances.refuse_coverage(wish.rule)
    return acceptances.chosen(report_of(request, live, state, wish.region).findings, wish.rule, wish.codes, wish.at)
