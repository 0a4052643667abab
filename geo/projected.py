"""How do the coordinates of an EPSG number become lon/lat, and which number has a zone of CGCS2000?"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.crs import CompoundCRS
from pyproj.exceptions import CRSError, ProjError

from geo.refusal import DatumUnknown, DatumWithoutRoute, Refusal

SAME_GROUND = frozenset({4326, 4979, 4490, 4480})
"""WGS-84 and CGCS2000, 2D and 3D: null shift by definition here (PROJ has only a ballpark one between the two)."""
BEYOND_DEG = 3.0
"""How far outside its official area a projection may be used, degrees: a city may use the next 3-degree zone."""
RETURN_M = 0.001
"""A projected point has to come back this well, metres; where the formula breaks down it does not."""
FIRST_ZONE, LAST_ZONE = 25, 45
FIRST_NUMBERED_EPSG, FIRST_CENTRAL_EPSG = 4513, 4534


@dataclass(frozen=True)
class Frame:
    """One EPSG number, ready to convert. `unit_m`: metres in one unit of a projected one, None for degrees."""

    crs: CRS
    transformer: Transformer
    unit_m: float | None

    def to_lonlat(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Easting, northing (or lon, lat) to lon/lat degrees; NaN where the frame has no such point."""
        lonlat = self._run(xy, inverse=False)
        lonlat[~(self._in_area(lonlat) & self._comes_back(xy, lonlat))] = np.nan
        return lonlat

    def from_lonlat(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Lon/lat degrees to easting, northing; NaN outside the frame's area."""
        xy = self._run(lonlat, inverse=True)
        xy[~self._in_area(lonlat)] = np.nan
        return xy

    def _run(self, xy: NDArray[np.float64], *, inverse: bool) -> NDArray[np.float64]:
        x, y = self.transformer.transform(xy[:, 0], xy[:, 1], direction="INVERSE" if inverse else "FORWARD")
        result = np.stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)], axis=1)
        result[~np.isfinite(result).all(axis=1)] = np.nan
        return result

    def _comes_back(self, xy: NDArray[np.float64], lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
        if self.unit_m is None:
            return np.ones(len(xy), dtype=np.bool_)
        error = np.abs(self._run(lonlat, inverse=True) - xy).max(axis=1, initial=0.0)
        return np.asarray(error * self.unit_m <= RETURN_M, dtype=np.bool_)

    def _in_area(self, lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
        area = self.crs.area_of_use
        if area is None:
            return np.asarray(np.isfinite(lonlat).all(axis=1), dtype=np.bool_)
        lon, lat = lonlat[:, 0], lonlat[:, 1]
        width = (area.east - area.west) % 360.0 or 360.0
        east_of_west = (lon - area.west + BEYOND_DEG) % 360.0
        inside = (east_of_west <= width + 2 * BEYOND_DEG) | (width + 2 * BEYOND_DEG >= 360.0)
        return np.asarray(inside & (lat >= area.south - BEYOND_DEG) & (lat <= area.north + BEYOND_DEG), dtype=np.bool_)


@lru_cache(maxsize=64)
def frame(epsg: int) -> Frame:
    """The frame of an EPSG number; `DatumUnknown` or `DatumWithoutRoute` where there is none.

    A frame on WGS-84 or CGCS2000 ground is converted by its projection alone. Others take PROJ's operations; a ballpark
    one (Xian 1980, no published shift) is refused, because it would be 100 m wrong in silence.
    """
    crs = _horizontal(epsg)
    ground = crs.geodetic_crs
    same = ground is not None and ground.to_epsg() in SAME_GROUND
    try:
        transformer = Transformer.from_crs(crs, ground if same else 4326, always_xy=True, allow_ballpark=False)
    except ProjError as error:
        raise DatumWithoutRoute("datum-without-route", datum=f"EPSG:{epsg}") from error
    unit = crs.axis_info[0].unit_conversion_factor if crs.is_projected else None
    return Frame(crs, transformer, unit)


def _horizontal(epsg: int) -> CRS:
    try:
        crs = CRS.from_epsg(epsg)
    except CRSError as error:
        raise DatumUnknown("datum-unknown", value=f"EPSG:{epsg}") from error
    if crs.is_compound:
        crs = CompoundCRS.from_user_input(crs).sub_crs_list[0]
    if not (crs.is_projected or crs.is_geographic):
        raise DatumUnknown("datum-not-horizontal", value=f"EPSG:{epsg}")
    return crs


def zone_of(lon: float) -> int:
    """The 3-degree zone a longitude lies in, 25-45 in China; half-way meridians belong to the eastern zone."""
    return int(np.floor(lon / 3.0 + 0.5))


def epsg_of_zone(lon: float, *, zone: int | None = None, numbered: bool = False) -> int:
    """EPSG number of CGCS2000 3-degree Gauss-Kruger at `lon`; `zone` overrides it where a city uses its neighbour's.

    `numbered`: the zone number stands before the easting (4513-4533), otherwise not (4534-4554). Outside zones 25-45:
    `Refusal` with id `zone-out-of-range` (zone).
    """
    number = zone_of(lon) if zone is None else zone
    if not FIRST_ZONE <= number <= LAST_ZONE:
        raise Refusal("zone-out-of-range", zone=number)
    return (FIRST_NUMBERED_EPSG if numbered else FIRST_CENTRAL_EPSG) + number - FIRST_ZONE
