"""Does a stream keep to its bounds with callers who do not read, leave, fall silent or never end?"""

import csv
import io
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest
import serving
from conftest import Store, fresh
from district import at, publish, small
from fastapi import FastAPI
from proofs import Proof
from serving import listening

from api.app import create_app
from api.settings import Settings
from geo.model import Plan
from geo.store import embedded

CSV = "text/csv"
MIB = 1 << 20


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as made:
        yield made


@contextmanager
def begun(address: tuple[str, int], media: str = CSV) -> Iterator[socket.socket]:
    """A stream whose head is sent."""
    with socket.create_connection(address, timeout=15) as line:
        line.sendall(
            f"POST /v1/owner/stream?datum=wgs84 HTTP/1.1\r\nHost: a\r\nContent-Type: {media}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        yield line


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def until(holds: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextmanager
def live(store: Store, **settings: Any) -> Iterator[tuple[FastAPI, tuple[str, int]]]:
    """A service with one place for streams."""
    app = create_app(Settings(streams=1, **settings), store.service)
    app.state.live.refresh()
    with listening(app, log_level="critical", lifespan="off") as address:
        yield app, address


ROW = f"{at(0.5, 0.2).x},{at(0.5, 0.2).y}\n".encode()
HEAD = b"lon,lat\n"


def test_more_streams_than_places_are_told_to_come_again(store: Store) -> None:
    with live(store) as (app, address), begun(address) as line:
        line.sendall(chunk(b"lon,l"))
        until(app.state.streams.locked)
        with begun(address) as other:
            told = other.recv(65536)
            while b"}" not in told:
                told += other.recv(65536)
            assert told.startswith(b"HTTP/1.1 503 ")
            assert b"/problems/busy" in told
            assert b"retry-after: " in told.lower()
        line.close()
        until(lambda: not app.state.streams.locked())


def test_who_does_not_read_is_not_read_from(store: Store) -> None:
    with live(store) as (app, address), begun(address) as line:
        line.settimeout(3)
        sent, rows = 0, chunk(HEAD + ROW * 3000)
        with suppress(TimeoutError):
            while sent < 256 * MIB:
                sent += line.send(rows)
        assert sent < 48 * MIB  # what the buffers of two sockets hold, and a portion
        assert app.state.streams.locked()
        line.close()
        until(lambda: not app.state.streams.locked())


def test_who_leaves_ends_the_work(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with live(store) as (app, address):
        for read in (False, True):
            with begun(address) as line:
                line.sendall(chunk(HEAD + ROW * (40_000 if read else 1)))
                if read:
                    assert line.recv(1000).startswith(b"HTTP/1.1 200 ")
                until(app.state.streams.locked)
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            until(lambda: not app.state.streams.locked())
    assert "internal error" not in caplog.text


def everything(line: socket.socket) -> bytes:
    return b"".join(iter(lambda: line.recv(65536), b""))


def test_who_falls_silent_is_cut_off(store: Store) -> None:
    with live(store, body_seconds=0.5) as (app, address):
        with begun(address) as line:
            line.sendall(chunk(HEAD))
            assert everything(line).startswith(b"HTTP/1.1 408 ")
        with begun(address) as line:
            line.sendall(chunk(HEAD + ROW * 40_000))
            told = everything(line)
            assert told.startswith(b"HTTP/1.1 200 ")
            assert not told.endswith(b"0\r\n\r\n")
        until(lambda: not app.state.streams.locked())


def test_a_stream_has_an_end(store: Store) -> None:
    with live(store, stream_seconds=1.0) as (app, address), begun(address) as line:
        line.sendall(chunk(HEAD + ROW * 40_000))
        assert line.recv(1000).startswith(b"HTTP/1.1 200 ")
        stop = threading.Event()

        def on() -> None:
            with suppress(OSError):
                while not stop.wait(0.02):
                    line.sendall(chunk(ROW * 2000))

        sender = threading.Thread(target=on)
        sender.start()
        with suppress(ConnectionError):
            assert not everything(line).endswith(b"0\r\n\r\n")
        stop.set()
        sender.join(10)
        until(lambda: not app.state.streams.locked())


def test_one_published_state_answers_all_rows(cluster: embedded.Cluster, small_town: str) -> None:
    with fresh(cluster, small_town) as store, live(store) as (app, address), begun(address) as line:
        line.sendall(chunk(HEAD + ROW * 40_000))
        told = line.recv(65536)
        assert b"x-publication: 1\r\n" in told.lower()
        publish(store, Plan(facilities=(replace(small().facilities[0], name="改"),)))
        app.state.live.refresh()
        line.sendall(chunk(ROW * 10) + b"0\r\n\r\n")
        while not told.endswith(b"\r\n0\r\n\r\n"):
            told += line.recv(65536)
        assert told.count(b'"owned","A01"') == 40_010
        assert told.count(b",1,\r\n") + told.count(b',1,"') >= 40_000
        assert b",2," not in told
        assert app.state.live.seen.map.publication == 2


def test_millions_of_rows_in_constant_memory(store: Store, tmp_path: Path, full: bool, proof: Proof) -> None:
    """One in a hundred is bad; read and sent at once, as a service of its own answers."""
    count = 1_000_000 if full else 60_000
    where = {"DATABASE_URL": store.service_url, "WANGGE_OWNER_URL": store.owner_url, "WANGGE_DATA": str(tmp_path)}
    with serving.served(tmp_path / "log", where) as service:
        address = service.url.removeprefix("http://").split(":")
        at_first = _streamed((address[0], int(address[1])), 50_000) and peak_kb(service.process.pid)
        rows, errors = _streamed((address[0], int(address[1])), count)
        grown = (peak_kb(service.process.pid) - at_first) / 1024
    assert (rows, errors) == (count, count // 100)
    assert grown < 64
    proof("rows through /v1/owner/stream as CSV, 1 % bad, each answered", count, f"peak memory +{grown:.0f} MiB")


def peak_kb(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def _streamed(address: tuple[str, int], count: int) -> tuple[int, int]:
    """Rows and errors of the answer, checked to come in order."""
    with begun(address) as line:
        sender = threading.Thread(target=_send, args=(line, count))
        sender.start()
        answer = HTTPResponse(line)
        answer.begin()
        rows = errors = 0
        for row in csv.DictReader(io.TextIOWrapper(answer, "utf-8", newline="")):
            assert row["n"] == str(rows)
            assert (row["status"] == "owned") != row["error"].startswith("axes-swapped")
            errors += bool(row["error"])
            rows += 1
        sender.join(20)
        return rows, errors


def _send(line: socket.socket, count: int) -> None:
    good, bad = ROW.decode().strip(), ",".join(reversed(ROW.decode().strip().split(",")))
    line.sendall(chunk(b"n,lon,lat\n"))
    for start in range(0, count, 1000):
        rows = [f"{n},{bad if n % 100 == 7 else good}\n" for n in range(start, start + 1000)]
        line.sendall(chunk("".join(rows).encode()))
    line.sendall(b"0\r\n\r\n")
