"""Which grids would have other households than they have now, and which outgrow the rule?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geo.households import verdict
from geo.model import Grid
from geo.ruleset import DEFAULT, Limits
from geo.store import rulesets
from geo.store.known import Known
from geo.tree import chain


@dataclass(frozen=True, slots=True)
class Change:
    """A grid before and after; `None` households where nobody counted, `None` verdict where there is no such grid."""

    code: str
    region: str
    households_before: int | None
    households_after: int | None
    verdict_before: str | None
    verdict_after: str | None

    @property
    def is_grown(self) -> bool:
        """Whether it came to have more households than the rule allows."""
        return self.verdict_after == "high" and self.verdict_before != "high"

    @property
    def is_fallen(self) -> bool:
        """Whether it came to have fewer than the rule asks for."""
        return self.verdict_after == "low" and self.verdict_before != "low"


def changes(known: Known, grids: Sequence[Grid], counts: Mapping[str, int]) -> list[Change]:
    """The grids whose households or verdict change, by code. `grids` are all grids of the regions that are touched, as
    they will be; `counts` their households then. Both verdicts are by the limits in force now."""
    regions = {grid.region for grid in grids}
    before = {grid.code: grid for code in sorted(regions) if (one := known.edition(code)) for grid in one.grids}
    after = {grid.code: grid for grid in grids}
    had, size_before, size_after = known.tallies(before), _sizes(before), _sizes(after)
    limits = _limits(known, regions)
    found = []
    for code in sorted(before.keys() | after.keys()):
        old = _told(before.get(code), had.get(code), size_before, limits)
        new = _told(after.get(code), counts.get(code), size_after, limits)
        if old != new:
            region = (after.get(code) or before[code]).region
            found.append(Change(code, region, old[0], new[0], old[1], new[1]))
    return found


def _sizes(grids: Mapping[str, Grid]) -> Counter[str]:
    return Counter(grid.region for grid in grids.values())


def _limits(known: Known, regions: Iterable[str]) -> dict[str, Limits]:
    """The limits in force in each region; one that is not published yet has those of the whole map."""
    rules = DEFAULT if known.session is None else rulesets.at(known.session, known.number)
    parents = {code: region.parent for code, region in known.regions.items()}
    return {code: rules.within(chain(code, parents)) for code in regions}


def _told(
    grid: Grid | None, households: int | None, sizes: Mapping[str, int], limits: Mapping[str, Limits]
) -> tuple[int | None, str | None]:
    if grid is None:
        return None, None
    return households, verdict(grid.kind, households, sizes[grid.region], limits[grid.region])
