"""Where do phones and Baidu put a point: GCJ-02 and BD-09, and back?

The formula is unofficial: it became public around 2010 with the EvilTransform program and has been repeated unchanged
by every open library since (five of six agree within 1e-6 m, one within 0.011 m); the one from GCJ-02 to BD-09 appeared
the same way. Against the official plug-in it is believed good to 1-5 m. The inverses here are exact:
forward(inverse(p)) is p within 1e-6 m.

All arrays are (n, 2) float64, lon/lat degrees. Each result depends on its own point only, never on the others.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo import mainland

Points: TypeAlias = NDArray[np.float64]

AXIS_M = 6_378_245.0
"""Equatorial radius of Krasovsky 1940, metres: the ellipsoid the published formula uses."""
ECCENTRICITY2 = 0.006_693_421_622_965_943
"""Its first eccentricity squared."""
BD_WAVE = np.pi * 3000.0 / 180.0
X_WAVES = np.array([(20, 6), (20, 2), (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30)])
Y_WAVES = np.array([(20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30)])
"""The sines of the published formula: amplitude in 1.5 m, half turns a degree. The first two of x move both axes."""
BD_OFFSET = np.array([0.0065, 0.006])

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
    return np.where(mainland.covers(wgs)[:, None], wgs + _shift(wgs), wgs)


def wgs_from_gcj(gcj: Points) -> Points:
    """WGS-84 of GCJ-02 points; NaN where the iteration does not arrive (never seen).

    Along the rim of the region the forward rule jumps by the shift. Where two true points have these numbers (one
    shifted from inside, one untouched outside) the inside one is answered; where none has, the formula's inverse.

    The promise: exact for every point of the region; outside it for all farther than 1 km from the rim.
    """
    result = gcj.copy()
    near = np.flatnonzero(mainland.covers(gcj, REACH_DEG))
    back = _inverse(lambda points: points + _shift(points), gcj[near])
    shifted = mainland.covers(back, RIM_DEG) | mainland.covers(gcj[near]) | np.isnan(back[:, 0])
    result[near[shifted]] = back[shifted]
    return result


def bd_from_gcj(gcj: Points) -> Points:
    """BD-09 of GCJ-02 points. Applied everywhere, so that only the region's rim is a jump."""
    lon, lat = gcj[:, 0], gcj[:, 1]
    radius = np.hypot(lon, lat) + 0.000_02 * np.sin(lat * BD_WAVE)
    angle = np.arctan2(lat, lon) + 0.000_003 * np.cos(lon * BD_WAVE)
    turned = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return np.asarray(turned + BD_OFFSET, dtype=np.float64)


def gcj_from_bd(bd: Points) -> Points:
    """GCJ-02 of BD-09 points; NaN where the iteration does not arrive (never seen)."""
    return _inverse(bd_from_gcj, bd)


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


def _shift(wgs: Points) -> Points:
    """The published shift, degrees east and north."""
    x, y = wgs[:, 0] - 105.0, wgs[:, 1] - 35.0
    along_x, along_y = _waves(x, X_WAVES), _waves(y, Y_WAVES)
    ripple, root, xy = along_x[:, :2].sum(axis=1), np.sqrt(np.abs(x)), 0.1 * x * y
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + xy + 0.1 * root + ripple + along_x[:, 2:].sum(axis=1)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + xy + 0.2 * root + ripple + along_y.sum(axis=1)
    phi = np.radians(wgs[:, 1])
    w2 = 1.0 - ECCENTRICITY2 * np.sin(phi) ** 2
    degree_east_m = np.radians(AXIS_M / np.sqrt(w2) * np.cos(phi))
    degree_north_m = np.radians(AXIS_M * (1.0 - ECCENTRICITY2) / (w2 * np.sqrt(w2)))
    return np.stack([east_m / degree_east_m, north_m / degree_north_m], axis=1)


def _waves(at: NDArray[np.float64], waves: NDArray[np.float64]) -> NDArray[np.float64]:
    """The published sines at (n,), metres: (n, number of waves)."""
    return np.asarray(np.sin(at[:, None] * (waves[:, 1] * np.pi)) * (waves[:, 0] * 2.0 / 3.0), dtype=np.float64)
