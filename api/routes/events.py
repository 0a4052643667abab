"""What happens just now? A stream of server-sent events (WHATWG HTML, section 9.2) that has no end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.access import who
from api.answers import PRIVATE
from api.event_schemas import EXAMPLE, document, named
from api.listening import Listener, Listening, TooMany
from api.openapi import responses
from api.problems import Problem
from api.settings import Settings
from geo.store.errors import StoreUnavailable
from geo.store.events import Event

LONGEST_MARK = 4096
"""Characters of a `Last-Event-ID` that are read; one of ours is shorter."""
AGAIN_MS = 3_000
"""After this time a browser whose connection broke comes back, milliseconds."""
BEAT = b":\n\n"

router = APIRouter(prefix="/v1", tags=["events"])
log = logging.getLogger(__name__)
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, one after another",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}


async def place(request: Request) -> AsyncIterator[Listener]:
    """A place to listen from. Raises the problem `too-many-listeners` where there is none."""
    listening: Listening = request.app.state.listening
    try:
        with listening.place() as own:
            yield own
    except TooMany as error:
        raise Problem("too-many-listeners", {"limit": error.most}) from None


@router.get(
    "/events",
    operation_id="events",
    summary="What happens, as it happens",
    response_class=Response,
    responses={**ANSWER, **responses("too-many-listeners", "store-unavailable")},
)
async def events(
    request: Request,
    own: Annotated[Listener, Depends(place)],
    last: Annotated[
        str | None, Header(alias="Last-Event-ID", description="The last `id` that was heard: goes on right after it")
    ] = None,
) -> Response:
    """`published` (publication, kind, at, bounds, regions) for everybody; `plan` (id, revision, state, action, actor,
    at) in the inner profile only.

    `bounds` (west, south, east, north, WGS-84) hold all that tiles show otherwise since: redrawn ground, things that
    came, went or changed, grids that are counted anew, all ground of regions with another name or level, and all ground
    where limits are others. They are null where tiles show what they did.

    Each event has an `id`; a client that comes back with the last one as `Last-Event-ID`, as browsers do, misses
    nothing and hears nothing twice. In between there is a comment every 15 seconds (WANGGE_HEARTBEAT_SECONDS). At most
    100 callers listen at once (WANGGE_LISTENERS).
    """
    state = request.app.state
    listening, settings = state.listening, state.settings
    own.plans = who(request, settings) is not None
    mark = last if last and len(last) <= LONGEST_MARK and last.isascii() else None
    return Stream(listening, own, await run_in_threadpool(listening.join, own, mark), settings)


class Stream(Response):
    """Until the caller leaves, takes nothing for `body_seconds`, or the service ends."""

    def __init__(self, listening: Listening, own: Listener, first: Sequence[Event], settings: Settings) -> None:
        self.status_code, self.background, self.body = 200, None, b""
        self.init_headers(
            {
                "Content-Type": "text/event-stream; charset=utf-8",
                "Cache-Control": PRIVATE,
                "Vary": "Accept, Authorization",
                "X-Accel-Buffering": "no",  # nginx holds back what it proxies unless it is told not to
            }
        )
        del self.headers["content-length"]
        self._listening, self._own, self._first = listening, own, first
        self._silence, self._beat_s, self._sent_at = settings.body_seconds, settings.heartbeat_seconds, 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if not scope.get("head"):
            gone = asyncio.create_task(self._gone(receive))
            try:
                await self._tell(send, gone)
            except TimeoutError:
                log.info("a listener was given up: it takes nothing")
                return
            except StoreUnavailable:
                log.info("a listener was let go: the store does not say what it missed")
            finally:
                gone.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send, gone: asyncio.Task[None]) -> None:
        await self._sent(send, b"retry: %d\nid: %s\n\n" % (AGAIN_MS, self._mark))
        told: Sequence[Event] | None = self._first
        while not gone.done() and not self._listening.is_over:
            if told is None:
                told = await run_in_threadpool(self._listening.catch_up, self._own)
            await self._each(send, told)
            if not told:
                await self._rung()
            if self._left <= 0:
                await self._sent(send, BEAT)
            self._own.bell.clear()
            told = self._listening.news(self._own)

    async def _each(self, send: Send, told: Sequence[Event]) -> None:
        for one in told:
            self._own.mark = one.seen
            data = orjson.dumps(document(one))
            await self._sent(send, b"id: %s\nevent: %s\ndata: %s\n\n" % (self._mark, named(one).encode(), data))

    @property
    def _mark(self) -> bytes:
        return b"" if self._own.mark is None else self._own.mark.text.encode()

    @property
    def _left(self) -> float:
        """Seconds until it is time for a beat: that something happened of which nothing was sent puts it off by
        nothing."""
        return self._sent_at + self._beat_s - asyncio.get_running_loop().time()

    async def _rung(self) -> None:
        """Waits until there is something to look for, or it is time for a beat."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._left):
                await self._own.bell.wait()

    async def _sent(self, send: Send, part: bytes) -> None:
        """Raises TimeoutError where the caller does not take it."""
        async with asyncio.timeout(self._silence):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        self._sent_at = asyncio.get_running_loop().time()

    async def _gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._own.bell.set()
