"""Which shape does a record of a shapefile mean?

The direction of rings is never trusted: what lies in what decides which ring is an outline and which a hole.
"""

import struct
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo.files.refusals import RowRefused
from geo.files.shapes import Chain, Chains, shape_of

NULL = 0
KINDS = {
    code + more: kind
    for code, kind in {1: "Point", 3: "LineString", 5: "Polygon", 8: "MultiPoint"}.items()
    for more in (0, 10, 20)
}
"""Ten more has heights, twenty more measures; they stand after the positions."""
BOX_BYTES = 32


def geometry_of(content: bytes, most_vertices: int, most_rings: int) -> BaseGeometry | None:
    """The shape of a record's content, None for a null shape. `RowRefused` for what is damaged or of another kind."""
    try:
        (code,) = struct.unpack_from("<i", content)
        if code == NULL:
            return None
        kind = KINDS.get(code)
        if kind is None:
            raise RowRefused("geometry-kind-unknown", kind=f"shapefile {code}")
        if kind == "Point":
            return shape_of(kind, [[_chain(content, 4, 1)]], most_vertices)
        if kind == "MultiPoint":
            (points,) = struct.unpack_from("<i", content, 4 + BOX_BYTES)
            chain = _chain(content, 8 + BOX_BYTES, points)
            return shape_of(kind, [[chain[at : at + 1]] for at in range(len(chain))], most_vertices)
        chains = _chains(content, most_vertices)
    except (struct.error, ValueError) as error:
        if isinstance(error, RowRefused):
            raise
        raise RowRefused("geometry-malformed", kind="shapefile") from error
    if kind == "LineString":
        return shape_of("MultiLineString", [[chain] for chain in chains], most_vertices)
    return _polygon(chains, most_vertices, most_rings)


def _chain(content: bytes, at: int, count: int) -> Chain:
    if count < 0 or at + 16 * count > len(content):
        raise RowRefused("geometry-malformed", kind="shapefile")
    return np.frombuffer(content, "<f8", 2 * count, at).reshape(-1, 2).astype(np.float64)


def _chains(content: bytes, most_vertices: int) -> list[Chain]:
    parts, points = struct.unpack_from("<ii", content, 4 + BOX_BYTES)
    if points > most_vertices:
        raise RowRefused("vertices-too-many", vertices=points, limit=most_vertices)
    at = 12 + BOX_BYTES
    if not 0 <= parts <= max(points, 0) or at + 4 * parts > len(content):
        raise RowRefused("geometry-malformed" if points else "geometry-empty", kind="shapefile")
    starts = np.frombuffer(content, "<i4", parts, at)
    if parts and (starts[0] != 0 or (np.diff(starts) < 0).any() or starts[-1] > points):
        raise RowRefused("geometry-malformed", kind="shapefile")
    return np.split(_chain(content, at + 4 * parts, points), starts[1:]) if parts else []


def _polygon(chains: Sequence[Chain], most_vertices: int, most_rings: int) -> BaseGeometry:
    if len(chains) <= 1:
        return shape_of("Polygon", [chains], most_vertices)
    if len(chains) > most_rings:
        raise RowRefused("rings-too-many", rings=len(chains), limit=most_rings)
    alone = [shape_of("Polygon", [[chain]], most_vertices) for chain in chains]
    return shape_of("MultiPolygon", nested(alone), most_vertices)


def nested(rings: Sequence[BaseGeometry]) -> list[Chains]:
    """Rings, each as a filled polygon, as polygons with holes: an outline lies in an even number of others.

    A ring lies in a larger one that holds a point of its inside; rings may touch. Of two equal ones one is a hole.
    """
    polygons = np.array(rings, dtype=object)
    areas = shapely.area(polygons)
    inside = shapely.point_on_surface(polygons)
    which, holder = shapely.STRtree(polygons).query(inside, predicate="within")
    larger = (areas[holder] > areas[which]) | ((areas[holder] == areas[which]) & (holder < which))
    which, holder = which[larger], holder[larger]
    depth = np.bincount(which, minlength=len(polygons))
    parent = np.full(len(polygons), -1)
    near = depth[holder] == depth[which] - 1
    parent[which[near]] = holder[near]
    parts: dict[int, list[Chain]] = {at: [_ring(polygons[at])] for at in np.flatnonzero(depth % 2 == 0).tolist()}
    for at in np.flatnonzero(depth % 2 == 1).tolist():
        parts.setdefault(int(parent[at]), []).append(_ring(polygons[at]))
    return list(parts.values())


def _ring(polygon: Polygon) -> Chain:
    return np.asarray(shapely.get_coordinates(polygon.exterior), dtype=np.float64)
