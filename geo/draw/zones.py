"""Which grids have to be looked at together so that those at fault can be healed?

A zone: grids at fault with their neighbours, so many borders away as it takes. Zones that meet are one. What lies in
the midst of a zone belongs to it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from shapely import Polygon

from geo.draw.borders import OUTSIDE, Borders, Numbers
from geo.plane import Plane

FARTHEST = 4
"""Borders between a grid at fault and those that help to heal it."""
Zone: TypeAlias = frozenset[int]
Neighbours: TypeAlias = Mapping[int, set[int]]


def neighbours(pieces: Sequence[Polygon], grid: Numbers, plane: Plane) -> dict[int, set[int]]:
    """The grids that share an edge with each; `grid` (n,) tells whose each piece is. `OUTSIDE` is one of them."""
    borders = Borders.of(pieces, plane)
    left, right = borders.grouped(grid)
    found = defaultdict[int, set[int]](set)
    for one, other in np.unique(np.column_stack([left, right]), axis=0).tolist():
        if one != other:
            found[one].add(other)
            found[other].add(one)
    return found


def zones(faulty: Iterable[int], beside: Neighbours, is_healed: Callable[[Zone], bool]) -> list[Zone]:
    """Zones round the grids at fault, each as small as can be healed, or as large as is looked at.

    `is_healed` is asked once of each.
    """
    reach = dict.fromkeys(faulty, 1)
    healed: dict[Zone, bool] = {}
    while True:
        found = together((_around(grid, far, beside) for grid, far in reach.items()), beside)
        grown = False
        for zone in found:
            if zone not in healed:
                healed[zone] = is_healed(zone)
            own = [grid for grid in reach if grid in zone]
            if not healed[zone] and max(reach[grid] for grid in own) < FARTHEST:
                reach |= {grid: reach[grid] + 1 for grid in own}
                grown = True
        if not grown:
            return found


def together(several: Iterable[Iterable[int]], beside: Neighbours) -> list[Zone]:
    """Grids in zones that do not meet, by their lowest number; what a zone goes round is in it."""
    left = set().union(*several)
    found: list[Zone] = []
    while left:
        zone = _reached(min(left), left, beside)
        left -= zone
        found.append(_with_enclosed(zone, beside))
    whole = [zone for zone in found if not any(zone < other for other in found)]
    return sorted(dict.fromkeys(whole), key=min)


def _around(grid: int, far: int, beside: Neighbours) -> set[int]:
    found = {grid}
    for _ in range(far):
        found |= {other for one in found for other in beside.get(one, ()) if other != OUTSIDE}
    return found


def _reached(start: int, allowed: set[int], beside: Neighbours) -> set[int]:
    found, open_ = {start}, [start]
    while open_:
        more = beside.get(open_.pop(), set()) & allowed - found
        found |= more
        open_.extend(more)
    return found


def _with_enclosed(zone: set[int], beside: Neighbours) -> Zone:
    """The zone with the grids from which no way leads to the outside but through it."""
    rest = set(beside) - zone - {OUTSIDE}
    free = _reached(OUTSIDE, rest | {OUTSIDE}, beside)
    return frozenset(zone | (rest - free))
