"""Do the grids cover the boundary once, and only once?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, combinations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.faces import Loose
from geo.lattice import directed_edges, uncancelled
from geo.measure import areas_m2, extent_m, square_metres, width_m
from geo.model import Finding, Grid, Ground, Region, Rule, Severity, Values
from geo.rings import are_sound, fault_place

BESIDE_DEG = 1e-9
"""What is nearer than this, degrees, touches: a tenth of a millimetre, a hundredth of a lattice step."""
MIN_PIECE_M2 = 1e-5
"""Pieces smaller than this are noise of the overlay: the smallest lattice triangle has 6e-5 m2."""

PINHOLE_M2 = 0.1
"""Nobody sees a gap smaller than this: it comes of rounding, or of a slip."""
COMPACT = 8.0
"""A gap as large as a grid is a missing one if its area is less than this many times its width squared: no strip."""


def is_exact(boundary: Ground, grids: Sequence[Ground]) -> bool:
    """Every directed edge of the grids cancels, and what is left is the boundary.

    Compares whole lattice steps for equality: no tolerance, no overlay. With sound rings the grids then cover each
    point of the boundary's ground once: the number of grids over a point less the number of boundaries over it is a
    function that no edge is left to change, hence zero everywhere. The same proof stands in SQL behind the door.
    """
    shapes = [boundary, *grids]
    return bool(len(grids) > 0 and are_sound(np.asarray(shapes, dtype=object)).all() and _cancel(shapes))


def _cancel(shapes: Sequence[Ground]) -> bool:
    """Whether the edges of the first shape and those of all others cancel."""
    start, end, owner = directed_edges(shapes)
    left, _, _ = uncancelled(start, end, np.where(owner == 0, -1, 1))
    return len(left) == 0


def findings(region: Region, grids: Sequence[Grid]) -> Iterator[Finding]:
    """Every fault of a region's coverage, located. `is_exact` decides whether there is one; nothing then is silent.

    A region whose ring is invalid or that has no outline of its own is judged by what its grids say (`outline`).
    """
    boundary, own = region.shape, [grid.shape for grid in grids]
    sound = are_sound(np.asarray(own if boundary is None else [boundary, *own], dtype=object))
    if boundary is not None and grids and sound.all() and _cancel([boundary, *own]):
        return
    if not sound.all():
        yield from invalid([(region.code, boundary), *((grid.code, grid.shape) for grid in grids)])
    if boundary is None or not sound[0]:
        boundary = outline(own)
    if boundary.is_empty:
        return
    inquiry = Inquiry(region.code, boundary, tuple(grids), sound[len(sound) - len(own) :])
    found = [*inquiry.duplicates(), *inquiry.unmatched(), *inquiry.overlaps(), *inquiry.spills(), *inquiry.gaps()]
    yield from found
    yield from inquiry.unexplained(found)


def outline(shapes: Sequence[Ground]) -> Ground:
    """The ground of all shapes together, by cancelling the edges they share; rings of faulty ones by overlay.

    A hole that nobody fills stays out of a derived outline only where the shapes fit exactly around it.
    """
    union = together(shapes)
    if isinstance(union, Ground) and is_exact(union, shapes):
        return union
    filled = [shapely.Polygon(part.exterior) for part in _polygons(union)]
    return shapely.union_all(filled) if filled else shapely.Polygon()


def together(shapes: Sequence[Ground]) -> BaseGeometry:
    """The ground of all shapes together with its holes; by overlay where they do not fit exactly."""
    valid = [shape if shape.is_valid else shapely.make_valid(shape) for shape in shapes]
    if all(old is new for old, new in zip(shapes, valid, strict=True)) and len(valid) > 0:
        dissolved = _dissolved(valid)
        if dissolved is not None and is_exact(dissolved, valid):
            return dissolved
    return shapely.union_all(valid)


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
    """Where a coverage that is not exact is at fault.

    Edges are led through the nodes they lack first, so that only real ground is told.
    """

    code: str
    boundary: Ground
    grids: tuple[Grid, ...]
    are_sound: NDArray[np.bool_]

    @cached_property
    def sound(self) -> list[Grid]:
        """Valid grids, each shape once."""
        twins = {number for pair in self._twins for number in pair[1:]}
        return [grid for n, grid in enumerate(self.grids) if n not in twins and self.are_sound[n]]

    @cached_property
    def shapes(self) -> list[Ground]:
        """The boundary and the sound grids."""
        return [self.boundary, *(grid.shape for grid in self.sound)]

    @cached_property
    def codes(self) -> list[str]:
        return [self.code, *(grid.code for grid in self.sound)]

    @cached_property
    def loose(self) -> Loose:
        return Loose.of(self.shapes)

    @cached_property
    def claims(self) -> dict[tuple[int, ...], list[shapely.Polygon]]:
        """Ground that is not in one grid and in the boundary, by the shapes that lie over it."""
        found: dict[tuple[int, ...], list[shapely.Polygon]] = {}
        for face in self.loose.faces(self.shapes):
            if not (len(face.over) == 2 and face.over[0] == 0):
                found.setdefault(face.over, []).append(face.shape)
        return found

    def _pieces(self, is_at_fault: Callable[[tuple[int, ...]], bool]) -> Iterator[shapely.Polygon]:
        faces = [face for over, own in self.claims.items() if is_at_fault(over) for face in own]
        yield from pieces(shapely.union_all(faces))

    @cached_property
    def blurred(self) -> BaseGeometry:
        """Ground about which nothing can be said until invalid rings are mended."""
        shapes = np.asarray([grid.shape for grid in self.grids], dtype=object)
        return shapely.union_all(shapely.convex_hull(shapes[~self.are_sound]))

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
        yield from unmatched(self.codes, self.loose)

    def overlaps(self) -> Iterator[Finding]:
        """Ground claimed by two grids."""
        pairs = {pair for over in self.claims for pair in combinations([n for n in over if n], 2)}
        for one, two in sorted(pairs):
            for piece in self._pieces(lambda over, pair=(one, two): {*pair} <= {*over}):  # type: ignore[misc]
                yield ground_finding(Rule.OVERLAP, sorted([self.codes[one], self.codes[two]]), piece)

    def spills(self) -> Iterator[Finding]:
        """Ground claimed outside the boundary."""
        for grid in sorted({n for over in self.claims if 0 not in over for n in over}):
            for piece in self._pieces(lambda over, grid=grid: 0 not in over and grid in over):  # type: ignore[misc]
                yield ground_finding(Rule.SPILL, [self.codes[grid]], piece)

    def gaps(self) -> Iterator[Finding]:
        """Ground inside the boundary that no grid owns."""
        tree = shapely.STRtree(self.shapes[1:])
        for piece in self._pieces(lambda over: over == (0,)):
            if not self.blurred.intersects(piece):
                near = tree.query(piece, "dwithin", BESIDE_DEG)
                codes = [self.code, *sorted(self.codes[n + 1] for n in near.tolist())]
                found = ground_finding(Rule.GAP, codes, piece)
                yield replace(found, values={**found.values, "where": self._where(found)})

    def _where(self, gap: Finding) -> str:
        """What a gap seems to be: all of the region (`whole`), a `pinhole`, a missing `grid`, or ground at the `outer`
        edge of the region, or an `inner` one."""
        area, width = gap.area_m2 or 0.0, gap.width_m or 0.0
        if not self.sound:
            return "whole"
        if area < PINHOLE_M2:
            return "pinhole"
        if area > float(np.median(areas_m2(self.shapes[1:]))) / 2 and COMPACT * width**2 > area:
            return "grid"
        return "outer" if shapely.dwithin(self.boundary.boundary, gap.geometry, BESIDE_DEG) else "inner"

    def unexplained(self, found: Sequence[Finding]) -> Iterator[Finding]:
        """Edges that do not cancel and that no finding touches: never silent about a coverage that is not exact."""
        edges = self.loose.lines
        places = [self.blurred, *(finding.geometry for finding in found if finding.geometry is not None)]
        tree = shapely.STRtree(places)
        told = set(tree.query(shapely.centroid(edges), "dwithin", BESIDE_DEG)[0].tolist()) | set(
            tree.query(edges, "intersects")[0].tolist()
        )
        borders = shapely.boundary(np.asarray(self.shapes, dtype=object))
        for number in sorted(set(range(len(edges))) - told):
            near = np.flatnonzero(shapely.dwithin(borders, edges[number], BESIDE_DEG))
            yield node_finding(sorted({self.codes[n] for n in near.tolist()}), edges[number])


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
    return (part for part in _polygons(shape) if square_metres(part) > MIN_PIECE_M2)


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


def _polygons(shape: BaseGeometry) -> Iterator[shapely.Polygon]:
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            yield part
        elif isinstance(part, shapely.MultiPolygon | shapely.GeometryCollection):
            yield from _polygons(part)
