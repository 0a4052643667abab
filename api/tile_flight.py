"""How is one thing made once, however many ask for it at the same time?"""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Crowded(Exception):  # noqa: N818 - a state of the service, told as 503
    """As much as may wait to be made does, or nothing is made any more."""


class Flight(Generic[Made]):
    """Makes things in `workers` threads called `name`, at most `most` under way.

    Who asks for what is being made gets the same future: its result, or why there is none. Nothing is kept of either.
    The threads begin with the first task, and do not keep the process from ending.
    """

    def __init__(self, name: str, workers: int, most: int) -> None:
        self._name, self._workers, self._most = name, workers, most
        self._lock = Lock()
        self._waiting: SimpleQueue[Hashable] = SimpleQueue()
        self._tasks: dict[Hashable, tuple[Callable[[], Made], Future[Made]]] = {}
        self._threads: list[Thread] = []
        self._is_over = False

    @property
    def busy(self) -> int:
        """How many things are being made or wait."""
        return len(self._tasks)

    def made(self, key: Hashable, make: Callable[[], Made]) -> Future[Made]:
        """What `make` yields, under `key`; it is called unless somebody's call is under way. Raises Crowded."""
        with self._lock:
            task = self._tasks.get(key)
            if task is None:
                if self._is_over or len(self._tasks) >= self._most:
                    raise Crowded
                task = self._tasks[key] = make, Future()
                self._begin()
                self._waiting.put(key)
            return task[1]

    def stop(self) -> None:
        """What waits is given up; what is being made ends by itself, and nobody waits for it."""
        with self._lock:
            self._is_over = True
            tasks, threads = list(self._tasks.items()), len(self._threads)
            for key, (_, future) in tasks:
                if future.cancel():
                    future.set_running_or_notify_cancel()
                    del self._tasks[key]
        for _ in range(threads):
            self._waiting.put(None)

    def _begin(self) -> None:
        if len(self._threads) < min(self._workers, len(self._tasks)):
            thread = Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (key := self._waiting.get()) is not None:
            task = self._tasks.get(key)
            if task is not None and task[1].set_running_or_notify_cancel():
                self._make(key, *task)

    def _make(self, key: Hashable, make: Callable[[], Made], future: Future[Made]) -> None:
        try:
            made = make()
        except BaseException as error:  # noqa: BLE001 - told to all who wait, whatever it is
            self._end(key)
            future.set_exception(error)
        else:
            self._end(key)
            future.set_result(made)

    def _end(self, key: Hashable) -> None:
        """Before anybody hears of it: who asks from now on is not told of this one."""
        with self._lock:
            self._tasks.pop(key, None)
