"""What does one square of the map show?"""

import re
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import tile_store
from api.access import actor
from api.answers import CURRENT, IMMUTABLE, PRIVATE, answer
from api.arrival import arrived
from api.media import JSON
from api.openapi import responses
from api.parameters import Integer
from api.problems import Problem
from api.published import InLive
from api.schemas import TileJson
from api.tile_answer import MVT, TileAnswer, told, wants_gzip
from api.tile_desk import FINDINGS, TileDesk
from api.tile_json import document
from api.tile_place import OTHERS, Place
from api.tile_quick import UNMADE
from geo.matrix import MERCATOR
from geo.store.live import Live

router = APIRouter(prefix="/tiles", tags=["tiles"])
WRITTEN = re.compile(r"current|[1-9][0-9]{0,17}", re.ASCII)


def as_written(publication: str) -> str:
    """`current` or a number. Raises PydanticCustomError."""
    if not WRITTEN.fullmatch(publication):
        raise PydanticCustomError("publication", "neither current nor a number")
    return publication


Publication = Annotated[
    str,
    AfterValidator(as_written),
    Path(description="current, or a number", json_schema_extra={"pattern": f"^({WRITTEN.pattern})$"}),
]
MatrixName = Annotated[str, Path(description="gcj02 or cgcs2000; Web Mercator has no name in the address")]
LayerName = Annotated[str, Path(description="A layer that the TileJSON names, or map: all public ones in one tile")]
Profile = Annotated[
    Literal["public", "inner"], Query(description="inner: with the layers that are not for everybody; wants an actor")
]
Whole = Annotated[Integer, Path()]
TILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {MVT.type: {}}, "description": "A Mapbox vector tile"},
    204: {"description": "Nothing is there"},
    **responses(
        "not-found",
        "unknown-publication",
        "unknown-plan",
        "token-required",
        "read-only",
        "busy",
        "tile-not-ready",
        "store-unavailable",
    ),
}
TILEJSON = responses("not-found", "unknown-publication", "token-required", "read-only", "store-unavailable")


@router.get(
    "/{publication}/tilejson.json",
    operation_id="tileJson",
    summary="TileJSON of the published map",
    response_model=TileJson,
    responses=TILEJSON,
)
async def tilejson(request: Request, live: InLive, publication: Publication, profile: Profile = "public") -> Response:
    """TileJSON 3; its tile addresses carry the publication's number, so what they show never changes."""
    return await _tilejson(request, live, MERCATOR.name, publication, profile)


@router.get(
    "/{matrix}/{publication}/tilejson.json",
    operation_id="tileJsonOfMatrix",
    summary="TileJSON of the published map in another tile matrix",
    response_model=TileJson,
    responses=TILEJSON,
)
async def tilejson_of_matrix(
    request: Request, live: InLive, matrix: MatrixName, publication: Publication, profile: Profile = "public"
) -> Response:
    """TileJSON 3 with `datum` and `matrix`; the bounds are in the numbers of that datum."""
    return await _tilejson(request, live, _other(matrix), publication, profile)


@router.get(
    "/{publication}/{layer}/{z}/{x}/{y}",
    operation_id="tile",
    summary="One vector tile",
    response_class=Response,
    responses=TILE,
)
async def square(
    request: Request, live: InLive, publication: Publication, layer: LayerName, z: Whole, x: Whole, y: Whole
) -> Response:
    """A square of Web Mercator; under a publication's number it is immutable, under `current` it has a content tag.

    Inner layers want an actor, and nobody keeps them. Where what a zoom is cut from is still being made, 503 says when
    to come back.
    """
    return await _square(request, live, publication, Place(MERCATOR.name, layer, z, x, y))


@router.get(
    "/{matrix}/{publication}/{layer}/{z}/{x}/{y}",
    operation_id="tileOfMatrix",
    summary="One vector tile of another tile matrix",
    response_class=Response,
    responses=TILE,
)
async def square_of_matrix(
    request: Request,
    live: InLive,
    matrix: MatrixName,
    publication: Publication,
    layer: LayerName,
    z: Whole,
    x: Whole,
    y: Whole,
) -> Response:
    """`gcj02`: Web Mercator over GCJ-02, for pages on Amap or Tencent. `cgcs2000`: squares of longitude and latitude,
    as Tianditu's matrix `c` has them: zooms from 1, which has two columns and one row."""
    return await _square(request, live, publication, Place(_other(matrix), layer, z, x, y))


async def _square(request: Request, live: Live, publication: str, place: Place) -> Response:
    if (unmade := request.scope.get(UNMADE)) is not None:
        raise unmade
    desk: TileDesk = request.app.state.tiles
    is_public = tile_store.is_public(place.layer)
    if not place.is_there or not tile_store.shown(place.layer):
        raise Problem("not-found")
    number, state = await _number(live, publication), live.seen.map
    if place.layer == FINDINGS and number != state.publication:
        raise Problem("not-found")  # nobody knows what was found then
    if not is_public:
        await actor(request)
        found = partial(request.app.state.tile_findings.of, request.app.state.pool, state)
        return _private(request, await desk.inner(place, number, found), number)
    tile = await desk.tile(place, number)
    asked = dict(reversed(request.scope["headers"]))
    if wants_gzip(asked):
        await desk.pack(place, tile)
    return TileAnswer(*told(tile, number, asked, is_current=publication == "current"))


async def _tilejson(request: Request, live: Live, matrix: str, publication: str, profile: str) -> Response:
    is_inner = profile == "inner"
    if is_inner:
        await actor(request)
    state = live.seen.map
    if publication != "current":
        number = await _number(live, publication)
        found = await run_in_threadpool(live.map_at, number)
        if found is None:
            raise Problem("unknown-publication", {"publication": publication})
        state = found
    cache = PRIVATE if is_inner else CURRENT if publication == "current" else IMMUTABLE
    told = document(request, state, matrix, is_inner=is_inner)
    return answer(request, told, medium=JSON, cache=cache, publication=state.publication)


async def _number(live: Live, publication: str) -> int:
    """Of the publication that is asked for. Raises the problem `unknown-publication`, StoreUnavailable."""
    number = live.seen.map.publication if publication == "current" else int(publication)
    if not await arrived(live, number):
        raise Problem("unknown-publication", {"publication": publication})
    return number


def _other(matrix: str) -> str:
    """The matrix of that name. Raises the problem `not-found`."""
    if matrix not in OTHERS:
        raise Problem("not-found")
    return matrix


def _private(request: Request, body: bytes, number: int) -> Response:
    """With a tag of its content, for who keeps it in its own memory."""
    if not body:
        return Response(status_code=204, headers={"Cache-Control": PRIVATE, "X-Publication": str(number)})
    vary = {"Vary": "Authorization"}
    return answer(request, body, medium=MVT, cache=PRIVATE, publication=number, headers=vary)
