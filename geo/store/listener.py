"""How does a thread hear what PostgreSQL tells, whatever happens to the connection or to what it does there?

It looks when it begins, at every notice, when it is woken, and after as many seconds as it wished for. While the
database is away it waits and comes back by itself.
"""

import logging
import os
from collections.abc import Callable
from select import POLLIN, poll
from threading import Event, Thread

from psycopg import Connection, OperationalError
from sqlalchemy import Engine

from geo.store.connect import reachable
from geo.store.errors import StoreUnavailable

RETRY_S = 0.5
"""Pause before it is tried again, seconds."""

log = logging.getLogger(__name__)


class Notices:
    """Listens to `channel` in a thread called `name`. `look` does what there is to do, and says after how many seconds
    it wants to be called again at the latest. `lost` is told each time that listening broke off."""

    def __init__(
        self, engine: Engine, channel: str, name: str, look: Callable[[], float], lost: Callable[[], None]
    ) -> None:
        self._engine, self._channel, self._look, self._lost = engine, channel, look, lost
        self._over = Event()
        self._bell, self._rope = -1, -1
        self._thread = Thread(target=self._follow, name=name, daemon=True)

    @property
    def is_over(self) -> bool:
        """Whether it was told to end."""
        return self._over.is_set()

    def start(self) -> None:
        self._bell, self._rope = os.pipe()
        self._thread.start()

    def wake(self) -> None:
        """Look now."""
        os.write(self._rope, b"\n")

    def end(self) -> None:
        """It is to end; nobody waits for it."""
        self._over.set()

    def stop(self, wait_s: float) -> None:
        """End the thread; one that waits for a database that hangs is left to die with the process."""
        self.end()
        if self._thread.is_alive():
            self.wake()
            self._thread.join(wait_s)
            if not self._thread.is_alive():
                os.close(self._rope)
                os.close(self._bell)

    def _follow(self) -> None:
        while not self._over.is_set():
            try:
                self._listen()
            except Exception as error:  # whatever it is: a thread that ended would leave nobody to look
                known = isinstance(error, StoreUnavailable | OperationalError)
                name = type(error).__name__
                log.warning("%s: listening broke off: %s", self._thread.name, name, exc_info=None if known else error)
                self._lost()
                self._over.wait(RETRY_S)

    def _listen(self) -> None:
        """On a connection of its own, which is nobody else's after it, until it breaks or the thread is to end."""
        with reachable(), self._engine.connect() as outer:
            try:
                outer.execution_options(isolation_level="AUTOCOMMIT")
                driver = outer.connection.driver_connection
                assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
                outer.exec_driver_sql(f"LISTEN {self._channel}")
                self._take_turns(driver)
            finally:
                outer.invalidate()

    def _take_turns(self, driver: Connection) -> None:
        either = poll()
        either.register(driver, POLLIN)
        either.register(self._bell, POLLIN)
        while not self._over.is_set():
            woken = either.poll(self._look() * 1000)
            if any(number == self._bell for number, _ in woken):
                os.read(self._bell, 4096)
            for _ in driver.notifies(timeout=0):
                pass
