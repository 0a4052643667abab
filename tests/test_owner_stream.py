"""Are millions of points answered row by row, in order, in constant memory, for callers who behave and who do not?"""

import csv
import io
import json
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

import numpy as np
import pyarrow as pa
import pytest
import serving
import uvicorn
from conftest import Store, fresh
from district import at, elsewhere, publish, served, small
from fastapi import FastAPI
from fastapi.testclient import TestClient
from proofs import Proof
from test_owner_command import BAD, FOUND, OURS, places

from api.app import create_app
from api.settings import Settings
from geo.model import Plan
from geo.store import embedded

CSV, LINES, ARROW = "text/csv", "application/x-ndjson", "application/vnd.apache.arrow.stream"
MIB = 1 << 20


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as made:
        publish(made, small())
        yield made


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def asked(client: TestClient, body: Any, media: str, query: str = "datum=wgs84", **headers: str) -> Any:
    told = client.post(f"/v1/owner/stream?{query}", content=body, headers={"Content-Type": media, **headers})
    assert told.status_code == 200, told.text
    return told


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def arrow(**columns: Any) -> bytes:
    out = io.BytesIO()
    made = pa.table(columns)
    with pa.ipc.new_stream(out, made.schema) as file:
        file.write_table(made)
    return out.getvalue()


def points() -> tuple[list[float], list[float]]:
    return [x for x, _ in places()], [y for _, y in places()]


def verdicts(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["status"], row["owner"] or "") for row in rows]


def test_three_forms_say_the_same(client: TestClient) -> None:
    lon, lat = points()
    text = "n,经度,lat\n" + "".join(f"{n},{x!r},{y!r}\n" for n, (x, y) in enumerate(places()))
    told = asked(elsewhere(client), text.encode(), f"{CSV}; charset=utf-8")
    assert told.headers["content-type"].startswith(CSV)
    assert told.headers["x-publication"] == "1"
    found = table(told.text)
    assert list(found[0]) == ["n", "经度", "lat", *OURS]
    assert verdicts(found) == FOUND
    assert {row["publication"] for row in found} == {"1"}
    body = "".join(json.dumps({"lon": x, "lat": y, "n": n}) + "\n" for n, (x, y) in enumerate(places()))
    told = asked(client, body.encode(), LINES)
    lines = [json.loads(line) for line in told.text.splitlines()]
    assert verdicts(lines) == FOUND
    assert [line["n"] for line in lines] == [0, 1, 2, 3]
    told = asked(client, arrow(lon=lon, lat=lat, n=[0, 1, 2, 3]), ARROW)
    whole = pa.ipc.open_stream(told.content).read_all()
    assert whole.column_names == ["lon", "lat", "n", *OURS]
    assert verdicts(whole.to_pylist()) == FOUND
    assert [row["border_distance_m"] for row in lines] == whole["border_distance_m"].to_pylist()


@pytest.mark.parametrize("given", [CSV, LINES, ARROW])
@pytest.mark.parametrize("wanted", [CSV, LINES, ARROW])
def test_one_form_in_another_out(client: TestClient, given: str, wanted: str) -> None:
    lon, lat = points()
    bodies = {
        CSV: "lon,lat\n" + "".join(f"{x!r},{y!r}\n" for x, y in places()),
        LINES: "".join(json.dumps({"lon": x, "lat": y}) + "\n" for x, y in places()),
        ARROW: arrow(lon=lon, lat=lat),
    }
    told = asked(client, bodies[given], given, Accept=wanted)
    by_name = asked(
        client, bodies[given], given, f"datum=wgs84&f={ {CSV: 'csv', LINES: 'ndjson', ARROW: 'arrow'}[wanted] }"
    )
    assert by_name.content == told.content
    if wanted == ARROW:
        rows = pa.ipc.open_stream(told.content).read_all().to_pylist()
    else:
        rows = table(told.text) if wanted == CSV else [json.loads(line) for line in told.text.splitlines()]
    assert verdicts(rows) == FOUND


def test_bad_rows_are_answered_in_their_places(client: TestClient) -> None:
    body = "lon,lat,datum,accuracy_m\n" + "".join(f"{line}\n" for line, _ in BAD)
    found = table(asked(client, body.encode(), CSV, "").text)
    assert [row["error"].partition(":")[0] or None for row in found] == [why for _, why in BAD]
    lines = [
        ('{"lon":104.1,"lat":30.7,"owner":"me"}', None),
        ("{}", "row-without-point"),
        ("[1,2]", "row-not-object"),
        ('{"lon":104.1', "row-not-object"),
        ('{"lon":NaN,"lat":30}', "row-not-object"),
        ('{"lon":1e400,"lat":30}', "row-not-object"),
        ('{"lon":true,"lat":30}', "coordinate-malformed"),
        ('{"lon":30.7,"lat":104.1}', "axes-swapped"),
        ('{"x":"' + "y" * MIB + '"}', "line-too-long"),
        ('{"geometry":{"type":"Point","coordinates":[104.1,30.7]}}', None),
        ("[" * 5000, "row-not-object"),
        ('{"a":' * 2000 + "1" + "}" * 2000, "row-not-object"),
    ]
    told = asked(client, "\r\n\n".join(line for line, _ in lines).encode(), LINES)
    answered = [json.loads(line) for line in told.text.splitlines()]
    assert [(one["error"] or "").partition(":")[0] or None for one in answered] == [why for _, why in lines]
    assert (answered[0]["owner"], answered[0]["matched_owner"]) == ("me", "A01")
    assert answered[3]["line"] == '{"lon":104.1'


