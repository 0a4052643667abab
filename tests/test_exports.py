"""Is the archive of a publication had over HTTP, in ranges, made once, and by whom?"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from archive_reader import Reader
from conftest import Store, fresh
from district import elsewhere, publish, refresh, served, small
from fastapi.testclient import TestClient

from api import exports
from api.exports import Exports
from geo.lookup import Map
from geo.model import Plan
from geo.store import embedded
from geo.store.live import Live
from tiles import archived


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    """Two publications."""
    with fresh(cluster, small_town) as one:
        publish(one, renamed(small()))
        yield one


def renamed(plan: Plan) -> Plan:
    return replace(plan, water=tuple(replace(one, name="新") for one in plan.water))


def state(store: Store, number: int) -> Map:
    live = Live(store.service)
    live.refresh()
    found = live.map_at(number)
    assert found is not None
    return found


@pytest.fixture
def client(store: Store, tmp_path: Path) -> Iterator[TestClient]:
    with served(store, data=tmp_path) as made:
        yield made


def test_over_http_in_ranges(client: TestClient, tmp_path: Path) -> None:
    told = client.get("/exports/2.pmtiles", headers={"Accept-Encoding": "identity"})
    assert told.status_code == 200, told.text
    assert told.headers["content-type"] == "application/vnd.pmtiles"
    assert told.headers["X-Publication"] == "2"
    assert "immutable" in told.headers["Cache-Control"]
    tag, body = told.headers["ETag"], told.content
    assert (tmp_path / "a").write_bytes(body)
    assert Reader(tmp_path / "a").most == archived.USUAL_ZOOM
    for asked, found in (
        ("0-126", body[:127]),
        ("127-", body[127:]),
        ("-10", body[-10:]),
        ("100-99999999", body[100:]),
    ):
        part = client.get("/exports/2.pmtiles", headers={"Range": f"bytes={asked}", "If-Range": tag})
        assert part.status_code == 206, asked
        assert part.content == found
        assert part.headers["Content-Range"].endswith(f"/{len(body)}")
        assert part.headers["ETag"] == tag
    past = client.get("/exports/2.pmtiles", headers={"Range": f"bytes={len(body)}-"})
    assert past.status_code == 416
    assert past.json()["type"] == "/problems/range-not-satisfiable"
    assert past.headers["Content-Range"] == f"bytes */{len(body)}"
    for odd in ("bytes=5-1", "lines=1-2", "bytes=0-1,5-6", "bytes=x"):
        whole = client.get("/exports/2.pmtiles", headers={"Range": odd, "Accept-Encoding": "identity"})
        assert (whole.status_code, len(whole.content)) == (200, len(body)), odd
    assert client.get("/exports/2.pmtiles", headers={"If-None-Match": tag}).status_code == 304
    head = client.head("/exports/2.pmtiles", headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(len(body)))


def test_strangers_have_the_present_one_made_and_no_other(client: TestClient) -> None:
    stranger = elsewhere(client)
    assert stranger.get("/exports/1.pmtiles").status_code == 401
    assert stranger.get("/exports/2.pmtiles").status_code == 200
    assert client.get("/exports/1.pmtiles").status_code == 200
    assert stranger.get("/exports/1.pmtiles").status_code == 200
    assert [client.get(f"/exports/{one}.pmtiles").status_code for one in ("3", "0", "x")] == [404, 400, 400]


def test_one_that_takes_long_is_told_to_come_back_for(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.exports.WAIT_S", 0.0)
    told = client.get("/exports/2.pmtiles")
    assert told.status_code == 503
    assert int(told.headers["Retry-After"]) > 0
    refresh(client)
    made = asyncio.run(_ended(client))
    assert made.is_file()
    assert client.get("/exports/2.pmtiles").status_code == 200


async def _ended(client: TestClient) -> Path:
    app: Any = client.app
    return await asyncio.wrap_future(app.state.exports.make(app.state.live.seen.map))


def test_a_folder_that_holds_a_few(store: Store, tmp_path: Path) -> None:
    made = Exports(store.service, tmp_path / "exports")
    try:
        for n in range(exports.KEPT + 2):
            (tmp_path / "exports").mkdir(exist_ok=True)
            (tmp_path / "exports" / f"{n}-old.pmtiles").write_bytes(b"")
        path = made.make(state(store, 2)).result()
        assert path.is_file()
        assert len([*(tmp_path / "exports").glob("*.pmtiles")]) == exports.KEPT
        assert made.waiting == 0
    finally:
        made.stop()


def test_a_service_that_ends_gives_up_what_it_makes(store: Store, tmp_path: Path) -> None:
    made = Exports(store.service, tmp_path / "exports")
    future = made.make(state(store, 2))
    made.stop()
    assert future.cancelled() or future.exception() is not None or future.result().is_file()
    assert not [path for path in (tmp_path / "exports").glob("*") if path.name.startswith(".wangge-")]
