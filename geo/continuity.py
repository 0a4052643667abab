"""Which drawn grids go on as grids that are there, and how many households change hands?

A code stays where most of its households are: with the drawn grid that has more of them than any other has, and where
two codes would stay with one grid, the one with more households in it. Without households ground decides.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import shapely

from geo.measure import areas_m2
from geo.model import Building, Grid, Ground
from geo.owned import owned

Shared: TypeAlias = Mapping[tuple[int, int], tuple[int, int]]
"""Households and ground that a grid there and a drawn one have in common, by their numbers."""
GROUND_M2 = 1.0
"""Ground is compared in square metres: less is the rounding of doubles."""
NOBODY = -1


def going_on(present: Sequence[Grid], shapes: Sequence[Ground], buildings: Sequence[Building]) -> dict[int, Grid]:
    """The grid there that each drawn grid goes on as, by the drawn one's number; the others are new.

    `present` have sound rings.
    """
    shared = _shared(present, shapes, buildings)
    best: dict[int, tuple[int, int]] = {}
    for (old, new), amount in sorted(shared.items()):
        if old not in best or amount > shared[old, best[old][1]]:
            best[old] = (old, new)
    claims = defaultdict[int, list[int]](list)
    for old, new in best.values():
        claims[new].append(old)
    kept = {new: max(olds, key=lambda old: (shared[old, new], -old)) for new, olds in claims.items()}
    return {new: present[old] for new, old in sorted(kept.items())}


def moved(before: Sequence[Grid], after: Sequence[Grid], buildings: Sequence[Building]) -> int:
    """Households of buildings that had a grid, have one, and it has another code."""
    was, now = owned(buildings, before), owned(buildings, after)
    codes = np.array([*was.codes, ""], dtype=object)[was.grid], np.array([*now.codes, ""], dtype=object)[now.grid]
    both = (was.grid != NOBODY) & (now.grid != NOBODY) & (codes[0] != codes[1])
    return int(np.maximum(was.households[both], 0).sum())


def _shared(present: Sequence[Grid], shapes: Sequence[Ground], buildings: Sequence[Building]) -> Shared:
    if not present or not shapes:
        return {}
    then = np.array([grid.shape for grid in present], dtype=object)
    drawn = np.array(shapes, dtype=object)
    new, old = shapely.STRtree(then).query(drawn, predicate="intersects")
    ground = np.rint(areas_m2(shapely.intersection(then[old], drawn[new])) / GROUND_M2).astype(np.int64)
    homes = _households(present, shapes, buildings)
    pairs = zip(old.tolist(), new.tolist(), ground.tolist(), strict=True)
    return {(one, two): (homes.get((one, two), 0), m2) for one, two, m2 in pairs if m2 > 0}


def _households(
    present: Sequence[Grid], shapes: Sequence[Ground], buildings: Sequence[Building]
) -> dict[tuple[int, int], int]:
    """Households by the number of their grid that is there and that of their drawn one."""
    first = _owners(buildings, [grid.shape for grid in present])
    second = _owners(buildings, shapes)
    found = defaultdict[tuple[int, int], int](int)
    for building, old, new in zip(buildings, first, second, strict=True):
        found[old, new] += building.households or 0
    return found


def _owners(buildings: Sequence[Building], shapes: Sequence[Ground]) -> list[int]:
    """The number of the shape each building stands in, whatever is declared."""
    grids = [Grid(code=f"\n{number:06}", region="", shape=shape) for number, shape in enumerate(shapes)]
    numbers: list[int] = owned(buildings, grids).grid.tolist()
    return numbers
