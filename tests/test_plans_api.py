"""Can a plan be brought in and published over HTTP: once, as it was asked, and only with what must be said?"""

import json
import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from conftest import Store, fresh
from district import document, refresh, served
from fastapi.testclient import TestClient
from uploading import GEOJSON, Line, count, drafted, key, published, slug, upload

from api import schemas
from geo.store import embedded


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


@pytest.fixture(scope="module")
def line() -> Line:
    return Line()


def test_from_a_file_to_the_map(client: TestClient, line: Line) -> None:
    plan = line.next("P1")
    told = upload(client, plan)
    schemas.PlanDocument.model_validate(told.json())
    assert (told.status_code, told.headers["etag"], told.headers["cache-control"]) == (201, '"1"', "no-store")
    assert told.json()["base"] == {"P1": None}
    address = told.headers["location"]
    assert client.get(address).json() == told.json()
    assert client.get(address, headers={"If-None-Match": '"1"'}).status_code == 304
    findings = client.get(f"{address}/findings").json()
    schemas.Checked.model_validate(findings)
    assert (findings["findings"], findings["coverage"]["units_covered"]) == ([], 1)
    done = client.post(
        f"{address}/publish", json={"reason": "新建社区"}, headers={**key(), "If-Match": told.headers["etag"]}
    )
    schemas.Published.model_validate(done.json())
    number = done.json()["number"]
    assert (done.status_code, done.headers["x-publication"]) == (200, str(number))
    assert done.json()["standing"] == {"P1": "proven"}
    refresh(client)
    assert client.get("/v1/regions/P1/grids").json()["publication"] == number
    one = client.get(f"/v1/publications/{number}").json()
    assert (one["actor"], one["reason"], one["regions"]) == ("local", "新建社区", ["P1"])
    assert client.get(address).json()["state"] == "published"
    assert slug(published(client, told.json()["id"])) == (409, "plan-not-draft")
    assert slug(upload(client, plan)) == (422, "nothing-to-publish")


def test_what_must_be_said_before_a_change(client: TestClient, line: Line) -> None:
    number = drafted(client, line.next("P2"))
    address = f"/v1/plans/{number}"
    assert slug(client.post(f"{address}/publish", headers=key())) == (428, "if-match-required")
    assert slug(client.post(f"{address}/publish", headers={"If-Match": '"1"'})) == (400, "idempotency-key-required")
    for tag, expected in (
        ('"2"', (412, "stale-state")),
        ('""', (412, "stale-state")),
        ("*", (400, "invalid-if-match")),
    ):
        assert slug(published(client, number, tag)) == expected
    told = published(client, number, '"7"')
    assert (told.headers["etag"], told.json()["current_etag"]) == ('"1"', '"1"')
    assert slug(client.delete(address)) == (428, "if-match-required")
    assert slug(client.delete(address, headers={"If-Match": '"9"'})) == (412, "stale-state")
    assert client.delete(address, headers={"If-Match": '"1"'}).status_code == 204
    assert slug(client.delete(address, headers={"If-Match": '"1"'})) == (409, "plan-not-draft")
    assert slug(published(client, number)) == (409, "plan-not-draft")
    assert client.get(address).json()["state"] == "withdrawn"
    missing = client.post("/v1/plans", content=document(line.next("P3")), headers=GEOJSON)
    assert slug(missing) == (400, "idempotency-key-required")


def test_the_same_key_is_the_same_answer(client: TestClient, store: Store, line: Line) -> None:
    plan, own = line.next("P4"), key()
    first = upload(client, plan, **own)
    before = count(store)
    again = upload(client, plan, **own)
    assert (again.status_code, again.json(), count(store)) == (201, first.json(), before)
    assert slug(upload(client, line.next("P5"), **own)) == (422, "idempotency-key-reused")
    assert slug(upload(client, plan, "?provisional=true", **own)) == (422, "idempotency-key-reused")
    number = first.json()["id"]
    assert slug(published(client, number, **own)) == (422, "idempotency-key-reused")
    other = key()
    done = published(client, number, **other)
    again = published(client, number, **other)
    assert (again.status_code, again.json()) == (200, done.json())
    assert slug(published(client, drafted(client, line.next("P6")), **other)) == (422, "idempotency-key-reused")


