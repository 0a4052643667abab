"""Which outlines does a drawing hold, and what is written in them?

Closed polylines and hatches are polygons, open ones lines. A text that stands inside an outline is the `text` of the
smallest outline around it; where rows have to be ground, texts are nothing else. The datum has to be stated.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geo.files import through_gdal
from geo.files.limits import NAMES_SHOWN
from geo.files.refusals import FileUnreadable, RowRefused, shown
from geo.files.rows import Found, Row, Wish, problem_of
from geo.files.through_gdal import Feature
from geo.files.wkb import plain_geometry_of
from geo.model import Layer

DRAWN, TEXT = "dxf_layer", "text"
COLUMNS = (DRAWN, TEXT)
GROUND = frozenset({Layer.REGION, Layer.GRID, Layer.BUILDING, Layer.WATER})
TAIL_BYTES = 1000
FEWEST = 4
"""Points of a closed line that is a ring."""


def is_dxf(head: bytes) -> bool:
    """Whether a file begins as drawings do: with the group code of a section, or of a comment."""
    first, _, rest = head.lstrip().partition(b"\n")
    return first.strip() == b"999" or (first.strip() == b"0" and rest.lstrip().startswith(b"SECTION"))


@contextmanager
def found(path: Path, wish: Wish) -> Iterator[Found]:
    """The outlines and lines of a drawing, `table` naming one of its layers; `FileUnreadable` for what is none."""
    if (size := path.stat().st_size) > wish.limits.whole:
        raise FileUnreadable("file-too-large", bytes=size, limit=wish.limits.whole)
    _refuse_cut(path)
    with through_gdal.features(path, ".dxf") as (_, features):
        rows = [_row(number, feature, wish) for number, feature in enumerate(features, start=1)]
    rows = _with_texts(_of_layer(rows, wish.table), wish.layer)
    yield Found(columns=COLUMNS, rows=lambda *_: rows, stated=lambda _: None, layer=wish.layer)


def _refuse_cut(path: Path) -> None:
    """GDAL reads a drawing that breaks off as one that ends there."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        if not file.read().rstrip(b"\x00\x1a \t\r\n").endswith(b"EOF"):
            raise FileUnreadable("dxf-cut", name=path.name)


def _row(number: int, feature: Feature, wish: Wish) -> Row:
    if number > wish.limits.features:
        raise FileUnreadable("features-too-many", features=number, limit=wish.limits.features)
    properties = {DRAWN: feature.properties.get("Layer"), TEXT: feature.properties.get("Text") or None}
    row = through_gdal.row_of(number, Feature(properties, None), wish.layer, wish.limits)
    if feature.blob is None or row.problem is not None:
        return row
    try:
        return replace(row, geometry=_closed(plain_geometry_of(feature.blob, wish.limits.vertices)))
    except RowRefused as refusal:
        return replace(row, problem=problem_of(refusal, number, row.layer))


def _closed(shape: BaseGeometry) -> BaseGeometry:
    """A line that ends where it began is an outline."""
    if isinstance(shape, LineString) and shape.is_closed and len(shape.coords) >= FEWEST:
        return Polygon(shape.coords)
    return shape


def _of_layer(rows: list[Row], name: str | None) -> list[Row]:
    """The rows drawn in one layer, with the texts of all."""
    names = sorted({str(row.properties[DRAWN]) for row in rows})
    if name is None:
        return rows
    if name not in names:
        raise FileUnreadable("table-missing", table=shown(name), tables=shown(", ".join(names), NAMES_SHOWN))
    return [row for row in rows if row.properties[DRAWN] == name or _is_text(row)]


def _is_text(row: Row) -> bool:
    return row.geometry is not None and row.geometry.geom_type == "Point" and row.properties[TEXT] is not None


def _with_texts(rows: list[Row], layer: Layer | None) -> list[Row]:
    """Rows with the texts inside them, top to bottom; texts inside nothing stay rows where points may be."""
    texts = [row for row in rows if _is_text(row)]
    others = [row for row in rows if not _is_text(row)]
    held = _held(texts, others)
    inside: dict[int, list[Row]] = {}
    for text, holder in zip(texts, held, strict=True):
        inside.setdefault(holder, []).append(text)
    loose = [] if layer in GROUND else inside.pop(-1, [])
    labelled = [_labelled(row, inside.get(at, [])) for at, row in enumerate(others)]
    return sorted([*labelled, *loose], key=lambda row: row.number)


def _labelled(row: Row, texts: list[Row]) -> Row:
    if not texts:
        return row
    lines = sorted(texts, key=lambda text: -shapely.get_y(text.geometry))
    return replace(row, properties={**row.properties, TEXT: "\n".join(str(text.properties[TEXT]) for text in lines)})


def _held(texts: list[Row], others: list[Row]) -> list[int]:
    """For each text the place of the smallest outline around it, -1 for none."""
    outlines = [at for at, row in enumerate(others) if isinstance(row.geometry, Polygon)]
    shapes = np.array([others[at].geometry for at in outlines], dtype=object)
    areas = shapely.area(shapes)
    pairs = shapely.STRtree(shapes).query(np.array([text.geometry for text in texts], dtype=object), "within")
    held = [-1] * len(texts)
    for text, outline in sorted(zip(*pairs.tolist(), strict=True), key=lambda pair: -areas[pair[1]]):
        held[text] = outlines[outline]
    return held
