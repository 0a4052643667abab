"""Which rows does a GeoJSON text hold: a collection, a feature, a bare geometry, or one feature a line?"""

import json
from collections.abc import Callable, Iterator, Mapping

import shapely

from geo.datum import Datum
from geo.files import json_text
from geo.files.crs import stated_datum
from geo.files.geojson_geometry import geometry_of
from geo.files.limits import Limits
from geo.files.refusals import FileUnreadable, RowRefused, shown
from geo.files.rows import Found, Row, layer_of, named_layer, problem_of
from geo.files.shapes import MULTI, SINGLE
from geo.model import Layer

LINE_SUFFIXES = (".geojsonl", ".geojsonseq", ".ndjson", ".jsonl")
SPACES = " \t\r\n"
RECORD_SEPARATOR = "\x1e"
"""Stands before each line of RFC 8142."""


def found(data: bytes, source: str, layer: Layer | None, encoding: str | None, limits: Limits) -> Found:
    """The rows of a text; `FileUnreadable` where it is not GeoJSON or past a limit."""
    if len(data) > limits.bytes:
        raise FileUnreadable("file-too-large", bytes=len(data), limit=limits.bytes)
    text = json_text.decoded(data, encoding)
    json_text.refuse_depth(text, limits)
    if text.lstrip(SPACES).startswith(RECORD_SEPARATOR) or source.lower().endswith(LINE_SUFFIXES):
        return _found_in_lines(text, layer, limits)
    try:
        document = json_text.loaded(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and _starts_with_a_feature(text[: error.pos]):
            return _found_in_lines(text, layer, limits)
        raise FileUnreadable("json-malformed", line=error.lineno, column=error.colno) from error
    except ValueError as error:  # an integer of thousands of digits
        raise FileUnreadable("json-malformed", line=0, column=0) from error
    return found_in_document(document, layer, limits)


def found_in_document(document: object, layer: Layer | None, limits: Limits) -> Found:
    """The rows of a parsed document; `FileUnreadable` where it is not GeoJSON."""
    if not isinstance(document, dict):
        raise FileUnreadable("not-geojson", type=shown(document))
    return _found(_features(document), lambda: stated_datum(document), layer, limits)


def _features(document: dict[str, object]) -> list[object]:
    kind = document.get("type")
    if kind == "FeatureCollection" and isinstance(features := document.get("features"), list):
        return features
    if kind == "Feature":
        return [document]
    if kind in (*SINGLE, *MULTI, "GeometryCollection"):
        return [{"type": "Feature", "properties": None, "geometry": document}]
    raise FileUnreadable("not-geojson", type=shown(kind))


def _found(features: list[object], stated: Callable[[], Datum | None], layer: Layer | None, limits: Limits) -> Found:
    if len(features) > limits.features:
        raise FileUnreadable("features-too-many", features=len(features), limit=limits.features)
    rows = [_row(number, feature, layer, limits) for number, feature in enumerate(features, start=1)]
    vertices = sum(int(shapely.get_num_coordinates(row.geometry)) for row in rows if row.geometry is not None)
    if vertices > limits.all_vertices:
        raise FileUnreadable("vertices-too-many", vertices=vertices, limit=limits.all_vertices)
    return Found(
        columns=list(dict.fromkeys(column for row in rows for column in row.properties)),
        rows=lambda *_: rows,
        stated=lambda _: stated(),
        is_plan=all(named_layer(row.properties) for row in rows if _is_feature(row)),
        layer=layer,
    )


def _is_feature(row: Row) -> bool:
    """Whether the row could name a layer at all: a broken one must not stop the good ones of a plan file."""
    return row.problem is None or row.problem.id not in {"feature-malformed", "row-not-json"}


def _row(number: int, feature: object, stated: Layer | None, limits: Limits) -> Row:
    properties: Mapping[str, object] = {}
    layer = None
    try:
        properties, geometry = _members(feature)
        layer = layer_of(properties, stated)
        return Row(number=number, layer=layer, properties=properties, geometry=geometry_of(geometry, limits.vertices))
    except RowRefused as refusal:
        return Row(number=number, layer=layer, properties=properties, problem=problem_of(refusal, number, layer))


def _members(feature: object) -> tuple[Mapping[str, object], object]:
    if isinstance(feature, RowRefused):
        raise feature
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise RowRefused("feature-malformed")
    properties = feature.get("properties")
    if not isinstance(properties, dict | None):
        raise RowRefused("feature-malformed")
    return properties or {}, feature.get("geometry")


def _starts_with_a_feature(text: str) -> bool:
    document = json_text.loaded(text)
    return isinstance(document, dict) and document.get("type") == "Feature"


def _found_in_lines(text: str, layer: Layer | None, limits: Limits) -> Found:
    return _found(list(_lines(text)), lambda: None, layer, limits)


def _lines(text: str) -> Iterator[object]:
    """The value of each line; a line that is no JSON is a refusal of its row."""
    for line in text.split("\n"):
        bare = line.strip(RECORD_SEPARATOR + SPACES)
        if not bare:
            continue
        try:
            yield json_text.loaded(bare)
        except ValueError:
            yield RowRefused("row-not-json")
