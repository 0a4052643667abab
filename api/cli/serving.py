"""The verbs `init` and `serve`."""

import logging
import socket
import sys
from threading import Event, Thread
from typing import Annotated

import typer
import uvicorn

from api import settings
from api.app import create_app
from api.cli.output import say
from api.cli.store import opened
from api.work import Work


def init() -> None:
    """Make the store and bring its tables up to date."""
    with opened(settings.read()):
        say("the store is ready")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; WANGGE_HOST, else loopback")] = None,
    port: Annotated[int | None, typer.Option(help="Port; WANGGE_PORT, else 8000; 0 takes a free one")] = None,
) -> None:
    """Serve the published map, and print `ready http://...` when it answers."""
    stated = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    told = settings.read(**stated)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for quiet in ("alembic", "procrastinate", "psycopg.pool"):
        logging.getLogger(quiet).setLevel(logging.ERROR if quiet == "psycopg.pool" else logging.WARNING)
    with opened(told, serving=True) as store:
        stop = Event()
        watch = Thread(target=store.cluster.watch, args=(stop,), name="cluster") if store.cluster else None
        if watch:
            watch.start()
        try:
            app = create_app(told, store.engine, Work(store.engine, told, alone=store.cluster is not None))
            config = uvicorn.Config(
                app, told.host, told.port, access_log=False, log_config=None, server_header=False, proxy_headers=False
            )
            Ready(config).run()
        finally:
            stop.set()
            if watch:
                watch.join()


UNREACHABLE, WRONG = 3, 2
"""As in `api.cli.main`, which loads this file."""


class Ready(uvicorn.Server):
    """Says on stdout, on one line, where it answers as soon as it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            sys.exit(UNREACHABLE if self.lifespan.should_exit else WRONG)  # WRONG: nobody can listen there
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(f"ready http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)  # noqa: T201
