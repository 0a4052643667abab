"""Where does an invented community end? A polygon of a wished size around the origin, metres, perhaps with a lake."""

import math
from random import Random

import shapely
from shapely import LinearRing, Point, Polygon, affinity

from sample_data.curves import through, wavy

OUTLINES = ("blob", "l", "u", "rectangle")
_LAKE = (0.02, 0.06)
"""Share of the ground that a lake takes."""
_STRAIGHT = 0.012
"""Edges are straight stretches within so much of the ground's size."""


def outline(form: str, ground_m2: float, rng: Random, *, lake: bool = False) -> Polygon:
    """Ground of one of the `OUTLINES`; a lake is a hole and takes a share of it."""
    drawn = affinity.rotate(_blob(rng) if form == "blob" else Polygon(_corners(form, rng)), rng.uniform(-30, 30))
    sized = affinity.scale(drawn, *[math.sqrt(ground_m2 / drawn.area)] * 2, origin=(0, 0))
    x, y = sized.envelope.centroid.coords[0]
    placed = affinity.translate(sized, -x, -y).simplify(_STRAIGHT * math.sqrt(ground_m2))
    return _with_lake(placed, rng) if lake else placed


def _blob(rng: Random) -> Polygon:
    """A closed curve through points all round, of uneven distance; radius about 1."""
    count = rng.randint(7, 10)
    turns = [(k + rng.uniform(-0.25, 0.25)) * 2 * math.pi / count for k in range(count)]
    points = [(r * math.cos(t), r * math.sin(t)) for t in turns for r in [rng.uniform(0.68, 1.22)]]
    return Polygon(through(points, 0.12, closed=True))


def _corners(form: str, rng: Random) -> list[tuple[float, float]]:
    """Corners of the angular forms, about one long and wide, none quite square."""
    wide = rng.uniform(1.0, 1.6)
    a, b, c = (rng.uniform(0.36, 0.5) for _ in range(3))
    forms = {
        "rectangle": [(0, 0), (wide, 0), (wide, 1), (0, 1)],
        "l": [(0, 0), (wide, 0), (wide, a), (b, a), (b, 1), (0, 1)],
        "u": [(0, 0), (1.5, 0), (1.5, 1), (1.5 - b, 1), (1.5 - b, a), (c, a), (c, 1), (0, 1)],
    }
    return [(x + rng.uniform(-0.03, 0.03), y + rng.uniform(-0.03, 0.03)) for x, y in forms[form]]


def _with_lake(ground: Polygon, rng: Random) -> Polygon:
    """The ground with a lake in it, far enough from the edge that a grid can lie between."""
    room = shapely.maximum_inscribed_circle(ground, tolerance=5.0)
    radius = min(math.sqrt(rng.uniform(*_LAKE) * ground.area / math.pi), 0.4 * room.length)
    west, south, east, north = ground.bounds
    inner = ground.buffer(-2.2 * radius)
    tries = [Point(rng.uniform(west, east), rng.uniform(south, north)) for _ in range(40)]
    middle = next((p for p in tries if inner.contains(p)), Point(room.coords[0]))
    shore = shapely.get_coordinates(LinearRing(middle.buffer(radius, quad_segs=8).exterior))
    shore = (shore - shore.mean(axis=0)) * (rng.uniform(0.8, 1.1), rng.uniform(0.8, 1.1)) + middle.coords[0]
    return Polygon(ground.exterior, [wavy(shore, rng, 0.06 * radius, 2.5 * radius)])
