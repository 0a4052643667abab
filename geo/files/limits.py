"""How large may an input be before it is refused?"""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may hold. A file past `bytes`, `features`, `all_vertices` or
    `depth` is refused, the rest costs only its row."""

    bytes: int
    features: int
    vertices: int = 100_000
    """Of one feature, as it stands in the file."""
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


FILE = Limits(bytes=256 * MIB, features=1_000_000)
BODY = Limits(bytes=64 * MIB, features=200_000)

MOST_HOUSEHOLDS = 100_000
"""In one building; the tallest towers have some thousands."""
MOST_LEVELS = 300
SHOWN, NAMES_SHOWN = 80, 400
"""Characters of a bad value, and of a list of names, that are told back."""
