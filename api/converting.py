"""What do the coordinates in a body become in another datum?

Large bodies are converted in a process of the pool; nothing here loads the web server.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from api import convertible
from api.convertible import COLLECTION, Part
from api.faults import pointer
from api.texts import Language, text
from geo import datum as datums
from geo.datum import Datum
from geo.files import FileUnreadable, Limits
from geo.refusal import CoordinatesRefused

UNOFFICIAL = frozenset({"gcj02", "bd09"})
MOVED = frozenset({"bbox", "crs"})
"""Members of GeoJSON that are wrong once its coordinates are converted."""


def converted(body: bytes, limits: Limits, language: Language) -> bytes:
    """The answer's JSON.

    Raises `Unfit` and `CoordinatesRefused` (with `pointer` among their values), `DatumUnknown`, `DatumWithoutRoute`,
    and `FileUnreadable` for a body that is too deep or too large.
    """
    asked = convertible.document(body, limits)
    given, wanted = convertible.datum(asked, "from"), convertible.datum(asked, "to")
    told: dict[str, Any] = {"datum": wanted.name, "from": given.name}
    if "points" in asked:
        told["points"] = _points(convertible.points(asked), given, wanted)
    parts = [*convertible.geometry_parts(asked), *convertible.feature_parts(asked, given, limits)]
    geometries = _geometries(parts, given, wanted, limits)
    if "geometry" in asked:
        told["geometry"] = _rebuilt(asked["geometry"], geometries)
    if "features" in asked:
        told["features"] = _collection(asked["features"], geometries, wanted)
    told["notes"] = _notes(asked, given, wanted, language)
    return orjson.dumps(told)


def _points(xy: NDArray[np.float64], given: Datum, wanted: Datum) -> Any:
    try:
        return datums.points_between(xy, given, wanted).tolist()
    except CoordinatesRefused as refusal:
        raise _placed(refusal, pointer("points", int(refusal.values["index"]))) from None


def _geometries(parts: Sequence[Part], given: Datum, wanted: Datum, limits: Limits) -> Iterator[dict[str, Any] | None]:
    """The parts as GeoJSON in the wanted datum, in their order; refusals come before the first."""
    shapes = np.array([part.shape for part in parts], dtype=object)
    _count(shapes, limits)
    result = datums.shapes_between(shapes, given, wanted)
    for part, shape in zip(parts, result, strict=True):
        if part.shape is not None and shape is None:
            raise _placed(datums.why_not(part.shape, given, wanted), part.place)
    _count(result, limits)
    return (None if shape is None else _geojson(shape, part.kind) for part, shape in zip(parts, result, strict=True))


def _placed(refusal: CoordinatesRefused, place: str) -> CoordinatesRefused:
    return CoordinatesRefused(refusal.id, **{**refusal.values, "pointer": place})


def _count(shapes: NDArray[np.object_], limits: Limits) -> None:
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    if vertices > limits.all_vertices:
        raise FileUnreadable("vertices-too-many", vertices=vertices, limit=limits.all_vertices)


def _geojson(shape: BaseGeometry, kind: str) -> dict[str, Any]:
    """In the form it had: reading makes one part of a shape of several that has only one."""
    found = shapely.geometry.mapping(shape)
    coordinates = found["coordinates"] if found["type"] == kind else [found["coordinates"]]
    return {"type": kind, "coordinates": coordinates}


def _rebuilt(value: Any, geometries: Iterator[dict[str, Any] | None]) -> dict[str, Any] | None:
    if isinstance(value, dict) and value["type"] == COLLECTION:
        return {"type": COLLECTION, "geometries": [_rebuilt(member, geometries) for member in value["geometries"]]}
    return next(geometries)


def _collection(value: Mapping[str, Any], geometries: Iterator[dict[str, Any] | None], wanted: Datum) -> dict[str, Any]:
    kept = _still(value) | ({"datum": wanted.name} if "datum" in value else {})
    features = ({**_still(one), "geometry": _rebuilt(one.get("geometry"), geometries)} for one in value["features"])
    return {**kept, "features": list(features)}


def _still(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in value.items() if name not in MOVED}


def _notes(asked: Mapping[str, Any], given: Datum, wanted: Datum, language: Language) -> list[str]:
    if given == wanted:
        return []
    unofficial = sorted({given.name, wanted.name} & UNOFFICIAL)
    notes = [text("convert.unofficial", language, datum=", ".join(unofficial))] if unofficial else []
    told = (feature.get("properties") for feature in asked.get("features", {}).get("features", ()))
    entrances = sum(isinstance(properties, dict) and bool(properties.get("entrance")) for properties in told)
    return [*notes, text("convert.entrances", language, count=entrances)] if entrances else notes
