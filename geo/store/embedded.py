"""Where does the store live when no DATABASE_URL is given? In a private PostgreSQL that its users share.

Whoever works on a data folder joins its cluster: the first starts it, the last one out stops it. Three file locks hold
this, and the kernel frees them however a process ends:

- `serve`: held by the one service of the folder;
- `users`: shared by all who use the cluster; whoever can have it alone is the last;
- `start`: held only while starting, stopping, entering and leaving.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from urllib.parse import quote

from geo.store import cluster, lock, postmaster
from geo.store.errors import AlreadyServing, StoreUnavailable
from geo.store.place import POINTER, PORT, Place, settle
from geo.store.roles import DATABASE, OWNER, SERVICE

__all__ = ["AlreadyServing", "Cluster", "StoreUnavailable", "erase", "joined", "serving"]

START_LOCK_S = cluster.START_S + cluster.INIT_S
"""Seconds to wait for another command that starts or stops the cluster."""
WATCH_S = 1.0
"""How often a watch looks whether it shall end; the death of the database wakes it at once."""
RETRY_S = 2.0
"""Seconds between two tries to bring a dead database back."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cluster:
    """A running private cluster, for as long as the block that gave it."""

    place: Place

    @property
    def owner_url(self) -> str:
        """SQLAlchemy's address for the role that owns the database and migrates it."""
        return _url(OWNER, self.place)

    @property
    def service_url(self) -> str:
        """SQLAlchemy's address for the service's role, which owns nothing."""
        return _url(SERVICE, self.place)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should be told about this cluster, on stderr."""
        return (self.place.note,) if self.place.note else ()

    def ensure_running(self) -> None:
        """Start the database again if it died; quick where it runs. Raises StoreUnavailable."""
        with _starting(self.place):
            cluster.ensure(self.place, may_make=False)

    def watch(self, stop: Event) -> None:
        """Bring the database back whenever it dies, until `stop` is set; for a thread of the service.

        End it (set `stop`, join the thread) before leaving the block that gave the cluster.
        """
        while not stop.is_set():
            number = postmaster.pid(self.place.cluster)
            if number is not None and not postmaster.gone([number], WATCH_S):
                continue
            if stop.is_set():
                return
            try:
                self.ensure_running()
                log.warning("the database had died and runs again")
            except StoreUnavailable as error:
                log.error("the database died and cannot be started again yet: %s", error)
                stop.wait(RETRY_S)


@contextmanager
def joined(data: Path) -> Iterator[Cluster]:
    """The cluster of a data folder: joined where it runs, else made and started; the last one out stops it.

    Raises StoreUnavailable.
    """
    place = settle(data)
    with _starting(place):
        users = lock.take(place.users, shared=True)
    try:
        with _starting(place):
            cluster.ensure(place, may_make=True)
        yield Cluster(place)
    finally:
        try:
            with _starting(place):
                if lock.alone(users):
                    cluster.stop(place)
        finally:
            os.close(users)


@contextmanager
def serving(data: Path) -> Iterator[Cluster]:
    """As `joined`, for the one service of a data folder. Raises AlreadyServing, StoreUnavailable."""
    place = settle(data)
    try:
        fd = lock.take(place.serve)
    except lock.Held:
        raise AlreadyServing(str(data), lock.signer(place.serve)) from None
    try:
        lock.sign(fd)
        with joined(data) as running:
            yield running
    finally:
        os.close(fd)


def erase(data: Path) -> None:
    """Stop and delete the cluster of a data folder, wherever it lies. Raises StoreUnavailable while others use it."""
    place = settle(data)
    with _starting(place):
        try:
            users = lock.take(place.users)
        except lock.Held:
            raise StoreUnavailable(f"{data} is in use", "stop its service and commands first") from None
        try:
            cluster.stop(place)
            for folder in (place.cluster, place.home / "run", place.log, place.locks):
                shutil.rmtree(folder, ignore_errors=True)
            if place.home != place.data:
                (place.data / POINTER).unlink(missing_ok=True)
                shutil.rmtree(place.home, ignore_errors=True)
        finally:
            os.close(users)


@contextmanager
def _starting(place: Place) -> Iterator[None]:
    try:
        with lock.holding(place.start, wait_s=START_LOCK_S):
            yield
    except lock.Held:
        raise StoreUnavailable(f"another command has been starting or stopping {place.data} for too long") from None


def _url(role: str, place: Place) -> str:
    return f"postgresql+psycopg://{role}@/{DATABASE}?host={quote(str(place.sockets))}&port={PORT}"
