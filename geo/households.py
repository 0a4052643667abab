"""What is wrong with the buildings of a plan, and with how many households its grids have?

Each building has one owner (`geo.owned`); its households are counted once, with the owner.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import shapely

from geo.model import Building, Finding, Grid, GridKind, Region, Rule, Severity, Values
from geo.owned import CUT_M2, SHARE_DIGITS, Assignment, By, Owned, owned, sound
from geo.raster import NOBODY
from geo.ruleset import DEFAULT, Limits

__all__ = [
    "CUT_M2",
    "SHARE_DIGITS",
    "Assignment",
    "By",
    "Owned",
    "assign",
    "band",
    "building_findings",
    "counted",
    "findings_of",
    "over",
    "owned",
    "repeated",
    "repeated_findings",
    "size_findings",
    "tally",
    "verdict",
]

DEFAULT_LIMITS = DEFAULT.within(())
HUNDRED, VERY_MANY = 100, 1000
"""Households: how wide the bands are that everybody may know, and from where on all are one."""
NOWHERE = "–"
"""Stands for the ground of no grid where shares are told."""


def assign(buildings: Sequence[Building], grids: Sequence[Grid]) -> list[Assignment]:
    """The owner of each building, in the order given."""
    return list(owned(buildings, grids))


def counted(found: Sequence[Assignment]) -> list[bool]:
    """Which rows count: those with households; of rows with one id only that with the most.

    Among equals one that has an owner, the smallest code first.
    """
    rows = _rows(found)
    best: dict[str, int] = {}
    for number, (id_, owner, households) in enumerate(rows):
        if households is None:
            continue
        other = best.get(id_)
        if other is None or _before(owner, households, rows[other]):
            best[id_] = number
    chosen = set(best.values())
    return [number in chosen for number in range(len(rows))]


def tally(found: Sequence[Assignment]) -> dict[str, int]:
    """Households of each grid that has a counted building; those of one id count once (`counted`)."""
    total: dict[str, int] = {}
    for (_, owner, households), counts in zip(_rows(found), counted(found), strict=True):
        if counts and owner is not None and households is not None:
            total[owner] = total.get(owner, 0) + households
    return total


def band(households: int | None) -> str | None:
    """As many as everybody may know: hundreds, none, a few or very many; None where nobody counted."""
    if households is None:
        return None
    if households >= VERY_MANY:
        return f"{VERY_MANY}+"
    low = households // HUNDRED * HUNDRED
    return "0" if households == 0 else f"{max(low, 1)}-{low + HUNDRED - 1}"


def verdict(kind: GridKind, households: int | None, grids_in_region: int, limits: Limits = DEFAULT_LIMITS) -> str:
    """`low`, `good` or `high`; `none` where no size rule applies or nobody counted.

    The only grid of a small community is accepted below the limit.
    """
    least, most = limits.of("households_least", kind), limits.of("households_most", kind)
    if households is None or (least is None and most is None):
        return "none"
    if most is not None and households > most:
        return "high"
    return "low" if least is not None and households < least and grids_in_region > 1 else "good"


def building_findings(
    found: Sequence[Assignment], grids: Iterable[Grid] = (), limits: Mapping[str, Limits] = MappingProxyType({})
) -> Iterator[Finding]:
    """What `findings_of` says of each building, in the order given; of `Owned` only those at fault are looked at.

    `limits` are those of each region by its code, the defaults where it is not named.
    """
    known = {grid.code: grid for grid in grids}
    for one in found.some(_suspects(found, limits.values())) if isinstance(found, Owned) else found:
        grid = None if one.grid is None else known.get(one.grid)
        yield from findings_of(one, grid, DEFAULT_LIMITS if grid is None else limits.get(grid.region, DEFAULT_LIMITS))


def findings_of(found: Assignment, grid: Grid | None = None, limits: Limits = DEFAULT_LIMITS) -> Iterator[Finding]:
    """A building that no grid owns, that a boundary cuts, that lies wholly in several grids, or that has too many
    households for any grid. `grid` is its owner, where it is known, and `limits` those of the owner's region."""
    if found.grid is None:
        severity = Severity.BLOCKING if found.building.households else Severity.WARNING
        yield _about(found, Rule.BUILDING_UNASSIGNED, severity, (), {})
    elif found.is_split:
        sides = {code: area for code, area in sorted(found.shares.items()) if area > CUT_M2}
        outside = {NOWHERE: found.outside_m2} if found.outside_m2 > CUT_M2 else {}
        values = {"shares": _shares(found, sides | outside)}
        least = min((sides | outside).values())
        yield _about(found, Rule.BUILDING_SPLIT, Severity.WARNING, sides, values, least)
    elif len(whole := sorted(found.whole_in)) > 1:
        values = {"grids": ", ".join(whole)}
        yield _about(found, Rule.BUILDING_AMBIGUOUS, Severity.WARNING, whole, values, found.area_m2)
    if grid is not None and over(found.building, grid, limits):
        most = limits.of("tower_most", grid.kind) or 0
        yield _about(found, Rule.TOWER_OVER, Severity.NOTE, [grid.code], {"high": int(most)})


def over(building: Building, grid: Grid, limits: Limits) -> bool:
    """Whether one building alone has more households than a grid of its owner's kind may have."""
    most = limits.of("tower_most", grid.kind)
    return most is not None and building.households is not None and building.households > most


