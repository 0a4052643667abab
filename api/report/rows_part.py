"""How is the first part of a report told: rows by verdict, and those that were refused?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.report.bad_rows import BadRow
from api.report.markup import Cell, Html, heading, paragraph, section, table
from api.texts import CATALOGUE, Language, text

MOST_LISTED = 200
"""Refused rows on the page; the CSV has all."""
NO_BREAK = "\u00a0"
VERDICTS = ("new", "changed", "unchanged", "removed", "refused")


def rows_part(document: Mapping[str, Any], refused: Sequence[BadRow], language: Language) -> Html:
    """Rows by layer and verdict, then the refused ones with their reasons."""
    return section(text("report.rows", language), _parts(document.get("rows") or {}, refused, language), "rows")


def told_as(kind: str, name: str, language: Language) -> str:
    """A layer, verdict or severity in words; as it is where there is no word for it."""
    return text(f"{kind}.{name}", language) if f"{kind}.{name}" in CATALOGUE else name


def place(lon_lat: Sequence[float] | None) -> str:
    """Seven decimals: a place of the lattice."""
    return "" if lon_lat is None else f"{lon_lat[0]:.7f},{NO_BREAK}{lon_lat[1]:.7f}"


def _parts(rows: Mapping[str, Mapping[str, int]], refused: Sequence[BadRow], language: Language) -> Iterator[Html]:
    if rows:
        yield _verdicts(rows, language)
    elif not refused:
        yield paragraph(text("report.no-rows", language), "r-quiet")
    if refused:
        yield heading(text("report.refused", language, count=len(refused)))
        heads = [text(f"report.{name}", language) for name in ("row", "layer", "code", "problem", "place")]
        yield table(heads, (_refused(row, language) for row in refused[:MOST_LISTED]))
    if len(refused) > MOST_LISTED:
        yield paragraph(text("report.more", language, count=len(refused) - MOST_LISTED, file="refused.csv"), "r-quiet")


def _verdicts(rows: Mapping[str, Mapping[str, int]], language: Language) -> Html:
    others = sorted({name for counts in rows.values() for name in counts} - set(VERDICTS))
    names = [name for name in (*VERDICTS, *others) if any(name in counts for counts in rows.values())]
    heads = [text("report.layer", language), *(told_as("verdict", name, language) for name in names)]
    return table(heads, ([told_as("layer", layer, language), *map(c.get, names)] for layer, c in rows.items()))


def _refused(row: BadRow, language: Language) -> list[Cell]:
    layer = told_as("layer", row.layer, language) if row.layer else ""
    return [row.row, layer, row.code, row.message, place(row.place)]
