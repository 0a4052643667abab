"""The verbs `init` and `serve`."""

import socket
import sys
from threading import Event, Thread
from typing import Annotated

import typer
import uvicorn

from api import settings
from api.app import create_app
from api.cli import several
from api.cli.output import say
from api.cli.serving_frame import config_of, logged, said_ready
from api.cli.store import Opened, opened, snapshots_of
from api.settings import Settings
from api.work import Work


def init() -> None:
    """Make the store and bring its tables up to date."""
    with opened(settings.read()):
        say("the store is ready")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; WANGGE_HOST, else loopback")] = None,
    port: Annotated[int | None, typer.Option(help="Port; WANGGE_PORT, else 8000; 0 takes a free one")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that answer; WANGGE_WORKERS, else 1")] = None,
) -> None:
    """Serve the published map, and print `ready http://...` when it answers."""
    options = {"host": host, "port": port, "workers": workers}
    told = settings.read(**{name: value for name, value in options.items() if value is not None})
    logged()
    with opened(told, serving=True) as store:
        stop = Event()
        watch = Thread(target=store.cluster.watch, args=(stop,), name="cluster") if store.cluster else None
        if watch:
            watch.start()
        try:
            _serve(told, store)
        finally:
            stop.set()
            if watch:
                watch.join()


def _serve(told: Settings, store: Opened) -> None:
    work = Work(store.engine, told, alone=store.cluster is not None)
    if told.workers > 1:
        several.serve(told, store.engine, work)
    else:
        app = create_app(told, store.engine, work, snapshots_of(told, store.engine.url))
        Ready(config_of(app, told)).run()


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
            said_ready(self.servers[0].sockets[0])
