"""Do several processes serve one map, and does each of them come, follow and go with the first?"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import psycopg
import pytest
from commands import of_store, process
from conftest import Store
from divisions import ORIGIN, STEP
from publishing import drafted, halves
from serving import RUN, Service, served, settings
from sqlalchemy import make_url

from geo.store import door
from geo.store.live import POLL_S

LATE_S = 2.0
"""A publication shows in every process within this time; 30 s where its notice is lost."""
LOST_S = 30.0
SOON_S = 30.0
"""A process comes up, or goes."""
ASKED = 40
"""Questions on connections of their own that both processes get some of."""
PLACE = f"lon={ORIGIN[0] + STEP / 2}&lat={ORIGIN[1] + STEP / 2}&datum=wgs84"


def publish(store: Store, number: int) -> None:
    plan = drafted(store.service, halves("A", 0, 1.3 - 0.3 * (number % 2), str(number)))
    assert door.publish(store.service, door.Request(plan=plan, actor="planner")).number == number


@contextmanager
def several(store: Store, folder: Path) -> Iterator[Service]:
    environment = {**of_store(store), "WANGGE_DATA": str(folder / "data"), "WANGGE_WORKERS": "2"}
    with served(folder / "log", environment) as service:
        yield service


@pytest.fixture
def slow(full: bool) -> None:
    """Each start of several processes takes its time."""
    if not full:
        pytest.skip("starts of several processes: with --full")


@pytest.fixture
def service(store: Store, tmp_path: Path) -> Iterator[Service]:
    publish(store, 1)
    with several(store, tmp_path) as one:
        yield one


def children(parent: int) -> list[int]:
    """The processes that answer: those that a process began, but what looks after the memory they share."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    several = [int(number) for number in found]
    return [number for number in several if b"spawn_main" in command(number)]


def command(number: int) -> bytes:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def is_running(number: int) -> bool:
    """A process that ended and was not yet taken note of does not run."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def reached(is_so: Callable[[], bool], within_s: float = SOON_S) -> float:
    """Wait until something is so; how long that took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < within_s
        Event().wait(0.05)
    return time.monotonic() - began


def publications(service: Service, count: int = ASKED) -> set[int]:
    """What so many questions, each on a connection of its own, are answered from."""
    replies = [service.ask(f"/v1/owner?{PLACE}") for _ in range(count)]
    assert {reply.status for reply in replies} == {200}
    assert all(reply.told["owner"]["name"] == str(reply.told["publication"]) for reply in replies)
    return {reply.told["publication"] for reply in replies}


def listeners(store: Store) -> int:
    """Processes that wait for word of a publication."""
    name = make_url(store.service_url).database
    with store.service.connect() as work:  # others do not see what it asks
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND query = 'LISTEN wangge'"
        return int(work.exec_driver_sql(query, (name,)).scalar_one())


def test_both_answer_and_what_is_published_shows_in_both(service: Service, store: Store) -> None:
    assert len(children(service.process.pid)) == 2
    reached(lambda: listeners(store) == 2)
    assert publications(service) == {1}
    for number in (2, 3, 4):
        publish(store, number)
        acknowledged = time.monotonic()
        reached(lambda number=number: publications(service, 12) == {number}, LATE_S + 1)
        assert time.monotonic() - acknowledged < LATE_S + 1
        assert publications(service) == {number}
    assert service.process.poll() is None


@pytest.mark.usefixtures("slow")
def test_a_publication_whose_notice_is_lost_shows_all_the_same(service: Service, store: Store) -> None:
    deaf(store)
    publish(store, 2)
    took = reached(lambda: publications(service) == {2}, LOST_S)
    assert took < LOST_S
    assert POLL_S < LOST_S


def deaf(store: Store) -> None:
    """From now on the door tells nobody."""
    with psycopg.connect(store.owner.url.set(drivername="postgresql").render_as_string(hide_password=False)) as work:
        told = work.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE prosrc LIKE '%pg_notify(''wangge''%' AND prokind = 'f'"
        ).fetchall()
        assert told
        for (definition,) in told:
            work.execute(definition.replace("pg_notify('wangge'", "pg_notify('nobody'"))


@pytest.mark.usefixtures("slow")
def test_a_process_that_was_killed_is_replaced(service: Service, store: Store) -> None:
    before = children(service.process.pid)
    os.kill(before[0], signal.SIGKILL)
    reached(lambda: len(set(children(service.process.pid)) - set(before)) == 1)
    reached(lambda: listeners(store) == 2)
    publish(store, 2)
    reached(lambda: publications(service) == {2})


def test_a_signal_ends_all(service: Service) -> None:
    several = children(service.process.pid)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(SOON_S) == 0
    assert not any(map(is_running, several))


@pytest.mark.usefixtures("slow")
def test_a_signal_ends_all_while_they_still_come_up(store: Store, tmp_path: Path) -> None:
    variables = {**of_store(store), "WANGGE_DATA": str(tmp_path), "WANGGE_WORKERS": "2"}
    command = [sys.executable, "-c", RUN, "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=settings(variables)) as first:
        reached(lambda: len(children(first.pid)) == 2)
        several = children(first.pid)
        first.send_signal(signal.SIGTERM)
        assert first.wait(SOON_S) == 0
    assert not any(map(is_running, several))


@pytest.mark.usefixtures("slow")
def test_without_the_first_process_the_others_end(service: Service) -> None:
    several = children(service.process.pid)
    service.process.kill()
    reached(lambda: not any(map(is_running, several)))


@pytest.mark.usefixtures("slow")
def test_where_nobody_can_listen_there_is_an_end(store: Store, tmp_path: Path) -> None:
    variables = {**of_store(store), "WANGGE_DATA": str(tmp_path), "WANGGE_WORKERS": "2"}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = process("serve", "--port", taken.getsockname()[1], variables=variables)
    assert (ended.status, ended.out) == (2, "")
    assert "address already in use" in ended.err.lower()
    assert process("serve", "--port", 70_000, variables=variables).status == 2
    assert process("serve", "--host", "192.0.2.1", "--port", 0, variables=variables).status == 2
