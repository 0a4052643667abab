"""Which columns does each layer have in a file, and which field of which thing do they fill?

One table for reading and writing, so that the two cannot differ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geo.files import people_values, values
from geo.model import Building, Facility, Grid, Layer, Line, Person, Region, Thing, Water


@dataclass(frozen=True, slots=True)
class Column:
    """`name` in files, `attribute` of the thing, and how a raw value is read (value, name) -> value."""

    name: str
    read: Callable[[object, str], Any]
    attribute: str


def _column(name: str, read: Callable[[object, str], Any] = values.text, attribute: str = "") -> Column:
    return Column(name, read, attribute or name)


COLUMNS: dict[Layer, tuple[Column, ...]] = {
    Layer.REGION: (
        _column("code", values.code),
        _column("name"),
        _column("level"),
        _column("parent", values.code_or_none),
        _column("enclave", values.flag),
        _column("scheme", values.code_or_none),
    ),
    Layer.GRID: (
        _column("code", values.code),
        _column("name"),
        _column("kind", values.grid_kind),
        _column("region", values.code),
    ),
    Layer.BUILDING: (
        _column("id", values.code),
        _column("name"),
        _column("address"),
        _column("compound"),
        _column("entrance", values.point),
        _column("households", values.households),
        _column("estimated", values.flag),
        _column("levels", values.levels),
        _column("kind"),
        _column("grid", values.code_or_none),
    ),
    Layer.FACILITY: (_column("id", values.code_or_none), _column("name"), _column("category")),
    Layer.LINE: (_column("id", values.code_or_none), _column("name"), _column("class", attribute="category")),
    Layer.WATER: (_column("id", values.code_or_none), _column("name")),
    Layer.PERSON: (
        _column("id", values.code_or_none),
        _column("name", people_values.name),
        _column("phone", people_values.phone),
        _column("code", values.code, attribute="place"),
        _column("of", people_values.place_layer, attribute="place_layer"),
        _column("role", people_values.role),
        _column("post", people_values.post),
        _column("subject"),
        _column("from", people_values.since, attribute="since"),
        _column("until", people_values.until),
    ),
}
"""The first column is what the layer is sorted by."""

NAMES = frozenset(column.name for columns in COLUMNS.values() for column in columns)

THINGS: dict[Layer, type[Thing]] = {
    Layer.REGION: Region,
    Layer.GRID: Grid,
    Layer.BUILDING: Building,
    Layer.FACILITY: Facility,
    Layer.LINE: Line,
    Layer.WATER: Water,
    Layer.PERSON: Person,
}

PLURALS: dict[Layer, str] = {
    Layer.REGION: "regions",
    Layer.GRID: "grids",
    Layer.BUILDING: "buildings",
    Layer.FACILITY: "facilities",
    Layer.LINE: "lines",
    Layer.WATER: "water",
    Layer.PERSON: "people",
}
"""The field of a Plan that holds a layer."""

KINDS: dict[Layer, tuple[str, ...]] = {
    Layer.REGION: ("Polygon", "MultiPolygon"),
    Layer.GRID: ("Polygon", "MultiPolygon"),
    Layer.BUILDING: ("Polygon", "MultiPolygon", "Point"),
    Layer.FACILITY: ("Point", "MultiPoint", "Polygon", "MultiPolygon"),
    Layer.LINE: ("LineString", "MultiLineString"),
    Layer.WATER: ("Polygon", "MultiPolygon"),
    Layer.PERSON: (),
}
"""Geometry types a layer may have; a region may also have none, and people have no place of their own."""
