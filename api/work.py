"""Who does the long work? One thread of the service that follows the queue, and a process of its own for each job.

Lookups never wait for a job, a job that is stopped is a process that is killed, and one that takes the memory of the
machine takes only itself along. While the database is away the thread waits and comes back by itself.
"""

import asyncio
import logging
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from multiprocessing import get_context
from secrets import token_hex
from threading import Thread
from typing import Any
from uuid import UUID

from pebble import ProcessExpired, ProcessPool
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job as Ticket
from procrastinate.jobs import Status
from procrastinate.worker import Worker
from psycopg import OperationalError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api import turn as turns
from api import working
from api.problems import Problem
from api.settings import Settings
from geo.store import answers, jobs, queue, stopping
from geo.store.connect import reachable, session
from geo.store.errors import StoreUnavailable
from geo.store.jobs import Stopped
from geo.store.scratch import Scratch

HEARTBEAT_S = 5.0
STALLED_S = 20.0
"""A service on the same database that was not heard of for this long is dead, and its jobs are taken up by others."""
LOOK_S = 5.0
"""How often the queue is asked in case a notice was lost, and dead services are looked for."""
RETRY_S = 1.0
"""Pause before a lost database is tried again, and before a job that lost its turn."""
MOST_JOBS = 20
"""A process is replaced after this many jobs, so that the memory of a large one does not stay."""
STOP_S = 10.0

log = logging.getLogger(__name__)
AWAY = (ConnectorException, OperationalError, StoreUnavailable, DBAPIError)


class Interrupted(Exception):  # noqa: N818 - the job goes on later
    """A turn ended before its job did."""


