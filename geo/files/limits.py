"""How large may an input be before it is refused?"""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may hold. A file past `bytes`, `features`, `all_vertices`, `depth` or what is said of whole
    files, tables and archives is refused; the rest costs only its row."""

    bytes: int
    features: int
    vertices: int = 200_000
    """Of one feature, as it stands in the file: all paved roads of a city of 100,000 people were 119,275 in one."""
    all_vertices: int = 50_000_000
    """Of all features together."""
    depth: int = 32
    """Of JSON arrays and objects in one another; a multipolygon in a collection needs 8."""
    text: int = 1000
    """Characters of one attribute."""
    code: int = 64
    """Characters of a code or id."""
    gpkg_steps: int = 2_000
    """Millions of SQLite steps one GeoPackage may cost: views in it may loop for ever."""
    whole: int = 256 * MIB
    """Bytes of a file whose format has to be read as a whole: GeoJSON, KML, DXF, XLSX."""
    columns: int = 2_000
    """Of one table; a dBase file has at most 255."""
    cells: int = 20_000_000
    """Of one spreadsheet, counted as a rectangle: readers make room for all of it."""
    cell: int = 8 * MIB
    """Characters of one CSV cell: the outline of a shape with the most vertices fits."""
    rings: int = 5_000
    """Of one shape whose rings are told apart by what contains what: the pairs are compared."""
    entries: int = 10_000
    """Members of an archive."""
    inflated: int = 1024 * MIB
    """Bytes of all members of an archive, unpacked."""


FILE = Limits(bytes=256 * MIB, features=1_000_000)
BODY = Limits(bytes=64 * MIB, features=200_000, inflated=256 * MIB, cells=5_000_000)
STREAM = Limits(
    bytes=64 * 1024 * MIB, features=200_000_000, all_vertices=10**11, gpkg_steps=200_000, inflated=8192 * MIB
)
"""Of a file that passes through batch by batch: its size costs time, not memory."""

RATIO, RATIO_FROM = 200, 10 * MIB
"""An archive may be unpacked to so many times its size; small ones to this many bytes whatever their ratio."""
HEADER_ROWS = 20
"""Rows of a spreadsheet among which its column names stand."""
SAMPLES = 5
"""Values shown of a text whose encoding may be wrong."""

MOST_HOUSEHOLDS = 100_000
"""In one building; the tallest towers have some thousands."""
MOST_LEVELS = 300
SHOWN, NAMES_SHOWN = 80, 400
"""Characters of a bad value, and of a list of names, that are told back."""
