"""Which grids does each facility stand in, which stand in none, and which grids lack one that they should have?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import shapely

from geo.measure import scales_m2
from geo.model import Facility, Finding, Grid, Rule, Severity
from geo.owned import CUT_M2, sound
from geo.ruleset import DEFAULT, Limits

DEFAULT_LIMITS = DEFAULT.within(())


def places(facilities: Sequence[Facility], grids: Sequence[Grid]) -> list[list[str]]:
    """Codes of the grids that each facility stands in, in order.

    Points by the closed test: one on a border stands on both sides. An area stands where it has more than `CUT_M2` of
    ground; one that has not so much anywhere stands where it touches. Empty: in no grid.
    """
    codes = [grid.code for grid in grids]
    shapes, ground = sound([one.shape for one in facilities]), sound([grid.shape for grid in grids])
    facility, grid = shapely.STRtree(ground).query(shapes, "intersects")
    stands = np.ones(len(facility), dtype=bool)
    solid = np.flatnonzero(shapely.get_dimensions(shapes[facility]) == 2)
    common = shapely.intersection(shapes[facility[solid]], ground[grid[solid]])
    stands[solid] = shapely.area(common) * scales_m2(shapes)[facility[solid]] > CUT_M2
    stands |= ~np.isin(facility, facility[stands])
    found: list[set[str]] = [set() for _ in facilities]
    for one, other in zip(facility[stands].tolist(), grid[stands].tolist(), strict=True):
        found[one].add(codes[other])
    return [sorted(own) for own in found]


def unassigned(facility: Facility, own: Sequence[str]) -> Iterator[Finding]:
    """A facility that stands in no grid; `own` are the grids it stands in (`places`)."""
    if not own:
        yield Finding(
            rule=Rule.FACILITY_UNASSIGNED,
            severity=Severity.WARNING,
            codes=[facility.id],
            geometry=facility.shape,
            values={"facility": facility.id, "name": facility.name, "category": facility.category},
        )


def missing(grid: Grid, categories: Collection[str], limits: Limits = DEFAULT_LIMITS) -> Iterator[Finding]:
    """Categories that a grid of this kind must have and that none of its facilities has, one finding each, in order.

    `categories` are those of the facilities that stand in it.
    """
    for category in sorted(limits.facilities[grid.kind] - set(categories)):
        yield Finding(
            rule=Rule.FACILITY_MISSING,
            severity=Severity.NOTE,
            codes=[grid.code],
            geometry=grid.shape,
            values={"code": grid.code, "category": category, "kind": grid.kind.value},
        )


def findings(
    facilities: Sequence[Facility],
    grids: Sequence[Grid],
    limits: Mapping[str, Limits] = MappingProxyType({}),
    beside: Sequence[Grid] = (),
) -> Iterator[Finding]:
    """Facilities in no grid, in the order given, then what each grid lacks.

    `limits` are those of each region by its code, the defaults where it is not named; `beside` are grids in which
    facilities may stand and that are not judged themselves.
    """
    stands = places(facilities, [*grids, *beside])
    for facility, own in zip(facilities, stands, strict=True):
        yield from unassigned(facility, own)
    categories = by_grid(facilities, stands)
    for grid in grids:
        yield from missing(grid, categories.get(grid.code, ()), limits.get(grid.region, DEFAULT_LIMITS))


def by_grid(facilities: Sequence[Facility], stands: Sequence[Sequence[str]]) -> dict[str, set[str]]:
    """The categories in each grid that has a facility; `stands` are the grids of each facility (`places`)."""
    found: dict[str, set[str]] = {}
    for facility, own in zip(facilities, stands, strict=True):
        for code in own:
            found.setdefault(code, set()).add(facility.category)
    return found
