"""Where is the point that each row of a table says, in lon/lat WGS-84, and which rows say none?

Every row is answered: one whose numbers, datum or accuracy cannot be read has a problem and no point. Columns are
Arrow arrays or lists, texts or numbers; numbers are read strictly (`values.NUMBER`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import datum as datums
from geo.datum import Datum
from geo.files import values
from geo.files.foreign import Column, Portion
from geo.files.guess import plain
from geo.files.limits import NAMES_SHOWN
from geo.files.refusals import DatumMissing, FileUnreadable, RowProblem, shown
from geo.files.rows import Encoding
from geo.files.synonyms import ANY
from geo.refusal import CoordinatesRefused, Refusal, Value

if TYPE_CHECKING:
    import pyarrow as pa

KEYS: Mapping[str, frozenset[str]] = {
    "lon": frozenset(map(plain, ANY["lon"].split())),
    "lat": frozenset(map(plain, ANY["lat"].split())),
    "datum": frozenset(map(plain, ["datum", "坐标系", "crs", "srs"])),
    "accuracy_m": frozenset(map(plain, ["accuracy_m", "accuracy", "精度", "定位精度"])),
}
"""By which names a column is taken for one of ours, where its name is not ours."""
MOST_ACCURACY_M = 100_000.0
"""Metres; beyond it a position says nothing."""
NUMBER = re.compile(values.NUMBER, re.ASCII)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows as they came (`portion`), the stated accuracy of each, metres (NaN for none), and what is wrong with
    those that have no point, by their place among these. `lines`: of NDJSON, each row's own text."""

    portion: Portion
    accuracy_m: NDArray[np.float64]
    bad: Mapping[int, RowProblem]
    lines: Sequence[bytes] | None = None

    @property
    def good(self) -> NDArray[np.bool_]:
        """Which rows have a point."""
        found = np.ones(len(self.portion.xy), dtype=bool)
        found[list(self.bad)] = False
        return found


@dataclass(frozen=True, slots=True)
class Points:
    """A table of points: its columns, and its rows, to be gone through once."""

    columns: Sequence[str]
    rows: Iterator[Rows]
    encoding: Encoding | None = None


@dataclass(slots=True)
class Placing:
    """Makes points of columns: `keys` are the places of ours among theirs, `datum` that of rows that name none, `seen`
    how many rows came before."""

    keys: Mapping[str, int]
    datum: Datum | None
    seen: int = 0
    known: dict[str, Datum | Refusal] = field(default_factory=dict)

    def rows(
        self,
        columns: Sequence[Column],
        count: int,
        bad: Mapping[int, RowProblem] | None = None,
        lines: Sequence[bytes] | None = None,
    ) -> Rows:
        """The next `count` rows; those in `bad` had a problem before."""
        found = _Found(self.seen, {} if bad is None else dict(bad))
        given = np.stack([found.numbers(columns[self.keys[axis]], axis) for axis in ("lon", "lat")], axis=1)
        accuracy_m = np.full(count, np.nan)
        if "accuracy_m" in self.keys:
            accuracy_m = found.accuracies(columns[self.keys["accuracy_m"]])
        xy = np.full((count, 2), np.nan)
        for datum, rows in self._by_datum(columns, count, found):
            xy[rows] = found.placed(given[rows], rows, datum)
        xy[list(found.bad)] = np.nan
        self.seen += count
        return Rows(Portion(columns, xy), accuracy_m, found.bad, lines)

    def _by_datum(
        self, columns: Sequence[Column], count: int, found: "_Found"
    ) -> Iterator[tuple[Datum, NDArray[np.int64]]]:
        """The rows of each datum that are good so far; rows that name an unknown one, or none, get their problem."""
        if "datum" not in self.keys:
            assert self.datum is not None  # `placing` has refused the table otherwise
            yield self.datum, found.remaining(np.arange(count))
            return
        names, place = np.unique(np.array(_texts(columns[self.keys["datum"]]), dtype=object), return_inverse=True)
        for number, name in enumerate(names.tolist()):
            rows = found.remaining(np.flatnonzero(place == number))
            datum = self._datum(name)
            if isinstance(datum, Datum):
                yield datum, rows
            else:
                found.refuse(rows, datum.id, **datum.values)

    def _datum(self, name: str) -> Datum | Refusal:
        if not name:
            return self.datum or Refusal("row-without-datum")
        if name not in self.known:
            try:
                found: Datum | Refusal = Datum.parse(name)
            except Refusal as refusal:
                found = refusal
            if len(self.known) >= 1000:
                self.known.clear()
            self.known[name] = found
        return self.known[name]


def placing(columns: Sequence[str], datum: Datum | None, mapping: Mapping[str, str], name: str = "") -> Placing:
    """For a table with these columns. `mapping`: ours -> theirs, as stated; others are told by their names.

    Raises `FileUnreadable` where lon or lat cannot be told or a stated column is not there, and `DatumMissing`.
    """
    keys = {key: columns.index(column) for key, column in mapping.items() if column in columns}
    for key, column in mapping.items():
        if key not in KEYS:
            raise FileUnreadable("field-unknown", field=shown(key), fields=", ".join(KEYS))
        if column not in columns:
            raise _missing(key, column, columns)
    for key in KEYS.keys() - keys.keys():
        if (number := _meant(key, columns)) is not None and number not in keys.values():
            keys[key] = number
    for key in ("lon", "lat"):
        if key not in keys:
            raise _missing(key, key, columns)
    if datum is None and "datum" not in keys:
        raise DatumMissing("datum-missing", name=name)
    return Placing(keys, datum)


