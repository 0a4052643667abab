"""How do rows flow through a request: in piece by piece, out piece by piece, with no more in memory than a portion?

The work is done in a thread, one portion at a time. The next one is begun when the last one was taken by the caller, so
one who does not read is not read from. Whoever leaves, falls silent or takes too long is cut off: an answer without its
end, which every client notices.
"""

import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import anyio
from anyio import from_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.pool import ClientGone
from api.problems import Problem
from geo.refusal import Refusal

_LOG = logging.getLogger(__name__)


def pieces(request: Request) -> Iterator[bytes]:
    """The body of a request, to be gone through in a thread of the pool. Raises `ClientDisconnect`, and `Problem` for a
    caller that falls silent."""
    stream = request.stream()
    while (piece := from_thread.run(_next, stream)) is not None:
        if piece:
            yield piece


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    return await anext(stream, None)


async def flow(
    parts: Iterator[bytes], media: str, headers: Mapping[str, str], seconds: float, silence: float
) -> Response:
    """An answer of `parts`, whose first is made before anything is answered: what is wrong from the start is a problem.

    `seconds` for all of it, `silence` for the caller to take a part.
    """
    began = time.monotonic()
    try:
        first = await run_in_threadpool(next, parts, b"")
    except ClientDisconnect:
        raise ClientGone from None
    return _Flow(first, parts, media, headers, began + seconds, silence)


class _Flow(Response):
    def __init__(
        self, first: bytes, parts: Iterator[bytes], media: str, headers: Mapping[str, str], until: float, silence: float
    ) -> None:
        self.status_code, self.media_type, self.background = 200, media, None
        self.body = first
        self.init_headers(dict(headers))
        del self.headers["content-length"]
        self._parts, self._until, self._silence = parts, until, silence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the body is read below
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        part: bytes | None = bytes(self.body)
        while part is not None:
            if not await self._sent(send, part):
                return
            try:
                part = await run_in_threadpool(next, self._parts, None)
            except (ClientDisconnect, Problem, Refusal) as error:
                _LOG.info("an answer was broken off: %s", type(error).__name__)
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _sent(self, send: Send, part: bytes) -> bool:
        """Whether the caller took it in time."""
        message: dict[str, Any] = {"type": "http.response.body", "body": part, "more_body": True}
        with anyio.move_on_after(min(self._silence, self._until - time.monotonic())) as patience:
            await send(message)
        if patience.cancelled_caught or time.monotonic() > self._until:
            _LOG.info("an answer was broken off: nobody took it in time")
            return False
        return True
