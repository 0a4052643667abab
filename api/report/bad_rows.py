"""Which rows were refused, why, and what stood in them?"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.texts import Language, text
from geo.files import Reading, Row, RowProblem

COLUMNS = ("row", "source", "layer", "code", "problem", "message", "lon", "lat")
"""Our columns, before those of the row itself."""
BOM = "\ufeff"
"""By which a spreadsheet knows that a CSV is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run instead of show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A refused row: its number in its file, what is wrong by id and in words, and its own columns as they came."""

    row: int
    source: str = ""
    layer: str = ""
    code: str = ""
    problem: str
    message: str
    place: tuple[float, float] | None = None
    columns: Mapping[str, object] = field(default_factory=dict)


def bad_rows(problems: Iterable[RowProblem], readings: Iterable[Reading], language: Language) -> list[BadRow]:
    """The problems of an intake with the columns of their rows, in the order given.

    `readings` are gone through once, and only the rows that are told are kept.
    """
    wanted = list(problems)
    numbers = {problem.number for problem in wanted}
    rows: dict[int, list[tuple[Reading, Row]]] = {}
    for reading in readings:
        for row in reading.rows:
            if row.number in numbers:
                rows.setdefault(row.number, []).append((reading, row))
    return [_bad_row(problem, _origin(problem, rows.get(problem.number, [])), language) for problem in wanted]


def csv_of(rows: Sequence[BadRow]) -> bytes:
    """The rows as CSV, UTF-8 with a byte order mark, lines ended as RFC 4180 says, with every column any of them has.

    A column of a row that is called like one of ours is told as `original_...`.
    """
    names = list(dict.fromkeys(name for row in rows for name in row.columns))
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([*COLUMNS, *(f"original_{name}" if name in COLUMNS else name for name in names)])
    for row in rows:
        lon, lat = row.place or ("", "")
        told = [row.row, row.source, row.layer, row.code, row.problem, row.message, lon, lat]
        writer.writerow([_shown(value) for value in (*told, *(row.columns.get(name) for name in names))])
    return (BOM + file.getvalue()).encode("utf-8", "replace")


def _origin(problem: RowProblem, candidates: Sequence[tuple[Reading, Row]]) -> tuple[Reading, Row] | None:
    """The row that the problem is about; None where rows of several files could be meant."""
    own = [pair for pair in candidates if pair[1].problem == problem]
    likely = own or [pair for pair in candidates if problem.layer is None or pair[1].layer in (None, problem.layer)]
    if len(likely) > 1 and (code := problem.values.get("code")):
        likely = [pair for pair in likely if str(code) in map(str, pair[1].properties.values())]
    return likely[0] if len(likely) == 1 else None


def _bad_row(problem: RowProblem, origin: tuple[Reading, Row] | None, language: Language) -> BadRow:
    reading, row = origin or (None, None)
    columns: Mapping[str, object] = row.properties if row else {}
    return BadRow(
        row=problem.number,
        source=reading.source if reading else "",
        layer=problem.layer or "",
        code=str(problem.values.get("code") or _code(columns, reading)),
        problem=problem.id,
        message=text(f"row.{problem.id}", language, **problem.values),
        place=problem.place,
        columns=columns,
    )


def _code(columns: Mapping[str, object], reading: Reading | None) -> object:
    """What the row itself says its code or id is."""
    for ours in ("code", "id"):
        value = columns.get(reading.mapping.get(ours, ours) if reading else ours)
        if value is not None:
            return value
    return ""


def _shown(value: Any) -> object:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    told = value if isinstance(value, str) else str(value)
    return f"'{told}" if told.startswith(FORMULA) and not _is_number(told) else told


def _is_number(told: str) -> bool:
    return told.lstrip("+-").replace(".", "", 1).isdecimal()
