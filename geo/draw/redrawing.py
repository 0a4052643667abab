"""Which grids does a part of a region have once those at fault were healed, with as little changed as heals them?

Grids out of range, in two parts, or with ground that was nobody's are at fault; they are looked at with their
neighbours (`geo.draw.zones`), and all others stay to the byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from geo.draw.counting import least_moved
from geo.draw.ends import led
from geo.draw.healing import Healed, Zone, healed
from geo.draw.houses import footprints
from geo.draw.listening import Listener
from geo.draw.present import grounds
from geo.draw.site import Site, standing
from geo.draw.task import ApartError, Task
from geo.draw.zones import Neighbours, neighbours, together, zones
from geo.draw.zones import Zone as Members
from geo.model import Ground
from geo.plane import Plane


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Ways to redraw a part, the best first, each the grids that cover it; and how many households had to move."""

    ways: list[list[Ground]]
    least_moved: int


def redrawn(task: Task, part: Polygon, seed: int, number: int, listener: Listener) -> Redrawn:
    """Up to `number` ways to redraw a part that present grids have ground of.

    Raises NodingUnsettledError; ApartError where a number of grids is wished for grids that do not lie together;
    NobodyThereError.
    """
    before = _Before.of(task, part)
    work = _Work(task, before, seed, listener)
    if task.only:
        asked = [[n] for n, code in enumerate(before.codes) if code in task.only]
        found = together(asked, before.beside)
        if task.number is not None and len(found) != 1:
            raise ApartError(f"ground in {len(found)} places")
        for zone in found:
            work.is_healed(zone)
    else:
        found = zones(before.faulty, before.beside, work.is_healed)
    chosen = [work.ways[zone] for zone in found if work.ways.get(zone)]
    count = min(number, max(map(len, chosen), default=1))
    ways = [before.with_([ways[min(n, len(ways) - 1)] for ways in chosen]) for n in range(count)]
    return Redrawn(ways, before.least_moved)


class _Work:
    """Zones that were healed, until somebody has enough."""

    def __init__(self, task: Task, before: "_Before", seed: int, listener: Listener) -> None:
        self._task, self._before, self._seed, self._listener = task, before, seed, listener
        self.ways: dict[Members, list[Healed]] = {}

    def is_healed(self, members: Members) -> bool:
        """Look at a zone; whether all of it is in range then, without a needle. What nobody waits for is healed."""
        if self._listener.enough:
            return True
        ground = {number: self._before.grounds[number] for number in sorted(members)}
        zone = Zone(ground, is_asked=bool(self._task.only), number=self._task.number)
        ways = self.ways[members] = healed(self._task, zone, self._seed)
        self._listener.tell("grids", len(self.ways), len(self.ways) + 1)
        return bool(ways) and ways[0].violation == ways[0].needles == 0


@dataclass(frozen=True, slots=True)
class _Before:
    """Grids as they are: their codes and ground, which lie beside each other, which are at fault, and what stands
    there."""

    part: Polygon
    codes: list[str]
    grounds: list[Ground]
    beside: Neighbours
    faulty: list[int]
    least_moved: int
    footprints: np.ndarray
    plane: Plane

    @classmethod
    def of(cls, task: Task, part: Polygon) -> "_Before":
        own, plane = standing(task.buildings, part), Plane.of(part)
        pairs = zip(task.present, grounds(part, task.present, own), strict=True)
        there = [(grid, ground) for grid, ground in pairs if not ground.is_empty]
        shapes = [ground for _, ground in there]
        pieces, owner = shapely.get_parts(np.array(shapes, dtype=object), return_index=True)
        label = np.arange(len(shapes))
        site = Site.given(task, shapes, part)
        out = site.out(label, len(shapes))
        apart = np.bincount(owner, minlength=len(shapes)) > 1
        return cls(
            part=part,
            codes=[grid.code for grid, _ in there],
            grounds=shapes,
            beside=neighbours([*pieces], owner.astype(np.int64), plane),
            faulty=np.flatnonzero((out > 0) | apart).tolist(),
            least_moved=least_moved(
                [site.households[site.laid.building == n].tolist() for n in label], task.wishes.least, task.wishes.most
            ),
            footprints=footprints(own, plane),
            plane=plane,
        )

    def with_(self, ways: Sequence[Healed]) -> list[Ground]:
        """All grids, some of them healed; the others and those that did not change are the same objects."""
        gone = {number for way in ways for number in way.members}
        given = {id(ground) for ground in self.grounds}
        shapes = [shape for way in ways for shape in way.shapes]
        new = [shape for shape in shapes if id(shape) not in given]
        still = [ground for number, ground in enumerate(self.grounds) if number not in gone]
        still += [shape for shape in shapes if id(shape) in given]
        new, (_, *still) = led(new, [self.part, *still], self.footprints, self.plane)
        return [*still, *new]
