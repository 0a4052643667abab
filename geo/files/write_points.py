"""How is a table of points written while it is worked on: as CSV, as lines of JSON, or as an Arrow IPC stream?

Each form takes portion after portion, with our columns beside it, and gives the bytes for it; it holds no more.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import orjson

from geo.files.foreign import Column, text
from geo.files.point_lines import members
from geo.files.points import Rows

if TYPE_CHECKING:
    import pyarrow as pa

Ours = Mapping[str, "pa.Array"]


class Form(Protocol):
    """Bytes of a portion and of our columns beside it; `ended` gives the last ones."""

    def portion(self, rows: Rows, ours: Ours) -> bytes: ...

    def ended(self) -> bytes: ...


def named(theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Our columns' names, told apart from theirs: `matched_owner` where they have an `owner`."""
    found: list[str] = []
    for name in ours:
        free = name
        while free in theirs or free in found:
            free = f"matched_{free}"
        found.append(free)
    return found


def cells(rows: Rows, columns: Sequence[str]) -> Sequence[Column]:
    """Their columns, of lines those of these names."""
    return rows.portion.columns if rows.lines is None else members(rows.lines, columns)


def in_columns(rows: Rows, columns: Sequence[str]) -> "list[pa.Array]":
    """Their columns as Arrow arrays; what has no type of its own as text."""
    return [_array(column) for column in cells(rows, columns)]


def _array(column: Column) -> "pa.Array":
    import pyarrow as pa  # noqa: PLC0415 - takes a while to load

    return pa.array([text(cell) for cell in column], pa.string()) if isinstance(column, list) else column


class Csv:
    """UTF-8 without a mark, lines ended by CR LF."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns, self._is_begun = columns, False

    def portion(self, rows: Rows, ours: Ours) -> bytes:
        import pyarrow as pa  # noqa: PLC0415 - as above

        names = [*self._columns, *named(self._columns, list(ours))]
        arrays = [*in_columns(rows, self._columns), *(plain(column) for column in ours.values())]
        return self._written(pa.Table.from_arrays([_as_text(one) for one in arrays], names=names))

    def ended(self) -> bytes:
        return b""

    def _written(self, table: "pa.Table") -> bytes:
        import pyarrow as pa  # noqa: PLC0415 - as above
        from pyarrow import csv as arrow_csv  # noqa: PLC0415 - as above

        out = pa.BufferOutputStream()
        options = arrow_csv.WriteOptions(include_header=not self._is_begun, eol="\r\n", batch_size=10_000)
        arrow_csv.write_csv(table, out, options)
        self._is_begun = True
        return bytes(memoryview(out.getvalue()))


def plain(column: "pa.Array") -> "pa.Array":
    """Without a dictionary: the writers of texts know none."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _as_text(column: "pa.Array") -> "pa.Array":
    """What a CSV can hold: of an Arrow table's nested values, their text."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    column = plain(column)
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([None if cell is None else str(cell) for cell in column.to_pylist()], pa.string())
    return column


class Arrow:
    """The columns as they are, ours as dictionaries where they say few different things."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns, self._out = columns, io.BytesIO()
        self._writer: pa.RecordBatchStreamWriter | None = None

    def portion(self, rows: Rows, ours: Ours) -> bytes:
        import pyarrow as pa  # noqa: PLC0415 - as above

        names = [*self._columns, *named(self._columns, list(ours))]
        batch = pa.RecordBatch.from_arrays([*in_columns(rows, self._columns), *ours.values()], names=names)
        if self._writer is None:
            self._writer = pa.ipc.new_stream(self._out, batch.schema)
        self._writer.write_batch(batch)
        return self._taken()

    def ended(self) -> bytes:
        if self._writer is not None:
            self._writer.close()
        return self._taken()

    def _taken(self) -> bytes:
        self._out, taken = self._out, self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return taken


class Lines:
    """Objects, one a line: their own text where they came as such, with our members after theirs."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def portion(self, rows: Rows, ours: Ours) -> bytes:
        values = list(zip(*(column.to_pylist() for column in ours.values()), strict=True))
        names = list(ours)
        if rows.lines is None:
            theirs = zip(*(plain(column).to_pylist() for column in in_columns(rows, self._columns)), strict=True)
            keys = [*self._columns, *named(self._columns, names)]
            return b"".join(
                orjson.dumps(
                    dict(zip(keys, (*left, *right), strict=True)), default=str, option=orjson.OPT_APPEND_NEWLINE
                )
                for left, right in zip(theirs, values, strict=True)
            )
        clash = re.compile(b"|".join(b'"%s"' % name.encode() for name in names))
        return b"".join(_line(line, names, told, clash) for line, told in zip(rows.lines, values, strict=True))

    def ended(self) -> bytes:
        return b""


def _line(line: bytes, names: list[str], told: tuple[object, ...], clash: "re.Pattern[bytes]") -> bytes:
    """Their text up to the closing bracket, then ours."""
    if clash.search(line):
        names = named(list(orjson.loads(line)), names)
    ours = orjson.dumps(dict(zip(names, told, strict=True)))
    before = line[:-1].rstrip()
    return before + (b"" if before == b"{" else b",") + ours[1:] + b"\n"


FORMS: Mapping[str, Callable[[Sequence[str]], Form]] = {"csv": Csv, "ndjson": Lines, "arrow": Arrow}
