"""What can be found in the published state, kept up with it behind the lookups?

Making it takes seconds for a city, so a thread of its own does, and makes anew what a publication changed; until it is
done the former one answers.
"""

import logging
import time
from threading import Event, Thread

from psycopg import OperationalError
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.files.refusals import FileUnwritable
from geo.findable import Things, made
from geo.packing import Packed
from geo.people import microseconds
from geo.refound import refound
from geo.search import Finder
from geo.store import search, search_news
from geo.store.connect import reachable, session
from geo.store.errors import StoreUnavailable
from geo.store.published import current_publication
from geo.store.snapshot import Snapshots
from geo.store.tables import publication

RETRY_S = 0.5
PATIENCE_S = 1.0
"""Publications that follow each other faster are made searchable together."""

Told = dict[str, int | None]
"""Which publication a finder was made of, and its instant, microseconds since 1970 UTC."""

log = logging.getLogger(__name__)


class Searchable:
    """The newest finder of a running service; with `snapshots` it is shared by all processes of the machine."""

    def __init__(self, engine: Engine, snapshots: Snapshots | None = None) -> None:
        self._engine, self._snapshots = engine, snapshots
        self._finder: Finder | None = None
        self._state: Packed | None = None
        self._told: Told | None = None
        self._asked, self._stop = Event(), Event()
        self._thread = Thread(target=self._follow, name="searchable", daemon=True)

    def finder(self) -> Finder:
        """Raises StoreUnavailable before there is one."""
        if self._finder is None:
            raise StoreUnavailable("nothing can be searched yet")
        return self._finder

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """One that waits for a database that hangs is left to die with the process."""
        self._stop.set()
        self._asked.set()
        if self._thread.is_alive():
            self._thread.join(timeout=RETRY_S + 5)

    def published(self) -> None:
        """Something was published: look whether it can be searched for."""
        self._asked.set()

    def begin_from_disk(self) -> None:
        """While the database is away: what could be found last."""
        state = self._snapshots.newest() if self._snapshots else None
        if state is not None:
            self._finder = Finder(state.columns)

    def refresh(self) -> None:
        """Make the finder of the state in force where it differs from the one there is. Raises StoreUnavailable."""
        with reachable(), session(self._engine) as work, work.begin():
            work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            told = _told(work)
            if told != self._told:
                self._state = self._of_disk(told) or self._made(work, told)
                self._finder, self._told = Finder(self._state.columns, told["publication"]), told

    def _of_disk(self, told: Told) -> Packed | None:
        """What was made of another store has the same number by chance, but not the same instant."""
        state = self._snapshots.read(told["publication"] or 0) if self._snapshots else None
        return state if state is not None and dict(state.told) == told else None

    def _made(self, work: Session, told: Told) -> Packed:
        """By one process; the others wait until it did."""
        if self._snapshots is None:
            return _state(work, told, self._state)
        with self._snapshots.turn() as has_turn:
            state = self._of_disk(told)
            if state is None:
                before = self._state or self._snapshots.newest()
                state = _state(work, told, before)
                if has_turn and state is not before:
                    _keep(self._snapshots, state)
            return state

    def _follow(self) -> None:
        while not self._stop.is_set():
            self._asked.wait()
            self._asked.clear()
            try:
                if not self._stop.is_set():
                    began = time.monotonic()
                    self.refresh()
                    self._stop.wait(PATIENCE_S - (time.monotonic() - began))
            except (StoreUnavailable, OperationalError, DBAPIError) as error:
                log.warning("what can be searched cannot be made anew: %s", type(error).__name__)
                self._stop.wait(RETRY_S)
                self._asked.set()


def _told(work: Session) -> Told:
    """The publication in force, and its instant."""
    number = current_publication(work)
    return {"publication": number, "at": _instant(work, number)}


def _instant(work: Session, number: int | None) -> int | None:
    at = work.scalar(select(publication.c.at).where(publication.c.number == number))
    return None if at is None else microseconds(at)


def _state(work: Session, told: Told, before: Packed | None) -> Packed:
    """What can be found of the publication in force; the very state before, if it is of this store and nothing of it
    changed."""
    number, news = told["publication"] or 0, None
    if before is not None:
        once = before.told["publication"]
        if 0 < once <= number and _instant(work, once) == before.told["at"]:
            news = search_news.since(work, once, number, Things(before.columns))
    if before is None or news is None:
        return Packed(told, made(search.entries(work, number), number))
    return Packed(told, refound(before.columns, news.entries, news.gone, number)) if news else before


def _keep(snapshots: Snapshots, state: Packed) -> None:
    try:
        snapshots.keep(state)
    except FileUnwritable as error:
        log.warning("what can be searched could not be kept: %s", error)
