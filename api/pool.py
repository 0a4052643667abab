"""Who does the heavy geometry, so that lookups do not wait? A few processes of our own, with an end to everything.

Bounded in every direction: as many tasks as there are workers plus a short queue; each has a time limit, after which
its process is killed; a client that goes away takes its task along.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar, TypeVarTuple, cast

from anyio import from_thread
from pebble import ProcessExpired, ProcessPool
from starlette.requests import Request

Arguments = TypeVarTuple("Arguments")
Answer = TypeVar("Answer")

STOP_SECONDS = 10.0
"""How long `stop` waits for the processes; they are killed without finishing what they do."""

_LOG = logging.getLogger(__name__)


class Busy(Exception):  # noqa: N818 - a state of the service, told as 503
    """All workers work and the queue is full, or the task's turn did not come in time."""


class TookTooLong(Exception):  # noqa: N818 - told as 422
    """The task was stopped after its time limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class WorkerLost(Exception):  # noqa: N818 - told as 503
    """The task's process ended before its answer: killed from outside, or out of memory."""


class ClientGone(Exception):  # noqa: N818 - nobody is left to be told
    """The client closed the connection; its task was stopped."""


class Pool:
    """`workers` processes, `queue` tasks waiting, `seconds` for a task. Processes start with the first task."""

    def __init__(self, workers: int, queue: int, seconds: float) -> None:
        self._workers = workers
        self._room = BoundedSemaphore(workers + queue)
        self._seconds = seconds
        self._guard = Lock()
        self._processes: ProcessPool | None = None
        self._tasks: set[Future[Any]] = set()

    @property
    def busy(self) -> int:
        """Tasks that run or wait."""
        return len(self._tasks)

    def run(
        self,
        task: Callable[[*Arguments], Answer],
        *arguments: *Arguments,
        request: Request | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """The answer of `task(*arguments)`, worked out in another process; blocks, so call it from a `def` route.

        `task` is a function of a module, arguments and answer can be pickled. With `request`, the task stops when the
        client is gone. Raises `Busy`, `TookTooLong`, `WorkerLost`, `ClientGone`, or what the task raised.
        """
        limit = self._seconds if seconds is None else seconds
        future = self._schedule(task, arguments, limit)
        if request is not None:
            return cast(Answer, from_thread.run(partial(_answer, future, limit, request)))
        try:
            return cast(Answer, future.result(2 * limit))
        except (TimeoutError, CancelledError, ProcessExpired, BrokenProcessPool) as error:
            raise _meaning(error, future, limit) from None

    def stop(self) -> None:
        """Ends every task and process; the pool starts again with the next task."""
        with self._guard:
            processes, self._processes = self._processes, None
            open_tasks = list(self._tasks)
        for future in open_tasks:
            future.cancel()
        if processes is not None:
            processes.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without annotations
            processes.join(STOP_SECONDS)

    def _schedule(self, task: Callable[..., Any], arguments: tuple[Any, ...], limit: float) -> "Future[Any]":
        if not self._room.acquire(blocking=False):
            raise Busy
        try:
            with self._guard:
                future: Future[Any] = self._running().schedule(task, args=arguments, timeout=limit)
                self._tasks.add(future)
        except RuntimeError as error:
            self._room.release()
            raise WorkerLost from error
        future.add_done_callback(self._release)
        return future

    def _running(self) -> ProcessPool:
        if self._processes is None or not self._processes.active:
            self._processes = ProcessPool(self._workers, context=get_context("spawn"))
        return self._processes

    def _release(self, future: "Future[Any]") -> None:
        with self._guard:
            self._tasks.discard(future)
        self._room.release()


async def _answer(future: "Future[Any]", limit: float, request: Request) -> Any:
    """Waits for the answer and for the client's leaving, whichever comes first."""
    answer = asyncio.wrap_future(future)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({answer, gone}, timeout=2 * limit, return_when=asyncio.FIRST_COMPLETED)
        if gone.done() and not answer.done():
            raise ClientGone
        if not answer.done() or answer.cancelled():
            raise Busy
        return answer.result()
    except (TimeoutError, ProcessExpired, BrokenProcessPool) as error:
        raise _meaning(error, future, limit) from None
    finally:
        gone.cancel()
        answer.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _meaning(error: Exception, future: "Future[Any]", limit: float) -> Exception:
    if isinstance(error, CancelledError) or not future.done():
        future.cancel()
        return Busy()
    if isinstance(error, TimeoutError):
        return TookTooLong(limit)
    _LOG.error("a worker process ended by itself: %s", error)
    return WorkerLost()
