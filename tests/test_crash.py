"""The database or the service is killed while it publishes: is the map whole each time, and is nothing told twice?"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from threading import Event, Timer
from typing import Any
from uuid import UUID, uuid4

import pytest
from commands import process
from conftest import migrated
from proofs import Proof
from publishing import drafted, faults, file_of, following, halves, head, opened
from serving import Client, served
from sqlalchemy import Engine, text

from geo.store import door, embedded, place, postmaster, roles
from geo.store.connect import reachable
from geo.store.door import Published
from geo.store.errors import StoreUnavailable

LONGEST_S = 0.6
"""A kill strikes at a random moment of this time: several publications long, so that it meets every phase of one."""

SOON_S = 10.0
"""Within this time a service hears of what it missed."""


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Cluster]:
    """A cluster that only these tests use, so that they may kill it."""
    with migrated(tmp_path_factory.mktemp("mortal") / "data") as running:
        yield running


@dataclass
class Publisher:
    """Publishes one draft after the other until the database is gone; knows what it was told and what it was not."""

    engine: Engine
    number: int
    told: dict[int, UUID]
    in_flight: UUID | None = None

    def run(self, begun: Event) -> None:
        with suppress(StoreUnavailable), reachable():
            while True:
                self.in_flight = drafted(self.engine, halves("A", 0, 0.5 + self.number % 100 / 100))
                begun.set()
                done = publish(self.engine, self.in_flight)
                self.told[done.number] = self.in_flight
                self.in_flight, self.number = None, self.number + 1


def publish(engine: Engine, plan: UUID) -> Published:
    return door.publish(engine, door.Request(plan=plan, actor="planner", key=str(plan)))


def reached(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON_S
    while not is_so():
        assert time.monotonic() < until
        Event().wait(0.02)


def kill(cluster: embedded.Cluster) -> None:
    """kill -9 of the postmaster and of every process under it."""
    at = cluster.place.cluster
    while left := postmaster.processes(at):
        for number in sorted(left, key=lambda number: number != postmaster.pid(at)):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        postmaster.gone(left, 5)


def test_kill_9_of_the_database_while_it_publishes(mortal: embedded.Cluster, full: bool, proof: Proof) -> None:
    rounds = 20 if full else 2
    chance, told, open_ends, arrived = random.Random(3), dict[int, UUID](), 0, 0
    with opened(mortal) as (owner, service), following(service) as live:
        for _ in range(rounds):
            publisher = Publisher(service, head(service), told)
            strike(mortal, publisher, chance.uniform(0, LONGEST_S), kill)
            assert faults(owner) == {}
            assert plans(owner) | told == plans(owner)
            assert set(plans(owner)) - set(told) <= {max(told, default=0) + 1}
            if publisher.in_flight is not None:
                open_ends, arrived = open_ends + 1, arrived + len(plans(owner)) - len(told)
                told |= repeated(owner, service, publisher.in_flight)
            reached(lambda: live.seen.map.publication == head(service))
    proof(
        "kill -9 of the whole database while it publishes",
        rounds,
        f"whole each time; {len(told)} published, {open_ends} left unanswered of which {arrived} were in force, "
        "each there once after it was asked again",
    )


def strike(cluster: embedded.Cluster, publisher: Publisher, after_s: float, how: Callable[..., None]) -> None:
    """Let it publish, kill some time after it began, and bring the database back."""
    begun, blow = Event(), Timer(after_s, how, [cluster])
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(publisher.run, begun)
        assert begun.wait(30)
        blow.start()
        running.result(60)
        blow.join()
    cluster.ensure_running()


def plans(owner: Engine) -> dict[int, UUID]:
    """The plan of each publication."""
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT number, plan FROM publication"))
        return {row.number: row.plan for row in rows}


def repeated(owner: Engine, service: Engine, plan: UUID) -> dict[int, UUID]:
    """Asks again for a publication whose answer was lost, twice: one publication, one answer."""
    known = {plan: number for number, plan in plans(owner).items()}
    last = head(service)
    first, second = publish(service, plan), publish(service, plan)
    assert first == second
    assert first.number == known.get(plan, last + 1)
    assert head(service) == max(last, first.number)
    assert faults(owner) == {}
    return {first.number: plan}


def test_kill_9_of_the_backends_that_publish(mortal: embedded.Cluster, full: bool, proof: Proof) -> None:
    """PostgreSQL then throws everybody out and recovers by itself."""
    rounds, chance, begins = 10 if full else 1, random.Random(5), 0
    with opened(mortal) as (owner, service):
        told, begins = plans(owner), head(service)
        for _ in range(rounds):
            strike(mortal, Publisher(service, head(service), told), chance.uniform(0, LONGEST_S), kill_backends)
            assert faults(owner) == {}
            assert plans(owner) | told == plans(owner)
            told = plans(owner)
    proof("kill -9 of the backends that publish", rounds, f"whole each time; {len(told) - begins} published")


def kill_backends(cluster: embedded.Cluster) -> None:
    """kill -9 of the processes that work for the service; over once PostgreSQL has noticed and ended all others."""
    ended = named(cluster, b"checkpointer")
    for number in named(cluster, b"wangge_service"):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    assert postmaster.gone(ended, SOON_S)


def named(cluster: embedded.Cluster, title: bytes) -> list[int]:
    """PostgreSQL's processes of this cluster by what they call themselves."""
    found = []
    for number in postmaster.processes(cluster.place.cluster):
        with suppress(FileNotFoundError, ProcessLookupError):
            if title in Path(f"/proc/{number}/cmdline").read_bytes():
                found.append(number)
    return found


