"""Is a grid a shape that people can walk: without spikes, needles and necks, and round enough?

Metres are those of the grid's own plane. What is told of a place is told in degrees.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import narrow
from geo.lattice import to_degrees, to_steps
from geo.measure import extent_m, square_metres, width_m
from geo.model import Finding, Grid, GridKind, Ground, Rule, Severity, Values
from geo.plane import Plane
from geo.ruleset import Limits

BACK = 1.02
"""Ground that was narrowed is widened again by a little more, so that rounding loses nothing of wide ground."""
MITRE = 6.0
"""Corners sharper than 19 degrees (1 / sin of half the angle) do not come back: their tips are needles."""
OVERLAY_M = 1e-4
"""Grid of an overlay that fails on floats, metres: a hundredth of a lattice step."""
NECK_STEP_M = 0.01
"""How exactly the width of a neck is told."""


def findings(grid: Grid, limits: Limits) -> list[Finding]:
    """Every finding about the shape of one grid. Of a ring that is invalid only spikes and the count of vertices."""
    found = _of_rings(grid.code, grid.shape, limits, grid.kind)
    if grid.shape.is_valid and not grid.shape.is_empty:
        plane = Plane.of(grid.shape)
        ground = plane.metres(grid.shape)
        found += [*_needles(grid, plane, ground, limits), *_necks(grid, plane, ground, limits)]
        found += _compactness(grid, ground, limits)
    return found


def ring_findings(code: str, shape: Ground, limits: Limits) -> list[Finding]:
    """The spikes and the count of vertices of the outline of a divided region."""
    return _of_rings(code, shape, limits, GridKind.RESIDENTIAL)


def suspects(grids: Sequence[Grid], limits: Sequence[Limits]) -> NDArray[np.bool_]:
    """Which of many grids `findings` has to look at, each with its limits; of the others it has nothing to say. (n,)"""
    if len(grids) == 0:
        return np.empty(0, dtype=bool)
    return narrow.suspects(np.asarray([grid.shape for grid in grids], dtype=object), narrow.Bounds.of(grids, limits))


def repeated_points(raw: Ground) -> shapely.MultiPoint | None:
    """Places, on the lattice, where a ring of a shape as it came says the same vertex twice in a row."""
    rings = shapely.get_rings(raw)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if not np.isfinite(xy).all():
        return None
    same = (ring[1:] == ring[:-1]) & (xy[1:] == xy[:-1]).all(axis=1)
    return shapely.MultiPoint(to_degrees(np.unique(to_steps(xy[1:][same]), axis=0))) if same.any() else None


def repeated_finding(code: str, points: shapely.MultiPoint) -> Finding:
    """A note that vertices were dropped, because others of the same ring stand on the same place."""
    count = len(points.geoms)
    values: Values = {"code": code, "count": count}
    return Finding(rule=Rule.POINT_REPEATED, severity=Severity.NOTE, codes=[code], geometry=points, values=values)


def _of_rings(code: str, shape: Ground, limits: Limits, kind: GridKind) -> list[Finding]:
    return [*_spikes(code, shape, limits, kind), *_vertices(code, shape, limits, kind)]


def _vertices(code: str, shape: Ground, limits: Limits, kind: GridKind) -> Iterator[Finding]:
    most, count = limits.of("vertices_most", kind), narrow.vertices(np.asarray([shape], dtype=object))[0]
    if most is not None and count > most:
        values: Values = {"code": code, "count": int(count), "most": int(most)}
        yield Finding(rule=Rule.VERTICES_MANY, severity=Severity.WARNING, codes=[code], geometry=shape, values=values)


def _spikes(code: str, shape: Ground, limits: Limits, kind: GridKind) -> Iterator[Finding]:
    """Vertices where a ring goes out and comes back, out of the ground or into it."""
    angle, length = limits.of("spike_angle_deg", kind), limits.of("spike_length_m", kind)
    if angle is None or length is None or shape.is_empty:
        return
    plane = Plane.of(shape)
    for ring in shapely.get_rings(plane.metres(shape)):
        xy = shapely.get_coordinates(shapely.remove_repeated_points(ring))[:-1]
        for tip, legs, sharp in narrow.spikes(xy, angle):
            reach = min(float(np.hypot(*leg)) for leg in legs)
            if reach > length:
                yield _spike(code, plane, tip, [leg * (reach / np.hypot(*leg)) for leg in legs], sharp)


def _spike(
    code: str, plane: Plane, tip: NDArray[np.float64], legs: Sequence[NDArray[np.float64]], angle: float
) -> Finding:
    corners = [tip + legs[0], tip, tip + legs[1]]
    flat = shapely.Polygon(corners).area == 0.0
    place = plane.degrees(shapely.LineString(corners[:2]) if flat else shapely.Polygon(corners))
    lon, lat = shapely.get_coordinates(plane.degrees(shapely.Point(tip)))[0].tolist()
    length = float(np.hypot(*legs[0]))
    values: Values = {"code": code, "angle": angle, "length_m": length, "lon": lon, "lat": lat}
    return Finding(
        rule=Rule.SPIKE, severity=Severity.WARNING, codes=[code], geometry=place, length_m=length, values=values
    )


def _needles(grid: Grid, plane: Plane, ground: Ground, limits: Limits) -> Iterator[Finding]:
    """Parts narrower than the width, larger than the area: they vanish when ground is narrowed and widened again."""
    width, area = limits.of("needle_width_m", grid.kind), limits.of("needle_area_m2", grid.kind)
    if not width or area is None:
        return
    narrowed = shapely.buffer(ground, -width / 2, join_style="mitre")
    opened = shapely.buffer(narrowed, width / 2 * BACK, join_style="mitre", mitre_limit=MITRE)
    for part in shapely.get_parts(shapely.normalize(_without(ground, opened))):
        if isinstance(part, shapely.Polygon) and part.area > area:
            yield _told(Rule.NEEDLE, grid.code, plane.degrees(part), {"least_m": width})


def _necks(grid: Grid, plane: Plane, ground: Ground, limits: Limits) -> Iterator[Finding]:
    """Narrow ground between two parts of a grid, each larger than the area."""
    width, area = limits.of("neck_width_m", grid.kind), limits.of("neck_area_m2", grid.kind)
    if not width or area is None:
        return
    for part in shapely.get_parts(ground):
        narrowed = shapely.get_parts(shapely.normalize(shapely.buffer(part, -width / 2)))
        if len(narrowed) > 1:
            opened = shapely.buffer(narrowed, width / 2 * BACK)
            large = shapely.area(shapely.intersection(opened, part)) > area
            for place, ends in _between(part, narrowed[large], opened[large], width):
                told = _neck_width(part, ends, width)
                yield _told(Rule.NECK, grid.code, plane.degrees(place), {"least_m": width}, told)


def _between(
    ground: shapely.Polygon, ends: NDArray[np.object_], wide: NDArray[np.object_], width: float
) -> Iterator[tuple[shapely.Polygon, NDArray[np.object_]]]:
    """The ground between wide ground, and what it lies between (`ends`: the wide ground narrowed).

    A neck without length, where wide ground meets, is the ground round the shortest way across.
    """
    met = set()
    for one, two in combinations(range(len(ends)), 2):
        across = shapely.shortest_line(ends[one], ends[two])
        if wide[one].intersects(wide[two]) and ground.covers(across):
            met.add((one, two))
            parts = shapely.get_parts(shapely.intersection(ground, shapely.buffer(across, width / 2)))
            yield max(parts, key=lambda part: float(part.area)), ends[[one, two]]
    for part in shapely.get_parts(_without(ground, shapely.union_all(wide))):
        beside = np.flatnonzero(shapely.dwithin(wide, part, NECK_STEP_M)).tolist()
        if not met.issuperset(combinations(beside, 2)):
            yield part, ends[beside]


def _without(ground: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """The difference; where borders nearly coincide and GEOS cannot tell it, on a grid of a tenth of a millimetre.

    Ground that is sound on the lattice may cross itself by a hair once it is scaled to metres.
    """
    try:
        return shapely.difference(ground, other)
    except shapely.errors.GEOSException:
        one, two = (shapely.set_precision(shapely.make_valid(shape), OVERLAY_M) for shape in (ground, other))
        return shapely.difference(one, two, grid_size=OVERLAY_M)


def _neck_width(ground: shapely.Polygon, ends: NDArray[np.object_], width: float) -> float:
    """The width at the narrowest place between the ends: they hang together when narrowed by less than half of it."""
    places = shapely.point_on_surface(ends)
    low, high = 0.0, width
    while high - low > NECK_STEP_M:
        middle = (low + high) / 2
        parts = shapely.get_parts(shapely.buffer(ground, -middle / 2))
        hang = any(bool(shapely.intersects(part, places).all()) for part in parts)
        low, high = (middle, high) if hang else (low, middle)
    return (low + high) / 2


def _compactness(grid: Grid, ground: Ground, limits: Limits) -> Iterator[Finding]:
    """4 pi A / P^2 (Polsby and Popper 1991): 1 for a circle, 0.79 for a square."""
    least = limits.of("compactness_least", grid.kind)
    value = float(narrow.compactness(np.array(ground.area), np.array(ground.length)))
    if least is not None and value < least:
        values: Values = {"code": grid.code, "value": value, "least": least}
        yield Finding(
            rule=Rule.COMPACTNESS_LOW, severity=Severity.NOTE, codes=[grid.code], geometry=grid.shape, values=values
        )


def _told(rule: Rule, code: str, place: Ground, more: Values, width: float | None = None) -> Finding:
    area, width = square_metres(place), width_m(place) if width is None else width
    length = extent_m(place, width)
    values: Values = {"code": code, "area_m2": area, "width_m": width, "length_m": length, **more}
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        codes=[code],
        geometry=place,
        area_m2=area,
        width_m=width,
        length_m=length,
        values=values,
    )
