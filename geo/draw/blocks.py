"""Which pieces of ground are grids put together from?

One planar arrangement on the lattice (`geo.arrangement`) of the region's boundary, its lines and the walls of buildings
that lines ran through. Thin leftovers join a neighbour, ground too full to stay whole is cut between its buildings.
Every block is ground in one part without a hole, and no building stands in two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon

from geo.arrangement import Arrangement, joined
from geo.draw.borders import OUTSIDE, Borders, Numbers
from geo.draw.cuts import cut_lines
from geo.draw.holes import filled, surrounded, through
from geo.draw.network import Network, joined_numbers, network
from geo.draw.slices import across
from geo.draw.thin import joined_thin, tips
from geo.lattice import rounded
from geo.model import Building
from geo.plane import Plane

POINT_M = 1.0
"""Radius of the ground that a building known as a point is taken to stand on."""
ROUNDS = 3
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Blocks:
    """`shapes` cover a part of the boundary on the lattice; `plane` measures them; `building` tells in which block each
    building stands (m,), `OUTSIDE` where in none; `households` is what each block has (n,)."""

    shapes: list[Polygon]
    plane: Plane
    building: Numbers
    households: Numbers


def blocks(
    boundary: Polygon, buildings: Sequence[Building], lines: Sequence[LineString], full: int, part: int
) -> Blocks:
    """Of one part of a region. Blocks of more than `full` households are cut where a gap allows."""
    plane = Plane.of(boundary)
    houses = _Houses.of(buildings, plane)
    ways = np.array([plane.metres(line) for line in lines], dtype=object)
    net = network(ways, houses.footprints, plane.metres(boundary))
    shapes = _first(boundary, net, plane)
    for _ in range(ROUNDS):
        cuts = _cuts(shapes, houses, plane, full, part)
        if not cuts:
            break
        before = len(shapes)
        shapes = _again(shapes, cuts, plane)
        if len(shapes) == before:
            break
    shapes = filled(shapes)
    owner = houses.owners(shapes, plane)
    inside = owner != OUTSIDE
    count = np.bincount(owner[inside], weights=houses.households[inside], minlength=len(shapes))
    return Blocks(shapes, plane, owner, count.astype(np.int64))


@dataclass(frozen=True, slots=True)
class _Houses:
    """Footprints in metres (n,), polygons, and households (n,)."""

    footprints: Shapes
    households: Numbers

    @classmethod
    def of(cls, buildings: Sequence[Building], plane: Plane) -> "_Houses":
        shapes = [plane.metres(one.shape) for one in buildings]
        ground = [one.buffer(POINT_M, quad_segs=2) if isinstance(one, Point) else one for one in shapes]
        return cls(np.array(ground, dtype=object), np.array([one.households or 0 for one in buildings], dtype=np.int64))

    def owners(self, shapes: Sequence[Polygon], plane: Plane) -> Numbers:
        """The piece of ground that has most of each footprint (n,)."""
        owner = np.full(len(self.footprints), OUTSIDE)
        if len(owner) == 0:
            return owner
        ground = np.array([plane.metres(shape) for shape in shapes], dtype=object)
        tree = shapely.STRtree(ground)
        house, within = tree.query(self.footprints, predicate="within")
        owner[house] = within
        rest = np.flatnonzero(owner == OUTSIDE)
        house, piece = tree.query(self.footprints[rest], predicate="intersects")
        shared = shapely.area(shapely.intersection(self.footprints[rest][house], ground[piece]))
        order = np.lexsort((-piece, shared))
        owner[rest[house[order]]] = piece[order]
        return owner


def _first(boundary: Polygon, net: Network, plane: Plane) -> list[Polygon]:
    """Pieces between the lines, walled ground joined to a neighbour."""
    walls = [ground for ground in (rounded(plane.degrees(wall)) for wall in net.walls) if ground.is_valid]
    lines = [rounded(plane.degrees(line)) for line in net.lines]
    found = Arrangement.of([boundary, *walls], [line for line in lines if line.length > 0])
    faces = [face for face in found.faces if 0 in face.over]
    pieces = [face.shape for face in faces]
    borders = Borders.of(pieces, plane)
    return _together(pieces, borders, plane, _walled(faces, borders))


def _walled(faces: Sequence[object], borders: Borders) -> Numbers:
    """The group of each face: those under one wall together, and with the open face they have the longest border to."""
    under = [frozenset(face.over) - {0} for face in faces]  # type: ignore[attr-defined]
    count = len(under)
    one, other, metres = borders.between(np.arange(count))
    same = np.array([bool(under[a] & under[b]) for a, b in zip(one, other, strict=True)], dtype=bool)
    group = joined_numbers(count, one[same], other[same]) if count else np.arange(count)
    walled = {int(group[n]) for n in range(count) if under[n]}
    best: dict[int, tuple[float, int]] = {}
    one, other, metres = borders.between(group)
    for a, b, shared in zip(one.tolist(), other.tolist(), metres.tolist(), strict=True):
        for own, partner in ((a, b), (b, a)):
            if own in walled and partner not in walled:
                best[own] = max(best.get(own, (-1.0, 0)), (shared, partner))
    pairs = np.array([(own, partner) for own, (_, partner) in sorted(best.items())], dtype=np.int64).reshape(-1, 2)
    return joined_numbers(count, pairs[:, 0], pairs[:, 1])[group]


def _cuts(shapes: Sequence[Polygon], houses: _Houses, plane: Plane, full: int, part: int) -> list[LineString]:
    """Lines, degrees, that divide what is too full, narrow at an end or around other ground."""
    owner = houses.owners(shapes, plane)
    order = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[order], np.arange(len(shapes) + 1))
    found: list[LineString] = []
    for number, shape in enumerate(shapes):
        ground = plane.metres(shape)
        own = order[first[number] : first[number + 1]]
        if houses.households[own].sum() > full and len(own) > 1:
            found.extend(cut_lines(ground, houses.footprints[own], houses.households[own], part))
        if len(own) == 0:
            found.extend(across(ground))
        found.extend(_clear(tips(ground), houses.footprints[own]))
    for number, hole, _ in surrounded(shapes):
        own = order[first[number] : first[number + 1]]
        found.extend(through(plane.metres(shapes[number]), plane.metres(hole), houses.footprints[own]))
    return [line for line in (rounded(plane.degrees(line)) for line in found) if line.length > 0]


def _clear(lines: Sequence[LineString], footprints: Shapes) -> list[LineString]:
    """The lines that run through no building."""
    if not lines or len(footprints) == 0:
        return [*lines]
    blocked = set(shapely.STRtree(footprints).query(np.array(lines, dtype=object), predicate="intersects")[0].tolist())
    return [line for number, line in enumerate(lines) if number not in blocked]


def _again(shapes: Sequence[Polygon], cuts: Sequence[LineString], plane: Plane) -> list[Polygon]:
    found = Arrangement.of(shapes, cuts)
    pieces = [face.shape for face in found.faces if face.over]
    return _together(pieces, Borders.of(pieces, plane), plane, np.arange(len(pieces)))


def _together(pieces: Sequence[Polygon], borders: Borders, plane: Plane, group: Numbers) -> list[Polygon]:
    """The ground of groups after thin ones and those enclosed by one other joined a neighbour."""
    group = joined_thin(pieces, borders, plane, group)
    group = _filled(borders, group)
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return [pieces[part[0]] if len(part) == 1 else joined([pieces[n] for n in part]) for part in parts]


def _filled(borders: Borders, group: Numbers) -> Numbers:
    """Groups with one neighbour and no place at the outside are in a hole of it: they join it."""
    while True:
        left, right = borders.grouped(group)
        outer = set(np.r_[left[right == OUTSIDE], right[left == OUTSIDE]].tolist())
        one, other, _ = borders.between(group)
        ends, count = np.unique(np.r_[one, other], return_counts=True)
        lonely = {int(n) for n in ends[count == 1]} - outer
        pairs = [(a, b) for a, b in zip(one.tolist(), other.tolist(), strict=True) if a in lonely or b in lonely]
        if not pairs:
            return group
        a, b = np.array(pairs).T
        group = joined_numbers(len(group), a, b)[group]
