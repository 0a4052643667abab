"""Which things of a plan do the rows of a file mean?"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo import datum as datums
from geo.files import totals, values
from geo.files.columns import COLUMNS, KINDS, PLURALS, THINGS, Column
from geo.files.refusals import RowProblem, RowRefused
from geo.files.rows import Reading, Row
from geo.model import Layer, Plan, Thing

LATTICE_STEPS = 1e7
"""Steps a degree; ids are made from lattice coordinates, so that a rounded shape keeps its id."""
ID_DIGITS = 16
BOUND_BY = ("name", "phone", "place", "role", "post", "subject")
"""What a person's binding is known again by, where a list gives it no id."""
SHAPELESS = frozenset({Layer.REGION, Layer.PERSON})
"""Layers of which a row needs no geometry."""

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
    sources = {layer: _sources(layer, reading) for layer in Layer}
    for row, entrance in zip(reading.rows, _entrances(reading), strict=True):
        if row.problem is not None:
            yield row.problem
            continue
        try:
            patch = _patch(row, sources, entrance)
            _refuse_total(patch, row)
            yield patch
        except RowRefused as refusal:
            yield _problem(refusal, row.number, row.layer, row.geometry)


def thing_of(patch: Patch, seen: Counter[str]) -> Thing | RowProblem:
    """A whole thing of what a row says, or what it lacks. `seen` counts the ids that were made from places."""
    fields = {**_nothing(patch.layer), **patch.fields}
    try:
        for column in COLUMNS[patch.layer]:
            if column.attribute not in fields:
                column.read(None, column.name)
        if patch.shape is None and patch.layer not in SHAPELESS:
            raise RowRefused("geometry-missing", layer=patch.layer)
    except RowRefused as refusal:
        return _problem(refusal, patch.number, patch.layer, patch.shape)
    if "id" in fields and fields["id"] is None:
        shape = patch.shape
        fields["id"] = id_of_person(fields, seen) if shape is None else id_of(patch.layer, fields["name"], shape, seen)
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


@cache
def _nothing(layer: Layer) -> Mapping[str, Any]:
    """What the attributes are that a row says nothing of; those that it has to say something of are not in it."""
    found: dict[str, Any] = {}
    for column in COLUMNS[layer]:
        try:
            found[column.attribute] = None if column is ENTRANCE else column.read(None, column.name)
        except RowRefused:
            continue
    return MappingProxyType(found)


Source: TypeAlias = tuple[Column, str | None, object]
"""A field, their column that it is taken from, and its constant where it has one."""


def _sources(layer: Layer, reading: Reading) -> list[Source]:
    """Where each field comes from: a constant, else the mapped column, else the column with our own name."""
    found: list[Source] = []
    for column in COLUMNS[layer]:
        theirs = reading.mapping.get(column.name, column.name)
        if column.name in reading.constants:
            found.append((column, None, reading.constants[column.name]))
        elif not reading.columns or theirs in reading.columns:
            found.append((column, theirs, None))
    return found


def _patch(row: Row, sources: Mapping[Layer, Sequence[Source]], entrance: Entrance) -> Patch:
    if row.layer is None:
        raise RowRefused("layer-missing")
    if isinstance(entrance, RowRefused):
        raise entrance
    fields: dict[str, Any] = {}
    for column, theirs, constant in sources[row.layer]:
        raw = constant if theirs is None else row.properties.get(theirs)
        if raw is None or raw == "":
            continue
        if column is not ENTRANCE:
            fields[column.attribute] = column.read(raw, column.name)
        elif entrance is not None:
            fields[column.attribute] = entrance
    return Patch(number=row.number, layer=row.layer, fields=fields, shape=_fitting(row.geometry, row.layer))


def _refuse_total(patch: Patch, row: Row) -> None:
    """The last row of a list is often the sum of the others: it has no place and no code, or its word for one."""
    named = patch.fields.get("code") or patch.fields.get("id")
    if patch.shape is None and (named is None or named in totals.WORDS):
        said = totals.word(row.properties.values())
        if said is not None:
            raise RowRefused("row-total", value=said)


def _problem(refusal: RowRefused, number: int, layer: Layer | None, shape: BaseGeometry | None) -> RowProblem:
    return RowProblem(id=refusal.id, number=number, layer=layer, place=_place(shape), values=refusal.values)


def _raw(row: Row, reading: Reading, column: Column) -> object:
    """A constant, else the mapped column, else the column with our own name."""
    if column.name in reading.constants:
        return reading.constants[column.name]
    return row.properties.get(reading.mapping.get(column.name, column.name))


def _fitting(shape: BaseGeometry | None, layer: Layer) -> BaseGeometry | None:
    if shape is not None and shape.geom_type not in KINDS[layer]:
        allowed = ", ".join(KINDS[layer]) or "-"
        raise RowRefused("geometry-not-for-layer", kind=shape.geom_type, layer=layer, allowed=allowed)
    return shape


def id_of(layer: Layer, name: str, shape: BaseGeometry, seen: Counter[str]) -> str:
    """An id that the same layer, name and place always get; the second of two equal rows gets `-2`."""
    steps = np.rint(shapely.get_coordinates(shape) * LATTICE_STEPS).astype("<i8")
    digest = hashlib.sha256(f"{layer}\n{name}\n{shape.geom_type}\n".encode() + steps.tobytes())
    id = f"{layer}-{digest.hexdigest()[:ID_DIGITS]}"
    seen[id] += 1
    return id if seen[id] == 1 else f"{id}-{seen[id]}"


def id_of_person(fields: Mapping[str, Any], seen: Counter[str]) -> str:
    """An id that the same name, phone, place, role, post and subject always get; their second time there `-2`.

    Rows with the same dates too are one row that came twice, and get the same id.
    """
    digest = hashlib.sha256("\n".join(str(fields[name] or "") for name in BOUND_BY).encode())
    id = f"{Layer.PERSON}-{digest.hexdigest()[:ID_DIGITS]}"
    time = f"{id} {fields['since']} {fields['until']}"
    if time not in seen:
        seen[id] += 1
        seen[time] = seen[id]
    return id if seen[time] == 1 else f"{id}-{seen[time]}"


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
