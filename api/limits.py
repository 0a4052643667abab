"""How much, how long and how deep may a request be?

Pure ASGI, so that a body too large is refused while it comes in, not after. A refusal closes the connection: what is
still on its way is not read.
"""

import asyncio
import re
import sys
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

import anyio
import orjson
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.faults import Fault
from api.problems import Problem, response
from api.settings import Settings

CLOSE = {"Connection": "close"}
UPLOADS = "/v1/imports"
"""Where files come in that are not held in memory: larger, and with more time."""
STREAMS = "/v1/owner/stream"
"""Where rows come in that are answered as they come: however many, as long as the next ones do not keep us waiting.
They are not compressed on the way back, which would hold up everybody else."""

_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TO_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def read_json(body: bytes, settings: Settings) -> Any:
    """The document in a body. Raises the problem `body-too-deep` or `invalid-body`; NaN and Infinity are no JSON."""
    if is_deeper(body, settings.json_depth):
        raise Problem("body-too-deep", {"limit": settings.json_depth})
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Problem("invalid-body", errors=[Fault("parameter.json", pointer="#")]) from None


def is_deeper(body: bytes, limit: int) -> bool:
    """Whether more than `limit` arrays and objects are nested. Says False of what does not even close.

    Takes the innermost pairs of brackets away, one level a round, so it costs a few passes over the bytes and no stack.
    """
    brackets = _STRINGS.sub(b"", body).translate(_TO_SQUARE, _NO_BRACKETS)
    for _ in range(limit):
        brackets, before = brackets.replace(b"[]", b""), len(brackets)
        if len(brackets) == before:
            return False
    return b"[]" in brackets


class RequestLimits:
    """Sizes of URL, headers and body, the time a body may take, and no compressed bodies."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(reversed(scope["headers"]))  # the first of each name
        problem = _refusal_of_head(scope, self._settings) or _refusal_of_body(scope, headers, self._settings)
        if problem is not None:
            await response(Request(scope), problem)(scope, receive, send)
            return
        if _is_stream(scope):
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": plain}
        if _has_no_body(scope, headers):
            await self._app(scope, receive, send)
            return
        watched = _Body(scope, receive, send, self._settings)
        await self._app(scope, watched.receive, watched.send)


def _refusal_of_head(scope: Scope, settings: Settings) -> Problem | None:
    path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    if len(path) + len(query) > settings.url_bytes:
        return Problem("url-too-long", {"limit": settings.url_bytes}, headers=CLOSE)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > settings.header_bytes:
        return Problem("headers-too-large", {"limit": settings.header_bytes}, headers=CLOSE)
    if not _is_text(path) or not _is_text(query):
        return Problem("malformed-request")
    return None


def _refusal_of_body(scope: Scope, headers: Mapping[bytes, bytes], settings: Settings) -> Problem | None:
    """What its announcement alone forbids. A body is coded by nothing but the chunks it comes in."""
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        return Problem("encoded-body", headers=CLOSE)
    if headers.get(b"transfer-encoding", b"chunked").strip().lower() != b"chunked":
        return Problem("encoded-body", headers=CLOSE)
    length = headers.get(b"content-length", b"0")
    if not length.isdigit():
        return Problem("malformed-request", headers=CLOSE)
    most = _room(scope, settings)[0]
    if len(length) > 18 or int(length) > most:
        return Problem("body-too-large", {"limit": most}, headers=CLOSE)
    return None


def _has_no_body(scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
    """Whether there is nothing to wait for: HTTP/1 announces every body (RFC 9112, section 6.3)."""
    is_announced = b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"
    return not is_announced and bool(scope["http_version"] in {"1.0", "1.1"})


def _room(scope: Scope, settings: Settings) -> tuple[int, float]:
    """Bytes that the body of this request may have, and seconds to come in."""
    if scope["method"] == "POST" and scope["path"] == UPLOADS:
        return settings.upload_bytes, settings.upload_seconds
    if _is_stream(scope):
        return sys.maxsize, settings.body_seconds
    return settings.body_bytes, settings.body_seconds


def _is_stream(scope: Scope) -> bool:
    return bool(scope["method"] == "POST" and scope["path"] == STREAMS)


def _is_text(quoted: bytes) -> bool:
    """UTF-8 without U+0000, which no database takes."""
    raw = unquote_to_bytes(quoted) if b"%" in quoted else quoted
    if raw.isascii():
        return b"\0" not in raw
    try:
        return "\0" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False


class _Body:
    """Counts a body as it comes in. Once it is refused, whatever the route answers becomes that refusal."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, settings: Settings) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._most, self._seconds = _room(scope, settings)
        self._deadline = asyncio.get_running_loop().time() + self._seconds
        self._is_stream = _is_stream(scope)
        self._size = 0
        self._is_complete = False
        self._problem: Problem | None = None

    async def receive(self) -> Message:
        if self._is_complete:
            return await self._receive()
        if self._problem is not None:
            raise self._problem
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self._refuse(Problem("body-too-slow", {"seconds": self._seconds}, headers=CLOSE))
        if self._is_stream:
            self._deadline = asyncio.get_running_loop().time() + self._seconds
        self._size += len(message.get("body", b""))
        if self._size > self._most:
            self._refuse(Problem("body-too-large", {"limit": self._most}, headers=CLOSE))
        self._is_complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if self._problem is None:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await response(Request(self._scope), self._problem)(self._scope, self._receive, self._send)

    def _refuse(self, problem: Problem) -> NoReturn:
        self._problem = problem
        raise problem


class Deadline:
    """A request is answered within `seconds` of its last byte, or told 503.

    Work in a thread cannot be stopped from outside: it goes on unheard and ends by its own limits (the pool's, the
    database's). An answer that has begun is left alone.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Watch(scope, receive, send, self._seconds).run(self._app)
        else:
            await self._app(scope, receive, send)


class _Watch:
    """One timer for a request: what comes in later only moves the time that it is to look at."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        self._scope, self._receive, self._send, self._seconds = scope, receive, send, seconds
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time() + seconds
        self._timer = self._loop.call_at(self._due, self._look)
        self._work = anyio.CancelScope()
        self._has_begun = False
        self._refusal: asyncio.Task[None] | None = None

    async def run(self, app: ASGIApp) -> None:
        try:
            with self._work:
                await app(self._scope, self._heard, self._told)
        finally:
            self._timer.cancel()
            if self._refusal is not None:
                await self._refusal

    async def _heard(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._due = self._loop.time() + self._seconds
        return message

    async def _told(self, message: Message) -> None:
        if self._refusal is None:
            self._has_begun = True
            await self._send(message)

    def _look(self) -> None:
        if self._has_begun:
            return
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._look)
        else:
            problem = Problem("not-answered-in-time", {"seconds": self._seconds}, headers=CLOSE)
            answer = response(Request(self._scope), problem)
            self._refusal = self._loop.create_task(answer(self._scope, self._receive, self._send))
            self._work.cancel()
