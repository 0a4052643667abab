"""Which requests are answered before anything else is looked at? Those for a tile in memory, or only to be made.

A map asks for hundreds of tiles; reading a request as the framework does costs many times what it takes to hand out
bytes, and as much as making them. Anything that is not written as nearly all such requests are goes on to the route,
and so does every refusal: a test holds the ways to the same answers.
"""

from collections.abc import Mapping, MutableMapping
from functools import partial
from time import perf_counter
from typing import Any

from starlette.datastructures import Headers as Asked
from starlette.types import ASGIApp, Receive, Scope, Send

from api.metrics import Metrics
from api.security import Cors
from api.settings import Settings
from api.tile_answer import Headers, told, wants_gzip
from api.tile_cache import Tile
from api.tile_desk import TileDesk
from api.tile_place import Place, plainly

TEMPLATE, OF_MATRIX = "/tiles/{publication}/{layer}/{z}/{x}/{y}", "/tiles/{matrix}/{publication}/{layer}/{z}/{x}/{y}"
"""What metrics call these requests: the paths of the routes."""
UNUSUAL = frozenset({b"content-length", b"transfer-encoding", b"content-encoding"})
"""Who sends one of these announces a body, which is looked at closely."""
UNMADE = "wangge.unmade"
"""Where the route finds in a scope why its tile could not be made: nobody tries it, or waits for it, twice."""

Answer = tuple[int, Headers, bytes]
Head = Mapping[bytes, bytes]


class QuickAnswers:
    """What can be said at once, and counted as any answer is."""

    def __init__(self, desk: TileDesk, settings: Settings, metrics: Metrics) -> None:
        self._desk, self._metrics = desk, metrics
        self._header_bytes = settings.header_bytes
        self.is_for_origins = bool(settings.cors_origins)
        """Whether what goes out depends on the page that asks."""

    def answer(self, scope: Scope) -> Answer | None:
        """Status, headers and body for a request to an address of `/tiles/`; None for one to be looked at closely."""
        begin, read = perf_counter(), self._read(scope)
        if read is None:
            return None
        publication, place, asked = read
        found = self._desk.at_once(publication, place)
        if found is None or (wants_gzip(asked) and not found[0].is_packed):
            return None
        return self._told(scope, read, found, begin)

    async def made(self, scope: Scope) -> Answer | None:
        """The same of a tile that is made now from what is derived. Raises as `TileDesk.made_now` does."""
        begin, read = perf_counter(), self._read(scope)
        if read is None:
            return None
        publication, place, asked = read
        self._metrics.in_flight += 1
        try:
            found = await self._desk.made_now(publication, place)
            if found is not None and wants_gzip(asked):
                await self._desk.pack(place, found[0])
        finally:
            self._metrics.in_flight -= 1
        return None if found is None else self._told(scope, read, found, begin)

    def _read(self, scope: Scope) -> tuple[str, Place, Head] | None:
        """The publication as it is written, the place and the headers of a request as nearly all of them are."""
        if scope["query_string"] or scope["method"] not in {"GET", "HEAD"}:
            return None
        asked, address = dict(scope["headers"]), plainly(scope["path"])
        if address is None or len(asked) != len(scope["headers"]) or not self._is_plain(asked):
            return None
        return *address, asked

    def _told(self, scope: Scope, read: tuple[str, Place, Head], found: tuple[Tile, int], begin: float) -> Answer:
        publication, place, asked = read
        status, headers, body = told(*found, asked, is_current=publication == "current")
        template = OF_MATRIX if place.is_other else TEMPLATE
        self._metrics.count(template, scope["method"], status, perf_counter() - begin)
        return status, headers, b"" if scope["method"] == "HEAD" else body

    def _is_plain(self, asked: Head) -> bool:
        """Whether no header announces a body, and they are not too long together."""
        if not UNUSUAL.isdisjoint(asked):
            return False
        return sum(map(len, asked)) + sum(map(len, asked.values())) <= self._header_bytes


class QuickTiles:
    """In front of everything."""

    def __init__(self, app: ASGIApp, answers: QuickAnswers, settings: Settings) -> None:
        self._app, self._answers = app, answers
        self._cors = Cors(app, settings.cors_origins) if settings.cors_origins else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = await self._found(scope) if scope["type"] == "http" and scope["path"].startswith("/tiles/") else None
        if found is None:
            await self._app(scope, receive, send)
            return
        status, headers, body = found
        if self._cors is not None:
            send = partial(self._cors.send, send=send, request_headers=Asked(scope=scope))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _found(self, scope: MutableMapping[str, Any]) -> Answer | None:
        try:
            return self._answers.answer(scope) or await self._answers.made(scope)
        except Exception as error:  # noqa: BLE001 - whatever it is, the route raises it, and its app says it
            scope[UNMADE] = error
            return None
