"""Which numbers does a place have in another datum, and what is it in lon/lat WGS-84?

Stored and answered: lon/lat WGS-84, which is CGCS2000 to our precision. Points are (n, 2) float64, x before y. All
results depend on the single point or edge only, so what two shapes share stays shared.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import bends, gcj, projected
from geo.refusal import CoordinatesRefused, DatumUnknown

Points: TypeAlias = NDArray[np.float64]
Shapes: TypeAlias = NDArray[np.object_]

SPELLINGS = {
    "wgs84": "wgs84", "wgs-84": "wgs84", "epsg:4326": "wgs84",
    "cgcs2000": "cgcs2000", "epsg:4490": "cgcs2000",
    "gcj02": "gcj02", "gcj-02": "gcj02",
    "bd09": "bd09", "bd-09": "bd09",
}  # fmt: skip
LONGEST_EDGE_M = {"gcj02": 200.0, "bd09": 50.0}
"""Longest edge that may be converted by its ends, metres: it bends by less than 1 cm (1 km: 0.2 and 3.5 m)."""
LONGEST_PROJECTED_EDGE_M = 500.0
"""The same for projected frames: 7 mm at 54 N (an edge of 1 km bends by tan(lat) / 51 m)."""

MOST_ADDED, MOST_ADDED_AT_ONCE = 100_000, 10_000_000
"""Points that may be added to one shape and to all of one call: beyond it, edges go round the world."""


@dataclass(frozen=True, slots=True)
class Datum:
    """A stated datum; `name` is `wgs84`, `cgcs2000`, `gcj02`, `bd09` or `EPSG:n`, as answers echo it."""

    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """From what a user writes, in any case; `DatumUnknown` or `DatumWithoutRoute` if nobody can convert it."""
        if name := SPELLINGS.get(text.lower()):
            return cls(name)
        match = re.fullmatch(r"epsg:([1-9][0-9]{3,5})", text, re.IGNORECASE | re.ASCII)
        if match is None:
            raise DatumUnknown("datum-unknown", value=text[:80])
        projected.frame(int(match[1]))
        return cls(f"EPSG:{match[1]}")

    @property
    def is_wgs84(self) -> bool:
        """Whether the numbers are lon/lat WGS-84 as they stand (CGCS2000 is)."""
        return self.name in {"wgs84", "cgcs2000"}

    @property
    def frame(self) -> projected.Frame | None:
        """The EPSG frame; None for the four named datums."""
        return projected.frame(int(self.name[5:])) if self.name.startswith("EPSG:") else None

    @property
    def unit_m(self) -> float | None:
        """Metres in one coordinate unit; None for degrees."""
        return self.frame.unit_m if self.frame else None

    @property
    def longest_edge_m(self) -> float | None:
        """Longest edge that may be converted by its ends; None where edges stay straight."""
        return LONGEST_EDGE_M.get(self.name, LONGEST_PROJECTED_EDGE_M if self.unit_m else None)


WGS84 = Datum("wgs84")


BY_POINT: Mapping[str, Callable[[float, float], tuple[float, float]]] = {
    "wgs84": lambda lon, lat: (lon, lat),
    "cgcs2000": lambda lon, lat: (lon, lat),
    "gcj02": gcj.point_from_gcj,
    "bd09": lambda lon, lat: gcj.point_from_gcj(*gcj.gcj_point_from_bd(lon, lat)),
}
"""To WGS-84, a finite point alone; the other datums go through arrays."""


def to_wgs84(xy: Points, datum: Datum) -> Points:
    """Lon/lat WGS-84 of points (n, 2) in `datum`; `CoordinatesRefused` names the first that is not possible there."""
    return _all_good(_to_wgs84(xy, datum), xy, datum)


def point_to_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """`to_wgs84` of one point, without the cost of arrays: 20-50 microseconds for GCJ-02 and BD-09 instead of 800."""
    convert = BY_POINT.get(datum.name)
    if convert is not None and abs(lon) <= 180.0 and abs(lat) <= 90.0:
        x, y = convert(lon, lat)
        if abs(x) <= 180.0 and abs(y) <= 90.0:
            return x, y
    x, y = to_wgs84(np.array([[lon, lat]]), datum)[0].tolist()
    return x, y


def from_wgs84(xy: Points, datum: Datum) -> Points:
    """Points (n, 2) in `datum` of lon/lat WGS-84; `CoordinatesRefused` for what lies outside the datum's area."""
    return _all_good(_from_wgs84(xy, datum), xy, datum)


def shape_to_wgs84(shape: BaseGeometry, datum: Datum) -> BaseGeometry:
    """A shape in lon/lat WGS-84, long edges cut first so that none is more than 1 cm off; raises as `to_wgs84`."""
    return _one(shape, datum, lambda xy: to_wgs84(xy, datum), datum.unit_m)


def shape_from_wgs84(shape: BaseGeometry, datum: Datum) -> BaseGeometry:
    """A lon/lat WGS-84 shape in `datum`, long edges cut likewise; raises as `from_wgs84`."""
    return _one(shape, datum, lambda xy: from_wgs84(xy, datum), None)


def shapes_to_wgs84(shapes: Shapes, datum: Datum) -> Shapes:
    """Many shapes at once (None passes through); None for one with a point that is not possible in the datum."""
    return _many(shapes, datum, lambda xy: _to_wgs84(xy, datum), datum.unit_m)


