"""How are large answers made small without their tags telling a lie?

A strong tag stands for these very bytes, so the compressed form of `"5"` is `"5-gzip"`. What comes back in `If-Match`
and `If-None-Match` is read without the ending: routes never see it, and a change with `If-Match: "5-gzip"` works.
"""

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.texts import quality

SMALLEST = 1024
"""Bytes; less than a packet gains nothing."""
LEVEL = 5
"""Of 9; above it GeoJSON grows no smaller worth the time."""

ENDING = b'-gzip"'
"""How the tag of the compressed form ends."""
PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/vnd.pmtiles")
"""Media that are compressed within."""

_CONDITIONS = frozenset({b"if-match", b"if-none-match"})
_IN_GZIP = (b"content-encoding", b"gzip")

Headers = list[tuple[bytes, bytes]]


class Compression:
    """gzip for callers that accept it; answers that are compressed already pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzip = GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=LEVEL, exclude_content_types=PACKED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = _strip_endings(scope)

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                if (known and message["status"] == 304) or _IN_GZIP in headers:
                    message["headers"] = _with_ending(headers)
            await send(message)

        accepted = dict(reversed(scope["headers"])).get(b"accept-encoding", b"")
        await (self._gzip if accepts_gzip(accepted) else self._app)(scope, receive, tagged)


def accepts_gzip(accepted: bytes) -> bool:
    """Whether who sends this `Accept-Encoding` takes gzip."""
    for part in accepted.decode("latin-1").split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() == "gzip":
            return quality(weight) > 0
    return False


def _strip_endings(scope: Scope) -> bool:
    """Takes the endings off the conditions of the request; whether `If-None-Match` had one."""
    ended = {name for name, value in scope["headers"] if name in _CONDITIONS and ENDING in value}
    if ended:
        scope["headers"] = [
            (name, value.replace(ENDING, b'"') if name in ended else value) for name, value in scope["headers"]
        ]
    return b"if-none-match" in ended


def _with_ending(headers: Headers) -> Headers:
    """The headers with the ending in a strong tag; a weak one says itself that bytes may differ."""
    return [(name, value[:-1] + ENDING if _is_strong(name, value) else value) for name, value in headers]


def _is_strong(name: bytes, value: bytes) -> bool:
    return name == b"etag" and value.startswith(b'"')
