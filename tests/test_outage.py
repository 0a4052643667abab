"""The database is away while many ask: is every lookup answered, and does each answer say how old it is?"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from conftest import Store
from divisions import ORIGIN, STEP
from proofs import Proof
from publishing import drafted, following, halves, head, opened
from serving import Client, Service, served
from sqlalchemy import Engine, make_url

from geo.store import door, embedded, live, postmaster, schema
from geo.store.place import PORT

STALE_S = 3.0
"""The small counts do not wait as long as a real service does before it calls its answers stale."""
LATE_S = 6.0
"""Within this time the service notices what happened: a poll, a connection, and a busy machine."""
PLACES = 37
"""Points looked up along the community; those in its middle change hands with every publication."""

LISTENERS = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND query LIKE 'LISTEN%%'"


@dataclass
class Told:
    """What one caller heard: when, whether stale, how old, from which publication; in order."""

    answers: list[tuple[float, bool, float, int]] = field(default_factory=list)

    @property
    def last(self) -> tuple[float, bool, float, int]:
        return self.answers[-1]


@dataclass
class Away:
    """A service on a database that can be taken away and given back."""

    cluster: embedded.Cluster
    engine: Engine
    stale_s: float
    service: Service | None = None

    def take(self, hangs: bool) -> None:
        if hangs:
            self._send(signal.SIGSTOP)
        else:
            at = self.cluster.place.cluster
            assert postmaster.end(postmaster.pid(at) or 0, at)

    def give_back(self, hangs: bool) -> None:
        if hangs:
            self._send(signal.SIGCONT)
        else:
            self.cluster.ensure_running()

    def publish(self) -> int:
        number = head(self.engine) + 1
        plan = drafted(self.engine, halves("A", 0, cut(number)))
        assert door.publish(self.engine, door.Request(plan=plan, actor="planner")).number == number
        return number

    def _send(self, how: signal.Signals) -> None:
        for number in postmaster.processes(self.cluster.place.cluster):
            with suppress(ProcessLookupError):
                os.kill(number, how)


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory, full: bool) -> Iterator[Away]:
    """The service has the database by its address, as a stranger's: it does not bring it back by itself."""
    folder, stale_s = tmp_path_factory.mktemp("away"), live.STALE_S if full else STALE_S
    with embedded.joined(folder / "data") as cluster, opened(cluster) as (owner, engine):
        schema.migrate(owner)
        environment = {
            "DATABASE_URL": cluster.service_url,
            "WANGGE_OWNER_URL": cluster.owner_url,
            "WANGGE_DATA": str(folder / "unused"),
        }
        there = Away(cluster, engine, stale_s)
        there.publish()
        with served(folder / "log", environment, f"from geo.store import live; live.STALE_S = {stale_s}") as service:
            there.service = service
            yield there
            there.give_back(hangs=True)
    embedded.erase(folder / "data")


def cut(number: int) -> float:
    """Where the grids of a publication meet."""
    return 0.7 if number % 2 else 1.3


@pytest.mark.parametrize("hangs", [False, True], ids=["stopped", "hanging"])
def test_lookups_go_on_without_the_database(away: Away, full: bool, proof: Proof, hangs: bool) -> None:
    length_s = 30.0 if full else 4.0
    with away.service.clients(5) as clients:
        over, heard = Event(), [Told() for _ in clients[:-1]]
        with ThreadPoolExecutor() as threads:
            callers = [threads.submit(look_up, one, told, over) for one, told in zip(clients, heard, strict=False)]
            callers.append(threads.submit(list_all, clients[-1], over))
            try:
                timeline = sequence(away, hangs, heard, length_s, callers)
            finally:
                over.set()
                away.give_back(hangs)
            lists = [caller.result() for caller in callers][-1]
    judged(heard, timeline, away.stale_s)
    count = sum(len(told.answers) for told in heard)
    proof(
        f"{length_s:.0f} s without the database, which {'hangs' if hangs else 'is stopped'}, under load: lookups",
        count,
        f"none failed, nor one of {lists} lists; all stale after {timeline.stale - timeline.gone:.1f} s, fresh "
        f"{timeline.fresh - timeline.back:.1f} s after its return, a publication seen {timeline.heard_s:.1f} s later",
    )


@dataclass(frozen=True)
class Timeline:
    """Instants of the monotonic clock: database gone, first stale answer, database back, first fresh answer."""

    gone: float
    stale: float
    back: float
    fresh: float
    heard_s: float


