"""What does a village community look like? Hamlets along a road, square kilometres of fields between tracks."""

import math
from random import Random

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.ops import nearest_points, substring

from sample_data.community_cuts import cut_up
from sample_data.community_recipe import Recipe
from sample_data.community_ways import Layout, Plot, Way, across, faces, radius

_ROADS_M = (550, 1100)
"""From one road to the next beside it."""
_APART_M = (90, 300)
"""From one hamlet on the road to the next."""
_RADIUS_M = (60, 140)
_RIBBON_M = (120, 380)
_DEEP_M = (28, 55)
"""How far houses of a ribbon stand from the road."""
_FARMS_KM2 = 14
"""Farmsteads away from the road, on each square kilometre."""
_FARM_M = (18, 42)
_CANAL = 0.4


def laid_out(ground: Polygon, passing: list[Way], recipe: Recipe, rng: Random) -> Layout:
    """Roads right across, tracks through the fields, hamlets on the roads and farmsteads away from them."""
    turn, far = rng.uniform(0, np.pi), radius(ground)
    roads, at = list[LineString](), rng.uniform(0.2, 0.7) * _ROADS_M[0] - far
    while at < far:
        roads.append(across(ground, turn + rng.uniform(-0.2, 0.2), at, rng, rng.uniform(60, 150)))
        at += rng.uniform(*_ROADS_M)
    roads.append(across(ground, turn + rng.uniform(0.7, 2.4), rng.uniform(-0.4, 0.4) * far, rng, 100))
    ways = [Way(road, "tertiary") for road in roads]
    if rng.random() < _CANAL:
        ways.append(Way(across(ground, turn + rng.uniform(0.3, 0.8), 0.4 * far, rng, 0.01 * far), "canal"))
    pieces = faces(ground, [way.shape for way in [*passing, *ways]])
    ways += cut_up(pieces, recipe, rng, ("track", "track"))
    hamlets = [hamlet for road in roads for hamlet in _along(road.intersection(ground), rng)]
    ways += [Way(lane, "residential") for _, lane in hamlets if lane.length > 1]
    farms = _farms(ground, ways, rng)
    ways += [Way(path, "footway") for _, path in farms if path.length > 1 and rng.random() < 0.5]
    return Layout(ways, _plots([spot for spot, _ in [*hamlets, *farms]]))


def _along(road: LineString, rng: Random) -> list[tuple[Polygon, LineString]]:
    """Hamlets on a road: ribbons along it, and round ones beside it with a lane through them."""
    found, at = [], rng.uniform(60, 200)
    for part in shapely.get_parts(road):
        while at < part.length - 60:
            if rng.random() < 0.4:
                stretch = substring(part, at, at + rng.uniform(*_RIBBON_M))
                found.append((stretch.buffer(rng.uniform(*_DEEP_M), cap_style="flat"), LineString()))
                at += stretch.length
            else:
                found.append(_beside(part, at, rng))
            at += rng.uniform(*_APART_M)
        at = rng.uniform(60, 200)
    return found


def _beside(road: LineString, at: float, rng: Random) -> tuple[Polygon, LineString]:
    """A round hamlet on one side of the road, and the lane that leads into it."""
    foot, ahead = (shapely.get_coordinates(road.interpolate(at + more))[0] for more in (0, 5))
    out = np.array([-(ahead - foot)[1], (ahead - foot)[0]]) / 5 * rng.choice((-1, 1))
    size = rng.uniform(*_RADIUS_M)
    return _spot(foot + out * size * rng.uniform(0.5, 0.95), size, rng), LineString([foot, foot + out * size * 1.3])


def _spot(middle: np.ndarray, size: float, rng: Random) -> Polygon:
    """Ground of an uneven round form."""
    turns = [k * math.pi / 7 for k in range(14)]
    return Polygon([middle + size * rng.uniform(0.7, 1.1) * np.array([math.cos(t), math.sin(t)]) for t in turns])


def _farms(ground: Polygon, ways: list[Way], rng: Random) -> list[tuple[Polygon, LineString]]:
    """Farmsteads anywhere, each with the shortest path to a line."""
    west, south, east, north = ground.bounds
    net = shapely.union_all([way.shape for way in ways])
    found = []
    for _ in range(math.ceil(_FARMS_KM2 * ground.area / 1e6)):
        middle = Point(rng.uniform(west, east), rng.uniform(south, north))
        if ground.contains(middle):
            farm = _spot(np.array(middle.coords[0]), rng.uniform(*_FARM_M), rng)
            found.append((farm, LineString(nearest_points(middle, net))))
    return found


def _plots(spots: list[Polygon]) -> list[Plot]:
    """Plots that do not overlap: the earlier has the ground."""
    found = list[Plot]()
    for spot in spots:
        if not any(spot.intersects(other.ground) for other in found):
            found.append(Plot(spot, "farmhouses", f"c{len(found)}"))
    return found
