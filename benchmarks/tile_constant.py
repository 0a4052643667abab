"""What is the most that `wangge serve` could hand out? The same program, and constant bytes as long as a tile.

`python -m benchmarks.tile_constant BYTES serve --port 0`: `/constant` is answered before anything of the program runs,
with as many headers as a tile has: same server, same reader of requests, no work at all.
"""

import sys
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import create_app
from api.cli import main as command
from api.cli import serving

PATH = "/constant"
HEADERS = [
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"x-publication", b"1"),
    (b"vary", b"Accept-Encoding"),
    (b"content-type", b"application/vnd.mapbox-vector-tile"),
    (b"etag", b'"000000000000000000000000"'),
]


class Constant:
    """In front of the whole program."""

    def __init__(self, app: ASGIApp, length: int) -> None:
        self._app, self._body = app, b"-" * length
        self._headers = [*HEADERS, (b"content-length", b"%d" % length)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body})


def main() -> None:
    """Run the command line with the constant in front of its app."""
    length = int(sys.argv[1])
    del sys.argv[1]

    def with_constant(*arguments: Any, **named: Any) -> FastAPI:
        app = create_app(*arguments, **named)
        app.add_middleware(Constant, length=length)
        return app

    vars(serving)["create_app"] = with_constant
    command()


if __name__ == "__main__":
    main()
