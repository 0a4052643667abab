"""Does whatever is sent to be imported get a clear answer, and is nothing of it left behind?"""

import io
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest
from conftest import Store, fresh
from importing import ENDED, SOON_S, ask, become, bytes_of, environment, send
from publishing import faults, halves, head
from serving import Service, served

from geo.store import embedded

WAIT = {"Prefer": "wait=25"}
NAMES = (
    "../../etc/passwd.geojson",
    "/etc/x.geojson",
    "..\\..\\x.geojson",
    "a\x00b.geojson",
    "x" * 5000 + ".geojson",
    "东风社区 网格.geojson",
    ".geojson",
    "map.geojson/",
    "map.exe",
    "$(id).csv",
    "{0.__class__}.geojson",
    "😀.geojson",
    " ",
    "",
)


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        yield one


@pytest.fixture(scope="module")
def service(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("hostile")
    with served(folder / "log", environment(store, folder / "data", WANGGE_UPLOAD_BYTES="2000000")) as running:
        yield running
        until = time.monotonic() + SOON_S  # a job that was stopped last may still be ending
        while left(folder) and time.monotonic() < until:
            Event().wait(0.1)
        assert left(folder) == []


def jobs(service: Service) -> list[str]:
    return [one["id"] for one in ask(service.url, "/v1/jobs").told["jobs"]]


def left(folder: Path) -> list[str]:
    """What imports have left below the folder for temporary files."""
    found = (folder / "data" / "tmp").rglob("*")
    return sorted(path.name for path in found if path.name.startswith(("import-", "wangge-", "upload", "member")))


def bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("map.geojson", b" " * 200_000_000)
    return held.getvalue()


def test_any_name_is_only_a_name(service: Service, store: Store) -> None:
    body = bytes_of(halves("A", 0, 1))
    for name in NAMES:
        answer = send(service.url, body, name=name, dry_run="true", headers=WAIT)
        assert answer.status in (200, 400, 422), (name, answer.body)
        if answer.status == 200:
            assert answer.told["state"] in ("done", "failed"), name
            assert "import-" not in answer.body.decode(), name
    assert head(store.service) == 0


def test_any_body_is_read_or_refused(service: Service) -> None:
    bodies = {
        "map.zip": bomb(),
        "list.xlsx": bomb(),
        "cut.geojson": bytes_of(halves("A", 0, 1))[:-50],
        "nul.csv": b"id\x00,households\n1,2\n",
        "noise.gpkg": b"SQLite format 3\x00" + bytes(range(256)) * 40,
        "noise.shp": bytes(range(256)),
        "deep.json": b"[" * 100_000,
        "list.csv": b"id,households\n" + b"1,2\n" * 10,
    }
    for name, body in bodies.items():
        answer = send(service.url, body, name=name, layer="building", dry_run="true", headers=WAIT)
        assert answer.status == 200, (name, answer.body)
        told = answer.told
        assert told["state"] == ("done" if name == "list.csv" else "failed"), (name, told)
        if told["problem"]:
            assert told["problem"]["status"] < 500, told
            assert "upload" not in told["problem"]["detail"], told


def test_wrong_parameters_name_themselves(service: Service) -> None:
    before = jobs(service)
    body = bytes_of(halves("A", 0, 1))
    for asked, named in (
        ({"modus": "add"}, "modus"),
        ({"mode": "delete"}, "mode"),
        ({"mode": ["add", "add"]}, "mode"),
        ({"datum": "klingon"}, "datum"),
        ({"datum": "wgs84", "crs": "EPSG:4544"}, "crs"),
        ({"estimate": "m2=nan"}, "estimate"),
        ({"estimate": "m2=1,m2=2,floors"}, "estimate"),
        ({"field": ["id=a", "id=b"]}, "field"),
        ({"field": "id"}, "field"),
        ({"profile": "nobody"}, "profile"),
        ({"within": "A"}, "within"),
        ({"publish": "yes"}, "publish"),
        ({"layer": "houses"}, "layer"),
    ):
        answer = send(service.url, body, **asked)
        assert answer.status in (400, 422), (asked, answer.body)
        assert [one["parameter"] for one in answer.told["errors"]] == [named], answer.told
    for kind in ("", "text/html", "multipart/form-data; boundary=x"):
        assert send(service.url, body, headers={"Content-Type": kind}).status == 415, kind
    assert send(service.url, b"").status == 400
    assert jobs(service) == before


def test_a_region_that_is_not_there_ends_the_job(service: Service) -> None:
    told = send(service.url, bytes_of(halves("A", 0, 1)), mode="replace", within="nowhere", headers=WAIT).told
    assert (told["state"], told["problem"]["type"].rpartition("/")[2]) == ("failed", "unreadable-input")
    assert "nowhere" in told["problem"]["detail"]


def test_a_body_that_breaks_off_leaves_nothing(service: Service) -> None:
    before = jobs(service)
    address = urlsplit(service.url)
    head_ = "POST /v1/imports?name=a.geojson HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n"
    for rest in (
        "Content-Type: text/csv\r\nContent-Length: 9999\r\n\r\nid,",
        "Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ):
        with socket.create_connection((address.hostname, address.port), timeout=10) as line:
            line.sendall((head_ + rest).encode())
    assert jobs(service) == before


def test_the_same_key_for_another_file_is_refused(service: Service) -> None:
    first = send(service.url, bytes_of(halves("A", 0, 1)), key="k")
    assert first.status == 202
    for other in (
        send(service.url, bytes_of(halves("A", 0, 1.5)), key="k"),
        send(service.url, bytes_of(halves("A", 0, 1)), key="k", mode="update"),
    ):
        assert (other.status, other.told["type"].rpartition("/")[2]) == (422, "idempotency-key-reused")
    become(service.url, first.told["id"], *ENDED)


def test_many_wait_in_a_queue_and_can_be_taken_out(service: Service, store: Store) -> None:
    body = bytes_of(halves("A", 0, 1))
    sent = [send(service.url, body, publish="true") for _ in range(24)]
    assert {one.status for one in sent} <= {202, 503, 429}
    numbers = [one.told["id"] for one in sent if one.status == 202]
    for number in numbers[::2]:
        assert ask(service.url, f"/v1/jobs/{number}", "DELETE").status in (200, 204)
    for number in numbers:
        answer = ask(service.url, f"/v1/jobs/{number}")
        if answer.status != 404:
            told = become(service.url, number, *ENDED)
            assert told["state"] in ("done", "stopped"), told
            assert ask(service.url, f"/v1/jobs/{number}", "DELETE").status == 204
        assert ask(service.url, f"/v1/jobs/{number}").status == 404
        assert ask(service.url, f"/v1/jobs/{number}", "DELETE").status == 404
    assert ask(service.url, "/v1/jobs/nonsense").status in (400, 404, 422)
    assert head(store.service) <= 1
    assert faults(store.owner) == {}
