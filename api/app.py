"""The service: every route on the published map in memory and the store behind it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from threading import BoundedSemaphore

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from api.askers import Askers
from api.desk import Desk
from api.frame import framed
from api.health import Readiness
from api.kept import Kept
from api.listening import Listening
from api.planning import WRITERS
from api.problems import install
from api.received import AT_ONCE
from api.refused import TABLE
from api.routes import (
    acceptances,
    archive,
    batch,
    certificates,
    checks,
    convert,
    coverage,
    diff,
    events,
    history,
    imports,
    jobs,
    orders,
    owner,
    owner_stream,
    page,
    people,
    plan_blocks,
    plan_draw,
    plan_edits,
    plan_findings,
    plan_log,
    plan_rebase,
    plan_repairs,
    plan_states,
    plans,
    publications,
    regions,
    reverts,
    rules,
    search,
    things,
    things_owner,
    tiles,
)
from api.schedule import Clock, Schedule, now
from api.settings import Settings
from api.work import Work
from geo.model import Acceptance
from geo.plan import Report
from geo.store.live import Live
from geo.store.snapshot import Snapshots

KEPT_REPORTS = 64
KEPT_COVERAGES = 16
"""Answers about coverage; one of a whole city has some tens of megabytes."""
KEPT_SQUARES = 2048
"""Tiles in memory; a tile of a city has some tens of kilobytes."""


def create_app(
    settings: Settings,
    engine: Engine,
    work: Work | None = None,
    snapshots: Snapshots | None = None,
    clock: Clock = now,
) -> FastAPI:
    """The app on a migrated store; the engine is that of the service's role and stays the caller's.

    Without `work` jobs wait for another service on the same store. By `clock` scheduled plans come into force.
    """
    live = Live(engine, snapshots, settings.zone)
    desk, schedule = Desk(engine, settings), Schedule(engine, clock)

    listening = Listening(engine, settings.listeners)

    @asynccontextmanager
    async def following(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(live.start)
        schedule.start()
        listening.start()
        if work is not None:
            work.start()
        try:
            yield
        finally:
            await run_in_threadpool(listening.stop)
            await run_in_threadpool(schedule.stop)
            await run_in_threadpool(desk.stop)
            if work is not None:
                await run_in_threadpool(work.stop)
            await run_in_threadpool(live.stop)

    app = framed(settings, following, first=owner.router)
    install(app, TABLE)
    app.state.live, app.state.desk, app.state.schedule, app.state.clock = live, desk, schedule, clock
    app.state.metrics.watch("desk_tasks", "Changes of plans that are worked out or wait", lambda: desk.busy)
    app.state.listening = listening
    reports: Kept[Report] = Kept(KEPT_REPORTS)
    squares: Kept[bytes] = Kept(KEPT_SQUARES)
    coverages: Kept[bytes] = Kept(KEPT_COVERAGES)
    accepted: Kept[Sequence[Acceptance]] = Kept(KEPT_REPORTS)
    app.state.reports, app.state.squares = reports, squares
    app.state.coverages, app.state.accepted = coverages, accepted
    app.state.receiving, app.state.waiting = asyncio.Semaphore(AT_ONCE), BoundedSemaphore(AT_ONCE)
    app.state.writers = BoundedSemaphore(WRITERS)
    app.state.streams, app.state.askers = asyncio.Semaphore(settings.streams), Askers()
    app.state.publication = lambda: live.seen.map.publication
    app.state.age_s = lambda: live.seen.age_s
    app.state.readiness = lambda: _readiness(live)
    for routes in (
        batch,
        owner_stream,
        regions,
        search,
        things,
        things_owner,
        people,
        publications,
        certificates,
        diff,
        archive,
        events,
        history,
        orders,
        reverts,
        plans,
        plan_edits,
        plan_draw,
        plan_rebase,
        plan_repairs,
        plan_states,
        plan_findings,
        plan_blocks,
        plan_log,
        imports,
        jobs,
        checks,
        convert,
        coverage,
        acceptances,
        rules,
        tiles,
        page,
    ):
        app.include_router(routes.router)
    return app


def _readiness(live: Live) -> Readiness:
    """Ready once the map was loaded, and as long as it is in memory, with or without the database."""
    seen = live.seen
    return Readiness(
        is_ready=seen.loaded,
        database=live.hears,
        publication=seen.map.publication,
        age_s=round(seen.age_s, 1),
    )
