"""What does a file hold, in lon/lat WGS-84?

The datum is stated by the caller, else read from the file; a plan file (every feature names its layer) without one is
WGS-84 by contract; anything else is asked for. Bad rows are rows with a problem: only a whole file is ever refused.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from geo import datum as datums
from geo.datum import WGS84, Datum
from geo.files import geojson, gpkg
from geo.files.columns import NAMES
from geo.files.limits import BODY, FILE, NAMES_SHOWN, Limits
from geo.files.refusals import DatumMissing, FileUnreadable, RowRefused, shown
from geo.files.rows import LAYERS, Found, Reading, Row, problem_of
from geo.model import Layer


def read(
    path: Path | str,
    *,
    layer: str | None = None,
    table: str | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    limits: Limits = FILE,
) -> Reading:
    """The rows of a GeoJSON file (also one feature a line) or a GeoPackage.

    Raises `FileUnreadable`, `DatumMissing`, or `DatumUnknown` and `DatumWithoutRoute` for what the file states.
    """
    path = Path(path)
    head = _head(path, limits)
    if head.startswith(gpkg.MAGIC):
        found = gpkg.found(path, _layer(layer), table, limits)
    elif table is not None:
        raise FileUnreadable("table-not-in-format", name=path.name)
    else:
        found = geojson.found(path.read_bytes(), path.name, _layer(layer), encoding, limits)
    return _reading(found, path.name, datum, mapping or {}, constants or {})


def read_geojson(
    document: dict[str, object] | bytes,
    *,
    layer: str | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    limits: Limits = BODY,
    source: str = "",
) -> Reading:
    """The rows of a GeoJSON document that is in memory, text or parsed; raises as `read`."""
    if isinstance(document, bytes):
        found = geojson.found(document, source, _layer(layer), encoding, limits)
    else:
        found = geojson.found_in_document(document, _layer(layer), limits)
    return _reading(found, source, datum, mapping or {}, constants or {})


def _head(path: Path, limits: Limits) -> bytes:
    """The first bytes of a regular file that is not too large."""
    try:
        if not path.exists():
            raise FileUnreadable("file-missing", name=path.name)
        if not path.is_file():
            raise FileUnreadable("file-not-regular", name=path.name)
        if (size := path.stat().st_size) > limits.bytes:
            raise FileUnreadable("file-too-large", bytes=size, limit=limits.bytes)
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise FileUnreadable("file-no-permission", name=path.name) from error
    if b"\x00" in head and not head.startswith((gpkg.MAGIC, b"\xff\xfe", b"\xfe\xff")):
        raise FileUnreadable("format-unknown", name=path.name)
    return head


def _layer(layer: str | None) -> Layer | None:
    if layer is None or layer in LAYERS:
        return Layer(layer) if layer is not None else None
    raise FileUnreadable("layer-unknown", value=shown(layer))


def _reading(
    found: Found, source: str, datum: Datum | None, mapping: Mapping[str, str], constants: Mapping[str, object]
) -> Reading:
    stated = datum or found.stated() or (WGS84 if found.is_plan else None)
    if stated is None:
        raise DatumMissing("datum-missing", name=source)
    _refuse_names(found.rows, mapping, constants)
    return Reading(rows=_placed(found.rows, stated), datum=stated, source=source, mapping=mapping, constants=constants)


def _refuse_names(rows: list[Row], mapping: Mapping[str, str], constants: Mapping[str, object]) -> None:
    """Raise `FileUnreadable` for names that are not ours, and for columns that no row has."""
    for name in (*mapping, *constants):
        if name not in NAMES:
            raise FileUnreadable("field-unknown", field=shown(name), fields=", ".join(sorted(NAMES)))
    columns = {column for row in rows for column in row.properties}
    for name, column in mapping.items():
        if rows and column not in columns:
            known = ", ".join(sorted(columns))
            raise FileUnreadable("column-missing", field=name, column=shown(column), columns=shown(known, NAMES_SHOWN))


def _placed(rows: list[Row], datum: Datum) -> list[Row]:
    """The rows in WGS-84; one whose coordinates the datum cannot have gets a problem."""
    result = list(rows)
    shaped = [index for index, row in enumerate(rows) if row.geometry is not None]
    shapes = np.array([rows[index].geometry for index in shaped], dtype=object)
    for index, given, shape in zip(shaped, shapes, datums.shapes_to_wgs84(shapes, datum), strict=True):
        if shape is not None:
            result[index] = replace(rows[index], geometry=shape)
            continue
        refusal = datums.why_not(given, datum)
        problem = problem_of(RowRefused(refusal.id, **refusal.values), rows[index].number, rows[index].layer)
        result[index] = replace(rows[index], geometry=None, problem=problem)
    return result
