"""What does one square of the map show?"""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
import shapely
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.answers import CURRENT, IMMUTABLE, absolute, answer
from api.kept import Kept
from api.media import JSON, Medium
from api.openapi import responses
from api.parameters import Integer
from api.problems import Problem
from api.published import InLive
from api.schemas import TileJson
from geo.lookup import Map
from geo.store.connect import reachable
from geo.store.live import Live
from tiles.layers import FIELDS, MAX_ZOOM, MIN_ZOOM, is_square, tile

MVT = Medium("mvt", "application/vnd.mapbox-vector-tile")
router = APIRouter(prefix="/tiles", tags=["tiles"])
Publication = Annotated[str, Path(pattern=r"^(current|[1-9][0-9]{0,17})$", description="current, or a number")]
Whole = Annotated[Integer, Path()]


@router.get(
    "/{publication}/tilejson.json",
    operation_id="tileJson",
    summary="TileJSON of the published map",
    response_model=TileJson,
    responses=responses("unknown-publication", "store-unavailable"),
)
def tilejson(request: Request, live: InLive, publication: Publication) -> Response:
    """TileJSON 3; its tile addresses carry the publication's number, so what they show never changes."""
    state = _state(live, publication)
    told = {
        "tilejson": "3.0.0",
        "name": "wangge",
        "publication": state.publication,
        "tiles": [absolute(request, f"/tiles/{state.publication}/grids/") + "{z}/{x}/{y}"],
        "vector_layers": [{"id": layer, "fields": fields} for layer, fields in FIELDS.items()],
        "minzoom": MIN_ZOOM,
        "maxzoom": MAX_ZOOM,
        "bounds": _bounds(state),
        "datum": "wgs84",
    }
    cache = CURRENT if publication == "current" else IMMUTABLE
    return answer(request, told, medium=JSON, cache=cache, publication=state.publication)


@router.get(
    "/{publication}/{layer}/{z}/{x}/{y}",
    operation_id="tile",
    summary="One vector tile",
    response_class=Response,
    responses={
        200: {"content": {MVT.type: {}}, "description": "A Mapbox vector tile"},
        204: {"description": "Nothing is there"},
        **responses("not-found", "unknown-publication", "store-unavailable"),
    },
)
def square(
    request: Request, live: InLive, publication: Publication, layer: Literal["grids"], z: Whole, x: Whole, y: Whole
) -> Response:
    """A square of Web Mercator; under a publication's number it is immutable, under `current` it has a content tag."""
    if not is_square(z, x, y):
        raise Problem("not-found")
    state = _state(live, publication)
    body = _kept(request, live, layer, state, (z, x, y))
    cache = CURRENT if publication == "current" else IMMUTABLE
    if not body:
        return Response(status_code=204, headers={"Cache-Control": cache, "X-Publication": str(state.publication)})
    return answer(request, body, medium=MVT, cache=cache, publication=state.publication)


def _state(live: Live, publication: str) -> Map:
    """The state that is asked for. Raises the problem `unknown-publication`."""
    if publication == "current":
        return live.seen.map
    state = live.map_at(int(publication))
    if state is None or state.publication == 0:
        raise Problem("unknown-publication", {"publication": publication})
    return state


def _kept(request: Request, live: Live, layer: str, state: Map, place: tuple[int, int, int]) -> bytes:
    kept: Kept[bytes] = request.app.state.squares
    key = (layer, state.publication, *place)
    body = kept.get(key)
    if body is None:
        with reachable(), live.engine.connect() as connection:
            body = tile(connection, layer, state, *place)
        kept.put(key, body)
    return body


def _bounds(state: Map) -> list[float]:
    shapes: Mapping[str, shapely.Geometry] = state.boundaries
    if not shapes:
        return [-180.0, -85.0511287, 180.0, 85.0511287]
    return [float(edge) for edge in shapely.total_bounds(np.asarray(list(shapes.values()), dtype=object))]
