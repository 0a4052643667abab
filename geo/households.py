"""Which grid owns each building, and how many households does each grid then have?

A building has one owner: the grid declared for it, else the grid of its entrance, else the grid with the largest share
of its footprint; the smallest code on ties. Households are counted once, with the owner.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import scales_m2
from geo.model import Building, Finding, Grid, GridKind, Rule, Severity

CUT_M2 = 0.25
"""A building counts as cut only above this area on both sides: less is the lattice's rounding."""
SHARE_DIGITS = 6
"""Shares are compared to this many decimals: more is float noise in a small house, and a tie is a tie in SQL too."""
FLAT_DEG2 = 1e-15
"""Footprints smaller than this, square degrees, are folded flat and stand for their corners; lattice triangles have
5e-15."""
LIMITS: Mapping[GridKind, tuple[int, int] | None] = {
    GridKind.RESIDENTIAL: (300, 500),
    GridKind.RURAL: (0, 500),
    GridKind.SPECIAL: None,
}
"""Fewest and most households of a grid by its kind; None where no rule applies."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One building's owner (None when no grid owns it), its area, and the shares in m2 of the grids it stands in."""

    building: Building
    grid: str | None
    shares: Mapping[str, float]
    area_m2: float

    @property
    def outside_m2(self) -> float:
        """How much of it no grid has; 0 where grids overlap on it."""
        return max(0.0, self.area_m2 - sum(self.shares.values()))

    @property
    def is_split(self) -> bool:
        """Whether a boundary cuts it: no grid has all of it. One that lies wholly in two grids is not cut."""
        cut = [area for area in (*self.shares.values(), self.outside_m2) if area > CUT_M2]
        return len(cut) > 1 and self.area_m2 - max(self.shares.values(), default=0.0) > CUT_M2


def assign(buildings: Sequence[Building], grids: Sequence[Grid]) -> list[Assignment]:
    """The owner of each building, in the order given."""
    ordered = sorted(grids, key=lambda grid: grid.code)
    codes, tree = [grid.code for grid in ordered], shapely.STRtree(_sound([grid.shape for grid in ordered]))
    footprints = _sound([building.shape for building in buildings])
    scale = scales_m2(footprints)
    area = shapely.area(footprints)
    flat = area < FLAT_DEG2
    folded = flat & (shapely.get_dimensions(footprints) > 0)
    footprints[folded] = [shapely.MultiPoint(shapely.get_coordinates(footprint)) for footprint in footprints[folded]]
    shares, whole = _shares(tree, footprints, scale), np.where(flat, 0.0, area * scale)
    declared = {grid.code for grid in grids}
    result = []
    for number, building in enumerate(buildings):
        own = shares.get(number, {})
        grid = building.grid if building.grid in declared else None
        owner = grid or _at_entrance(tree, codes, building) or _largest(own, codes, float(whole[number]))
        named = {codes[k]: area for k, area in own.items()}
        result.append(Assignment(building, owner, named, float(whole[number])))
    return result


def _sound(given: Sequence[BaseGeometry]) -> NDArray[np.object_]:
    """The shapes; an invalid one as the ground that its rings enclose, without the spikes that enclose none."""
    shapes = np.array(given, dtype=object)
    for number in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        shapes[number] = _enclosed(shapes[number])
    return shapes


def _enclosed(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.make_valid(shape))
    dimensions = shapely.get_dimensions(parts)
    return shapely.union_all(parts[dimensions == dimensions.max()])


