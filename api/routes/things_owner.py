"""Which grid owns this building or facility, and by which rule?"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.access import who
from api.answers import CURRENT, PRIVATE, answer
from api.doubtful import pending
from api.found import InFinder
from api.openapi import responses
from api.owned import answering, document
from api.problems import Problem
from api.published import InLive
from api.schemas import BuildingOwner, FacilityOwner
from api.texts import language_of, text
from geo.model import Layer
from geo.search import Finder, How
from geo.store.live import Live, Seen
from geo.thing_owner import owner_of

RULES: Final[Mapping[How | None, str]] = {
    How.DECLARED: "declared",
    How.ENTRANCE: "entrance",
    How.SHARE: "largest-share",
    How.POINT: "closed-smallest-code",
    None: "closed-smallest-code",
}

router = APIRouter(prefix="/v1", tags=["lookup"])


@router.get(
    "/buildings/{id}/owner",
    operation_id="ownerOfBuilding",
    summary="Who owns this building?",
    response_model=BuildingOwner,
    responses=responses("unknown-code", "store-unavailable"),
)
def of_building(request: Request, id: str, finder: InFinder, live: InLive) -> Response:
    """The one grid that answers for a building: the declared one, else its entrance's, else that of the largest share.

    What is declared counts where the building stands in that grid; elsewhere it is a warning. `candidates` are the
    grids it stands in with their shares of the footprint, where that is not the owner alone. One that no grid owns is a
    `gap` or `outside`, as in `GET /v1/owner`.
    """
    return _answered(request, finder, live, Layer.BUILDING, id)


@router.get(
    "/facilities/{id}/owner",
    operation_id="ownerOfFacility",
    summary="Who owns this facility?",
    response_model=FacilityOwner,
    responses=responses("unknown-code", "store-unavailable"),
)
def of_facility(request: Request, id: str, finder: InFinder, live: InLive) -> Response:
    """The one grid that answers for a facility: the owner of its point, or of the largest share of its area."""
    return _answered(request, finder, live, Layer.FACILITY, id)


def _answered(request: Request, finder: Finder, live: Live, layer: Layer, code: str) -> Response:
    entry = finder.find(code, layer)
    if entry is None:
        raise Problem("unknown-code", {"code": code})
    seen = _seen(live, finder.publication)
    language = language_of(request.headers.get("accept-language"))
    assert entry.place is not None  # what has an owner has a shape
    found = owner_of(seen.map, entry, entry.place)
    warnings = [text(f"warning.{warning}", language) for warning in found.warnings]
    warnings += pending(seen.orders, found.answer, language)
    is_inner = who(request, request.app.state.settings) is not None
    people = answering(seen.map, found.answer, None, is_inner=is_inner)
    told = document(seen, found.answer, entry.place, "wgs84", people=people, warnings=warnings)
    told |= {"rule": RULES[entry.how], layer.value: entry.code}
    return answer(
        request,
        told,
        publication=finder.publication,
        cache=PRIVATE if is_inner else CURRENT,
        headers={"Vary": "Accept, Accept-Language"},
    )


def _seen(live: Live, publication: int) -> Seen:
    """The state that the thing was found in. Raises StoreUnavailable where it is past and the store is away."""
    seen = live.seen
    if seen.map.publication == publication:
        return seen
    state = live.map_at(publication)
    return seen if state is None else replace(seen, map=state)
