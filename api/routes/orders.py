"""Which boundaries were ordered, and do they wait?"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.access import inner
from api.answers import PRIVATE, answer, list_links
from api.bodies import Body, body_of
from api.cursor import Cursor
from api.media import JSON
from api.openapi import responses
from api.order_schemas import OrderDocument, OrderRequest, Orders
from api.parameters import InPage, Integer, Text, number_in
from api.planning import InAmending, InWriting
from api.preconditions import InIfMatch
from api.problems import Problem
from api.published import InLive
from api.shapes import geometry
from api.slugs import told as refusal
from api.uploads import described
from geo.redraw.geometry_json import ground
from geo.store import orders
from geo.store.connect import reachable, session
from geo.store.orders import Order
from geo.store.refusals import OrderPending

router = APIRouter(prefix="/v1/orders", tags=["plans"])
InOrder = Annotated[Body[OrderRequest], Depends(body_of(OrderRequest, most=lambda settings: settings.edit_bytes))]
InId = Annotated[Integer, Path(ge=1, le=2**62)]


@router.post(
    "",
    operation_id="placeOrder",
    summary="Note a boundary that was ordered",
    status_code=201,
    response_model=OrderDocument,
    openapi_extra=described("OrderRequest", "application/json", required=True),
    responses=responses(
        "invalid-body",
        "body-too-deep",
        "idempotency-key-required",
        "token-required",
        "read-only",
        "not-divided",
        "ground-unsound",
        "order-pending",
        "order-in-force",
        "unsupported-media-type",
        "idempotency-key-reused",
        "busy",
        "store-unavailable",
    ),
)
def place(request: Request, writing: InWriting, body: InOrder) -> Response:
    """It changes nothing by itself: until a publication has this boundary the old map answers, and owner answers in the
    region, and with the neighbours that it changes, carry a warning. The edit `order` makes a plan fit it.
    """
    asked = body.asked
    boundary = ground(asked.boundary, "#/boundary")

    def change(work: Session) -> dict[str, Any]:
        order = orders.placed(
            work, asked.region, boundary, number=asked.number, reason=asked.reason, actor=writing.actor
        )
        return document(order)

    try:
        told = writing.once(f"order {body.digest}", change)
    except OrderPending as waits:
        raise Problem(*refusal(waits), members={"order": waits.order}) from waits
    headers = {"Location": f"/v1/orders/{told['id']}"}
    return answer(request, told, status=201, etag=_tag(told["state"]), cache=PRIVATE, headers=headers)


@router.get(
    "",
    operation_id="orders",
    dependencies=[Depends(inner)],
    summary="Ordered boundaries, newest first",
    response_model=Orders,
    responses=responses("invalid-parameter", "invalid-cursor", "token-required", "read-only", "store-unavailable"),
)
def listed(
    request: Request,
    live: InLive,
    page: InPage,
    state: Annotated[
        Literal["pending", "in_force", "withdrawn"] | None, Query(description="Only of this state")
    ] = None,
    region: Annotated[Text | None, Query(description="Code of a region: only its own")] = None,
) -> Response:
    """Those that wait, that are in force since a publication, and that were withdrawn."""
    with reachable(), session(live.engine) as work:
        states = None if state is None else [state]
        found = orders.listed(work, states=states, region=region, before=number_in(page.cursor), limit=page.limit + 1)
    shown = found[: page.limit]
    more = Cursor(0, str(shown[-1].id)) if len(found) > len(shown) else None
    told = {"orders": [document(one) for one in shown], "links": list_links(request, JSON, more)}
    return answer(request, told, cache=PRIVATE)


@router.get(
    "/{id}",
    operation_id="order",
    dependencies=[Depends(inner)],
    summary="One ordered boundary",
    response_model=OrderDocument,
    responses=responses("invalid-parameter", "token-required", "read-only", "unknown-order", "store-unavailable"),
)
def one(request: Request, id: InId, live: InLive) -> Response:
    """What was ordered, by which document, and whether it is in force; the ETag names its state."""
    with reachable(), session(live.engine) as work:
        found = orders.find(work, id)
    return answer(request, document(found), etag=_tag(found.state), cache=PRIVATE)


@router.delete(
    "/{id}",
    operation_id="withdrawOrder",
    summary="Withdraw an order",
    status_code=204,
    responses=responses(
        "invalid-parameter",
        "invalid-if-match",
        "token-required",
        "read-only",
        "unknown-order",
        "order-settled",
        "stale-state",
        "if-match-required",
        "busy",
        "store-unavailable",
    ),
)
def withdraw(
    id: InId,
    withdrawing: InAmending,
    match: InIfMatch,
    reason: Annotated[Text | None, Query(description="Why; it stands in the log")] = None,
) -> Response:
    """Nobody waits for it any more; it stays in the list. One that is in force stays in force."""

    def withdrawn(work: Session) -> dict[str, Any]:
        match.require(_tag(orders.find(work, id).state))
        return document(orders.withdrawn(work, id, actor=withdrawing.actor, reason=reason or ""))

    withdrawing.once("", withdrawn)
    return Response(status_code=204)


def document(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "region": order.region,
        "number": order.number,
        "reason": order.reason,
        "actor": order.actor,
        "at": order.at.isoformat(),
        "state": order.state,
        "publication": order.publication,
        "boundary": geometry(order.boundary),
    }


def _tag(state: str) -> str:
    return f'"{state}"'
