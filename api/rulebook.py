"""How does the catalogue of rules look with the limits in force, as one document?"""

from typing import Any

from api.texts import Language, text
from geo.model import GridKind
from geo.parameters import PARAMETERS, Parameter
from geo.rules import CATALOGUE, Entry
from geo.ruleset import VERSION, Limits, Ruleset, document

FACILITIES = "facilities"
"""Stands among the parameters of the rule that asks for categories instead of numbers."""


def rulebook(
    rules: Ruleset, limits: Limits, language: Language, *, publication: int | None = None, region: str | None = None
) -> dict[str, Any]:
    """Every rule in words, every limit with its range, default and the value in force (in `region` where one is named),
    and what is `stated` over the defaults, in the form that is published."""
    return {
        "publication": publication,
        "version": VERSION,
        "region": region,
        "rules": [_rule(entry, language) for entry in CATALOGUE.values()],
        "parameters": [_parameter(parameter, limits, language) for parameter in PARAMETERS.values()],
        "facilities": {kind.value: sorted(limits.facilities[kind]) for kind in GridKind},
        "stated": document(rules),
    }


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
