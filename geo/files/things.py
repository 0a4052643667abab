"""Which things of a plan do the rows of a file mean?"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What a row says of a thing: the attributes that it has a value for, and the shape where it has one, unrounded."""

    number: int
    layer: Layer
    fields: Mapping[str, Any]
    shape: BaseGeometry | None


def things(reading: Reading) -> Iterator[Thing | RowProblem]:
    """Each row in its order, as a thing or as what is wrong with it. Shapes are unrounded."""
    seen: Counter[str] = Counter()
    for patch in patches(reading):
        yield patch if isinstance(patch, RowProblem) else thing_of(patch, seen)


def patches(reading: Reading) -> Iterator[Patch | RowProblem]:
    """Each row in its order, as what it says or as what is wrong with it."""
    entrances = iter(_entrances(reading))
    for row in reading.rows:
        entrance = next(entrances)
        if row.problem is not None:
            yield row.problem
            continue
        try:
            yield _patch(row, reading, entrance)
        except RowRefused as refusal:
            yield _problem(refusal, row.number, row.layer, row.geometry)


def thing_of(patch: Patch, seen: Counter[str]) -> Thing | RowProblem:
    """A whole thing of what a row says, or what it lacks. `seen` counts the ids that were made from places."""
    fields = dict(patch.fields)
    try:
        for column in COLUMNS[patch.layer]:
            if column.attribute not in fields:
                fields[column.attribute] = None if column is ENTRANCE else column.read(None, column.name)
        if patch.shape is None and patch.layer is not Layer.REGION:
            raise RowRefused("geometry-missing", layer=patch.layer)
    except RowRefused as refusal:
        return _problem(refusal, patch.number, patch.layer, patch.shape)
    if "id" in fields and fields["id"] is None and patch.shape is not None:
        fields["id"] = id_of(patch.layer, fields["name"], patch.shape, seen)
    make: Any = THINGS[patch.layer]
    thing: Thing = make(**fields, shape=patch.shape)
    return thing


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


def _patch(row: Row, reading: Reading, entrance: Entrance) -> Patch:
    if row.layer is None:
        raise RowRefused("layer-missing")
    if isinstance(entrance, RowRefused):
        raise entrance
    fields: dict[str, Any] = {}
    for column in COLUMNS[row.layer]:
        raw = entrance if column is ENTRANCE else _raw(row, reading, column)
        if raw is not None and raw != "":
            fields[column.attribute] = raw if column is ENTRANCE else column.read(raw, column.name)
    return Patch(number=row.number, layer=row.layer, fields=fields, shape=_fitting(row.geometry, row.layer))


def _problem(refusal: RowRefused, number: int, layer: Layer | None, shape: BaseGeometry | None) -> RowProblem:
    return RowProblem(id=refusal.id, number=number, layer=layer, place=_place(shape), values=refusal.values)


def _raw(row: Row, reading: Reading, column: Column) -> object:
    """A constant, else the mapped column, else the column with our own name."""
    if column.name in reading.constants:
        return reading.constants[column.name]
    return row.properties.get(reading.mapping.get(column.name, column.name))


def _fitting(shape: BaseGeometry | None, layer: Layer) -> BaseGeometry | None:
    if shape is not None and shape.geom_type not in KINDS[layer]:
        raise RowRefused("geometry-not-for-layer", kind=shape.geom_type, layer=layer, allowed=", ".join(KINDS[layer]))
    return shape


def id_of(layer: Layer, name: str, shape: BaseGeometry, seen: Counter[str]) -> str:
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
