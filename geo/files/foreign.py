"""What does somebody's table say of the place of each row, whatever else it holds?

Portion by portion, every column as it is and in its order. A CSV goes through in columns, which is what makes millions
of rows quick; every other format through `read_batches`.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import datum as datums
from geo.datum import WGS84, Datum
from geo.files import csv_table, formats, values, wkt
from geo.files.guess import plain
from geo.files.limits import MIB, NAMES_SHOWN, STREAM
from geo.files.reading import read_batches
from geo.files.refusals import DatumMissing, FileUnreadable, RowRefused, shown
from geo.files.rows import Encoding, Reading, Wish
from geo.files.synonyms import ANY, FIELDS
from geo.model import Layer
from geo.refusal import CoordinatesRefused

if TYPE_CHECKING:
    import pyarrow as pa

Column: TypeAlias = "pa.Array | Sequence[object]"

BLOCK = 4 * MIB
"""Bytes of a CSV that are in memory at a time."""
ROWS = 20_000
OF_PLACE = ("lon", "lat", "wkt")
KEYS: Mapping[str, frozenset[str]] = {
    **{name: frozenset(map(plain, names.split())) for name, names in ANY.items()},
    "building": frozenset(map(plain, FIELDS[Layer.BUILDING]["id"].split())) - {"id", "编号", "bh", "osmid"},
    "address": frozenset(map(plain, FIELDS[Layer.BUILDING]["address"].split())),
    "grid": frozenset(map(plain, FIELDS[Layer.BUILDING]["grid"].split())),
}
"""By which names a column is taken for a key. A plain `id` is the table's own: it has to be stated."""
NUMBER = rf"^\s*{values.NUMBER}\s*$"


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows: their columns, points in lon/lat WGS-84 (n, 2; NaN for none), shapes where the format has them, and
    how far the file has been read, 0 to 1 (None where nobody knows)."""

    columns: Sequence[Column]
    xy: NDArray[np.float64]
    shapes: Sequence[BaseGeometry | None] | None = None
    done: float | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """A table: its columns, which of them are keys, and its rows, to be gone through once."""

    columns: Sequence[str]
    keys: Mapping[str, int]
    datum: Datum
    portions: Iterator[Portion]
    encoding: Encoding | None = None

    def texts(self, portion: Portion, key: str) -> list[str] | None:
        """What the rows say under a key, "" for nothing; None where no column is that key."""
        if key not in self.keys:
            return None
        column = portion.columns[self.keys[key]]
        given = column if isinstance(column, list) else column.to_pylist()  # type: ignore[union-attr]
        return [text(value) for value in given]


@contextmanager
def opened(
    path: Path,
    *,
    table: str | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Iterator[Foreign]:
    """The table of a file of any format that `read` knows. `mapping`: our key (of `KEYS`) -> their column.

    Raises as `read`, also after some portions; a CSV with a row of too many or too few cells is refused as a whole.
    """
    mapping = mapping or {}
    for key in mapping:
        if key not in KEYS:
            raise FileUnreadable("field-unknown", field=shown(key), fields=", ".join(KEYS))
    if path.suffix.lower() in csv_table.SUFFIXES and path.is_file():
        wish = Wish(limits=STREAM, layer=Layer.FACILITY, datum=datum, encoding=encoding)
        with formats.opened(path, wish) as found:
            yield _of_csv(path, found.encoding, found.columns, datum or found.stated({}), mapping)
        return
    places = {key: column for key, column in mapping.items() if key in OF_PLACE}
    readings = read_batches(
        path, layer=Layer.FACILITY, table=table, datum=datum, encoding=encoding, mapping=places, rows=ROWS
    )
    first = next(readings)
    columns = list(first.columns) or list(dict.fromkeys(name for row in first.rows for name in row.properties))
    yield Foreign(columns, _keys(columns, mapping), first.datum, _read(first, readings, columns), first.encoding)


def text(value: object) -> str:
    """A cell as a key is compared, and as it stands in a CSV: whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else str(value)


