"""The database is away while many ask: is every lookup answered, does each answer say how old it is, and does it end?"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from divisions import ORIGIN, STEP
from proofs import Proof
from publishing import drafted, halves
from serving import Client, Service, served

from geo.store import door, embedded, live, postmaster, schema
from geo.store.connect import owner_engine, service_engine

STALE_S = 2.0
"""The small counts do not wait as long as a real service does before it calls its answers stale."""
LATE_S = 6.0
"""Within this time the service notices what happened: a poll, a connection, and a busy machine."""
PLACES = 37
"""Points looked up along the community; no two neighbours of the row of publications agree on all."""


@dataclass
class Told:
    """What one caller heard: when, whether stale, how old, from which publication; in order."""

    answers: list[tuple[float, bool, float, int]] = field(default_factory=list)

    @property
    def last(self) -> tuple[float, bool, float, int]:
        return self.answers[-1]


@dataclass(frozen=True)
class Away:
    """A service on a database that can be taken away and given back."""

    service: Service
    stale_s: float
    take_away: Callable[[], None]
    give_back: Callable[[], None]
    publish: Callable[[float], int]


@contextmanager
def running(folder: Path, stale_s: float, hangs: bool) -> Iterator[Away]:
    """The service has the database by its address, as a stranger's: it does not bring it back by itself."""
    with embedded.joined(folder / "data") as cluster:
        owner, engine = owner_engine(cluster.owner_url), service_engine(cluster.service_url)
        schema.migrate(owner)

        def publish(cut: float) -> int:
            plan = drafted(engine, halves("A", 0, cut))
            return door.publish(engine, door.Request(plan=plan, actor="planner")).number

        def send(how: signal.Signals) -> None:
            for number in postmaster.processes(cluster.place.cluster):
                os.kill(number, how)

        def stop() -> None:
            assert postmaster.end(postmaster.pid(cluster.place.cluster) or 0, cluster.place.cluster)

        publish(0.7)
        environment = {"DATABASE_URL": cluster.service_url, "WANGGE_OWNER_URL": cluster.owner_url}
        environment["WANGGE_DATA"] = str(folder / "unused")
        before = f"from geo.store import live; live.STALE_S = {stale_s}"
        with served(folder / "log", environment, before) as service:
            if hangs:
                take_away, give_back = (lambda: send(signal.SIGSTOP)), (lambda: send(signal.SIGCONT))
            else:
                take_away, give_back = stop, cluster.ensure_running
            try:
                yield Away(service, stale_s, take_away, give_back, publish)
            finally:
                send(signal.SIGCONT)
        owner.dispose()
        engine.dispose()
    embedded.erase(folder / "data")


@pytest.mark.parametrize("hangs", [False, True], ids=["stopped", "hanging"])
def test_lookups_go_on_without_the_database(tmp_path: Path, full: bool, proof: Proof, hangs: bool) -> None:
    length_s, stale_s = (30.0, live.STALE_S) if full else (4.0, STALE_S)
    with running(tmp_path, stale_s, hangs) as away, away.service.clients(6) as (asking, *clients):
        over, heard = Event(), [Told() for _ in clients[:-1]]
        with ThreadPoolExecutor() as threads:
            callers = [
                threads.submit(look_up, client, told, over) for client, told in zip(clients, heard, strict=False)
            ]
            callers.append(threads.submit(list_all, clients[-1], over))
            try:
                timeline = sequence(away, asking, heard, length_s, callers)
            finally:
                over.set()
            lists = [caller.result() for caller in callers][-1]
    judged(heard, timeline, stale_s)
    count = sum(len(told.answers) for told in heard)
    what = "without the database, which hangs" if hangs else "without the database, which is stopped"
    proof(
        f"{length_s:.0f} s {what}",
        count,
        f"no lookup of 4 callers failed, nor one of {lists} lists; stale after {timeline.stale - timeline.gone:.1f} s, "
        f"fresh {timeline.fresh - timeline.back:.1f} s after its return, a publication seen after {timeline.heard_s:.1f} s",
    )


@dataclass(frozen=True)
class Timeline:
    """Instants of the monotonic clock: database gone, first stale answer, database back, first fresh answer."""

    gone: float
    stale: float
    back: float
    fresh: float
    heard_s: float


def sequence(away: Away, asking: Client, heard: list[Told], length_s: float, callers: list[Future[int]]) -> Timeline:
    """Take the database away for some time, give it back and publish; look at each step at what callers are told."""
    reached(lambda: all(len(told.answers) > 50 for told in heard), callers)
    assert readiness(asking) == (200, True)
    away.take_away()
    gone = time.monotonic()
    reached(lambda: readiness(asking) == (200, False), callers)
    reached(lambda: all(told.last[1] for told in heard), callers, away.stale_s + LATE_S)
    stale = time.monotonic()
    reached(lambda: time.monotonic() - gone > length_s, callers, length_s)
    away.give_back()
    back = time.monotonic()
    reached(lambda: not any(told.last[1] for told in heard), callers)
    fresh = time.monotonic()
    reached(lambda: readiness(asking) == (200, True), callers)
    published, number = time.monotonic(), away.publish(1.3)
    reached(lambda: all(told.last[3] == number for told in heard), callers)
    return Timeline(gone, stale, back, fresh, time.monotonic() - published)


def reached(is_so: Callable[[], bool], callers: list[Future[int]], within_s: float = LATE_S) -> None:
    """Wait until something is so, while all callers go on; a failed caller is told at once."""
    until = time.monotonic() + within_s + 0.5
    while not is_so():
        for caller in callers:
            if caller.done():
                caller.result()
        assert time.monotonic() < until
        Event().wait(0.02)


def readiness(client: Client) -> tuple[int, bool]:
    """Status of /readyz and whether it sees the database; it must say so at once."""
    began = time.monotonic()
    reply = client.ask("/readyz")
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
        cut = 0.7 if answer["publication"] == 1 else 1.3
        assert answer["owner"]["code"] == ("A01" if lon < ORIGIN[0] + cut * STEP else "A02")
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
    """Every answer says `stale` exactly when its age is over the limit, and none is stale while the database is there."""
    for told in heard:
        for at, stale, age_s, _ in told.answers:
            assert stale == (age_s > stale_s) or abs(age_s - stale_s) <= 0.05
            if at < timeline.gone or at > timeline.fresh:
                assert not stale
        first = next(at for at, stale, *_ in told.answers if stale)
        assert stale_s - live.POLL_S - 0.1 <= first - timeline.gone <= stale_s + LATE_S
        longest = max(later[0] - earlier[0] for earlier, later in zip(told.answers, told.answers[1:], strict=False))
        assert longest < 2, "a lookup waited for the database"
