"""Which things of a plan do the rows of a file mean?"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo import datum as datums
from geo.files import values
from geo.files.columns import COLUMNS, KINDS, PLURALS, THINGS, Column
from geo.files.refusals import RowProblem, RowRefused
from geo.files.rows import Reading, Row
from geo.model import Layer, Plan, Thing

LATTICE_STEPS = 1e7
"""Steps a degree; ids are made from lattice coordinates, so that a rounded shape keeps its id."""
ID_DIGITS = 16

ENTRANCE = next(column for column in COLUMNS[Layer.BUILDING] if column.name == "entrance")
Entrance: TypeAlias = Point | RowRefused | None


def things(reading: Reading) -> Iterator[Thing | RowProblem]:
    """Each row in its order, as a thing or as what is wrong with it. Shapes are unrounded."""
    entrances = iter(_entrances(reading))
    seen: Counter[str] = Counter()
    for row in reading.rows:
        entrance = next(entrances)
        if row.problem is not None:
            yield row.problem
            continue
        try:
            yield _thing(row, reading, entrance, seen)
        except RowRefused as refusal:
            yield RowProblem(
                id=refusal.id, number=row.number, layer=row.layer, place=_place(row.geometry), values=refusal.values
            )


def plan_of(things: Iterable[Thing | RowProblem]) -> Plan:
    """A plan of the things, each layer sorted by code or id; problems are left out."""
    parts: dict[Layer, list[Any]] = {layer: [] for layer in Layer}
    layers = {kind: layer for layer, kind in THINGS.items()}
    for thing in things:
        if not isinstance(thing, RowProblem):
            parts[layers[type(thing)]].append(thing)
    sorted_parts: dict[str, Any] = {PLURALS[one]: tuple(sorted(parts[one], key=sort_key(one))) for one in Layer}
    return Plan(**sorted_parts)


def sort_key(layer: Layer) -> Callable[[Thing], tuple[str, bytes]]:
    """Code or id, then the shape: broken plans hold one code twice, and their order is settled too."""
    attribute = COLUMNS[layer][0].attribute
    return lambda thing: (getattr(thing, attribute), b"" if thing.shape is None else shapely.to_wkb(thing.shape))


def _thing(row: Row, reading: Reading, entrance: Entrance, seen: Counter[str]) -> Thing:
    layer = row.layer
    if layer is None:
        raise RowRefused("layer-missing")
    fields = {
        column.attribute: column.read(_raw(row, reading, column), column.name)
        for column in COLUMNS[layer]
        if column is not ENTRANCE
    }
    if isinstance(entrance, RowRefused):
        raise entrance
    if layer is Layer.BUILDING:
        fields[ENTRANCE.attribute] = entrance
    shape = _fitting(row.geometry, layer)
    if "id" in fields and fields["id"] is None and shape is not None:
        fields["id"] = _id_of(layer, fields["name"], shape, seen)
    make: Any = THINGS[layer]
    thing: Thing = make(**fields, shape=shape)
    return thing


def _raw(row: Row, reading: Reading, column: Column) -> object:
    """A constant, else the mapped column, else the column with our own name."""
    if column.name in reading.constants:
        return reading.constants[column.name]
    return row.properties.get(reading.mapping.get(column.name, column.name))


def _fitting(shape: BaseGeometry | None, layer: Layer) -> BaseGeometry | None:
    if shape is None:
        if layer is not Layer.REGION:
            raise RowRefused("geometry-missing", layer=layer)
    elif shape.geom_type not in KINDS[layer]:
        raise RowRefused("geometry-not-for-layer", kind=shape.geom_type, layer=layer, allowed=", ".join(KINDS[layer]))
    return shape


def _id_of(layer: Layer, name: str, shape: BaseGeometry, seen: Counter[str]) -> str:
    """An id that the same layer, name and place always get; the second of two equal rows gets `-2`."""
    steps = np.rint(shapely.get_coordinates(shape) * LATTICE_STEPS).astype("<i8")
    digest = hashlib.sha256(f"{layer}\n{name}\n{shape.geom_type}\n".encode() + steps.tobytes())
    id = f"{layer}-{digest.hexdigest()[:ID_DIGITS]}"
    seen[id] += 1
    return id if seen[id] == 1 else f"{id}-{seen[id]}"


def _entrances(reading: Reading) -> list[Entrance]:
    """The entrance of each row in WGS-84, all converted at once."""
    result: list[Entrance] = [None] * len(reading.rows)
    given: dict[int, values.XY] = {}
    for index, row in enumerate(reading.rows):
        if row.layer is Layer.BUILDING and row.problem is None:
            try:
                if xy := values.point(_raw(row, reading, ENTRANCE), ENTRANCE.name):
                    given[index] = xy
            except RowRefused as refusal:
                result[index] = refusal
    points = shapely.points(np.array(list(given.values()), dtype=np.float64).reshape(-1, 2))
    for index, point, converted in zip(given, points, datums.shapes_to_wgs84(points, reading.datum), strict=True):
        result[index] = converted if converted is not None else _refused(point, reading)
    return result


def _refused(point: Point, reading: Reading) -> RowRefused:
    refusal = datums.why_not(point, reading.datum)
    return RowRefused(refusal.id, field="entrance", **refusal.values)


def _place(shape: BaseGeometry | None) -> tuple[float, float] | None:
    """The first point of a shape, lon/lat: somewhere to look."""
    if shape is None:
        return None
    lon, lat = shapely.get_coordinates(shape)[0]
    return round(float(lon), 7), round(float(lat), 7)
