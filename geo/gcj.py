"""Where do phones and Baidu put a point: GCJ-02 and BD-09, and back?

The formula is unofficial: it became public around 2010 with the EvilTransform program and has been repeated unchanged
by every open library since (five of six agree within 1e-6 m, one within 0.011 m); the one from GCJ-02 to BD-09 appeared
the same way. Against the official plug-in it is believed good to 1-5 m. The inverses here are exact:
forward(inverse(p)) is p within 1e-6 m.

All arrays are (n, 2) float64, lon/lat degrees. Each result depends on its own point only, never on the others. The
formulas stand once, for numbers and for arrays: a point alone costs no arrays, and has the same bits wherever numpy's
sines are those of the C library.
"""

import math
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo import mainland

Points: TypeAlias = NDArray[np.float64]
Point: TypeAlias = tuple[float, float]
Number = TypeVar("Number", float, NDArray[np.float64])

AXIS_M = 6_378_245.0
"""Equatorial radius of Krasovsky 1940, metres: the ellipsoid the published formula uses."""
ECCENTRICITY2 = 0.006_693_421_622_965_943
"""Its first eccentricity squared."""
BD_WAVE = math.pi * 3000.0 / 180.0
BOTH_WAVES = ((20.0, 6.0), (20.0, 2.0))
X_WAVES = ((20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
Y_WAVES = ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))
"""The sines of the published formula: amplitude in 1.5 m, half turns a degree. Those of both move both axes by x."""
BD_OFFSET = (0.0065, 0.006)

ROUNDS = 12
"""Rounds of the inverse at most; 5 or 6 are needed, each gains two digits."""
STEP_DEG = 1e-11
"""The inverse has arrived when a round moves the point by less than this, degrees (1 micrometre)."""
REACH_DEG = 0.02
"""No shift is longer than this, degrees; points farther from the region cannot come out of it."""
RIM_DEG = 1e-6
"""A point this near the region's rim counts as inside on the way back, so that rounding cannot lose it."""


def gcj_from_wgs(wgs: Points) -> Points:
    """GCJ-02 of WGS-84 points: shifted in the mainland (`geo.mainland`), the same numbers elsewhere."""
    return np.where(mainland.covers(wgs)[:, None], _many(_shifted, wgs), wgs)


def wgs_from_gcj(gcj: Points) -> Points:
    """WGS-84 of GCJ-02 points; NaN where the iteration does not arrive (never seen).

    Along the rim of the region the forward rule jumps by the shift. Where two true points have these numbers (one
    shifted from inside, one untouched outside) the inside one is answered; where none has, the formula's inverse.

    The promise: exact for every point of the region; outside it for all farther than 1 km from the rim.
    """
    result = gcj.copy()
    near = np.flatnonzero(mainland.covers(gcj, REACH_DEG))
    back = _inverse(lambda points: _many(_shifted, points), gcj[near])
    shifted = mainland.covers(back, RIM_DEG) | mainland.covers(gcj[near]) | np.isnan(back[:, 0])
    result[near[shifted]] = back[shifted]
    return result


def point_from_gcj(lon: float, lat: float) -> Point:
    """`wgs_from_gcj` of one finite point."""
    here = np.array([[lon, lat]])
    if mainland.covers(here)[0]:
        return _inverse_point(_shifted, lon, lat)
    if not mainland.covers(here, REACH_DEG)[0]:
        return lon, lat
    back = _inverse_point(_shifted, lon, lat)
    return back if math.isnan(back[0]) or mainland.covers(np.array([back]), RIM_DEG)[0] else (lon, lat)


def bd_from_gcj(gcj: Points) -> Points:
    """BD-09 of GCJ-02 points. Applied everywhere, so that only the region's rim is a jump."""
    return _many(_turned, gcj)


def gcj_from_bd(bd: Points) -> Points:
    """GCJ-02 of BD-09 points; NaN where the iteration does not arrive (never seen)."""
    return _inverse(bd_from_gcj, bd)


def gcj_point_from_bd(lon: float, lat: float) -> Point:
    """`gcj_from_bd` of one finite point."""
    return _inverse_point(_turned, lon, lat)


def _many(formula: Callable[[Points, Points, ModuleType], tuple[Points, Points]], points: Points) -> Points:
    return np.stack(formula(points[:, 0].copy(), points[:, 1].copy(), np), axis=1)


def _inverse(forward: Callable[[Points], Points], target: Points) -> Points:
    """The points whose forward image is `target`, by fixed-point iteration; a point that has arrived is left alone."""
    found = target.copy()
    moving = np.arange(len(target))
    for _ in range(ROUNDS):
        error = target[moving] - forward(found[moving])
        found[moving] += error
        moving = moving[np.abs(error).max(axis=1, initial=0.0) > STEP_DEG]
        if not len(moving):
            return found
    found[moving] = np.nan
    return found


def _inverse_point(forward: Callable[[float, float, ModuleType], Point], x: float, y: float) -> Point:
    """`_inverse` of one point, step by step the same."""
    lon, lat = x, y
    for _ in range(ROUNDS):
        there = forward(lon, lat, math)
        east, north = x - there[0], y - there[1]
        lon, lat = lon + east, lat + north
        if abs(east) <= STEP_DEG and abs(north) <= STEP_DEG:
            return lon, lat
    return math.nan, math.nan


def _shifted(lon: Number, lat: Number, by: ModuleType) -> tuple[Number, Number]:
    """WGS-84 with the published shift; `by` is `math` for numbers, `numpy` for arrays (n,)."""
    x, y = lon - 105.0, lat - 35.0
    both, root, xy = _waves(x, BOTH_WAVES, by), by.sqrt(abs(x)), 0.1 * x * y
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + xy + 0.1 * root + both + _waves(x, X_WAVES, by)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + xy + 0.2 * root + both + _waves(y, Y_WAVES, by)
    phi = by.radians(lat)
    sine = by.sin(phi)
    w2 = 1.0 - ECCENTRICITY2 * sine * sine
    root_w2 = by.sqrt(w2)
    degree_east_m = by.radians(AXIS_M / root_w2 * by.cos(phi))
    degree_north_m = by.radians(AXIS_M * (1.0 - ECCENTRICITY2) / (w2 * root_w2))
    return lon + east_m / degree_east_m, lat + north_m / degree_north_m


def _waves(at: Number, waves: Sequence[tuple[float, float]], by: ModuleType) -> Number:
    """The sum of the published sines, metres."""
    total: Number = 0.0 * at
    for amplitude, half_turns in waves:
        total = total + by.sin(at * (half_turns * math.pi)) * (amplitude * 2.0 / 3.0)
    return total


def _turned(lon: Number, lat: Number, by: ModuleType) -> tuple[Number, Number]:
    """BD-09 of GCJ-02; `by` as in `_shifted`."""
    radius = by.sqrt(lon * lon + lat * lat) + 0.000_02 * by.sin(lat * BD_WAVE)
    angle = by.atan2(lat, lon) + 0.000_003 * by.cos(lon * BD_WAVE)
    return radius * by.cos(angle) + BD_OFFSET[0], radius * by.sin(angle) + BD_OFFSET[1]
