"""What did the caller ask for? Query parameters, read strictly.

A number is what JSON calls a number (`104.05`, `-1`, `1e2`) and finite as a double: no plus sign, underscore, space,
full-width digit, `nan` or `inf`. Nothing is repeated unless it is a list, and nothing unknown is overlooked.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from fastapi import Depends, Query
from fastapi.params import Form
from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.requests import Request

from api.cursor import Cursor
from api.faults import Fault
from api.problems import Problem

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 10_000
PROJECTED_RANGE_M = 1e8
"""Further than any projected easting or northing, metres; zone 45 in front of the easting makes 45,500,000."""

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DATUM = re.compile(r"wgs84|cgcs2000|gcj02|bd09|EPSG:[1-9][0-9]{3,5}", re.IGNORECASE | re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST_NUMBER = 40
_LONGEST_TEXT = 200


def strict_number(value: Any) -> float:
    """A finite double from the text of a query parameter; numbers of a body pass. Raises PydanticCustomError."""
    if isinstance(value, str):
        number = float(value) if len(value) <= _LONGEST_NUMBER and _NUMBER.fullmatch(value) else math.nan
    else:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not math.isfinite(number):
        raise PydanticCustomError("number", "not a finite number")
    return number


def strict_integer(value: Any) -> int:
    """A whole number of at most 18 digits. Raises PydanticCustomError."""
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("integer", "not a whole number")


def strict_flag(value: Any) -> bool:
    """`true` or `false`, in these letters. Raises PydanticCustomError."""
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise PydanticCustomError("flag", "not true or false")


def strict_text(value: Any) -> str:
    """1 to 200 characters without control characters: a code, a name, a kind. Raises PydanticCustomError."""
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT and not _CONTROL.search(value):
        return value
    raise PydanticCustomError("text", "empty, too long or unprintable")


def strict_datum(value: Any) -> str:
    """The name of a datum, well formed; whether it exists is for `geo.datum` to say. Raises PydanticCustomError."""
    if isinstance(value, str) and _DATUM.fullmatch(value):
        return value.upper() if ":" in value else value.lower()
    raise PydanticCustomError("datum", "not the name of a datum")


Number: TypeAlias = Annotated[float, BeforeValidator(strict_number)]
Integer: TypeAlias = Annotated[int, BeforeValidator(strict_integer)]
Flag: TypeAlias = Annotated[bool, BeforeValidator(strict_flag)]
Text: TypeAlias = Annotated[str, BeforeValidator(strict_text)]
DatumName: TypeAlias = Annotated[str, BeforeValidator(strict_datum)]


@dataclass(frozen=True, slots=True)
class Position:
    """Where, as the caller said it; not converted. Metres of easting and northing for a projected datum."""

    lon: float
    lat: float
    datum: str


async def position(
    lon: Annotated[Number, Query(description="Longitude, degrees (easting in metres for a projected datum)")],
    lat: Annotated[Number, Query(description="Latitude, degrees (northing in metres for a projected datum)")],
    datum: Annotated[DatumName, Query(description="wgs84, cgcs2000, gcj02, bd09 or EPSG:<code>; never guessed")],
) -> Position:
    """Raises a problem: `axes-swapped` where the pair is in range only the other way round."""
    if datum.startswith("EPSG:") and datum not in {"EPSG:4326", "EPSG:4490"}:
        check_range("lon", lon, -PROJECTED_RANGE_M, PROJECTED_RANGE_M)
        check_range("lat", lat, -PROJECTED_RANGE_M, PROJECTED_RANGE_M)
        return Position(lon, lat, datum)
    if 90 < abs(lat) <= 180 and abs(lon) <= 90:
        raise Problem("axes-swapped", {"lon": lon, "lat": lat}, errors=[_out("lon", -180, 180), _out("lat", -90, 90)])
    check_range("lon", lon, -180, 180)
    check_range("lat", lat, -90, 90)
    return Position(lon, lat, datum)


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees, WGS-84; west <= east, south <= north (a box across 180 degrees is refused)."""

    west: float
    south: float
    east: float
    north: float


async def box(
    bbox: Annotated[str | None, Query(description="west,south,east,north in degrees, WGS-84")] = None,
) -> Box | None:
    """Raises a problem for anything but four numbers in range and order."""
    if bbox is None:
        return None
    parts = bbox.split(",")
    if len(parts) != 4 or not all(len(part) <= _LONGEST_NUMBER and _NUMBER.fullmatch(part) for part in parts):
        raise _refused("bbox", "parameter.bbox")
    west, south, east, north = map(float, parts)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _refused("bbox", "parameter.bbox")
    return Box(west, south, east, north)


