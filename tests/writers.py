"""How do several planners write plans at once over HTTP, each with a connection of its own, and what were they told?"""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any, TypeVar
from uuid import uuid4

import shapely
from conftest import Store, fresh
from publishing import drafted, publish
from serving import Client, Reply, listening
from shapely.geometry.base import BaseGeometry
from warm import Starts

from api.app import create_app
from api.settings import Settings
from geo.model import Plan
from geo.store import embedded

Result = TypeVar("Result")
GOOD = frozenset({200, 201, 202, 204})
REFUSED = frozenset({409, 412, 422})
BUSY, STALE = 503, 412
TRIES = 40
"""How often somebody asks again whom the service told that it is busy."""


@dataclass(frozen=True)
class Kept:
    """A write that was acknowledged."""

    revision: int
    what: str
    body: Any
    answer: Any


@dataclass
class Writer:
    """One planner; counts what was told. Holds of every answer what must be true of it whatever was asked."""

    client: Client
    busy: int = 0
    stale: int = 0
    repeated: int = 0
    kept: list[Kept] = field(default_factory=list)

    def get(self, path: str) -> Any:
        reply = self.client.ask(path)
        assert reply.status == 200, reply.body
        return reply.told

    def plan(self, number: str) -> Any:
        return self.get(f"/v1/plans/{number}")

    def ground(self, number: str) -> dict[str, BaseGeometry]:
        """The grids of a plan."""
        features = self.get(f"/v1/plans/{number}?f=geojson")["features"]
        grids = [one for one in features if one["properties"]["layer"] == "grid"]
        return {one["properties"]["code"]: shapely.geometry.shape(one["geometry"]) for one in grids}

    def names(self, number: str) -> dict[str, str]:
        """What the grids of a plan are called."""
        told = (one["properties"] for one in self.get(f"/v1/plans/{number}?f=geojson")["features"])
        return {one["code"]: one["name"] for one in told if one["layer"] == "grid"}

    def opened(self, *communities: str) -> str:
        reply = self.asked("/v1/plans", {"communities": communities})
        assert reply.status == 201, reply.body
        return str(reply.told["id"])

    def write(self, number: str, what: str, body: Any, revision: int, key: str | None = None) -> Reply:
        """A change of a plan from a revision."""
        reply = self.asked(f"/v1/plans/{number}/{what}", body, key, {"If-Match": f'"{revision}"'})
        if reply.status == STALE:
            self.stale += 1
            now = etag(reply)
            assert now != revision
            assert self.plan(number)["revision"] >= now, "a revision that was never there"
        return reply

    def asked(self, path: str, body: Any, key: str | None = None, headers: dict[str, str] | None = None) -> Reply:
        """A POST, asked again under its key while the service is busy."""
        told = {"Idempotency-Key": key or uuid4().hex, **(headers or {})}
        for _ in range(TRIES):
            reply = self.client.ask(path, "POST", body, told)
            assert reply.status in GOOD | REFUSED | {BUSY}, (path, reply.status, reply.body)
            if reply.status != BUSY:
                return reply
            assert reply.told["type"] == "/problems/busy", reply.body
            self.busy += 1
        raise AssertionError("busy for too long")

    def good(self, number: str, what: str, body: Any = None) -> Any:
        """A change that nobody hinders, from the revision that is there now."""
        reply = self.write(number, what, body or {}, self.plan(number)["revision"])
        assert reply.status in GOOD, (what, body, reply.body)
        return reply.told

    def insisting(self, number: str, what: str, body: Any, revision: int, key: str) -> tuple[Reply, int]:
        """A change asked for from each present revision that a 412 tells, until it is answered; and that revision."""
        reply = self.write(number, what, body, revision, key)
        while reply.status == STALE:
            assert etag(reply) > revision, "not the present revision"
            revision = etag(reply)
            reply = self.write(number, what, body, revision, key)
        return reply, revision

    def repeat(self, number: str, what: str, body: Any, revision: int, key: str, first: Reply) -> None:
        """The same request under the same key: the same answer, whatever happened since."""
        again = self.write(number, what, body, revision, key)
        assert (again.status, again.told, again.headers.get("etag")) == (
            first.status,
            first.told,
            first.headers.get("etag"),
        )
        self.repeated += 1


def etag(reply: Reply) -> int:
    """The present revision that an answer names."""
    if reply.status == STALE:
        assert reply.headers["etag"] == reply.told["current_etag"]
    return int(json.loads(reply.headers["etag"]))


def kind(reply: Reply) -> str:
    return str(reply.told["type"]).removeprefix("/problems/") if reply.status >= 400 else "good"


@contextmanager
def served_at(cluster: embedded.Cluster, plan: Plan) -> Iterator[tuple[Store, str]]:
    """A store in which a plan is published, and the address of an app on it."""
    with fresh(cluster) as store:
        publish(store.service, drafted(store.service, plan))
        fewer: dict[str, Any] = {**Starts.fewer()}
        app = create_app(Settings(**fewer), store.service)
        with listening(app, timeout_keep_alive=600) as (host, port):
            yield store, f"http://{host}:{port}"


@contextmanager
def writers(url: str, count: int) -> Iterator[list[Writer]]:
    clients = [Client(url) for _ in range(count)]
    try:
        yield [Writer(client) for client in clients]
    finally:
        for client in clients:
            client.close()


def together(actions: Sequence[Callable[[], Result]]) -> list[Result]:
    """What each of the actions gave; all begin at once. Raises what one of them raised."""
    start = Barrier(len(actions))

    def run(action: Callable[[], Result]) -> Result:
        start.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))
