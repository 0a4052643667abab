"""With which limits is a plan judged, by region and by kind of grid?

A limit that is stated for a region holds for everything below it; the nearest one wins. `None` switches a rule off.
As JSON: `{"limits": {name: {kind: number or null}}, "facilities": {kind: [category]}, "regions": {code: {the same}}}`.
"""

import json
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from geo.model import GridKind
from geo.parameters import PARAMETERS, ByKind, Limit, Parameter
from geo.refusal import Refusal

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
LONGEST = 100
"""Characters of a code or category."""
PAIRS = (("households_least", "households_most"), ("staff_members_least", "staff_members_most"))
"""Limits of which the first is never above the second."""


class RulesetRefused(Refusal):
    """A document that states no rules: the id says why, `member` where (RFC 6901, from the document's root)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that hold in one region. `facilities` are categories that each grid of a kind must have."""

    values: Mapping[str, ByKind]
    facilities: Mapping[GridKind, frozenset[str]]

    def of(self, name: str, kind: GridKind = GridKind.RESIDENTIAL) -> Limit:
        """The limit of that name for a kind of grid; None where its rule is off. Outlines of regions are judged as
        residential."""
        return self.values[name][kind]


@dataclass(frozen=True, slots=True)
class Stated:
    """Limits that differ from the defaults, for the whole map or for a region and all below it."""

    values: Mapping[str, ByKind] = field(default_factory=dict)
    facilities: Mapping[GridKind, frozenset[str]] = field(default_factory=dict)


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
        for stated in (self.whole, *(self.regions[code] for code in reversed(self.stating(chain)))):
            for name, by_kind in stated.values.items():
                values[name].update(by_kind)
            facilities.update(stated.facilities)
        return Limits(values, facilities)


DEFAULT: Final = Ruleset()


def document(ruleset: Ruleset) -> dict[str, object]:
    """The rules as JSON values; `parse` gives them back."""
    told = _stated_document(ruleset.whole)
    if ruleset.regions:
        told["regions"] = {code: _stated_document(ruleset.regions[code]) for code in sorted(ruleset.regions)}
    return told


def read(text: str) -> Ruleset:
    """The rules that a JSON text states. Raises RulesetRefused, also where a member is named twice."""
    if len(text) > MOST_TEXT:
        raise RulesetRefused("ruleset-too-large", limit=MOST_TEXT)
    try:
        told = json.loads(text, object_pairs_hook=_once)
    except RulesetRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise RulesetRefused("ruleset-not-json") from error
    return parse(told)


def parse(told: object) -> Ruleset:
    """The rules that a JSON value states. Raises RulesetRefused for anything that is not meant: nothing is skipped."""
    whole = _object(told, "", {"limits", "facilities", "regions"})
    regions = _object(whole.get("regions", {}), "/regions")
    if len(regions) > MOST_REGIONS:
        raise RulesetRefused("ruleset-too-many", member="/regions", limit=MOST_REGIONS)
    return Ruleset(
        _stated({name: value for name, value in whole.items() if name != "regions"}, ""),
        {
            _text(code, f"/regions/{_pointer(code)}"): _stated(value, f"/regions/{_pointer(code)}")
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
    return told


def _stated(told: object, at: str) -> Stated:
    given = _object(told, at, {"limits", "facilities"})
    known = [name for name, parameter in PARAMETERS.items() if parameter.regional or not at]
    limits = _object(given.get("limits", {}), f"{at}/limits", known)
    facilities = _object(given.get("facilities", {}), f"{at}/facilities", list(GridKind))
    values = {name: _by_kind(PARAMETERS[name], value, f"{at}/limits/{name}") for name, value in limits.items()}
    for least, most in PAIRS:
        _refuse_crossed(values, least, most, f"{at}/limits/{least}")
    return Stated(
        values,
        {GridKind(kind): _categories(value, f"{at}/facilities/{kind}") for kind, value in facilities.items()},
    )


def _by_kind(parameter: Parameter, told: object, at: str) -> dict[GridKind, Limit]:
    given = _object(told, at, list(GridKind))
    return {GridKind(kind): _limit(parameter, value, f"{at}/{kind}") for kind, value in given.items()}


def _limit(parameter: Parameter, value: object, at: str) -> Limit:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RulesetRefused("ruleset-not-a-number", member=at)
    if not parameter.least <= value <= parameter.most:
        raise RulesetRefused("ruleset-out-of-range", member=at, least=parameter.least, most=parameter.most)
    if parameter.whole and value != int(value):
        raise RulesetRefused("ruleset-not-whole", member=at)
    return int(value) if parameter.whole else float(value)


def _refuse_crossed(values: Mapping[str, ByKind], low: str, high: str, at: str) -> None:
    """A least above the most that is stated beside it is a slip; across regions either may be meant."""
    for kind, least in values.get(low, {}).items():
        most = values.get(high, {}).get(kind)
        if least is not None and most is not None and least > most:
            raise RulesetRefused("ruleset-crossed", member=f"{at}/{kind}")


def _categories(told: object, at: str) -> frozenset[str]:
    if not isinstance(told, list):
        raise RulesetRefused("ruleset-not-a-list", member=at)
    if len(told) > MOST_CATEGORIES:
        raise RulesetRefused("ruleset-too-many", member=at, limit=MOST_CATEGORIES)
    return frozenset(_text(category, f"{at}/{number}") for number, category in enumerate(told))


def _object(told: object, at: str, known: Collection[str] | None = None) -> Mapping[str, object]:
    """The members of an object, each of a name that is known."""
    if not isinstance(told, Mapping):
        raise RulesetRefused("ruleset-not-an-object", member=at or "/")
    for name in told:
        if not isinstance(name, str) or (known is not None and name not in known):
            told_as = f"{at}/{_pointer(str(name))}"
            raise RulesetRefused("ruleset-unknown-name", member=told_as, known=", ".join(sorted(known or ())))
    return told


def _text(told: object, at: str) -> str:
    """A code or category: some characters, none that cannot be written or stored."""
    if not isinstance(told, str) or not told.strip() or len(told) > LONGEST:
        raise RulesetRefused("ruleset-not-a-text", member=at, limit=LONGEST)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in told):
        raise RulesetRefused("ruleset-not-a-text", member=at, limit=LONGEST)
    return told


def _pointer(name: str) -> str:
    """A name as a part of a JSON pointer; a long one by its beginning."""
    return name[:LONGEST].replace("~", "~0").replace("/", "~1")


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise RulesetRefused("ruleset-name-twice", member=_pointer(name))
        found[name] = value
    return found
