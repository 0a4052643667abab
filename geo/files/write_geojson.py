"""How is a plan written as GeoJSON? One feature a line, sorted: equal plans are equal bytes. Never with its people."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import shapely
from shapely import MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.files import seal
from geo.files.columns import COLUMNS, PLURALS
from geo.files.things import sort_key
from geo.files.whole import replacing
from geo.model import MAP_LAYERS, Layer, Plan, Thing

HEAD = '{"type":"FeatureCollection","datum":"wgs84","features":['


def write_geojson(plan: Plan, to: Path | str | BinaryIO, certificate: Mapping[str, Any] | None = None) -> None:
    """Write the plan file, UTF-8: to a path whole or not at all (`FileUnwritable`), or to an open binary file.

    With a certificate the file carries it and is sealed.
    """
    if not isinstance(to, Path | str):
        to.writelines(_whole(plan, certificate))
        return
    with replacing(Path(to)) as draft, draft.open("wb") as file:
        file.writelines(_whole(plan, certificate))


def _whole(plan: Plan, certificate: Mapping[str, Any] | None) -> Iterator[bytes]:
    if certificate is not None:
        yield from seal.sealed(_pieces(plan), certificate)
        return
    yield from _pieces(plan)
    yield b"}\n"


def _pieces(plan: Plan) -> Iterator[bytes]:
    """All but the last brace."""
    yield HEAD.encode()
    before = b"\n"
    for layer in MAP_LAYERS:
        for thing in sorted(getattr(plan, PLURALS[layer]), key=sort_key(layer)):
            yield before + json_text(feature(layer, thing)).encode()
            before = b",\n"
    yield b"\n]"


def feature(layer: Layer, thing: Thing) -> dict[str, object]:
    """A thing as a GeoJSON feature of the plan file; fields that say nothing are left out."""
    properties: dict[str, object] = {"layer": layer}
    for column in COLUMNS[layer]:
        value = getattr(thing, column.attribute)
        if isinstance(value, Point):
            properties[column.name] = geometry(value)
        elif value is not None and value != "" and value is not False:
            properties[column.name] = value
    return {"type": "Feature", "properties": properties, "geometry": geometry(thing.shape)}


def geometry(shape: BaseGeometry | None) -> dict[str, object] | None:
    """A shape as a GeoJSON geometry, ring order and direction as they are; None for none."""
    return None if shape is None else {"type": shape.geom_type, "coordinates": _coordinates(shape)}


def _coordinates(shape: BaseGeometry) -> list[object]:
    match shape:
        case Polygon():
            return [shapely.get_coordinates(ring).tolist() for ring in (shape.exterior, *shape.interiors)]
        case MultiPolygon() | MultiLineString() | MultiPoint():
            return [_coordinates(part) for part in shape.geoms]
        case Point():
            return [shape.x, shape.y]
        case _:
            points: list[object] = shapely.get_coordinates(shape).tolist()
            return points


def json_text(value: object) -> str:
    """JSON on one line; floats as their shortest repr, which for a lattice value has at most seven decimals."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
