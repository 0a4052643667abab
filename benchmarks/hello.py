"""What would `wangge serve` cost if it had nothing to say? The same program with two routes that say so.

`python -m benchmarks.hello PLAIN FULL serve --port 0`: `/hello/plain` and `/hello/full` answer with bodies of that many
bytes, beside the real routes: same server, same middleware, same response class, and found as early as the owner is.
"""

import sys
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from api.app import create_app
from api.cli import main as command
from api.cli import serving
from api.routes import owner


def main() -> None:
    """Run the command line with the two routes in its app."""
    plain, full = map(int, sys.argv[1:3])
    del sys.argv[1:3]

    def with_hello(*arguments: Any, **named: Any) -> FastAPI:
        app = create_app(*arguments, **named)
        behind_owner(app, router(plain, full))
        return app

    vars(serving)["create_app"] = with_hello
    command()


def router(plain: int, full: int) -> APIRouter:
    """Two routes with bodies of so many bytes."""
    made = APIRouter(prefix="/hello")
    bodies = [b'"' + b"-" * (size - 2) + b'"' for size in (plain, full)]

    @made.get("/plain")
    async def hello_plain() -> Response:
        return Response(bodies[0], media_type="application/json")

    @made.get("/full")
    async def hello_full() -> Response:
        return Response(bodies[1], media_type="application/json")

    return made


def behind_owner(app: FastAPI, added: APIRouter) -> None:
    """Put routes right behind those of the owner: who stands last is tried last, and that has its price."""
    app.include_router(added)
    routes = app.router.routes
    routes.insert(_place(app), routes.pop())


def _place(app: FastAPI) -> int:
    for number, route in enumerate(app.router.routes):
        if getattr(route, "original_router", None) is owner.router or getattr(route, "path", None) == "/v1/owner":
            return number + 1
    return len(app.router.routes)


if __name__ == "__main__":
    main()
