"""How do farmhouses stand in the fields of the plain: in small clusters under trees, each on its own lane?"""

import math
from random import Random

import numpy as np
import shapely

from sample_data.curves import hermite
from sample_data.footprints import ell, placed, slab
from sample_data.frame import Metres

_APART_M = 130.0
"""Least distance between the middles of two clusters, metres."""
_MOST = 200
"""Clusters tried before a grid is given up as too small."""
_PITCH_M = (19.0, 21.0)
"""Room for one house, along and across the rows, metres."""
_LANE_M = 5.0
"""Houses keep so far from the middle of a lane."""


def hamlets(
    ground: shapely.Polygon, households: int, streets: shapely.Geometry, grid: shapely.Polygon, rng: Random
) -> tuple[list[tuple[shapely.Polygon, int]], list[shapely.LineString], list[shapely.Polygon]]:
    """Houses with their households, which sum to `households`, the lanes that lead to them, and fish ponds; metres.

    All stands on the free `ground`; lanes may cross the rest of the `grid` to reach its `streets`.
    """
    shapely.prepare(ground)
    houses: list[tuple[shapely.Polygon, int]] = []
    lanes: list[shapely.LineString] = []
    middles: list[tuple[float, float]] = []
    left = households
    for _ in range(_MOST):
        if not left:
            break
        middle = _spot(ground, middles, rng)
        middles.append(middle)
        angle = rng.gauss(0, 0.3)
        lane = _lane(streets, grid, middle, rng)
        if lane is not None and (not houses or shapely.distance(lane, [h for h, _ in houses]).min() > _LANE_M):
            lanes.append(lane)
        for shape in _cluster(ground, middle, angle, lanes, rng)[:left]:
            people = min(left, 2 if rng.random() < 0.12 else 1)
            if people:
                houses.append((shape, people))
                left -= people
    if left:
        raise ValueError(f"no room for {left} of {households} households")
    return houses, lanes, _ponds(ground, middles, shapely.union_all([*[h for h, _ in houses], *lanes]), rng)


def _ponds(
    ground: shapely.Polygon, middles: list[tuple[float, float]], built: shapely.Geometry, rng: Random
) -> list[shapely.Polygon]:
    """Fish ponds beside some of the clusters: four-cornered, with worn corners, one to three in a row."""
    ponds: list[shapely.Polygon] = []
    for x, y in middles:
        if rng.random() > 0.3:
            continue
        angle, w, d = rng.uniform(0, 2 * math.pi), rng.uniform(34, 70), rng.uniform(24, 40)
        side = rng.choice((-1, 1)) * rng.uniform(75, 100)
        for k in range(rng.randint(1, 3)):
            corners = [(0, 0), (w, rng.uniform(-4, 4)), (w + rng.uniform(-5, 5), d), (rng.uniform(-5, 5), d)]
            pond = shapely.Polygon(placed(corners, _turned((x, y), side, k * (d + 7), angle), angle))
            pond = pond.buffer(-5).buffer(5, quad_segs=2)
            if ground.contains(pond) and pond.distance(built) > 6 and all(pond.distance(o) > 3 for o in ponds):
                ponds.append(pond)
    return ponds


def _spot(ground: shapely.Polygon, taken: list[tuple[float, float]], rng: Random) -> tuple[float, float]:
    """A place for a cluster: anywhere, but away from the others; nearer to a road rather than far from it."""
    west, south, east, north = ground.bounds
    centre = ground.representative_point()
    best, nearest = (centre.x, centre.y), math.inf
    apart = _APART_M
    for _ in range(25):
        for _ in range(30):
            x, y = rng.uniform(west, east), rng.uniform(south, north)
            if all(math.hypot(x - a, y - b) > apart for a, b in taken) and ground.contains(shapely.Point(x, y)):
                away = float(ground.exterior.distance(shapely.Point(x, y)))
                if away > 45 and away + rng.uniform(0, 500) < nearest:
                    best, nearest = (x, y), away
        if nearest < math.inf:
            break
        apart *= 0.9
    return best


def _cluster(
    ground: shapely.Polygon, middle: tuple[float, float], angle: float, lanes: list[shapely.LineString], rng: Random
) -> list[shapely.Polygon]:
    """Six to twenty houses in two to four uneven rows."""
    rows, columns = rng.randint(2, 4), rng.randint(3, 6)
    ways = shapely.MultiLineString(lanes)
    found: list[shapely.Polygon] = []
    for row in range(rows):
        shift = rng.uniform(-9, 9)
        for column in range(columns):
            if rng.random() < 0.16:
                continue
            u = (column - columns / 2) * _PITCH_M[0] + shift + rng.uniform(-1.2, 1.2)
            v = (row - rows / 2) * _PITCH_M[1] + rng.uniform(-1.6, 1.6)
            house = _house(_turned(middle, u, v, angle), angle + rng.gauss(0, 0.05), rng)
            if ground.contains(house) and (ways.is_empty or ways.distance(house) > _LANE_M):
                found.append(house)
    return [house for k, house in enumerate(found) if all(house.distance(other) > 1.2 for other in found[:k])]


def _house(at: tuple[float, float], angle: float, rng: Random) -> shapely.Polygon:
    w, d = rng.uniform(9.5, 14.5), rng.uniform(7, 9)
    corners = ell(w, 0.62 * d, d + 3.5, rng) if rng.random() < 0.4 else slab(w, d, rng)
    return shapely.Polygon(placed(corners, at, angle))


def _turned(middle: tuple[float, float], u: float, v: float, angle: float) -> tuple[float, float]:
    return middle[0] + u * math.cos(angle) - v * math.sin(angle), middle[1] + u * math.sin(angle) + v * math.cos(angle)


def _lane(
    streets: shapely.Geometry, grid: shapely.Polygon, middle: tuple[float, float], rng: Random
) -> shapely.LineString | None:
    """A bent lane from the nearest street to the cluster, if one runs inside the grid."""
    if streets.is_empty:
        return None
    end = np.array(middle)
    start: Metres = shapely.get_coordinates(shapely.shortest_line(streets, shapely.Point(middle)))[0]
    way = end - start
    start = start + 0.02 * way / max(float(np.linalg.norm(way)), 1.0)  # so that rounding leaves it in the grid
    side = np.array([-way[1], way[0]]) * rng.uniform(-0.5, 0.5)
    inner = hermite(start, end, way + side, way - side, 5)
    lane = shapely.LineString(np.vstack([start, inner, end + way / max(float(np.linalg.norm(way)), 1.0) * 25]))
    return lane if grid.contains(lane) else None
