"""Who listens to what happens, and how do they hear of it?

One thread with one connection of its own listens to PostgreSQL for all of them, reads each event once, and keeps the
last ones in memory. A listener has no queue: it knows how far it is, takes what came after from memory, and from the
store where it is further behind. A slow one holds up nobody.
"""

import asyncio
import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from select import POLLIN, poll
from threading import Event as Flag
from threading import Lock, Thread

from psycopg import Connection, OperationalError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from geo.store import events
from geo.store.connect import reachable, session
from geo.store.drafts import CHANNEL
from geo.store.errors import StoreUnavailable
from geo.store.events import Event, PlanEvent

KEPT = 1_000
"""Events in memory."""
LOOK_S = 5.0
"""Longest time between an event and our telling it should its notice get lost, seconds."""
RETRY_S = 0.5
START_S = 10.0
"""Longest time until the store has said where the present is, seconds."""
TAG_BYTES = 4
"""Of what stands for an event in a mark."""

log = logging.getLogger(__name__)


class TooMany(Exception):  # noqa: N818 - an answer to who would listen, not a mistake of ours
    """No place for another listener is free; `most` is how many there are."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(frozen=True, slots=True)
class Told:
    """An event and the mark from which a listener goes on that has heard it."""

    event: Event
    mark: str


@dataclass(eq=False, slots=True)
class Listener:
    """One who listens: `bell` rings when there is something to look for, `mark` and `number` are how far it is. What it
    `heard` from the store may come once more from memory."""

    bell: asyncio.Event
    loop: asyncio.AbstractEventLoop
    number: int = 0
    mark: str | None = None
    heard: frozenset[str] = frozenset()

    def ring(self) -> None:
        """From any thread."""
        self.loop.call_soon_threadsafe(self.bell.set)


class Listening:
    """All listeners of a service, at most `most`."""

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine, self.most = engine, most
        self._listeners = set[Listener]()
        self._kept: deque[Told] = deque(maxlen=KEPT)
        self._count, self._lock = 0, Lock()
        self._cursor: str | None = None
        self._stop, self._begun = Flag(), Flag()
        self._bell, self._rope = -1, -1
        self._thread = Thread(target=self._follow, name="events", daemon=True)

    @property
    def count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    @property
    def is_over(self) -> bool:
        """Whether the service ends: listeners are to go."""
        return self._stop.is_set()

    def start(self) -> None:
        self._bell, self._rope = os.pipe()
        self._thread.start()

    @contextmanager
    def place(self) -> Iterator[Listener]:
        """A place for one listener; in the event loop. Raises TooMany."""
        if len(self._listeners) >= self.most:
            raise TooMany(self.most)
        own = Listener(asyncio.Event(), asyncio.get_running_loop())
        self._listeners.add(own)
        try:
            yield own
        finally:
            self._listeners.discard(own)

    def end(self) -> None:
        """Every listener is told to go; in the event loop."""
        self._stop.set()
        for one in [*self._listeners]:
            one.bell.set()

    def stop(self) -> None:
        """End the thread; one that waits for a database that hangs is left to die with the process."""
        self._stop.set()
        if self._thread.is_alive():
            os.write(self._rope, b"\n")
            self._thread.join(timeout=LOOK_S)
            if not self._thread.is_alive():
                os.close(self._rope)
                os.close(self._bell)

    def join(self, own: Listener, mark: str | None) -> Sequence[Told]:
        """What happened since a mark; without one it begins at the present. Asks the store: in a thread. Raises
        StoreUnavailable."""
        if not self._begun.wait(START_S):
            raise StoreUnavailable("events cannot be listened to")
        with self._lock:  # before the store is asked: what it does not say comes after this
            own.number, own.mark = self._count, mark or self._cursor
        return [] if mark is None else self._caught_up(own)

    def news(self, own: Listener) -> Sequence[Told] | None:
        """What a listener has not heard yet, from memory; None where it has to catch up."""
        with self._lock:
            behind = self._count - own.number
            if behind > len(self._kept):
                return None
            own.number = self._count
            fresh = [*islice(self._kept, len(self._kept) - behind, None)]
        return [one for one in fresh if tag_of(one.event) not in own.heard]

    def catch_up(self, own: Listener) -> Sequence[Told]:
        """The same from the store: in a thread. Raises StoreUnavailable."""
        with self._lock:
            own.number = self._count
        return self._caught_up(own)

    def _caught_up(self, own: Listener) -> list[Told]:
        cursor, _, tags = (own.mark or "").partition("~")
        heard = [tag for tag in tags.split(".") if tag]
        with reachable(), session(self._engine) as work, work.begin():
            work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            found, after = events.since(work, cursor or None)
        told = [one for one in _marked(found, after, heard) if tag_of(one.event) not in heard]
        own.heard, own.mark = frozenset(tag_of(one) for one in found), own.mark if told else after
        return told

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (StoreUnavailable, OperationalError, DBAPIError) as error:
                log.warning("events cannot be listened to: %s", type(error).__name__)
                self._stop.wait(RETRY_S)

    def _listen(self) -> None:
        """On a connection of its own, until it breaks or the service stops."""
        with reachable(), self._engine.connect() as outer:
            outer.execution_options(isolation_level="AUTOCOMMIT")
            outer.exec_driver_sql(f"LISTEN {CHANNEL}")
            driver = outer.connection.driver_connection
            assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
            either = poll()
            either.register(driver, POLLIN)
            either.register(self._bell, POLLIN)
            while not self._stop.is_set():
                self._take()
                either.poll(LOOK_S * 1000)
                for _ in driver.notifies(timeout=0):
                    pass

    def _take(self) -> None:
        """Read what is new and ring for everybody."""
        with session(self._engine) as work, work.begin():
            work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            found, cursor = events.since(work, self._cursor)
        with self._lock:
            self._kept.extend(_marked(found, cursor))
            self._count += len(found)
            self._cursor = cursor
        self._begun.set()
        if found:
            for one in [*self._listeners]:
                one.ring()


def tag_of(event: Event) -> str:
    """A few letters that stand for an event."""
    what = event.what
    own = f"{what.plan} {what.revision}" if isinstance(what, PlanEvent) else f"{what.number}"
    return blake2b(own.encode(), digest_size=TAG_BYTES).hexdigest()


def _marked(found: Sequence[Event], after: str, heard: Iterable[str] = ()) -> list[Told]:
    """Events with their marks. All about plans that came together share a cursor: tags say which of them were heard."""
    told, tags = list[Told](), [*heard]
    for number, one in enumerate(found, start=1):
        if isinstance(one.what, PlanEvent):
            tags.append(tag_of(one))
        between = f"{one.cursor}~{'.'.join(tags)}" if tags else one.cursor
        told.append(Told(one, after if number == len(found) else between))
    return told
