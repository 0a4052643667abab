"""Which squares are asked for? As many of each zoom, at places drawn by chance in the city; always the same."""

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import shapely

from benchmarks.city import City

Square: TypeAlias = tuple[int, int, int]
"""Zoom, x, y."""
ZOOMS = (14, 15, 16, 17)


def mixed(made: City, count: int) -> list[Square]:
    """Squares that have grids in them, zoom by zoom in turn; one may come several times."""
    middles = shapely.get_coordinates(shapely.point_on_surface(made.grids))
    chosen = np.random.default_rng(1).choice(len(middles), count)
    places = middles[chosen].tolist()
    return [square(lon, lat, ZOOMS[n % len(ZOOMS)]) for n, (lon, lat) in enumerate(places)]


def covering(made: City, zoom: int) -> Sequence[Square]:
    """All squares of a zoom over the city's extent."""
    west, south, east, north = shapely.total_bounds(made.boundaries).tolist()
    (_, left, top), (_, right, bottom) = square(west, north, zoom), square(east, south, zoom)
    return list(_between(zoom, range(left, right + 1), range(top, bottom + 1)))


def square(lon: float, lat: float, zoom: int) -> Square:
    """The square of Web Mercator that a place lies in."""
    x = (lon + 180) / 360
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return zoom, int(x * 2**zoom), int(y * 2**zoom)


def _between(zoom: int, columns: range, rows: range) -> Iterator[Square]:
    return ((zoom, x, y) for x in columns for y in rows)
