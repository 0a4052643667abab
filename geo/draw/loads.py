"""How many households does each grid have, and which estates does it leave whole?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.draw.counting import counts, violation_of
from geo.model import Building
from geo.plane import Plane

POINT_M = 1.0
"""Radius of the ground that a building known as a point is taken to stand on."""
NOBODY = -1
"""The number of the grid of a building that stands in none, and of the estate of one that belongs to none."""
WORST_VARIATION = 0.25
"""Variation of load from which balance counts for nothing."""

Shapes = NDArray[np.object_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """Households of each grid, in the order given, and those that no grid has (`unowned`).

    `towers`: the numbers of grids excused for a building of their own with more than a grid may have. `in_range`: how
    many grids are within the range. `violation`: the households too many or too few, of which arithmetic forces
    `least_violation`. `variation`: deviation of loads by their mean. `estates` could each stay whole, `estates_split`
    of them lie in several grids.
    """

    households: tuple[int, ...]
    unowned: int
    towers: tuple[int, ...]
    in_range: int
    violation: int
    least_violation: int
    variation: float
    estates: int
    estates_split: int

    @property
    def balance(self) -> float:
        """From 0 to 1."""
        return max(0.0, 1.0 - self.variation / WORST_VARIATION)

    @property
    def whole(self) -> float | None:
        """The share of estates that stay whole, None where there are none."""
        return 1.0 - self.estates_split / self.estates if self.estates else None


@dataclass(frozen=True, slots=True)
class Houses:
    """Buildings that stand in a region: footprints in metres, households and estate (`NOBODY`: none), all (n,)."""

    footprints: Shapes
    households: Numbers
    estate: Numbers

    @classmethod
    def of(cls, buildings: Sequence[Building], plane: Plane, boundary: BaseGeometry) -> "Houses":
        """Those of which a point in the middle lies inside of `boundary`, metres."""
        shapes = _footprints(plane.metres_each([one.shape for one in buildings]))
        shapely.prepare(boundary)
        inside = np.flatnonzero(shapely.intersects(boundary, shapely.point_on_surface(shapes)))
        own = [buildings[number] for number in inside.tolist()]
        names = {name: number for number, name in enumerate(sorted({one.compound for one in own} - {""}))}
        households = np.array([one.households or 0 for one in own], dtype=np.int64)
        estate = np.array([names.get(one.compound, NOBODY) for one in own], dtype=np.int64)
        return cls(shapes[inside], households, estate)

    def owners(self, ground: Shapes) -> Numbers:
        """The number of the grid that has most of each building, the first of equals (n,)."""
        owner = np.full(len(self.footprints), NOBODY)
        house, grid = shapely.STRtree(ground).query(self.footprints, predicate="intersects")
        alone = np.bincount(house, minlength=len(owner))[house] == 1
        shared = np.ones(len(house))
        shared[~alone] = shapely.area(shapely.intersection(self.footprints[house[~alone]], ground[grid[~alone]]))
        order = np.lexsort((-grid, shared))
        owner[house[order]] = grid[order]
        return owner

    def loads(self, ground: Shapes, least: int, most: int) -> Loads:
        """Of grids (n,) in metres that are to have from `least` to `most` households."""
        owner = self.owners(ground)
        loads = self._sums(owner != NOBODY, owner, len(ground))
        excused = self._excused(owner, loads, least, most)
        others = loads[~excused]
        estates, split = self._estates(owner, most)
        return Loads(
            households=tuple(loads.tolist()),
            unowned=int(self.households[owner == NOBODY].sum()),
            towers=tuple(np.flatnonzero(excused).tolist()),
            in_range=int(((loads >= least) & (loads <= most)).sum()),
            violation=violation_of(others.tolist(), least, most),
            least_violation=counts(self.households.tolist(), least, most).violation,
            variation=float(others.std() / others.mean()) if others.sum() > 0 else 0.0,
            estates=estates,
            estates_split=split,
        )

    def _excused(self, owner: Numbers, loads: Numbers, least: int, most: int) -> NDArray[np.bool_]:
        """Grids of one tower, with less beside it than would make a grid."""
        tower = (owner != NOBODY) & (self.households > most)
        beside = loads - self._sums(tower, owner, len(loads))
        return np.asarray((np.bincount(owner[tower], minlength=len(loads)) == 1) & (beside < least))

    def _sums(self, which: NDArray[np.bool_], owner: Numbers, count: int) -> Numbers:
        return np.bincount(owner[which], weights=self.households[which], minlength=count).astype(np.int64)

    def _estates(self, owner: Numbers, most: int) -> tuple[int, int]:
        """How many estates fit into one grid, and how many of those lie in several."""
        member = self.estate != NOBODY
        count = int(self.estate.max(initial=NOBODY)) + 1
        fits = self._sums(member, self.estate, count) <= most
        pairs = np.unique(np.column_stack([self.estate[member], owner[member]]), axis=0)
        held = np.bincount(pairs[:, 0], minlength=count)
        return int(fits.sum()), int((fits & (held > 1)).sum())


def _footprints(shapes: Shapes) -> Shapes:
    """Ground of buildings, each sound and at least a disc where it stands."""
    sound = np.asarray(shapely.make_valid(shapes), dtype=object)
    flat = shapely.area(sound) == 0
    sound[flat] = shapely.buffer(shapely.centroid(sound[flat]), POINT_M, quad_segs=2)
    return sound
