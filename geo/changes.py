"""What is changed in a plan, and which of it does a change concern?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.lattice import directed_edges, steps_of, to_degrees, uncancelled
from geo.model import Building, Facility, Grid, Ground, Region
from geo.places import Box, box_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Grids, buildings and facilities as they are now, new or instead of those of their codes; `gone` are codes of
    those that are no more. `regions` have another outline, and are the same in all else."""

    regions: Sequence[Region] = ()
    grids: Sequence[Grid] = ()
    buildings: Sequence[Building] = ()
    facilities: Sequence[Facility] = ()
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Concern:
    """What a change is about: divided regions whose grids or outline changed, those whose outline did, codes of grids,
    buildings and facilities. `ground` are the boxes of where grids and outlines were and are, `edges` those of ground
    that may have another owner: of a grid that only moves a node, what lies round it."""

    regions: frozenset[str]
    outlines: frozenset[str]
    grids: frozenset[str]
    buildings: frozenset[str]
    facilities: frozenset[str]
    ground: Sequence[Box]
    edges: Sequence[Box]


def otherwise(before: Sequence[Grid], after: Sequence[Grid]) -> list[Box]:
    """The boxes in which buildings may have another owner: all ground where grids come, go, or are other grids now.
    What a grid is called is nobody's business there."""
    if len(before) == len(after) == 1 and replace(before[0], shape=after[0].shape, name=after[0].name) == after[0]:
        one, other = before[0].shape, after[0].shape
        if one.is_valid and other.is_valid:
            return _differing(one, other)
    return [box for grid in (*before, *after) if (box := box_of(grid.shape))]


def _differing(one: Ground, other: Ground) -> list[Box]:
    """The box round the edges that only one of two shapes has."""
    if isinstance(one, shapely.Polygon) and isinstance(other, shapely.Polygon):
        before, after = shapely.get_coordinates(one), shapely.get_coordinates(other)
        if before.shape == after.shape and not one.interiors and not other.interiors:
            return _moved_box(before, after)
    start, end, owner = directed_edges([one, other])
    low, high, _ = uncancelled(start, end, np.where(owner == 0, -1, 1))
    xy = to_degrees(steps_of(np.concatenate([low, high])))
    return [(*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist())] if len(xy) else []


def _moved_box(before: NDArray[np.float64], after: NDArray[np.float64]) -> list[Box]:
    """The box round the edges at vertices of a ring that moved; rings (n, 2) of equal length."""
    moved = np.flatnonzero((before != after).any(axis=1))
    if len(moved) == 0:
        return []
    # the first vertex stands at the end again, so that the ones before and after it are both asked
    near = np.unique(np.concatenate([moved - 1, moved, moved + 1])) % len(before)
    near = np.union1d(near, [1, len(before) - 2]) if moved[0] == 0 else near
    xy = np.concatenate([before[near], after[near]])
    return [(*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist())]
