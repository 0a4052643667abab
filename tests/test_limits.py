"""How much, how long, how deep: is every limit held, from both sides of it? And is it seen from outside?"""

import asyncio
import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from serving import listening
from starlette.requests import Request

from api.frame import framed
from api.health import Readiness
from api.limits import is_deeper, read_json
from api.pool import Busy, Pool, TookTooLong, WorkerLost
from api.problems import Problem
from api.settings import Settings

router = APIRouter(prefix="/v1")


@router.get("/where/{name}")
def where(name: str) -> str:
    return name


@router.get("/page")
def page(level: str = "") -> str:
    return level


@router.post("/body")
async def body(request: Request) -> int:
    return len(await request.body())


@router.get("/stuck")
async def stuck() -> None:
    await asyncio.Event().wait()


@router.get("/slow")
def slow(seconds: float) -> str:
    time.sleep(seconds)
    return "done"


@router.get("/heavy")
def heavy(request: Request, seconds: float, mark: str = "") -> str:
    work = "import pathlib, time; mark and pathlib.Path(mark).touch(); time.sleep(seconds)"
    request.app.state.pool.run(exec, work, {"mark": mark, "seconds": seconds}, request=request)
    return "done"


def app(**settings: Any) -> FastAPI:
    made = framed(Settings(**settings))
    made.include_router(router)
    return made


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(app()) as made:
        yield made


@pytest.mark.parametrize("path", ["/v1/where/%00", "/v1/where/%ff", "/v1/page?level=%00", "/v1/page?level=%ff%fe"])
def test_urls_are_utf8_without_nul(client: TestClient, path: str) -> None:
    assert (client.get(path).status_code, client.get(path).json()["type"]) == (400, "/problems/malformed-request")


def test_url_and_headers_have_a_size(client: TestClient) -> None:
    assert client.get("/v1/page?level=" + "x" * 9000).status_code == 414
    assert client.get("/v1/page", headers={"X-Long": "x" * 40_000}).status_code == 431


def chunks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * 100


