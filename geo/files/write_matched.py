"""How is a table written that had columns put beside it: as CSV, as a workbook, or as GeoJSON?

Each takes portion after portion and holds no more than one. Codes are text everywhere; no cell becomes a formula (why a
CSV keeps them as they are stands in `write_csv`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from geo.files.foreign import Portion, text
from geo.files.refusals import FileUnwritable
from geo.files.whole import replacing
from geo.files.write_geojson import geometry, json_text
from geo.files.write_xlsx import MOST_LETTERS, MOST_ROWS, SAFE

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".csv", ".xlsx", ".geojson")
MARK = b"\xef\xbb\xbf"
Ours = Sequence["pa.Array"]


class Put(Protocol):
    """Writes the rows of a portion with our columns beside them; only those of a mask where one is given."""

    def __call__(self, portion: Portion, ours: Ours, only: "pa.Array | None" = None) -> None: ...


@contextmanager
def writer(path: Path, columns: Sequence[str], *, optional: bool = False) -> Iterator[Put]:
    """Where portions go; the file is there once the block ends well, and not at all if nothing came and it is
    `optional`. `FileUnwritable` as all writers, and for a format that cannot hold the rows."""
    suffix = path.suffix.lower()
    with replacing(path, suffix=suffix, optional=optional) as draft:
        kind = {".csv": _csv, ".xlsx": _xlsx, ".geojson": _geojson}[suffix]
        with kind(draft, columns, optional=optional) as put:
            yield put


@contextmanager
def _csv(draft: Path, columns: Sequence[str], *, optional: bool) -> Iterator[Put]:
    import pyarrow as pa  # noqa: PLC0415 - takes a while to load
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 - as above

    out: list[object] = []
    options = arrow_csv.WriteOptions(eol="\r\n", batch_size=10_000)

    def begun(schema: "pa.Schema") -> "arrow_csv.CSVWriter":
        if not out:
            file = draft.open("wb")
            file.write(MARK)
            out.extend([arrow_csv.CSVWriter(file, schema, write_options=options), file])
        return out[0]

    def put(portion: Portion, ours: Ours, only: "pa.Array | None" = None) -> None:
        table = pa.Table.from_arrays([*(_texts(column) for column in portion.columns), *ours], names=list(columns))
        if only is not None:
            table = table.filter(only)
        if table.num_rows or not optional:
            begun(table.schema).write_table(table)

    try:
        yield put
        if not out and not optional:
            begun(pa.schema([(name, pa.string()) for name in columns]))
    finally:
        for one in out:
            one.close()  # type: ignore[attr-defined]


def _texts(column: "pa.Array | Sequence[object]") -> "pa.Array":
    import pyarrow as pa  # noqa: PLC0415 - as above

    return pa.array([text(value) for value in column], pa.string()) if isinstance(column, list) else column


@contextmanager
def _xlsx(draft: Path, columns: Sequence[str], *, optional: bool) -> Iterator[Put]:  # noqa: ARG001 - as the others
    import xlsxwriter  # noqa: PLC0415 - only this wants it

    book = xlsxwriter.Workbook(draft, SAFE)
    page = book.add_worksheet("match")
    page.freeze_panes(1, 0)
    for place, name in enumerate(columns):
        page.write_string(0, place, name)
    written = 0

    def put(portion: Portion, ours: Ours, only: "pa.Array | None" = None) -> None:  # noqa: ARG001 - CSV alone is cut
        nonlocal written
        for row in _rows(portion, ours):
            written += 1
            if written >= MOST_ROWS:
                raise FileUnwritable("sheet-rows-too-many", layer="match", limit=MOST_ROWS - 1)
            for place, value in enumerate(row):
                _cell(page.write_number, page.write_string, written, place, value, columns)

    try:
        yield put
    finally:
        book.close()


def _cell(
    number: Callable[..., object], string: Callable[..., object], row: int, place: int, value: object,
    columns: Sequence[str],
) -> None:  # fmt: skip
    if isinstance(value, int | float) and not isinstance(value, bool):
        number(row, place, value)
    elif told := text(value):
        if len(told) > MOST_LETTERS:
            raise FileUnwritable(
                "cell-too-long", layer="match", row=row, field=columns[place], length=len(told), limit=MOST_LETTERS
            )
        string(row, place, told)


@contextmanager
def _geojson(draft: Path, columns: Sequence[str], *, optional: bool) -> Iterator[Put]:  # noqa: ARG001 - as the others
    with draft.open("wb") as file:
        file.write(b'{"type":"FeatureCollection","features":[')
        before = b"\n"

        def put(portion: Portion, ours: Ours, only: "pa.Array | None" = None) -> None:  # noqa: ARG001 - CSV alone is cut
            nonlocal before
            for row, place in zip(_rows(portion, ours), _geometries(portion), strict=True):
                feature = {"type": "Feature", "properties": dict(zip(columns, row, strict=True)), "geometry": place}
                file.write(before + json_text(feature).encode())
                before = b",\n"

        yield put
        file.write(b"\n]}\n")


def _rows(portion: Portion, ours: Ours) -> Iterator[tuple[object, ...]]:
    theirs = [column if isinstance(column, list) else column.to_pylist() for column in portion.columns]  # type: ignore[union-attr]
    return zip(*theirs, *(column.to_pylist() for column in ours), strict=True)


def _geometries(portion: Portion) -> Iterator[dict[str, object] | None]:
    """Shapes in WGS-84; a point of a table as it was asked about."""
    if portion.shapes is not None:
        return (geometry(shape) for shape in portion.shapes)
    points = portion.xy.round(9).tolist()
    return (None if x != x else {"type": "Point", "coordinates": [x, y]} for x, y in points)  # noqa: PLR0124 - NaN
