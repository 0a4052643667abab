"""How is a plan written as a GeoPackage? One table a layer but people, in EPSG:4326, entrances as WKT."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from shapely import MultiLineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.files import seal, values
from geo.files.columns import COLUMNS, PLURALS, Column
from geo.files.refusals import FileUnwritable
from geo.files.things import sort_key
from geo.files.whole import replacing
from geo.model import MAP_LAYERS, Layer, Plan, Thing

if TYPE_CHECKING:
    import pyarrow as pa

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
ARROW_TYPES: dict[Callable[[object, str], object], str] = {
    values.flag: "bool",
    values.households: "int32",
    values.levels: "int32",
}
"""Of a column by how it is read; all others are text."""


def write_gpkg(plan: Plan, path: Path | str, certificate: Mapping[str, Any] | None = None) -> None:
    """Write every layer of the plan, whole or not at all; `FileUnwritable` where it cannot be done.

    With a certificate the file carries it in a table of its own and is sealed.
    """
    import pyogrio  # noqa: PLC0415 - GDAL and pandas take half a second to load, and only this function wants them

    with replacing(Path(path), suffix=".gpkg") as draft:
        for layer in MAP_LAYERS:
            things = sorted(getattr(plan, PLURALS[layer]), key=sort_key(layer))
            try:
                pyogrio.write_arrow(
                    _table(layer, things),
                    draft,
                    layer=layer.value,
                    driver="GPKG",
                    geometry_name=GEOMETRY,
                    geometry_type=TABLE_KINDS[layer],
                    crs="EPSG:4326",
                )
            except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
                reason = str(error).rpartition(": ")[2]
                raise FileUnwritable("file-not-written", name=Path(path).name, reason=reason) from error
        if certificate is not None:
            seal.seal_gpkg(draft, certificate)


def _table(layer: Layer, things: list[Thing]) -> "pa.Table":
    import pyarrow as pa  # noqa: PLC0415 - as above

    columns = {
        column.name: pa.array(_values(column, things), pa.type_for_alias(ARROW_TYPES.get(column.read, "string")))
        for column in COLUMNS[layer]
    }
    shapes = [shapely.to_wkb(_declared(thing.shape, layer)) if thing.shape is not None else None for thing in things]
    return pa.table({**columns, GEOMETRY: pa.array(shapes, pa.binary())})


def _values(column: Column, things: list[Thing]) -> list[object]:
    raw = [getattr(thing, column.attribute) for thing in things]
    return [f"POINT ({value.x!r} {value.y!r})" if isinstance(value, Point) else value for value in raw]


def _declared(shape: BaseGeometry, layer: Layer) -> BaseGeometry:
    multi = MULTIS.get(shape.geom_type)
    return multi([shape]) if multi and TABLE_KINDS[layer] == multi.__name__ else shape
