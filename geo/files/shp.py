"""Which rows does a shapefile hold, with or without its index, its attributes and its code page?

Read by ourselves, shapes in blocks: heights and measures are dropped, damage costs its row or the rest of the file.
Format: ESRI Shapefile Technical Description, July 1998.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from geo.datum import Datum
from geo.files import dbf, shp_records
from geo.files.crs import srs_datum
from geo.files.dbf import Dbf
from geo.files.encodings import Hints
from geo.files.refusals import FileUnreadable, RowProblem, RowRefused
from geo.files.rows import Found, Row, Wish, layer_of, problem_of
from geo.files.shp_records import Shape
from geo.model import Layer

MAGIC = b"\x00\x00\x27\x0a"
HEADER_BYTES = 100
LONGEST_PRJ, LONGEST_CPG = 20_000, 200
"""Bytes of the small files beside it that are looked at."""

MISSING = RowRefused("record-missing")
"""A record whose shape is lost, or a shape whose record is."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The files of one shapefile; None for one that is not there. The index (`.shx`) is hardly needed."""

    shp: Path
    dbf: Path | None = None
    prj: Path | None = None
    cpg: Path | None = None
    shx: Path | None = None

    @classmethod
    def beside(cls, shp: Path) -> "Parts":
        """The files of the same name in any case of their endings."""
        near = {
            path.suffix.lower()[1:]: path
            for path in sorted(shp.parent.iterdir())
            if path.stem == shp.stem and path.suffix.lower() in {".dbf", ".prj", ".cpg", ".shx"} and path.is_file()
        }
        return cls(shp, near.get("dbf"), near.get("prj"), near.get("cpg"), near.get("shx"))


def found(parts: Parts, wish: Wish) -> Found:
    """The rows of a shapefile; without a `.dbf` they have no attributes. `FileUnreadable` for what is none."""
    with parts.shp.open("rb") as file:
        if not file.read(HEADER_BYTES).startswith(MAGIC):
            raise FileUnreadable("shp-damaged", name=parts.shp.name)
    hints = Hints(stated=wish.encoding, cpg=_small_text(parts.cpg, LONGEST_CPG))
    table = dbf.opened(parts.dbf, hints, wish.limits) if parts.dbf else None

    def rows(_mapping: Mapping[str, str], _datum: Datum) -> Iterator[Row]:
        return _rows(parts, table, wish)

    return Found(
        columns=table.columns if table else [],
        rows=rows,
        stated=lambda _: _stated(parts.prj),
        layer=wish.layer,
        encoding=table.encoding if table else None,
        cut=table.cut if table else frozenset(),
    )


def _stated(prj: Path | None) -> Datum | None:
    text = _small_text(prj, LONGEST_PRJ)
    return srs_datum("", "", text) if text else None


def _small_text(path: Path | None, most: int) -> str:
    if path is None:
        return ""
    with path.open("rb") as file:
        return file.read(most).decode("utf-8-sig", "replace").strip()


def _rows(parts: Parts, table: Dbf | None, wish: Wish) -> Iterator[Row]:
    """Shape and record of the same place belong together; one without the other is told."""
    shapes = shp_records.shapes(parts.shp, parts.shx, wish.limits)
    if table is None:
        for number, shape in enumerate(shapes, start=1):
            yield _row(number, shape, {}, wish.layer)
        return
    pairs = zip_longest(shapes, table.records(), fillvalue=MISSING)
    for number, (shape, properties) in enumerate(pairs, start=1):
        if isinstance(properties, RowRefused):
            yield _row(number, properties, {}, wish.layer)
        elif properties is not None:
            yield _row(number, shape, properties, wish.layer)


def _row(number: int, shape: Shape, properties: Mapping[str, object], stated: Layer | None) -> Row:
    problem: RowProblem | None = None
    layer = stated
    try:
        if stated is None or "layer" in properties:
            layer = layer_of(properties, stated)
        if isinstance(shape, RowRefused):
            raise shape
    except RowRefused as refusal:
        problem, shape = problem_of(refusal, number, layer), None
    return Row(number=number, layer=layer, properties=properties, geometry=shape, problem=problem)
