"""Is a boundary that was ordered noted, warned of where it matters, and done with once it is in force?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import shapely
from conftest import fresh
from district import at, elsewhere, publish, refresh, served
from divisions import cell, community
from fastapi.testclient import TestClient
from sqlalchemy import text
from uploading import key, slug

from api import order_schemas
from api.shapes import geometry
from geo.store import embedded

WIDER = shapely.unary_union([cell(0, 0, 2, 2), cell(2, 0, 0.5, 2)])


@pytest.fixture
def client(cluster: embedded.Cluster, small_town: str) -> Iterator[TestClient]:
    with fresh(cluster, small_town) as store, served(store) as made:
        made.app.state.store = store  # type: ignore[attr-defined]
        yield made


def order(region: str = "A", shape: Any = WIDER, number: str = "民发〔2026〕7号") -> dict[str, Any]:
    return {"region": region, "boundary": geometry(shape), "number": number, "reason": "勘界"}


def warned(client: TestClient, column: float, row: float, **more: str) -> list[str]:
    point = at(column, row)
    asked = {"lon": point.x, "lat": point.y, "datum": "wgs84", **more}
    found: list[str] = client.get("/v1/owner", params=asked).json()["warnings"]
    return found


def test_from_the_order_to_the_warning_and_back(client: TestClient) -> None:
    assert warned(client, 0.5, 0.5) == []
    told = client.post("/v1/orders", json=order(), headers=key())
    assert (told.status_code, told.headers["etag"]) == (201, '"pending"')
    order_schemas.OrderDocument.model_validate(told.json())
    address = told.headers["location"]
    assert client.get(address).json() == told.json()
    assert [one["id"] for one in client.get("/v1/orders?state=pending").json()["orders"]] == [told.json()["id"]]
    assert client.get("/v1/orders?region=B").json()["orders"] == []
    refresh(client)
    for column, row in ((0.5, 0.5), (2.2, 0.5), (3.5, 1.5)):  # its own ground, and its neighbour's
        assert "民发〔2026〕7号" in warned(client, column, row)[0]
    assert warned(client, 6.5, 0.5) == []
    assert "民发〔2026〕7号" in client.get("/v1/buildings/h-A01/owner").json()["warnings"][0]
    assert slug(client.delete(address)) == (428, "if-match-required")
    assert slug(client.delete(address, headers={"If-Match": '"withdrawn"'})) == (412, "stale-state")
    assert client.delete(f"{address}?dry_run=true", headers={"If-Match": '"pending"'}).status_code == 204
    assert client.delete(address, headers={"If-Match": '"pending"'}).status_code == 204
    assert slug(client.delete(address, headers={"If-Match": '"withdrawn"'})) == (409, "order-settled")
    refresh(client)
    assert warned(client, 0.5, 0.5) == []


def test_it_is_in_force_with_the_publication_that_has_it(client: TestClient) -> None:
    made = client.post("/v1/orders", json=order("C", cell(6, 0, 1.5)), headers=key())
    wider = community("C", 6, 0, 1, parent="S")
    ground = cell(6, 0, 1.5)
    plan = replace(
        wider,
        regions=(replace(wider.regions[0], shape=ground),),
        grids=(replace(wider.grids[0], shape=ground),),
    )
    number = publish(client.app.state.store, plan)  # type: ignore[attr-defined]
    told = client.get(made.headers["location"]).json()
    assert (told["state"], told["publication"]) == ("in_force", number)
    refresh(client)
    assert warned(client, 6.5, 0.5) == []
    assert slug(client.post("/v1/orders", json=order("C", ground), headers=key())) == (409, "order-in-force")


def test_the_same_key_is_the_same_order_and_what_is_refused(client: TestClient) -> None:
    own = key()
    first = client.post("/v1/orders", json=order(), headers=own)
    assert client.post("/v1/orders", json=order(), headers=own).json() == first.json()
    assert slug(client.post("/v1/orders", json=order(number="8"), headers=own)) == (422, "idempotency-key-reused")
    other = client.post("/v1/orders", json=order(), headers=key())
    assert (slug(other), other.json()["order"]) == ((409, "order-pending"), first.json()["id"])
    assert slug(client.post("/v1/orders", json=order())) == (400, "idempotency-key-required")
    assert slug(client.post("/v1/orders", json=order("D"), headers=key())) == (422, "not-divided")
    bow = shapely.Polygon([(104, 30), (104.1, 30.1), (104.1, 30), (104, 30.1)])
    assert slug(client.post("/v1/orders", json=order("B", bow), headers=key())) == (422, "ground-unsound")
    for body in ({}, {**order(), "boundary": {"type": "Point", "coordinates": [1, 2]}}, {**order(), "more": 1}):
        assert slug(client.post("/v1/orders", json=body, headers=key())) == (400, "invalid-body")
    short = {**order(), "boundary": {"type": "Polygon", "coordinates": [[[1, 2]]]}}
    told = client.post("/v1/orders", json=short, headers=key()).json()["errors"]
    assert [one["pointer"] for one in told] == ["#/boundary/coordinates/0"]
    assert slug(client.get("/v1/orders/99")) == (404, "unknown-order")
    assert elsewhere(client).get("/v1/orders").status_code == 401


def test_an_order_that_others_have_in_hand_is_withdrawn_later(client: TestClient) -> None:
    address = client.post("/v1/orders", json=order(), headers=key()).headers["location"]
    with client.app.state.store.owner.begin() as other:  # type: ignore[attr-defined]
        other.execute(text("SELECT FROM boundary_order FOR UPDATE"))
        assert slug(client.delete(address, headers={"If-Match": '"pending"'})) == (503, "busy")
    assert client.delete(address, headers={"If-Match": '"pending"'}).status_code == 204
