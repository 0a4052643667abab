"""Which grid owns each of many buildings, by which rule, and how much of each stands in which grid?

One owner each: the grid declared for it where it stands in that, else the grid of its entrance, else the grid with the
largest share of its footprint; the smallest code on ties. What is declared says to whom a building on a border belongs;
it moves nobody off the ground. The same rule stands in SQL (`migrations/sql/owners.sql`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import overload

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.edges import Edges, Floats, Numbers, Shapes, shared_deg2, spread
from geo.measure import scales_m2
from geo.model import Building, Grid
from geo.raster import NOBODY, UNSURE, Raster

CUT_M2 = 0.25
"""A building counts as cut only above this area on both sides: less is the lattice's rounding."""
SHARE_DIGITS = 6
"""Shares are compared to this many decimals: more is float noise in a small house, and a tie is a tie in SQL too."""
FLAT_DEG2 = 1e-15
"""Footprints smaller than this, square degrees, are folded flat and stand for their corners; lattice triangles have
5e-15."""
FEW = 200
"""So many buildings are sooner measured one and all than sorted."""
MOST_TERMS = 1 << 20
"""Pairs of edges of a footprint and a grid that are summed up; GEOS is the better way from there."""
TOUCH = 1e-12
"""Common ground below this part of a footprint is the rounding of doubles: they only touch."""


Stands = tuple[Numbers, Numbers, Floats]


class By(StrEnum):
    """By which rule a building has its owner."""

    DECLARED = "declared"
    ENTRANCE = "entrance"
    SHARE = "share"


