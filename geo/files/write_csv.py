"""How is a layer written as CSV? UTF-8 with a mark for Excel, lines ended as RFC 4180 has them, shapes as WKT.

A cell that begins with = + - or @ is written as it is: a quote or a tab before it would be another value to every
program that joins on it, and would not come back as it went. Who opens a file in Excel itself takes XLSX, where such a
cell is text.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.files.whole import replacing
from geo.files.write_sheet import SHAPE, Batch, Sheet, Value

DECIMALS = 7
"""Of a degree in WKT: what the lattice has, and read back it is the same double."""


def write_csv(sheet: Sheet, path: Path | str, *, shape: bool = True) -> int:
    """Write the layer, whole or not at all (`FileUnwritable`), one batch in memory at a time; how many rows."""
    count = 0
    with (
        replacing(Path(path), suffix=".csv") as draft,
        draft.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow([field.name for field in sheet.fields] + [SHAPE] * shape)
        for batch in sheet.batches:
            out.writerows(_rows(batch, shape=shape))
            count += len(batch.rows)
    return count


def texts(shapes: Sequence[BaseGeometry | None]) -> NDArray[np.object_]:
    """Shapes as WKT, None for none."""
    return np.asarray(shapely.to_wkt(np.asarray(shapes, dtype=object), rounding_precision=DECIMALS), dtype=object)


def _rows(batch: Batch, *, shape: bool) -> Iterator[Sequence[Value]]:
    if not shape:
        return (_cells(row) for row in batch.rows)
    return ([*_cells(row), text] for row, text in zip(batch.rows, texts(batch.shapes), strict=True))


def _cells(row: Sequence[Value]) -> list[Value]:
    """Flags as the words that are read back; all else as the csv module writes it."""
    return [("true" if value else "false") if isinstance(value, bool) else value for value in row]
