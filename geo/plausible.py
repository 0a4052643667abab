"""Does it look as if another datum had been meant?

GCJ-02 lies 266-606 m and BD-09 950-1,370 m from WGS-84 in Chinese cities. Where the same things are loaded already, the
median way from the loaded place to the given one is compared with what each of these datums would make of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo import datum as datums
from geo.datum import WGS84, Datum
from geo.measure import metres_per_degree

OTHERS = (Datum("gcj02"), Datum("bd09"))
"""What a phone or a web map gives where WGS-84 is expected."""

LONGITUDES = (70.0, 140.0)
"""China lies between these; a place outside is told before it is written."""
FEWEST = 3
"""Things that have to be loaded already before a median says anything."""
ALIKE = 0.25
"""How far from a datum's own shift the median may be, as a share of that shift."""
FEWEST_PLACES = 20
GAIN = 0.1
"""Another datum fits better when this share of at least so many places comes to lie on loaded ground."""
NEAR_M = 50.0
"""Things that moved less than this by the median were not given in another datum."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The datum that was probably meant; `offset_m`, metres, is the median that says so, over so many things."""

    datum: Datum
    offset_m: float
    things: int


def strangers(places: NDArray[np.float64]) -> int:
    """How many places, (n, 2) lon/lat, lie outside the longitudes of China."""
    low, high = LONGITUDES
    return int(((places[:, 0] < low) | (places[:, 0] > high)).sum())


def suspicion(given: NDArray[np.float64], loaded: NDArray[np.float64]) -> Suspicion | None:
    """What the offsets between the same things, as given in WGS-84 and as loaded, both (n, 2) lon/lat, speak for."""
    if len(given) < FEWEST:
        return None
    scale = np.array(metres_per_degree(float(np.median(loaded[:, 1]))))
    offset = np.median((given - loaded) * scale, axis=0)
    length = float(np.hypot(*offset))
    if length < NEAR_M:
        return None
    for datum in OTHERS:
        shifted = datums.from_wgs84(loaded, datum)
        expected = np.median((shifted - loaded) * scale, axis=0)
        if np.hypot(*(offset - expected)) < ALIKE * np.hypot(*expected):
            return Suspicion(datum, length, len(given))
        if np.hypot(*(offset + expected)) < ALIKE * np.hypot(*expected):
            return Suspicion(WGS84, length, len(given))  # what was WGS-84 already was converted
    return None


def better_fit(
    places: NDArray[np.float64], on_ground: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
) -> Suspicion | None:
    """The datum in which clearly more of the places, (n, 2) lon/lat, lie on loaded ground than as they were given."""
    if len(places) < FEWEST_PLACES:
        return None
    as_given = int(on_ground(places).sum())
    for datum in OTHERS:
        meant = datums.to_wgs84(places, datum)
        if int(on_ground(meant).sum()) > as_given + GAIN * len(places):
            scale = np.array(metres_per_degree(float(np.median(places[:, 1]))))
            return Suspicion(datum, float(np.hypot(*np.median((places - meant) * scale, axis=0))), len(places))
    return None
