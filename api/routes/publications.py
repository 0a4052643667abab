"""Which states were published?"""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, list_links
from api.cursor import Cursor
from api.media import JSON
from api.openapi import responses
from api.parameters import InPage, Integer, number_in
from api.problems import Problem
from api.published import InLive
from api.schemas import Publication, Publications
from geo.store import publications
from geo.store.connect import reachable, session

router = APIRouter(prefix="/v1", tags=["publications"])


@router.get(
    "/publications",
    operation_id="publications",
    summary="The number line, newest first",
    response_model=Publications,
    responses=responses("invalid-parameter", "invalid-cursor", "store-unavailable"),
)
def listed(request: Request, live: InLive, page: InPage) -> Response:
    """Every published state has a number and an instant; numbers have no gap."""
    before = number_in(page.cursor)
    with reachable(), session(live.engine) as work:
        found = publications.listed(work, before=before, limit=page.limit + 1)
    shown = found[: page.limit]
    more = Cursor(shown[0].number, str(shown[-1].number)) if len(found) > len(shown) else None
    told = {"publications": [document(one) for one in shown], "links": list_links(request, JSON, more)}
    return answer(request, told)


@router.get(
    "/publications/{number}",
    operation_id="publication",
    summary="One publication",
    response_model=Publication,
    responses=responses("unknown-publication", "store-unavailable"),
)
def one(request: Request, live: InLive, number: Annotated[Integer, Path(ge=1)]) -> Response:
    """Who published it, when and why, and what it changed."""
    with reachable(), session(live.engine) as work:
        found = publications.find(work, number)
    if found is None:
        raise Problem("unknown-publication", {"publication": number})
    return answer(request, document(found))


def document(one: publications.Publication) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "at": one.at.isoformat(),
        "actor": one.actor,
        "reason": one.reason,
        "regions": list(one.regions),
        "bounds": None if one.bounds is None else list(one.bounds),
    }
