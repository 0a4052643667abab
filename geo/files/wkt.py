"""Which shape does a cell of well-known text mean?

Read by a grammar of our own, as the binary form is: heights and measures are dropped, the same faults are the same row
problems as in GeoJSON, and no text makes a parser recurse. Format: OGC 06-103r4, 7.2; `SRID=n;` before it is EWKT.
"""

import re

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo.datum import Datum
from geo.files.refusals import RowRefused, shown
from geo.files.shapes import MULTI, SINGLE, Chain, Chains, shape_of
from geo.refusal import Refusal

HEAD = re.compile(r"\s*(?:SRID\s*=\s*([0-9]{1,6})\s*;)?\s*([A-Z]+)\s*(ZM|Z|M)?\s*(EMPTY\s*$|(?=\())", re.I | re.ASCII)
KINDS = {kind.upper(): kind for kind in (*SINGLE, *MULTI)}
CHAIN = re.compile(r"\(([^()]*)\)")
POSITION_LETTERS = re.compile(r"[-+0-9.eE,\s]*", re.ASCII)


def stated_datum(cell: object) -> Datum | None:
    """The datum that an EWKT names; raises `DatumUnknown` and `DatumWithoutRoute`."""
    match = HEAD.match(cell) if isinstance(cell, str) else None
    return Datum.parse(f"EPSG:{match[1]}") if match and match[1] else None


def geometry_of(cell: object, datum: Datum, most_vertices: int) -> BaseGeometry | None:
    """The shape in a cell, None for an empty one. `RowRefused` for anything else, and for another datum's SRID."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    match = HEAD.match(cell) if isinstance(cell, str) else None
    if match is None or not isinstance(cell, str) or (kind := KINDS.get(match[2].upper())) is None:
        raise RowRefused("geometry-malformed", kind=f"WKT {shown(cell, 30)}")
    if match[1] and not _is_same(match[1], datum):
        raise RowRefused("srid-differs", srid=int(match[1]), datum=datum.name)
    if match[4]:
        raise RowRefused("geometry-empty", kind=kind)
    return shape_of(kind, _parts(kind, cell[match.end() :].strip()), most_vertices)


def _is_same(srid: str, datum: Datum) -> bool:
    try:
        stated = Datum.parse(f"EPSG:{srid}")
    except Refusal:
        return False
    return stated == datum or (stated.is_wgs84 and datum.is_wgs84)


def _parts(kind: str, body: str) -> list[Chains]:
    skeleton = "".join(CHAIN.sub("0", body).split())
    chains = [_chain(text, kind) for text in CHAIN.findall(body)]
    match kind:
        case "Point" | "LineString" if skeleton == "0":
            return [chains]
        case "MultiPoint" if skeleton == "0":
            return [[chains[0][at : at + 1]] for at in range(len(chains[0]))]
        case "Polygon" | "MultiLineString" | "MultiPoint" if re.fullmatch(r"\(0(,0)*\)", skeleton):
            return [chains] if kind == "Polygon" else [[chain] for chain in chains]
        case "MultiPolygon" if re.fullmatch(r"\(\(0(?:,0)*\)(?:,\(0(?:,0)*\))*\)", skeleton):
            remaining = iter(chains)
            return [[next(remaining) for _ in range(part.count("0"))] for part in skeleton.split("),(")]
    raise RowRefused("geometry-malformed", kind=f"WKT {kind}")


def _chain(text: str, kind: str) -> Chain:
    """The first two numbers of each position; all positions have as many."""
    if not POSITION_LETTERS.fullmatch(text):
        raise RowRefused("geometry-malformed", kind=f"WKT {kind}")
    positions = [position.split() for position in text.split(",")]
    width = len(positions[0])
    if not 2 <= width <= 4 or any(len(position) != width for position in positions):
        raise RowRefused("geometry-malformed", kind=f"WKT {kind}")
    try:
        return np.array(positions, dtype=np.float64)[:, :2]
    except ValueError as error:
        raise RowRefused("geometry-malformed", kind=f"WKT {kind}") from error
