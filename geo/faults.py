"""How is a fault of ground told: a piece of it, a node that one side lacks, a ring that crosses itself?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.faces import Loose
from geo.measure import extent_m, square_metres, width_m
from geo.model import Finding, Ground, Rule, Severity, Values
from geo.rings import are_sound, fault_place

MIN_PIECE_M2 = 1e-5
"""Pieces smaller than this are noise of the overlay: the smallest lattice triangle has 6e-5 m2."""


def invalid(named: Sequence[tuple[str, Ground | None]]) -> Iterator[Finding]:
    """A `ring-invalid` finding for each shape by its code whose rings are not sound, at the place of the fault."""
    there = [(code, shape) for code, shape in named if shape is not None]
    for number in np.flatnonzero(~are_sound(np.asarray([shape for _, shape in there], dtype=object))).tolist():
        code, shape = there[number]
        place, reason = fault_place(shape)
        yield Finding(
            rule=Rule.RING_INVALID,
            severity=Severity.BLOCKING,
            codes=[code],
            geometry=place,
            values={"code": code, "reason": reason, "lon": place.x, "lat": place.y},
        )


def unmatched(codes: Sequence[str], loose: Loose) -> Iterator[Finding]:
    """A `node-unmatched` finding for each node that an edge of another shape passes and lacks, and the hairs of ground
    between, where that is all that is wrong: as slivers, which hinder nothing beyond the node."""
    found: dict[tuple[float, float], set[str]] = {}
    for lack in loose.lacks:
        found.setdefault(lack.node, set()).update(codes[n] for n in (*lack.node_shapes, *lack.edge_shapes))
    for node, named in sorted(found.items()):
        yield node_finding(sorted(named), shapely.Point(node))
    for hair in loose.hairs:
        for piece in chain.from_iterable(pieces(face) for face in hair.pieces):
            told = ground_finding(Rule.SLIVER, sorted(codes[n] for n in hair.shapes), piece)
            yield replace(told, severity=Severity.NOTE)


def overlapping(shapes: NDArray[np.object_]) -> Iterator[tuple[int, int, shapely.Polygon]]:
    """Pairs of shapes that share ground, and each piece of it."""
    one, two = shapely.STRtree(shapes).query(shapes, "intersects")
    one, two = one[one < two], two[one < two]
    shared = shapely.intersection(shapes[one], shapes[two])
    for i in np.flatnonzero(shapely.area(shared) > 0):
        for piece in pieces(shared[i]):
            yield int(one[i]), int(two[i]), piece


def pieces(shape: BaseGeometry) -> Iterator[shapely.Polygon]:
    """The polygons of a result of overlay that are more than its noise."""
    return (part for part in polygons(shape) if square_metres(part) > MIN_PIECE_M2)


def ground_finding(rule: Rule, codes: Sequence[str], piece: Ground) -> Finding:
    """A blocking finding about a piece of ground, measured."""
    area, width = square_metres(piece), width_m(piece)
    length = extent_m(piece, width)
    values: Values = {
        "codes": ", ".join(codes),
        "code": codes[0],
        "area_m2": area,
        "width_m": width,
        "length_m": length,
    }
    return Finding(
        rule=rule,
        severity=Severity.BLOCKING,
        codes=list(codes),
        geometry=piece,
        area_m2=area,
        width_m=width,
        length_m=length,
        values=values,
    )


def node_finding(codes: Sequence[str], place: BaseGeometry) -> Finding:
    """A blocking finding about a node or an edge that stands on one side only."""
    (lon, lat), *_ = shapely.get_coordinates(place)
    values: Values = {"codes": ", ".join(codes), "code": codes[0], "lon": float(lon), "lat": float(lat)}
    return Finding(
        rule=Rule.NODE_UNMATCHED, severity=Severity.BLOCKING, codes=list(codes), geometry=place, values=values
    )


def polygons(shape: BaseGeometry) -> Iterator[shapely.Polygon]:
    """The polygons of a shape or collection, however deep; lines and points are left out."""
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            yield part
        elif isinstance(part, shapely.MultiPolygon | shapely.GeometryCollection):
            yield from polygons(part)
