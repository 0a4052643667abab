"""Which points do lines of JSON hold, one object a line?

An object says `lon` and `lat`, and may say `datum` and `accuracy_m`; or it is a GeoJSON feature with a point. All other
members stay as they are, byte by byte.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import orjson

from geo.datum import Datum
from geo.files.blocks import LONGEST_LINE, blocks, in_utf8
from geo.files.foreign import Column
from geo.files.points import KEYS, Placing, Points, Rows
from geo.files.refusals import DatumMissing, FileUnreadable, RowProblem, shown
from geo.files.rows import Encoding

SHOWN_OF_LINE = 1000
"""Characters kept of a line that is no object."""
OURS = tuple(KEYS)


def points_of_lines(pieces: Iterable[bytes], *, datum: Datum | None = None, name: str = "") -> Points:
    """The objects of a text in UTF-8. `columns` are the members of the first objects; later ones may have others.

    Raises `FileUnreadable` for a text without lines, and `DatumMissing` where none of the first lines names a datum.
    """
    rows = _rows(blocks(in_utf8(pieces, "utf-8")), Placing({key: at for at, key in enumerate(OURS)}, datum))
    first = next(rows, None)
    if first is None:
        raise FileUnreadable("table-empty", name=name)
    objects = [one for one in map(_object, first.lines or ()) if isinstance(one, dict)]
    if datum is None and not any("datum" in one for one in objects):
        raise DatumMissing("datum-missing", name=name)
    columns = list(dict.fromkeys(key for one in objects for key in one))
    return Points(columns, chain([first], rows), Encoding("utf-8", "stated"))


def members(lines: Sequence[bytes], columns: Sequence[str]) -> list[Column]:
    """What lines say under some names, as columns of a table: "" for nothing, arrays and objects as their text."""
    objects = [one if isinstance(one, dict) else {} for one in map(_object, lines)]
    return [[_cell(one.get(name)) for one in objects] for name in columns]


def _rows(texts: Iterable[bytes | None], placing: Placing) -> Iterator[Rows]:
    for block in texts:
        lines = [b"{}"] if block is None else [line for one in block.split(b"\n") if (line := one.strip())]
        if lines:
            yield _portion(lines, placing, is_long=block is None)


def _portion(lines: Sequence[bytes], placing: Placing, *, is_long: bool) -> Rows:
    bad: dict[int, RowProblem] = {}
    kept, places = list(lines), [_members(line) for line in lines]
    for at in [at for at, found in enumerate(places) if found is None or is_long]:
        id, told = ("line-too-long", {"limit": LONGEST_LINE}) if is_long else ("row-not-object", {})
        bad[at] = RowProblem(id=id, number=placing.seen + at + 1, values=told)
        kept[at] = b"{}" if is_long else orjson.dumps({"line": shown(_text(lines[at]), SHOWN_OF_LINE)})
    objects = [{} if one is None else one for one in places]
    columns: list[Column] = [[one.get(key) for one in objects] for key in OURS]
    return placing.rows(columns, len(lines), bad, lines=kept)


def _members(line: bytes) -> dict[str, object] | None:
    """What a line says of its place, among other things; None where it is no object."""
    found = _object(line)
    if not isinstance(found, dict):
        return None
    return found if "lon" in found or "geometry" not in found else {**found, **_point(found["geometry"])}


def _object(line: bytes) -> object:
    """The value of a line, None for what is no JSON."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _point(geometry: object) -> dict[str, object]:
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        position = geometry.get("coordinates")
        if isinstance(position, list) and len(position) >= 2:
            return {"lon": position[0], "lat": position[1]}
    return {}


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