def _missing(key: str, column: str, columns: Sequence[str]) -> FileUnreadable:
    known = shown(", ".join(columns), NAMES_SHOWN)
    return FileUnreadable("column-missing", field=key, column=shown(column), columns=known)


def _meant(key: str, columns: Sequence[str]) -> int | None:
    """The column of that name, else the only one that can be meant."""
    if key in columns:
        return columns.index(key)
    fitting = [number for number, column in enumerate(columns) if plain(column) in KEYS[key]]
    return fitting[0] if len(fitting) == 1 else None


@dataclass(frozen=True, slots=True)
class _Found:
    """What is wrong with some rows, the first of them being row `before` + 1 of the table."""

    before: int
    bad: dict[int, RowProblem]

    def refuse(self, rows: NDArray[np.int64], id: str, **told: Value) -> None:
        for row in rows.tolist():
            self._refuse(row, id, **told)

    def _refuse(self, row: int, id: str, **told: Value) -> None:
        """The first reason stands."""
        self.bad.setdefault(row, RowProblem(id=id, number=self.before + row + 1, values=told))

    def remaining(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return rows[~np.isin(rows, list(self.bad))] if self.bad else rows

    def numbers(self, column: Column, name: str) -> NDArray[np.float64]:
        """A column as finite numbers; a row without one gets its problem."""
        found = _numbers(column)
        for row in self.remaining(np.flatnonzero(~np.isfinite(found))).tolist():
            cell = _cell(column, row)
            if cell in (None, ""):
                self._refuse(row, "row-without-point", field=name)
            elif isinstance(cell, float) or NUMBER.fullmatch(str(cell)):
                self._refuse(row, "coordinates-not-finite")
            else:
                self._refuse(row, "coordinate-malformed", field=name, value=shown(cell))
        return found

    def accuracies(self, column: Column) -> NDArray[np.float64]:
        """A column as metres, NaN for nothing."""
        found = _numbers(column)
        wrong = ~((found > 0) & (found <= MOST_ACCURACY_M))
        for row in self.remaining(np.flatnonzero(wrong)).tolist():
            cell = _cell(column, row)
            if cell in (None, ""):
                continue
            told = {"field": "accuracy_m", "value": shown(cell)}
            if np.isnan(found[row]):
                self._refuse(row, "coordinate-malformed", **told)
            else:
                self._refuse(row, "number-out-of-range", **told, least=0, most=int(MOST_ACCURACY_M))
        return found

    def placed(self, given: NDArray[np.float64], rows: NDArray[np.int64], datum: Datum) -> NDArray[np.float64]:
        """Points in WGS-84; those that the datum cannot have get their problem."""
        xy = np.full(given.shape, np.nan)
        fits = np.ones(len(given), dtype=bool) if datum.frame else (np.abs(given) <= (180.0, 90.0)).all(axis=1)
        xy[fits] = _converted(given[fits], datum)
        for place in np.flatnonzero(np.isnan(xy).any(axis=1)).tolist():
            refusal = _why_not(given[place : place + 1], datum)
            told = {name: value for name, value in refusal.values.items() if name not in ("index", "count")}
            self._refuse(int(rows[place]), refusal.id, **told)
        return xy


def _converted(xy: NDArray[np.float64], datum: Datum) -> NDArray[np.float64]:
    """Points in WGS-84, NaN for those that the datum cannot have."""
    try:
        return datums.to_wgs84(xy, datum)
    except CoordinatesRefused:
        moved = datums.shapes_to_wgs84(shapely.points(xy), datum)
        result = np.full(xy.shape, np.nan)
        result[~shapely.is_missing(moved)] = shapely.get_coordinates(moved)
        return result


def _why_not(xy: NDArray[np.float64], datum: Datum) -> Refusal:
    try:
        datums.to_wgs84(xy, datum)
    except CoordinatesRefused as refusal:
        return refusal
    return Refusal("coordinates-not-finite")


def _numbers(column: Column) -> NDArray[np.float64]:
    """A column as numbers, NaN for what is none; what is not finite stays so."""
    if isinstance(column, list):
        return np.array([_number(cell) for cell in column], dtype=np.float64)
    import pyarrow as pa  # noqa: PLC0415 - takes a while to load, and only this wants it

    assert isinstance(column, pa.Array)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    return _of_texts(column)


def _of_texts(column: "pa.Array") -> NDArray[np.float64]:
    """All together where all are numbers; what is not finite is looked at again."""
    import pyarrow as pa  # noqa: PLC0415 - as above
    import pyarrow.compute as pc  # noqa: PLC0415 - as above

    try:
        found = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        trimmed = pc.utf8_trim_whitespace(column)
        fits = pc.match_substring_regex(trimmed, rf"^(?:{values.NUMBER})$")
        found = pc.cast(pc.utf8_ltrim(pc.if_else(fits, trimmed, None), "+"), pa.float64())
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.float64)


def _number(cell: object) -> float:
    if type(cell) is float:
        return cell
    if type(cell) is int:
        return float(cell) if abs(cell) < 2**63 else np.nan
    return float(cell) if isinstance(cell, str) and NUMBER.fullmatch(cell := cell.strip()) else np.nan


def _cell(column: Column, row: int) -> object:
    cell = column[row] if isinstance(column, list) else column.slice(row, 1).to_pylist()[0]  # type: ignore[union-attr]
    return cell.strip() if isinstance(cell, str) else cell


def _texts(column: Column) -> list[str]:
    cells = column if isinstance(column, list) else column.to_pylist()  # type: ignore[union-attr]
    return ["" if cell is None else str(cell).strip() for cell in cells]
