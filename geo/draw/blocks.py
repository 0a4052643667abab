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
from shapely import LineString, Polygon

from geo.arrangement import Arrangement, Over, joined
from geo.coverage import is_exact
from geo.draw.borders import OUTSIDE, Borders, Numbers
from geo.draw.cuts import cut_lines
from geo.draw.holes import filled, surrounded, through
from geo.draw.houses import Houses
from geo.draw.network import joined_numbers, network
from geo.draw.rim import put_back
from geo.draw.slices import across
from geo.draw.thin import joined_thin, tips, without_needles
from geo.lattice import rounded
from geo.model import Building, Ground
from geo.plane import Plane
from geo.rings import are_sound

ROUNDS = 6
MANY = 5
"""Ground with so many times the households of a part is cut by bent lines where no straight one passes."""
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
    boundary: Polygon,
    buildings: Sequence[Building],
    lines: Sequence[LineString],
    full: int,
    part: int,
    kept: Sequence[Polygon] = (),
) -> Blocks:
    """Of one part of a region. Blocks of more than `full` households are cut where a gap allows. `kept` ones that cover
    it exactly are what it begins with; those that a building stands in together are one."""
    plane = Plane.of(boundary)
    houses = Houses.of(buildings, plane)
    fitted = _fitted(kept, boundary)
    begun = _uncut(fitted, houses, plane) if fitted else _between([boundary], houses, plane, lines)
    shapes = filled(_cut(begun, houses, plane, full, part).shapes)
    return laid(put_back(shapes, np.zeros(len(shapes), dtype=np.int64), [boundary], plane), buildings, plane)


def blocks_within(
    grounds: Sequence[Polygon], buildings: Sequence[Building], lines: Sequence[LineString], most: int
) -> tuple[list[Polygon], Numbers]:
    """Blocks (n,), none of which lies in two of some grounds beside each other or has more than `most` households where
    a gap allows, and which ground (n,) each lies in."""
    plane = Plane.of(shapely.box(*shapely.total_bounds([*grounds])))
    houses = Houses.of(buildings, plane)
    found = _blunt(_cut(_between(grounds, houses, plane, lines), houses, plane, most, most), plane)
    shapes, within = filled(found.shapes), dict(zip(map(id, found.shapes), found.ground.tolist(), strict=True))
    places = shapely.point_on_surface([*grounds])
    ground = np.array([within.get(id(one), _holder(one, places)) for one in shapes])
    return put_back(shapes, ground, grounds, plane), ground


def _holder(shape: Polygon, places: Shapes) -> int:
    """The ground that a piece lies in which took in what lay in its hole."""
    return int(np.argmin(shapely.distance(places, shape)))


