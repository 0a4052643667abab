"""Which rows does a file hold that only GDAL reads (FlatGeobuf, DXF)? Some rows at a time, under a name of ours.

Formats are recognised by their first bytes before GDAL sees them, and no file beside them is in its reach.
"""

import datetime as dt
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.datum import Datum
from geo.files import wkb
from geo.files.crs import srs_datum
from geo.files.limits import NAMES_SHOWN, Limits
from geo.files.refusals import FileUnreadable, RowRefused, shown
from geo.files.rows import Found, Row, Wish, layer_of, problem_of
from geo.model import Layer

FGB_MAGIC = b"fgb\x03fgb"
AT_ONCE = 10_000
GEOMETRY = "wkb_geometry"


@dataclass(frozen=True, slots=True)
class Feature:
    """Attributes by column, and the shape as WKB."""

    properties: dict[str, object]
    blob: bytes | None


@contextmanager
def found(path: Path, wish: Wish) -> Iterator[Found]:
    """The rows of a FlatGeobuf file."""
    with features(path, ".fgb") as (meta, rows):

        def read(_mapping: Mapping[str, str], _datum: Datum) -> Iterator[Row]:
            for number, feature in enumerate(rows, start=1):
                yield row_of(number, feature, wish.layer, wish.limits)

        yield Found(columns=list(meta["fields"]), rows=read, stated=lambda _: _stated(meta["crs"]), layer=wish.layer)


@contextmanager
def features(path: Path, suffix: str, **options: Any) -> Iterator[tuple[Mapping[str, Any], Iterator[Feature]]]:
    """What GDAL says of the only table of a file, and its features in order; `FileUnreadable` for what it refuses."""
    import pyogrio  # noqa: PLC0415 - GDAL and pandas take half a second to load, and few files want them

    with tempfile.TemporaryDirectory(prefix="wangge-") as folder:
        link = Path(folder) / f"source{suffix}"
        link.symlink_to(path.resolve())
        with _refusals(path):
            layers = [str(name) for name, _ in pyogrio.list_layers(link)]
            if len(layers) != 1:
                told = shown(", ".join(layers), NAMES_SHOWN)
                raise FileUnreadable("table-ambiguous" if layers else "table-none", tables=told)
            with pyogrio.raw.open_arrow(link, batch_size=AT_ONCE, use_pyarrow=True, **options) as (meta, reader):
                yield meta, _features(reader, meta["geometry_name"] or GEOMETRY, path)


def refuse_markup(head: bytes, name: str) -> None:
    """Raise `FileUnreadable` for markup near the start of a file: GDAL would look for a driver that follows links."""
    if b"<" in head.partition(b"\x00")[0]:
        raise FileUnreadable("format-unknown", name=name)


def row_of(number: int, feature: Feature, stated: Layer | None, limits: Limits) -> Row:
    """A feature as a row, its shape in the file's datum."""
    layer: Layer | None = None
    shape, problem = None, None
    try:
        layer = layer_of(feature.properties, stated)
        shape = None if feature.blob is None else wkb.plain_geometry_of(feature.blob, limits.vertices)
    except RowRefused as refusal:
        problem = problem_of(refusal, number, layer)
    return Row(number=number, layer=layer, properties=feature.properties, geometry=shape, problem=problem)


def _features(reader: Any, geometry: str, path: Path) -> Iterator[Feature]:
    batches = iter(reader)
    while True:
        with _refusals(path):
            batch = next(batches, None)
            if batch is None:
                return
            columns = {name: _values(column) for name, column in zip(batch.schema.names, batch.columns, strict=True)}
        blobs = columns.pop(geometry, [None] * batch.num_rows)
        names = list(columns)
        for blob, *values in zip(blobs, *columns.values(), strict=True):
            yield Feature(dict(zip(names, values, strict=True)), blob if isinstance(blob, bytes) else None)


def _values(column: Any) -> Sequence[object]:
    values: list[object] = column.to_pylist()
    if not any(isinstance(value, dt.date | dt.time | dt.timedelta) for value in values):
        return values
    return [value.isoformat() if isinstance(value, dt.date | dt.time) else value for value in values]


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """What GDAL and Arrow raise for a damaged file, as a refusal; what they only murmur is told by the rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except FileUnreadable:
            raise
        except (RuntimeError, ValueError, OSError) as error:
            raise FileUnreadable("gdal-refused", name=path.name, reason=shown(str(error))) from error


def _stated(crs: str | None) -> Datum | None:
    if not crs:
        return None
    return Datum.parse(crs) if crs.startswith("EPSG:") else srs_datum("", "", crs)