def _keys(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Which column is which key: stated, else guessed where one column alone can be meant."""
    for key, column in mapping.items():
        if column not in columns:
            known = shown(", ".join(columns), NAMES_SHOWN)
            raise FileUnreadable("column-missing", field=key, column=shown(column), columns=known)
    found = {key: list(columns).index(column) for key, column in mapping.items()}
    for key, names in KEYS.items():
        fitting = [number for number, column in enumerate(columns) if plain(column) in names]
        if key not in found and len(fitting) == 1 and fitting[0] not in found.values():
            found[key] = fitting[0]
    return found


def _read(first: Reading, others: Iterator[Reading], columns: Sequence[str]) -> Iterator[Portion]:
    reading: Reading | None = first
    while reading is not None:
        rows = reading.rows
        shapes = [row.geometry for row in rows]
        cells: list[Column] = [[row.properties.get(name) for row in rows] for name in columns]
        yield Portion(cells, _points(shapes), shapes)
        reading = next(others, None)


def _points(shapes: Sequence[BaseGeometry | None]) -> NDArray[np.float64]:
    """A point on each shape."""
    given = np.asarray(shapes, dtype=object)
    xy = np.full((len(given), 2), np.nan)
    there = np.array([shape is not None and not shape.is_empty for shape in shapes], dtype=bool)
    is_point = shapely.get_type_id(given) == 0
    for chosen, of in ((there & is_point, lambda some: some), (there & ~is_point, shapely.point_on_surface)):
        xy[chosen] = shapely.get_coordinates(of(given[chosen]))
    return xy


def _of_csv(
    path: Path, encoding: Encoding | None, named: Sequence[str], datum: Datum | None, mapping: Mapping[str, str]
) -> Foreign:
    name = encoding.name if encoding else "utf-8"
    columns, delimiter = _header(path, "utf-8-sig" if name == "utf-8" else name, named)
    keys = _keys(columns, mapping)
    if datum is None and keys.keys() & set(OF_PLACE):
        raise DatumMissing("datum-missing", name=path.name)
    portions = _CsvPortions(path, name, delimiter, columns, keys, datum or WGS84)
    return Foreign(columns, keys, datum or WGS84, iter(portions), encoding)


def _header(path: Path, encoding: str, named: Sequence[str]) -> tuple[list[str], str]:
    """The first line that is not empty, cut by the delimiter that gives the columns that were found."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = (line for line in file if line.strip())
        start = [line for line, _ in zip(lines, range(csv_table.LOOKED_AT), strict=False)]
    cut = {delimiter: next(csv.reader(start, delimiter=delimiter)) for delimiter in csv_table.DELIMITERS}
    delimiter = min(cut, key=lambda one: abs(len([cell for cell in cut[one] if cell.strip()]) - len(named)))
    return [cell.strip() for cell in cut[delimiter]], delimiter


@dataclass(frozen=True)
class _CsvPortions:
    """Blocks of a CSV as columns of text."""

    path: Path
    encoding: str
    delimiter: str
    columns: Sequence[str]
    keys: Mapping[str, int]
    datum: Datum
    bad: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Portion]:
        import pyarrow as pa  # noqa: PLC0415 - takes a while to load, and only this wants it

        size = max(self.path.stat().st_size, 1)
        with self.path.open("rb") as file:
            try:
                for batch in self._batches(file):
                    yield Portion(batch.columns, self._places(batch.columns), done=min(file.tell() / size, 1.0))
            except pa.ArrowInvalid as error:
                reason = self.bad[0] if self.bad else str(error).partition("\n")[0]
                raise FileUnreadable("csv-malformed", name=self.path.name, reason=shown(reason, 200)) from error

    def _batches(self, file: object) -> Iterator["pa.RecordBatch"]:
        from pyarrow import csv as arrow_csv  # noqa: PLC0415 - as above

        names = [str(number) for number in range(len(self.columns))]
        return iter(
            arrow_csv.open_csv(
                file,
                arrow_csv.ReadOptions(
                    use_threads=False,
                    block_size=BLOCK,
                    column_names=names,
                    skip_rows_after_names=1,
                    encoding=self.encoding.replace("utf-8-sig", "utf-8"),
                ),
                arrow_csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=self._refused
                ),
                arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, "string"), strings_can_be_null=False),
            )
        )

    def _refused(self, row: object) -> str:
        wanted, cells, text = (getattr(row, name) for name in ("expected_columns", "actual_columns", "text"))
        self.bad.append(f"{cells} cells, not {wanted}: {text}")
        return "error"

    def _places(self, columns: Sequence["pa.Array"]) -> NDArray[np.float64]:
        if "wkt" in self.keys:
            return _points([self._shape(cell) for cell in columns[self.keys["wkt"]].to_pylist()])
        xy = np.full((len(columns[0]) if columns else 0, 2), np.nan)
        if {"lon", "lat"} <= self.keys.keys():
            for axis, key in enumerate(("lon", "lat")):
                xy[:, axis] = _numbers(columns[self.keys[key]])
            there = np.isfinite(xy).all(axis=1)
            xy[~there] = np.nan
            xy[there] = _converted(xy[there], self.datum)
        return xy

    def _shape(self, cell: str) -> BaseGeometry | None:
        try:
            shape = wkt.geometry_of(cell, self.datum, STREAM.vertices)
            return None if shape is None else datums.shape_to_wgs84(shape, self.datum)
        except (RowRefused, CoordinatesRefused):
            return None


def _numbers(column: "pa.Array") -> NDArray[np.float64]:
    """A column of texts as numbers, NaN for what is none."""
    import pyarrow as pa  # noqa: PLC0415 - as above
    import pyarrow.compute as pc  # noqa: PLC0415 - as above

    try:
        found = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        texts = pc.if_else(pc.match_substring_regex(column, NUMBER), pc.utf8_trim_whitespace(column), None)
        found = pc.cast(pc.utf8_ltrim(texts, "+"), pa.float64())
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.float64)


def _converted(xy: NDArray[np.float64], datum: Datum) -> NDArray[np.float64]:
    """Points in WGS-84, NaN for those that the datum cannot have."""
    try:
        return datums.to_wgs84(xy, datum)
    except CoordinatesRefused:
        moved = datums.shapes_to_wgs84(shapely.points(xy), datum)
        result = np.full(xy.shape, np.nan)
        result[~shapely.is_missing(moved)] = shapely.get_coordinates(moved)
        return result
