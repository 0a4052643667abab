"""Which shapes, colours, labels and numbers make the picture of a plan and its findings?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shapely.geometry.base import BaseGeometry

from api.texts import CATALOGUE, Language, text
from geo import households, ledger, tree
from geo.acceptance import opened
from geo.breakdown import limits_in
from geo.model import Finding, Grid, GridKind, Ground, Plan, Region, Rule, Severity
from geo.parameters import PARAMETERS
from geo.picture import HEIGHT, WIDTH, Change, Fault, Outline, Patch, Scene, Stroke, Tone, svg
from geo.plan import Report, divided_regions
from geo.ruleset import Limits
from geo.terms import ALONE, Terms

PREFIX = "picture."
UNPAINTED = frozenset(
    {
        Rule.HOUSEHOLDS_LOW,
        Rule.HOUSEHOLDS_HIGH,
        Rule.HOUSEHOLDS_GROWN,
        Rule.FACILITY_MISSING,
        Rule.STAFFING,
        Rule.VERTICES_MANY,
        Rule.COMPACTNESS_LOW,
        Rule.CODE_FORMAT,
        Rule.CODE_PREFIX,
        Rule.CODE_DUPLICATE,
        Rule.CODE_FULL,
    }
)
"""Rules about a whole grid or region: its colour or its tag tells them, and red ground would hide everything else."""
USUAL = {
    (name, kind): PARAMETERS[name].default[kind]
    for name in ("households_least", "households_most")
    for kind in (GridKind.RESIDENTIAL, GridKind.RURAL)
}
"""The limits that the legend's own words name."""
LONGEST_LABEL = 12
"""Characters of a grid's name; a longer one gives way to the end of its code."""
WHOLE_M2 = 0.1
"""Less than this is told with one significant digit, square metres."""


def picture(
    plan: Plan,
    report: Report,
    language: Language,
    *,
    title: str,
    changed: Iterable[str] = (),
    new: Iterable[str] = (),
    removed: Sequence[BaseGeometry] = (),
    refused: Sequence[tuple[float, float] | None] = (),
    terms: Terms = ALONE,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> str:
    """A checked plan as SVG: what `geo.plan.check` was given (with `terms`) and found, numbered as in the report.

    `changed` and `new` are codes of grids or buildings to be marked, `removed` the ground of things that vanish,
    `refused` places of bad rows (lon, lat). `size` is width and height in pixels.
    """
    divided = divided_regions(plan)
    boundaries = {region.code: region.shape for region, _ in divided if region.shape is not None}
    marked = {Change.CHANGED: frozenset(changed), Change.NEW: frozenset(new)}
    limits = {region.code: limits_in(region, plan, terms) for region, _ in divided}
    scene = Scene(
        title=title,
        subtitle=_subtitle(len(divided), plan, len(report.findings), language),
        attribution=text("picture.attribution", language),
        water=[one.shape for one in plan.water],
        grids=[
            patch
            for region, grids in divided
            for patch in patches(region, grids, report.counts, limits[region.code], language)
        ],
        buildings=[one.shape for one in plan.buildings],
        lines=[Stroke(one.shape, one.category) for one in plan.lines],
        outlines=_outlines(plan, boundaries),
        changes=[*_marked(plan, marked), *((Change.REMOVED, shape) for shape in removed)],
        faults=[*faults(numbered(report.findings), language)],
        refused=[place for place in refused if place is not None],
        words=words(language, limits.values()),
    )
    return svg(scene, *size)


def _subtitle(divided: int, plan: Plan, findings: int, language: Language) -> str:
    counts = {"regions": divided, "grids": len(plan.grids), "buildings": len(plan.buildings), "findings": findings}
    return text("picture.subtitle", language, **counts)


def patches(
    region: Region, grids: Sequence[Grid], counts: Mapping[str, int], limits: Limits, language: Language
) -> Iterable[Patch]:
    """The grids of a region with their colours and labels."""
    for grid in grids:
        number = counts.get(grid.code)
        told = () if number is None else (text("picture.households", language, count=number),)
        yield Patch(grid.shape, _tone(grid, number, len(grids), limits), (_short_name(grid, region), *told))


def _tone(grid: Grid, number: int | None, grids_in_region: int, limits: Limits) -> Tone:
    verdict = households.verdict(grid.kind, number, grids_in_region, limits)
    if grid.kind is GridKind.RURAL and verdict in ("good", "none"):
        return Tone.RURAL
    return Tone.SPECIAL if grid.kind is GridKind.SPECIAL else Tone(verdict)


def _short_name(grid: Grid, region: Region) -> str:
    """The grid's name without its region's, else the end of its code: neighbours differ only there."""
    name = grid.name.removeprefix(region.name).strip()
    if name and len(name) <= LONGEST_LABEL:
        return name
    return grid.code.removeprefix(region.code).lstrip("-") or grid.code


def _outlines(plan: Plan, boundaries: Mapping[str, Ground]) -> list[Outline]:
    names = {region.code: region.name or region.code for region in plan.regions}
    bare = [replace(region, shape=None) for region in plan.regions]
    return [
        Outline(shape, names.get(code, code), divided=code in boundaries)
        for code, shape in tree.outlines(bare, boundaries).items()
    ]


def _marked(plan: Plan, marked: Mapping[Change, frozenset[str]]) -> Iterable[tuple[Change, BaseGeometry]]:
    for change, codes in marked.items():
        yield from ((change, grid.shape) for grid in plan.grids if grid.code in codes)
        yield from ((change, building.shape) for building in plan.buildings if building.id in codes)


def numbered(findings: Sequence[Finding]) -> list[tuple[int, Finding]]:
    """The findings with their numbers in a report and its pictures: worst first, accepted ones behind all others."""
    accepted = [finding for finding in findings if finding.accepted is not None]
    return list(enumerate([*ledger.ranked(opened(findings)), *ledger.ranked(accepted)], start=1))


def faults(findings: Sequence[tuple[int, Finding]], language: Language) -> Iterable[Fault]:
    """Those of the numbered findings that have a place; what somebody accepted is drawn as mild."""
    for number, finding in findings:
        if finding.geometry is not None:
            yield Fault(
                shape=finding.geometry,
                number=number,
                caption=_caption(finding, language),
                blocking=finding.severity is Severity.BLOCKING and finding.accepted is None,
                painted=finding.rule not in UNPAINTED,
            )


def _caption(finding: Finding, language: Language) -> str:
    name = text(f"rule.{finding.rule}", language)
    if finding.area_m2 is not None:
        area = f"{finding.area_m2:,.1f}" if finding.area_m2 >= WHOLE_M2 else f"{finding.area_m2:.1g}"
        return f"{name} {area} m²"
    if finding.households is not None:
        return f"{name} {text('picture.households', language, count=finding.households)}"
    return f"{name} {finding.codes[0]}" if finding.codes else name


def words(language: Language, limits: Iterable[Limits]) -> dict[str, str]:
    """The legend's texts; those with a number to fill in keep its place. Where a region has sizes of its own, colours
    are told without the usual numbers."""
    column = 0 if language == "zh" else 1
    words = {id_.removeprefix(PREFIX): told[column] for id_, told in CATALOGUE.items() if id_.startswith(PREFIX)}
    if any(one.of(name, kind) != limit for one in limits for (name, kind), limit in USUAL.items()):
        words |= {tone.value: text(f"verdict.{tone}", language) for tone in (Tone.GOOD, Tone.LOW, Tone.HIGH)}
    return words