def sequence(away: Away, hangs: bool, heard: list[Told], length_s: float, callers: list[Future[int]]) -> Timeline:
    """Take the database away for some time, give it back and publish; look at each step at what callers are told."""
    reached(lambda: all(len(told.answers) > 50 for told in heard), callers)
    assert readiness(away.service) == (200, True)
    page = away.service.ask("/v1/grids?limit=1").told
    number = away.publish()
    reached(lambda: all(told.last[3] == number for told in heard), callers)
    away.take(hangs)
    gone = time.monotonic()
    reached(lambda: readiness(away.service) == (200, False), callers)
    reached(lambda: all(told.last[1] for told in heard), callers, away.stale_s + LATE_S)
    stale = time.monotonic()
    assert next_page(away.service, page) == page["publication"] == number - 1
    reached(lambda: time.monotonic() - gone > length_s, callers, length_s)
    away.give_back(hangs)
    back = time.monotonic()
    reached(lambda: not any(told.last[1] for told in heard), callers)
    fresh = time.monotonic()
    reached(lambda: readiness(away.service) == (200, True), callers)
    published, number = time.monotonic(), away.publish()
    reached(lambda: all(told.last[3] == number for told in heard), callers)
    return Timeline(gone, stale, back, fresh, time.monotonic() - published)


def next_page(service: Service, page: dict[str, Any]) -> int:
    """The publication of the next page of a list; the list was begun before the last publication."""
    (link,) = [urlsplit(link["href"]) for link in page["links"] if link["rel"] == "next"]
    reply = service.ask(f"{link.path}?{link.query}")
    assert reply.status == 200, reply
    return int(reply.told["publication"])


def reached(is_so: Callable[[], bool], callers: list[Future[int]], within_s: float = LATE_S) -> None:
    """Wait until something is so, while all callers go on; a failed caller is told at once."""
    until = time.monotonic() + within_s + 0.5
    while not is_so():
        for caller in callers:
            if caller.done():
                caller.result()
        assert time.monotonic() < until
        Event().wait(0.02)


def readiness(service: Service) -> tuple[int, bool]:
    """Status of /readyz and whether it sees the database; it must say so at once."""
    began = time.monotonic()
    reply = service.ask("/readyz")
    assert time.monotonic() - began < 3
    return reply.status, reply.told["database"]


def look_up(client: Client, told: Told, over: Event) -> int:
    """Owner lookups as fast as they are answered."""
    n = 0
    while not over.is_set():
        n += 1
        lon, lat = ORIGIN[0] + (0.1 + 1.8 * (n % PLACES) / PLACES) * STEP, ORIGIN[1] + 0.5 * STEP
        reply = client.ask(f"/v1/owner?lon={lon}&lat={lat}&datum=wgs84")
        assert reply.status == 200, reply
        answer = reply.told
        middle = ORIGIN[0] + cut(answer["publication"]) * STEP
        assert answer["owner"]["code"] == ("A01" if lon < middle else "A02")
        told.answers.append((time.monotonic(), answer["stale"], answer["age_s"], answer["publication"]))
    return n


def list_all(client: Client, over: Event) -> int:
    """What else is answered from memory."""
    n = 0
    while not over.is_set():
        for path in ("/v1/grids?limit=1", "/v1/regions", "/v1/grids/A01", "/v1/regions/A/grids", "/healthz"):
            assert client.ask(path).status == 200
            n += 1
    return n


def judged(heard: list[Told], timeline: Timeline, stale_s: float) -> None:
    """An answer says `stale` exactly when its age is over the limit, and none does while the database is there."""
    for told in heard:
        for at, stale, age_s, _ in told.answers:
            assert stale == (age_s > stale_s) or abs(age_s - stale_s) <= 0.051
            if at < timeline.gone or at > timeline.fresh:
                assert not stale
        first = next(at for at, stale, *_ in told.answers if stale)
        assert timeline.gone < first <= timeline.gone + stale_s + LATE_S
        longest = max(later[0] - earlier[0] for earlier, later in zip(told.answers, told.answers[1:], strict=False))
        assert longest < 2, "a lookup waited for the database"


def test_a_lost_listener_is_replaced(store: Store) -> None:
    """One connection of the service breaks, the others live: notices are heard again, and nobody spins."""
    with psycopg.connect(**superuser(store), autocommit=True) as admin, following(store.service) as running:

        def listeners() -> list[int]:
            return [row[0] for row in admin.execute(LISTENERS, [make_url(store.service_url).database])]

        reached(lambda: len(listeners()) == 1, [])
        before = listeners()
        admin.execute("SELECT pg_terminate_backend(%s)", before)
        reached(lambda: len(listeners()) == 1 and listeners() != before, [])
        for number in (1, 2):
            plan = drafted(store.service, halves("A", 0, cut(number)))
            door.publish(store.service, door.Request(plan=plan, actor="planner"))
            published = time.monotonic()
            reached(lambda number=number: running.seen.map.publication == number, [])
            assert time.monotonic() - published < live.POLL_S / 2
        began, worked = time.monotonic(), time.process_time()
        Event().wait(live.POLL_S / 2)
        assert time.process_time() - worked < (time.monotonic() - began) / 2
        running.stop()
        assert time.monotonic() - began < live.POLL_S


def superuser(store: Store) -> dict[str, Any]:
    return {"host": str(store.cluster.place.sockets), "port": PORT, "user": "postgres", "dbname": "postgres"}
