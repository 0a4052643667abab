"""What is there to convert in a body, and where does it stand?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from api.faults import pointer
from geo.datum import Datum
from geo.files import FileUnreadable, Limits
from geo.files.geojson_geometry import geometry_of
from geo.files.json_text import decoded, refuse_depth
from geo.files.refusals import RowRefused
from geo.refusal import Refusal

MOST_POINTS = 100_000
MOST_VERTICES = 1 << 62
"""Of one geometry: all of them are counted together instead."""
MEMBERS = frozenset({"from", "to", "points", "geometry", "features"})
COLLECTION, FEATURES = "GeometryCollection", "FeatureCollection"


class Unfit(Refusal):
    """A member of the body that cannot be read: `id` is that of a text, `pointer` among the values says where."""


@dataclass(frozen=True, slots=True)
class Part:
    """One geometry that is no collection, its GeoJSON type, and where it stands."""

    shape: BaseGeometry | None
    kind: str
    place: str


def document(body: bytes, limits: Limits) -> Mapping[str, Any]:
    """The members of a body; raises `Unfit`, or `FileUnreadable` for one that is nested too deeply."""
    refuse_depth(decoded(body, None), limits)
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unfit("parameter.json", pointer="#") from None
    if not isinstance(asked, dict):
        raise Unfit("parameter.unfit", pointer="#")
    for name in sorted(asked.keys() - MEMBERS):
        raise Unfit("parameter.extra", pointer=pointer(name))
    if not asked.keys() & {"points", "geometry", "features"}:
        raise Unfit("parameter.required", pointer="#/points")
    return asked


def datum(asked: Mapping[str, Any], name: str) -> Datum:
    """The datum that a member names; raises `Unfit`, `DatumUnknown` or `DatumWithoutRoute`."""
    stated = asked.get(name)
    if stated is None:
        raise Unfit("parameter.required", pointer=pointer(name))
    if not isinstance(stated, str):
        raise Unfit("parameter.datum", pointer=pointer(name))
    return Datum.parse(stated)


def points(asked: Mapping[str, Any]) -> NDArray[np.float64]:
    """The pairs of `points`, (n, 2); raises `Unfit`, or `FileUnreadable` for too many."""
    pairs = asked["points"]
    if not isinstance(pairs, list):
        raise Unfit("parameter.points", pointer="#/points")
    if len(pairs) > MOST_POINTS:
        raise FileUnreadable("vertices-too-many", vertices=len(pairs), limit=MOST_POINTS)
    for number, pair in enumerate(pairs):
        if not (type(pair) is list and len(pair) == 2 and all(type(one) in (int, float) for one in pair)):
            raise Unfit("parameter.points", pointer=pointer("points", number))
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


def geometry_parts(asked: Mapping[str, Any]) -> Iterator[Part]:
    """The geometries in `geometry`; raises `Unfit`."""
    if "geometry" in asked:
        yield from _parts(asked["geometry"], "#/geometry")


def feature_parts(asked: Mapping[str, Any], given: Datum, limits: Limits) -> Iterator[Part]:
    """The geometries in `features`; raises `Unfit`, or `FileUnreadable` for too many."""
    if "features" not in asked:
        return
    collection = asked["features"]
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or collection.get("type") != FEATURES:
        raise Unfit("parameter.choice", pointer="#/features/type", allowed=FEATURES)
    if "datum" in collection and collection["datum"] != given.name:
        raise Unfit("parameter.choice", pointer="#/features/datum", allowed=given.name)
    if len(features) > limits.features:
        raise FileUnreadable("features-too-many", features=len(features), limit=limits.features)
    for number, feature in enumerate(features):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise Unfit("row.feature-malformed", pointer=pointer("features", "features", number))
        yield from _parts(feature.get("geometry"), pointer("features", "features", number, "geometry"))


def _parts(value: Any, place: str) -> Iterator[Part]:
    if isinstance(value, dict) and value.get("type") == COLLECTION and isinstance(value.get("geometries"), list):
        for number, member in enumerate(value["geometries"]):
            yield from _parts(member, f"{place}/geometries/{number}")
        return
    try:
        shape = geometry_of(value, MOST_VERTICES)
    except RowRefused as refusal:
        raise Unfit(f"row.{refusal.id}", **refusal.values, pointer=place) from None
    yield Part(shape, "" if value is None else value["type"], place)