def _shares(
    tree: shapely.STRtree, footprints: NDArray[np.object_], scale: NDArray[np.float64]
) -> dict[int, dict[int, float]]:
    """For each building the square metres in each grid it meets (0 where it only touches, or is a point).

    All parts of a building at its own latitude: halves are halves on either side of a border.
    """
    building, grid = tree.query(footprints, "intersects")
    cut = shapely.get_dimensions(footprints)[building] > 0
    cut[cut] = ~shapely.covers(tree.geometries[grid[cut]], footprints[building[cut]])
    parts = footprints[building].copy()
    parts[cut] = shapely.intersection(parts[cut], tree.geometries[grid[cut]])
    areas = shapely.area(parts) * scale[building]
    found: dict[int, dict[int, float]] = {}
    for b, g, area in zip(building.tolist(), grid.tolist(), areas.tolist(), strict=True):
        found.setdefault(b, {})[g] = area
    return found


def _at_entrance(tree: shapely.STRtree, codes: Sequence[str], building: Building) -> str | None:
    if building.entrance is None:
        return None
    hits = tree.query(building.entrance, "intersects")
    return codes[int(hits.min())] if len(hits) else None


def _largest(own: Mapping[int, float], codes: Sequence[str], whole_m2: float) -> str | None:
    """The grid with the largest share; a footprint that only touches a grid is not in it, a point is."""
    if whole_m2 == 0.0:
        return codes[min(own)] if own else None
    shares = {grid: round(area / whole_m2, SHARE_DIGITS) for grid, area in own.items()}
    inside = {grid: share for grid, share in shares.items() if share > 0}
    return codes[min(inside, key=lambda grid: (-inside[grid], grid))] if inside else None


def tally(assignments: Sequence[Assignment]) -> dict[str, int]:
    """Households of each grid that has a counted building."""
    total: dict[str, int] = {}
    for found in assignments:
        if found.grid is not None and found.building.households is not None:
            total[found.grid] = total.get(found.grid, 0) + found.building.households
    return total


def verdict(kind: GridKind, households: int | None, grids_in_region: int) -> str:
    """`low`, `good` or `high`; `none` where no size rule applies or nobody counted.

    The only grid of a small community is accepted below the limit.
    """
    limits = LIMITS[kind]
    if limits is None or households is None:
        return "none"
    low, high = limits
    if households > high:
        return "high"
    return "low" if households < low and grids_in_region > 1 else "good"


def building_findings(assignments: Sequence[Assignment]) -> Iterator[Finding]:
    """Buildings that no grid owns, and buildings that a boundary cuts."""
    for found in assignments:
        building, households = found.building, found.building.households
        values: dict[str, str | int | float] = {"building": building.id, "households": households or 0}
        if found.grid is None:
            yield Finding(
                rule=Rule.BUILDING_UNASSIGNED,
                severity=Severity.BLOCKING if households else Severity.WARNING,
                codes=[building.id],
                geometry=building.shape,
                households=households,
                values=values,
            )
        elif found.is_split:
            shares = {code: area for code, area in sorted(found.shares.items()) if area > CUT_M2}
            told = ", ".join(f"{code}: {area:.1f} m²" for code, area in shares.items())
            yield Finding(
                rule=Rule.BUILDING_SPLIT,
                severity=Severity.WARNING,
                codes=[building.id, *shares],
                geometry=building.shape,
                area_m2=min([*shares.values(), *([found.outside_m2] if found.outside_m2 > CUT_M2 else [])]),
                households=households,
                values=values | {"shares": told, "owner": found.grid},
            )


def size_findings(grids: Sequence[Grid], households: Mapping[str, int]) -> Iterator[Finding]:
    """Grids of one region with too few or too many households; silent where nobody counted in the whole region."""
    if not any(grid.code in households for grid in grids):
        return
    for grid in grids:
        count = households.get(grid.code, 0)
        size = verdict(grid.kind, count, len(grids))
        if size in ("low", "high"):
            low, high = LIMITS[grid.kind] or (0, 0)
            yield Finding(
                rule=Rule.HOUSEHOLDS_LOW if size == "low" else Rule.HOUSEHOLDS_HIGH,
                severity=Severity.WARNING,
                codes=[grid.code],
                geometry=grid.shape,
                households=count,
                values={"code": grid.code, "households": count, "low": low, "high": high, "kind": grid.kind.value},
            )
