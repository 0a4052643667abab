"""How do the squares of a tile matrix number the world, and where does a place lie among them?

Each zoom has a lattice of its own: `EXTENT` units a side of a square, over the whole world, x from the west edge to the
right and y from the north edge down, as in z/x/y addresses. Web Mercator as in OGC 17-083r4, WebMercatorQuad; the same
over GCJ-02, as Amap and Tencent have it; and lon/lat with two squares at zoom 1, as Tianditu's matrix `c` has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.datum import WGS84, Datum, from_wgs84, shapes_between, to_wgs84
from geo.model import Ground

EXTENT = 4096
"""Units in the side of a square."""
RIM = 64
"""What a square shows beyond its edge, units."""
MOST_ZOOM = 17
"""Further in, maps draw the squares of this zoom larger: a unit of it is 7 cm."""
MOST_LAT = 85.05
"""Where the squares of Web Mercator end, degrees."""

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Squares by zoom from `least_zoom` to `MOST_ZOOM`; `datum` is that of the map beneath."""

    name: str
    datum: Datum
    is_conformal: bool
    least_zoom: int = 0

    def size(self, zoom: int) -> tuple[int, int]:
        """Columns and rows of squares."""
        return 2**zoom, 2**zoom if self.is_conformal else 2 ** (zoom - 1)

    def has(self, zoom: int, x: int, y: int) -> bool:
        """Whether there is such a square."""
        if not self.least_zoom <= zoom <= MOST_ZOOM:
            return False
        columns, rows = self.size(zoom)
        return 0 <= x < columns and 0 <= y < rows

    def units(self, lonlat: Points, zoom: int) -> Points:
        """Places (n, 2), degrees WGS-84, on the lattice of a zoom (n, 2); what is beyond the squares at their edge."""
        return self._on_lattice(lonlat if self.datum.is_wgs84 else from_wgs84(lonlat, self.datum), zoom)

    def lonlat(self, units: Points, zoom: int) -> Points:
        """The inverse of `units`."""
        part = units / (EXTENT * 2.0**zoom)
        lat = np.degrees(np.arctan(np.sinh((0.5 - part[:, 1]) * 2.0 * np.pi)))
        there = np.column_stack([part[:, 0] * 360.0 - 180.0, lat if self.is_conformal else 90.0 - part[:, 1] * 360.0])
        return there if self.datum.is_wgs84 else to_wgs84(there, self.datum)

    def shapes(self, shapes: Sequence[Ground], zoom: int) -> NDArray[np.object_]:
        """Shapes in degrees WGS-84 on the lattice of a zoom, not rounded; empty where one is not possible there.

        Shapes that share an edge share it afterwards, to the bit.
        """
        given = np.asarray(shapes, dtype=object)
        if not self.datum.is_wgs84:
            given = shapes_between(given, WGS84, self.datum)
            given[shapely.is_missing(given)] = shapely.Polygon()
        return np.asarray(shapely.transform(given, lambda xy: self._on_lattice(xy, zoom)), dtype=object)

    def _on_lattice(self, there: Points, zoom: int) -> Points:
        x = (there[:, 0] + 180.0) / 360.0
        if self.is_conformal:
            lat = np.radians(np.clip(there[:, 1], -MOST_LAT, MOST_LAT))
            y = 0.5 - np.arcsinh(np.tan(lat)) / (2.0 * np.pi)
        else:
            y = (90.0 - there[:, 1]) / 360.0
        return np.column_stack([x, y]) * (EXTENT * 2.0**zoom)


MERCATOR: Final = Matrix("mercator", WGS84, is_conformal=True)
GCJ: Final = Matrix("gcj02", Datum.parse("gcj02"), is_conformal=True)
CGCS2000: Final = Matrix("cgcs2000", WGS84, is_conformal=False, least_zoom=1)
"""CGCS2000 and WGS-84 are the same numbers to our precision (`geo.datum`)."""
MATRICES: Final[Mapping[str, Matrix]] = MappingProxyType({one.name: one for one in (MERCATOR, GCJ, CGCS2000)})
