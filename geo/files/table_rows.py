"""Where do the rows of a table stand that has no shapes: at two columns of numbers, in a WKT column, or nowhere?"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.datum import Datum
from geo.files import wkt
from geo.files.limits import Limits
from geo.files.refusals import FileUnreadable, RowProblem, RowRefused, shown
from geo.files.rows import Encoding, Found, Row, Wish, layer_of, named_layer, problem_of
from geo.files.values import NUMBER
from geo.model import Layer

PLACES = ("lon", "lat", "wkt")
NUMBERS = re.compile(rf"(?:(?:{NUMBER})?\n)*", re.ASCII)
AT_ONCE = 20_000
"""Rows whose places are made together."""
PEEKED = 100
"""Rows that are looked at to see whether a table is a plan, and in which datum its WKT says to be."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table: its cells by column, or why it has none."""

    number: int
    cells: Mapping[str, object]
    problem: RowProblem | None = None


Records = Callable[[], Iterable[Record]]
"""Starts again at the first row each time it is called."""


def columns_of(header: Sequence[object], limits: Limits) -> list[str | None]:
    """The names of the columns, None for one without; equal names are told apart by ` (1)`, ` (2)`."""
    if len(header) > limits.columns:
        raise FileUnreadable("columns-too-many", columns=len(header), limit=limits.columns)
    names = ["" if cell is None else str(cell).strip() for cell in header]
    counted, seen = Counter(names), Counter[str]()
    result: list[str | None] = []
    for name in names:
        seen[name] += 1
        result.append(f"{name} ({seen[name]})" if name and counted[name] > 1 else name or None)
    return result


def found(columns: Sequence[str], records: Records, encoding: Encoding | None, wish: Wish) -> Found:
    """A table as findings. It is a plan where its first rows all name a layer, or would if there were any."""
    first = [record.cells for record in islice(records(), PEEKED) if record.problem is None]

    def rows(mapping: Mapping[str, str], datum: Datum) -> Iterator[Row]:
        return _rows(records(), _Places.of(columns, mapping, datum, wish), wish.layer)

    def stated(mapping: Mapping[str, str]) -> Datum | None:
        column = mapping.get("wkt", "wkt")
        return next((datum for cells in first if (datum := wkt.stated_datum(cells.get(column)))), None)

    return Found(
        columns=columns,
        rows=rows,
        stated=stated,
        is_plan=(bool(first) or "layer" in columns) and all(named_layer(cells) for cells in first),
        encoding=encoding,
        places=(*PLACES, "entrance"),
    )


@dataclass(frozen=True, slots=True)
class _Places:
    """Which columns say the place; WKT goes before two numbers unless only the numbers were stated."""

    lon: str | None
    lat: str | None
    wkt: str | None
    datum: Datum
    vertices: int

    @classmethod
    def of(cls, columns: Sequence[str], mapping: Mapping[str, str], datum: Datum, wish: Wish) -> "_Places":
        lon, lat, outline = (name if (name := mapping.get(one, one)) in columns else None for one in PLACES)
        if outline and "wkt" not in wish.mapping and {"lon", "lat"} <= wish.mapping.keys():
            outline = None
        if outline is None and (lon is None) != (lat is None):
            raise FileUnreadable("place-half", column=lon or lat or "")
        return cls(lon, lat, outline, datum, wish.limits.vertices)

    def geometries(self, records: Sequence[Record]) -> Sequence[BaseGeometry | RowRefused | None]:
        if self.wkt is not None:
            return [self._outline(record.cells.get(self.wkt)) for record in records]
        if self.lon is None or self.lat is None:
            return [None] * len(records)
        x = _numbers([record.cells.get(self.lon) for record in records], "lon")
        y = _numbers([record.cells.get(self.lat) for record in records], "lat")
        return _points(x, y)

    def _outline(self, cell: object) -> BaseGeometry | RowRefused | None:
        try:
            return wkt.geometry_of(cell, self.datum, self.vertices)
        except RowRefused as refusal:
            return refusal


def _rows(records: Iterable[Record], places: _Places, stated: Layer | None) -> Iterator[Row]:
    remaining = iter(records)
    while batch := list(islice(remaining, AT_ONCE)):
        for record, geometry in zip(batch, places.geometries(batch), strict=True):
            yield _row(record, geometry, stated)


def _row(record: Record, geometry: BaseGeometry | RowRefused | None, stated: Layer | None) -> Row:
    number, cells, problem, layer = record.number, record.cells, record.problem, stated
    try:
        if "layer" in cells or stated is None:
            layer = layer_of(cells, stated)
        if isinstance(geometry, RowRefused):
            raise geometry
    except RowRefused as refusal:
        problem = problem or problem_of(refusal, number, layer)
    if problem is not None:
        return Row(number=number, layer=layer, properties=cells, problem=replace(problem, layer=layer))
    return Row(number=number, layer=layer, properties=cells, geometry=geometry)


Numbers = Sequence[float | RowRefused | None]


def _numbers(cells: list[object], field: str) -> Numbers:
    """Each cell as a number, None for nothing, a refusal for what is no number; a whole column of texts at once."""
    texts = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    if all(type(text) is str for text in texts):
        together = "\n".join(str(text) for text in texts) + "\n"
        if together.count("\n") == len(texts) and NUMBERS.fullmatch(together):
            return [float(str(text)) if text else None for text in texts]
    return [_number(text, field) for text in texts]


def _number(cell: object, field: str) -> float | RowRefused | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, str) and re.fullmatch(NUMBER, cell, re.ASCII):
        return float(cell)
    if type(cell) in (int, float) and isinstance(cell, int | float) and abs(cell) < 1e300:
        return float(cell)
    return RowRefused("coordinate-malformed", field=field, value=shown(cell))


def _points(x: Numbers, y: Numbers) -> Sequence[BaseGeometry | RowRefused | None]:
    """A point where both numbers are, None where neither is."""
    pairs = list(zip(x, y, strict=True))
    result: list[BaseGeometry | RowRefused | None] = [_half(*pair) for pair in pairs]
    good = [i for i, (a, b) in enumerate(pairs) if isinstance(a, float) and isinstance(b, float)]
    xy = np.array([pairs[i] for i in good], dtype=np.float64).reshape(-1, 2)
    finite = np.isfinite(xy[:, 0]) & np.isfinite(xy[:, 1])
    points = shapely.points(np.nan_to_num(xy))
    for i, point, is_finite in zip(good, points, finite, strict=True):
        result[i] = point if is_finite else RowRefused("coordinates-not-finite")
    return result


def _half(x: float | RowRefused | None, y: float | RowRefused | None) -> RowRefused | None:
    """The refusal of a pair that is none: a number that is none, or one without the other."""
    if isinstance(x, RowRefused):
        return x
    if isinstance(y, RowRefused):
        return y
    if (x is None) != (y is None):
        return RowRefused("coordinate-missing", field="lon" if x is None else "lat")
    return None
