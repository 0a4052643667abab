"""Which rules are there, how severe is each, can its findings be accepted, and with which limits can a city set it?

The one catalogue: `docs/rules.md`, `GET /v1/rules` and `wangge rules` are made from it, and the texts
`rule.<id>.about` say in words what each entry means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from geo.model import COVERAGE_RULES, Rule, Severity
from geo.parameters import PARAMETERS, Parameter


class Family(StrEnum):
    """In the order of the page."""

    RINGS = "rings"
    COVERAGE = "coverage"
    DWELLINGS = "dwellings"
    SIZE = "size"
    SHAPE = "shape"
    CODES = "codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A rule of the catalogue. `severities` are all that its findings can have, the gravest first.

    `asks_for_facilities`: its limits are the categories that a kind of grid must have, not numbers.
    """

    rule: Rule
    family: Family
    severities: tuple[Severity, ...]
    asks_for_facilities: bool = False

    @property
    def can_be_accepted(self) -> bool:
        """Whether somebody may accept a finding of it with a reason; ground is never accepted."""
        return self.rule not in COVERAGE_RULES

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The limits it is judged by."""
        return tuple(parameter for parameter in PARAMETERS.values() if self.rule in parameter.rules)


BLOCKING, WARNING, NOTE = (Severity.BLOCKING,), (Severity.WARNING,), (Severity.NOTE,)
BLOCKING_OR_WARNING = (Severity.BLOCKING, Severity.WARNING)

_SEVERITIES: Mapping[Family, Mapping[Rule, tuple[Severity, ...]]] = {
    Family.RINGS: {
        Rule.RING_INVALID: BLOCKING_OR_WARNING,
        Rule.POINT_REPEATED: NOTE,
        Rule.SPIKE: WARNING,
        Rule.VERTICES_MANY: WARNING,
        Rule.HOLE: BLOCKING_OR_WARNING,
        Rule.MULTIPART: BLOCKING_OR_WARNING,
        Rule.OUTSIDE_PARENT: WARNING,
    },
    Family.COVERAGE: {
        Rule.GAP: BLOCKING,
        Rule.OVERLAP: BLOCKING,
        Rule.DUPLICATE: BLOCKING,
        Rule.SPILL: BLOCKING,
        Rule.NODE_UNMATCHED: BLOCKING,
        Rule.SLIVER: NOTE,
        Rule.UNASSIGNED: WARNING,
    },
    Family.DWELLINGS: {
        Rule.BUILDING_UNASSIGNED: BLOCKING_OR_WARNING,
        Rule.BUILDING_AMBIGUOUS: WARNING,
        Rule.BUILDING_SPLIT: WARNING,
        Rule.BUILDING_REPEATED: WARNING,
        Rule.BUILDING_STACKED: NOTE,
        Rule.FACILITY_UNASSIGNED: WARNING,
        Rule.FACILITY_MISSING: NOTE,
    },
    Family.SIZE: {
        Rule.HOUSEHOLDS_LOW: WARNING,
        Rule.HOUSEHOLDS_HIGH: WARNING,
        Rule.HOUSEHOLDS_GROWN: WARNING,
        Rule.TOWER_OVER: NOTE,
        Rule.STAFFING: WARNING,
    },
    Family.SHAPE: {
        Rule.NEEDLE: WARNING,
        Rule.NECK: WARNING,
        Rule.COMPACTNESS_LOW: NOTE,
        Rule.EDGE_FREE: NOTE,
    },
    Family.CODES: {
        Rule.CODE_FORMAT: WARNING,
        Rule.CODE_PREFIX: WARNING,
        Rule.CODE_DUPLICATE: BLOCKING,
        Rule.CODE_FULL: WARNING,
        Rule.CODE_ORDER: NOTE,
    },
}

CATALOGUE: Final[Mapping[Rule, Entry]] = MappingProxyType(
    {
        rule: Entry(rule=rule, family=family, severities=severities, asks_for_facilities=rule is Rule.FACILITY_MISSING)
        for family, rules in _SEVERITIES.items()
        for rule, severities in rules.items()
    }
)
