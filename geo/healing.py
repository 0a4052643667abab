"""What of a plan's ground would healing mend?"""

from collections.abc import Sequence
from dataclasses import replace

import shapely

from geo import border, coverage, snap
from geo.layout import divided_regions
from geo.model import Finding, Ground, Plan, Rule
from geo.rings import is_sound

BESIDE_DEG = 1e-6
"""A fault this near to where one was before healing, degrees, is the same one."""


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


def marked(found: Sequence[Finding], plan: Plan) -> list[Finding]:
    """The findings about the ground of a small plan (a region, or two side by side), those marked that healing it by
    itself would make vanish."""
    divided = divided_regions(healed(plan)[0])
    left = [one for region, grids in divided for one in coverage.findings(region, grids)]
    left += border.findings([region for region, _ in divided if region.shape is not None and is_sound(region.shape)])
    tree = shapely.STRtree([finding.geometry for finding in left])
    return [replace(finding, healable=not _remains(finding, left, tree)) for finding in found]


def _remains(finding: Finding, left: Sequence[Finding], tree: shapely.STRtree) -> bool:
    if finding.rule is Rule.RING_INVALID or finding.geometry is None:
        return any(other.rule is finding.rule and other.codes == finding.codes for other in left)
    near = tree.query(finding.geometry, "dwithin", BESIDE_DEG)
    return any(set(left[int(n)].codes) & set(finding.codes) for n in near)
