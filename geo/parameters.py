"""Which limits do the rules have, in which unit and range, and what are they where nobody states another?

`None` switches a rule off for a kind of grid. A name is never taken out and a range never narrowed: what was once
published with them is read again for past publications.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, TypeAlias

from geo.model import GridKind, Rule

Limit: TypeAlias = float | None
ByKind: TypeAlias = Mapping[GridKind, Limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A limit of some rules: its unit, the smallest and largest value it can be given, its default by kind of grid."""

    name: str
    rules: tuple[Rule, ...]
    unit: str
    least: float
    most: float
    default: ByKind
    whole: bool = False
    regional: bool = True
    """Whether a region may have its own, or only the whole map."""


def _everywhere(value: float) -> ByKind:
    return MappingProxyType(dict.fromkeys(GridKind, value))


def _by_kind(residential: Limit, rural: Limit, special: Limit) -> ByKind:
    return MappingProxyType({GridKind.RESIDENTIAL: residential, GridKind.RURAL: rural, GridKind.SPECIAL: special})


def _households(name: str, rules: tuple[Rule, ...], default: ByKind, least: float = 1) -> Parameter:
    return Parameter(
        name=name, rules=rules, unit="households", least=least, most=1_000_000, default=default, whole=True
    )


def _people(name: str, default: float) -> Parameter:
    return Parameter(
        name=name,
        rules=(Rule.STAFFING,),
        unit="people",
        least=0,
        most=1_000,
        default=_everywhere(default),
        whole=True,
    )


def _metres(name: str, rule: Rule, default: ByKind, most: float = 1_000) -> Parameter:
    return Parameter(name=name, rules=(rule,), unit="m", least=0, most=most, default=default)


def _square_metres(name: str, rule: Rule, default: ByKind, least: float = 0, most: float = 1_000_000) -> Parameter:
    return Parameter(name=name, rules=(rule,), unit="m2", least=least, most=most, default=default)


def _share(name: str, rule: Rule, default: ByKind) -> Parameter:
    return Parameter(name=name, rules=(rule,), unit="share", least=0, most=1, default=default)


PARAMETERS: Final[Mapping[str, Parameter]] = MappingProxyType(
    {
        parameter.name: parameter
        for parameter in (
            _households("households_least", (Rule.HOUSEHOLDS_LOW,), _by_kind(300, None, None), least=0),
            _households("households_most", (Rule.HOUSEHOLDS_HIGH, Rule.HOUSEHOLDS_GROWN), _by_kind(500, 500, None)),
            _households("tower_most", (Rule.TOWER_OVER,), _by_kind(500, 500, None)),
            _people("staff_responsible", 1),
            _people("staff_members_least", 2),
            _people("staff_members_most", 3),
            replace(_square_metres("stacked_m2", Rule.BUILDING_STACKED, _everywhere(1.0), least=0.01), regional=False),
            _metres("sliver_width_m", Rule.SLIVER, _everywhere(1.0), most=100),
            _square_metres("sliver_area_m2", Rule.SLIVER, _everywhere(100.0)),
            Parameter(
                name="vertices_most",
                rules=(Rule.VERTICES_MANY,),
                unit="vertices",
                least=4,
                most=1_000_000,
                default=_everywhere(5_000),
                whole=True,
            ),
            Parameter(
                name="spike_angle_deg",
                rules=(Rule.SPIKE,),
                unit="deg",
                least=0,
                most=45,
                default=_everywhere(1.0),
            ),
            _metres("spike_length_m", Rule.SPIKE, _everywhere(1.0), most=10_000),
            _metres("needle_width_m", Rule.NEEDLE, _by_kind(6.0, 6.0, None)),
            _square_metres("needle_area_m2", Rule.NEEDLE, _by_kind(30.0, 30.0, None)),
            _metres("neck_width_m", Rule.NECK, _by_kind(6.0, 6.0, None)),
            _square_metres("neck_area_m2", Rule.NECK, _by_kind(500.0, 500.0, None), most=100_000_000),
            _share("compactness_least", Rule.COMPACTNESS_LOW, _by_kind(0.1, 0.05, None)),
            _metres("follow_distance_m", Rule.EDGE_FREE, _by_kind(15.0, 30.0, None)),
            _share("follow_share_least", Rule.EDGE_FREE, _by_kind(0.2, None, None)),
        )
    }
)
