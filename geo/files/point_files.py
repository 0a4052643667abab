"""Which points does a file hold, whatever its format?

CSV, lines of JSON and Arrow are read row by row; every other format as an import reads it, a bad row kept in its place.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
import shapely

from geo.datum import WGS84, Datum
from geo.files import csv_table, formats, geojson
from geo.files.foreign import ROWS, Column, Portion
from geo.files.guess import plain
from geo.files.limits import MIB, STREAM
from geo.files.point_arrow import points_of_arrow
from geo.files.point_csv import points_of_csv
from geo.files.point_lines import points_of_lines
from geo.files.points import Placing, Points, Rows, placing
from geo.files.reading import read_batches
from geo.files.refusals import RowProblem
from geo.files.rows import Found, Reading, Row, Wish
from geo.files.synonyms import ANY
from geo.files.table_rows import PLACES
from geo.model import Layer

ARROW_SUFFIXES = (".arrow", ".arrows", ".ipc")
MAGIC = b"ARROW1\0\0"
"""Leads an Arrow file; what follows is a stream."""
PIECE = MIB // 4
OUTLINES = frozenset(map(plain, ANY["wkt"].split()))


class Watched:
    """A file's pieces, and how much of it has been read, 0 to 1."""

    def __init__(self, path: Path) -> None:
        self.done = 0.0
        self._path = path

    def pieces(self, skipped: bytes = b"") -> Iterator[bytes]:
        size = max(self._path.stat().st_size, 1)
        with self._path.open("rb") as file:
            first = file.read(len(skipped)) if skipped else b""
            if first and first != skipped:
                yield first
            while piece := file.read(PIECE):
                yield piece
                self.done = file.tell() / size


@contextmanager
def opened(
    path: Path,
    *,
    table: str | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Iterator[tuple[Points, Callable[[], float | None]]]:
    """The points of a file, and how far it is read (None where nobody knows). `mapping`: our column -> theirs.

    Raises `FileUnreadable` and `DatumMissing`, also while rows are read.
    """
    watched, suffix, mapping = Watched(path), path.suffix.lower(), mapping or {}
    wish = Wish(limits=STREAM, layer=Layer.FACILITY, table=table, datum=datum, encoding=encoding)
    if suffix in geojson.LINE_SUFFIXES and path.is_file():
        yield points_of_lines(watched.pieces(), datum=datum, name=path.name), lambda: watched.done
    elif suffix in ARROW_SUFFIXES and path.is_file():
        pieces = watched.pieces(skipped=MAGIC)
        yield points_of_arrow(pieces, datum=datum, mapping=mapping, name=path.name), lambda: watched.done
    else:
        with formats.opened(path, wish) as found:
            if not _is_table(found, mapping):
                yield _of_shapes(path, wish, mapping), lambda: None
            elif suffix in csv_table.SUFFIXES:
                name = found.encoding.name if found.encoding else "utf-8"
                points = points_of_csv(watched.pieces(), datum=datum, encoding=name, mapping=mapping, name=path.name)
                yield points, lambda: watched.done
            else:
                yield _of_cells(found, placing(list(found.columns), datum, mapping, path.name)), lambda: None


def _is_table(found: Found, mapping: Mapping[str, str]) -> bool:
    """Whether rows say their place by two numbers and not by a shape; where they say none, `placing` tells so."""
    is_outlined = "wkt" in mapping or any(plain(column) in OUTLINES for column in found.columns)
    return bool(found.places) and ("lon" in mapping or not is_outlined)


def _of_cells(found: Found, places: Placing) -> Points:
    """A sheet: its cells as they are, since their places are made of them here."""
    columns = list(found.columns)

    def rows() -> Iterator[Rows]:
        remaining = iter(found.rows(dict.fromkeys(PLACES, ""), WGS84))
        while batch := list(islice(remaining, ROWS)):
            cells: list[Column] = [[row.properties.get(name) for row in batch] for name in columns]
            yield places.rows(cells, len(batch), _problems(batch, places.seen))

    return Points(columns, rows(), found.encoding)


def _of_shapes(path: Path, wish: Wish, mapping: Mapping[str, str]) -> Points:
    """Any other format: a point on each shape."""
    readings = read_batches(
        path,
        layer=Layer.FACILITY,
        table=wish.table,
        datum=wish.datum,
        encoding=wish.encoding,
        mapping={key: column for key, column in mapping.items() if key in PLACES},
        rows=ROWS,
    )
    first = next(readings)
    columns = list(first.columns) or list(dict.fromkeys(name for row in first.rows for name in row.properties))

    def rows() -> Iterator[Rows]:
        reading: Reading | None = first
        seen = 0
        while reading is not None:
            yield _placed(reading.rows, columns, seen)
            seen += len(reading.rows)
            reading = next(readings, None)

    return Points(columns, rows(), first.encoding)


def _placed(rows: list[Row], columns: list[str], seen: int) -> Rows:
    bad = _problems(rows, seen)
    shapes = [row.geometry for row in rows]
    xy = np.full((len(rows), 2), np.nan)
    for at, shape in enumerate(shapes):
        if at in bad:
            continue
        if shape is None or shape.is_empty:
            bad[at] = RowProblem(id="row-without-point", number=seen + at + 1, values={"field": "lon"})
        else:
            point = shape if isinstance(shape, shapely.Point) else shape.point_on_surface()
            xy[at] = point.x, point.y
    cells: list[Column] = [[row.properties.get(name) for row in rows] for name in columns]
    return Rows(Portion(cells, xy, shapes), np.full(len(rows), np.nan), bad)


def _problems(rows: list[Row], seen: int) -> dict[int, RowProblem]:
    told = {at: row.problem for at, row in enumerate(rows) if row.problem is not None}
    return {at: RowProblem(id=one.id, number=seen + at + 1, values=one.values) for at, one in told.items()}
