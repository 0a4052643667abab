"""What do we say to a person, in Chinese or in English?

The one catalogue of the project: id -> (zh, en), filled with named values by `str.format`. Reports, problems, the
command line and the page read it; `geo` yields ids and numbers, never sentences. One module a topic holds the data.
"""

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from api.texts import (
    archives,
    certificates,
    differences,
    drawing,
    edits,
    findings,
    formats,
    notes,
    parameters,
    problems,
    report,
    rows,
    rules,
)
from geo.model import Finding

Language: TypeAlias = Literal["zh", "en"]
Value: TypeAlias = str | int | float

CATALOGUE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        **problems.TEXTS,
        **parameters.TEXTS,
        **findings.TEXTS,
        **notes.TEXTS,
        **report.TEXTS,
        **rows.TEXTS,
        **formats.TEXTS,
        **rules.TEXTS,
        **certificates.TEXTS,
        **archives.TEXTS,
        **differences.TEXTS,
        **edits.TEXTS,
        **drawing.TEXTS,
    }
)
SAID = frozenset({"by", "where"})
"""Values of findings that are words of ours: `by.share`, `where.pinhole`."""
MORE = frozenset({"tower", "where"})
"""Values that a finding may have or not; with one it has a sentence of its own, `finding.gap.where`."""
LONGEST_VALUE = 300
"""Characters of one value that are echoed: a text told to a person is not a place to put a file."""


def text(id_: str, language: Language, **values: Value) -> str:
    """The text in that language. Raises KeyError for an unknown id or a missing value: both are our own mistakes."""
    return _template(id_, language).format(**{name: _short(value) for name, value in values.items()})


def finding_text(finding: Finding, language: Language) -> str:
    """One sentence about a finding. Says it without amounts where the check did not supply one that the text names."""
    values: dict[str, Value] = dict(finding.values)
    for name in ("area_m2", "width_m", "length_m", "households"):
        amount = getattr(finding, name)
        if amount is not None:
            values[name] = amount
    values["codes"] = (", " if language == "en" else "、").join(finding.codes)
    for name in SAID & values.keys():
        values[name] = text(f"{name}.{values[name]}", language)
    id_ = f"finding.{finding.rule}"
    id_ = next((own for name in MORE & values.keys() if (own := f"{id_}.{name}") in CATALOGUE), id_)
    return text(id_ if can_be_told(id_, values) else f"finding.{finding.rule}.bare", language, **values)


def language_of(accept_language: str | None) -> Language:
    """The best of zh and en for an `Accept-Language` header (RFC 9110, 12.5.4); English when neither is named."""
    best: dict[str, float] = {}
    for part in (accept_language or "").split(","):
        tag, _, weight = part.partition(";")
        name = tag.strip().lower().partition("-")[0]
        if name in {"zh", "en"}:
            best[name] = max(best.get(name, 0.0), quality(weight))
    return "zh" if best.get("zh", 0.0) > best.get("en", 0.0) else "en"


def quality(weight: str) -> float:
    """`q=0.7` -> 0.7; 1 when absent, 0 when it cannot be read."""
    name, _, number = weight.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    digits = number.strip()
    readable = digits.isascii() and digits.replace(".", "", 1).isdigit()
    return min(float(digits), 1.0) if readable else 0.0


def placeholders(template: str) -> set[str]:
    """The names of the values that a text needs."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def can_be_told(id_: str, values: Mapping[str, Value]) -> bool:
    """Whether there is such a text and every value it needs."""
    return id_ in CATALOGUE and placeholders(CATALOGUE[id_][1]) <= values.keys()


def explained(slug: str, language: Language) -> str:
    """What a problem means in general: its detail with the names of its values, `at most ‹limit› bytes`."""
    parts = Formatter().parse(_template(f"problem.{slug}.detail", language))
    return "".join(said + (f"‹{name}›" if name else "") for said, name, _, _ in parts)


def _template(id_: str, language: Language) -> str:
    return CATALOGUE[id_][0 if language == "zh" else 1]


def _short(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    readable = value.encode("utf-8", "replace").decode("utf-8")
    return readable if len(readable) <= LONGEST_VALUE else readable[:LONGEST_VALUE] + "…"
