"""Which faults are planted where, in a long run, and how did the check fare by kind?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from planting_fault import Fault
from planting_judge import Verdict, clean, judged, told
from planting_kinds import GROUND, HOUSED, KINDS, planted
from planting_source import Change, Source, chosen
from planting_sources import district, street, streets, villages, voronoi

from geo.model import Finding

LARGE_OF_FIVE = (1, 3)
"""Which two of five plantings lie in plans of 100 grids or more, if the kind can be planted there."""
MOST_TRIES = 200
WITH_TOWER = "519901009"
"""A street of the sample whose tower of 600 households is told, and rightly: not used."""
DATA = Path(__file__).parents[2] / "shared" / "data"


def small_sources() -> list[Source]:
    """Enough of each family for the daily run."""
    found = [district(), street("519901001"), voronoi(0, 12, 2), voronoi(1, 60, 4), voronoi(3, 30, 2)]
    found += [voronoi(2, 100, 5, rounds=3), streets(0, 6, 25, 3), streets(1, 14, 110, 7)]
    return [*found, streets(2, 12, 100, 6, houses=True), voronoi(7, 24, 3, houses=True), *_real()]


def full_sources() -> list[Source]:
    """All that the full counts are planted in."""
    codes = sorted({region.parent or "" for region in district().plan.regions if region.shape is not None})
    found = [*small_sources(), *(street(code) for code in codes[1:] if code != WITH_TOWER)]
    found += [voronoi(seed, count, parts) for seed, count, parts in ((4, 90, 6), (5, 45, 3), (6, 150, 8), (8, 16, 3))]
    found += [voronoi(9, 300, 12, rounds=3), voronoi(10, 110, 7, rounds=3, houses=True)]
    found += [streets(seed, 6 + seed, 20 + 12 * seed, 2 + seed) for seed in range(3, 9)]
    return [*found, streets(9, 22, 300, 14), streets(10, 16, 160, 9, houses=True), streets(11, 13, 120, 6)]


def _real() -> list[Source]:
    """Real villages, where they lie beside the checkout."""
    return [villages(DATA)] if DATA.is_dir() else []


@dataclass(frozen=True)
class Case:
    """A plan with one fault or two, all that was told of it, and what was told of it before."""

    source: Source
    faults: list[Fault]
    beside: bool
    usual: list[Finding]

    @property
    def change(self) -> Change:
        change = Change()
        for fault in self.faults:
            change = change.also(fault.change)
        return change

    @property
    def name(self) -> str:
        return f"{self.source.name}: {' and '.join(fault.kind for fault in self.faults)}"

    def findings(self) -> list[Finding]:
        return told(self.source.with_change(self.change))

    def verdict(self, findings: Sequence[Finding]) -> Verdict:
        return judged(self.source, self.faults, findings, self.usual)


def series(count: int, seed: int, sources: Sequence[Source], kinds: Sequence[str] = tuple(KINDS)) -> Iterator[Case]:
    """So many cases: every kind in turn, one in five with two faults at once, half of these side by side, two in five
    in large plans, and all families of plans alike, but the whole sample half as often."""
    usual = {source.name: told(source.plan) for source in sources}
    for source in sources:
        assert clean(source, usual[source.name]) == []
    for number in range(count):
        chance = np.random.default_rng([seed, number])
        tries = (_case(number, chance, sources, kinds, usual) for _ in range(MOST_TRIES))
        yield next(case for case in tries if case is not None)


def _case(
    number: int,
    chance: np.random.Generator,
    sources: Sequence[Source],
    kinds: Sequence[str],
    usual: Mapping[str, list[Finding]],
) -> Case | None:
    """One try; the first kind is the one whose turn it is."""
    turn, place = divmod(number, len(kinds))
    wanted = [kinds[place]]
    fitting = [source for source in sources if source.plan.buildings or wanted[0] not in HOUSED]
    of_size = [source for source in fitting if source.is_large is ((place + 3 * turn) % 5 in LARGE_OF_FIVE)] or fitting
    families = sorted({source.family for source in of_size})
    family = chosen([name for name in families for _ in range(1 if name == "sample" else 2)], chance)
    source = chosen([source for source in of_size if source.family == family], chance)
    if (place + turn) % 5 == 4:
        wanted.append(chosen(kinds, chance))
    beside = bool(chance.random() < 0.5)
    faults = planted(source, wanted, chance, beside=beside)
    return Case(source, faults, beside, usual[source.name]) if faults else None


@dataclass
class Row:
    planted: int = 0
    found: int = 0
    located: int = 0
    worst: float = 0.0
    worst_m2: float = 0.0


@dataclass
class Tally:
    """Counts by kind, and by what the plans were."""

    rows: dict[str, Row] = field(default_factory=lambda: {kind: Row() for kind in KINDS})
    plans: int = 0
    pairs: int = 0
    beside: int = 0
    large: int = 0
    families: dict[str, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def count(self, case: Case, verdict: Verdict) -> None:
        self.plans += 1
        self.pairs += len(case.faults) > 1
        self.beside += len(case.faults) > 1 and case.beside
        self.large += case.source.is_large
        self.families[case.source.family] = self.families.get(case.source.family, 0) + 1
        self.complaints += [f"{case.name}: {complaint}" for complaint in verdict.complaints]
        for fault, found in zip(case.faults, verdict.found, strict=True):
            row = self.rows[fault.kind]
            row.planted += 1
            row.found += found
            row.located += found and verdict.located
            if not found:
                self.complaints.append(f"{case.name}: {fault.kind} not found")
            if len(case.faults) == 1:
                row.worst = max(row.worst, verdict.error)
                row.worst_m2 = max(row.worst_m2, verdict.error_m2)

    def lines(self) -> list[str]:
        names = ("planted", "found", "located", "worst", "worst m2")
        head = f"{'kind':32}" + "".join(f"{name:>11}" for name in names)
        body = [
            f"{kind:32}{row.planted:11}{row.found:11}{row.located:11}{row.worst:11.0e}{row.worst_m2:11.5f}"
            for kind, row in self.rows.items()
        ]
        families = ", ".join(f"{name} {count}" for name, count in sorted(self.families.items()))
        said = (
            f"{self.plans} plans, {self.large} of 100+ grids, {self.pairs} with two faults, {self.beside} side by side"
        )
        return [head, *body, f"{said}; {families}"]


COVERAGE_KINDS = tuple(GROUND)
