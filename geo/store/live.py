"""How does the published map stay in memory, and what happens while the database is away?

One immutable state at a time, replaced whole when the door says that something was published (NOTIFY), and asked for
every few seconds behind that. While the database is away the last state goes on answering, and says how old it is. A
state lies in a snapshot that all processes of the machine share: one of them writes it, the others wait for it.
"""

import logging
import os
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from select import POLLIN, poll
from threading import Condition, Event, Lock, Thread
from zoneinfo import ZoneInfo

import numpy as np
from psycopg import Connection, OperationalError
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.model import Ground
from geo.packing import Packed, opened
from geo.people import EPOCH, MICROSECOND, SHANGHAI
from geo.search import Finder
from geo.state import Map
from geo.store import orders, people
from geo.store.arrivals import ARRIVAL_S, Arrivals
from geo.store.connect import reachable, session
from geo.store.errors import StoreUnavailable
from geo.store.published import current_publication
from geo.store.searchable import Searchable
from geo.store.snapshot import Snapshots
from geo.store.states import States
from geo.store.tables import publication

POLL_S = 2.0
"""Longest time between a publication and our hearing of it should its notice get lost, seconds."""
STALE_S = 10.0
"""An answer is `stale` when the database has not confirmed the map for this long, seconds."""
RETRY_S = 0.5
"""Pause before the database is tried again, seconds."""
PAST_MAPS = 8
"""Past states kept in memory for who asks for them again."""
CHANNEL = "wangge"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """A published state, and when (monotonic seconds) the database last said that it is the one in force.

    `loaded` is False until there is one. `orders` are the documents that ordered other boundaries and wait, by code of
    each region they concern.
    """

    map: Map
    confirmed: float
    loaded: bool = True
    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def age_s(self) -> float:
        return max(0.0, time.monotonic() - self.confirmed)

    @property
    def stale(self) -> bool:
        return self.age_s > STALE_S


