"""Do the grids cover the boundary once, and only once?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import noding
from geo.lattice import directed_edges, steps_of, to_degrees, uncancelled
from geo.measure import length_m, square_metres, width_m
from geo.model import Finding, Grid, Ground, Region, Rule, Severity, Values
from geo.rings import are_sound, fault_place, is_sound

MIN_PIECE_M2 = 1e-5
"""Pieces smaller than this are noise of the overlay: the smallest lattice triangle has 6e-5 m2."""


def is_exact(boundary: Ground, grids: Sequence[Ground]) -> bool:
    """Every directed edge of the grids cancels, and what is left is the boundary.

    Compares whole lattice steps for equality: no tolerance, no overlay. With sound rings the grids then cover each
    point of the boundary's ground once: the number of grids over a point less the number of boundaries over it is a
    function that no edge is left to change, hence zero everywhere. The same proof stands in SQL behind the door.
    """
    shapes = [boundary, *grids]
    if len(grids) == 0 or not are_sound(np.asarray(shapes, dtype=object)).all():
        return False
    start, end, owner = directed_edges(shapes)
    left, _, _ = uncancelled(start, end, np.where(owner == 0, -1, 1))
    return len(left) == 0


def findings(region: Region, grids: Sequence[Grid]) -> Iterator[Finding]:
    """Every fault of a region's coverage, located. `is_exact` decides whether there is one; nothing then is silent.

    A region whose ring is invalid or that has no outline of its own is judged by what its grids say (`outline`).
    """
    boundary = region.shape
    if boundary is not None and is_exact(boundary, [grid.shape for grid in grids]):
        return
    yield from _invalid(region, grids)
    if boundary is None or not is_sound(boundary):
        boundary = outline([grid.shape for grid in grids])
    if boundary.is_empty:
        return
    inquiry = Inquiry(region.code, boundary, tuple(grids))
    found = [*inquiry.duplicates(), *inquiry.unmatched(), *inquiry.overlaps(), *inquiry.spills(), *inquiry.gaps()]
    yield from found
    yield from inquiry.unexplained(found)


def outline(shapes: Sequence[Ground]) -> Ground:
    """The ground of all shapes together, by cancelling the edges they share; rings of faulty ones by overlay.

    A hole that nobody fills stays out of a derived outline only where the shapes fit exactly around it.
    """
    valid = [shape if shape.is_valid else shapely.make_valid(shape) for shape in shapes]
    if all(old is new for old, new in zip(shapes, valid, strict=True)) and len(valid) > 0:
        dissolved = _dissolved(valid)
        if dissolved is not None and is_exact(dissolved, valid):
            return dissolved
    union = shapely.union_all(valid)
    filled = [shapely.Polygon(part.exterior) for part in _polygons(union)]
    return shapely.union_all(filled) if filled else shapely.Polygon()


def whole(shapes: Sequence[Ground], elsewhere: Sequence[Ground]) -> Ground:
    """The outline of all shapes together, with those of its holes that no ground elsewhere lies in."""
    tree = shapely.STRtree(np.asarray(elsewhere, dtype=object))
    parts = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if _is_taken(shapely.Polygon(hole), tree)])
        for part in _polygons(outline(shapes))
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _is_taken(hole: shapely.Polygon, tree: shapely.STRtree) -> bool:
    """Whether some ground of the tree lies in the hole."""
    near = tree.geometries[tree.query(hole, "intersects")]
    return any(square_metres(shared) > MIN_PIECE_M2 for shared in shapely.intersection(hole, near))


def _dissolved(shapes: Sequence[Ground]) -> Ground | None:
    """The shapes without the edges they share; None where they are no coverage."""
    try:
        together = shapely.coverage_union_all(list(shapes))
    except shapely.errors.GEOSException:  # its way to say that shapes overlap or are not noded
        return None
    return together if isinstance(together, shapely.Polygon | shapely.MultiPolygon) else None


@dataclass(frozen=True)
class Inquiry:
    """Where a coverage that is not exact is at fault. Works on noded copies, so that only real ground is told."""

    code: str
    boundary: Ground
    grids: tuple[Grid, ...]

    @cached_property
    def sound(self) -> list[Grid]:
        """Valid grids, each shape once."""
        twins = {number for pair in self._twins for number in pair[1:]}
        return [grid for number, grid in enumerate(self.grids) if number not in twins and is_sound(grid.shape)]

    @cached_property
    def noded(self) -> list[Ground]:
        """The boundary and the sound grids, every edge led through the nodes it lacks."""
        return noding.noded_where_sound([self.boundary, *(grid.shape for grid in self.sound)])

    @cached_property
    def blurred(self) -> BaseGeometry:
        return blurred(self.grids)

    @cached_property
    def _twins(self) -> list[list[int]]:
        groups: dict[bytes, list[int]] = {}
        for number, grid in enumerate(self.grids):
            groups.setdefault(shapely.to_wkb(shapely.normalize(grid.shape)), []).append(number)
        return [group for group in groups.values() if len(group) > 1]

    def duplicates(self) -> Iterator[Finding]:
        """The same ground under two codes."""
        for group in self._twins:
            codes = sorted(self.grids[number].code for number in group)
            yield ground_finding(Rule.DUPLICATE, codes, self.grids[group[0]].shape)

    def unmatched(self) -> Iterator[Finding]:
        """A node that an edge beside it lacks: no ground is lost yet, but the edges do not cancel."""
        codes = [self.code, *(grid.code for grid in self.sound)]
        yield from unmatched_nodes(codes, [self.boundary, *(grid.shape for grid in self.sound)])

    def overlaps(self) -> Iterator[Finding]:
        """Ground claimed by two grids."""
        shapes = np.asarray(self.noded[1:], dtype=object)
        for one, two, piece in overlapping(shapes):
            yield ground_finding(Rule.OVERLAP, sorted([self.sound[one].code, self.sound[two].code]), piece)

    def spills(self) -> Iterator[Finding]:
        """Ground claimed outside the boundary."""
        for grid, shape in zip(self.sound, self.noded[1:], strict=True):
            for piece in pieces(shape.difference(self.noded[0])):
                yield ground_finding(Rule.SPILL, [grid.code], piece)

    def gaps(self) -> Iterator[Finding]:
        """Ground inside the boundary that no grid owns."""
        tree = shapely.STRtree(self.noded[1:])
        for piece in pieces(self.noded[0].difference(shapely.union_all(self.noded[1:]))):
            if not self.blurred.intersects(piece):
                beside = sorted(self.sound[int(number)].code for number in tree.query(piece, "intersects"))
                yield ground_finding(Rule.GAP, [self.code, *beside], piece)

    def unexplained(self, found: Sequence[Finding]) -> Iterator[Finding]:
        """Edges that do not cancel and that no finding touches: never silent about a coverage that is not exact."""
        start, end, owner = directed_edges(self.noded)
        low, high, _ = uncancelled(start, end, np.where(owner == 0, -1, 1))
        edges = shapely.linestrings(np.stack([to_degrees(steps_of(low)), to_degrees(steps_of(high))], axis=1))
        places = [self.blurred, *(finding.geometry for finding in found if finding.geometry is not None)]
        tree = shapely.STRtree(places)
        told = set(tree.query(shapely.centroid(edges), "dwithin", 1e-9)[0].tolist()) | set(
            tree.query(edges, "intersects")[0].tolist()
        )
        for number in sorted(set(range(len(edges))) - told):
            codes = sorted(
                {[self.code, *(g.code for g in self.sound)][o] for o in owner[start == low[number]].tolist()}
            )
            yield node_finding(codes, edges[number])


def _invalid(region: Region, grids: Sequence[Grid]) -> Iterator[Finding]:
    for code, shape in [(region.code, region.shape), *((grid.code, grid.shape) for grid in grids)]:
        if shape is not None and not is_sound(shape):
            place, reason = fault_place(shape)
            yield Finding(
                rule=Rule.RING_INVALID,
                severity=Severity.BLOCKING,
                codes=[code],
                geometry=place,
                values={"code": code, "reason": reason, "lon": place.x, "lat": place.y},
            )


def blurred(grids: Sequence[Grid]) -> BaseGeometry:
    """Ground about which nothing can be said until invalid rings are mended."""
    return shapely.union_all([shapely.convex_hull(grid.shape) for grid in grids if not is_sound(grid.shape)])


def unmatched_nodes(codes: Sequence[str], shapes: Sequence[Ground]) -> Iterator[Finding]:
    """A `node-unmatched` finding for each node that an edge of another shape passes and lacks."""
    found: dict[tuple[float, float], set[str]] = {}
    for lack in noding.lacks(shapes):
        found.setdefault(lack.node, set()).update(codes[n] for n in (*lack.node_shapes, *lack.edge_shapes))
    for node, named in sorted(found.items()):
        yield node_finding(sorted(named), shapely.Point(node))


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
    return (part for part in _polygons(shape) if square_metres(part) > MIN_PIECE_M2)


def ground_finding(rule: Rule, codes: Sequence[str], piece: Ground) -> Finding:
    """A blocking finding about a piece of ground, measured."""
    area, width, length = square_metres(piece), width_m(piece), length_m(piece) / 2
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


def _polygons(shape: BaseGeometry) -> Iterator[shapely.Polygon]:
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            yield part
        elif isinstance(part, shapely.MultiPolygon | shapely.GeometryCollection):
            yield from _polygons(part)
