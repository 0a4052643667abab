"""Small divisions to test with: rows of square-ish grids on the lattice, noded with each other."""

from collections.abc import Sequence

import shapely

from geo import lattice
from geo.model import Grid, Ground, Plan, Region

STEP = 0.003
"""About 300 m: a believable pitch."""
ORIGIN = (104.1, 30.7)


def cell(column: float, row: float, width: float = 1, height: float = 1) -> Ground:
    """A box in units of `STEP` from the origin, on the lattice."""
    x, y = ORIGIN[0] + column * STEP, ORIGIN[1] + row * STEP
    shape = lattice.rounded(shapely.box(x, y, x + width * STEP, y + height * STEP))
    assert isinstance(shape, shapely.Polygon)
    return shape


def community(code: str, column: int, row: int, size: int = 2, parent: str | None = None) -> Plan:
    """A community of size x size grids; its outline has every node of its grids."""
    grids = [
        Grid(code=f"{code}{number + 1:02}", region=code, shape=cell(column + number % size, row + number // size))
        for number in range(size * size)
    ]
    outline = shapely.coverage_union_all([grid.shape for grid in grids])
    outline = outline.geoms[0] if isinstance(outline, shapely.MultiPolygon) else outline
    return Plan(
        regions=(Region(code=code, name=code, level="community", parent=parent, shape=outline),), grids=tuple(grids)
    )


def together(plans: Sequence[Plan]) -> Plan:
    """Several plans as one."""
    return Plan(
        regions=tuple(region for plan in plans for region in plan.regions),
        grids=tuple(grid for plan in plans for grid in plan.grids),
        buildings=tuple(building for plan in plans for building in plan.buildings),
    )
