"""Which points does a CSV hold that comes in pieces?

A row that cannot be read costs only itself: blocks without quotes and faults are read in columns, the others record by
record. A quote that never ends is given up after some lines, and reading goes on in the line after it.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from geo.datum import Datum
from geo.files import encodings, table_rows
from geo.files.blocks import LONGEST_LINE, blocks, in_utf8
from geo.files.csv_table import DELIMITERS
from geo.files.encodings import Hints
from geo.files.guess import plain
from geo.files.limits import STREAM
from geo.files.points import KEYS, Placing, Points, Rows, placing
from geo.files.refusals import FileUnreadable, RowProblem
from geo.files.rows import Encoding

if TYPE_CHECKING:
    import pyarrow as pa

LINES_OF_ROW = 100
"""Lines that one row may have, with line breaks inside its quotes."""
LOOKED_AT = 64 * 1024
"""Bytes by which the encoding is told where nobody states it."""


def points_of_csv(
    pieces: Iterable[bytes],
    *,
    datum: Datum | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    name: str = "",
) -> Points:
    """The rows below the first line that is not empty. Raises `FileUnreadable` and `DatumMissing`; `FileUnreadable` for
    an unknown encoding."""
    csv.field_size_limit(STREAM.cell)
    known, pieces = _encoding(iter(pieces), encoding)
    texts = blocks(in_utf8(pieces, known.name if known else "utf-8"))
    first = next((block for block in texts if block is None or block.strip()), None)
    if first is None:
        raise FileUnreadable("table-empty", name=name)
    header, _, rest = first.lstrip().partition(b"\n")
    line = header.decode("utf-8", "replace").rstrip("\r")
    delimiter = max(DELIMITERS, key=lambda one: _fit(line, one))
    columns = [one or "" for one in table_rows.columns_of(_cells(line, delimiter), STREAM)]
    table = _Table(columns, delimiter, placing(columns, datum, mapping or {}, name))
    return Points(columns, table.rows(chain([rest], texts)), known)


def _encoding(pieces: Iterator[bytes], stated: str | None) -> tuple[Encoding | None, Iterator[bytes]]:
    """How the text is written, by what is stated or its beginning; and the whole text again."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= LOOKED_AT:
            break
    again = chain([head], pieces)
    hints = Hints(stated=stated, mark=encodings.mark_of(head))
    if stated is not None:
        return Encoding(encodings.known(stated), "stated"), again
    if hints.mark is not None:
        return Encoding(hints.mark, "mark"), again
    whole = head[: head.rfind(b"\n") + 1] or head
    texts = [cell for cell in whole.replace(b"\n", b",").split(b",") if not cell.isascii()]
    return encodings.encoding_of(hints, texts, is_utf8=_is_utf8(whole)), again


def _is_utf8(text: bytes) -> bool:
    try:
        codecs.utf_8_decode(text, "strict", False)
    except UnicodeDecodeError:
        return False
    return True


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _fit(line: str, delimiter: str) -> tuple[int, int]:
    """How many columns of ours a header has by this delimiter, and how many in all."""
    names = [plain(cell) for cell in _cells(line, delimiter)]
    return sum(any(name in known for name in names) for known in KEYS.values()), len(names)