def repeated_findings(buildings: Sequence[Building]) -> Iterator[Finding]:
    """Ids that several rows have, in order."""
    groups: dict[str, list[Building]] = {}
    for building in buildings:
        groups.setdefault(building.id, []).append(building)
    for _, rows in sorted(group for group in groups.items() if len(group[1]) > 1):
        yield from repeated(rows)


def repeated(rows: Sequence[Building]) -> Iterator[Finding]:
    """All rows of one id, where they are more than one: they count once, with the most households of them."""
    if len(rows) < 2:
        return
    counts = sorted((row.households for row in rows if row.households is not None), reverse=True)
    told = [*map(str, counts), *[NOWHERE] * (len(rows) - len(counts))]
    shapes = [*sound([row.shape for row in rows])]
    yield Finding(
        rule=Rule.BUILDING_REPEATED,
        severity=Severity.WARNING,
        codes=[rows[0].id],
        geometry=shapely.union_all(sorted(shapes, key=shapely.to_wkb)),
        households=counts[0] if counts else None,
        values={"building": rows[0].id, "rows": len(rows), "counts": ", ".join(told)},
    )


def size_findings(
    region: Region,
    grids: Sequence[Grid],
    counts: Mapping[str, int],
    limits: Limits = DEFAULT_LIMITS,
    before: Mapping[str, int] = MappingProxyType({}),
    towers: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Iterator[Finding]:
    """Grids of one region with too few or too many households; silent where nobody counted in the whole region.

    `counts` and `before` are the households of grids by code, now and in the last publication; `towers` the ids of
    buildings in each grid that alone have too many (`over`).
    """
    if not any(grid.code in counts for grid in grids):
        return
    for grid in grids:
        count = counts.get(grid.code, 0)
        size = verdict(grid.kind, count, len(grids), limits)
        values = {"region": region.code, **_amounts(grid, count, limits)}
        high = size == "high"
        if high and (ids := sorted(towers.get(grid.code, ()))):
            values["tower"] = ", ".join(ids)
        if size in ("low", "high"):
            yield _size(Rule.HOUSEHOLDS_HIGH if high else Rule.HOUSEHOLDS_LOW, grid, count, values)
        if high and (once := before.get(grid.code)) is not None and verdict(grid.kind, once, 1, limits) != "high":
            yield _size(Rule.HOUSEHOLDS_GROWN, grid, count, values | {"before": once})


def _suspects(found: Owned, limits: Iterable[Limits]) -> list[int]:
    """Numbers of the buildings that `findings_of` may say something of; it is asked nothing of the others."""
    stated = [one.of("tower_most", kind) for one in (DEFAULT_LIMITS, *limits) for kind in GridKind]
    lowest = min(most for most in stated if most is not None)
    doubtful = (found.grid == NOBODY) | found.is_split | found.is_ambiguous | (found.households > lowest)
    numbers: list[int] = np.flatnonzero(doubtful).tolist()
    return numbers


def _rows(found: Sequence[Assignment]) -> list[tuple[str, str | None, int | None]]:
    """Id, owner and households of each building."""
    if isinstance(found, Owned):
        owners = [*found.codes, None]
        pairs = zip(found.buildings, found.grid.tolist(), strict=True)
        return [(building.id, owners[owner], building.households) for building, owner in pairs]
    return [(one.building.id, one.grid, one.building.households) for one in found]


def _before(owner: str | None, households: int, other: tuple[str, str | None, int | None]) -> bool:
    """Whether a row counts rather than another of its id."""
    _, its_owner, its_households = other
    if households != its_households:
        return households > (its_households or 0)
    return owner is not None and (its_owner is None or owner < its_owner)


def _shares(found: Assignment, sides: Mapping[str, float]) -> str:
    return ", ".join(f"{code}: {area / found.area_m2:.1%} ({area:.1f} m²)" for code, area in sides.items())


def _about(
    found: Assignment,
    rule: Rule,
    severity: Severity,
    grids: Iterable[str],
    values: Values,
    area_m2: float | None = None,
) -> Finding:
    """A finding about a building; the values of all of them name it and, where it has one, its owner."""
    building = found.building
    told: dict[str, str | int | float] = {"building": building.id, **values}
    if building.households is not None:
        told["households"] = building.households
    if found.grid is not None and found.by is not None:
        told |= {"owner": found.grid, "by": found.by.value}
    return Finding(
        rule=rule,
        severity=severity,
        codes=[building.id, *grids],
        geometry=building.shape,
        area_m2=area_m2,
        households=building.households,
        values=told,
    )


def _amounts(grid: Grid, count: int, limits: Limits) -> dict[str, str | int | float]:
    """What is told of a grid's size; a limit that is off is not."""
    known: dict[str, str | int | float] = {"code": grid.code, "households": count, "kind": grid.kind.value}
    for name, limit in (("low", "households_least"), ("high", "households_most")):
        amount = limits.of(limit, grid.kind)
        if amount is not None:
            known[name] = int(amount)
    return known


def _size(rule: Rule, grid: Grid, count: int, values: Values) -> Finding:
    return Finding(
        rule=rule, severity=Severity.WARNING, codes=[grid.code], geometry=grid.shape, households=count, values=values
    )