def test_kill_9_of_the_service_while_it_publishes(full: bool, proof: Proof, tmp_path: Path) -> None:
    """Its private cluster lives on; the next command joins it, finds all whole and stops it as the last one out."""
    rounds, chance, told = 10 if full else 1, random.Random(9), dict[int, UUID]()
    folder = tmp_path / "data"
    environment = {"WANGGE_DATA": str(folder)}
    try:
        for _ in range(rounds):
            with served(tmp_path / "log", environment) as service, service.clients(1) as (client,):
                begun = Event()
                with ThreadPoolExecutor(1) as thread:
                    running = thread.submit(publish_over_http, client, told, begun)
                    assert begun.wait(60)
                    Timer(chance.uniform(0, LONGEST_S), service.process.kill).start()
                    running.result(60)
            alone = place.settle(folder)
            assert postmaster.pid(alone.cluster) is not None
            well = doctor(environment)
            assert (well["store"], well["role"]) == ("private cluster", roles.SERVICE)
            assert well["publication"] - max(told, default=0) in (0, 1)
            assert postmaster.pid(alone.cluster) is None
            with embedded.joined(folder) as cluster, opened(cluster) as (owner, _):
                assert faults(owner) == {}
                assert plans(owner) | told == plans(owner)
                told = plans(owner)
    finally:
        embedded.erase(folder)
    proof(
        "kill -9 of the service while it publishes", rounds, f"`doctor` joins, whole each time; {len(told)} published"
    )


def publish_over_http(client: Client, told: dict[int, UUID], begun: Event) -> None:
    with suppress(OSError, HTTPException):
        while True:
            number = max(told, default=0) + 1
            upload = file_of(halves("A", 0, 0.5 + number % 100 / 100))
            draft = client.ask("/v1/plans", "POST", upload, {"Idempotency-Key": uuid4().hex})
            assert draft.status == 201, draft
            begun.set()
            done = client.publish(draft.told["id"], uuid4().hex)
            assert done.status == 200, done
            told[done.told["number"]] = UUID(draft.told["id"])


def doctor(environment: dict[str, str]) -> dict[str, Any]:
    """What `wangge doctor` says of a store."""
    done = process("doctor", "--json", variables=environment)
    assert done.status == 0, done.err
    told: dict[str, Any] = done.told
    return told