@dataclass(frozen=True)
class _Table:
    columns: Sequence[str]
    delimiter: str
    placing: Placing

    def rows(self, texts: Iterable[bytes | None]) -> Iterator[Rows]:
        """Portion by portion. What a block ends with that may go on in the next is kept for it."""
        rest: list[bytes] = []
        for block in texts:
            if block is None:
                yield from self._slow(rest, is_last=True)[0]
                rest = []
                yield self._too_long()
            elif not rest and (portions := self._fast(block) or self._quoted(block)) is not None:
                yield from portions
            else:
                portions, rest = self._slow([*rest, *block.splitlines(keepends=True)], is_last=False)
                yield from portions
        yield from self._slow(rest, is_last=True)[0]

    def _fast(self, block: bytes) -> list[Rows] | None:
        """A block without quotes as columns of text; None where a row has too many or too few cells or is no UTF-8."""
        if b'"' in block or b"\0" in block or block.count(b"\r") != block.count(b"\r\n"):
            return None
        batch = _in_columns(block, len(self.columns), self.delimiter)
        if batch is None:
            return None
        return [self.placing.rows(batch.columns, batch.num_rows)] if batch.num_rows else []

    def _slow(self, lines: list[bytes], *, is_last: bool) -> tuple[list[Rows], list[bytes]]:
        """Records one by one, and the lines at the end that may be the beginning of one."""
        cells: list[list[str]] = []
        bad: dict[int, RowProblem] = {}
        at, width = 0, len(self.columns)
        while at < len(lines):
            found, used = _record(lines[at : at + LINES_OF_ROW], self.delimiter)
            if found is None and used and not is_last and len(lines) - at < LINES_OF_ROW:
                break
            if isinstance(found, list) and (used == 1 or len(found) == width):
                row, at = found, at + used
                why = _fault(row, width)
            else:
                row, at = [_text(lines[at]).rstrip("\r\n")], at + 1
                why = "quotes-unreadable"
            if why is None:
                cells.append(row)
            elif len(row) > 1 or "".join(row).strip():
                told = {"cells": len(row), "columns": width} if why == "row-ragged" else {}
                number = self.placing.seen + len(cells) + 1
                bad[len(cells)] = RowProblem(id=why, number=number, values=told)
                cells.append(self._fitted(row))
        return self._portion(cells, bad), lines[at:]

    def _quoted(self, block: bytes) -> list[Rows] | None:
        """A block of good records with quotes; None where anything is wrong with one, or it ends within one."""
        try:
            lines = block.decode("utf-8").splitlines(keepends=True) if b"\0" not in block else []
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            cells = [row for row in reader if row]
        except (UnicodeDecodeError, csv.Error):
            return None
        is_good = set(map(len, cells)) == {len(self.columns)} and reader.line_num - len(cells) < LINES_OF_ROW
        return self._portion(cells, {}) if is_good else None

    def _fitted(self, row: Sequence[str]) -> list[str]:
        """As many cells as columns, all that stood there kept: what is too much goes into the last."""
        width = len(self.columns)
        cells = [_clean(cell) for cell in row]
        if len(cells) > width:
            cells = [*cells[: width - 1], self.delimiter.join(cells[width - 1 :])]
        return [*cells, *[""] * (width - len(cells))]

    def _portion(self, cells: Sequence[Sequence[str]], bad: Mapping[int, RowProblem]) -> list[Rows]:
        import pyarrow as pa  # noqa: PLC0415 - takes a while to load

        if not cells:
            return []
        columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        return [self.placing.rows(columns, len(cells), bad)]

    def _too_long(self) -> Rows:
        problem = RowProblem(id="line-too-long", number=self.placing.seen + 1, values={"limit": LONGEST_LINE})
        return self._portion([[""] * len(self.columns)], {0: problem})[0]


def _in_columns(block: bytes, width: int, delimiter: str) -> "pa.RecordBatch | None":
    """Columns of text; None where Arrow finds a row that does not fit, or bytes that are no UTF-8."""
    import pyarrow as pa  # noqa: PLC0415 - as above
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 - as above

    names = [str(number) for number in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(block),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
            arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, double_quote=False),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, "string"), strings_can_be_null=False),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return pa.record_batch([pa.array([], pa.string())] * width, names=names)
        return None
    batches = table.to_batches()
    return batches[0] if len(batches) == 1 else table.combine_chunks().to_batches()[0]


def _record(lines: Sequence[bytes], delimiter: str) -> tuple[list[str] | None, int]:
    """The cells of the record that begins here and how many lines it has; None where its quotes are wrong, and then
    how many lines there are if it may only lack its end, else 0."""
    reader = csv.reader(map(_text, lines), delimiter=delimiter, strict=True)
    try:
        return next(reader), reader.line_num
    except StopIteration:
        return [], len(lines)
    except csv.Error as error:
        return None, len(lines) if "end of data" in str(error) else 0


def _fault(row: Sequence[str], width: int) -> str | None:
    if len(row) != width:
        return "row-ragged"
    return "text-undecodable" if any(_is_damaged(cell) for cell in row) else None


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _is_damaged(cell: str) -> bool:
    return "\0" in cell or (not cell.isascii() and any("\ud800" <= letter <= "\udfff" for letter in cell))


def _clean(cell: str) -> str:
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "\ufffd")
