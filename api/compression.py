"""How are large answers made small without their tags telling a lie?

A strong tag stands for these very bytes, so the compressed form of `"5"` is `"5-gzip"`. What comes back in `If-Match`
and `If-None-Match` is read without the ending: routes never see it, and a change with `If-Match: "5-gzip"` works.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.texts import quality

SMALLEST = 1024
"""Bytes; less than a packet gains nothing."""
LEVEL = 5
"""Of 9; above it GeoJSON grows no smaller worth the time."""

_ENDING = b'-gzip"'


class Compression:
    """gzip for callers that accept it; answers that are compressed already pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzip = GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = _strip_endings(scope)

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_ending(MutableHeaders(scope=message), is_known=message["status"] == 304 and known)
            await send(message)

        await (self._gzip if _accepts_gzip(scope) else self._app)(scope, receive, tagged)


def _strip_endings(scope: Scope) -> bool:
    """Takes the endings off the conditions of the request; whether `If-None-Match` had one."""
    conditions = {b"if-match", b"if-none-match"}
    ended = {name for name, value in scope["headers"] if name in conditions and _ENDING in value}
    if ended:
        scope["headers"] = [
            (name, value.replace(_ENDING, b'"') if name in ended else value) for name, value in scope["headers"]
        ]
    return b"if-none-match" in ended


def _set_ending(headers: MutableHeaders, *, is_known: bool) -> None:
    tag = headers.get("etag", "")
    if tag.startswith('"') and (is_known or headers.get("content-encoding") == "gzip"):
        headers["ETag"] = f"{tag[:-1]}{_ENDING.decode('ascii')}"


def _accepts_gzip(scope: Scope) -> bool:
    for part in Headers(scope=scope).get("accept-encoding", "").split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() == "gzip":
            return quality(weight) > 0
    return False
