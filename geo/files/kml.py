"""Which rows does a KML text hold? Placemarks alone: links to elsewhere, pictures and styles are passed over.

Read as plain XML, never followed. Coordinates are lon/lat WGS-84 by definition. Format: OGC 12-007r2.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo.datum import WGS84
from geo.files import encodings
from geo.files.limits import MIB, Limits
from geo.files.refusals import FileUnreadable, RowProblem, RowRefused
from geo.files.rows import Found, Row, Wish, layer_of, problem_of
from geo.files.shapes import MULTI, SINGLE, Chain, Chains, shape_of
from geo.model import Layer

PIECE, HEAD_BYTES = 1 * MIB, 1024
DECLARED = re.compile(rb"<\?xml[^<>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
TEXTS = ("name", "description", "address")
"""Members of a placemark that are columns; what stands in its ExtendedData goes before them."""
FAMILIES = {single: multi for multi, single in MULTI.items()}


def found(path: Path, wish: Wish) -> Found:
    """The placemarks of a text in order; `FileUnreadable` where it is no KML or defines entities of its own."""
    if (size := path.stat().st_size) > wish.limits.whole:
        raise FileUnreadable("file-too-large", bytes=size, limit=wish.limits.whole)
    placemarks = _placemarks(path, _encoding(path, wish.encoding), wish.limits)
    rows = [_row(number, one, wish) for number, one in enumerate(placemarks, start=1)]
    columns = list(dict.fromkeys(column for row in rows for column in row.properties))
    return Found(columns=columns, rows=lambda *_: rows, stated=lambda _: WGS84, layer=wish.layer)


def _placemarks(path: Path, encoding: str, limits: Limits) -> Iterator[Element]:
    """Each placemark; what was read of it is let go afterwards."""
    stack: list[Element] = []
    count = 0
    for event, element in _events(path, encoding):
        if event == "start":
            stack.append(element)
            if len(stack) > limits.depth:
                raise FileUnreadable("xml-too-deep", limit=limits.depth)
            continue
        stack.pop()
        if _tag(element) == "Placemark":
            count += 1
            if count > limits.features:
                raise FileUnreadable("features-too-many", features=count, limit=limits.features)
            yield element
        if stack and not any(_tag(one) == "Placemark" for one in stack):
            stack[-1].remove(element)


def _events(path: Path, encoding: str) -> Iterator[tuple[str, Element]]:
    """Each element as it begins and ends."""
    parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
    try:
        with path.open(encoding=encoding) as file:
            while piece := file.read(PIECE):
                if "<!DOCTYPE" in piece or "<!ENTITY" in piece:
                    raise FileUnreadable("xml-with-entities", name=path.name)
                parser.feed(piece)
                yield from _told(parser)
        parser.close()
        yield from _told(parser)
    except ParseError as error:
        line, column = error.position
        raise FileUnreadable("xml-malformed", line=line, column=column) from error
    except UnicodeError as error:
        position = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise FileUnreadable("text-not-in-encoding", encoding=encoding, position=position) from error


def _encoding(path: Path, stated: str | None) -> str:
    """Python's name of the encoding: stated, marked or declared; decoded here, since XML parsers know few."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    declared = DECLARED.match(head.lstrip())
    name = stated or encodings.mark_of(head) or (declared[1].decode() if declared else "utf-8")
    known = encodings.known(name)
    return "utf-8-sig" if known == "utf-8" else known


def _told(parser: "XMLPullParser[Element]") -> Iterator[tuple[str, Element]]:
    for event in parser.read_events():
        if len(event) == 2 and isinstance(event[1], Element):
            yield event[0], event[1]


def _row(number: int, placemark: Element, wish: Wish) -> Row:
    properties = _properties(placemark)
    layer: Layer | None = None
    shape: BaseGeometry | None = None
    problem: RowProblem | None = None
    try:
        layer = layer_of(properties, wish.layer)
        shape = _geometry(placemark, wish.limits.vertices)
    except RowRefused as refusal:
        problem = problem_of(refusal, number, layer)
    return Row(number=number, layer=layer, properties=properties, geometry=shape, problem=problem)


def _properties(placemark: Element) -> dict[str, object]:
    found: dict[str, object] = {}
    for one in placemark.iter():
        name = one.get("name")
        if name and _tag(one) == "SimpleData":
            found[name] = (one.text or "").strip() or None
        elif name and _tag(one) == "Data":
            found[name] = next(((value.text or "").strip() or None for value in one if _tag(value) == "value"), None)
    for one in placemark:
        if _tag(one) in TEXTS:
            found.setdefault(_tag(one), (one.text or "").strip() or None)
    return found


def _geometry(placemark: Element, most_vertices: int) -> BaseGeometry | None:
    """The one shape of a placemark, or its several of one kind."""
    singles = [one for one in placemark.iter() if _tag(one) in {*SINGLE, "LinearRing"}]
    inner = {id(ring) for one in singles if _tag(one) == "Polygon" for ring in one.iter() if _tag(ring) == "LinearRing"}
    parts = [(_kind(one), _part(one)) for one in singles if id(one) not in inner]
    kinds = {kind for kind, _ in parts}
    if not kinds:
        return None
    if len(kinds) > 1:
        raise RowRefused("geometry-kind-unknown", kind="MultiGeometry")
    (kind,) = kinds
    return shape_of(FAMILIES[kind], [part for _, part in parts], most_vertices)


def _kind(one: Element) -> str:
    return "LineString" if _tag(one) == "LinearRing" else _tag(one)


def _part(one: Element) -> Chains:
    if _tag(one) != "Polygon":
        return [_chain(one)]
    outer = [_chain(ring) for ring in _rings(one, "outerBoundaryIs")]
    if len(outer) != 1:
        raise RowRefused("geometry-malformed", kind="Polygon")
    return [*outer, *(_chain(ring) for ring in _rings(one, "innerBoundaryIs"))]


def _rings(polygon: Element, side: str) -> Iterator[Element]:
    for boundary in polygon:
        if _tag(boundary) == side:
            yield from (ring for ring in boundary if _tag(ring) == "LinearRing")


def _chain(one: Element) -> Chain:
    """Positions `lon,lat[,height]` with spaces between them."""
    text = next((child.text or "" for child in one if _tag(child) == "coordinates"), "")
    try:
        positions = [[float(number) for number in position.split(",")[:2]] for position in _plain(text).split()]
        return np.array(positions, dtype=np.float64).reshape(-1, 2)
    except ValueError as error:
        raise RowRefused("geometry-malformed", kind=_tag(one)) from error


def _plain(text: str) -> str:
    """The text, where it holds nothing but numbers: Python reads more as a number than people mean."""
    if not text.isascii() or "_" in text or any(letter.isalpha() and letter not in "eE" for letter in text):
        raise RowRefused("geometry-malformed", kind="KML")
    return text


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
