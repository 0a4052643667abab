"""How is a plan written as a GeoPackage? One table a layer, in EPSG:4326, entrances as WKT."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyogrio
import shapely
from shapely import MultiLineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.files import values
from geo.files.columns import COLUMNS, PLURALS, Column
from geo.files.things import sort_key
from geo.files.whole import replacing
from geo.model import Layer, Plan, Thing

GEOMETRY = "geom"
TABLE_KINDS = {
    Layer.REGION: "MultiPolygon",
    Layer.GRID: "MultiPolygon",
    Layer.BUILDING: "Unknown",
    Layer.FACILITY: "Unknown",
    Layer.LINE: "MultiLineString",
    Layer.WATER: "MultiPolygon",
}
"""What a table declares to hold; single shapes are written as one part of it, and come back single."""
MULTIS = {"Polygon": MultiPolygon, "LineString": MultiLineString}
ARROW_TYPES: dict[Callable[[object, str], object], pa.DataType] = {
    values.flag: pa.bool_(),
    values.households: pa.int32(),
    values.levels: pa.int32(),
}


def write_gpkg(plan: Plan, path: Path | str) -> None:
    """Write every layer of the plan, whole or not at all; `FileUnwritable` where it cannot be done."""
    with replacing(Path(path), suffix=".gpkg") as draft:
        for layer in Layer:
            things = sorted(getattr(plan, PLURALS[layer]), key=sort_key(layer))
            pyogrio.write_arrow(
                _table(layer, things),
                draft,
                layer=layer.value,
                driver="GPKG",
                geometry_name=GEOMETRY,
                geometry_type=TABLE_KINDS[layer],
                crs="EPSG:4326",
            )


def _table(layer: Layer, things: list[Thing]) -> pa.Table:
    columns = {column.name: _values(column, things) for column in COLUMNS[layer]}
    shapes = [shapely.to_wkb(_declared(thing.shape, layer)) if thing.shape is not None else None for thing in things]
    return pa.table({**columns, GEOMETRY: pa.array(shapes, pa.binary())})


def _values(column: Column, things: list[Thing]) -> pa.Array:
    raw = [getattr(thing, column.attribute) for thing in things]
    return pa.array(
        [f"POINT ({value.x!r} {value.y!r})" if isinstance(value, Point) else value for value in raw],
        ARROW_TYPES.get(column.read, pa.string()),
    )


def _declared(shape: BaseGeometry, layer: Layer) -> BaseGeometry:
    multi = MULTIS.get(shape.geom_type)
    return multi([shape]) if multi and TABLE_KINDS[layer] == multi.__name__ else shape
