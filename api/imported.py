"""What does an import tell? The same three-part document on the command line and over HTTP.

Rows by verdict, findings, and what would change; before them, how the files were read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.shapes import report_document
from api.texts import Language, text
from geo.files import Reading, RowProblem
from geo.model import Severity
from geo.moved import Moved
from geo.store.growth import Change
from geo.store.intake import Intake
from geo.store.notes import Note
from geo.store.streaming import Streamed

MOST_TOLD = 20
"""Codes that one sentence names."""


def intake_document(taken: Intake, language: Language) -> dict[str, Any]:
    """An intake as JSON values."""
    return {
        "files": [source_document(source) for source in taken.sources],
        "rows": taken.rows,
        "refused": [row_document(row, language) for row in taken.problems],
        "notes": [note_document(note, language) for note in taken.notes],
        "created": list(taken.created),
        "regions": sorted(taken.outlines),
        "changes": {
            "grids": [change_document(change) for change in taken.grids],
            "grown": [change.code for change in taken.grids if change.is_grown],
            "fallen": [change.code for change in taken.grids if change.is_fallen],
            "new": _counted(taken, "new"),
            "changed": _counted(taken, "changed"),
            "removed": taken.vanishing,
        },
        "healing": {
            "nodes": len(taken.shifts),
            "largest_m": taken.shifts[0].metres if taken.shifts else 0.0,
            "moves": [{"from": shift.start, "to": shift.end, "metres": shift.metres} for shift in taken.shifts],
            "borders": [border_document(border) for border in taken.borders],
        },
        **report_document(taken.report, language, None),
    }


def source_document(source: Reading) -> dict[str, Any]:
    """How a file was read: its datum, its columns, what was guessed."""
    encoding = source.encoding
    return {
        "name": source.source,
        "datum": source.datum.name,
        "columns": list(source.columns),
        "fields": dict(source.mapping),
        "guessed": dict(source.guessed),
        "encoding": None
        if encoding is None
        else {"name": encoding.name, "how": encoding.how, "samples": list(encoding.samples)},
    }


def row_document(row: RowProblem, language: Language) -> dict[str, Any]:
    """A refused row: its number, what is wrong, in words, and where."""
    return {
        "row": row.number,
        "layer": row.layer,
        "problem": row.id,
        "message": text(f"row.{row.id}", language, **row.values),
        "place": row.place,
    }


def note_document(note: Note, language: Language) -> dict[str, Any]:
    """What is worth knowing, in words, and the things it is about."""
    message = text(f"note.{note.id}", language, **note.values)
    return {"note": note.id, "layer": note.layer, "codes": list(note.codes), "message": message, **note.values}


def change_document(change: Change) -> dict[str, Any]:
    """A grid before and after."""
    return {
        "code": change.code,
        "region": change.region,
        "households_before": change.households_before,
        "households_after": change.households_after,
        "verdict_before": change.verdict_before,
        "verdict_after": change.verdict_after,
    }


def border_document(border: Moved) -> dict[str, Any]:
    """A border that healing moved."""
    return {
        "codes": list(border.codes),
        "nodes": border.nodes,
        "largest_m": border.largest_m,
        "length_m": border.length_m,
        "place": list(border.place),
    }


def _counted(taken: Intake, verdict: str) -> dict[str, int]:
    return {layer: counts[verdict] for layer, counts in taken.rows.items() if verdict in counts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to become of an intake. `sure`: guesses and vanishing things were seen and are meant."""

    publish: bool = False
    provisional: bool = False
    strict: bool = False
    sure: bool = False


def hindrance(taken: Intake, wish: Wish) -> tuple[str, dict[str, str | int | float]] | None:
    """The problem, by slug and values, that keeps an intake from being kept; None where nothing does."""
    if wish.strict and taken.problems:
        return "rows-refused", {"refused": len(taken.problems)}
    blocking = sum(finding.severity is Severity.BLOCKING for finding in taken.report.findings)
    if wish.publish and not wish.provisional and taken.outlines and blocking:
        return "blocking-findings", {"count": blocking}
    if wish.sure or taken.is_empty:
        return None
    if guess := encoding_guessed(taken.sources):
        return guess
    if taken.vanishing:
        return "would-vanish", {"count": len(taken.vanishing), "codes": ", ".join(taken.vanishing[:MOST_TOLD])}
    return None


def encoding_guessed(sources: Sequence[Reading]) -> tuple[str, dict[str, str | int | float]] | None:
    """The problem of a file whose encoding nobody stated and that is not in UTF-8; None where all is known."""
    for source in sources:
        if source.encoding is not None and source.encoding.how == "guess":
            samples = ", ".join(source.encoding.samples)
            return "encoding-guessed", {"encoding": source.encoding.name, "samples": samples}
    return None


def streamed_document(taken: Streamed, language: Language) -> dict[str, Any]:
    """A stream of rows as JSON values: as an intake, without findings one by one."""
    return {
        "files": [source_document(source) for source in taken.sources],
        "rows": {layer: dict(counts) for layer, counts in taken.rows.items()},
        "refused": [row_document(row, language) for row in taken.problems],
        "refused_count": taken.refused,
        "notes": [],
        "created": [],
        "regions": [],
        "changes": {
            "grids": [change_document(change) for change in taken.grids],
            "grown": [change.code for change in taken.grids if change.is_grown],
            "fallen": [change.code for change in taken.grids if change.is_fallen],
            "new": {layer: counts["new"] for layer, counts in taken.rows.items() if counts["new"]},
            "changed": {layer: counts["changed"] for layer, counts in taken.rows.items() if counts["changed"]},
            "removed": [],
        },
        "unassigned": {"buildings": taken.unassigned, "households": taken.unassigned_households},
    }