def laid(shapes: Sequence[Ground], buildings: Sequence[Building], plane: Plane) -> Blocks:
    """Pieces of ground as blocks: each building stands in the one that has most of it."""
    houses = Houses.of(buildings, plane)
    owner = houses.owners(shapes, plane)
    inside = owner != OUTSIDE
    count = np.bincount(owner[inside], weights=houses.households[inside], minlength=len(shapes))
    return Blocks([*shapes], plane, owner, count.astype(np.int64))


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Pieces of ground (n,) that cover some grounds, and the number of the one that each lies in (n,)."""

    shapes: list[Polygon]
    ground: Numbers


def _between(grounds: Sequence[Polygon], houses: Houses, plane: Plane, ways: Sequence[LineString]) -> _Pieces:
    """Pieces between the lines, walled ground joined to a neighbour."""
    lines = plane.metres_each(ways)
    net = network(lines, houses.footprints, shapely.MultiPolygon([plane.metres(ground) for ground in grounds]))
    walls = [ground for ground in (rounded(plane.degrees(wall)) for wall in net.walls) if ground.is_valid]
    edges = [rounded(plane.degrees(line)) for line in net.lines]
    found = Arrangement.of([*grounds, *walls], [edge for edge in edges if edge.length > 0])
    faces = [face for face in found.faces if face.over and min(face.over) < len(grounds)]
    pieces = _Pieces([face.shape for face in faces], np.array([min(face.over) for face in faces]))
    borders = Borders.of(pieces.shapes, plane).within(pieces.ground)
    under = [frozenset(number for number in face.over if number >= len(grounds)) for face in faces]
    return _together(pieces, borders, plane, _walled(under, borders))


def _walled(under: Sequence[Over], borders: Borders) -> Numbers:
    """The group of each face, given the walls it lies under: those under one together, and with the open face they have
    the longest border to."""
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


def _fitted(shapes: Sequence[Polygon], boundary: Polygon) -> list[Polygon]:
    """The shapes, led through the nodes that a boundary gained meanwhile; none where they do not cover it exactly."""
    if not shapes or not are_sound(np.array(shapes, dtype=object)).all():
        return []
    fitted = put_back(shapes, np.zeros(len(shapes), dtype=np.int64), [boundary], Plane.of(boundary))
    *led, rim = Arrangement.of([*fitted, boundary]).shapes
    return [shape for shape in led if isinstance(shape, Polygon)] if is_exact(rim, led) else []


def _uncut(shapes: Sequence[Polygon], houses: Houses, plane: Plane) -> _Pieces:
    """The shapes, those together that share a building."""
    pieces = _Pieces([*shapes], np.zeros(len(shapes), dtype=np.int64))
    house, piece = houses.stands(shapes, plane)
    next_ = np.flatnonzero(house[1:] == house[:-1])
    if len(next_) == 0:
        return pieces
    group = joined_numbers(len(shapes), piece[next_], piece[next_ + 1])
    return _together(pieces, Borders.of(shapes, plane), plane, group)


def _cut(pieces: _Pieces, houses: Houses, plane: Plane, full: int, part: int) -> _Pieces:
    for _ in range(ROUNDS):
        cuts = _cuts(pieces.shapes, houses, plane, full, part)
        if not cuts:
            break
        before = {shape.wkb for shape in pieces.shapes}
        pieces = _again(pieces, cuts, plane)
        if {shape.wkb for shape in pieces.shapes} == before:
            break
    return pieces


def _cuts(shapes: Sequence[Polygon], houses: Houses, plane: Plane, full: int, part: int) -> list[LineString]:
    """Lines, degrees, that divide what is too full, narrow at an end or around other ground."""
    owner = houses.owners(shapes, plane)
    order = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[order], np.arange(len(shapes) + 1))
    found: list[LineString] = []
    for number, shape in enumerate(shapes):
        ground = plane.metres(shape)
        own = order[first[number] : first[number + 1]]
        if houses.households[own].sum() > full and len(own) > 1:
            found.extend(
                cut_lines(ground, houses.footprints[own], houses.households[own], part, max(full, MANY * part))
            )
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


def _blunt(pieces: _Pieces, plane: Plane) -> _Pieces:
    """The pieces, those that have a needle alone together with a neighbour in the same ground."""
    borders = Borders.of(pieces.shapes, plane).within(pieces.ground)
    return _together(pieces, borders, plane, without_needles(pieces.shapes, borders, plane))


def _again(pieces: _Pieces, cuts: Sequence[LineString], plane: Plane) -> _Pieces:
    faces = [face for face in Arrangement.of(pieces.shapes, cuts).faces if face.over]
    ground = pieces.ground[[min(face.over) for face in faces]]
    after = _Pieces([face.shape for face in faces], ground)
    borders = Borders.of(after.shapes, plane).within(ground)
    return _together(after, borders, plane, np.arange(len(faces)))


def _together(pieces: _Pieces, borders: Borders, plane: Plane, group: Numbers) -> _Pieces:
    """The ground of groups after thin ones and those enclosed by one other joined a neighbour."""
    group = joined_thin(pieces.shapes, borders, plane, group)
    group = _filled(borders, group)
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    own = pieces.shapes
    shapes = [own[part[0]] if len(part) == 1 else joined([own[n] for n in part]) for part in parts]
    return _Pieces(shapes, pieces.ground[[part[0] for part in parts]])


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
