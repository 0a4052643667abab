"""How does the catalogue of rules look with the limits in force, as one document?"""

from typing import Any

from api.texts import Language, text
from geo.draw.task import Wishes
from geo.model import GridKind
from geo.parameters import PARAMETERS, Parameter
from geo.rules import CATALOGUE, Entry
from geo.ruleset import VERSION, Limits, Ruleset, document
from geo.undrawn import kind_of, wishes_of
from geo.wished import LEAST_WEIGHT, MOST_WEIGHT, WEIGHTS

FACILITIES = "facilities"
"""Stands among the parameters of the rule that asks for categories instead of numbers."""


def rulebook(
    rules: Ruleset, limits: Limits, language: Language, *, publication: int | None = None, region: str | None = None
) -> dict[str, Any]:
    """Every rule in words, every limit with its range, default and the value in force (in `region` where one is named),
    how grids are to be drawn, and what is `stated` over the defaults, in the form that is published."""
    return {
        "publication": publication,
        "version": VERSION,
        "region": region,
        "rules": [_rule(entry, language) for entry in CATALOGUE.values()],
        "parameters": [_parameter(parameter, limits, language) for parameter in PARAMETERS.values()],
        "facilities": {kind.value: sorted(limits.facilities[kind]) for kind in GridKind},
        "drawing": wishes(limits, language),
        "stated": document(rules),
    }


def wishes(limits: Limits, language: Language) -> list[dict[str, Any]]:
    """What can be wished of drawn grids by name, weights with their range, what is usual and what is in force."""
    usual, wished = Wishes(), wishes_of(limits, kind_of(limits))
    told = [
        *((f"weights.{name}", getattr(usual.weights, name), getattr(wished.weights, name)) for name in WEIGHTS),
        ("barriers", sorted(usual.barriers), sorted(wished.barriers)),
        ("fixed", [], sorted(limits.wished.fixed or ())),
        ("rural", None, limits.wished.rural),
    ]
    return [
        {
            "name": name,
            "title": text(f"wish.{name}", language),
            "least": LEAST_WEIGHT if name.startswith("weights.") else None,
            "most": MOST_WEIGHT if name.startswith("weights.") else None,
            "default": default,
            "value": value,
        }
        for name, default, value in told
    ]


def names_of(entry: Entry) -> list[str]:
    """The limits of a rule by name."""
    return [FACILITIES] if entry.asks_for_facilities else [parameter.name for parameter in entry.parameters]


def _rule(entry: Entry, language: Language) -> dict[str, Any]:
    return {
        "id": entry.rule.value,
        "name": text(f"rule.{entry.rule}", language),
        "family": entry.family.value,
        "severities": [severity.value for severity in entry.severities],
        "can_be_accepted": entry.can_be_accepted,
        "about": text(f"rule.{entry.rule}.about", language),
        "parameters": names_of(entry),
    }


def _parameter(parameter: Parameter, limits: Limits, language: Language) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "title": text(f"limit.{parameter.name}", language),
        "unit": parameter.unit,
        "least": parameter.least,
        "most": parameter.most,
        "whole": parameter.whole,
        "default": {kind.value: parameter.default[kind] for kind in GridKind},
        "limits": {kind.value: limits.of(parameter.name, kind) for kind in GridKind},
    }
