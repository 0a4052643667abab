"""Which regions are there, and what is inside them?"""

from collections.abc import Callable
from typing import Annotated

import shapely
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, list_links
from api.media import GEOJSON, JSON, Medium, negotiation
from api.openapi import in_geojson, responses
from api.parameters import Box, InBox, InHouseholds, InPage, Page, Span, Text
from api.problems import Problem
from api.published import InLive, InSeen, following, state_of
from api.routes.history import missing
from api.schemas import GridFeature, Grids, RegionFeature, Regions
from api.shapes import collection, grid_feature, region_feature
from geo.lookup import Holding, Map
from geo.model import GridKind

router = APIRouter(prefix="/v1", tags=["map"])
Form = Annotated[Medium, Depends(negotiation(GEOJSON, JSON))]
Kind = Annotated[GridKind | None, Query(description="residential, special or rural")]
Within = Annotated[Text | None, Query(description="Code of a region: what lies in it, at any depth")]
Level = Annotated[Text | None, Query(description="district, street, community ...")]


@router.get(
    "/regions",
    operation_id="regions",
    summary="Regions of the tree",
    response_model=Regions,
    responses={**in_geojson("Regions"), **responses("invalid-parameter", "unknown-code", "invalid-cursor")},
)
def regions(
    request: Request, live: InLive, page: InPage, box: InBox, form: Form, level: Level = None, within: Within = None
) -> Response:
    """Regions by code, with their outline where they have ground; a parent's outline is derived from its children."""
    state = state_of(live, page.cursor)
    inside = set(state.under(_known(state, within))) if within else state.regions.keys()
    codes = [code for code in sorted(state.regions) if code in inside and level in (None, state.regions[code].level)]
    codes = [code for code in codes if box is None or _meets(box, state.outlines.get(code))]
    return _regions(request, state, codes, page, form)


@router.get(
    "/regions/{code}",
    operation_id="region",
    summary="One region",
    response_model=RegionFeature,
    responses={**in_geojson("RegionFeature"), **responses("unknown-code")},
)
def region(request: Request, code: str, seen: InSeen, form: Form) -> Response:
    """A region with its outline, the number of its grids and the households in them."""
    told = region_feature(seen.map, _known(seen.map, code))
    return answer(request, told, medium=form, publication=seen.map.publication)


@router.get(
    "/regions/{code}/children",
    operation_id="children",
    summary="The regions right below one",
    response_model=Regions,
    responses={**in_geojson("Regions"), **responses("unknown-code", "invalid-cursor")},
)
def children(request: Request, code: str, live: InLive, page: InPage, form: Form) -> Response:
    """The regions whose parent this one is, by code."""
    state = state_of(live, page.cursor)
    return _regions(request, state, state.children.get(_known(state, code), []), page, form)


@router.get(
    "/regions/{code}/grids",
    operation_id="gridsOfRegion",
    summary="The grids of a region",
    response_model=Grids,
    responses={**in_geojson("Grids"), **responses("unknown-code", "invalid-cursor")},
)
def grids_of_region(request: Request, code: str, live: InLive, page: InPage, form: Form) -> Response:
    """The grids that divide the region or a region below it, by code."""
    state = state_of(live, page.cursor)
    return _grids(request, state, _held(state, _known(state, code)), page, form)


@router.get(
    "/grids",
    operation_id="grids",
    summary="Published grids",
    response_model=Grids,
    responses={**in_geojson("Grids"), **responses("invalid-parameter", "unknown-code", "invalid-cursor")},
)
def grids(
    request: Request,
    live: InLive,
    page: InPage,
    box: InBox,
    households: InHouseholds,
    form: Form,
    kind: Kind = None,
    within: Within = None,
) -> Response:
    """Grids in force by code, with households and the verdict on their number."""
    state = state_of(live, page.cursor)
    held = _held(state, _known(state, within)) if within else sorted(state.holdings, key=lambda h: h.code)
    held = [h for h in held if kind in (None, h.kind) and _in_span(households, h.households)]
    return _grids(request, state, [h for h in held if box is None or _meets(box, h.grid.shape)], page, form)


@router.get(
    "/grids/{code}",
    operation_id="grid",
    summary="One grid",
    response_model=GridFeature,
    responses={**in_geojson("GridFeature"), **responses("unknown-code", "code-retired", "store-unavailable")},
)
def grid(request: Request, code: str, live: InLive, form: Form) -> Response:
    """A grid in force with its shape; a code that was retired says who has its ground now."""
    state = live.seen.map
    holding = state.by_code.get(code)
    if holding is None:
        raise missing(live, code)
    return answer(request, grid_feature(state, holding), medium=form, publication=state.publication)


def _known(state: Map, code: str) -> str:
    if code not in state.regions:
        raise Problem("unknown-code", {"code": code})
    return code


def _held(state: Map, code: str) -> list[Holding]:
    held = [holding for below in state.under(code) for holding in state.by_region.get(below, [])]
    return sorted(held, key=lambda holding: holding.code)


def _in_span(span: Span | None, households: int | None) -> bool:
    if span is None:
        return True
    return households is not None and (span.low or 0) <= households and (span.high is None or households <= span.high)


def _meets(box: Box, shape: shapely.Geometry | None) -> bool:
    return shape is not None and bool(shapely.box(box.west, box.south, box.east, box.north).intersects(shape))


def _regions(request: Request, state: Map, codes: list[str], page: Page, form: Medium) -> Response:
    return _listed(request, state, codes, lambda code: region_feature(state, code), page, form)


def _grids(request: Request, state: Map, held: list[Holding], page: Page, form: Medium) -> Response:
    codes = [holding.code for holding in held]
    return _listed(request, state, codes, lambda code: grid_feature(state, state.by_code[code]), page, form)


def _listed(
    request: Request, state: Map, codes: list[str], made: Callable[[str], dict[str, object]], page: Page, form: Medium
) -> Response:
    """One page of a list that is ordered by code."""
    left = [code for code in codes if page.cursor is None or code > page.cursor.after]
    shown = left[: page.limit]
    links = list_links(request, form, following(state, shown, len(left) > len(shown)))
    told = collection((made(code) for code in shown), publication=state.publication, links=links)
    return answer(request, told, medium=form, publication=state.publication)
