"""How is a failed validation told? FastAPI and pydantic speak English with types of their own; we map them to texts.

Everything here is a malformed request (400): a value of the wrong form, one out of range, one missing or too many.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from api.faults import Fault, pointer
from api.texts import CATALOGUE, Value

MOST = 20
"""Faults told at once; a body with a million wrong members needs no million lines."""

_NUMBERS = frozenset({"float_parsing", "float_type", "finite_number", "decimal_parsing", "decimal_type"})
_INTEGERS = frozenset({"int_parsing", "int_type", "int_from_float", "int_parsing_size"})
_FLAGS = frozenset({"bool_parsing", "bool_type"})
_TEXTS = frozenset({"string_too_short", "string_too_long", "string_pattern_mismatch", "string_type"})


def told(error: RequestValidationError) -> tuple[str, Mapping[str, Value], Sequence[Fault]]:
    """The slug, values and faults of a problem. Never echoes a value of the request."""
    raw = error.errors()
    faults = [_fault(one) for one in raw[:MOST]]
    if len(raw) > MOST:
        faults.append(Fault("parameter.more", {"count": len(raw) - MOST}))
    in_body = all(one["loc"] and one["loc"][0] == "body" for one in raw)
    return ("invalid-body" if in_body else "invalid-parameter"), {}, faults


def _fault(one: Mapping[str, Any]) -> Fault:
    place, *steps = one["loc"] or ("body",)
    id_, values = _meaning(one["type"], one.get("ctx") or {})
    if one["type"] == "json_invalid":
        return Fault("parameter.json", pointer="#")
    if place == "body":
        return Fault(id_, values, pointer=pointer(*steps))
    name = str(steps[0]) if steps else str(place)
    return Fault(id_, values, header=name) if place == "header" else Fault(id_, values, parameter=name)


def _meaning(kind: str, context: Mapping[str, Any]) -> tuple[str, dict[str, Value]]:
    if f"parameter.{kind}" in CATALOGUE:
        return f"parameter.{kind}", dict(context)
    if kind == "missing":
        return "parameter.required", {}
    if kind == "extra_forbidden":
        return "parameter.extra", {}
    if kind in {"greater_than_equal", "greater_than"}:
        return "parameter.not-below", {"low": context["ge" if "ge" in context else "gt"]}
    if kind in {"less_than_equal", "less_than"}:
        return "parameter.not-above", {"high": context["le" if "le" in context else "lt"]}
    if kind in {"enum", "literal_error"}:
        return "parameter.choice", {"allowed": str(context["expected"]).replace(" or ", ", ")}
    for family, id_ in ((_NUMBERS, "number"), (_INTEGERS, "integer"), (_FLAGS, "flag"), (_TEXTS, "text")):
        if kind in family:
            return f"parameter.{id_}", {}
    return "parameter.unfit", {}
