"""Is a publication here already that others may have heard of first?

Of several processes each hears of a publication by itself. Who was told its number by one of them and asks another for
it waits there until it has it.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

from sqlalchemy import Engine

from geo.store.connect import reachable, session
from geo.store.published import current_publication

ARRIVAL_S = 5.0
"""So long a publication that the database has is waited for, seconds; a state of a whole city is there in less."""


class Arrivals:
    """The publications whose states one process has, up to `newest`."""

    def __init__(self, engine: Engine, newest: Callable[[], int]) -> None:
        self._engine, self._newest = engine, newest
        self._followers: list[Callable[[], None]] = []
        self._lock, self._asking = Lock(), Lock()
        self._awaited: list[tuple[int, Future[None]]] = []
        self._word, self._asked = 0, float("-inf")

    def follow(self, hear: Callable[[], None]) -> None:
        """It is called after each new state, in the thread that has it."""
        self._followers.append(hear)

    def came(self) -> None:
        """There is a new state."""
        newest = self._newest()
        with self._lock:
            here = [one for number, one in self._awaited if number <= newest]
            self._awaited = [(number, one) for number, one in self._awaited if number > newest and not one.done()]
        for one in here:
            if one.set_running_or_notify_cancel():
                one.set_result(None)
        for hear in self._followers:
            hear()

    def expected(self, number: int) -> "Future[None] | None":
        """What ends once a publication is here; None where the database has none of that number. In a thread. Raises
        StoreUnavailable."""
        if number > self._newest() and number > self._published():
            return None
        coming = Future[None]()
        with self._lock:
            if number > self._newest():
                self._awaited.append((number, coming))
                return coming
        coming.set_result(None)
        return coming

    def _published(self) -> int:
        """The number in force now: all who wait while it is asked for share the next answer."""
        began = time.monotonic()
        with self._asking:
            if self._asked < began:
                asked = time.monotonic()
                with reachable(), session(self._engine) as work:
                    self._word = current_publication(work)
                self._asked = asked
            return self._word
