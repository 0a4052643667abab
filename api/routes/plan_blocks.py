"""Which pieces of ground was a plan last drawn from, and who has them now?"""

from typing import Annotated, Any
from uuid import UUID
from zlib import crc32

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.access import inner
from api.answers import PRIVATE, answer, has, list_links
from api.cursor import Cursor
from api.desk import Desk
from api.media import GEOJSON, JSON, Medium, negotiation
from api.openapi import in_geojson, responses
from api.parameters import InPage, Page, Text
from api.planned import PlanBlocks
from api.problems import Problem
from api.published import InLive
from api.shapes import collection
from geo.store import drafts, plan_blocks, plans
from geo.store.connect import reachable, session

router = APIRouter(prefix="/v1/plans/{id}", tags=["plans"])
Form = Annotated[Medium, Depends(negotiation(GEOJSON, JSON))]
Community = Annotated[Text | None, Query(description="Code of a community of the plan: its blocks alone")]


@router.get(
    "/blocks",
    operation_id="blocksOfPlan",
    dependencies=[Depends(inner)],
    summary="The blocks that a plan was last drawn from",
    response_model=PlanBlocks,
    responses={
        **in_geojson("PlanBlocks"),
        **responses(
            "invalid-parameter",
            "invalid-cursor",
            "token-required",
            "read-only",
            "unknown-plan",
            "not-acceptable",
            "busy",
            "took-too-long",
            "worker-lost",
            "store-unavailable",
        ),
    },
)
def blocks(request: Request, id: UUID, live: InLive, page: InPage, form: Form, community: Community = None) -> Response:
    """Pieces of ground between streets, rivers and walls that no grid needs to cut, by community and from west to east.
    Edits `assign` and `split` take them by their ids. None were made yet where there are no features.

    Households, buildings and `grid` are those of the plan as it is now; `grid` is null where several have the block.
    """
    with reachable(), session(live.engine) as work:
        found, after = drafts.find(work, id), _after(page)
        etag = f'"{found.revision}-{plan_blocks.times(work, id)}-{crc32(plans.seen(work, id).encode()):08x}"'
    if has(request, etag):
        return answer(request, b"", medium=form, etag=etag, cache=PRIVATE)
    desk: Desk = request.app.state.desk
    told = desk.blocks(found, community, after, page.limit + 1)
    return answer(request, _listed(request, told, page, form), medium=form, etag=etag, cache=PRIVATE)


def _listed(request: Request, told: list[dict[str, Any]], page: Page, form: Medium) -> dict[str, Any]:
    shown = told[: page.limit]
    more = Cursor(0, shown[-1]["id"]) if len(told) > len(shown) else None
    return collection(shown, links=list_links(request, form, more))


def _after(page: Page) -> tuple[str, int] | None:
    """The block that the page before ended with."""
    if page.cursor is None:
        return None
    key = plan_blocks.key_of(page.cursor.after)
    if key is None:
        raise Problem("invalid-cursor")
    return key
