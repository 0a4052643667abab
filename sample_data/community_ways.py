"""What lines run through an invented community, and what ground lies between them? Metres around the origin."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from sample_data.curves import through, wavy

BARRIERS = frozenset({"river", "canal", "railway"})
MAIN = frozenset({"primary", "secondary"})
_ON_M = 0.01
"""Ends that meet a line within this are on it."""
_STEP_M, _BEND_M = 60.0, 15.0
"""A line across has a turn about every so many metres, and is bent smoothly with a vertex about every so many."""


class Way(NamedTuple):
    """A line and its class."""

    shape: LineString
    kind: str


class Plot(NamedTuple):
    """Ground for one fabric of houses (`community_recipe.FABRICS`) that belong together, as one compound."""

    ground: Polygon
    fabric: str
    compound: str


class Layout(NamedTuple):
    """Lines, and the ground to build on."""

    ways: list[Way]
    plots: list[Plot]


def across(ground: Polygon, angle: float, offset: float, rng: Random, swing: float) -> LineString:
    """A line right across at an angle (radians), passing the origin at an offset; it swings by so many metres."""
    reach = radius(ground) * 1.2
    along, aside = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    steps = np.linspace(-reach, reach, max(4, round(2 * reach / _STEP_M)))
    line = steps[:, None] * along + offset * aside
    return LineString(through(wavy(line, rng, swing, reach * rng.uniform(0.5, 0.9)).tolist(), _BEND_M))


def faces(ground: Polygon, lines: Iterable[BaseGeometry]) -> list[Polygon]:
    """The pieces that lines divide ground into, from west to east."""
    net = shapely.union_all([ground.boundary, *lines], grid_size=_ON_M)
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    found = found[shapely.contains(ground, shapely.point_on_surface(found))]
    west, south, *_ = shapely.bounds(found).T
    return list(found[np.lexsort((south, west))])


def within(ways: Sequence[Way], ground: BaseGeometry) -> list[Way]:
    """What lies in the ground of each, in one part each."""
    parts = ((part, way.kind) for way in ways for part in shapely.get_parts(way.shape.intersection(ground)))
    return [Way(part, kind) for part, kind in parts if part.geom_type == "LineString" and part.length > 1]


def lake(ground: Polygon) -> BaseGeometry:
    """The water inside of the ground; empty where there is none."""
    return shapely.union_all([Polygon(ring) for ring in ground.interiors])


def radius(ground: Polygon) -> float:
    """From the origin to the farthest corner."""
    return float(np.hypot(*shapely.get_coordinates(ground).T).max())
