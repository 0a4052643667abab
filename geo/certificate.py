"""What was published, in numbers that anybody can work out again from the things themselves?

A certificate names a publication, the limits it was judged by, a digest of every layer, of every divided region and of
the findings, and says of which regions the coverage is proven. What it cannot see in the things is its `Occasion`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from geo import coverage, digest, plan
from geo.digest import Line
from geo.model import Finding, Grid, Layer, Plan, Region, Standing
from geo.plan import Report
from geo.ruleset import VERSION
from geo.terms import Terms

FORMAT: Final = 1
"""Grows when a certificate, or a digest in it, comes to be made in another way."""
FIGURE_DIGITS: Final = 6
"""Digits that count of an area in the figures."""
PARTS: Final[Mapping[Layer, str]] = {
    Layer.REGION: "regions",
    Layer.GRID: "grids",
    Layer.BUILDING: "buildings",
    Layer.FACILITY: "facilities",
    Layer.LINE: "lines",
    Layer.WATER: "water",
}
"""The field of a Plan that holds a layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a certificate is told: publication, its instant (ISO 8601, UTC), how each divided region was published.

    `region` is the one whose part of the publication the things are, None for all of it; `layers` are those that are
    there, empty for all. `terms` are what they are judged by; nothing may stand `beside` or `around`.
    """

    publication: int
    at: str
    region: str | None = None
    layers: tuple[Layer, ...] = ()
    standings: Mapping[str, Standing] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)

    @property
    def is_whole(self) -> bool:
        return self.region is None and not self.layers


@dataclass(frozen=True, slots=True)
class Things:
    """How many things of a layer, and their digest in order of code."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A divided region: how it was published, whether the edges of its grids cancel against its outline, and the
    digest of outline, grids and standing."""

    code: str
    standing: Standing | None
    proven: bool
    grids: int
    digest: str


@dataclass(frozen=True, slots=True)
class Told:
    """The findings: their digest, and how many of each rule, severity and whether somebody accepted them."""

    count: int
    digest: str
    kinds: Mapping[tuple[str, str, bool], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """`told` and `figures` are None where only some layers are there: nothing can be judged then."""

    occasion: Occasion
    rules: int
    layers: Mapping[Layer, Things]
    regions: tuple[Proof, ...]
    told: Told | None
    figures: Mapping[str, float] | None


def made(things: Plan, occasion: Occasion) -> Certificate:
    """The certificate of a plan, judged here by the terms of the occasion."""
    found = _lines(things)
    ordered = _in_order(found)
    return _certified(ordered, found, None if occasion.layers else _checked(ordered, occasion.terms), occasion)


def certify(things: Plan, report: Report | None, occasion: Occasion) -> Certificate:
    """The certificate of a plan and of what a check has said about it; a file is re-proved as `made` does."""
    return _certified(things, _lines(things), report, occasion)


def _lines(things: Plan) -> dict[Layer, list[Line]]:
    return {layer: digest.lines(layer, getattr(things, part)) for layer, part in PARTS.items()}


def _in_order(found: Mapping[Layer, Sequence[Line]]) -> Plan:
    """The plan with every layer in the order of its digest, so that one plan is always checked in one way."""
    return Plan(**{PARTS[layer]: tuple(line.thing for line in lines) for layer, lines in found.items()})  # type: ignore[arg-type]  # each layer holds its own things


def _certified(
    things: Plan, found: Mapping[Layer, Sequence[Line]], report: Report | None, occasion: Occasion
) -> Certificate:
    if occasion.terms.beside or occasion.terms.around:
        raise ValueError("a certificate speaks of what is there: nothing can stand beside it")
    return Certificate(
        occasion=occasion,
        rules=VERSION,
        layers={layer: Things(len(own), digest.of_lines(line.text for line in own)) for layer, own in found.items()},
        regions=tuple(_proofs(things, found, occasion.standings)),
        told=None if report is None else _told(report.findings),
        figures=None if report is None else _figures(report),
    )


def _checked(things: Plan, terms: Terms) -> Report:
    """The one place where things are judged for a certificate."""
    return plan.check(things, terms, heal=False)


def _proofs(things: Plan, found: Mapping[Layer, Sequence[Line]], standings: Mapping[str, Standing]) -> list[Proof]:
    regions = {line.code: line.text for line in found[Layer.REGION]}
    grids: dict[str, list[bytes]] = {}
    for line in found[Layer.GRID]:
        if isinstance(line.thing, Grid):
            grids.setdefault(line.thing.region, []).append(line.text)
    return [
        _proof(region, own, [regions.get(region.code, b""), *grids.get(region.code, [])], standings.get(region.code))
        for region, own in plan.divided_regions(things)
    ]


def _proof(region: Region, own: Sequence[Grid], lines: Sequence[bytes], standing: Standing | None) -> Proof:
    shape = region.shape
    return Proof(
        code=region.code,
        standing=standing,
        proven=shape is not None and coverage.is_exact(shape, [grid.shape for grid in own]),
        grids=len(own),
        digest=digest.of_lines([*lines, (standing or "").encode()]),
    )


def _told(findings: Sequence[Finding]) -> Told:
    kinds = Counter((one.rule.value, one.severity.value, one.accepted is not None) for one in findings)
    return Told(len(findings), digest.of_findings(findings), dict(sorted(kinds.items())))


def _figures(report: Report) -> dict[str, float]:
    figures: dict[str, float] = asdict(report.figures)
    return {
        name: digest.significant(value, FIGURE_DIGITS) if name.endswith("_m2") else value
        for name, value in figures.items()
    }