def test_a_body_has_a_size() -> None:
    with TestClient(app(body_bytes=1000)) as client:
        for content in (b"x" * 1000, chunks(10)):
            assert client.post("/v1/body", content=content).json() == 1000
        for content in (b"x" * 1001, chunks(11), chunks(1000)):
            told = client.post("/v1/body", content=content)
            assert (told.status_code, told.json()["type"]) == (413, "/problems/body-too-large")
            assert told.headers["connection"] == "close"


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
def test_compressed_bodies_are_refused(client: TestClient, encoding: str) -> None:
    told = client.post("/v1/body", content=b"x", headers={"Content-Encoding": encoding})
    assert (told.status_code, told.json()["type"]) == (415, "/problems/encoded-body")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_depth(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    settings = Settings(json_depth=10)

    def nested(depth: int) -> bytes:
        return (opening * depth + '"]}[{\\"[["' + closing * depth).encode()

    assert read_json(nested(10), settings) is not None
    with pytest.raises(Problem, match="body-too-deep"):
        read_json(nested(11), settings)
    assert not is_deeper(b"[" * 1_000_000, 10)
    for broken in (b"[" * 1_000_000, b'"' * 999_999, b"[NaN]", b"[1e999", b'"\\ud800"', b""):
        with pytest.raises(Problem, match="invalid-body"):
            read_json(broken, settings)


def test_an_async_route_that_never_answers_is_answered_for() -> None:
    with TestClient(app(check_seconds=0.1, request_seconds=0.3)) as client:
        began = time.monotonic()
        told = client.get("/v1/stuck")
        assert time.monotonic() - began < 3
        assert (told.status_code, told.json()["type"]) == (503, "/problems/not-answered-in-time")
        assert int(told.headers["retry-after"]) > 0
        assert client.get("/v1/page").status_code == 200


def test_a_thread_that_is_late_goes_unheard() -> None:
    with TestClient(app(check_seconds=0.1, request_seconds=0.3)) as client:
        assert client.get("/v1/slow?seconds=1").status_code == 503
        assert client.get("/v1/slow?seconds=0").json() == "done"


def said(address: tuple[str, int], *parts: bytes, wait: float = 10) -> bytes:
    """What the server sends until it closes."""
    with socket.create_connection(address, timeout=wait) as line:
        for part in parts:
            line.sendall(part)
        return b"".join(iter(lambda: line.recv(65536), b""))


def test_a_slow_body_is_cut_off() -> None:
    with listening(app(body_seconds=0.5)) as address:
        began = time.monotonic()
        told = said(address, b"POST /v1/body HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n", b"only this")
        assert 0.4 < time.monotonic() - began < 5
        assert told.startswith(b"HTTP/1.1 408 ")
        assert b"/problems/body-too-slow" in told
        endless = b"POST /v1/body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert said(address, endless, b"1\r\nx\r\n" * 10).startswith(b"HTTP/1.1 408 ")


def test_a_declared_size_is_refused_before_the_body_comes() -> None:
    with listening(app(body_bytes=1000)) as address:
        told = said(address, b"POST /v1/body HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n")
        assert told.startswith(b"HTTP/1.1 413 ")
        assert b"application/problem+json" in told


def test_a_client_that_leaves_takes_its_running_task_along(tmp_path: Path) -> None:
    made, mark = app(pool_workers=1, pool_queue=0), tmp_path / "running"
    with listening(made) as address, socket.create_connection(address) as line:
        line.sendall(f"GET /v1/heavy?seconds=50&mark={mark} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        until(mark.exists)
        line.close()
        until(lambda: made.state.pool.busy == 0)
        assert made.state.pool.run(math.hypot, 3.0, 4.0, seconds=5) == 5.0


def until(holds: Any, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(workers=1, queue=1, seconds=30)
    yield made
    made.stop()


def test_the_pool_answers_from_another_process(pool: Pool) -> None:
    assert pool.run(os.getpid) != os.getpid()
    assert pool.run(math.hypot, 3.0, 4.0) == 5.0
    with pytest.raises(ValueError, match="math domain error"):
        pool.run(math.sqrt, -1.0)
    assert pool.busy == 0


def test_a_task_has_a_time_limit_and_the_next_one_is_well(pool: Pool) -> None:
    with pytest.raises(TookTooLong):
        pool.run(time.sleep, 60.0, seconds=0.3)
    assert pool.run(math.hypot, 3.0, 4.0) == 5.0


def test_a_lost_worker_is_told_and_replaced(pool: Pool, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(WorkerLost):
        pool.run(os._exit, 3)
    assert "ended by itself" in caplog.text
    assert pool.run(math.hypot, 3.0, 4.0) == 5.0


def test_a_full_pool_says_so_at_once_and_can_be_stopped() -> None:
    full = Pool(workers=1, queue=1, seconds=60)
    outcomes: list[BaseException] = []

    def wait() -> None:
        try:
            full.run(time.sleep, 60.0)
        except Busy as error:
            outcomes.append(error)

    threads = [threading.Thread(target=wait) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: full.busy == 2)
    with pytest.raises(Busy):
        full.run(os.getpid)
    full.stop()
    for thread in threads:
        thread.join(20)
    assert len(outcomes) == 2


def test_a_task_whose_turn_does_not_come_is_told_busy(pool: Pool) -> None:
    thread = threading.Thread(target=pool.run, args=(time.sleep, 2.0))
    thread.start()
    until(lambda: pool.busy == 1)
    with pytest.raises(Busy):
        pool.run(os.getpid, seconds=0.2)
    assert pool.busy == 1
    thread.join(20)


def test_pool_problems_over_http() -> None:
    made = app(check_seconds=0.5, request_seconds=20, pool_workers=1, pool_queue=0)
    with TestClient(made) as client:
        made.state.pool.run(os.getpid, seconds=20)
        assert client.get("/v1/heavy?seconds=0").json() == "done"
        told = client.get("/v1/heavy?seconds=9")
        assert (told.status_code, told.json()["type"]) == (422, "/problems/took-too-long")
        thread = threading.Thread(target=made.state.pool.run, args=(time.sleep, 2.0), kwargs={"seconds": 10})
        thread.start()
        until(lambda: made.state.pool.busy == 1)
        told = client.get("/v1/heavy?seconds=0")
        assert (told.status_code, told.json()["type"]) == (503, "/problems/busy")
        assert int(told.headers["retry-after"]) > 0
        thread.join(20)


def test_health_and_readiness() -> None:
    made = app()
    with TestClient(made) as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        told = client.get("/readyz")
        assert (told.status_code, told.json()["type"]) == (503, "/problems/not-ready")
        assert [error["pointer"] for error in told.json()["errors"]] == ["#/database", "#/publication"]
        made.state.readiness = lambda: Readiness(is_ready=True, database=False, publication=12, age_s=3.5)
        told = client.get("/readyz")
        assert (told.status_code, told.json()["publication"], told.json()["database"]) == (200, 12, False)
        assert told.headers["cache-control"] == "no-store"


def test_metrics_name_routes_not_addresses() -> None:
    made = app()
    made.state.publication = lambda: 12
    with TestClient(made) as client:
        for name in ("secret-a", "secret-b"):
            client.get(f"/v1/where/{name}")
        client.get("/nowhere/secret-c")
        client.request("BREW", "/v1/page")
        told = client.get("/metrics").text
    assert 'wangge_requests_total{method="GET",route="/v1/where/{name}",status="200"} 2.0' in told
    assert 'wangge_requests_total{method="GET",route="unmatched",status="404"} 1.0' in told
    assert 'wangge_requests_total{method="other",route="/v1/page",status="405"} 1.0' in told
    assert "wangge_publication 12.0" in told
    assert "secret" not in told
    assert "wangge_publication NaN" in TestClient(app()).get("/metrics").text