def test_the_same_key_at_the_same_moment(client: TestClient, store: Store, line: Line) -> None:
    own, before, told = key(), count(store), list[Any]()
    plans_ = [document(line.next("PX")), document(line.next("PY"))]
    for several in (plans_[:1] * 4, plans_ * 2):
        threads = [
            threading.Thread(target=lambda body=body: told.append(upload(client, body, **own))) for body in several
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert len(told) == 8
    assert {one.status_code for one in told} <= {201, 422, 503}
    assert len({one.json()["id"] for one in told if one.status_code == 201}) == 1
    assert all(one.headers["retry-after"] for one in told if one.status_code == 503)
    assert count(store) == before + 1


def test_a_dry_run_keeps_nothing(client: TestClient, store: Store, line: Line) -> None:
    plan, before = line.next("P7"), count(store)
    told = upload(client, plan, "?dry_run=true")
    assert (told.status_code, told.json()["base"], count(store)) == (201, {"P7": None}, before)
    assert slug(client.get(told.headers["location"])) == (404, "unknown-plan")
    number, own = drafted(client, plan), key()
    newest = client.get("/v1/publications?limit=1").json()["publications"][0]["number"]
    tried = published(client, number, query="?dry_run=true", **own)
    assert (tried.status_code, tried.json()["standing"]) == (200, {"P7": "proven"})
    assert client.get("/v1/publications?limit=1").json()["publications"][0]["number"] == newest
    assert client.get(f"/v1/plans/{number}").json()["state"] == "draft"
    assert published(client, number, **own).json()["number"] == newest + 1
    assert slug(upload(client, plan, "?dry_run=yes")) == (400, "invalid-parameter")


def test_unknown_plans(client: TestClient) -> None:
    nobody = uuid4()
    assert slug(client.get(f"/v1/plans/{nobody}")) == (404, "unknown-plan")
    assert slug(client.get(f"/v1/plans/{nobody}/findings")) == (404, "unknown-plan")
    assert slug(published(client, str(nobody))) == (404, "unknown-plan")
    assert slug(client.delete(f"/v1/plans/{nobody}", headers={"If-Match": '"1"'})) == (404, "unknown-plan")
    assert client.get("/v1/plans/not-a-uuid").status_code == 400


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"reason": 5}', (400, "invalid-body")),
        (b'{"reason": "x", "at": "now"}', (400, "invalid-body")),
        (b'{"reason": "' + b"x" * 1001 + b'"}', (400, "invalid-body")),
        (b"[]", (400, "invalid-body")),
        (b"{", (400, "invalid-body")),
        (b"null", (400, "invalid-body")),
        (b"[" * 40 + b"]" * 40, (400, "body-too-deep")),
    ],
)
def test_the_wish_to_publish_is_read_strictly(client: TestClient, body: bytes, expected: tuple[int, str]) -> None:
    headers = {**key(), "If-Match": '"1"', "Content-Type": "application/json"}
    assert slug(client.post(f"/v1/plans/{uuid4()}/publish", content=body, headers=headers)) == expected
    headers["Content-Type"] = "text/plain"
    told = client.post(f"/v1/plans/{uuid4()}/publish", content=body, headers=headers)
    assert slug(told) == (415, "unsupported-media-type")


def test_a_reason_with_what_the_store_cannot_hold(client: TestClient, line: Line) -> None:
    number = drafted(client, line.next("PE"))
    for reason in ("a\0b", "\ud800"):
        told = client.post(
            f"/v1/plans/{number}/publish",
            content=json.dumps({"reason": reason}).encode(),
            headers={**key(), "If-Match": '"1"', "Content-Type": "application/json"},
        )
        assert slug(told) == (400, "invalid-body")
