"""What does every app of this service have, whichever routers it holds?

`framed` builds an app without routes of its own but the operations and the documentation. Others add routers, and put
what only they know into `app.state`: `publication`, `readiness` and `age_s`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware

from api import docs, health, metrics
from api.answers import Head
from api.compression import Compression
from api.dressing import Dressed
from api.limits import Deadline, RequestLimits
from api.metrics import Measure, Metrics
from api.openapi import Described, any_problem
from api.parameters import strict
from api.pool import Pool
from api.problems import install, unexpected
from api.security import Cors
from api.settings import Settings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def framed(settings: Settings, lifespan: Lifespan | None = None, first: APIRouter | None = None) -> FastAPI:
    """An app with problems, limits, access, strict parameters, health, metrics, documentation and a process pool.

    `app.state` holds `settings`, `pool`, `metrics`, and three functions to be replaced: `publication() -> int | None`
    and `age_s() -> float | None` (from memory, at once), `readiness() -> Readiness` (may ask the database).
    `lifespan` is entered before the first request and left before the pool stops. Routers are tried one after the
    other, which costs time: `first` is tried before all others.
    """
    figures = Metrics()
    app = Described(
        title="wangge",
        summary="Community-governance grids 网格: who owns a point, and is every point owned",
        version=_version(),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(strict)],
        responses=any_problem(),
        middleware=_middleware(settings, figures),
        lifespan=_with_pool(lifespan),
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings, app.state.metrics = settings, figures
    app.state.pool = Pool(settings.pool_workers, settings.pool_queue, settings.check_seconds)
    app.state.publication, app.state.age_s, app.state.readiness = _unknown, _unknown, health.nothing_loaded
    _watch(app)
    install(app)
    for router in (first, health.router, metrics.router, docs.router):
        if router is not None:
            app.include_router(router)
    return app


def _middleware(settings: Settings, figures: Metrics) -> list[Middleware]:
    """From the outside in. The last one answers what nobody expected, so that its answer is dressed like any other."""
    cors = [Middleware(Cors, origins=settings.cors_origins)] if settings.cors_origins else []
    return [
        Middleware(Measure, metrics=figures),
        Middleware(Dressed),
        *cors,
        Middleware(RequestLimits, settings=settings),
        Middleware(Deadline, seconds=settings.request_seconds),
        Middleware(Head),
        Middleware(Compression),
        Middleware(ServerErrorMiddleware, handler=unexpected),
    ]


def _with_pool(inner: Lifespan | None) -> Lifespan:
    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        try:
            if inner is None:
                yield
            else:
                async with inner(app):
                    yield
        finally:
            await run_in_threadpool(app.state.pool.stop)

    return life


def _watch(app: FastAPI) -> None:
    figures: Metrics = app.state.metrics
    figures.watch(
        "publication", "Number of the publication that lookups answer from", partial(_asked, app, "publication")
    )
    figures.watch(
        "live_map_age_seconds", "Time since the map in memory was last compared", partial(_asked, app, "age_s")
    )
    figures.watch("pool_tasks", "Heavy tasks that run or wait", lambda: app.state.pool.busy)


def _asked(app: FastAPI, name: str) -> float | None:
    """What the function of that name says at the moment; it may be replaced after the app is built."""
    found: float | None = getattr(app.state, name)()
    return found


def _unknown() -> None:
    return None


def _version() -> str:
    try:
        return version("wangge")
    except PackageNotFoundError:
        return "0"
