"""Which datum does a file state itself?"""

import re

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.datum import WGS84, Datum
from geo.files.refusals import shown
from geo.refusal import DatumUnknown

EPSG_FORMS = re.compile(r"(?:urn:ogc:def:crs:EPSG:[\w.]*:|https?://www\.opengis\.net/def/crs/EPSG/[\w.]+/|EPSG:)(\d+)")
CRS84_FORMS = re.compile(r"(?:urn:ogc:def:crs:OGC:[\w.]*:|https?://www\.opengis\.net/def/crs/OGC/[\w.]+/|OGC:)CRS84")
SURE_PERCENT = 70
"""How alike a definition and an EPSG entry have to be."""


def stated_datum(document: dict[str, object]) -> Datum | None:
    """What a GeoJSON document says: our own `datum` member, else `crs`; `DatumUnknown` for neither form."""
    if (datum := document.get("datum")) is not None:
        return Datum.parse(datum) if isinstance(datum, str) else _unknown(datum)
    match document.get("crs"):
        case None:
            return None
        case {"type": "name", "properties": {"name": str(name)}}:
            return named_datum(name)
        case {"type": "EPSG", "properties": {"code": int(code)}}:
            return Datum.parse(f"EPSG:{code}")
        case crs:
            return _unknown(crs)


def named_datum(name: str) -> Datum:
    """A CRS by its name or URN; EPSG:4326 is lon, lat here as in every GeoJSON seen."""
    if CRS84_FORMS.fullmatch(name):
        return WGS84
    match = EPSG_FORMS.fullmatch(name)
    return Datum.parse(f"EPSG:{match[1]}") if match else _unknown(name)


def srs_datum(organisation: str, code: str, definition: str) -> Datum | None:
    """A row of a GeoPackage's `gpkg_spatial_ref_sys`; None for its two `undefined` entries."""
    if organisation.upper() == "EPSG":
        return Datum.parse(f"EPSG:{code}")
    if organisation.upper() == "NONE" or definition.strip().lower() in {"", "undefined"}:
        return None
    try:
        epsg = CRS.from_wkt(definition).to_epsg(min_confidence=SURE_PERCENT)
    except CRSError:
        epsg = None
    return Datum.parse(f"EPSG:{epsg}") if epsg else _unknown(definition)


def _unknown(value: object) -> Datum:
    raise DatumUnknown("datum-unknown", value=shown(value))
