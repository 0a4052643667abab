"""How is the service doing? Figures for Prometheus, one registry an app.

Labels are few by construction: the template of a route, never an address; a method of a known list; a status.
"""

from collections.abc import Callable
from math import nan
from time import perf_counter

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.parameters import selected

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""A lookup takes well under a millisecond, a check up to a minute."""

router = APIRouter(tags=["operations"])


class Metrics:
    """The figures of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.in_flight = 0
        self._requests = Counter(
            "wangge_requests_total", "Requests answered", ("route", "method", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "wangge_request_seconds", "Time to answer", ("route", "method"), buckets=BUCKETS_S, registry=self.registry
        )
        self._children = dict[tuple[str, str, int], tuple[Counter, Histogram]]()
        self.watch("requests_in_flight", "Requests not answered yet", lambda: self.in_flight)

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request more, and how long it took."""
        found = self._children.get((route, method, status))
        if found is None:  # finding a child by its labels costs more than counting
            found = self._requests.labels(route, method, status), self._seconds.labels(route, method)
            self._children[route, method, status] = found
        requests, taken = found
        requests.inc()
        taken.observe(seconds)

    def watch(self, name: str, told: str, figure: Callable[[], float | int | None]) -> None:
        """A gauge that asks `figure` at each scrape; None is told as NaN. The name gets `wangge_` in front."""

        def ask() -> float:
            found = figure()
            return nan if found is None else float(found)

        Gauge(f"wangge_{name}", told, registry=self.registry).set_function(ask)


class Measure:
    """Counts and times every request, also those that no route answers."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, begin = 500, perf_counter()
        method = scope["method"] if scope["method"] in METHODS else "other"

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.in_flight += 1
        try:
            await self._app(scope, receive, seen)
        finally:
            self._metrics.in_flight -= 1
            self._metrics.count(template(scope), method, status, perf_counter() - begin)


def template(scope: Scope) -> str:
    """`/v1/regions/{code}` for a request to `/v1/regions/510108`; `unmatched` where no route is."""
    route = selected(scope)
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    if path is None and "endpoint" in scope:
        return getattr(scope["endpoint"], "__name__", type(scope["endpoint"]).__name__)
    return path or "unmatched"


@router.get("/metrics", operation_id="metrics", summary="Figures for Prometheus", response_class=PlainTextResponse)
def metrics(request: Request) -> Response:
    """Text in the Prometheus exposition format."""
    figures: Metrics = request.app.state.metrics
    return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)
