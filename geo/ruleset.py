"""With which limits is a plan judged, by region and by kind of grid?

A limit that is stated for a region holds for everything below it; the nearest one wins. `None` switches a rule off.
As JSON: `{"limits": {name: {kind: number or null}}, "facilities": {kind: [category]}, "drawing": {`geo.wished`},
"regions": {code: {the same}}}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from geo.members import RulesetRefused, loaded, members, number, pointer, text, texts
from geo.model import GridKind
from geo.parameters import PARAMETERS, ByKind, Limit, Parameter
from geo.wished import USUAL, Wished, wished_document, wished_of

__all__ = [
    "DEFAULT",
    "PARAMETERS",
    "VERSION",
    "ByKind",
    "Limit",
    "Limits",
    "Parameter",
    "Ruleset",
    "RulesetRefused",
    "Stated",
    "Wished",
    "document",
    "parse",
    "read",
]

VERSION = 1
"""Grows when a rule comes to mean something else: a certificate names it."""
MOST_TEXT = 4_000_000
"""Characters of a document: a city's 15,000 grids have some 3,000 regions, each with a few limits of its own."""
MOST_REGIONS = 20_000
MOST_CATEGORIES = 100
"""Categories of facilities that one kind of grid must have."""
STATED = ("limits", "facilities", "drawing")
"""What may be stated for the whole map and for each region."""
PAIRS = (("households_least", "households_most"), ("staff_members_least", "staff_members_most"))
"""Limits of which the first is never above the second."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that hold in one region. `facilities` are categories that each grid of a kind must have, `wished` is
    how its grids are to be drawn."""

    values: Mapping[str, ByKind]
    facilities: Mapping[GridKind, frozenset[str]]
    wished: Wished = USUAL

    def of(self, name: str, kind: GridKind = GridKind.RESIDENTIAL) -> Limit:
        """The limit of that name for a kind of grid; None where its rule is off. Outlines of regions are judged as
        residential."""
        return self.values[name][kind]


@dataclass(frozen=True, slots=True)
class Stated:
    """Limits that differ from the defaults, for the whole map or for a region and all below it."""

    values: Mapping[str, ByKind] = field(default_factory=dict)
    facilities: Mapping[GridKind, frozenset[str]] = field(default_factory=dict)
    wished: Wished = USUAL


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All limits of a map: the defaults, what is stated for the whole map over them, and what for regions over that."""

    whole: Stated = Stated()
    regions: Mapping[str, Stated] = field(default_factory=dict)

    def stating(self, chain: Sequence[str]) -> tuple[str, ...]:
        """Those of a region and everything above it that state limits of their own, the nearest first."""
        return tuple(code for code in chain if code in self.regions)

    def within(self, chain: Sequence[str]) -> Limits:
        """The limits in a region; `chain` is the region and everything above it (`geo.tree.chain`)."""
        values = {name: dict(parameter.default) for name, parameter in PARAMETERS.items()}
        facilities: dict[GridKind, frozenset[str]] = dict.fromkeys(GridKind, frozenset())
        wished = USUAL
        for stated in (self.whole, *(self.regions[code] for code in reversed(self.stating(chain)))):
            for name, by_kind in stated.values.items():
                values[name].update(by_kind)
            facilities.update(stated.facilities)
            wished = stated.wished.over(wished)
        return Limits(values, facilities, wished)


DEFAULT: Final = Ruleset()


def document(ruleset: Ruleset) -> dict[str, object]:
    """The rules as JSON values; `parse` gives them back."""
    told = _stated_document(ruleset.whole)
    if ruleset.regions:
        told["regions"] = {code: _stated_document(ruleset.regions[code]) for code in sorted(ruleset.regions)}
    return told


def read(written: str) -> Ruleset:
    """The rules that a JSON text states. Raises RulesetRefused, also where a member is named twice."""
    return parse(loaded(written, MOST_TEXT))


def parse(told: object) -> Ruleset:
    """The rules that a JSON value states. Raises RulesetRefused for anything that is not meant: nothing is skipped."""
    whole = members(told, "", {*STATED, "regions"})
    regions = members(whole.get("regions", {}), "/regions")
    if len(regions) > MOST_REGIONS:
        raise RulesetRefused("ruleset-too-many", member="/regions", limit=MOST_REGIONS)
    return Ruleset(
        _stated({name: value for name, value in whole.items() if name != "regions"}, ""),
        {
            text(code, f"/regions/{pointer(code)}"): _stated(value, f"/regions/{pointer(code)}")
            for code, value in regions.items()
        },
    )


def _stated_document(stated: Stated) -> dict[str, object]:
    told: dict[str, object] = {}
    if stated.values:
        told["limits"] = {
            name: {kind.value: limit for kind, limit in by_kind.items()} for name, by_kind in stated.values.items()
        }
    if stated.facilities:
        told["facilities"] = {kind.value: sorted(wanted) for kind, wanted in stated.facilities.items()}
    if wished := wished_document(stated.wished):
        told["drawing"] = wished
    return told


def _stated(told: object, at: str) -> Stated:
    given = members(told, at, STATED)
    known = [name for name, parameter in PARAMETERS.items() if parameter.regional or not at]
    limits = members(given.get("limits", {}), f"{at}/limits", known)
    facilities = members(given.get("facilities", {}), f"{at}/facilities", list(GridKind))
    values = {name: _by_kind(PARAMETERS[name], value, f"{at}/limits/{name}") for name, value in limits.items()}
    for least, most in PAIRS:
        _refuse_crossed(values, least, most, f"{at}/limits/{least}")
    return Stated(
        values,
        {
            GridKind(kind): texts(value, f"{at}/facilities/{kind}", MOST_CATEGORIES)
            for kind, value in facilities.items()
        },
        wished_of(given.get("drawing", {}), f"{at}/drawing"),
    )


def _by_kind(parameter: Parameter, told: object, at: str) -> dict[GridKind, Limit]:
    given = members(told, at, list(GridKind))
    return {GridKind(kind): _limit(parameter, value, f"{at}/{kind}") for kind, value in given.items()}


def _limit(parameter: Parameter, value: object, at: str) -> Limit:
    if value is None:
        return None
    value = number(value, at, parameter.least, parameter.most)
    if parameter.whole and value != int(value):
        raise RulesetRefused("ruleset-not-whole", member=at)
    return int(value) if parameter.whole else float(value)


def _refuse_crossed(values: Mapping[str, ByKind], low: str, high: str, at: str) -> None:
    """A least above the most that is stated beside it is a slip; across regions either may be meant."""
    for kind, least in values.get(low, {}).items():
        most = values.get(high, {}).get(kind)
        if least is not None and most is not None and least > most:
            raise RulesetRefused("ruleset-crossed", member=f"{at}/{kind}")
