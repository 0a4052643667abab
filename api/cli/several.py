"""How do several processes serve one map?

The first process listens, does the jobs and looks after the others; each of these answers on its own, and all of them
read the published map from one snapshot.
"""

import logging
import os
import signal
import sys
import time
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread

from fastapi import FastAPI
from sqlalchemy import Engine
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from api import settings
from api.app import create_app
from api.cli.serving_frame import config_of, logged, said_ready
from api.cli.store import snapshots_of
from api.settings import Settings
from api.work import Work
from geo.store.connect import service_engine

UNREACHABLE, WRONG = 3, 2
"""As in `api.cli.main`, which loads this file."""
START_S = 120.0
"""A process that does not answer after this time will not."""
TICK_S = 0.5
"""How often a signal is looked for while processes come up."""


def serve(told: Settings, engine: Engine, work: Work) -> None:
    """Until a signal ends it. Ends with `UNREACHABLE` where the processes do not come up, with `WRONG` where nobody can
    listen."""
    url = engine.url.render_as_string(hide_password=False)
    os.environ |= {"DATABASE_URL": url, "WANGGE_HOST": told.host, "WANGGE_PORT": str(told.port)}  # as they read it
    config = config_of("api.cli.several:worker", told, factory=True, workers=told.workers)
    try:
        listening = config.bind_socket()
    except SystemExit:
        sys.exit(WRONG)
    work.start()
    try:
        supervisor = Supervisor(config, [listening])
        supervisor.run()
    finally:
        work.stop()
        listening.close()
    if not supervisor.was_told_to_end:
        sys.exit(UNREACHABLE)


class Supervisor(Multiprocess):
    """Says on stdout, on one line, where the processes answer as soon as all of them do."""

    was_told_to_end = False

    def init_processes(self) -> None:
        super().init_processes()
        if all(self._comes_up(process) for process in self.processes):
            said_ready(self.sockets[0])
        else:
            self.should_exit.set()

    def _comes_up(self, process: Process) -> bool:
        until = time.monotonic() + START_S
        while time.monotonic() < until and not self.should_exit.is_set() and process.process.is_alive():
            if process.wait_until_ready(TICK_S, self.should_exit):
                return True
            self.handle_signals()
        return False

    def handle_term(self) -> None:
        self.was_told_to_end = True
        super().handle_term()

    def handle_int(self) -> None:
        self.was_told_to_end = True
        super().handle_int()


def worker() -> FastAPI:
    """The app of one process; it ends with the one that began it."""
    logged()
    Thread(target=_until_orphaned, name="parent", daemon=True).start()
    told = settings.read()
    assert told.database_url is not None  # set by `serve`
    engine = service_engine(told.database_url)
    return create_app(told, engine, None, snapshots_of(told, engine.url))


def _until_orphaned() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        logging.getLogger(__name__).warning("the process that began this one is gone")
        os.kill(os.getpid(), signal.SIGTERM)
