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
from api.exports import Exports
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
    exports,
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
    styles,
    things,
    things_owner,
    tiles,
)
from api.schedule import Clock, Schedule, now
from api.settings import Settings
from api.tile_desk import TileDesk
from api.tile_findings import TileFindings
from api.tile_quick import QuickAnswers, QuickTiles
from api.tile_warming import Warming
from api.work import Work
from geo.model import Acceptance
from geo.plan import Report
from geo.store.connect import public_engine
from geo.store.live import Live
from geo.store.snapshot import Snapshots

KEPT_REPORTS = 64
KEPT_COVERAGES = 16
"""Answers about coverage; one of a whole city has some tens of megabytes."""


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

    listening = Listening(engine, settings.listeners, live)
    squares = TileDesk(live, public_engine(engine.url.render_as_string(hide_password=False)), settings)
    warming = Warming(squares, is_ahead=settings.tile_ahead)
    reports: Kept[Report] = Kept(KEPT_REPORTS)
    found = TileFindings(live, reports, settings.zone)
    exported = Exports(engine, settings.data / "exports", lambda *part: squares.derive(*part).result())

    @asynccontextmanager
    async def following(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(live.start)
        schedule.start()
        listening.start()
        warming.start()
        if work is not None:
            work.start()
        try:
            yield
        finally:
            await run_in_threadpool(warming.stop)
            await run_in_threadpool(exported.stop)
            await run_in_threadpool(found.stop)
            await run_in_threadpool(squares.stop)
            await run_in_threadpool(listening.stop)
            await run_in_threadpool(schedule.stop)
            await run_in_threadpool(desk.stop)
            if work is not None:
                await run_in_threadpool(work.stop)
            await run_in_threadpool(live.stop)

    app = framed(settings, following, first=owner.router)
    app.state.quick_tiles = QuickAnswers(squares, settings, app.state.metrics)
    app.add_middleware(QuickTiles, answers=app.state.quick_tiles, settings=settings)
    install(app, TABLE)
    app.state.live, app.state.desk, app.state.schedule, app.state.clock = live, desk, schedule, clock
    app.state.metrics.watch("desk_tasks", "Changes of plans that are worked out or wait", lambda: desk.busy)
    _watch_tiles(app, squares, exported)
    app.state.listening = listening
    coverages: Kept[bytes] = Kept(KEPT_COVERAGES)
    accepted: Kept[Sequence[Acceptance]] = Kept(KEPT_REPORTS)
    app.state.reports, app.state.tiles, app.state.tile_bounds = reports, squares, {}
    app.state.exports, app.state.tile_findings = exported, found
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
        styles,
        exports,
        page,
    ):
        app.include_router(routes.router)
    return app


def _watch_tiles(app: FastAPI, squares: TileDesk, exported: Exports) -> None:
    watch = app.state.metrics.watch
    watch("tile_cache_bytes", "Memory that tiles take", lambda: squares.cache.size)
    watch("tile_cache_hits", "Tiles that were in memory", lambda: squares.cache.hits)
    watch("tile_cache_misses", "Tiles that were not", lambda: squares.cache.misses)
    watch("tile_tasks", "Tiles being made, or waiting for it", lambda: squares.busy)
    watch("export_tasks", "Archives of tiles being made, or waiting for it", lambda: exported.waiting)


def _readiness(live: Live) -> Readiness:
    """Ready once the map was loaded, and as long as it is in memory, with or without the database."""
    seen = live.seen
    return Readiness(
        is_ready=seen.loaded,
        database=live.hears,
        publication=seen.map.publication,
        age_s=round(seen.age_s, 1),
    )
