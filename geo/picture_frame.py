"""Where on the page does a place lie, and how long is a metre there?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import metres_per_degree

RIM = 0.03
"""Part of the frame left free on each side of what is shown."""
SMALLEST_M = 60.0
"""Least width shown, metres: one house alone does not fill a page."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page, pixels from its top left."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def attributes(self) -> str:
        """As attributes of an SVG `rect`."""
        return f'x="{self.left:g}" y="{self.top:g}" width="{self.width:g}" height="{self.height:g}"'

    def meets(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True, slots=True)
class View:
    """Lon/lat to pixels on a local equirectangular projection, true to scale at the middle latitude, north up."""

    frame: Box
    west: float
    north: float
    per_degree: tuple[float, float]
    """Pixels in a degree of longitude and of latitude."""
    pixels_per_metre: float

    def pixels(self, shapes: Sequence[BaseGeometry] | NDArray[np.object_]) -> NDArray[np.object_]:
        """The shapes on the page; x to the right, y down."""
        ground = np.asarray(shapes, dtype=object)
        origin, scale = np.array([self.west, self.north]), np.array([self.per_degree[0], -self.per_degree[1]])
        corner = np.array([self.frame.left, self.frame.top])
        moved = shapely.transform(shapely.force_2d(ground), lambda xy: (xy - origin) * scale + corner)
        return np.asarray(moved, dtype=object)


def view_of(shapes: Sequence[BaseGeometry], places: Sequence[tuple[float, float]], frame: Box) -> View:
    """The view that shows the shapes whole in the frame; the places (lon, lat) only where there are no shapes.

    Refused rows may lie anywhere on earth, and must not shrink the map to a dot.
    """
    west, south, east, north = _extent(shapes, places)
    lat = (south + north) / 2
    per_lon, per_lat = metres_per_degree(lat)
    wide, high = max((east - west) * per_lon, SMALLEST_M), max((north - south) * per_lat, SMALLEST_M)
    scale = (1 - 2 * RIM) * min(frame.width / wide, frame.height / high)
    half_wide, half_high = frame.width / scale / per_lon / 2, frame.height / scale / per_lat / 2
    return View(
        frame=frame,
        west=(west + east) / 2 - half_wide,
        north=lat + half_high,
        per_degree=(per_lon * scale, per_lat * scale),
        pixels_per_metre=scale,
    )


def _extent(shapes: Sequence[BaseGeometry], places: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    shown = [shape for shape in shapes if not shape.is_empty] or [shapely.Point(place) for place in places]
    if not shown:
        return 0.0, 0.0, 0.0, 0.0
    west, south, east, north = (float(side) for side in shapely.total_bounds(shown))
    return west, south, east, north
