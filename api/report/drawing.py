"""Which shapes, colours, labels and numbers make the picture of a plan and its findings?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shapely.geometry.base import BaseGeometry

from api.texts import CATALOGUE, Language, text
from geo import households, ledger, tree
from geo.model import Finding, Grid, GridKind, Ground, Plan, Region, Rule, Severity
from geo.picture import Change, Fault, Outline, Patch, Scene, Stroke, Tone, svg
from geo.plan import Report, divided_regions

PREFIX = "picture."
UNPAINTED = frozenset({Rule.HOUSEHOLDS_LOW, Rule.HOUSEHOLDS_HIGH})
"""Rules about a whole grid: its colour tells them, and red ground would hide everything else."""
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
) -> str:
    """A checked plan as SVG: what `geo.plan.check` was given and what it found, numbered as in the report.

    `changed` and `new` are codes of grids or buildings to be marked, `removed` the ground of things that vanish,
    `refused` places of bad rows (lon, lat).
    """
    divided = divided_regions(plan)
    boundaries = {region.code: region.shape for region, _ in divided if region.shape is not None}
    marked = {Change.CHANGED: frozenset(changed), Change.NEW: frozenset(new)}
    scene = Scene(
        title=title,
        subtitle=_subtitle(len(divided), plan, len(report.findings), language),
        attribution=text("picture.attribution", language),
        water=[one.shape for one in plan.water],
        grids=[patch for region, grids in divided for patch in _patches(region, grids, report.counts, language)],
        buildings=[one.shape for one in plan.buildings],
        lines=[Stroke(one.shape, one.category) for one in plan.lines],
        outlines=_outlines(plan, boundaries),
        changes=[*_marked(plan, marked), *((Change.REMOVED, shape) for shape in removed)],
        faults=_faults(report.findings, language),
        refused=[place for place in refused if place is not None],
        words=_words(language),
    )
    return svg(scene)


def _subtitle(divided: int, plan: Plan, findings: int, language: Language) -> str:
    counts = {"regions": divided, "grids": len(plan.grids), "buildings": len(plan.buildings), "findings": findings}
    return text("picture.subtitle", language, **counts)


def _patches(region: Region, grids: Sequence[Grid], counts: Mapping[str, int], language: Language) -> Iterable[Patch]:
    for grid in grids:
        number = counts.get(grid.code)
        told = () if number is None else (text("picture.households", language, count=number),)
        yield Patch(grid.shape, _tone(grid, number, len(grids)), (_short_name(grid, region), *told))


def _tone(grid: Grid, number: int | None, grids_in_region: int) -> Tone:
    verdict = households.verdict(grid.kind, number, grids_in_region)
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


def _faults(findings: Sequence[Finding], language: Language) -> list[Fault]:
    return [
        Fault(
            shape=finding.geometry,
            number=number,
            caption=_caption(finding, language),
            blocking=finding.severity is Severity.BLOCKING,
            painted=finding.rule not in UNPAINTED,
        )
        for number, finding in enumerate(ledger.ranked(findings), start=1)
        if finding.geometry is not None
    ]


def _caption(finding: Finding, language: Language) -> str:
    name = text(f"rule.{finding.rule}", language)
    if finding.area_m2 is not None:
        area = f"{finding.area_m2:,.1f}" if finding.area_m2 >= WHOLE_M2 else f"{finding.area_m2:.1g}"
        return f"{name} {area} m²"
    if finding.households is not None:
        return f"{name} {text('picture.households', language, count=finding.households)}"
    return f"{name} {finding.codes[0]}" if finding.codes else name


def _words(language: Language) -> dict[str, str]:
    """The legend's texts; those with a number to fill in keep its place."""
    column = 0 if language == "zh" else 1
    return {id_.removeprefix(PREFIX): told[column] for id_, told in CATALOGUE.items() if id_.startswith(PREFIX)}
