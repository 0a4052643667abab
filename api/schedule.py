"""When does a scheduled plan come into force? At its instant, by whichever service on the store is awake then.

One thread sleeps until the next instant that the store knows of, or until the store says that a plan was changed.
Several services may do so on one store: the door lets a plan through once. While the database is away the thread waits
and comes back by itself; what fell due meanwhile is late, and until then the old number is the truth.
"""

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from select import POLLIN, poll
from threading import Event, Thread

from psycopg import Connection, OperationalError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from geo.store import schedule
from geo.store.connect import reachable, session
from geo.store.errors import StoreUnavailable

Clock = Callable[[], datetime]
"""What time it is, with its offset."""

CHANNEL = "wangge_event"
LONGEST_S = 60.0
"""Longest sleep: a clock that was set, or a notice that was lost, costs no more than this."""
SHORTEST_S = 1.0
"""Pause before what should have been published, and could not, is tried again."""

log = logging.getLogger(__name__)


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


class Schedule:
    """Publishes what is due on the store of `engine`, by `clock`."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine, self._clock = engine, clock
        self._stop = Event()
        self._bell, self._rope = -1, -1
        self._thread = Thread(target=self._follow, name="schedule", daemon=True)

    def start(self) -> None:
        """Publish from now on; asks the store in a thread of its own."""
        self._bell, self._rope = os.pipe()
        self._thread.start()

    def wake(self) -> None:
        """Look at the clock and at the store now."""
        os.write(self._rope, b"\n")

    def stop(self) -> None:
        """End the thread; one that waits for a database that hangs is left to die with the process."""
        self._stop.set()
        if self._thread.is_alive():
            self.wake()
            self._thread.join(timeout=10)
            if not self._thread.is_alive():
                os.close(self._rope)
                os.close(self._bell)

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (StoreUnavailable, OperationalError, DBAPIError) as error:
                log.warning("scheduled plans cannot be looked for: %s", type(error).__name__)
                self._stop.wait(SHORTEST_S)

    def _listen(self) -> None:
        """Publish and sleep by turns, on a connection of its own, until it breaks or the service stops."""
        with reachable(), self._engine.connect() as outer:
            outer.execution_options(isolation_level="AUTOCOMMIT")
            driver = outer.connection.driver_connection
            assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
            outer.detach()  # it listens to its end, and is nobody else's after it
            outer.exec_driver_sql(f"LISTEN {CHANNEL}")
            either = poll()
            either.register(driver, POLLIN)
            either.register(self._bell, POLLIN)
            while not self._stop.is_set():
                woken = either.poll(self._publish() * 1000)
                if any(number == self._bell for number, _ in woken):
                    os.read(self._bell, 4096)
                for _ in driver.notifies(timeout=0):
                    pass

    def _publish(self) -> float:
        """Publish what is due; seconds until there is reason to look again."""
        for done in schedule.publish_due(self._engine, self._clock()):
            if isinstance(done, schedule.Failed):
                log.warning("the scheduled plan %s was refused: %s", done.plan, type(done.refused).__name__)
        with reachable(), session(self._engine) as work:
            due = schedule.next_due(work)
        left = LONGEST_S if due is None else (due - self._clock()).total_seconds()
        return min(left, LONGEST_S) if left > 0 else SHORTEST_S
