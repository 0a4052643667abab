"""Which rows does a text with commas, semicolons or tabs hold?

Every cell is text. The first line names the columns; titles above it, lines with one filled cell, are passed over.
"""

import codecs
import csv
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TextIO

from geo.files import encodings, table_rows
from geo.files.encodings import Hints
from geo.files.limits import MIB
from geo.files.refusals import FileUnreadable, RowProblem
from geo.files.rows import Encoding, Found, Wish
from geo.files.table_rows import Record

SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = ",;\t"
LOOKED_AT = 20
"""Lines by which the delimiter is told."""
PIECE = 1 * MIB


@dataclass(frozen=True, slots=True)
class Table:
    """How a text is to be read."""

    path: Path
    encoding: str
    delimiter: str
    columns: list[str | None]
    cell: int
    header: int = 0
    """Number of the line that names the columns."""


def found(path: Path, wish: Wish) -> Found:
    """The rows of a text; `FileUnreadable` where it has no header or no encoding fits. The file is read once before."""
    encoding = _encoding(path, wish)
    table = _table(path, encoding.name if encoding else "utf-8", wish)
    columns = [column for column in table.columns if column]
    return table_rows.found(columns, partial(_records, table), encoding, wish)


def _encoding(path: Path, wish: Wish) -> Encoding | None:
    with path.open("rb") as file:
        hints = Hints(stated=wish.encoding, mark=encodings.mark_of(file.read(4)))
    texts, is_utf8 = _looked_through(path) if not (hints.mark or "").startswith("utf-16") else ([], False)
    return encodings.encoding_of(hints, texts, is_utf8=is_utf8)


def _looked_through(path: Path) -> tuple[list[bytes], bool]:
    """The first cells that are not ASCII, and whether the whole file is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    texts: list[bytes] = []
    size, is_utf8, rest = 0, True, b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            is_utf8 = is_utf8 and _decodes(decoder, piece, final=False)
            if size < encodings.SAMPLE:
                *lines, rest = (rest + piece).split(b"\n")
                telling = [line for line in lines if not line.isascii()]
                texts += [cell for line in telling for cell in _cells(line)]
                size += sum(map(len, telling))
            elif not is_utf8:
                break
    texts += [cell for cell in _cells(rest) if size < encodings.SAMPLE]
    return texts, is_utf8 and _decodes(decoder, b"", final=True)


def _cells(line: bytes) -> list[bytes]:
    """Cells of a line that are not ASCII, roughly: a delimiter inside quotes cuts too."""
    for delimiter in (b"\t", b";"):
        line = line.replace(delimiter, b",")
    bare = (cell.strip(b'" \r').removeprefix(codecs.BOM_UTF8) for cell in line.split(b","))
    return [cell for cell in bare if not cell.isascii()]


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _table(path: Path, encoding: str, wish: Wish) -> Table:
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    with _text(path, name) as file:
        lines = [line for line in islice(_short_lines(file, wish.limits.cell), LOOKED_AT) if line.strip()]
    if not lines:
        raise FileUnreadable("table-empty", name=path.name)
    delimiter = max(DELIMITERS, key=lambda one: _fit(lines, one))
    draft = Table(path, name, delimiter, [], wish.limits.cell)
    with closing(_lines(draft)) as cells:
        filled = list(islice((one for one in cells if isinstance(one[1], list) and any(one[1])), LOOKED_AT))
    if not filled:
        raise FileUnreadable("table-empty", name=path.name)
    header, names = filled[_titles([line for _, line in filled])]
    return Table(path, name, delimiter, table_rows.columns_of(list(names), wish.limits), wish.limits.cell, header)


def _titles(lines: Sequence[Sequence[str]]) -> int:
    """How many of the first lines are titles: one filled cell each, and below them a table of one width."""
    first = next((at for at, cells in enumerate(lines) if sum(map(bool, cells)) > 1), 0)
    return first if len({len(cells) for cells in lines[first:]}) == 1 else 0


def _short_lines(file: TextIO, most: int) -> Iterator[str]:
    while line := file.readline(most):
        yield line


def _fit(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines have as many cells as the first below the titles, and how many that is; one cell is no table."""
    try:
        cells = [cells for cells in csv.reader(lines, delimiter=delimiter) if any(cells)]
    except csv.Error:
        return 0, 0
    widths = [len(one) for one in cells[_titles(cells) :]]
    first = widths[0] if widths else 0
    return (sum(width == first for width in widths), first) if first > 1 else (0, 0)


def _records(table: Table) -> Iterator[Record]:
    """The rows after the header. Numbers count lines of the table, empty ones too, so that 1 is the one after it."""
    names = table.columns
    named = [(at, name) for at, name in enumerate(names) if name]
    is_plain = len(named) == len(names)
    for line, cells in islice(_lines(table), table.header, None):
        number = line - table.header
        if isinstance(cells, str):
            yield _bad(number, "quotes-malformed", reason=cells)
        elif len(cells) == len(names):
            yield Record(number, dict(zip(names, cells, strict=True)) if is_plain else _picked(named, cells))  # type: ignore[arg-type]
        elif not any(cells):
            continue
        elif any(cells[len(names) :]) or len(cells) < len(names):
            yield _bad(number, "row-ragged", cells=len(cells), columns=len(names))
        else:
            yield Record(number, _picked(named, cells))


def _picked(named: list[tuple[int, str]], cells: list[str]) -> Mapping[str, object]:
    return {name: cells[at] for at, name in named}


def _bad(number: int, id: str, **values: str | int) -> Record:
    return Record(number, {}, RowProblem(id=id, number=number, values=values))


def _lines(table: Table) -> Generator[tuple[int, list[str] | str]]:
    """Each line with its number, as cells or as what is wrong with its quotes."""
    csv.field_size_limit(table.cell)
    with _text(table.path, table.encoding) as file:
        reader = csv.reader(file, delimiter=table.delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                yield number, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield number, str(error)


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[TextIO]:
    """The text, bad bytes kept as surrogates for the readers of values; where that cannot be, the file is refused.

    A mark of UTF-8 before a text that is stated to be something else is no part of its first cell.
    """
    try:
        with path.open("rb") as raw:
            is_marked = raw.read(3) == codecs.BOM_UTF8 and not encoding.startswith("utf")
            raw.seek(len(codecs.BOM_UTF8) if is_marked else 0)
            with TextIOWrapper(raw, encoding, errors="surrogateescape", newline="") as file:
                yield file
    except UnicodeError as error:
        position = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise FileUnreadable("text-not-in-encoding", encoding=encoding, position=position) from error
