"""Who is in charge of a grid or a region, and who was at an instant?"""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.access import inner
from api.answers import PRIVATE, answer
from api.instants import AsOf
from api.openapi import responses
from api.people import People, told
from api.problems import Problem
from api.published import InLive
from geo.model import Layer
from geo.store import people
from geo.store.connect import reachable, session
from geo.store.live import Live

router = APIRouter(prefix="/v1", tags=["map"], dependencies=[Depends(inner)])
PROBLEMS = responses("invalid-parameter", "token-required", "read-only", "unknown-code", "store-unavailable")


@router.get(
    "/grids/{code}/people",
    operation_id="peopleOfGrid",
    summary="Who is in charge of a grid",
    response_model=People,
    responses=PROBLEMS,
)
def people_of_grid(request: Request, code: str, live: InLive, as_of: AsOf) -> Response:
    """Everybody bound to the grid at an instant, with name and phone: the responsible first, then members, by name.

    By the last publication at or before the instant, then by the dates of each binding. Inner profile.
    """
    return _in_charge(request, live, Layer.GRID, code, as_of)


@router.get(
    "/regions/{code}/people",
    operation_id="peopleOfRegion",
    summary="Who is in charge of a region",
    response_model=People,
    responses=PROBLEMS,
)
def people_of_region(request: Request, code: str, live: InLive, as_of: AsOf) -> Response:
    """The same for a region of any level: those bound to it, not to what is below it. Inner profile."""
    return _in_charge(request, live, Layer.REGION, code, as_of)


def _in_charge(request: Request, live: Live, layer: Layer, code: str, as_of: datetime | None) -> Response:
    at = as_of or datetime.now(UTC)
    with reachable(), session(live.engine) as work, work.begin():
        number = people.number_at(work, at)
        if not people.is_there(work, number, layer, code):
            raise Problem("unknown-code", {"code": code})
        roster = people.roster(work, number, request.app.state.settings.zone, places={code})
    body = {
        "code": code,
        "of": layer,
        "people": [told(one) for one in roster.of(code, at, layer)],
        "publication": number,
        "as_of": at.isoformat(),
    }
    return answer(request, body, publication=number, cache=PRIVATE)
