"""Which shape does a GeoJSON geometry object mean?"""

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo.files.refusals import RowRefused, shown
from geo.files.shapes import MULTI, SINGLE, Chain, Chains, shape_of


def geometry_of(value: object, most_vertices: int) -> BaseGeometry | None:
    """The shape of a `geometry` member, None for null; heights are dropped. `RowRefused` for anything else."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise RowRefused("geometry-malformed", kind=shown(value))
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in (*SINGLE, *MULTI):
        raise RowRefused("geometry-kind-unknown", kind=shown(kind))
    return shape_of(kind, _parts(kind, value.get("coordinates")), most_vertices)


def _parts(kind: str, coordinates: object) -> list[Chains]:
    if kind in MULTI:
        return [_part(MULTI[kind], part) for part in _list(coordinates, kind)]
    return [_part(kind, coordinates)]


def _part(kind: str, coordinates: object) -> Chains:
    match kind:
        case "Point":
            return [_chain([coordinates], kind)] if coordinates != [] else []
        case "LineString":
            return [_chain(_list(coordinates, kind), kind)]
        case _:
            return [_chain(_list(ring, kind), kind) for ring in _list(coordinates, kind)]


def _chain(positions: list[object], kind: str) -> Chain:
    try:
        return np.array([position_of(position, kind) for position in positions], dtype=np.float64).reshape(-1, 2)
    except OverflowError as error:  # an integer of more than 308 digits
        raise RowRefused("coordinates-not-finite") from error


def position_of(value: object, kind: str) -> tuple[int | float, int | float]:
    """The first two numbers of a position."""
    if not (isinstance(value, list) and 2 <= len(value) <= 4 and all(type(number) in (int, float) for number in value)):
        raise RowRefused("geometry-malformed", kind=kind)
    return value[0], value[1]


def _list(value: object, kind: str) -> list[object]:
    if not isinstance(value, list):
        raise RowRefused("geometry-malformed", kind=kind)
    return value
