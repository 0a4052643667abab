"""What became of each grid, by its ground?

Derived from the ground itself and never kept: who owned it before, who owns it after. Only grids whose ground is
another one now are laid over each other; all others are themselves.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.faults import polygons
from geo.lattice import STEPS_PER_DEGREE
from geo.measure import areas_m2, length_m, metres_per_degree, middle_latitude, square_metres, width_m
from geo.model import Grid, Ground
from geo.rings import solid

SAME_STEPS: Final = 3
"""Ground narrower than this, lattice steps, has the owner it had: a node that a publication puts on a border leads it
aside by a step at most, two in turn by two, and a crossing rounded between them by one more. About 3 cm."""

Pair: TypeAlias = tuple[str | None, str | None]
"""Codes of the grid that has some ground before and of the one that has it after; None where nobody has it."""
Homes: TypeAlias = Mapping[Pair, int]
"""Households by their grid before and their grid after."""


class Kind(StrEnum):
    KEPT = "kept"
    """The same code and the same ground."""
    CHANGED = "changed"
    """Grids that go on with another border: what they kept, and what one gave to the other."""
    SPLIT = "split"
    """Parts of a grid under new codes, and the part that keeps its own."""
    MERGED = "merged"
    """A grid that is no more, as part of another one; and what that one was itself."""
    RECODED = "recoded"
    """The ground of one grid under another code."""
    NEW = "new"
    """A new grid on ground that nobody had."""
    RETIRED = "retired"
    """A grid that is no more, on ground that nobody has."""


@dataclass(frozen=True, slots=True)
class Descent:
    """Ground that was the grid `start` and is the grid `end`; None for nobody.

    `share` is its part of the start's ground, 0 to 1 (0 where nobody had it); `households` live on it.
    """

    start: str | None
    end: str | None
    kind: Kind
    ground_m2: float
    share: float
    households: int


def descents(before: Sequence[Grid], after: Sequence[Grid], homes: Homes = MappingProxyType({})) -> list[Descent]:
    """What became of the grids of some regions in one change of them; in the order of codes, nobody last.

    A code stands once on each side.
    """
    was, now = {grid.code: grid.shape for grid in before}, {grid.code: grid.shape for grid in after}
    still = {code for code in was if code in now and _is_same(was[code], now[code])}
    areas = dict(zip(was, areas_m2([*was.values()]).tolist(), strict=True))
    ground: dict[Pair, float] = {(code, code): areas[code] for code in still}
    ground |= _shared(
        {code: shape for code, shape in was.items() if code not in still},
        {code: shape for code, shape in now.items() if code not in still},
    )
    kinds = _Kinds.of(ground, was, now)
    found = list[Descent]()
    for pair, m2 in sorted(ground.items(), key=lambda one: tuple((code is None, code or "") for code in one[0])):
        share = 0.0 if pair[0] is None else min(1.0, m2 / areas[pair[0]])
        found.append(Descent(*pair, kinds.kind(*pair), m2, share, homes.get(pair, 0)))
    return found


@dataclass(frozen=True, slots=True)
class _Kinds:
    """By grid who has its ground after, and whose it was before; and the codes there are before and after."""

    ends: Mapping[str | None, Collection[str | None]]
    starts: Mapping[str | None, Collection[str | None]]
    before: Collection[str]
    after: Collection[str]

    @classmethod
    def of(cls, pairs: Iterable[Pair], before: Collection[str], after: Collection[str]) -> "_Kinds":
        ends, starts = defaultdict[str | None, set[str | None]](set), defaultdict[str | None, set[str | None]](set)
        for start, end in pairs:
            ends[start].add(end)
            starts[end].add(start)
        return cls(ends, starts, before, after)

    def kind(self, start: str | None, end: str | None) -> Kind:
        if start is None:
            return Kind.CHANGED if end in self.before else Kind.NEW
        if end is None:
            return Kind.CHANGED if start in self.after else Kind.RETIRED
        starts, ends = self.starts[end], self.ends[start]
        if len(starts) == len(ends) == 1:
            return self._alone(start, end)
        is_part = start == end or end not in self.before
        if is_part and len(ends) > 1 and any(code not in self.before for code in ends if code):
            return Kind.SPLIT
        if (start == end or start not in self.after) and any(code not in self.after for code in starts if code):
            return Kind.MERGED
        return Kind.SPLIT if end not in self.before else Kind.CHANGED

    def _alone(self, start: str, end: str) -> Kind:
        """Two grids of the same ground."""
        if start == end:
            return Kind.KEPT
        if end in self.before:
            return Kind.CHANGED if start in self.after else Kind.MERGED
        return Kind.SPLIT if start in self.after else Kind.RECODED


def is_narrow(ground: Ground) -> bool:
    """Whether ground is so narrow that nodes put on a border can have made it (`SAME_STEPS`)."""
    _, lat_m = metres_per_degree(middle_latitude(ground))
    width = SAME_STEPS * lat_m / STEPS_PER_DEGREE
    if 2 * square_metres(ground) > width * length_m(ground):  # no circle inside it is smaller: most are told by that
        return False
    return width_m(ground) <= width


def _is_same(one: Ground, other: Ground) -> bool:
    return one is other or bool(shapely.equals_exact(one, other, 0.0))


def _shared(was: Mapping[str, Ground], now: Mapping[str, Ground]) -> dict[Pair, float]:
    """Square metres that each pair has of ground that is not narrow; of a grid that is narrow itself, most of it."""
    pieces = {pair: own for pair, shape in _overlaid(was, now).items() if (own := [*polygons(shape)])}
    ground = {pair: float(areas_m2(own).sum()) for pair, own in pieces.items()}
    wide = {pair for pair, own in pieces.items() if any(not is_narrow(one) for one in own)}
    for side, named in enumerate((was, now)):
        narrow = named.keys() - {pair[side] for pair in wide}
        most = {pair[side]: pair for pair in sorted(ground, key=lambda pair: ground[pair]) if pair[side] in narrow}
        wide |= {*most.values()}
    return {pair: ground[pair] for pair in wide}


def _overlaid(was: Mapping[str, Ground], now: Mapping[str, Ground]) -> dict[Pair, BaseGeometry]:
    """What each pair has, and what nobody has on the other side. By overlay: its noise is a millionth of a step, and it
    has an answer for any two shapes."""
    before, after = (np.array([solid(shape) for shape in side.values()], dtype=object) for side in (was, now))
    start, end = shapely.STRtree(after).query(before, "intersects") if len(before) else (np.empty(0, int),) * 2
    names, others = [*was], [*now]
    shared = shapely.intersection(before[start], after[end])
    found: dict[Pair, BaseGeometry] = {
        (names[a], others[b]): shape for a, b, shape in zip(start.tolist(), end.tolist(), shared, strict=True)
    }
    for n, code in enumerate(names):
        found[code, None] = shapely.difference(before[n], shapely.union_all(after[end[start == n]]))
    for n, code in enumerate(others):
        found[None, code] = shapely.difference(after[n], shapely.union_all(before[start[end == n]]))
    return found