class Live:
    """The published map of a running service. With `snapshots` it begins, and shares what it has, through these."""

    def __init__(self, engine: Engine, snapshots: Snapshots | None = None, zone: ZoneInfo = SHANGHAI) -> None:
        self.engine, self._states = engine, States(snapshots, zone)
        self._packed: Packed | None = None
        self._stop = Event()
        self._thread = Thread(target=self._follow, name="published-map", daemon=True)
        self._answered = False
        self._begun, self._news = Event(), Condition()
        self._orders: Mapping[str, Sequence[str]] = {}
        self._orders_of: tuple[int, tuple[int, ...]] = 0, ()
        self._failure: StoreUnavailable | None = None
        self._lock = Lock()
        self._past: OrderedDict[int, Map] = OrderedDict()
        self.searchable = Searchable(engine, None if snapshots is None else snapshots.beside("search"))
        self.seen = Seen(Map(), time.monotonic() - STALE_S, loaded=False)
        self.arrivals = Arrivals(engine, lambda: self.seen.map.publication)

    @property
    def hears(self) -> bool:
        """Whether the database answers, by what the last polls met: asks nobody, so it waits for none that hangs."""
        return self._answered and self.seen.age_s <= 2 * POLL_S

    def start(self) -> None:
        """Follow publications from now on; returns as soon as there is a state to answer from, before its snapshot is
        written. Raises StoreUnavailable where neither the database nor a snapshot has one."""
        self._bell, self._rope = os.pipe()
        self._thread.start()
        while not self._begun.wait(POLL_S):
            if not self._thread.is_alive():
                raise StoreUnavailable("the published map could not be read")
        if self._failure is not None:
            raise self._failure
        self.searchable.start()
        self.searchable.published()

    def stop(self) -> None:
        """Wake the thread and see it end; one that waits for a database that hangs is left to die with the process."""
        self._stop.set()
        self.searchable.stop()
        if self._thread.is_alive():
            os.write(self._rope, b"\n")
            self._thread.join(timeout=POLL_S + RETRY_S + 5)
            if not self._thread.is_alive():
                os.close(self._rope)
                os.close(self._bell)

    def refresh(self) -> None:
        """Confirm the state in memory, or replace it by the one in force. Raises StoreUnavailable."""
        with self._reading() as work:
            asked = time.monotonic()
            number, at = _head(work)
            if not (self.seen.loaded and (number, at) == (self.seen.map.publication, self.seen.map.at)):
                for state, boundaries in self._states.steps(work, number, at, self._packed):
                    self._take(state, asked, boundaries)
            self.seen = Seen(self.seen.map, asked, orders=self._waiting(work, number))
        self._answered = True

    def _waiting(self, work: Session, number: int) -> Mapping[str, Sequence[str]]:
        """The orders that wait; read anew when there are others, or another map."""
        known = number, orders.pending(work)
        if known != self._orders_of:
            touched = orders.touched(work) if known[1] else {}
            self._orders = {code: [one.number for one in own] for code, own in touched.items()}
            self._orders_of = known
        return self._orders

    def finder(self) -> Finder:
        """What can be found in the newest state that was made ready for it. Raises StoreUnavailable before there is
        one."""
        return self.searchable.finder()

    def number_at(self, at: datetime) -> int:
        """The publication in force at an instant. One later than the last word of the database is asked of it, and
        waited for; while it is away the last word counts."""
        heard = datetime.now(UTC) - timedelta(seconds=self.seen.age_s)
        if at > heard:
            try:
                with self._reading() as work:
                    number = people.number_at(work, at)
            except StoreUnavailable:
                number = 0
            with self._news:
                self._news.wait_for(lambda: self.seen.map.publication >= number, timeout=POLL_S)
        return self.seen.map.number_at(at)

    def map_at(self, number: int) -> Map | None:
        """The state of a publication: the one in force at once, a past one from its snapshot or the store; None when
        there is none. One that another process may have told of first is waited for. Raises StoreUnavailable.
        """
        if number > self.seen.map.publication:
            self._await(number)
        current = self.seen.map
        if number == current.publication:
            return current
        if not 0 < number < current.publication:
            return None
        found = self.kept(number)
        if found is None:
            state = self._states.of_disk(number, EPOCH + int(current.instants[number - 1]) * MICROSECOND)
            if state is None:
                with self._reading() as work:
                    state = self._states.past(work, number, self._packed)
            found = opened(state)
            self._keep(found)
        return found

    def coming(self, number: int) -> "Future[None] | None":
        """What ends once a publication is here; None where there is none of that number, by the last word of a database
        that is away. In a thread. Raises StoreUnavailable."""
        return self.arrivals.expected(number) if self.hears else None

    def _await(self, number: int) -> None:
        coming = self.coming(number)
        if coming is not None:
            try:
                coming.result(ARRIVAL_S)
            except TimeoutError:
                raise StoreUnavailable(f"publication {number} is not here yet") from None

    def _pass(self, past: Map) -> None:
        """Keep the state that was in force, or forget all that was: the store was made anew, or restored."""
        now = self.seen.map
        if not np.array_equal(past.instants, now.instants[: len(past.instants)]):
            with self._lock:
                self._past.clear()
        elif past.publication < now.publication:
            self._keep(past)

    def kept(self, number: int) -> Map | None:
        """A past state that is in memory."""
        with self._lock:
            found = self._past.get(number)
            if found is not None:
                self._past.move_to_end(number)
            return found

    def _keep(self, past: Map) -> None:
        """Requests ask for past states from many threads."""
        with self._lock:
            self._past[past.publication] = past
            while len(self._past) > PAST_MAPS:
                self._past.popitem(last=False)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """A transaction that sees one state throughout."""
        with reachable(), session(self.engine) as work, work.begin():
            work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield work

    def _begin_from_disk(self) -> bool:
        state = self._states.newest_of_disk()
        if state is None:
            return False
        self._packed = state
        self.seen = Seen(opened(state), time.monotonic() - STALE_S)
        log.warning("the database is away: answering from the snapshot of publication %d", state.told["publication"])
        self.searchable.begin_from_disk()
        self._begun.set()
        return True

    def _take(self, state: Packed, asked: float, boundaries: Mapping[str, Ground] | None = None) -> None:
        past, known = self.seen.map, self.seen.loaded
        if boundaries is None:
            self._packed = state
        self.seen = Seen(opened(state, boundaries), asked, orders=self.seen.orders)
        self._begun.set()
        with self._news:
            self._news.notify_all()
        self.searchable.published()
        if known:
            self._pass(past)
        self.arrivals.came()

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except Exception as error:  # whatever it is: a thread that ended would leave an old map to answer for ever
                self._answered = False
                known = isinstance(error, StoreUnavailable | OperationalError | DBAPIError)
                name = type(error).__name__
                log.warning("the published map cannot be confirmed: %s", name, exc_info=None if known else error)
                if not (self.seen.loaded or self._begin_from_disk()):
                    self._failure = error if isinstance(error, StoreUnavailable) else StoreUnavailable(str(error))
                    self._begun.set()
                    return
                self._stop.wait(RETRY_S)

    def _listen(self) -> None:
        """Listen on a connection of its own until it breaks or the service stops."""
        with reachable(), self.engine.connect() as outer:
            outer.execution_options(isolation_level="AUTOCOMMIT")
            outer.exec_driver_sql(f"LISTEN {CHANNEL}")
            driver = outer.connection.driver_connection
            assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
            either = poll()
            either.register(driver, POLLIN)
            either.register(self._bell, POLLIN)
            while not self._stop.is_set():
                self.refresh()
                either.poll(POLL_S * 1000)
                for _ in driver.notifies(timeout=0):
                    pass


def _head(work: Session) -> tuple[int, datetime | None]:
    """The number in force, and since when."""
    number = current_publication(work)
    return number, work.scalar(select(publication.c.at).where(publication.c.number == number))