def points_between(xy: Points, given: Datum, wanted: Datum) -> Points:
    """Points (n, 2) of one datum in another, in the same one as they are; raises as `to_wgs84` and `from_wgs84`."""
    lonlat = to_wgs84(xy, given)
    return xy.copy() if given == wanted else from_wgs84(lonlat, wanted)


def shapes_between(shapes: Shapes, given: Datum, wanted: Datum) -> Shapes:
    """Many shapes of one datum in another, long edges cut on both ways; None for one that is not possible there."""
    lonlat = shapes_to_wgs84(shapes, given)
    if given == wanted:
        same = shapes.copy()
        same[shapely.is_missing(lonlat)] = None
        return same
    return _many(lonlat, wanted, lambda xy: _from_wgs84(xy, wanted), None)


def why_not(shape: BaseGeometry, datum: Datum, wanted: Datum = WGS84) -> CoordinatesRefused:
    """What a None of `shapes_to_wgs84`, or of `shapes_between` with `wanted`, was refused for."""
    try:
        shape_from_wgs84(shape_to_wgs84(shape, datum), wanted)
    except CoordinatesRefused as refusal:
        return refusal
    return CoordinatesRefused("edges-too-long", datum=datum.name, points=MOST_ADDED_AT_ONCE, limit=MOST_ADDED_AT_ONCE)


def _to_wgs84(xy: Points, datum: Datum) -> Points:
    """As `to_wgs84`, NaN for points that are not possible."""
    if datum.is_wgs84:
        return _in_range(xy)
    given = xy if datum.frame else _in_range(xy)
    return _in_range(_of_finite(given, _inward(datum)))


def _from_wgs84(xy: Points, datum: Datum) -> Points:
    return _of_finite(_in_range(xy), _outward(datum))


def _inward(datum: Datum) -> Callable[[Points], Points]:
    if frame := datum.frame:
        return frame.to_lonlat
    return {
        "gcj02": gcj.wgs_from_gcj,
        "bd09": lambda xy: gcj.wgs_from_gcj(gcj.gcj_from_bd(xy)),
    }.get(datum.name, np.copy)


def _outward(datum: Datum) -> Callable[[Points], Points]:
    if frame := datum.frame:
        return frame.from_lonlat
    return {
        "gcj02": gcj.gcj_from_wgs,
        "bd09": lambda xy: gcj.bd_from_gcj(gcj.gcj_from_wgs(xy)),
    }.get(datum.name, np.copy)


def _of_finite(xy: Points, convert: Callable[[Points], Points]) -> Points:
    """Each different finite point converted once: a ring's closing vertex is its first one, to the bit."""
    result = np.full(xy.shape, np.nan)
    finite = np.isfinite(xy).all(axis=1)
    different, place = np.unique(np.ascontiguousarray(xy[finite]).view(np.complex128), return_inverse=True)
    result[finite] = convert(different.view(np.float64).reshape(-1, 2))[place.ravel()]
    return result


def _in_range(lonlat: Points) -> Points:
    good = np.abs(lonlat) <= np.array([180.0, 90.0])
    return np.where(good.all(axis=1, keepdims=True), lonlat, np.nan)


def _all_good(result: Points, given: Points, datum: Datum) -> Points:
    bad = np.flatnonzero(np.isnan(result).any(axis=1))
    if not len(bad):
        return result
    x, y = (float(number) for number in given[bad[0]])
    place: dict[str, float] = {"x": x, "y": y} if np.isfinite([x, y]).all() else {}
    raise CoordinatesRefused(_reason(x, y, datum), datum=datum.name, index=int(bad[0]), count=len(bad), **place)


def _reason(x: float, y: float, datum: Datum) -> str:
    if not np.isfinite([x, y]).all():
        return "coordinates-not-finite"
    looks_swapped = datum.frame is None and abs(x) <= 90.0 < abs(y) <= 180.0
    return "axes-swapped" if looks_swapped else "coordinates-out-of-range"


def _one(shape: BaseGeometry, datum: Datum, convert: Callable[[Points], Points], unit_m: float | None) -> BaseGeometry:
    converted = shapely.transform(shape, convert)
    if (longest := datum.longest_edge_m) is None:
        return converted
    added = int(bends.added_points(np.array([shape], dtype=object), longest, unit_m)[0])
    if added > MOST_ADDED:
        raise CoordinatesRefused("edges-too-long", datum=datum.name, points=added, limit=MOST_ADDED)
    return shapely.transform(bends.densified(shape, longest, unit_m), convert) if added else converted


def _many(shapes: Shapes, datum: Datum, convert: Callable[[Points], Points], unit_m: float | None) -> Shapes:
    result = _converted(shapes, convert)
    if (longest := datum.longest_edge_m) is None:
        return result
    good = np.flatnonzero(~shapely.is_missing(result))
    added = bends.added_points(shapes[good], longest, unit_m)
    result[good[(added > MOST_ADDED) | (np.cumsum(added) > MOST_ADDED_AT_ONCE)]] = None
    for index in good[added > 0]:
        if result[index] is not None:
            result[index] = _converted(
                np.array([bends.densified(shapes[index], longest, unit_m)], dtype=object), convert
            )[0]
    return result


def _converted(shapes: Shapes, convert: Callable[[Points], Points]) -> Shapes:
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    converted = convert(points)
    result: Shapes = shapely.transform(shapes, lambda _: np.nan_to_num(converted))
    result[owner[np.isnan(converted).any(axis=1)]] = None
    return result
