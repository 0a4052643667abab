"""Which layers are there, and what are the bytes of one square of them?"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

from geo.households import LIMITS
from geo.model import GridKind

MIN_ZOOM, MAX_ZOOM = 8, 18
"""Squares outside these zooms do not exist; inside, a square without ground is empty."""
FIELDS = {
    "grids": {
        "code": "String",
        "name": "String",
        "kind": "String",
        "region": "String",
        "households": "Number",
        "verdict": "String",
        "standing": "String",
        "edition": "Number",
    },
}
"""The attributes of each layer, as TileJSON tells them."""


def is_square(z: int, x: int, y: int) -> bool:
    """Whether there is such a square at all."""
    return MIN_ZOOM <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z


def tile(connection: Connection, layer: str, publication: int, z: int, x: int, y: int) -> bytes:
    """The Mapbox vector tile (2.1) of a layer of `FIELDS`; empty bytes where nothing is shown."""
    place = {"publication": publication, "z": z, "x": x, "y": y}
    return bytes(connection.execute(text(_statement(layer)), place | _limits()).scalar_one())


def _limits() -> dict[str, int]:
    (residential_low, residential_high), (rural_low, rural_high) = (
        LIMITS[kind] or (0, 0) for kind in (GridKind.RESIDENTIAL, GridKind.RURAL)
    )
    return {
        "residential_low": residential_low,
        "residential_high": residential_high,
        "rural_low": rural_low,
        "rural_high": rural_high,
    }


@cache
def _statement(layer: str) -> str:
    return (Path(__file__).parent / f"{layer}.sql").read_text("utf-8")
