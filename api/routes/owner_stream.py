"""Who owns each of millions of points, row by row?"""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE
from api.askers import beside
from api.beside import Beside
from api.faults import Fault
from api.flow import flow, pieces
from api.media import Medium, accepted
from api.openapi import responses
from api.parameters import DatumName, Text
from api.problems import Problem
from api.published import InSeen
from geo.datum import Datum
from geo.files.point_arrow import points_of_arrow
from geo.files.point_csv import points_of_csv
from geo.files.point_lines import points_of_lines
from geo.files.points import Points
from geo.files.write_points import FORMS, Form

CSV = Medium("csv", "text/csv")
LINES = Medium("ndjson", "application/x-ndjson")
ARROW = Medium("arrow", "application/vnd.apache.arrow.stream")
MEDIA = (CSV, LINES, ARROW)
BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY = {"requestBody": {"required": True, "content": {one.type: BINARY for one in MEDIA}}}
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The same rows in the same order, with our columns beside theirs",
        "content": {
            CSV.type: {"schema": {"type": "string"}},
            LINES.type: {"schema": {"$ref": "#/components/schemas/BatchLine"}},
            ARROW.type: BINARY,
        },
    }
}
PROBLEMS = (
    "invalid-parameter",
    "datum-required",
    "not-acceptable",
    "body-too-slow",
    "unsupported-media-type",
    "unreadable-input",
    "busy",
)

router = APIRouter(prefix="/v1/owner", tags=["lookup"])


async def place(request: Request) -> AsyncIterator[None]:
    """One of the places for streams. Raises the problem `busy` where there is none."""
    places = request.app.state.streams
    if places.locked():
        raise Problem("busy")
    async with places:
        yield


@router.post(
    "/stream",
    operation_id="ownerStream",
    summary="Who owns each of millions of points, row by row?",
    response_class=Response,
    openapi_extra=BODY,
    dependencies=[Depends(place)],
    responses={**ANSWER, **responses(*PROBLEMS)},
)
async def stream(
    request: Request,
    seen: InSeen,
    datum: Annotated[DatumName | None, Query(description="Of rows that name none in a column `datum`")] = None,
    encoding: Annotated[Text | None, Query(description="Of a CSV, over what its first bytes say")] = None,
    fields: Annotated[Literal["owner"] | None, Query(description="owner: all but `border_distance_m`")] = None,
    f: Annotated[str | None, Query(description="Form of the answer, over Accept: csv, ndjson, arrow")] = None,
) -> Response:
    """CSV, lines of JSON or an Arrow IPC stream with `lon` and `lat`, and if wished `datum` and `accuracy_m`.

    Every row comes back in its place with all that it had, and `status`, `owner`, `border_distance_m`, `rule`,
    `publication` and `error` (`matched_owner` where it has an `owner` of its own); a row that cannot be read says why.
    `fields=owner` leaves `border_distance_m` out and is sooner done. One published state answers all rows.
    Read while you send: who does not read is not read from.
    """
    given = _given(request)
    medium = _wanted(request, given, f)
    stated = None if datum is None else Datum.parse(datum)
    read = partial(READ[given], datum=stated, **({"encoding": encoding} if given is CSV else {}))
    parts = _parts(
        lambda: read(pieces(request)), FORMS[medium.name], beside(request, seen, with_distance=fields is None)
    )
    headers = {"X-Publication": str(seen.map.publication), "Cache-Control": PRIVATE, "Vary": "Accept, Accept-Language"}
    settings = request.app.state.settings
    return await flow(parts, medium.type, headers, settings.stream_seconds, settings.body_seconds)


READ: dict[Medium, Callable[..., Points]] = {CSV: points_of_csv, LINES: points_of_lines, ARROW: points_of_arrow}


def _given(request: Request) -> Medium:
    """In which form the rows come. Raises the problem of another."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    for one in MEDIA:
        if one.type == media:
            return one
    raise Problem("unsupported-media-type", {"accepted": ", ".join(one.type for one in MEDIA)})


def _wanted(request: Request, given: Medium, f: str | None) -> Medium:
    """In which form they go back: that in which they came, where nothing else is asked for."""
    if f is None:
        return accepted(request.headers.get("accept"), [given, *(one for one in MEDIA if one is not given)])
    for one in MEDIA:
        if one.name == f:
            return one
    allowed = ", ".join(one.name for one in MEDIA)
    raise Problem("invalid-parameter", errors=[Fault("parameter.choice", {"allowed": allowed}, "f")])


def _parts(read: Callable[[], Points], form: Callable[..., Form], ours: Beside) -> Iterator[bytes]:
    """The bytes of the answer, portion by portion; nothing is read before the first is asked for."""
    points = read()
    out = form(points.columns)
    for rows in points.rows:
        yield out.portion(rows, ours.columns(rows))
    yield out.ended()