@dataclass(frozen=True, slots=True)
class Span:
    """Both ends belong to it; None is open."""

    low: int | None
    high: int | None


async def households(
    households: Annotated[str | None, Query(description="300..500, 300.., ..500 or 300")] = None,
) -> Span | None:
    """Raises a problem where it cannot be read or the smaller number does not come first."""
    if households is None:
        return None
    low, dots, high = households.partition("..")
    ends = [part for part in (low, high) if part]
    if not ends or not all(_INTEGER.fullmatch(end) and end[0] != "-" for end in ends):
        raise _refused("households", "parameter.span")
    if not dots:
        return Span(int(low), int(low))
    span = Span(int(low) if low else None, int(high) if high else None)
    if span.low is not None and span.high is not None and span.low > span.high:
        raise _refused("households", "parameter.span")
    return span


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list; no cursor means the first part of what is published now."""

    limit: int
    cursor: Cursor | None


async def page(
    limit: Annotated[
        Integer, Query(ge=1, description="At most this many; more than 10000 means 10000")
    ] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="From the `next` link of the page before")] = None,
) -> Page:
    """Raises a problem for a limit below 1 and for a cursor that this service did not make."""
    if cursor is None:
        return Page(min(limit, LARGEST_LIMIT), None)
    read = Cursor.read(cursor)
    if read is None:
        raise Problem("invalid-cursor")
    return Page(min(limit, LARGEST_LIMIT), read)


def number_in(cursor: Cursor | None) -> int | None:
    """The number that a list goes on after; None for its first part. Raises the problem `invalid-cursor`."""
    if cursor is None:
        return None
    if not cursor.after.isascii() or not cursor.after.isdigit() or len(cursor.after) > 18:
        raise Problem("invalid-cursor")
    return int(cursor.after)


InPosition: TypeAlias = Annotated[Position, Depends(position)]
InBox: TypeAlias = Annotated[Box | None, Depends(box)]
InHouseholds: TypeAlias = Annotated[Span | None, Depends(households)]
InPage: TypeAlias = Annotated[Page, Depends(page)]


async def strict(request: Request) -> None:
    """For every route: refuses parameters it does not declare, repeated ones, and bodies that are not JSON."""
    route = selected(request.scope)
    if request.scope["query_string"]:
        _check_names([name for name, _ in request.query_params.multi_items()], route.dependant)
    if route.body_field is not None and not isinstance(route.body_field.field_info, Form):
        check_media(request)


def selected(scope: Any) -> Any:
    """The route that answers, as it stands in the whole service: under its full path and with every dependency."""
    return scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")


def _check_names(names: list[str], dependant: Any) -> None:
    known = {name: is_list for part in _flat(dependant) for name, is_list in _declared(part)}
    unknown = sorted({name for name in names if name not in known})
    if unknown:
        values = {"known": ", ".join(sorted(known)) or "-"}
        raise Problem("unknown-parameter", errors=[Fault("parameter.unknown", values, name) for name in unknown[:20]])
    repeated = sorted({name for name in names if names.count(name) > 1 and not known[name]})
    if repeated:
        raise Problem("repeated-parameter", errors=[Fault("parameter.repeated", {}, name) for name in repeated])


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raises the problem of a parameter out of range."""
    if not low <= value <= high:
        raise Problem("invalid-parameter", errors=[_out(name, low, high)])


def _out(name: str, low: float, high: float) -> Fault:
    return Fault("parameter.range", {"low": low, "high": high}, name)


def _refused(name: str, id_: str) -> Problem:
    return Problem("invalid-parameter", errors=[Fault(id_, {}, name)])


def check_media(request: Request) -> None:
    """Raises the problem of a body that does not call itself JSON."""
    if request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers:
        return
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json" and not (media.startswith("application/") and media.endswith("+json")):
        raise Problem("unsupported-media-type", {"accepted": "application/json"})


def _flat(dependant: Any) -> Iterator[Any]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _flat(inner)


def _declared(dependant: Any) -> Iterator[tuple[str, bool]]:
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, member in annotation.model_fields.items():
                yield member.alias or name, _is_list(member.annotation)
        else:
            yield field.alias, _is_list(annotation)


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Union, UnionType, Annotated):
        return any(_is_list(part) for part in get_args(annotation))
    return (origin or annotation) in (list, tuple, set, frozenset)
