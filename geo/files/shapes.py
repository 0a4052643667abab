"""Which shape do these coordinates make: closed, counted and of a known kind?

GeoJSON and WKB both end here, so that the same fault is the same row problem in every format. No validity is judged: a
ring that crosses itself is a finding of the checks.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.files.refusals import RowRefused

Chain: TypeAlias = NDArray[np.float64]
"""Consecutive points, shape (n, 2)."""
Chains: TypeAlias = Sequence[Chain]
"""A polygon: its outer ring, then its holes. A point or a line: one chain."""

SINGLE = ("Point", "LineString", "Polygon")
MULTI = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}


def shape_of(kind: str, parts: Sequence[Chains], most_vertices: int) -> BaseGeometry:
    """The shape of `kind` (one of `SINGLE`, `MULTI`) from its parts; a multi-shape of one part becomes that part.

    Open rings are closed. `RowRefused` for what is empty, not finite, too short or too large.
    """
    vertices = sum(len(chain) for part in parts for chain in part)
    if vertices > most_vertices:
        raise RowRefused("vertices-too-many", vertices=vertices, limit=most_vertices)
    shapes = [_single(MULTI.get(kind, kind), part) for part in parts]
    if not shapes:
        raise RowRefused("geometry-empty", kind=kind)
    if len(shapes) == 1:
        return shapes[0]
    multi: type[MultiPoint | MultiLineString | MultiPolygon] = {
        "MultiPoint": MultiPoint,
        "MultiLineString": MultiLineString,
        "MultiPolygon": MultiPolygon,
    }[kind]
    return multi(shapes)


def _single(kind: str, chains: Chains) -> BaseGeometry:
    if not chains or not all(len(chain) for chain in chains):
        raise RowRefused("geometry-empty", kind=kind)
    if not all(np.isfinite(chain).all() for chain in chains):
        raise RowRefused("coordinates-not-finite")
    match kind:
        case "Point":
            return Point(chains[0][0])
        case "LineString":
            if len(chains[0]) < 2:
                raise RowRefused("line-too-short", points=len(chains[0]))
            return LineString(chains[0])
        case _:
            rings = [_closed(chain) for chain in chains]
            return Polygon(rings[0], rings[1:])


def _closed(chain: Chain) -> Chain:
    ring = chain if np.array_equal(chain[0], chain[-1]) else np.concatenate([chain, chain[:1]])
    if len(ring) < 4:
        raise RowRefused("ring-too-short", points=len(chain))
    return ring
