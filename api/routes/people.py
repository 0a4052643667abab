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
from api.published import InLive, then
from geo.model import Layer
from geo.store.live import Live

router = APIRouter(prefix="/v1", tags=["map"], dependencies=[Depends(inner)])
PROBLEMS = responses(
    "invalid-parameter", "token-required", "read-only", "unknown-code", "nothing-published-then", "store-unavailable"
)


@router.get(
    "/grids/{code}/people",
    operation_id="peopleOfGrid",
    summary="Who is in charge of a grid",
    response_model=People,
    responses=PROBLEMS,
)
def people_of_grid(request: Request, code: str, live: InLive, as_of: AsOf) -> Response:
    """Everybody bound to the grid at an instant, with name and phone: the responsible first, then members, by name.

    By the last publication at or before the instant, then by the dates of each binding. Answered from memory, also
    while the database is away. Inner profile.
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
    seen, at = live.seen if as_of is None else then(live, as_of), as_of or datetime.now(UTC)
    state = seen.map
    if code not in (state.by_code if layer is Layer.GRID else state.regions):
        raise Problem("unknown-code", {"code": code})
    body = {
        "code": code,
        "of": layer,
        "people": [told(one) for one in state.people.of(code, at, layer)],
        "publication": state.publication,
        "as_of": at.isoformat(),
        "stale": seen.stale,
    }
    return answer(request, body, publication=state.publication, cache=PRIVATE)
