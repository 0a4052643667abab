"""What is wrong with a plan, all in one list, and how much of it is covered?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely

from geo import border, coverage, households, snap, tree
from geo.households import Assignment
from geo.measure import square_metres
from geo.model import COVERAGE_RULES, Finding, Grid, Ground, Plan, Region, Rule
from geo.rings import is_sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How much is covered, by divided regions, by area and by households."""

    units: int = 0
    units_covered: int = 0
    area_m2: float = 0.0
    area_covered_m2: float = 0.0
    gap_m2: float = 0.0
    overlap_m2: float = 0.0
    households: int = 0
    households_covered: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """`counts` are the households of each grid that has a counted building."""

    findings: list[Finding]
    figures: Figures
    counts: Mapping[str, int] = field(default_factory=dict)


def check(plan: Plan, beside: Sequence[Grid] = (), *, heal: bool = True) -> Report:
    """Every finding of the plan as it is, and its figures.

    `beside` are grids round it that may own buildings on its border and are not judged themselves. `heal` marks what
    `snap` would heal.
    """
    divided = divided_regions(plan)
    assignments = households.assign(plan.buildings, [*plan.grids, *beside])
    elsewhere = {grid.code for grid in beside}
    assignments = [found for found in assignments if found.grid not in elsewhere]
    ground = [*_ground_findings(divided)]
    counts = households.tally(assignments)
    blurred = coverage.blurred(plan.grids)
    dwelling = [f for f in households.building_findings(assignments) if not blurred.intersects(f.geometry)]
    unclear = _unclear(plan.grids, ground)
    sizes = [f for _, grids in divided for f in households.size_findings(grids, counts) if f.codes[0] not in unclear]
    told = _marked(plan, ground) if heal and ground else ground
    boundaries = {region.code: region.shape for region, _ in divided if region.shape is not None}
    upper = tree.findings(plan.regions, boundaries)
    return Report([*told, *upper, *dwelling, *sizes], _figures(divided, ground, assignments), counts)


def findings(plan: Plan) -> list[Finding]:
    """Every broken rule of the plan; a plan with no blocking finding may be published."""
    return check(plan).findings


def divided_regions(plan: Plan, around: Sequence[Ground] = ()) -> list[tuple[Region, list[Grid]]]:
    """Each region that has an outline of its own or grids, with its outline (derived where it has none) and grids.

    `around` is ground of regions outside the plan: a hole of a derived outline is a gap unless somebody is in it.
    """
    grids: dict[str, list[Grid]] = {}
    for grid in plan.grids:
        grids.setdefault(grid.region, []).append(grid)
    known = {region.code: region for region in plan.regions}
    outlined = {region.code for region in plan.regions if region.shape is not None}
    upper = tree.above(grids.keys() | outlined, {region.code: region.parent for region in plan.regions})
    result = []
    for code in sorted(grids.keys() | outlined - upper):
        region, own = known.get(code, Region(code=code)), grids.get(code, [])
        if region.shape is None:
            elsewhere = [*around, *(grid.shape for grid in plan.grids if grid.region != code)]
            region = replace(region, shape=coverage.whole([grid.shape for grid in own], elsewhere))
        result.append((region, own))
    return result


def healed(
    plan: Plan, published: Sequence[Ground] = (), tolerance_m: float = snap.TOLERANCE_M
) -> tuple[Plan, list[snap.Shift]]:
    """The plan with nodes and edges joined within the tolerance, against `published` ground that stays where it is."""
    divided = {region.code for region, _ in divided_regions(plan)}
    outlined = [region for region in plan.regions if region.shape is not None and region.code in divided]
    shapes = [*(r.shape for r in outlined if r.shape is not None), *(g.shape for g in plan.grids), *published]
    if not shapes:
        return plan, []
    holds = [
        *[snap.Hold.NODES] * len(outlined),
        *[snap.Hold.LOOSE] * len(plan.grids),
        *[snap.Hold.ALL] * len(published),
    ]
    result = snap.healed(shapes, holds, tolerance_m)
    outlines = {r.code: shape for r, shape in zip(outlined, result.shapes, strict=False)}
    grids = result.shapes[len(outlined) : len(outlined) + len(plan.grids)]
    regions = tuple(replace(r, shape=outlines.get(r.code, r.shape)) for r in plan.regions)
    moved = tuple(replace(grid, shape=shape) for grid, shape in zip(plan.grids, grids, strict=True))
    return replace(plan, regions=regions, grids=moved), result.shifts


def _ground_findings(divided: Sequence[tuple[Region, Sequence[Grid]]]) -> Iterator[Finding]:
    for region, grids in divided:
        yield from coverage.findings(region, grids)
    yield from border.findings([r for r, _ in divided if r.shape is not None and is_sound(r.shape)])


def _unclear(grids: Sequence[Grid], ground: Sequence[Finding]) -> set[str]:
    """Grids whose households cannot be told until their ground is mended: invalid rings, second ones of twins."""
    twins = {code for finding in ground if finding.rule is Rule.DUPLICATE for code in finding.codes[1:]}
    return twins | {grid.code for grid in grids if not is_sound(grid.shape)}


def _marked(plan: Plan, ground: Sequence[Finding]) -> list[Finding]:
    """The findings about ground, those that healing would make vanish marked."""
    left = [*_ground_findings(divided_regions(healed(plan)[0]))]
    tree = shapely.STRtree([finding.geometry for finding in left])
    return [replace(f, healable=not _remains(f, left, tree)) for f in ground]


def _remains(finding: Finding, left: Sequence[Finding], tree: shapely.STRtree) -> bool:
    if finding.rule is Rule.RING_INVALID or finding.geometry is None:
        return any(other.rule is finding.rule and other.codes == finding.codes for other in left)
    near = tree.query(finding.geometry, "dwithin", 1e-6)
    return any(set(left[int(n)].codes) & set(finding.codes) for n in near)


def _figures(
    divided: Sequence[tuple[Region, Sequence[Grid]]], ground: Sequence[Finding], assignments: Sequence[Assignment]
) -> Figures:
    gap_by_region: Mapping[str, float] = _sum_by_code(ground, Rule.GAP)
    area = sum(square_metres(r.shape) for r, _ in divided if r.shape is not None)
    gap = sum(gap_by_region.values())
    counted = [a for a in assignments if a.building.households is not None]
    return Figures(
        units=len(divided),
        units_covered=sum(1 for r, grids in divided if grids and r.code not in gap_by_region),
        area_m2=area,
        area_covered_m2=max(0.0, area - gap),
        gap_m2=gap,
        overlap_m2=sum(f.area_m2 or 0.0 for f in ground if f.rule in (Rule.OVERLAP, Rule.DUPLICATE)),
        households=int(np.sum([a.building.households for a in counted], initial=0)),
        households_covered=int(np.sum([a.building.households for a in counted if a.grid], initial=0)),
    )


def _sum_by_code(ground: Sequence[Finding], rule: Rule) -> dict[str, float]:
    total: dict[str, float] = {}
    for finding in ground:
        if finding.rule is rule:
            total[finding.codes[0]] = total.get(finding.codes[0], 0.0) + (finding.area_m2 or 0.0)
    return total


def is_ground(finding: Finding) -> bool:
    """Whether the finding is about ground: it is healed or published as provisional, never accepted."""
    return finding.rule in COVERAGE_RULES
