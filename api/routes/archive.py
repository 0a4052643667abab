"""What does the division archive of a grid (网格划分档案) say?"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.access import who
from api.answers import CURRENT, PRIVATE, absolute, answer
from api.archive_documents import ArchiveDocument, document
from api.media import HTML, JSON, Medium, negotiation
from api.openapi import responses
from api.problems import Problem
from api.published import InLive
from api.report.archive_page import Surroundings, archive_page
from api.report.page import POLICY
from api.texts import language_of
from geo.model import Layer
from geo.store.archive import archive
from geo.store.connect import reachable, session
from geo.store.reports import published_plan

router = APIRouter(prefix="/v1", tags=["map"])
Form = Annotated[Medium, Depends(negotiation(JSON, HTML))]


@router.get(
    "/grids/{code}/archive",
    operation_id="archiveOfGrid",
    summary="The division archive of a grid 网格划分档案",
    response_model=ArchiveDocument,
    responses={
        200: {"content": {"text/html": {"schema": {"type": "string"}}}},
        **responses("unknown-code", "not-acceptable", "invalid-parameter", "store-unavailable"),
    },
)
def archive_of_grid(request: Request, code: str, live: InLive, form: Form) -> Response:
    """Shape, households, regions, every publication that changed it with reason, approval and actor, and its lineage;
    of a retired grid as it was last. People are told in the inner profile only. `f=html` is a page to print.
    """
    settings, state = request.app.state.settings, live.seen.map
    is_inner = who(request, settings) is not None
    with reachable(), session(live.engine) as work:
        found = archive(work, code) if "\0" not in code else None
        if found is None:
            raise Problem("unknown-code", {"code": code})
        regions = {found.version.grid.region, *(one.region for one in found.neighbours)} & state.boundaries.keys()
        context = published_plan(work, state, sorted(regions)) if form is HTML else None
    people = state.people.of(code, datetime.now(UTC), Layer.GRID) if is_inner else None
    certificate = absolute(request, f"/v1/publications/{found.number}/certificate")
    told = document(found, state, people, certificate)
    cache, language = PRIVATE if is_inner else CURRENT, language_of(request.headers.get("accept-language"))
    if context is None:
        return answer(request, told, cache=cache, publication=found.now)
    around = Surroundings(grid=found.version.grid, neighbours=found.neighbours, context=context)
    page = archive_page(told, around, settings.zone, language, datetime.now(settings.zone))
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": language, "Content-Security-Policy": POLICY}
    body = page.encode("utf-8", "replace")
    return answer(request, body, medium=form, cache=cache, publication=found.now, headers=headers)