class Again(BaseRetryStrategy):
    """An interrupted job waits for its next turn; nothing else is ever tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: Ticket) -> RetryDecision | None:  # noqa: ARG002
        return RetryDecision(retry_in={"seconds": int(RETRY_S)}) if isinstance(exception, Interrupted) else None


class Work:
    """The jobs that a running service does. `alone`: nobody else works on this database (a private cluster)."""

    def __init__(self, engine: Engine, settings: Settings, *, alone: bool) -> None:
        self._engine, self._settings, self._alone = engine, settings, alone
        self._keep = timedelta(days=settings.job_days)
        self._thread = Thread(target=lambda: asyncio.run(self._follow()), name="jobs", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._scratch = Scratch(settings.data / "tmp")
        self._processes: ProcessPool | None = None
        self._former: list[int] = []
        """Names under which this service had jobs when it lost the database."""
        self._at_work: set[int | None] = set()
        """Tickets of the jobs that this service does now."""
        self._idle: set[int | None] = set()
        """Tickets that it held at the last look, and did nothing for."""

    def start(self) -> None:
        if self._settings.job_workers:
            self._thread.start()

    def stop(self) -> None:
        """Jobs that run are interrupted and go on when a service runs again."""
        if self._loop is not None and self._ending is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    async def _follow(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        try:
            while not self._ending.is_set():
                try:
                    await self._until_lost()
                except AWAY as error:
                    log.warning("the queue of jobs is out of reach: %s", type(error).__name__)
                    await self._pause()
        finally:
            if self._processes is not None:
                self._processes.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without annotations
                self._processes.join(STOP_S)
            self._scratch.close()

    def _running(self) -> ProcessPool:
        """A pool breaks for good when a process ends between two jobs."""
        if self._processes is None or not self._processes.active:
            self._processes = ProcessPool(
                self._settings.job_workers,
                max_tasks=MOST_JOBS,
                initializer=working.prepare,
                context=get_context("spawn"),
            )
        return self._processes

    async def _pause(self, seconds: float = RETRY_S) -> None:
        assert self._ending is not None
        try:
            await asyncio.wait_for(self._ending.wait(), seconds)
        except TimeoutError:
            return

    async def _until_lost(self) -> None:
        """Work until the service ends or the database is lost."""
        assert self._ending is not None
        app = self._app()
        async with app.open_async():
            await self._revive(app, everybody=self._alone)
            worker = Worker(
                app,
                queues=[queue.QUEUE],
                concurrency=self._settings.job_workers,
                install_signal_handlers=False,
                shutdown_graceful_timeout=0,
                fetch_job_polling_interval=LOOK_S,
                abort_job_polling_interval=LOOK_S,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_S,
                delete_jobs="always",
            )
            tasks = [asyncio.create_task(one) for one in (_run(worker), self._look(app, worker), self._ending.wait())]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            if worker.worker_id is not None:
                self._former.append(worker.worker_id)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    def _app(self) -> App:
        app = App(connector=queue.connector(self._engine))
        app.task(name=queue.TASK, queue=queue.QUEUE, retry=Again(), pass_context=True)(self._do)
        app.periodic(cron="7 * * * *")(app.task(name="expire", queue=queue.QUEUE)(self._expire))
        return app

    async def _look(self, app: App, worker: Worker) -> None:
        """Others on the same database may have died, and how a job of our own ended may not have come to the queue."""
        assert self._ending is not None
        while not self._ending.is_set():
            await self._pause(LOOK_S)
            await self._revive(app, everybody=False)
            await self._restore(app, await self._dropped(app, worker))

    async def _dropped(self, app: App, worker: Worker) -> list[Ticket]:
        """Tickets of our own that nobody worked on at two looks: the connection was lost while the queue was told."""
        if worker.worker_id is None:
            return []
        held = await app.job_manager.list_jobs_async(
            task=queue.TASK, status=Status.DOING.value, worker_id=worker.worker_id
        )
        idle = [ticket for ticket in held if ticket.id not in self._at_work]
        before, self._idle = self._idle, {ticket.id for ticket in idle}
        return [ticket for ticket in idle if ticket.id in before]

    async def _revive(self, app: App, *, everybody: bool) -> None:
        """Give the jobs of dead services back to the queue; with `everybody`, whoever has one is dead."""
        manager = app.job_manager
        if everybody:
            left = list(await manager.list_jobs_async(queue=queue.QUEUE, status=Status.DOING.value))
        else:
            left = list(await manager.get_stalled_jobs(queue=queue.QUEUE, seconds_since_heartbeat=STALLED_S))
            while self._former:
                left += await manager.list_jobs_async(status=Status.DOING.value, worker_id=self._former[-1])
                self._former.pop()
        await self._restore(app, left)
        for number in await self._store(jobs.adrift):
            await asyncio.to_thread(self._close, number, self._internal(number, None))

    async def _restore(self, app: App, left: Sequence[Ticket]) -> None:
        """Give jobs that nobody does any more back to the queue."""
        for ticket in left:
            if ticket.task_name != queue.TASK:
                await app.job_manager.finish_job(ticket, Status.FAILED, delete_job=True)
                continue
            log.warning("job %s was left behind", ticket.task_kwargs["number"])
            await self._take_back(app, ticket, UUID(str(ticket.task_kwargs["number"])))

    async def _take_back(self, app: App, ticket: Ticket, number: UUID) -> None:
        wanted = await self._store(jobs.seek, number)
        if wanted is not None and not wanted.stopping and wanted.state not in jobs.ENDED:
            await self._store(jobs.give_back, number, wanted.turn, lost=True)
            await app.job_manager.retry_job(ticket)
            return
        await asyncio.to_thread(stopping.settle, self._engine, number, self._keep)
        await app.job_manager.finish_job(ticket, Status.ABORTED, delete_job=True)

    async def _do(self, context: JobContext, number: str) -> None:
        job = UUID(number)
        turn: int | None = None
        self._at_work.add(context.job.id)
        try:
            turn = await self._store(jobs.begin, job)
            if turn is None:
                await asyncio.to_thread(self._close, job)
            else:
                await self._run(job, turn)
        except asyncio.CancelledError:
            if context.abort_reason() is AbortReason.USER_REQUEST:
                await asyncio.to_thread(stopping.settle, self._engine, job, self._keep)
                return
            await self._store(jobs.give_back, job, turn, lost=False)
            raise Interrupted from None
        finally:
            self._at_work.discard(context.job.id)

    async def _run(self, job: UUID, turn: int) -> None:
        """One turn in a process of its own, and what its end means."""
        url = self._engine.url.render_as_string(hide_password=False)
        folder = self._scratch.folder() / f"{job}-{turn}"
        folder.mkdir(mode=0o700)
        future = self._running().schedule(
            working.run, args=(url, str(folder), job, turn, self._keep), timeout=self._settings.job_seconds
        )
        try:
            await asyncio.wait({asyncio.wrap_future(future)})
        except asyncio.CancelledError:
            future.cancel()  # type: ignore[no-untyped-call]  # pebble, as above
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)  # a process that was killed leaves its files behind
        await self._judge(job, turn, future.exception())

    async def _judge(self, job: UUID, turn: int, error: BaseException | None) -> None:
        if error is None or isinstance(error, Stopped):
            return
        if isinstance(error, StoreUnavailable):
            await self._store(jobs.give_back, job, turn, lost=False)
            raise Interrupted
        if isinstance(error, ProcessExpired | BrokenProcessPool | CancelledError):
            log.error("the process of job %s ended by itself: %s", job, error)
            await self._store(jobs.give_back, job, turn, lost=True)
            raise Interrupted
        if isinstance(error, TimeoutError):
            problem = Problem("took-too-long", {"seconds": self._settings.job_seconds})
        else:
            problem = self._internal(job, error)
        await asyncio.to_thread(self._close, job, problem, turn)

    def _internal(self, job: UUID, error: BaseException | None) -> Problem:
        """A mistake of ours: the log gets the stack, the client gets the number under which the log has it."""
        problem = Problem("internal-error", {"id": token_hex(8)})
        log.error("internal error %s: job %s", problem.values["id"], job, exc_info=error)
        return problem

    def _close(self, job: UUID, problem: Problem | None = None, turn: int | None = None) -> None:
        """End a job that nobody works on: stopped, or failed where it was lost too often or a problem is told."""
        found = self._in_store(jobs.seek, job)
        if found is None:
            return
        if found.stopping:
            problem = None
        elif problem is None:
            problem = Problem("worker-lost")
        document = None if problem is None else turns.told(problem, job, turns.language_of(found))
        stopping.settle(self._engine, job, self._keep, document, turn)

    async def _expire(self, timestamp: int) -> None:  # noqa: ARG002 - procrastinate tells when it was due
        await self._store(jobs.expire)
        await self._store(answers.expire)

    async def _store(self, ask: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        return await asyncio.to_thread(self._in_store, ask, *arguments, **more)

    def _in_store(self, ask: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """One question to the store in a transaction of its own. Raises StoreUnavailable."""
        work: Session
        with reachable(), session(self._engine) as work, work.begin():
            return ask(work, *arguments, **more)


async def _run(worker: Worker) -> None:
    await worker.run()  # type: ignore[no-untyped-call]  # procrastinate leaves it without annotations
