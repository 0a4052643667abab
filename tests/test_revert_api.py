"""Can a past state be brought back over HTTP, once, with a reason, whole or its ground alone?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from conftest import Store, fresh
from district import HOUSEHOLDS, at, house, publish, refresh, served
from divisions import cell, community
from fastapi.testclient import TestClient
from redrawing import QUARTERS, redraw
from uploading import key, slug

from api import order_schemas
from api.shapes import geometry
from geo.model import Plan
from geo.store import embedded


@pytest.fixture
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        redraw(one, {"A01": cell(0, 0, 2), "A03": QUARTERS["A03"], "A04": QUARTERS["A04"]})
        publish(one, Plan(buildings=(replace(house("h-A01", "A01", 0, 0), households=HOUSEHOLDS["A01"] + 7),)))
        yield one


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def reverted(client: TestClient, number: int, body: Any, query: str = "", **headers: str) -> Any:
    return client.post(f"/v1/publications/{number}/revert{query}", json=body, headers={**key(), **headers})


def households(client: TestClient) -> dict[str, int | None]:
    refresh(client)
    listed = client.get("/v1/regions/A/grids").json()["features"]
    return {one["properties"]["code"]: one["properties"]["households"] for one in listed}


def test_a_whole_state_comes_back_once(client: TestClient) -> None:
    assert households(client)["A01"] == 737
    tried = reverted(client, 1, {"reason": "误发布"}, "?dry_run=true")
    assert (tried.status_code, tried.json()["kind"]) == (200, "revert")
    assert households(client)["A01"] == 737
    own = key()
    done = reverted(client, 1, {"reason": "误发布"}, **own)
    assert (done.json()["number"], done.headers["x-publication"]) == (4, "4")
    assert reverted(client, 1, {"reason": "误发布"}, **own).json() == done.json()
    found = households(client)
    assert (found["A01"], found["A02"]) == (310, 420)
    newest = client.get("/v1/publications/4").json()
    assert (newest["kind"], newest["reason"], newest["regions"]) == ("revert", "误发布", ["A"])
    assert client.get("/v1/publications/4/diff?against=1").json()["same"]
    assert slug(reverted(client, 1, {"reason": "again"})) == (422, "nothing-to-publish")


def test_ground_alone(client: TestClient) -> None:
    assert reverted(client, 1, {"reason": "界线有误", "what": "ground"}).status_code == 200
    found = households(client)
    assert (found["A01"], found["A02"]) == (317, 420)


def test_what_is_refused(client: TestClient) -> None:
    assert slug(reverted(client, 99, {"reason": "x"})) == (404, "unknown-publication")
    for body in ({}, {"reason": " "}, {"reason": "x", "what": "people"}, {"reason": "x", "number": 1}):
        assert slug(reverted(client, 1, body)) == (400, "invalid-body")
    bare = client.post("/v1/publications/1/revert", json={"reason": "x"})
    assert slug(bare) == (400, "idempotency-key-required")
    assert slug(reverted(client, 0, {"reason": "x"})) == (400, "invalid-parameter")


def test_an_order_that_goes_with_it_is_named(store: Store, client: TestClient) -> None:
    ground = cell(6, 0, 1.5)
    body = {"region": "C", "boundary": geometry(ground), "number": "民发 7"}
    first = client.post("/v1/orders", json=body, headers=key()).json()
    wider = community("C", 6, 0, 1, parent="S")
    parts = {"regions": (replace(wider.regions[0], shape=ground),), "grids": (replace(wider.grids[0], shape=ground),)}
    publish(store, replace(wider, **parts))
    named = [{"region": "C", "number": "民发 7"}]
    assert reverted(client, 1, {"reason": "x"}, "?dry_run=true").json()["orders"] == named
    own = key()
    done = reverted(client, 1, {"reason": "x"}, **own)
    order_schemas.Reverted.model_validate(done.json())
    assert done.json()["orders"] == named
    assert reverted(client, 1, {"reason": "x"}, **own).json() == done.json()
    (waits,) = client.get("/v1/orders?state=pending").json()["orders"]
    assert waits == {**first, "id": waits["id"], "actor": waits["actor"], "reason": "", "at": waits["at"]}
    refresh(client)
    point = at(6.5, 0.5)
    told = client.get("/v1/owner", params={"lon": point.x, "lat": point.y, "datum": "wgs84"}).json()
    assert "民发 7" in told["warnings"][0]
    assert reverted(client, 2, {"reason": "x"}).json()["orders"] == []
