"""What is wrong with a plan, and what is after a change?

Every finding is kept under the thing it depends on. A check after a change asks again what the change is about and what
lies near it, and tells the same, to the byte, as a check of everything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import fsum

from geo.acceptance import marked
from geo.changes import Change
from geo.dwellings import Dwellings
from geo.forms import Forms
from geo.ground import GroundFaults
from geo.layout import Layout
from geo.measure import areas_m2
from geo.model import Finding, Plan, Rule
from geo.rings import solid
from geo.services import Services
from geo.stacks import Stacks
from geo.staffing import Staffing
from geo.terms import ALONE, Terms


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
class Move:
    """A building that changed owner: from whom to whom, None for nobody, and with how many households it counts."""

    building: str
    start: str | None
    end: str | None
    households: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """`counts` are the households of each grid that has a counted building."""

    findings: list[Finding]
    figures: Figures
    counts: Mapping[str, int] = field(default_factory=dict)


class Inspection:
    """A plan under inspection. `heal` marks what healing would mend, which takes longer than finding it."""

    def __init__(self, plan: Plan, terms: Terms = ALONE, *, heal: bool = False) -> None:
        self.layout = Layout(plan, terms)
        self._ground = GroundFaults(self.layout, heal=heal)
        self._dwellings, self._services = Dwellings(self.layout), Services(self.layout)
        self._stacks, self._forms, self._staffing = Stacks(self.layout), Forms(self.layout), Staffing(self.layout)
        self._area: dict[str, float] = {}
        self._ground.all()
        self._dwellings.all(self._ground.vague)
        self._stacks.all()
        self._services.all()
        self._staffing.all()
        self._forms.all()

    def changed(self, change: Change) -> Report:
        """What is wrong after a change. Raises KeyError for an outline of a region that is not there."""
        self.take(change)
        return self.report

    def take(self, change: Change) -> list[Move]:
        """Look again at what a change is about; which buildings have another owner after it. As `changed`, without the
        list of everything, which in a large plan takes longer than the change."""
        concern = self.layout.apply(change)
        for code in concern.outlines:
            self._area.pop(code, None)
        self._ground.update(concern)
        before = self._dwellings.update(concern, self._ground.vague)
        self._stacks.update(concern)
        self._services.update(concern)
        self._staffing.update(concern)
        self._forms.update(concern)
        return [self._move(id_, owner) for id_, owner in sorted(before.items())]

    def _move(self, id_: str, before: str | None) -> Move:
        counted = (one.households for one in self.layout.buildings[id_] if one.households is not None)
        return Move(id_, before, self._dwellings.owners[id_], max(counted, default=None))

    @property
    def report(self) -> Report:
        """Every finding, ground before buildings before sizes before shapes and codes, and the figures."""
        found = marked([*self.found()], self.layout.terms.accepted)
        return Report(found, self.figures, self.counts)

    @property
    def counts(self) -> dict[str, int]:
        """The households of each grid that has a counted building, as they are now."""
        return dict(self._dwellings.counts)

    def found(self) -> Iterator[Finding]:
        """Every finding in the order of the report, no acceptance marked. One that a change did not touch is the same
        object after it."""
        yield from self._ground.findings
        yield from self._dwellings.findings
        yield from self._stacks.findings
        yield from self._services.findings
        yield from self._staffing.findings
        yield from self._forms.findings

    @property
    def figures(self) -> Figures:
        """How much is covered."""
        gaps, overlap = dict[str, float](), 0.0
        for finding in self._ground.findings:
            if finding.rule is Rule.GAP:
                gaps[finding.codes[0]] = gaps.get(finding.codes[0], 0.0) + (finding.area_m2 or 0.0)
            elif finding.rule in (Rule.OVERLAP, Rule.DUPLICATE):
                overlap += finding.area_m2 or 0.0
        area, gap = fsum(self._areas().values()), fsum(gaps.values())
        bare = fsum(max(m2 - gaps.get(code, 0.0), 0.0) for code, m2 in self._ground.uncertain_m2.items())
        return Figures(
            units=len(self.layout.divided),
            units_covered=len(self.layout.own - self.layout.bare - gaps.keys() - self._ground.unsound),
            area_m2=area,
            area_covered_m2=max(0.0, area - gap - bare),
            gap_m2=gap,
            overlap_m2=overlap,
            households=self._dwellings.total,
            households_covered=self._dwellings.covered,
        )

    def _areas(self) -> Mapping[str, float]:
        """Square metres of each divided region."""
        for code in self._area.keys() - self.layout.own:
            del self._area[code]
        fresh = [code for code in self.layout.own if code not in self._area]
        if fresh:
            self._area |= zip(
                fresh, areas_m2([solid(self.layout.outline(code)) for code in fresh]).tolist(), strict=True
            )
        return self._area
