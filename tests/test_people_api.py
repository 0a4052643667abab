"""Does a person who may know get the people of a place, of any instant, and does nobody else get a name or a phone?"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import Store, fresh
from district import elsewhere, refresh, served
from fastapi.testclient import TestClient
from importing import ask, become, environment, send
from serving import served as process
from sqlalchemy import text

from geo.files import read_bytes
from geo.store import door, embedded, intake
from geo.store.connect import session
from geo.store.order import Mode, Order

FIRST = """name,phone,code,role,post,subject,from,until
虚构甲,000-0000-0001,A01,responsible,A,,,
虚构乙,000-0000-0002,A01,member,A,,2026-01-01,2026-07-01
虚构丙,000-0000-0003,A01,member,B,fire,2026-07-01,
虚构站,000-0000-0004,A,organisation,,,,
"""
SECOND = """name,phone,code,role
虚构丁,000-0000-0005,A01,responsible
"""


def named(store: Store, table: str, mode: Mode = Mode.REPLACE) -> int:
    """The list, published."""
    with session(store.service) as work, work.begin():
        taken = intake.take(work, [read_bytes(table.encode(), "people.csv", layer="person")], Order(mode=mode))
        assert not taken.problems
        number = intake.keep(work, taken, actor="planner")
    return door.publish(store.service, door.Request(plan=number, actor="planner")).number


def instant_of(store: Store, number: int) -> datetime:
    with store.service.connect() as work:
        at = work.execute(text("SELECT at FROM publication WHERE number = :number"), {"number": number}).scalar_one()
    assert isinstance(at, datetime)
    return at.astimezone(UTC)


@pytest.fixture
def client(small_store: Store) -> Iterator[TestClient]:
    with listed(small_store) as found:
        yield found


@pytest.fixture(scope="module")
def reader(cluster: embedded.Cluster, small_town: str) -> Iterator[TestClient]:
    """For those who change nothing."""
    with fresh(cluster, small_town) as store, listed(store) as found:
        yield found


@contextmanager
def listed(store: Store) -> Iterator[TestClient]:
    assert named(store, FIRST) == 2
    with served(store) as found:
        yield found


def names(client: TestClient, path: str, **asked: str) -> list[str]:
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["people"]]


def test_the_people_of_a_grid_and_of_a_region(reader: TestClient) -> None:
    answer = reader.get("/v1/grids/A01/people", params={"as_of": "2026-03-01"})
    assert answer.status_code == 422  # nothing was published then
    answer = reader.get("/v1/grids/A01/people")
    told = answer.json()
    assert (told["code"], told["of"], told["publication"]) == ("A01", "grid", 2)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-publication"] == "2"
    first = told["people"][0]
    assert {**first, "id": ""} == {
        "id": "",
        "name": "虚构甲",
        "phone": "000-0000-0001",
        "code": "A01",
        "of": "grid",
        "role": "responsible",
        "post": "A",
        "subject": "",
        "from": None,
        "until": None,
    }
    assert names(reader, "/v1/regions/A/people") == ["虚构站"]
    assert names(reader, "/v1/grids/A02/people") == names(reader, "/v1/regions/B/people") == []
    assert names(reader, "/v1/regions/D/people") == []


def test_who_was_in_charge_follows_publication_and_dates(client: TestClient, small_store: Store) -> None:
    assert named(small_store, SECOND) == 3
    refresh(client)
    second, third = instant_of(small_store, 2), instant_of(small_store, 3)
    path, later = "/v1/grids/A01/people", "2200-01-01"
    assert names(client, path, as_of=later) == ["虚构丁"]
    assert names(client, path, as_of=third.isoformat()) == ["虚构丁"]
    before = names(client, path, as_of=(third - timedelta(microseconds=1)).isoformat())
    assert before[0] == "虚构甲"
    assert before == names(client, path, as_of=second.isoformat())
    asked = client.get(path, params={"as_of": second.isoformat()}).json()
    assert (asked["publication"], asked["as_of"]) == (2, second.isoformat())
    assert names(client, "/v1/regions/A/people", as_of=second.isoformat()) == ["虚构站"]
    assert names(client, "/v1/regions/A/people") == []
    nobody = names(client, path, as_of=(second - timedelta(microseconds=1)).isoformat())
    assert nobody == []  # the grid was there, and nobody named for it


@pytest.mark.parametrize(("as_of", "expected"), [("2300-06-30T23:59:59+08:00", 2), ("2300-07-01", 1)])
def test_a_binding_ends_before_its_last_day_begins(small_store: Store, as_of: str, expected: int) -> None:
    """Dates begin at 00:00 of WANGGE_TIMEZONE; future instants are told by what is published now."""
    named(
        small_store,
        FIRST.replace("2026-", "2300-")
        .replace("虚构丙", "虚构戊")
        .replace(",B,fire,2300-07-01,", ",B,fire,2400-01-01,"),
    )
    with served(small_store) as client:
        assert len(names(client, "/v1/grids/A01/people", as_of=as_of)) == expected
    with served(small_store, timezone="UTC") as client:
        assert len(names(client, "/v1/grids/A01/people", as_of="2300-07-01")) == 1
        assert len(names(client, "/v1/grids/A01/people", as_of="2300-07-01T07:59:59+08:00")) == 2


@pytest.mark.parametrize(
    "as_of",
    [
        "now",
        "",
        "2026-13-01",
        "2026-02-30",
        "2026-03-01T08:00:00",
        "2026-03-01T08:00:00 08:00",
        "1066-10-14",
        "9999-12-31",
        "2026-03-01T08:00:00+99:00",
        "２０２６-03-01",
    ],
)
def test_an_instant_that_is_none_is_refused(reader: TestClient, as_of: str) -> None:
    answer = reader.get("/v1/grids/A01/people", params={"as_of": as_of})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-parameter")
    assert answer.json()["errors"][0]["parameter"] == "as_of"


@pytest.mark.parametrize("path", ["/v1/grids/Z/people", "/v1/grids/A/people", "/v1/regions/A01/people"])
def test_a_code_of_nothing_is_unknown(reader: TestClient, path: str) -> None:
    assert reader.get(path).json()["type"] == "/problems/unknown-code"


def test_only_who_may_know_is_told(client: TestClient, small_store: Store) -> None:
    stranger = elsewhere(client)
    for path in ("/v1/grids/A01/people", "/v1/regions/A/people", "/v1/grids/Z/people"):
        answer = stranger.get(path)
        assert answer.status_code == 401, path
        assert "虚构" not in answer.text
    with served(small_store, tokens="desk:0123456789abcdef0123456789abcdef") as secured:
        one = elsewhere(secured)
        assert one.get("/v1/grids/A01/people").status_code == 401
        known = {"Authorization": "Bearer 0123456789abcdef0123456789abcdef"}
        assert one.get("/v1/grids/A01/people", headers=known).json()["people"]


def test_no_public_answer_has_a_name_or_a_phone(reader: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """Every public address that can be asked without more than a code, as it stands in the description."""
    caplog.set_level(logging.DEBUG)
    stranger, asked = elsewhere(reader), 0
    described = reader.get("/openapi.json").json()
    fills = {"code": ["A01", "A"], "id": ["h-A01", "f1"], "number": ["2"]}
    paths = [
        path
        for path, item in described["paths"].items()
        if "get" in item and path.count("{") <= 1 and path != "/v1/events"  # which has no end
    ]
    paths += ["/metrics", "/tiles/current/grids/14/12931/6744", "/tiles/2/regions/14/12931/6744"]
    for path in paths:
        name = path.partition("{")[2].partition("}")[0]
        for value in fills.get(name, ["A01"]):
            place = "?lon=104.0505&lat=30.6505&datum=wgs84" if path == "/v1/owner" else ""
            answer = stranger.get(path.replace(f"{{{name}}}", value) + place)
            asked += answer.status_code == 200
            spoken = answer.content.decode("utf-8", "replace")
            assert "虚构甲" not in spoken, path
            assert "000-0000-0001" not in spoken, path
    assert asked >= 15
    assert "虚构" not in caplog.text
    assert "000-0000" not in caplog.text


def test_a_list_comes_over_http_as_a_job(small_store: Store, tmp_path: Path) -> None:
    body = (FIRST + "虚构戊,000-0000-0009,Z9,member,,,,\n").encode()
    with process(tmp_path / "log", environment(small_store, tmp_path)) as service:
        sent = send(service.url, body, name="people.csv", layer="person", publish="true", reason="摸底")
        assert sent.status in (200, 202), sent.body
        job: dict[str, Any] = become(service.url, sent.told["id"], "done")
        assert job["result"]["rows"] == {"person": {"new": 4, "refused": 1}}
        assert [one["problem"] for one in job["result"]["refused"]] == ["place-unknown"]
        now = quote(datetime.now(UTC).isoformat())  # an instant that the service has to hear of first
        told = ask(service.url, f"/v1/grids/A01/people?as_of={now}").told
        assert told["people"][0]["name"] == "虚构甲"
        metrics = ask(service.url, "/metrics").body.decode()
    log = (tmp_path / "log").read_text("utf-8")
    assert "000-0000" not in log + metrics
    assert "虚构" not in log + metrics
