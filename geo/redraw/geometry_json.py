"""Which shape does a GeoJSON geometry of an edit mean, and how is a shape told as one?

Lon/lat in degrees, heights are dropped. Rings are closed where they are open; whether they cross themselves is judged
when the edit is made.
"""

from typing import Any, Final

from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.model import Ground
from geo.redraw.edits import Place
from geo.redraw.members import EditMalformed, Members, items, number, wrong_type
from geo.redraw.snapping import MOST_VERTICES

RANGE: Final = (180.0, 90.0)
MOST_NUMBERS: Final = 4
"""Of a position: height and measure may follow."""
LINE_LEAST, RING_LEAST = 2, 3
"""Positions, the closing one of a ring not counted."""


def place(value: object, pointer: str) -> Place:
    """A position as [lon, lat]. Refuses `edit-wrong-type` (wanted: place), `edit-not-finite` and `edit-out-of-range`
    (lon, lat)."""
    if not (isinstance(value, list) and LINE_LEAST <= len(value) <= MOST_NUMBERS):
        raise wrong_type(pointer, "place")
    lon, lat = (number(one, f"{pointer}/{n}") for n, one in enumerate(value[:2]))
    if abs(lon) > RANGE[0] or abs(lat) > RANGE[1]:
        raise EditMalformed("edit-out-of-range", pointer=pointer, lon=lon, lat=lat)
    return lon, lat


def line(value: object, pointer: str) -> LineString:
    """A LineString. Refuses `edit-wrong-type` (wanted: line), `edit-geometry-short` (least), and as `place`."""
    _, coordinates = _geometry(value, pointer, "line", ("LineString",))
    return LineString(_places(coordinates, f"{pointer}/coordinates", LINE_LEAST))


def ground(value: object, pointer: str) -> Ground:
    """A Polygon or MultiPolygon. Refuses `edit-wrong-type` (wanted: ground), else as `line`."""
    kind, coordinates = _geometry(value, pointer, "ground", ("Polygon", "MultiPolygon"))
    at = f"{pointer}/coordinates"
    if kind == "Polygon":
        return _polygon(coordinates, at)
    parts = items(coordinates, at, 1, MOST_VERTICES)
    return MultiPolygon([_polygon(part, f"{at}/{n}") for n, part in enumerate(parts)])


def document(shape: BaseGeometry) -> dict[str, Any]:
    """A line, polygon or multipolygon as GeoJSON, its coordinates with every digit."""
    match shape:
        case LineString():
            return {"type": "LineString", "coordinates": _told(shape)}
        case Polygon():
            return {"type": "Polygon", "coordinates": _rings(shape)}
        case MultiPolygon():
            return {"type": "MultiPolygon", "coordinates": [_rings(part) for part in shape.geoms]}
    raise TypeError(f"no edit has a {shape.geom_type}")


def _geometry(value: object, pointer: str, wanted: str, kinds: tuple[str, ...]) -> tuple[str, object]:
    members = Members(value, pointer)
    kind = members.of("type", _as_it_is)
    if kind not in kinds:
        raise wrong_type(pointer, wanted)
    coordinates = members.of("coordinates", _as_it_is)
    members.maybe("bbox", _as_it_is, None)
    members.end()
    if (count := _count(coordinates)) > MOST_VERTICES:
        raise EditMalformed("edit-vertices-too-many", pointer=pointer, vertices=count, most=MOST_VERTICES)
    return str(kind), coordinates


def _as_it_is(value: object, _pointer: str) -> object:
    return value


def _count(coordinates: object) -> int:
    """Positions in it: lists that begin with something that is no list."""
    waiting, count = [coordinates], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, list) and one and isinstance(one[0], list):
            waiting += one
        else:
            count += 1
    return count


def _polygon(value: object, pointer: str) -> Polygon:
    rings = [_ring(ring, f"{pointer}/{n}") for n, ring in enumerate(items(value, pointer, 1, MOST_VERTICES))]
    return Polygon(rings[0], rings[1:])


def _ring(value: object, pointer: str) -> list[Place]:
    places = _places(value, pointer, RING_LEAST)
    closed = places if places[0] == places[-1] else [*places, places[0]]
    if len(closed) <= RING_LEAST:
        raise EditMalformed("edit-geometry-short", pointer=pointer, least=RING_LEAST)
    return closed


def _places(value: object, pointer: str, least: int) -> list[Place]:
    given = items(value, pointer, 0, MOST_VERTICES)
    if len(given) < least:
        raise EditMalformed("edit-geometry-short", pointer=pointer, least=least)
    return [place(one, f"{pointer}/{n}") for n, one in enumerate(given)]


def _rings(shape: Polygon) -> list[list[list[float]]]:
    return [_told(ring) for ring in (shape.exterior, *shape.interiors)]


def _told(shape: BaseGeometry) -> list[list[float]]:
    return [[x, y] for x, y in shape.coords]
