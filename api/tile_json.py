"""What do tiles say of themselves? TileJSON 3.0.0, one document a matrix and publication."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from starlette.requests import Request

from api import tile_store
from api.answers import absolute
from api.tile_place import ALL, INNER_ALL
from geo.datum import from_wgs84
from geo.matrix import MATRICES, MERCATOR, MOST_ZOOM, Matrix
from geo.refusal import CoordinatesRefused
from geo.state import Map

WORLD = (-180.0, -85.0511287, 180.0, 85.0511287)
"""The bounds of a map with nothing on it."""


def document(request: Request, state: Map, matrix: str, *, is_inner: bool) -> dict[str, Any]:
    """Its addresses carry the publication's number, so what they show never changes."""
    found, number = MATRICES[matrix], state.publication or "current"  # what will be published is there, once it is
    begin = f"/tiles/{number}" if found is MERCATOR else f"/tiles/{matrix}/{number}"
    layer = INNER_ALL if is_inner else ALL
    return {
        "tilejson": "3.0.0",
        "name": "wangge",
        "publication": state.publication,
        "tiles": [absolute(request, f"{begin}/{layer}/") + "{z}/{x}/{y}"],
        "scheme": "xyz",
        "vector_layers": tile_store.vector_layers(is_inner=is_inner, least=found.least_zoom),
        "minzoom": found.least_zoom,
        "maxzoom": MOST_ZOOM,
        "bounds": _bounds(request, state, found),
        "datum": found.datum.name if found.name != "cgcs2000" else "cgcs2000",
        "matrix": found.name,
    }


def _bounds(request: Request, state: Map, matrix: Matrix) -> Sequence[float]:
    """Of the published ground, in the numbers of the matrix's datum: that is what a map on it compares them with."""
    kept: dict[str, Any] = request.app.state.tile_bounds
    if kept.get("of") is not state:
        shapes = np.asarray(list(state.boundaries.values()), dtype=object)
        kept.update(of=state, box=shapely.total_bounds(shapes) if len(shapes) else np.array(WORLD))
    west, south, east, north = kept["box"].tolist()
    if matrix.datum.is_wgs84 or kept["box"].tolist() == list(WORLD):
        return [west, south, east, north]
    corners = np.array([(west, south), (west, north), (east, south), (east, north)])
    try:
        there = from_wgs84(corners, matrix.datum)
    except CoordinatesRefused:
        return WORLD
    return [*there.min(axis=0).tolist(), *there.max(axis=0).tolist()]
