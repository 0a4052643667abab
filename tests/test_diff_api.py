"""Can it be asked what a plan or a publication changes, in three forms, and is it told right?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from conftest import Store, fresh
from district import elsewhere, house, publish, refresh, served, small
from divisions import cell, community
from fastapi.testclient import TestClient
from publishing import drafted
from uploading import slug

from api import schemas
from geo.model import Grid, Plan
from geo.noding import noded
from geo.store import embedded


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def redrawn() -> Plan:
    """Community A with half of A02, and the house on it, given to A01; A04 is renamed, and A05 is what was A03."""
    drawn = community("A", 0, 0, parent="S")
    shapes = {"A01": cell(0, 0, 1.55), "A02": cell(1.55, 0, 0.45)}
    a01, a02, a03, a04 = drawn.grids
    bent = {"A01": shapes["A01"], "A02": shapes["A02"]}
    grids = (
        replace(a01, shape=bent["A01"]),
        replace(a02, shape=bent["A02"]),
        replace(a03, code="A05", shape=cell(0, 1)),
        replace(a04, name="广场"),
    )
    return replace(drawn, grids=_noded(grids))


def _noded(grids: tuple[Grid, ...]) -> tuple[Grid, ...]:
    shapes = noded([grid.shape for grid in grids])
    return tuple(replace(grid, shape=shape) for grid, shape in zip(grids, shapes, strict=True))


@pytest.fixture(scope="module")
def plan(store: Store) -> str:
    return str(drafted(store.service, redrawn()))


def asked(client: TestClient, path: str) -> dict[str, Any]:
    told = client.get(path)
    assert told.status_code == 200, told.text
    schemas.DiffDocument.model_validate(told.json())
    found: dict[str, Any] = told.json()
    return found


def test_against_what_it_was_drawn_from(client: TestClient, plan: str) -> None:
    told = asked(client, f"/v1/plans/{plan}/diff")
    assert (told["of"]["kind"], told["against"]["kind"], told["same"]) == ("plan", "base", False)
    assert {(p["from"], p["to"]) for p in told["pieces"]} == {("A02", "A01"), ("A03", "A05")}
    grids = {one["code"]: one for one in told["grids"]}
    assert [grids["A01"][when]["households"] for when in ("before", "after")] == [310, 730]
    assert [grids["A01"][when]["verdict"] for when in ("before", "after")] == ["good", "high"]
    assert (grids["A02"]["after"]["households"], grids["A05"]["before"], grids["A03"]["after"]) == (None, None, None)
    assert told["buildings"] == [
        {"id": "h-A02", "from": "A02", "to": "A01", "households": 420},
        {"id": "h-A03", "from": "A03", "to": "A05", "households": 500},
    ]
    kinds = {(one["from"], one["to"]): one["kind"] for one in told["lineage"]}
    assert kinds["A03", "A05"] == "recoded"
    assert kinds["A02", "A01"] == "changed"
    assert (told["sums"]["households_before"], told["sums"]["households_after"]) == (1230, 1230)
    assert [one["z"] for one in told["tiles"]] == [*range(10, 18)]
    assert all(one["count"] == len(one["tiles"]) > 0 for one in told["tiles"])


def test_as_places_and_as_a_page(client: TestClient, plan: str) -> None:
    told = client.get(f"/v1/plans/{plan}/diff?f=geojson")
    assert told.headers["content-type"] == "application/geo+json"
    schemas.DiffPlaces.model_validate(told.json())
    roles = [one["properties"]["role"] for one in told.json()["features"]]
    assert {role: roles.count(role) for role in roles} == {"piece": 2, "before": 4, "after": 4}
    for language, words in (
        ("zh-CN", ("变更对照", "换了网格的建筑")),
        ("en", ("What changes", "Buildings that change hands")),
    ):
        page = client.get(f"/v1/plans/{plan}/diff?f=html", headers={"Accept-Language": language})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert all(word in page.text for word in words)
        assert page.text.count("<svg") == 2


def test_against_a_publication_and_another_plan(client: TestClient, store: Store, plan: str) -> None:
    same = asked(client, f"/v1/plans/{plan}/diff?against=publication:1")
    base = asked(client, f"/v1/plans/{plan}/diff")
    assert {name: same[name] for name in ("pieces", "grids", "lineage")} == {
        name: base[name] for name in ("pieces", "grids", "lineage")
    }
    other = drafted(store.service, community("B", 2, 0, parent="S"))
    told = asked(client, f"/v1/plans/{plan}/diff?against=plan:{other}")
    assert (told["against"]["plan"], told["grids"]) == (str(other), base["grids"])
    itself = asked(client, f"/v1/plans/{plan}/diff?against=plan:{plan}")
    assert (itself["same"], itself["pieces"], itself["tiles"]) == (True, [], [])


def test_what_publications_changed(client: TestClient, store: Store) -> None:
    first = client.get("/v1/publications?limit=1").json()["publications"][0]["number"]
    more = replace(small(), regions=(), grids=(), buildings=(house("h-new", "B01", 2.2, 0.2),))
    number = publish(store, replace(more, facilities=(), lines=(), water=()))
    refresh(client)
    told = asked(client, f"/v1/publications/{number}/diff")
    assert (told["against"]["publication"], told["pieces"]) == (number - 1, [])
    assert {one["code"]: (one["before"]["households"], one["after"]["households"]) for one in told["grids"]} == {
        "B01": (120, 240)
    }
    assert told["buildings"] == [{"id": "h-new", "from": None, "to": "B01", "households": 120}]
    back = asked(client, f"/v1/publications/{first}/diff?against={number}")
    assert back["buildings"] == [{"id": "h-new", "from": "B01", "to": None, "households": 120}]
    all_new = asked(client, "/v1/publications/1/diff")
    assert {one["after"] and one["before"] for one in all_new["grids"]} == {None}
    assert len(all_new["grids"]) == 11


def test_what_is_refused(client: TestClient, plan: str) -> None:
    address = f"/v1/plans/{plan}/diff"
    for against in ("", "now", "publication:0", "publication:x", "plan:7", "publication:１"):
        assert slug(client.get(address, params={"against": against})) == (400, "invalid-parameter"), against
    assert slug(client.get(f"{address}?against=publication:99")) == (404, "unknown-publication")
    assert slug(client.get(f"{address}?against=plan:{uuid4()}")) == (404, "unknown-plan")
    assert slug(client.get(f"/v1/plans/{uuid4()}/diff")) == (404, "unknown-plan")
    assert slug(client.get("/v1/publications/99/diff")) == (404, "unknown-publication")
    assert slug(client.get("/v1/publications/1/diff?against=0")) == (400, "invalid-parameter")
    assert elsewhere(client).get(address).status_code == 401
    assert elsewhere(client).get("/v1/publications/1/diff").status_code == 200
    assert slug(client.get(f"{address}?f=csv")) == (400, "invalid-parameter")
