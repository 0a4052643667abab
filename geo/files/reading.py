"""What does a file hold, in lon/lat WGS-84?

The datum is stated by the caller, else read from the file; a plan file (every feature names its layer) without one is
WGS-84 by contract; anything else is asked for. Bad rows are rows with a problem: only a whole file is ever refused.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

import numpy as np
import shapely

from geo import datum as datums
from geo.datum import WGS84, Datum
from geo.files import formats, geojson, guess
from geo.files.columns import NAMES
from geo.files.limits import BODY, FILE, NAMES_SHOWN, STREAM, Limits
from geo.files.refusals import DatumMissing, FileUnreadable, RowRefused, shown
from geo.files.rows import LAYERS, Found, Reading, Row, Wish, problem_of
from geo.model import Layer

BATCH = 20_000
"""Rows that are placed at once."""


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
    """All rows of a file, or of a folder with a shapefile, in any format of `formats`.

    Raises `FileUnreadable`, `DatumMissing`, or `DatumUnknown` and `DatumWithoutRoute` for what the file states.
    """
    wish = _wish(layer, table, datum, encoding, mapping, constants, limits)
    with formats.opened(Path(path), wish) as found:
        return _whole(found, Path(path).name, wish)


def read_batches(
    path: Path | str,
    *,
    layer: str | None = None,
    table: str | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    limits: Limits = STREAM,
    rows: int = BATCH,
) -> Iterator[Reading]:
    """The rows of `read` in the same order and with the same numbers, some at a time; at least one reading.

    In constant memory for CSV, GeoPackage, Shapefile and FlatGeobuf; raises as `read`, also after some batches.
    """
    wish = _wish(layer, table, datum, encoding, mapping, constants, limits)
    with formats.opened(Path(path), wish) as found:
        yield from _batches(found, Path(path).name, wish, rows)


def read_bytes(
    data: bytes,
    name: str,
    *,
    layer: str | None = None,
    table: str | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, object] | None = None,
    limits: Limits = BODY,
) -> Reading:
    """The rows of an upload in any format; `name` is what its sender calls it and never a path. Raises as `read`."""
    wish = _wish(layer, table, datum, encoding, mapping, constants, limits)
    with formats.opened_bytes(data, name, wish) as found:
        return _whole(found, name, wish)


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
    wish = _wish(layer, None, datum, encoding, mapping, constants, limits)
    if isinstance(document, bytes):
        found = geojson.found(document, source, wish.layer, encoding, limits)
    else:
        found = geojson.found_in_document(document, wish.layer, limits)
    return _whole(found, source, wish)


def _wish(
    layer: str | None,
    table: str | None,
    datum: Datum | None,
    encoding: str | None,
    mapping: Mapping[str, str] | None,
    constants: Mapping[str, object] | None,
    limits: Limits,
) -> Wish:
    if layer is not None and layer not in LAYERS:
        raise FileUnreadable("layer-unknown", value=shown(layer))
    return Wish(
        limits=limits,
        layer=None if layer is None else Layer(layer),
        table=table,
        datum=datum,
        encoding=encoding,
        mapping=mapping or {},
        constants=constants or {},
    )


def _whole(found: Found, source: str, wish: Wish) -> Reading:
    first, *others = _batches(found, source, wish, BATCH)
    for other in others:
        first.rows.extend(other.rows)
    return first


def _batches(found: Found, source: str, wish: Wish, most: int) -> Iterator[Reading]:
    """The readings of what a format found; a file past its limits is refused as soon as that shows."""
    guessed = guess.fields(found, wish)
    mapping = {**wish.mapping, **guessed}
    datum = wish.datum or found.stated(mapping) or _unstated(found, mapping)
    if datum is None:
        raise DatumMissing("datum-missing", name=source)
    rows = iter(found.rows(mapping, datum))
    first = list(islice(rows, most))
    _refuse_names(found, wish, is_empty=not first)
    features = vertices = 0
    for batch in chain([first], iter(lambda: list(islice(rows, most)), [])):
        features += len(batch)
        vertices += int(shapely.get_num_coordinates([row.geometry for row in batch]).sum())
        _refuse_amounts(features, vertices, wish.limits)
        yield Reading(
            rows=_placed(batch, datum),
            datum=datum,
            source=source,
            mapping=mapping,
            constants=wish.constants,
            columns=found.columns,
            encoding=found.encoding,
            guessed=guessed,
        )


def _unstated(found: Found, mapping: Mapping[str, str]) -> Datum | None:
    """WGS-84 for a plan file, and for a table that says no place at all."""
    is_placeless = bool(found.places) and not any(mapping.get(one, one) in found.columns for one in found.places)
    return WGS84 if found.is_plan or is_placeless else None


def _refuse_amounts(features: int, vertices: int, limits: Limits) -> None:
    if features > limits.features:
        raise FileUnreadable("features-too-many", features=features, limit=limits.features)
    if vertices > limits.all_vertices:
        raise FileUnreadable("vertices-too-many", vertices=vertices, limit=limits.all_vertices)


def _refuse_names(found: Found, wish: Wish, *, is_empty: bool) -> None:
    """Raise `FileUnreadable` for names that are not ours, and for columns that the file has not."""
    ours = NAMES.union(found.places)
    for name in (*wish.mapping, *wish.constants):
        if name not in ours:
            raise FileUnreadable("field-unknown", field=shown(name), fields=", ".join(sorted(ours)))
    for name, column in wish.mapping.items():
        if column not in found.columns and not is_empty:
            known = ", ".join(sorted(found.columns))
            raise FileUnreadable("column-missing", field=name, column=shown(column), columns=shown(known, NAMES_SHOWN))


def _placed(rows: list[Row], datum: Datum) -> list[Row]:
    """The rows in WGS-84; one whose coordinates the datum cannot have gets a problem."""
    given = np.array([row.geometry for row in rows], dtype=object)
    return [
        row if shape is None and row.geometry is None else _moved(row, shape, datum)
        for row, shape in zip(rows, datums.shapes_to_wgs84(given, datum), strict=True)
    ]


def _moved(row: Row, shape: shapely.Geometry | None, datum: Datum) -> Row:
    problem = row.problem
    if shape is None and row.geometry is not None:
        refusal = datums.why_not(row.geometry, datum)
        problem = problem_of(RowRefused(refusal.id, **refusal.values), row.number, row.layer)
    return Row(number=row.number, layer=row.layer, properties=row.properties, geometry=shape, problem=problem)
