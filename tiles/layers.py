"""Which layers are there, and what are the bytes of one square of them?"""

from functools import cache
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, text

from geo.lookup import Map
from geo.model import GridKind
from geo.ruleset import Limit, Limits

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
EVERYWHERE = ""
"""Stands for all regions without limits of their own: no region has an empty code."""

Bound: TypeAlias = dict[str, list[str] | list[Limit]]


def is_square(z: int, x: int, y: int) -> bool:
    """Whether there is such a square at all."""
    return MIN_ZOOM <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z


def tile(connection: Connection, layer: str, state: Map, z: int, x: int, y: int) -> bytes:
    """The Mapbox vector tile (2.1) of a layer of `FIELDS`; empty bytes where nothing is shown.

    `state` is the publication it shows: its number, and the limits in force in it.
    """
    place = {"publication": state.publication, "z": z, "x": x, "y": y}
    return bytes(connection.execute(text(_statement(layer)), {**place, **size_limits(state)}).scalar_one())


def size_limits(state: Map) -> Bound:
    """Fewest and most households by region and kind, as columns: for the whole map, then where a region differs."""
    usual = _sizes(state.ruleset.within(()))
    rows = [(EVERYWHERE, *size) for size in usual]
    if state.ruleset.regions:
        found = ((code, size) for code, limits in state.limits.items() for size in _sizes(limits))
        rows += [(code, *size) for code, size in found if size not in usual]
    regions, kinds, least, most = zip(*rows, strict=True)
    return {"regions": list(regions), "kinds": list(kinds), "least": list(least), "most": list(most)}


def _sizes(limits: Limits) -> list[tuple[str, Limit, Limit]]:
    return [(kind.value, limits.of("households_least", kind), limits.of("households_most", kind)) for kind in GridKind]


@cache
def _statement(layer: str) -> str:
    return (Path(__file__).parent / f"{layer}.sql").read_text("utf-8")
