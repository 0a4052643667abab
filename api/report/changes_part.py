"""How is the third part of a report told: what would change, what is noted, and which borders healing moved?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.report.markup import Cell, Html, heading, paragraph, section, table
from api.report.rows_part import place, told_as
from api.texts import Language, text

MOST_LISTED = 200
"""Lines of one table on the page; the document has all."""
MOST_CODES = 30
"""Codes told in one line."""

Told = Mapping[str, Any]


def changes_part(document: Told, language: Language) -> Html:
    """Grids whose households change, those that cross a limit first; then what is new, removed, noted and healed."""
    parts = list(_parts(document, language))
    if not parts:
        id_ = "report.no-changes" if "changes" in document else "report.unknown-changes"
        parts = [paragraph(text(id_, language), "r-quiet")]
    return section(text("report.changes", language), parts, "changes")


def _parts(document: Told, language: Language) -> Iterator[Html]:
    changes = document.get("changes") or {}
    yield from _grids(changes.get("grids") or [], language)
    for name in ("new", "removed"):
        yield from _listed(name, changes.get(name), language)
    yield from _listed("created", document.get("created"), language)
    yield from _notes(document.get("notes") or [], language)
    yield from _healing((document.get("healing") or {}).get("borders") or [], language)


def _grids(grids: Sequence[Told], language: Language) -> Iterator[Html]:
    grown = [grid for grid in grids if _becomes(grid, "high")]
    fallen = [grid for grid in grids if _becomes(grid, "low")]
    others = [grid for grid in grids if not (_becomes(grid, "high") or _becomes(grid, "low"))]
    for name, own in (("grown", grown), ("fallen", fallen), ("other-grids", others)):
        if own:
            yield heading(f"{text(f'report.{name}', language)} ({len(own)})")
            heads = ("grid", "region", "before", "after", "verdict")
            yield table(
                [text(f"report.{head}", language) for head in heads],
                (_grid(one, language) for one in own[:MOST_LISTED]),
            )
            yield from _more(len(own), language)


def _becomes(grid: Told, verdict: str) -> bool:
    return bool(grid.get("verdict_after") == verdict and grid.get("verdict_before") != verdict)


def _grid(grid: Told, language: Language) -> list[Cell]:
    verdicts = [grid.get("verdict_before"), grid.get("verdict_after")]
    told = [told_as("verdict", one, language) for one in dict.fromkeys(verdicts) if one]
    households = [grid.get("households_before"), grid.get("households_after")]
    return [grid["code"], grid.get("region") or "", *households, " → ".join(told)]


def _listed(name: str, found: Any, language: Language) -> Iterator[Html]:
    """Counts or codes by layer, or one list of codes (or of things that have one)."""
    if not found:
        return
    yield heading(text(f"report.{name}", language))
    if not isinstance(found, Mapping):
        yield paragraph(_codes(found))
        return
    for layer, own in found.items():
        told = f"{own:,}" if isinstance(own, int) else _codes(own)
        yield paragraph(f"{told_as('layer', layer, language)}: {told}")


def _codes(found: Any) -> str:
    codes = [str(one.get("code") or one.get("id")) if isinstance(one, Mapping) else str(one) for one in found]
    more = f" … +{len(codes) - MOST_CODES:,}" if len(codes) > MOST_CODES else ""
    return ", ".join(codes[:MOST_CODES]) + more


def _notes(notes: Sequence[Told], language: Language) -> Iterator[Html]:
    if notes:
        yield heading(text("report.notes", language))
        heads = [text(f"report.{name}", language) for name in ("note", "layer", "code")]
        yield table(heads, (_note(note, language) for note in notes[:MOST_LISTED]))
        yield from _more(len(notes), language)


def _note(note: Told, language: Language) -> list[Cell]:
    layer = told_as("layer", note["layer"], language) if note.get("layer") else ""
    return [note.get("message") or note["note"], layer, _codes(note.get("codes") or [])]


def _healing(borders: Sequence[Told], language: Language) -> Iterator[Html]:
    if borders:
        yield heading(text("report.healing", language))
        heads = [text(f"report.{name}", language) for name in ("code", "nodes", "shift", "length", "place")]
        yield table(heads, (_border(one) for one in borders[:MOST_LISTED]))
        yield from _more(len(borders), language)


def _border(one: Told) -> list[Cell]:
    return [
        " | ".join(one["codes"]),
        one["nodes"],
        float(one["largest_m"]),
        float(one["length_m"]),
        place(one["place"]),
    ]


def _more(number: int, language: Language) -> Iterator[Html]:
    if number > MOST_LISTED:
        yield paragraph(text("report.more", language, count=number - MOST_LISTED, file="report.json"), "r-quiet")
