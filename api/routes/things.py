"""Which buildings and facilities are there?"""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, list_links
from api.media import GEOJSON, JSON, Medium, negotiation
from api.openapi import in_geojson, responses
from api.parameters import Box, InBox, InHouseholds, InPage, Page, Text
from api.problems import Problem
from api.published import InLive, following, state_of
from api.schemas import BuildingFeature, Buildings, Facilities, FacilityFeature
from api.shapes import collection, row_feature
from geo.lookup import Map
from geo.store import lists
from geo.store.connect import reachable, session
from geo.store.lists import Row, Wanted
from geo.store.live import Live

router = APIRouter(prefix="/v1", tags=["map"])
Form = Annotated[Medium, Depends(negotiation(GEOJSON, JSON))]
Within = Annotated[Text | None, Query(description="Code of a region: what lies in it, at any depth")]
Read = Callable[[Session, int, Wanted], list[Row]]


@router.get(
    "/buildings",
    operation_id="buildings",
    summary="Published buildings",
    response_model=Buildings,
    responses={
        **in_geojson("Buildings"),
        **responses("invalid-parameter", "unknown-code", "invalid-cursor", "store-unavailable"),
    },
)
def buildings(
    request: Request,
    live: InLive,
    page: InPage,
    box: InBox,
    households: InHouseholds,
    form: Form,
    kind: Annotated[Text | None, Query(description="Kind of building")] = None,
    within: Within = None,
) -> Response:
    """Buildings in force by id, each with the one grid that owns it."""
    state, span = state_of(live, page.cursor), (None, None) if households is None else (households.low, households.high)
    wanted = _wanted(state, page, box, within, kind, span)
    return _listed(request, live, state, lists.buildings, wanted, page, form)


@router.get(
    "/buildings/{id}",
    operation_id="building",
    summary="One building",
    response_model=BuildingFeature,
    responses={**in_geojson("BuildingFeature"), **responses("unknown-code", "store-unavailable")},
)
def building(request: Request, id: str, live: InLive, form: Form) -> Response:
    """A building in force with its footprint and owner."""
    return _one(request, live, lists.buildings, id, form)


@router.get(
    "/facilities",
    operation_id="facilities",
    summary="Published facilities",
    response_model=Facilities,
    responses={
        **in_geojson("Facilities"),
        **responses("invalid-parameter", "unknown-code", "invalid-cursor", "store-unavailable"),
    },
)
def facilities(
    request: Request,
    live: InLive,
    page: InPage,
    box: InBox,
    form: Form,
    category: Annotated[Text | None, Query(description="Category of facility")] = None,
    within: Within = None,
) -> Response:
    """Facilities in force by id."""
    state = state_of(live, page.cursor)
    wanted = _wanted(state, page, box, within, category, (None, None))
    return _listed(request, live, state, lists.facilities, wanted, page, form)


@router.get(
    "/facilities/{id}",
    operation_id="facility",
    summary="One facility",
    response_model=FacilityFeature,
    responses={**in_geojson("FacilityFeature"), **responses("unknown-code", "store-unavailable")},
)
def facility(request: Request, id: str, live: InLive, form: Form) -> Response:
    """A facility in force."""
    return _one(request, live, lists.facilities, id, form)


def _wanted(
    state: Map, page: Page, box: Box | None, within: str | None, kind: str | None, span: tuple[int | None, int | None]
) -> Wanted:
    if within is not None and within not in state.regions:
        raise Problem("unknown-code", {"code": within})
    return Wanted(
        limit=page.limit + 1,
        after=page.cursor.after if page.cursor else "",
        box=None if box is None else (box.west, box.south, box.east, box.north),
        regions=None if within is None else state.under(within),
        kind=kind,
        households=span,
    )


def _listed(request: Request, live: Live, state: Map, read: Read, wanted: Wanted, page: Page, form: Medium) -> Response:
    rows = _rows(live, state.publication, read, wanted)
    shown = rows[: page.limit]
    links = list_links(request, form, following(state, [row.code for row in shown], len(rows) > len(shown)))
    told = collection((row_feature(row, "id") for row in shown), publication=state.publication, links=links)
    return answer(request, told, medium=form, publication=state.publication)


def _one(request: Request, live: Live, read: Read, code: str, form: Medium) -> Response:
    number = live.seen.map.publication
    rows = _rows(live, number, read, Wanted(limit=1, code=code)) if "\0" not in code else []
    if not rows:
        raise Problem("unknown-code", {"code": code})
    return answer(request, row_feature(rows[0], "id"), medium=form, publication=number)


def _rows(live: Live, number: int, read: Read, wanted: Wanted) -> Sequence[Row]:
    with reachable(), session(live.engine) as work:
        return read(work, number, wanted)
