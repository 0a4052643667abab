"""The service: every route on the published map in memory and the store behind it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from threading import BoundedSemaphore

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from api.askers import Askers
from api.frame import framed
from api.health import Readiness
from api.kept import Kept
from api.problems import install
from api.received import AT_ONCE
from api.refused import TABLE
from api.routes import (
    acceptances,
    batch,
    certificates,
    checks,
    convert,
    coverage,
    imports,
    jobs,
    owner,
    owner_stream,
    page,
    people,
    plans,
    publications,
    regions,
    rules,
    search,
    things,
    things_owner,
    tiles,
)
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
    settings: Settings, engine: Engine, work: Work | None = None, snapshots: Snapshots | None = None
) -> FastAPI:
    """The app on a migrated store; the engine is that of the service's role and stays the caller's.

    Without `work` jobs wait for another service on the same store.
    """
    live = Live(engine, snapshots, settings.zone)

    @asynccontextmanager
    async def following(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(live.start)
        if work is not None:
            work.start()
        try:
            yield
        finally:
            if work is not None:
                await run_in_threadpool(work.stop)
            await run_in_threadpool(live.stop)

    app = framed(settings, following, first=owner.router)
    install(app, TABLE)
    app.state.live = live
    reports: Kept[Report] = Kept(KEPT_REPORTS)
    squares: Kept[bytes] = Kept(KEPT_SQUARES)
    coverages: Kept[bytes] = Kept(KEPT_COVERAGES)
    accepted: Kept[Sequence[Acceptance]] = Kept(KEPT_REPORTS)
    app.state.reports, app.state.squares = reports, squares
    app.state.coverages, app.state.accepted = coverages, accepted
    app.state.receiving, app.state.waiting = asyncio.Semaphore(AT_ONCE), BoundedSemaphore(AT_ONCE)
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
        plans,
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
