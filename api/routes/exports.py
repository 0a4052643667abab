"""Can the whole map be had as one file that any static host serves?"""

import asyncio
import re
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InAddress
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from api.access import actor
from api.answers import IMMUTABLE, has
from api.exports import Exports, Stopped
from api.media import Medium
from api.openapi import responses
from api.parameters import Integer
from api.pool import Busy
from api.problems import Problem
from api.published import InLive
from api.tile_flight import Crowded
from geo.files.refusals import FileUnwritable
from geo.state import Map

PMTILES = Medium("pmtiles", "application/vnd.pmtiles")
WAIT_S = 5.0
"""A small map is made while the caller waits."""
AGAIN_S = "10"
_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))", re.ASCII)

router = APIRouter(prefix="/exports", tags=["tiles"])


@router.get(
    "/{publication}.pmtiles",
    operation_id="exportTiles",
    summary="All public tiles of a publication in one file",
    response_class=Response,
    responses={
        200: {"content": {PMTILES.type: {}}, "description": "A PMTiles archive, version 3"},
        206: {"content": {PMTILES.type: {}}, "description": "The range that was asked for"},
        **responses(
            "unknown-publication", "token-required", "read-only", "range-not-satisfiable", "busy",
            "not-answered-in-time", "store-unavailable",
        ),
    },
)  # fmt: skip
async def tiles(
    request: Request, live: InLive, publication: Annotated[Integer, InAddress(ge=1, description="Its number")]
) -> Response:
    """Web Mercator, zooms 0 to 15. Readers ask for ranges of it, so it works from here and from any static host or CDN.

    The one of the publication in force is made when somebody asks for it first; 503 says when to come back. One of an
    earlier publication that is no longer kept is made again for an actor only. The bytes never change.
    """
    state = await run_in_threadpool(live.map_at, publication)
    if state is None:
        raise Problem("unknown-publication", {"publication": publication})
    exports: Exports = request.app.state.exports
    found = await run_in_threadpool(exports.find, state)
    if found is None:
        if publication != live.seen.map.publication:
            await actor(request)
        found = await _made(exports, state)
    path, tag = found
    told = {"ETag": tag, "Cache-Control": IMMUTABLE, "X-Publication": str(publication), "Accept-Ranges": "bytes"}
    if has(request, tag):
        return Response(status_code=304, headers=told)
    _keep_range(request, path.stat().st_size)
    if request.scope.get("head"):
        request.scope["method"] = "HEAD"  # it would be read to the end for nobody
    return FileResponse(path, headers=told, media_type=PMTILES.type)


async def _made(exports: Exports, state: Map) -> tuple[Path, str]:
    """The file, where it is made soon enough; it goes on being made. Raises the problem `not-answered-in-time`."""
    made = asyncio.wrap_future(exports.make(state))
    await asyncio.wait({made}, timeout=WAIT_S)
    found = await run_in_threadpool(exports.find, state) if made.done() and _came(made) else None
    if found is None:
        raise Problem("not-answered-in-time", {"seconds": WAIT_S}, headers={"Retry-After": AGAIN_S})
    return found


def _came(made: "asyncio.Future[Path]") -> Path:
    """Raises the problem `busy` where it was given up for now (the log says why), StoreUnavailable."""
    try:
        return made.result()
    except (Crowded, Busy, Stopped, CancelledError, asyncio.CancelledError, FileUnwritable, OSError) as error:
        raise Problem("busy") from error


def _keep_range(request: Request, size: int) -> None:
    """Leave one plain range in the request; for any other wish the whole file is an answer (RFC 9110, 14.2).

    Raises the problem `range-not-satisfiable`.
    """
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or (asked[2] and int(asked[2]) < int(asked[1])):
        request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"range"]
    elif (asked[1] and int(asked[1]) >= size) or (asked[3] and int(asked[3]) == 0):
        raise Problem("range-not-satisfiable", {"size": size}, headers={"Content-Range": f"bytes */{size}"})
