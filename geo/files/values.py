"""Is this value of a file a text, a code, a count, a flag, a kind or a point? Strictly, or the row is refused.

Each takes the raw value (None where the column is absent) and the field's name for the refusal.
"""

import json
import math
import re
import unicodedata
from typing import TypeAlias

from geo.files.geojson_geometry import position_of
from geo.files.limits import FILE, MOST_HOUSEHOLDS, MOST_LEVELS
from geo.files.refusals import RowRefused, shown
from geo.model import GridKind

XY: TypeAlias = tuple[float, float]

DIGITS = re.compile(r"[0-9]{1,30}", re.ASCII)
NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
WKT_POINT = re.compile(rf"POINT *(?:Z *)?\( *({NUMBER}) +({NUMBER})(?: +{NUMBER})? *\)", re.ASCII | re.IGNORECASE)
SHORTENED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{1,3}", re.ASCII)
"""How a spreadsheet writes a long number that it has shortened: the last digits of the code are gone."""
WIDE = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
"""Full-width digits and letters: they look like the plain ones and are others."""
WHOLE = re.compile(r"([0-9]{1,30})\.0+", re.ASCII)
"""A count as programs write it whose column had an empty cell."""
FLAGS = {"true": True, "false": False, "1": True, "0": False}
SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a character: what a byte that fits no encoding was read as."""
EXACT = 2**53
"""Above it a float may have lost its last digits."""


def text(value: object, field: str) -> str:
    """A text as it is, a whole number as its digits; "" for nothing."""
    if value is None:
        return ""
    written = _digits(value) if type(value) in (int, float) else value
    if not isinstance(written, str):
        raise RowRefused("text-wrong-type", field=field, value=shown(value))
    if "\x00" in written or (not written.isascii() and SURROGATE.search(written)):
        raise RowRefused("text-malformed", field=field, value=shown(written))
    if len(written) > FILE.text:
        raise RowRefused("text-too-long", field=field, length=len(written), limit=FILE.text)
    return written


def code_or_none(value: object, field: str) -> str | None:
    """A code or id: printable text with no space around it; None for nothing.

    Codes are compared as they are: what a spreadsheet has shortened, and full-width letters and digits, are refused.
    """
    if isinstance(value, float) and EXACT < abs(value) < math.inf:
        raise RowRefused("code-shortened", field=field, value=shown(value))
    written = text(value, field)
    if len(written) > FILE.code:
        raise RowRefused("text-too-long", field=field, length=len(written), limit=FILE.code)
    if written and (written != written.strip() or not written.isprintable()):
        raise RowRefused("code-malformed", field=field, value=shown(written))
    if SHORTENED.fullmatch(written):
        raise RowRefused("code-shortened", field=field, value=shown(written))
    if WIDE.search(written):
        plain = unicodedata.normalize("NFKC", written)
        raise RowRefused("code-wide", field=field, value=shown(written), plain=shown(plain))
    return written or None


def code(value: object, field: str) -> str:
    """A code that must be there."""
    written = code_or_none(value, field)
    if written is None:
        raise RowRefused("field-missing", field=field)
    return written


def households(value: object, field: str) -> int | None:
    """How many households, None where nobody counted."""
    return _count(value, field, MOST_HOUSEHOLDS)


def levels(value: object, field: str) -> int | None:
    """How many floors, None where unknown."""
    return _count(value, field, MOST_LEVELS)


def flag(value: object, field: str) -> bool:
    """true or false, 1 or 0, as value or as word; false for nothing."""
    if value is None or value == "":
        return False
    if type(value) in (bool, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and (found := FLAGS.get(value.lower())) is not None:
        return found
    raise RowRefused("flag-malformed", field=field, value=shown(value))


def grid_kind(value: object, field: str) -> GridKind:
    """One of the three kinds; residential for nothing."""
    if value is None or value == "":
        return GridKind.RESIDENTIAL
    if isinstance(value, str) and value in set(GridKind):
        return GridKind(value)
    raise RowRefused("kind-unknown", field=field, value=shown(value), allowed=", ".join(GridKind))


def point(value: object, field: str) -> XY | None:
    """A point in the file's datum: a GeoJSON Point (object or its text), `[x, y]` or WKT; None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        if match := WKT_POINT.fullmatch(value):
            return float(match[1]), float(match[2])
        value = _json(value, field)
    if isinstance(value, list):
        value = {"type": "Point", "coordinates": value}
    if not isinstance(value, dict) or value.get("type") != "Point":
        raise RowRefused("point-malformed", field=field, value=shown(value))
    try:
        x, y = (float(number) for number in position_of(value.get("coordinates"), "Point"))
    except (RowRefused, OverflowError) as refusal:
        raise RowRefused("point-malformed", field=field, value=shown(value)) from refusal
    return x, y


def _json(written: str, field: str) -> object:
    try:
        return json.loads(written) if len(written) <= FILE.text else None
    except (ValueError, RecursionError) as error:
        raise RowRefused("point-malformed", field=field, value=shown(written)) from error


def _count(value: object, field: str, most: int) -> int | None:
    if value is None or value == "":
        return None
    number = _digits(value) if type(value) in (int, float) else value
    if isinstance(number, str) and (whole := WHOLE.fullmatch(number)):
        number = whole[1]
    if not isinstance(number, str) or not DIGITS.fullmatch(number.removeprefix("-")):
        raise RowRefused("number-malformed", field=field, value=shown(value))
    if not 0 <= int(number) <= most:
        raise RowRefused("number-out-of-range", field=field, value=shown(value), least=0, most=most)
    return int(number)


def _digits(value: object) -> str | None:
    """A whole number as decimal text; None for what is not whole, or too large a float to be known exactly."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else None
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT:
        return str(int(value))
    return None
