"""What stands on a part of a region, and what does a way to divide its blocks come to?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from geo.draw.alongside import Alongside
from geo.draw.blocks import Blocks, blocks, laid
from geo.draw.borders import OUTSIDE, Numbers
from geo.draw.mosaic import Mosaic, mosaic
from geo.draw.task import Task, Wishes
from geo.model import Building, Ground
from geo.plane import Plane

WELD_M = 0.3
"""Pieces of water nearer to each other than twice this are one."""


@dataclass(frozen=True, slots=True)
class Site:
    """Blocks laid on a part of a region, the buildings (n,) that stand there, and their households (n,)."""

    laid: Blocks
    buildings: Sequence[Building]
    households: Numbers
    wishes: Wishes

    @classmethod
    def of(cls, task: Task, part: Polygon, fineness: tuple[float, float]) -> "Site":
        """`fineness`: blocks with more households than the first share of the most that a grid may have are cut to
        parts of the second. Raises NodingUnsettledError."""
        own = standing(task.buildings, part)
        lines = [piece for line in task.lines for piece in shapely.get_parts(line.shape)]
        full, fine = (max(1, round(share * task.wishes.most)) for share in fineness)
        shapely.prepare(part)
        kept = [block for block in task.kept if part.intersects(block.representative_point())]
        return cls._of(blocks(part, own, [*lines, *shores(task)], full, fine, kept), own, task)

    @classmethod
    def given(cls, task: Task, shapes: Sequence[Ground], part: Ground) -> "Site":
        """With pieces of ground that are there already as blocks."""
        own = standing(task.buildings, part)
        return cls._of(laid(shapes, own, Plane.of(part)), own, task)

    @classmethod
    def _of(cls, on: Blocks, own: Sequence[Building], task: Task) -> "Site":
        return cls(on, own, np.array([one.households or 0 for one in own], dtype=np.int64), task.wishes)

    def mosaic(self, task: Task) -> Mosaic:
        """All that the solver has to know of it."""
        plane = self.laid.plane
        lines = plane.metres_each([line.shape for line in task.lines])
        rims = plane.metres_each(shores(task))
        barriers = np.array([line.category in task.wishes.barriers for line in task.lines], dtype=bool)
        alongside = Alongside(np.concatenate([lines, rims]), np.concatenate([barriers, np.zeros(len(rims), bool)]))
        on = self.laid
        return mosaic(on.shapes, plane, alongside, on.households, self._towers(), self._compounds())

    def loads(self, label: Numbers, grids: int) -> Numbers:
        """Households of each grid, given that of each block."""
        return np.bincount(label, weights=self.laid.households, minlength=grids).astype(np.int64)

    def lone(self, label: Numbers, grids: int) -> NDArray[np.bool_]:
        """Which grids are a tower's: one tower, and too few households beside it for a grid of their own."""
        count, inside = self._towers()
        towers = np.bincount(label, weights=count, minlength=grids)
        rest = self.loads(label, grids) - np.bincount(label, weights=inside, minlength=grids)
        return np.asarray((towers == 1) & (rest < self.wishes.least))

    def out(self, label: Numbers, grids: int) -> Numbers:
        """Households that each grid has too many or too few; a lone tower is excused."""
        loads = self.loads(label, grids)
        out = np.maximum(0, self.wishes.least - loads) + np.maximum(0, loads - self.wishes.most)
        return np.where(self.lone(label, grids), 0, out)

    def violation(self, label: Numbers, grids: int) -> int:
        """The same of all grids in all."""
        return int(self.out(label, grids).sum())

    def _towers(self) -> tuple[Numbers, Numbers]:
        """How many towers each block has, and their households."""
        over = (self.households > self.wishes.most) & (self.laid.building != OUTSIDE)
        where, count = self.laid.building[over], len(self.laid.shapes)
        inside = np.bincount(where, weights=self.households[over], minlength=count)
        return np.bincount(where, minlength=count).astype(np.int64), inside.astype(np.int64)

    def _compounds(self) -> list[list[int]]:
        """The estates that are partly in each block: those that could stay whole."""
        total: dict[str, int] = {}
        for one, count in zip(self.buildings, self.households.tolist(), strict=True):
            total[one.compound] = total.get(one.compound, 0) + count
        names = sorted(name for name, count in total.items() if name and count <= self.wishes.most)
        number = {name: n for n, name in enumerate(names)}
        inside: list[set[int]] = [set() for _ in self.laid.shapes]
        for one, block in zip(self.buildings, self.laid.building.tolist(), strict=True):
            if block != OUTSIDE and one.compound in number:
                inside[block].add(number[one.compound])
        return [sorted(one) for one in inside]


def standing(buildings: Sequence[Building], part: Ground) -> list[Building]:
    """The buildings that stand in a part of the region, more or less."""
    if not buildings:
        return []
    places = shapely.point_on_surface(np.array([one.shape for one in buildings], dtype=object))
    shapely.prepare(part)
    return [one for one, inside in zip(buildings, shapely.intersects(part, places), strict=True) if inside]


def shores(task: Task) -> list[LineString]:
    """The edges of water, that of neighbouring pieces as one: maps cut water where their sheets end."""
    if not task.water:
        return []
    plane = Plane.of(task.boundary)
    welded = shapely.union_all([plane.metres(water.shape).buffer(WELD_M, join_style="mitre") for water in task.water])
    rims = shapely.boundary(shapely.get_parts(welded.buffer(-WELD_M, join_style="mitre")))
    return [plane.degrees(piece) for piece in shapely.get_parts(shapely.get_parts(rims))]
