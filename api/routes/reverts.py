"""How does a past state come into force again?"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE, answer
from api.bodies import Body, body_of
from api.openapi import responses
from api.order_schemas import Reverted, RevertRequest
from api.parameters import Integer
from api.planning import InWriting
from api.uploads import described
from geo.store import door, orders
from geo.store import revert as reverting
from geo.store.connect import reachable, session

router = APIRouter(prefix="/v1", tags=["publications"])

InRevert = Annotated[Body[RevertRequest], Depends(body_of(RevertRequest))]


@router.post(
    "/publications/{number}/revert",
    operation_id="revertTo",
    summary="Bring a past state into force again",
    response_model=Reverted,
    openapi_extra=described("RevertRequest", "application/json", required=True),
    responses=responses(
        "invalid-parameter",
        "invalid-body",
        "body-too-deep",
        "body-too-large",
        "idempotency-key-required",
        "token-required",
        "read-only",
        "unknown-publication",
        "nothing-to-publish",
        "region-reserved",
        "never-back",
        "tree-broken",
        "households-orphaned",
        "unsupported-media-type",
        "idempotency-key-reused",
        "busy",
        "store-unavailable",
    ),
)
def revert(
    request: Request, number: Annotated[Integer, Path(ge=1, le=2**62)], writing: InWriting, body: InRevert
) -> Response:
    """One new publication of kind `revert` that equals the state of that number; nothing of what happened since is
    taken out of the past. With `"what": "ground"` data stay, and buildings follow the ground.

    An order in force whose boundary goes with it waits anew, and owner answers there carry its warning: `orders` names
    it. To bring back some communities only, open a plan of that publication (`POST /v1/plans` with `publication`).
    Codes that were retired since come back by a revert alone: in the plan such grids have the next free code.
    """
    wish = reverting.Request(
        number=number,
        actor=writing.actor,
        reason=body.asked.reason,
        what=reverting.What(body.asked.what),
        key=writing.key,
        dry_run=writing.dry_run,
    )
    done = reverting.revert(writing.live.engine, wish)
    publication = None if writing.dry_run else done.number
    with reachable(), session(writing.live.engine) as work:
        waits = orders.undone(work, number) if writing.dry_run else orders.renewed(work, done.number)
    told = {**door.plain(done), "orders": [{"region": one.region, "number": one.number} for one in waits]}
    return answer(request, told, cache=PRIVATE, publication=publication)
