"""Which streets, river and railway does a map of the district show, and how much room do they take?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
import shapely.ops

from sample_data.frame import to_metres
from sample_data.layout import Layout
from sample_data.mesh import Ring, edges
from sample_data.zones import Zone

HALF_M = {
    "motorway": 34.0, "trunk": 22.0, "primary": 18.0, "secondary": 13.0, "tertiary": 9.0, "residential": 6.0,
    "footway": 2.5, "river": 26.0, "railway": 15.0,
}  # fmt: skip
"""Half the width of the ground a line takes, metres."""
EDGE_M = 14.0
"""Kept free along the district's edge, where the neighbour's street is not mapped."""
EMBANKMENT_M = 48.0
"""A riverside road runs so far from the middle of the river, metres."""
_THROUGH = frozenset({"motorway", "trunk", "primary", "secondary", "river", "railway"})
"""Lines that bridge whatever they meet; lesser streets that end at a barrier stop in front of it."""


@dataclass(frozen=True, slots=True)
class MapLine:
    """A line of the plan file; its shape is a LineString in metres."""

    name: str
    category: str
    shape: shapely.LineString


@dataclass(frozen=True, slots=True)
class Network:
    """All lines of the map, and the river's water as one polygon in metres."""

    lines: list[MapLine]
    river: shapely.Polygon
    embankment: shapely.MultiLineString


def network(layout: Layout) -> Network:
    """Streets as the grids' borders draw them, trimmed at river, railway and expressway, and the riverside roads."""
    runs = _runs(layout)
    middle = max(runs[0], key=lambda run: run.length)
    district = shapely.Polygon(to_metres(layout.skeleton.outline))
    river = _water(middle, district)
    barrier = shapely.union_all(
        [middle.buffer(EMBANKMENT_M), *[run.buffer(13) for run in runs[1]], *[run.buffer(24) for run in runs[2]]]
    )
    lines = []
    for number in sorted(runs):
        road = layout.roads[number]
        for run in runs[number]:
            kept = run if road.category in _THROUGH else _trimmed(run, barrier)
            if kept.length > 20:
                lines.append(MapLine(road.name, road.category, kept))
    embankment = _embankment(middle, layout)
    lines += [MapLine(name, "tertiary", part) for name, whole in embankment for part in _parts(whole)]
    return Network(lines, river, shapely.MultiLineString([p for _, whole in embankment for p in _parts(whole)]))


def _runs(layout: Layout) -> dict[int, list[shapely.LineString]]:
    """For each road its longest unbroken pieces, metres."""
    rings: list[Ring] = [b for c in layout.communities for g in c.grids for b in g.blocks]
    found = defaultdict(set)
    for ring in [*rings, layout.common]:
        for a, b in edges(ring):
            number = layout.mesh.road(a, b)
            if number is not None:
                found[number].add((min(a, b), max(a, b)))
    return {number: _merged(pieces) for number, pieces in found.items()}


def _merged(pieces: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> list[shapely.LineString]:
    nodes = np.array(sorted(pieces))
    lines = shapely.linestrings(to_metres(nodes.reshape(-1, 2)).reshape(-1, 2, 2))
    merged = shapely.line_merge(shapely.multilinestrings(lines)).normalize()
    return _parts(merged)


def _parts(shape: shapely.LineString | shapely.MultiLineString) -> list[shapely.LineString]:
    return [part for part in shapely.get_parts(shape) if part.length > 0]


def _trimmed(run: shapely.LineString, barrier: shapely.MultiPolygon) -> shapely.LineString:
    """Without the ends that lie in the barrier; what crosses it in between is a bridge."""
    if not barrier.intersects(run):
        return run
    outside = _parts(run.difference(barrier))
    if not outside:
        return shapely.LineString()
    along = sorted(run.project(shapely.Point(xy)) for part in outside for xy in (part.coords[0], part.coords[-1]))
    return shapely.ops.substring(run, along[0], along[-1])


def _water(middle: shapely.LineString, district: shapely.Polygon) -> shapely.Polygon:
    """The river: 50 m wide, broader in some reaches."""
    reaches = [shapely.ops.substring(middle, a, a + 0.09, normalized=True).buffer(33) for a in (0.12, 0.37, 0.58, 0.83)]
    whole = shapely.union_all([middle.buffer(HALF_M["river"] - 1), *reaches]).buffer(25).buffer(-25)
    clipped = shapely.simplify(whole, 0.8).intersection(district)
    return max(shapely.get_parts(clipped), key=lambda part: part.area)


def _embankment(middle: shapely.LineString, layout: Layout) -> list[tuple[str, shapely.LineString]]:
    """Both riverside roads, inside the city only."""
    rings = [shapely.Polygon(to_metres(c.outline[0])) for c in layout.communities if c.zone is not Zone.RURAL]
    city = shapely.union_all([ring.buffer(3) for ring in rings]).buffer(-4)
    made = []
    for name, side in (("滨江东路", EMBANKMENT_M), ("滨江西路", -EMBANKMENT_M)):
        line = shapely.simplify(middle.offset_curve(side, quad_segs=4), 0.6)
        made.append((name, line.intersection(city)))
    return made
