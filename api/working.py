"""How is one turn of a job worked on? In a process of its own, which is killed to stop it.

Each step is one transaction, and the job's row changes in the same one.
"""

import os
import signal
from collections.abc import Mapping
from datetime import timedelta
from importlib import import_module
from multiprocessing import connection, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, Final
from uuid import UUID

from psycopg import Connection
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from api.problems import Problem
from api.refused import problem_of
from api.turn import Turn
from geo.noding import NodingUnsettledError
from geo.refusal import Refusal
from geo.store import jobs, refusals
from geo.store.connect import reachable, service_engine, session
from geo.store.errors import StoreUnavailable
from geo.store.refusals import Refused
from geo.store.stopping import name_of

KINDS: Final[Mapping[str, str]] = {"import": "api.importing", "draw": "api.drawing", "repairs": "api.repair_work"}
"""The room whose `work` does a job of a kind: a process that takes in files does not load what draws."""


def run(url: str, folder: str, number: UUID, turn: int, keep: timedelta) -> None:
    """Work on a job until it has ended. Raises Stopped when the turn is somebody else's by now, StoreUnavailable."""
    engine = service_engine(url)
    event.listen(engine, "connect", _named(number))
    try:
        with reachable(), session(engine) as work:
            job = jobs.find(work, number)
        if job.turn != turn:
            raise jobs.Stopped
        _work(Turn(engine, Path(folder), job, keep))
    finally:
        engine.dispose()


def prepare() -> None:
    """Before the first job of a process: it does not outlive the service."""
    Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _work(mine: Turn) -> None:
    try:
        import_module(KINDS[mine.job.kind]).work(mine)
    except (Refusal, Refused) as error:
        if isinstance(error, refusals.Busy):
            raise StoreUnavailable("others have been writing for too long") from error
        mine.fail(problem_of(error, mine.language))
    except NodingUnsettledError:
        mine.fail(Problem("borders-too-close", {"codes": "–"}))
    except Problem as problem:
        mine.fail(problem)


def _named(number: UUID) -> Any:
    """So that what a killed process still has running in the database can be found."""

    def name(driver: Connection, _: ConnectionPoolEntry) -> None:
        driver.execute("SELECT set_config('application_name', %s, false)", [name_of(number)])
        driver.commit()

    return name


def _end_with_parent() -> None:
    """A job does not outlive the service that does it, however that ended."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)
