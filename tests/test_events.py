"""Is everything that happens told once, as it happens, to whom it concerns, and does no listener hold up others?"""

import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from conftest import Store, fresh
from log_rows import logged
from publishing import drafted
from publishing import publish as publish_plan
from redrawing import QUARTERS, drawn, redraw
from serving import Service, served

from geo.store import embedded, plans
from geo.store.connect import session


class Ear:
    """One who listens to a service, with a connection of its own."""

    def __init__(self, service: Service, **headers: str) -> None:
        self._connection = HTTPConnection(urlsplit(service.url).netloc, timeout=20)
        self._connection.request("GET", "/v1/events", headers=headers)
        self.answer: HTTPResponse = self._connection.getresponse()
        self.last = ""
        self.beats = 0

    def hear(self, count: int) -> list[tuple[str, dict[str, object]]]:
        """The next events."""
        found: list[tuple[str, dict[str, object]]] = []
        name = ""
        while len(found) < count:
            line = self.line()
            if line.startswith("id: "):
                self.last = line.removeprefix("id: ")
            elif line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((name, json.loads(line.removeprefix("data: "))))
            self.beats += line == ":"
        return found

    def line(self) -> str:
        line = self.answer.readline()
        assert line, "the stream ended"
        return line.decode().rstrip("\n")

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def service(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = {
        "DATABASE_URL": store.service_url,
        "WANGGE_OWNER_URL": store.owner_url,
        "WANGGE_LISTENERS": "3",
        "WANGGE_HEARTBEAT_SECONDS": "0.3",
        "WANGGE_REQUEST_SECONDS": "2",
        "WANGGE_CHECK_SECONDS": "1",
    }
    with served(tmp_path_factory.mktemp("log") / "log", settings) as running:
        yield running


@contextmanager
def ear(service: Service, **headers: str) -> Iterator[Ear]:
    own = Ear(service, **headers)
    try:
        yield own
    finally:
        own.close()


def moved(store: Store, plan: UUID) -> None:
    with session(store.service) as work, work.begin():
        plans.submit(work, plans.locked(work, plan, None), "planner")


def test_what_happens_is_told_as_it_happens(service: Service, store: Store) -> None:
    with ear(service, **{"Accept-Encoding": "gzip"}) as own:
        assert own.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert "content-encoding" not in own.answer.headers
        number = redraw(store, QUARTERS, {"A01": "一"})
        told = own.hear(3)
        assert sorted(name for name, _ in told) == ["plan", "plan", "published"]
        published = next(data for name, data in told if name == "published")
        assert (published["publication"], published["regions"]) == (number, ["A"])
        plan = drafted(store.service, drawn(QUARTERS, {"A01": "二"}))
        moved(store, plan)
        events = [data for name, data in own.hear(2) if name == "plan" and data["id"] == str(plan)]
        assert (events[-1]["state"], events[-1]["actor"]) == ("submitted", "planner")


def test_who_hears_of_a_publication_finds_it(service: Service, store: Store) -> None:
    """At once, by its number and as the current one."""
    with ear(service) as own:
        own.line(), own.line()
        for n in range(8):
            number = redraw(store, QUARTERS, {"A01": f"f{n}"})
            while ("published", number) not in [(name, data.get("publication")) for name, data in own.hear(1)]:
                pass
            for publication in (number, "current"):
                found = service.ask(f"/tiles/{publication}/tilejson.json")
                assert (found.status, found.headers["x-publication"]) == (200, str(number))


def test_it_goes_on_where_it_was_without_gap_or_double(service: Service, store: Store) -> None:
    with ear(service) as own:
        own.line(), own.line()
        redraw(store, QUARTERS, {"A01": "三"})
        first = own.hear(1)
        last = own.last
    with ear(service, **{"Last-Event-ID": last}) as whole:
        numbers = [redraw(store, QUARTERS, {"A01": f"{n}"}) for n in range(3)]
        heard: list[tuple[str, dict[str, object]]] = []
        while [data["publication"] for name, data in heard if name == "published"][-1:] != numbers[-1:]:
            heard += whole.hear(1)
    told, seen, mark = list(first), first, last
    while seen and len(told) < len(first) + len(heard):
        with ear(service, **{"Last-Event-ID": mark}) as again:
            seen = again.hear(1)
            told, mark = told + seen, again.last
    keys = [(name, data.get("publication") or (data["id"], data["revision"])) for name, data in told]
    assert len(keys) == len(set(keys))
    assert [data["publication"] for name, data in told if name == "published"][-3:] == numbers


def test_beats_and_the_deadline_of_requests_do_not_cut_it(service: Service, store: Store) -> None:
    with ear(service) as own:
        while own.beats < 10:
            own.beats += own.line() == ":"
        redraw(store, QUARTERS, {"A01": "四"})
        assert own.hear(1)


def test_the_places_are_few(service: Service) -> None:
    ears = [Ear(service) for _ in range(3)]
    refused = service.ask("/v1/events")
    assert (refused.status, json.loads(refused.body)["type"]) == (503, "/problems/too-many-listeners")
    assert refused.headers["retry-after"]
    for one in ears:
        one.close()
    free = threading.Event()
    for _ in range(50):
        own = Ear(service)
        own.close()
        if own.answer.status == 200:
            free.set()
            break
    assert free.is_set()


def test_head_ends_and_strangers_hear_of_publications_alone(service: Service, store: Store) -> None:
    with service.clients(1) as (client,):
        head = client.ask("/v1/events", "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert client.ask("/healthz").status == 200
    with ear(service, **{"X-Forwarded-For": "192.0.2.7"}) as own:
        moved(store, drafted(store.service, drawn(QUARTERS, {"A02": "五"})))
        number = redraw(store, QUARTERS, {"A01": "五"})
        told = own.hear(1)
        while told[-1][1].get("publication") != number:  # one before it may have come just now
            told += own.hear(1)
        assert {name for name, _ in told} == {"published"}


def test_head_has_no_body_at_all(service: Service) -> None:
    """Not even the end of one, which the next answer would begin with."""
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname or "", address.port or 80), timeout=20) as caller:
        caller.sendall(b"HEAD /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        told = b"".join(iter(lambda: caller.recv(4096), b""))
    assert told.startswith(b"HTTP/1.1 200 ")
    assert told.endswith(b"\r\n\r\n")
    assert told.count(b"\r\n\r\n") == 1


def test_it_ends_with_the_service(store: Store, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": store.service_url, "WANGGE_OWNER_URL": store.owner_url}
    with served(tmp_path / "log", settings) as service:
        with ear(service) as own:
            own.line()
            service.process.send_signal(signal.SIGTERM)
            assert own.answer.read().endswith(b"\n\n")
        assert service.process.wait(20) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)


def test_one_who_does_not_read_holds_up_nobody(service: Service, store: Store) -> None:
    address = urlsplit(service.url)
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 80)) as deaf, ear(service) as own:
        deaf.sendall(b"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        number = publish_plan(store.service, drafted(store.service, drawn(QUARTERS, {"A01": "六"}))).number
        numbers: list[object] = []
        while number not in numbers:
            numbers += [data.get("publication") for _, data in own.hear(1)]


def test_thousands_that_were_missed_come_once_with_short_ids(service: Service, store: Store) -> None:
    """Though the connection breaks midway, twice."""
    plan = drafted(store.service, drawn(QUARTERS, {"A01": "七"}))
    with ear(service) as own:
        mark = own.line(), own.line().removeprefix("id: ")
    with store.owner.begin() as owner:
        logged(owner, plan, 3_000)
    told, last = list[object](), mark[1]
    for upto in (1, 1_234, 3_000):
        with ear(service, **{"Last-Event-ID": last}) as again:
            while told[-1:] != [upto]:
                ((_, data),) = again.hear(1)
                told += [data["revision"]] if (data.get("id"), data.get("action")) == (str(plan), "edit") else []
            last = again.last
            assert len(last) < 200
    assert told == [*range(1, 3_001)]


def test_strangers_get_no_more_bytes_for_what_is_done_to_plans(service: Service, store: Store) -> None:
    plan = drafted(store.service, drawn(QUARTERS, {"A01": "八"}))
    with store.owner.begin() as owner:
        logged(owner, plan, 3_000)
    stranger = {"X-Forwarded-For": "192.0.2.7", "Last-Event-ID": "0.3:3:"}
    with ear(service, **stranger) as own:
        lines = list[str]()
        while ":" not in lines:
            lines.append(own.line())
    assert not any(line == "event: plan" for line in lines)
    assert max(map(len, lines)) < 1_000
    assert sum(map(len, lines)) < 1_000 * (1 + sum(line == "event: published" for line in lines))


def test_strangers_hear_beats_while_planners_work(service: Service, store: Store) -> None:
    plan, over = drafted(store.service, drawn(QUARTERS, {"A01": "九"})), threading.Event()

    def work() -> None:
        while not over.wait(0.05):
            with store.owner.begin() as owner:
                logged(owner, plan, 1)
                owner.exec_driver_sql("NOTIFY wangge_event")

    planner = threading.Thread(target=work)
    planner.start()
    try:
        with ear(service, **{"X-Forwarded-For": "192.0.2.7"}) as own:
            while own.beats < 5:
                own.beats += own.line() == ":"
    finally:
        over.set()
        planner.join()