def test_gbk_and_quotes(client: TestClient) -> None:
    x, y = places()[0]
    body = f'地址,经度,纬度\r\n"幸福路\r\n一号",{x},{y}\r\n幸福路,{x},{y}\r\n'.encode("gbk")
    for query in ("datum=wgs84&encoding=gbk", "datum=wgs84"):
        assert [row["地址"] for row in table(asked(client, body, CSV, query).text)] == ["幸福路\r\n一号", "幸福路"]
    broken = table(asked(client, b"lon,lat,name\n1,2,\xe5\xff\n1,2,ok\n", CSV, "datum=wgs84&encoding=utf-8").text)
    assert [row["error"].partition(":")[0] for row in broken] == ["text-undecodable", ""]


@pytest.mark.parametrize(
    ("body", "media", "query", "slug", "status"),
    [
        (b"lon,lat\n1,2\n", "text/plain", "datum=wgs84", "unsupported-media-type", 415),
        (b"lon,lat\n1,2\n", CSV, "", "datum-required", 400),
        (b'{"lon":1,"lat":2}\n', LINES, "", "datum-required", 400),
        (b"lon,lat\n1,2\n", CSV, "datum=wgs84&f=xml", "invalid-parameter", 400),
        (b"lon,lat\n1,2\n", CSV, "datum=wgs84&rows=1", "unknown-parameter", 400),
        (b"lon,lat\n1,2\n", CSV, "datum=EPSG:999999", "datum-required", 400),
        (b"a,b\n1,2\n", CSV, "datum=wgs84", "unreadable-input", 422),
        (b"", CSV, "datum=wgs84", "unreadable-input", 422),
        (b"\n \n", LINES, "datum=wgs84", "unreadable-input", 422),
        (b"", ARROW, "datum=wgs84", "unreadable-input", 422),
        (b"ARROW1\0\0", ARROW, "datum=wgs84", "unreadable-input", 422),
        (b"\xff\xff\xff\xff\xff\xff\xff\x7f", ARROW, "datum=wgs84", "unreadable-input", 422),
        (arrow(lon=[[1.0]], lat=[1.0]), ARROW, "datum=wgs84", "unreadable-input", 422),
        (arrow(lon=[None], lat=[None]), ARROW, "datum=wgs84", "unreadable-input", 422),
        (b"lon,lat\n1,2\n", CSV, "datum=wgs84&encoding=nothing", "unreadable-input", 422),
    ],
)
def test_what_is_no_stream_is_a_problem(
    client: TestClient, body: bytes, media: str, query: str, slug: str, status: int
) -> None:
    told = client.post(f"/v1/owner/stream?{query}", content=body, headers={"Content-Type": media})
    assert (told.status_code, told.json()["type"]) == (status, f"/problems/{slug}"), told.text


def test_hostile_arrow(client: TestClient) -> None:
    lon, lat = points()
    sound = arrow(lon=lon, lat=lat, name=["a", "b", "c", "d"])
    chance = np.random.default_rng(5)
    for _ in range(60):
        spoilt = bytearray(sound)
        for place in chance.integers(0, len(spoilt), 3):
            spoilt[place] = chance.integers(0, 256)
        told = client.post(
            "/v1/owner/stream?datum=wgs84", content=bytes(spoilt[: chance.integers(8, len(spoilt) + 1)]),
            headers={"Content-Type": ARROW},
        )  # fmt: skip
        assert told.status_code in {200, 422}
    out = io.BytesIO()
    made = pa.table({"lon": lon * 1000, "lat": lat * 1000})
    with pa.ipc.new_stream(out, made.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as file:
        file.write_table(made)
    told = client.post("/v1/owner/stream?datum=wgs84", content=out.getvalue(), headers={"Content-Type": ARROW})
    assert (told.status_code, "compressed" in told.json()["detail"]) == (422, True)
    lying = bytearray(sound)
    at_length = sound.index(struct.pack("<q", 4), 300)
    lying[at_length : at_length + 8] = struct.pack("<q", 1 << 60)
    told = client.post("/v1/owner/stream?datum=wgs84", content=bytes(lying), headers={"Content-Type": ARROW})
    assert told.status_code == 422
    assert client.get("/healthz").status_code == 200


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


@contextmanager
def listening(app: FastAPI) -> Iterator[tuple[str, int]]:
    """The app on a real socket; what it starts and stops with is the test client's."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="off"))
    place = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
    thread.start()
    try:
        yield place.getsockname()
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


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
    with listening(app) as address:
        yield app, address


ROW = f"{at(0.5, 0.2).x},{at(0.5, 0.2).y}\n".encode()
HEAD = b"lon,lat\n"


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


def test_one_published_state_answers_all_rows(cluster: embedded.Cluster) -> None:
    with fresh(cluster) as store:
        publish(store, small())
        with live(store) as (app, address), begun(address) as line:
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
