"""By what is a plan judged beside itself: the limits, what was published before it, what people accepted?"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from geo.model import Acceptance, Grid, Region
from geo.ruleset import DEFAULT, Ruleset


@dataclass(frozen=True, slots=True)
class Staff:
    """How many people answer for a grid: counts, never names."""

    responsible: int = 0
    members: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`beside` are grids round the plan that may own buildings on its border and are not judged themselves, `around`
    the outlines of regions that must keep apart from those of the plan.

    `before`: households of each grid in the last publication. `parents`: parents of regions that the plan does not
    have, by code, and `schemes` theirs. `taken`: codes that were ever given to a grid or region and that the plan does
    not carry on. `fresh`: codes that the plan gives for the first time. `accepted`: what people accepted, ground never.
    `staff`: the people of each grid that has any, and `staffed` the divided regions for which somebody was ever named.
    """

    ruleset: Ruleset = DEFAULT
    beside: Sequence[Grid] = ()
    around: Sequence[Region] = ()
    before: Mapping[str, int] = field(default_factory=dict)
    parents: Mapping[str, str | None] = field(default_factory=dict)
    schemes: Mapping[str, str | None] = field(default_factory=dict)
    taken: AbstractSet[str] = frozenset()
    fresh: AbstractSet[str] = frozenset()
    accepted: Sequence[Acceptance] = ()
    staff: Mapping[str, Staff] = field(default_factory=dict)
    staffed: AbstractSet[str] = frozenset()


ALONE: Final = Terms()
"""A plan judged by itself."""
