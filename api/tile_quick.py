"""Which requests are answered before anything else is looked at? Those for a tile that is in memory.

A map asks for hundreds of tiles; reading a request as the framework does costs many times what it takes to hand out
bytes. Anything that is not written as nearly all such requests are goes on to the route, and so does every refusal: a
test holds the ways to the same answers.
"""

from collections.abc import Mapping
from functools import partial
from time import perf_counter

from starlette.datastructures import Headers as Asked
from starlette.types import ASGIApp, Receive, Scope, Send

from api.metrics import Metrics
from api.security import Cors
from api.settings import Settings
from api.tile_answer import Headers, told, wants_gzip
from api.tile_desk import TileDesk
from api.tile_place import plainly

TEMPLATE, OF_MATRIX = "/tiles/{publication}/{layer}/{z}/{x}/{y}", "/tiles/{matrix}/{publication}/{layer}/{z}/{x}/{y}"
"""What metrics call these requests: the paths of the routes."""
UNUSUAL = frozenset({b"content-length", b"transfer-encoding", b"content-encoding"})
"""Who sends one of these announces a body, which is looked at closely."""


class QuickAnswers:
    """What can be said at once, and counted as any answer is."""

    def __init__(self, desk: TileDesk, settings: Settings, metrics: Metrics) -> None:
        self._desk, self._metrics = desk, metrics
        self._header_bytes = settings.header_bytes
        self.is_for_origins = bool(settings.cors_origins)
        """Whether what goes out depends on the page that asks."""

    def answer(self, scope: Scope) -> tuple[int, Headers, bytes] | None:
        """Status, headers and body for a request to an address of `/tiles/`; None for one to be looked at closely."""
        begin, method = perf_counter(), scope["method"]
        if scope["query_string"] or method not in {"GET", "HEAD"}:
            return None
        asked, address = dict(scope["headers"]), plainly(scope["path"])
        if address is None or len(asked) != len(scope["headers"]) or not self._is_plain(asked):
            return None
        found = self._desk.at_once(*address)
        if found is None or (wants_gzip(asked) and not found[0].is_packed):
            return None
        status, headers, body = told(*found, asked, is_current=address[0] == "current")
        template = OF_MATRIX if address[1].is_other else TEMPLATE
        self._metrics.count(template, method, status, perf_counter() - begin)
        return status, headers, b"" if method == "HEAD" else body

    def _is_plain(self, asked: Mapping[bytes, bytes]) -> bool:
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
        is_tile = scope["type"] == "http" and scope["path"].startswith("/tiles/")
        found = self._answers.answer(scope) if is_tile else None
        if found is None:
            await self._app(scope, receive, send)
            return
        status, headers, body = found
        if self._cors is not None:
            send = partial(self._cors.send, send=send, request_headers=Asked(scope=scope))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
