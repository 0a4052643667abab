"""Which rows does a sheet of a workbook hold?

The header is the first of the rows with the most texts among the first twenty: titles above it are passed over. A
merged cell gives its value to every row it covers. Formulas give their last value; errors give none. Hidden sheets are
read only when they are named; of several others one has to be.
"""

import datetime as dt
import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from geo.files import archive, table_rows
from geo.files.limits import HEADER_ROWS, MIB, NAMES_SHOWN, Limits
from geo.files.refusals import FileUnreadable, shown
from geo.files.rows import Found, Wish
from geo.files.table_rows import Record

BOOK = "xl/workbook.xml"
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
CELL = re.compile(rb"<(?:\w{1,20}:)?c\b[^<>]{0,200}?\br\s*=\s*[\"']\s*([A-Za-z]{1,3})([0-9]{1,7})[^<>]{0,200}(?<!/)>")
ROW = re.compile(rb"<(?:\w{1,20}:)?row\b[^<>]{0,200}?\br\s*=\s*[\"']\s*([0-9]{1,7})[^<>]{0,400}(?<!/)>")
PIECE, OVERLAP = 4 * MIB, 1000

Cells = list[object]


def found(path: Path, wish: Wish) -> Found:
    """The rows of the chosen sheet, else of the first that holds any; `FileUnreadable` for what is no workbook."""
    _refuse_bombs(path, wish.limits)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheet = _sheet(book, wish.table)
            cells = [[_value(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            merged = sheet.merged_cell_ranges or []
    except CalamineError as error:
        raise FileUnreadable("workbook-damaged", name=path.name) from error
    header = _header(cells)
    if header is None:
        raise FileUnreadable("table-empty", name=path.name)
    _spread(cells, merged, header, wish.limits)
    columns = table_rows.columns_of(cells[header], wish.limits)
    named = [(at, name) for at, name in enumerate(columns) if name]
    return table_rows.found([name for _, name in named], partial(_records, cells[header + 1 :], named), None, wish)


def _records(rows: list[Cells], named: list[tuple[int, str]]) -> Iterator[Record]:
    """The rows below the header. Numbers count rows of the sheet, empty ones too."""
    for number, row in enumerate(rows, start=1):
        if any(cell is not None for cell in row):
            yield Record(number, {name: row[at] if at < len(row) else None for at, name in named})


def _sheet(book: CalamineWorkbook, table: str | None) -> CalamineSheet:
    names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    told = shown(", ".join(names), NAMES_SHOWN)
    if table is not None:
        if table not in names:
            raise FileUnreadable("table-missing", table=shown(table), tables=told)
        return book.get_sheet_by_name(table)
    seen = [one.name for one in book.sheets_metadata if one.name in names and one.visible == SheetVisibleEnum.Visible]
    sheets = [book.get_sheet_by_name(name) for name in seen]
    filled = [sheet for sheet in sheets if sheet.start is not None]
    if not filled:
        raise FileUnreadable("table-empty", name=told)
    if len(filled) > 1:
        raise FileUnreadable("table-ambiguous", tables=shown(", ".join(sheet.name for sheet in filled), NAMES_SHOWN))
    return filled[0]


def _value(cell: object) -> object:
    """A cell as the readers of values know it: dates as ISO text, nothing as None."""
    match cell:
        case "":
            return None
        case dt.datetime():
            return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
        case dt.date() | dt.time():
            return cell.isoformat()
        case dt.timedelta():
            return str(cell)
        case float() if cell.is_integer() and abs(cell) <= 2**53:
            return int(cell)
        case _:
            return cell


def _header(cells: list[Cells]) -> int | None:
    counts = [sum(isinstance(cell, str) for cell in row) for row in cells[:HEADER_ROWS]]
    most = max(counts, default=0)
    return counts.index(most) if most else None


def _spread(
    cells: list[Cells], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]], header: int, limits: Limits
) -> None:
    """Give the value of each merged cell below the header to all rows and columns it covers."""
    filled = 0
    for (top, left), (bottom, right) in merged:
        if top <= header or top >= len(cells) or left >= len(cells[top]):
            continue
        rows = cells[top : bottom + 1]
        filled += len(rows) * (min(right + 1, len(cells[top])) - left)
        if filled > limits.cells:
            raise FileUnreadable("cells-too-many", cells=filled, limit=limits.cells)
        for row in rows:
            row[left : right + 1] = [cells[top][left]] * len(row[left : right + 1])


def _refuse_bombs(path: Path, limits: Limits) -> None:
    """Before any library opens it: the archive's sizes, counted while unpacking, and the rectangle of each sheet."""
    with tempfile.TemporaryDirectory(prefix="wangge-") as folder:
        for number, (name, entry) in enumerate(archive.members(path, limits).items()):
            part = Path(folder) / str(number)
            archive.unpack(path, entry, part, limits)
            if SHEETS.fullmatch(name):
                _refuse_rectangle(part, limits)
            part.unlink()


def _refuse_rectangle(part: Path, limits: Limits) -> None:
    rows = columns = 0
    rest = b""
    with part.open("rb") as file:
        while piece := file.read(PIECE):
            text = rest + piece
            for letters, number in CELL.findall(text):
                columns, rows = max(columns, _column(letters)), max(rows, int(number))
            rows = max([rows, *map(int, ROW.findall(text))])
            rest = text[-OVERLAP:]
    if rows * max(columns, 1) > limits.cells:
        raise FileUnreadable("cells-too-many", cells=rows * max(columns, 1), limit=limits.cells)


def _column(letters: bytes) -> int:
    """`A` is 1, `XFD` 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