RULES = tuple(By)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One building's owner (None when no grid owns it) and by which rule, its area, and the shares in m2 of the grids
    it stands in, by code."""

    building: Building
    grid: str | None
    shares: Mapping[str, float]
    area_m2: float
    by: By | None = None

    @property
    def outside_m2(self) -> float:
        """How much of it no grid has; 0 where grids overlap on it."""
        return max(0.0, self.area_m2 - sum(self.shares.values()))

    @property
    def is_split(self) -> bool:
        """Whether a boundary cuts it: no grid has all of it. One that lies wholly in two grids is not cut."""
        cut = [area for area in (*self.shares.values(), self.outside_m2) if area > CUT_M2]
        return len(cut) > 1 and self.area_m2 - max(self.shares.values(), default=0.0) > CUT_M2

    @property
    def whole_in(self) -> list[str]:
        """The grids that have all of it; several where grids overlap, none for a point."""
        return [code for code, area in self.shares.items() if area > CUT_M2 and self.area_m2 - area <= CUT_M2]


@dataclass(frozen=True, eq=False)
class Owned(Sequence[Assignment]):
    """The owners of many buildings (n,) as arrays, in the order given; an `Assignment` is made when it is asked for.

    `codes` are the grids' in order; `grid` the number of each building's owner or -1; `by` the number of its rule in
    `By`, or -1. `sole` is the grid that surely has all of a building and that no other touches, -1 where no grid comes
    near. Of those with -2 there, `rest` in order, `area_m2` is told and their pieces: `piece_of` (a number of `rest`,
    rising), `piece_grid` (rising for each) and `piece_m2`, 0 where a building only touches a grid or is a point.
    """

    buildings: Sequence[Building]
    codes: Sequence[str]
    grid: Numbers
    by: Numbers
    sole: Numbers
    rest: Numbers
    area_m2: Floats
    piece_of: Numbers
    piece_grid: Numbers
    piece_m2: Floats

    def __len__(self) -> int:
        return len(self.buildings)

    @overload
    def __getitem__(self, number: int) -> Assignment: ...
    @overload
    def __getitem__(self, number: slice) -> list[Assignment]: ...
    def __getitem__(self, number: int | slice) -> Assignment | list[Assignment]:
        if isinstance(number, slice):
            return self.some(range(*number.indices(len(self))))
        return self.some([range(len(self))[number]])[0]

    def __iter__(self) -> Iterator[Assignment]:
        return iter(self.some(range(len(self))))

    def some(self, numbers: Sequence[int]) -> list[Assignment]:
        """The assignments of some of the buildings."""
        wanted = np.asarray(numbers, dtype=np.int64)
        clear, other = wanted[self.sole[wanted] > UNSURE], wanted[self.sole[wanted] == UNSURE]
        at, ground = np.searchsorted(self.rest, other), _footprints([self.buildings[n] for n in clear.tolist()])
        first = np.searchsorted(self.piece_of, at)
        run, piece = spread(first, np.searchsorted(self.piece_of, at, "right") - first)
        shares: dict[int, dict[str, float]] = {n: {} for n in wanted.tolist()}
        for of, grid, m2 in (
            (clear, self.sole[clear], ground.inside_m2),
            (other[run], self.piece_grid[piece], self.piece_m2[piece]),
        ):
            for n, k, area in zip(of.tolist(), grid.tolist(), m2.tolist(), strict=True):
                if k != NOBODY:
                    shares[n][self.codes[k]] = area
        areas = dict(zip(clear.tolist(), ground.area_m2.tolist(), strict=True))
        areas |= zip(other.tolist(), self.area_m2[at].tolist(), strict=True)
        owners, rules = (*self.codes, None), (*By, None)
        told = zip(wanted.tolist(), self.grid[wanted].tolist(), self.by[wanted].tolist(), strict=True)
        return [Assignment(self.buildings[n], owners[k], shares[n], areas[n], rules[rule]) for n, k, rule in told]

    @cached_property
    def is_split(self) -> NDArray[np.bool_]:
        """Whether a boundary cuts each building (n,); as `Assignment.is_split`."""
        size = len(self.rest)
        largest = np.zeros(size)
        np.maximum.at(largest, self.piece_of, self.piece_m2)
        outside = self.area_m2 - np.bincount(self.piece_of, self.piece_m2, size)
        sides = np.bincount(self.piece_of, self.piece_m2 > CUT_M2, size) + (outside > CUT_M2)
        split = np.zeros(len(self), dtype=bool)
        split[self.rest] = (sides > 1) & (self.area_m2 - largest > CUT_M2)
        return split

    @cached_property
    def is_ambiguous(self) -> NDArray[np.bool_]:
        """Whether each building (n,) lies wholly in several grids; as the length of `Assignment.whole_in`."""
        whole = (self.piece_m2 > CUT_M2) & (self.area_m2[self.piece_of] - self.piece_m2 <= CUT_M2)
        ambiguous = np.zeros(len(self), dtype=bool)
        ambiguous[self.rest] = np.bincount(self.piece_of, whole, len(self.rest)) > 1
        return ambiguous

    @cached_property
    def households(self) -> Numbers:
        """Households of each building (n,); -1 where nobody counted."""
        told = (-1 if building.households is None else building.households for building in self.buildings)
        return np.fromiter(told, dtype=np.int64, count=len(self))


@dataclass(frozen=True, slots=True)
class _Ground:
    """Footprints (n,) made sound, those folded flat as their corners; square metres of each, 0 for flat ones."""

    shapes: Shapes
    scale: Floats
    inside_m2: Floats
    area_m2: Floats


class _Grids:
    """The grids in the order of their codes, sound, for asking where things lie. `many`: so many are asked that those
    clear of every border are worth sorting out first; they have the same answers else."""

    def __init__(self, grids: Sequence[Grid], asked: int, few: int) -> None:
        ordered = sorted(grids, key=lambda grid: grid.code)
        self.codes, shapes = [grid.code for grid in ordered], sound([grid.shape for grid in ordered])
        self.tree, self.edges = shapely.STRtree(shapes), Edges.among(shapes)
        self._raster = Raster(shapes, self.edges, asked) if asked > few else None

    def sole(self, shapes: Shapes) -> Numbers:
        """`Raster.owners`, where that is worth it."""
        return np.full(len(shapes), UNSURE) if self._raster is None else self._raster.owners(shapes)

    def shared_m2(self, ground: "_Ground", thing: Numbers, grid: Numbers) -> Floats:
        """Square metres that footprints and grids share, pair by pair; 0 where they only touch."""
        large, deg2 = self.tree.geometries[grid], np.zeros(len(thing))
        terms = shapely.get_num_coordinates(ground.shapes[thing]) * shapely.get_num_coordinates(large)
        few, many = np.flatnonzero(terms <= MOST_TERMS), np.flatnonzero(terms > MOST_TERMS)
        deg2[few] = shared_deg2(ground.shapes, self.edges, thing[few], grid[few], len(self.codes))
        deg2[many] = shapely.area(shapely.intersection(ground.shapes[thing[many]], large[many]))
        m2 = deg2 * ground.scale[thing]
        whole = ground.area_m2[thing]
        return np.where(m2 > TOUCH * whole, np.minimum(m2, whole), 0.0)


def owned(buildings: Sequence[Building], grids: Sequence[Grid], *, few: int = FEW) -> Owned:
    """The owners of buildings: most are clear of every border, and only the others are measured."""
    known = _Grids(grids, len(buildings), few)
    sole = known.sole(_shapes([*map(attrgetter("shape"), buildings)]))
    rest = np.flatnonzero(sole == UNSURE)
    left = _footprints([buildings[n] for n in rest.tolist()])
    of, grid, m2 = _pieces(known, left)
    owner, by = sole.copy(), np.full(len(sole), RULES.index(By.SHARE))
    stands = _stands(of, grid, m2, left.area_m2)
    owner[rest] = _largest(*stands, len(rest))
    _enter(buildings, known, owner, by)
    for number, k in _declared(buildings, known.codes, sole, rest, stands):
        owner[number], by[number] = k, RULES.index(By.DECLARED)
    by[owner == NOBODY] = NOBODY
    return Owned(buildings, known.codes, owner, by, sole, rest, left.area_m2, of, grid, m2)


def _enter(buildings: Sequence[Building], known: _Grids, owner: Numbers, by: Numbers) -> None:
    """Buildings whose entrance is in a grid belong to it: the first by code where it is on a border."""
    doors = [(number, door) for number, door in enumerate(map(attrgetter("entrance"), buildings)) if door is not None]
    if not doors:
        return
    number, points = np.array([number for number, _ in doors]), _shapes([door for _, door in doors])
    found = known.sole(points)
    open_ = np.flatnonzero(found == UNSURE)
    door, grid = known.tree.query(points[open_], "intersects")
    order = np.lexsort((grid, door))
    found[open_] = _first(door[order], grid[order], len(open_))
    entered = found > NOBODY
    owner[number[entered]], by[number[entered]] = found[entered], RULES.index(By.ENTRANCE)


def _declared(
    buildings: Sequence[Building], codes: Sequence[str], sole: Numbers, rest: Numbers, stands: Stands
) -> Iterator[tuple[int, int]]:
    """Buildings that stand in the grid declared for them, and that grid."""
    declared = [*map(attrgetter("grid"), buildings)]
    if not any(declared):
        return
    for number, k in enumerate(sole.tolist()):
        if k > NOBODY and declared[number] == codes[k]:
            yield number, k
    of, grid, _ = stands
    for number, k in zip(rest[of[::-1]].tolist(), grid[::-1].tolist(), strict=True):  # of grids with one code the first
        if declared[number] == codes[k]:
            yield number, k


def _shapes(given: Collection[BaseGeometry]) -> Shapes:
    return np.fromiter(given, dtype=object, count=len(given))


def sound(given: Sequence[BaseGeometry]) -> Shapes:
    """The shapes; an invalid one as the ground that its rings enclose, without the spikes that enclose none."""
    shapes = _shapes(given)
    for number in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        shapes[number] = _enclosed(shapes[number])
    return shapes


def _enclosed(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.make_valid(shape))
    dimensions = shapely.get_dimensions(parts)
    return shapely.union_all(parts[dimensions == dimensions.max()])


def _footprints(buildings: Sequence[Building]) -> _Ground:
    shapes = sound([building.shape for building in buildings])
    scale, area = scales_m2(shapes), shapely.area(shapes)
    flat = area < FLAT_DEG2
    folded = flat & (shapely.get_dimensions(shapes) > 0)
    shapes[folded] = [shapely.MultiPoint(shapely.get_coordinates(shape)) for shape in shapes[folded]]
    return _Ground(shapes, scale, shapely.area(shapes) * scale, np.where(flat, 0.0, area * scale))


def _pieces(known: _Grids, ground: _Ground) -> tuple[Numbers, Numbers, Floats]:
    """Every footprint and grid that meet, in order, and the square metres they share (0 where they only touch, or for
    a point).

    All parts of a building at its own latitude: halves are halves on either side of a border.
    """
    building, grid = known.tree.query(ground.shapes, "intersects")
    order = np.lexsort((grid, building))
    building, grid = building[order], grid[order]
    parts, m2 = ground.shapes[building], ground.inside_m2[building]
    solid = np.flatnonzero(shapely.get_dimensions(parts) > 0)
    cut = solid[~shapely.covers(known.tree.geometries[grid[solid]], parts[solid])]
    m2[cut] = known.shared_m2(ground, building[cut], grid[cut])
    return building, grid, m2


def _stands(building: Numbers, grid: Numbers, m2: Floats, area_m2: Floats) -> Stands:
    """The grids that each building stands in, in order, and its share there; one that only touches a grid is not in it,
    a point is."""
    whole = area_m2[building]
    share = np.ones(len(building))
    solid = whole > 0
    # rounded as decimals are, one by one: a tie is a tie in SQL too
    share[solid] = [round(part, SHARE_DIGITS) for part in (m2[solid] / whole[solid]).tolist()]
    there = share > 0
    return building[there], grid[there], share[there]


def _largest(building: Numbers, grid: Numbers, share: Floats, count: int) -> Numbers:
    """The grid with the largest share of each of `count` buildings, -1 for none."""
    order = np.lexsort((grid, -share, building))
    return _first(building[order], grid[order], count)


def _first(thing: Numbers, grid: Numbers, count: int) -> Numbers:
    """The first grid told for each of `count` things, -1 for none."""
    found = np.full(count, NOBODY)
    found[thing[::-1]] = grid[::-1]
    return found
