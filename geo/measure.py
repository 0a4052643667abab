"""How many metres and square metres is a shape kept in degrees?

An affine scale at the shape's own latitude: topology is judged in stored coordinates, metres are only told. Areas are
taken at the latitude of the centroid, where the scale of all parts is in balance: within 1e-7 of the geodesic ones at
2 km. A projection would invent gaps that are not there (`docs/decisions.md`).
"""

from collections.abc import Sequence
from math import cos, radians, sin, sqrt

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

SEMI_MAJOR_M = 6_378_137.0
"""WGS-84 and GRS-80 equatorial radius, metres."""
ECCENTRICITY2 = 0.006_694_379_990_14
"""WGS-84 first eccentricity squared."""
LONG = 60.0
"""Perimeter squared over area from which a shape is long: that of a strip of one to thirteen; a square has 16."""
PRECISE = 0.005
"""Share to which the width of a long shape is told."""


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Length of one degree of longitude and of latitude at `lat`, metres (ellipsoidal radii of curvature)."""
    phi = radians(lat)
    w2 = 1.0 - ECCENTRICITY2 * sin(phi) ** 2
    prime_vertical = SEMI_MAJOR_M / sqrt(w2)
    return radians(prime_vertical * cos(phi)), radians(prime_vertical * (1.0 - ECCENTRICITY2) / w2)


def degrees_m(lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same at each of many latitudes (n,): shape (n, 2)."""
    phi = np.radians(lat)
    w2 = 1.0 - ECCENTRICITY2 * np.sin(phi) ** 2
    prime_vertical = SEMI_MAJOR_M / np.sqrt(w2)
    meridian = prime_vertical * (1.0 - ECCENTRICITY2) / w2
    return np.stack([np.radians(prime_vertical * np.cos(phi)), np.radians(meridian)], axis=-1)


def to_metres(shape: BaseGeometry, lat: float | None = None) -> BaseGeometry:
    """The shape scaled to metres at `lat` (its own middle latitude when not given); origin at 0 E 0 N."""
    sx, sy = metres_per_degree(middle_latitude(shape) if lat is None else lat)
    scale = np.array([sx, sy])
    return shapely.transform(shape, lambda xy: xy * scale)


def square_metres(shape: BaseGeometry) -> float:
    """Area, square metres."""
    return float(areas_m2([shape])[0])


def areas_m2(shapes: Sequence[BaseGeometry] | NDArray[np.object_]) -> NDArray[np.float64]:
    """Areas of many shapes at once, square metres, each at its own latitude."""
    ground = np.asarray(shapes, dtype=object)
    return np.asarray(shapely.area(ground) * scales_m2(ground), dtype=np.float64)


def scales_m2(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Square metres in a square degree at the centroid of each shape; at 0 N for an empty one."""
    lat = np.zeros(len(shapes))
    there = ~shapely.is_empty(shapes)
    _, south, _, north = shapely.bounds(shapes[there]).T
    lat[there] = np.clip(shapely.get_y(shapely.centroid(shapes[there])), south, north)
    return np.asarray(degrees_m(lat).prod(axis=1), dtype=np.float64)


def length_m(shape: BaseGeometry) -> float:
    """Length of a line, or perimeter of a polygon, metres."""
    return float(shapely.length(to_metres(shape)))


def extent_m(shape: BaseGeometry, width: float) -> float:
    """How long a piece of ground of some width is, metres: half its border less its width, exact for a strip."""
    return max(length_m(shape) / 2 - width, width)


def width_m(shape: BaseGeometry) -> float:
    """Diameter of the largest circle inside a polygon, metres; 0 for lines and points.

    Within a thousandth of the polygon's size for compact shapes, half a percent for long ones.
    """
    if shapely.get_dimensions(shape) < 2 or shape.is_empty:
        return 0.0
    scaled = to_metres(shape)
    area, around = float(shapely.area(scaled)), float(shapely.length(scaled))
    if area > 0 and around**2 / area > LONG:
        return 2.0 * _inradius(scaled)
    tolerance = max(float(np.sqrt(max(area, 0.0))) / 1000.0, 1e-4)  # doubles make hairs of less than nothing
    return 2.0 * float(shapely.length(shapely.maximum_inscribed_circle(scaled, tolerance)))


def _inradius(shape: BaseGeometry) -> float:
    """Radius of the largest circle inside a long shape: its border is eaten away until next to nothing is left.

    No shape's inradius is smaller than its area over its perimeter, and that of a strip is hardly larger: so far it can
    be eaten away at each step. Searching along the whole of a strip for the circle's centre takes ten times as long.
    """
    metres, rest = 0.0, shape
    while not rest.is_empty:
        parts = shapely.get_parts(rest)
        step = float((shapely.area(parts) / shapely.length(parts)).max())
        metres += step
        if step < PRECISE * metres:
            break
        rest = shapely.buffer(shape, -metres, quad_segs=16)
    return metres


def middle_latitude(shape: BaseGeometry) -> float:
    """The latitude a shape is measured at, degrees; 0 for an empty shape."""
    _, south, _, north = shapely.bounds(shape)
    return 0.0 if np.isnan(south) else float((south + north) / 2)
