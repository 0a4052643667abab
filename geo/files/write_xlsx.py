"""How are layers written as a workbook? One sheet a layer, its header frozen, codes as text cells, never a formula."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.files.refusals import FileUnwritable
from geo.files.whole import replacing
from geo.files.write_csv import texts
from geo.files.write_sheet import SHAPE, Sheet, Value

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
"""Rows of one sheet, its header among them: the format's own limit."""
MOST_LETTERS = 32_767
"""UTF-16 units of one cell: the format's own limit, which Excel cuts at without a word."""
WIDEST = 40
SAFE: dict[str, Any] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""A text stays a text whatever it begins with, and a row leaves memory once it is written."""


def write_xlsx(sheets: Iterable[Sheet], path: Path | str, *, shape: bool = True) -> int:
    """Write a sheet a layer, whole or not at all; how many rows.

    `FileUnwritable`: `sheet-rows-too-many` (layer, limit), `cell-too-long` (layer, row, field, length, limit), and as
    all writers.
    """
    import xlsxwriter  # noqa: PLC0415 - only this function wants it

    count = 0
    with replacing(Path(path), suffix=".xlsx") as draft:
        book = xlsxwriter.Workbook(draft, SAFE)
        try:
            bold = book.add_format({"bold": True})
            for sheet in sheets:
                count += _sheet(sheet, book.add_worksheet(sheet.layer.value), bold, shape=shape)
        finally:
            book.close()
    return count


def _sheet(sheet: Sheet, page: "Worksheet", bold: object, *, shape: bool) -> int:
    names = [field.name for field in sheet.fields] + [SHAPE] * shape
    page.freeze_panes(1, 0)
    for column, name in enumerate(names):
        page.set_column(column, column, min(max(len(name) + 2, 12), WIDEST))
        page.write_string(0, column, name, bold)
    number = 0
    for batch in sheet.batches:
        shapes = texts(batch.shapes) if shape else [None] * len(batch.rows)
        for row, text in zip(batch.rows, shapes, strict=True):
            number += 1
            if number >= MOST_ROWS:
                raise FileUnwritable("sheet-rows-too-many", layer=sheet.layer, limit=MOST_ROWS - 1)
            _row(page, number, [*row, text] if shape else row, names, sheet)
    return number


def _row(page: "Worksheet", number: int, values: Sequence[Value], names: Sequence[str], sheet: Sheet) -> None:
    for column, value in enumerate(values):
        match value:
            case None | "":
                continue
            case bool():
                page.write_boolean(number, column, value)
            case int() | float():
                page.write_number(number, column, value)
            case str():
                _refuse_long(value, number, names[column], sheet)
                page.write_string(number, column, value)


def _refuse_long(text: str, number: int, name: str, sheet: Sheet) -> None:
    length = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
    if length > MOST_LETTERS:
        raise FileUnwritable(
            "cell-too-long", layer=sheet.layer, row=number, field=name, length=length, limit=MOST_LETTERS
        )
