"""What is in the archive of a publication? Every tile of the public layers that shows something, all layers in one."""

from collections.abc import Callable, Iterator
from functools import cache
from math import floor, log2
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import shapely
from sqlalchemy import Connection, text

from geo.datum import from_wgs84
from geo.matrix import MERCATOR, MOST_LAT, Matrix
from geo.state import Map
from tiles.archive import About, Archive, Bounds, archive
from tiles.layers import LAYERS, Layer, stacked
from tiles.squares import Squares, ordered

USUAL_ZOOM: Final = 15
"""A unit is some 25 cm there and maps draw these tiles larger further in; each zoom more makes the file four times as
large, of which hardly anything would be seen."""
WORLD: Final = (-180.0, -MOST_LAT, 180.0, MOST_LAT)
QUARTERS: Final = np.array([(0, 0), (0, 1), (1, 0), (1, 1)])
PUBLIC: Final = tuple(layer for layer in LAYERS.values() if layer.profile == "public")
AT_ONCE = 16
"""Tiles between two words of how far it is."""

Told: TypeAlias = Callable[[int, int], None]
"""How many tiles are done, of how many."""


def parts(most_zoom: int = USUAL_ZOOM) -> list[str]:
    """What must be derived up to the publication before."""
    zooms = range(most_zoom + 1)
    return list(dict.fromkeys(part for layer in PUBLIC for zoom in zooms for part in layer.parts_at(zoom)))


def write(
    connection: Connection,
    state: Map,
    target: Path,
    told: Told,
    *,
    matrix: Matrix = MERCATOR,
    most_zoom: int = USUAL_ZOOM,
) -> int:
    """Write the archive of a state on a connection of the public role; how many tiles it has.

    The same bytes for the same publication. `matrix` is one of Web Mercator's kind, as a reader of archives takes it to
    be. Whatever `told` raises ends the work, and there is no file then. Raises FileUnwritable, StoreUnavailable.
    """
    with archive(target, _about(state, matrix, most_zoom)) as found:
        _fill(found, connection, state, told, matrix, most_zoom)
        return found.count


def _fill(found: Archive, connection: Connection, state: Map, told: Told, matrix: Matrix, most_zoom: int) -> None:
    all_squares = list(_occupied(connection, state, matrix, most_zoom))
    total, done, shown = sum(map(len, all_squares)), 0, [layer.name for layer in PUBLIC]
    for zoom, squares in enumerate(all_squares):
        for number, (x, y) in zip(*(part.tolist() for part in ordered(zoom, squares)), strict=True):
            if done % AT_ONCE == 0:
                told(done, total)
            body = stacked(connection, shown, state.publication, matrix.name, zoom, x, y)
            if body:
                found.put(number, body)
            done += 1
    told(total, total)


def _occupied(connection: Connection, state: Map, matrix: Matrix, most_zoom: int) -> Iterator[Squares]:
    """Zoom by zoom the squares that may show something; only these have quarters that may."""
    squares = np.zeros((1, 2), dtype=np.int64)
    things = [layer.part for layer in PUBLIC if layer.part not in {"shape", "drawn"}]
    fixed = {"matrix": matrix.name, "most": most_zoom, "publication": state.publication, "things": things}
    for zoom in range(most_zoom + 1):
        asked = {"zoom": zoom, "x": squares[:, 0].tolist(), "y": squares[:, 1].tolist()}
        rows = connection.execute(text(_statement()), {**fixed, **asked}).all()
        squares = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 2)
        yield squares
        squares = (2 * squares[:, None, :] + QUARTERS).reshape(-1, 2)


def _about(state: Map, matrix: Matrix, most_zoom: int) -> About:
    west, south, east, north = bounds = _bounds(state, matrix)
    widest = max(east - west, north - south, 1e-6)
    return About(
        bounds=bounds,
        centre_zoom=floor(log2(360.0 / widest)),
        metadata={
            "name": "wangge",
            "description": f"Community-governance grids, publication {state.publication}",
            "type": "overlay",
            "format": "pbf",
            "publication": state.publication,
            "datum": matrix.datum.name,
            "bounds": bounds,
            "vector_layers": [_told_of(layer, most_zoom) for layer in PUBLIC if layer.least <= most_zoom],
        },
    )


def _told_of(layer: Layer, most_zoom: int) -> dict[str, Any]:
    zooms = {"minzoom": layer.least, "maxzoom": min(layer.most, most_zoom)}
    return {"id": layer.name, "fields": dict(layer.fields), **zooms}


def _bounds(state: Map, matrix: Matrix) -> Bounds:
    """Of the published ground, in the numbers of the datum of the matrix."""
    if not state.boundaries:
        return WORLD
    west, south, east, north = shapely.total_bounds(np.asarray(list(state.boundaries.values()), dtype=object)).tolist()
    if matrix.datum.is_wgs84:
        return west, south, east, north
    there = from_wgs84(np.array([(west, south), (west, north), (east, south), (east, north)]), matrix.datum)
    return float(there[:, 0].min()), float(there[:, 1].min()), float(there[:, 0].max()), float(there[:, 1].max())


@cache
def _statement() -> str:
    return (Path(__file__).parent / "occupied.sql").read_text("utf-8")
