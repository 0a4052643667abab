"""What stands on each block, and which grid has it?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from geo.lattice import STEPS_PER_DEGREE
from geo.model import Building, Grid, Ground
from geo.owned import owned, sound

STEP = 1 / STEPS_PER_DEGREE
"""How far a node may move a border aside, degrees."""


@dataclass(frozen=True, slots=True)
class BlockCount:
    """`grid` is the code of the one that has the block, None where several have it, or none."""

    households: int
    buildings: int
    grid: str | None


def block_counts(shapes: Sequence[Polygon], buildings: Sequence[Building], grids: Sequence[Grid]) -> list[BlockCount]:
    """Of blocks that share no ground, on the lattice. Each building counts in one of them, as it would in one grid."""
    # no building declares such a grid: codes are printable
    blocks = [Grid(code=f"\n{number:09}", region="", shape=shape) for number, shape in enumerate(shapes)]
    found = owned(buildings, blocks)
    inside = found.grid >= 0
    where, count = found.grid[inside], len(shapes)
    households = np.zeros(count, dtype=np.int64)
    np.add.at(households, where, np.maximum(found.households[inside], 0).astype(np.int64))
    number = np.bincount(where, minlength=count)
    owners = _owners(shapes, grids)
    return [BlockCount(*one) for one in zip(households.tolist(), number.tolist(), owners, strict=True)]


def _owners(shapes: Sequence[Polygon], grids: Sequence[Grid]) -> list[str | None]:
    """The code of the first grid that has a block but for what a node on its border may have moved."""
    owners: list[str | None] = [None] * len(shapes)
    ground = sound([grid.shape for grid in grids])
    inside = shapely.point_on_surface(np.asarray(shapes, dtype=object))
    block, near = shapely.STRtree(ground).query(inside, predicate="intersects")
    for n, grid in zip(block.tolist(), near.tolist(), strict=True):
        if owners[n] is None and _has(ground[grid], shapes[n]):
            owners[n] = grids[grid].code
    return owners


def _has(grid: Ground, block: Polygon) -> bool:
    if shapely.covers(grid, block):
        return True
    left = shapely.area(shapely.difference(block, grid))
    return bool(left <= shapely.length(block) * STEP)
