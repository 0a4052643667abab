"""How does each region of a checked plan stand by itself, and how do several stand together?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from geo import ledger
from geo.acceptance import opened
from geo.households import verdict
from geo.measure import square_metres
from geo.model import Finding, Grid, Plan, Region, Rule, Severity
from geo.plan import Figures, Report, divided_regions
from geo.ruleset import Limits
from geo.terms import ALONE, Terms
from geo.tree import chain

VERDICTS = ("low", "good", "high", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One region or several: figures, grids by the verdict on their size, and findings, the worst first.

    A finding on the border between two regions stands in both, and so does the ground it is about.
    """

    figures: Figures
    grids: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def open(self) -> list[Finding]:
        """The findings that nobody accepted."""
        return opened(self.findings)

    @property
    def blocking(self) -> int:
        return sum(1 for finding in self.open if finding.severity is Severity.BLOCKING)

    @property
    def worst(self) -> Finding | None:
        return next(iter(self.open), None)

    @property
    def unhoused(self) -> int:
        """Households whose building no grid owns."""
        return self.figures.households - self.figures.households_covered


def parts(plan: Plan, report: Report, terms: Terms = ALONE) -> dict[str, Part]:
    """Each divided region of the plan, by code."""
    divided = divided_regions(plan)
    outlines = {region.code: region.shape for region, _ in divided if region.shape is not None}
    homes = {
        one.region: [finding for kind in one.kinds for finding in kind.findings]
        for one in ledger.by_region(report.findings, plan.grids, outlines)
    }
    return {
        region.code: replace(
            _part(region, grids, homes.get(region.code, []), report.counts),
            sizes=_sizes(grids, report.counts, limits_in(region, plan, terms)),
        )
        for region, grids in divided
    }


def together(several: Iterable[Part]) -> Part:
    """Several regions as one; a finding that stands in two of them counts once."""
    found = list(several)
    sums = {one.name: sum(getattr(part.figures, one.name) for part in found) for one in fields(Figures)}
    findings = {id(finding): finding for part in found for finding in part.findings}
    return Part(
        figures=Figures(**sums),
        grids=sum(part.grids for part in found),
        sizes={name: sum(part.sizes.get(name, 0) for part in found) for name in VERDICTS},
        findings=tuple(ledger.ranked(list(findings.values()))),
    )


def limits_in(region: Region, plan: Plan, terms: Terms) -> Limits:
    """The limits that hold in a region of the plan."""
    parents = {**terms.parents, **{one.code: one.parent for one in plan.regions}}
    return terms.ruleset.within(chain(region.code, parents))


def _part(region: Region, grids: Sequence[Grid], findings: Sequence[Finding], counts: Mapping[str, int]) -> Part:
    area = 0.0 if region.shape is None else square_metres(region.shape)
    gap = _ground(f for f in findings if f.rule is Rule.GAP and f.codes[0] == region.code)
    housed = sum(counts.get(grid.code, 0) for grid in grids)
    lost = sum(f.households or 0 for f in findings if f.rule is Rule.BUILDING_UNASSIGNED)
    has_gap = any(f.rule is Rule.GAP and f.codes[0] == region.code for f in findings)
    unsound = any(f.rule is Rule.RING_INVALID for f in findings)
    return Part(
        figures=Figures(
            units=1,
            units_covered=int(bool(grids) and not has_gap and not unsound),
            area_m2=area,
            area_covered_m2=max(0.0, area - gap),
            gap_m2=gap,
            overlap_m2=_ground(f for f in findings if f.rule in (Rule.OVERLAP, Rule.DUPLICATE)),
            households=housed + lost,
            households_covered=housed,
        ),
        grids=len(grids),
        findings=tuple(ledger.ranked(findings)),
    )


def _sizes(grids: Sequence[Grid], counts: Mapping[str, int], limits: Limits) -> dict[str, int]:
    """How many grids have each verdict; where nobody counted in the whole region there is none to give."""
    counted = any(grid.code in counts for grid in grids)
    told = Counter(verdict(g.kind, counts.get(g.code, 0) if counted else None, len(grids), limits) for g in grids)
    return {name: told[name] for name in VERDICTS}


def _ground(findings: Iterable[Finding]) -> float:
    return sum(finding.area_m2 or 0.0 for finding in findings)
