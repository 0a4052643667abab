"""How does a tile that is in memory leave with one write?

The server makes a task of each request, looks at each header of an answer, and writes head and body apart; for bytes
that are there already this is most of the work. `TileWire` looks before it does so whether there is such a tile. What
`api.wire` refuses it refuses too: a request comes here after it was read.
"""

import asyncio
import socket
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from api.tile_quick import QuickAnswers
from api.wire import Wire


class TileWire(Wire):
    """One connection; its app has `QuickAnswers` in `state.quick_tiles`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Head and body of other answers are two writes, and the second one is not to wait until the first was heard
        of. asyncio sees to that only where it made the socket itself, which it does not for several processes."""
        super().connection_made(transport)
        own = transport.get_extra_info("socket")
        if own is not None and own.family in {socket.AF_INET, socket.AF_INET6}:
            own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        written = None if self.pipeline else self._written(cycle, app)  # one after another is no recursion
        if written is None:
            super()._start_asgi_task(cycle, app)
            return
        cycle.response_started = cycle.response_complete = True
        self.transport.write(written)
        cycle.on_response()

    def _written(self, cycle: RequestResponseCycle, app: Any) -> bytes | None:
        """The whole answer; None for what is not answered here."""
        if not cycle.scope["path"].startswith("/tiles/"):
            return None
        answers: QuickAnswers | None = getattr(getattr(app, "state", None), "quick_tiles", None)
        if answers is None or answers.is_for_origins or self.flow.write_paused or not cycle.keep_alive:
            return None
        found = answers.answer(cast(Scope, cycle.scope))
        if found is None:
            return None
        status, headers, body = found
        head = [b"%s: %s\r\n" % line for line in (*cycle.default_headers, *headers)]
        return b"".join((STATUS_LINE[status], *head, b"\r\n", body))
