"""Do codes keep to their scheme, to their region, to their order, and is none given twice?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import code as codes
from geo.measure import degrees_m
from geo.model import Finding, Grid, Region, Rule, Severity, Values
from geo.terms import Terms

FREE = "free"
SAME_M = 1e-3
"""Centroids closer than this lie on one line: more than float noise, less than a lattice step."""
SAME_SHARE = 0.5
"""Grids whose centroids lie closer from west to east than this share of the narrower one stand one above the other."""


def scheme_of(chain: Sequence[str], schemes: Mapping[str, str | None]) -> str | None:
    """The scheme of the nearest region that states one; `chain` is the region and everything above it."""
    return next((stated for code in chain if (stated := schemes.get(code)) is not None), None)


def scheme_findings(region: Region) -> list[Finding]:
    """The scheme that a region states itself, divided or not, must be one that is known."""
    if region.scheme is None or region.scheme in codes.SCHEMES:
        return []
    values: Values = {"code": region.code, "scheme": region.scheme}
    return [_told(Rule.CODE_FORMAT, Severity.WARNING, [region.code], region, values)]


def region_findings(region: Region, grids: Sequence[Grid], scheme: str | None, terms: Terms) -> list[Finding]:
    """Every finding about the codes of one divided region and its grids.

    `scheme` is the one in force there (`scheme_of`). An unknown one is told by `scheme_findings` and binds nothing.
    """
    own = sorted(grids, key=lambda grid: grid.code)
    known = codes.SCHEMES.get(scheme or FREE, codes.SCHEMES[FREE])
    found = [*_given_before(region, own, terms)]
    if known.community:
        found += [*_of_region(region, known), *_of_grids(region, own, known)]
    if known.sequence:
        found += [*_full(region, own, known, terms), *_order(region, own, known, terms)]
    return found


def duplicates(grids: Sequence[Grid]) -> Iterator[Finding]:
    """Codes that several grids of a plan have: a finding for each grid after the first one."""
    groups: dict[str, list[Grid]] = defaultdict(list)
    for grid in grids:
        groups[grid.code].append(grid)
    for code, group in sorted(groups.items()):
        for grid in sorted(group, key=lambda grid: (grid.region, shapely.to_wkb(grid.shape)))[1:]:
            yield _told(Rule.CODE_DUPLICATE, Severity.BLOCKING, [code], grid, {"code": code, "count": len(group)})


def _given_before(region: Region, grids: Sequence[Grid], terms: Terms) -> Iterator[Finding]:
    things: list[Region | Grid] = [region, *grids]
    for thing in things:
        if thing.code in terms.taken:
            yield _told(Rule.CODE_DUPLICATE, Severity.BLOCKING, [thing.code], thing, {"code": thing.code})


def _of_region(region: Region, known: codes.Scheme) -> Iterator[Finding]:
    values: dict[str, str | int | float] = {"code": region.code, "scheme": known.name}
    if codes.community(region.code) is None:
        yield _told(Rule.CODE_FORMAT, Severity.WARNING, [region.code], region, values | {"length": known.community})
        return
    parent = region.parent or ""
    above = codes.significant(parent)
    if codes.is_digits(parent, len(parent)) and not region.code.startswith(above):
        yield _told(Rule.CODE_PREFIX, Severity.WARNING, [region.code], region, values | {"prefix": above})


def _of_grids(region: Region, grids: Sequence[Grid], known: codes.Scheme) -> Iterator[Finding]:
    prefix = codes.community(region.code) or region.code
    for grid in grids:
        values: dict[str, str | int | float] = {"code": grid.code, "scheme": known.name}
        found = codes.parse(known.name, grid.code)
        if found is None:
            yield _told(Rule.CODE_FORMAT, Severity.WARNING, [grid.code], grid, values | {"length": known.length})
        elif found.community != prefix:
            yield _told(Rule.CODE_PREFIX, Severity.WARNING, [grid.code], grid, values | {"prefix": prefix})


def _full(region: Region, grids: Sequence[Grid], known: codes.Scheme, terms: Terms) -> Iterator[Finding]:
    """A warning where the next grid would get no code: numbers in force and numbers that were given before count."""
    own = codes.community(region.code)
    parsed = [found for grid in grids if (found := codes.parse(known.name, grid.code)) and found.community == own]
    used, objects = {found.sequence for found in parsed}, sorted({found.object for found in parsed})
    if not parsed or any(not _is_given(n, used, parsed[0], objects, terms) for n in range(1, known.most + 1)):
        return
    values: Values = {"code": region.code, "scheme": known.name, "longer": known.longer, "most": known.most}
    yield _told(Rule.CODE_FULL, Severity.WARNING, [region.code], region, values)


def _is_given(number: int, used: Set[int | None], like: codes.Code, objects: Sequence[str], terms: Terms) -> bool:
    """Asked number by number from 1: the first free one ends it, however many codes a city has retired."""
    given = (codes.format(replace(like, sequence=number, object=object)) for object in objects)
    return number in used or any(code in terms.taken for code in given)


def _order(region: Region, grids: Sequence[Grid], known: codes.Scheme, terms: Terms) -> Iterator[Finding]:
    """One note about the codes given now whose numbers do not run from west to east, then from north to south."""
    numbered = []
    for grid in grids:
        found = codes.parse(known.name, grid.code) if grid.code in terms.fresh else None
        if found and found.sequence is not None and not grid.shape.is_empty:
            numbered.append((found.sequence, grid.code, grid))
    fresh = [grid for _, _, grid in sorted(numbered, key=lambda one: one[:2])]
    astray = [fresh[number] for number in out_of_order(fresh)]
    if astray:
        places = shapely.MultiPoint([shapely.centroid(grid.shape) for grid in astray])
        values: Values = {"code": region.code, "scheme": known.name, "count": len(astray)}
        own = [grid.code for grid in astray]
        yield Finding(rule=Rule.CODE_ORDER, severity=Severity.NOTE, codes=own, geometry=places, values=values)


def out_of_order(grids: Sequence[Grid]) -> list[int]:
    """The fewest places, or nearly, without which the grids run from west to east, then from north to south.

    Grids that stand one above the other (`SAME_SHARE`) may be counted by their longitude or from north to south: only
    one that lies east *and* south of a later one is out of order.
    """
    if len(grids) < 2:
        return []
    wrong = _wrong_pairs(grids)
    wrong |= wrong.T
    left = wrong.sum(axis=1)
    found = []
    while left.any():
        worst = int(np.flatnonzero(left == left.max())[-1])
        found.append(worst)
        left -= wrong[worst]
        left[worst] = 0
        wrong[:, worst] = wrong[worst] = False
    return sorted(found)


def _wrong_pairs(grids: Sequence[Grid]) -> NDArray[np.bool_]:
    """Pairs (n, n) of an earlier and a later grid that stand in the wrong order."""
    shapes = np.asarray([grid.shape for grid in grids], dtype=object)
    middle = shapely.centroid(shapes)
    lon, lat = shapely.get_x(middle), shapely.get_y(middle)
    scale = degrees_m(np.full(1, lat.mean()))[0]
    west, _, east, _ = shapely.bounds(shapes).T
    width = (east - west) * scale[0]
    eastward = (lon[:, None] - lon[None, :]) * scale[0]
    northward = (lat[:, None] - lat[None, :]) * scale[1]
    same = np.abs(eastward) <= SAME_SHARE * np.minimum(width[:, None], width[None, :])
    wrong = np.where(same, (eastward >= -SAME_M) & (northward < -SAME_M), eastward > 0)
    return np.asarray(np.triu(wrong, 1))


def _told(rule: Rule, severity: Severity, named: Sequence[str], thing: Region | Grid, values: Values) -> Finding:
    return Finding(rule=rule, severity=severity, codes=list(named), geometry=thing.shape, values=values)
