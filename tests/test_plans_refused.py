"""Which plans are refused over HTTP: for their base, their ground, their rows, and for who brings them?"""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import shapely
from conftest import Store, fresh
from district import document, elsewhere, features, refresh, served, small
from fastapi.testclient import TestClient
from serving import listening
from uploading import GEOJSON, Line, count, drafted, key, published, slug, upload

from api.app import create_app
from api.settings import Settings
from geo.model import Plan
from geo.store import embedded

TOKEN = "a-long-enough-secret"


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


def test_the_second_from_one_base_is_stale(client: TestClient, line: Line) -> None:
    plan = line.next("P8")
    assert published(client, drafted(client, plan)).status_code == 200
    one, two = (drafted(client, named(plan, name)) for name in ("one", "two"))
    assert published(client, one).status_code == 200
    told = published(client, two)
    assert slug(told) == (409, "stale-base")
    assert "P8" in told.json()["detail"]


def named(plan: Plan, name: str) -> Plan:
    return replace(plan, grids=tuple(replace(grid, name=name) for grid in plan.grids))


def test_ground_of_a_neighbour_is_not_taken(client: TestClient, line: Line) -> None:
    own = line.next("P9")
    assert published(client, drafted(client, own)).status_code == 200
    shape = own.regions[0].shape
    assert shape is not None
    shifted = [replace(grid, code=f"Q{grid.code}", region="Q9") for grid in own.grids[:1]]
    plan = Plan(regions=(replace(own.regions[0], code="Q9", shape=shifted[0].shape),), grids=tuple(shifted))
    told = published(client, drafted(client, plan))
    assert slug(told) == (409, "border-conflict")
    places = told.json()["features"]
    assert places["type"] == "FeatureCollection"
    overlap = shapely.geometry.shape(places["features"][0]["geometry"])
    assert overlap.intersects(shape)
    assert {"P9", "Q9"} <= set(places["features"][0]["properties"]["codes"])


def test_what_does_not_cover_exactly_is_refused_with_the_places(client: TestClient, line: Line) -> None:
    whole = line.next("PA")
    holed = replace(whole, grids=whole.grids[:3])
    for language, told_of in (("en", "owns"), ("zh", "无人管理")):
        told = published(client, drafted(client, holed), **{"Accept-Language": language})
        assert slug(told) == (422, "coverage-not-exact")
        (place,) = told.json()["features"]["features"]
        assert (place["properties"]["rule"], place["properties"]["codes"][0]) == ("gap", "PA")
        assert told_of in place["properties"]["message"]
        assert shapely.geometry.shape(place["geometry"]).symmetric_difference(whole.grids[3].shape).area < 1e-12
    provisional = drafted(client, holed, "?provisional=true")
    assert client.get(f"/v1/plans/{provisional}").json()["provisional"] is True
    assert published(client, provisional).json()["standing"] == {"PA": "provisional"}
    assert published(client, drafted(client, whole)).json()["standing"] == {"PA": "proven"}
    assert slug(published(client, drafted(client, holed, "?provisional=true"))) == (422, "never-back")


def test_a_code_of_another_region_is_taken(client: TestClient, line: Line) -> None:
    plan = line.next("PB")
    stolen = replace(plan, grids=(replace(plan.grids[0], code="A01"), *plan.grids[1:]))
    assert slug(published(client, drafted(client, stolen))) == (409, "code-taken")


def nudged(xy: Any, corner: Any) -> Any:
    """The corner moved by some seven centimetres."""
    return np.where((xy == corner).all(axis=1, keepdims=True), np.round(xy + 5e-7, 7), xy)


def test_healing_only_when_asked(client: TestClient, line: Line) -> None:
    plan = line.next("PC")
    corner = plan.grids[0].shape.bounds[2:]
    loose = replace(plan.grids[0], shape=shapely.transform(plan.grids[0].shape, lambda xy: nudged(xy, corner)))
    torn = replace(plan, grids=(loose, *plan.grids[1:]))
    assert slug(published(client, drafted(client, torn))) == (422, "coverage-not-exact")
    assert published(client, drafted(client, torn, "?snap=true")).status_code == 200


def test_bad_rows_refuse_the_whole_upload_and_are_named(client: TestClient, store: Store, line: Line) -> None:
    spoilt, before = features(line.next("PD")), count(store)
    spoilt["features"][1]["geometry"]["coordinates"][0][0] = [500, 500]
    spoilt["features"][2]["properties"]["code"] = "网 格\n"
    del spoilt["features"][3]["properties"]["region"]
    told = upload(client, json.dumps(spoilt).encode(), **{"Accept-Language": "zh"})
    assert slug(told) == (422, "rows-refused")
    assert [one["pointer"] for one in told.json()["errors"]] == ["#/features/1", "#/features/2", "#/features/3"]
    assert all(not one["detail"].isascii() for one in told.json()["errors"])
    assert count(store) == before


def calls(client: TestClient, number: str) -> list[Callable[..., Any]]:
    """Every write and every inner read."""
    address, headers = f"/v1/plans/{number}", {**key(), "If-Match": '"1"', **GEOJSON}
    return [
        lambda **more: client.post("/v1/plans", content=b"{}", headers={**headers, **more}),
        lambda **more: client.get(address, headers=more),
        lambda **more: client.get(f"{address}/findings", headers=more),
        lambda **more: client.get(f"{address}/steps", headers=more),
        lambda **more: client.get("/v1/plans", headers=more),
        lambda **more: client.patch(address, content=b"{}", headers={**headers, **more}),
        *(
            lambda action=action, **more: client.post(f"{address}/{action}", content=b"{}", headers={**headers, **more})
            for action in ("edits", "undo", "redo", "repairs", "rebase", "submit", "approve", "reopen", "withdraw")
        ),
        lambda **more: client.post(f"{address}/publish", headers={**headers, **more}),
        lambda **more: client.delete(address, headers={**headers, **more}),
    ]


def test_only_this_machine_writes_and_reads_plans(client: TestClient, line: Line) -> None:
    number = drafted(client, line.next("PF"))
    for call in calls(elsewhere(client), number):
        assert slug(call()) == (401, "token-required")
    foreign = ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"X-Forwarded-For": "1.2.3.4"})
    for call in calls(client, number):
        for more in (*foreign, {"Authorization": f"Bearer {TOKEN}"}):
            assert slug(call(**more)) == (401, "token-required")
    assert client.get(f"/v1/plans/{number}").json()["state"] == "draft"


def test_a_token_writes_from_anywhere_and_is_the_actor(store: Store, line: Line) -> None:
    with served(store, host="0.0.0.0", tokens=f"street-office:{TOKEN}") as local:
        away = elsewhere(local)
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        told = upload(away, line.next("PG"), **bearer)
        assert told.status_code == 201
        for client in (local, away):
            for call in calls(client, told.json()["id"]):
                assert slug(call()) == (401, "token-required")
        done = published(away, told.json()["id"], **bearer)
        assert done.status_code == 200
        refresh(local)
        assert away.get(f"/v1/publications/{done.json()['number']}").json()["actor"] == "street-office"


def test_without_tokens_a_public_service_is_read_only(store: Store) -> None:
    with served(store, host="0.0.0.0") as client:
        for call in calls(client, str(uuid4())):
            assert slug(call()) == (403, "read-only")
        assert client.get("/v1/grids").status_code == 200
        assert client.post("/v1/check", content=document(small()), headers=GEOJSON).status_code == 200


def test_nobody_else_gets_a_body_read(store: Store) -> None:
    app = create_app(Settings(host="0.0.0.0", tokens=f"a:{TOKEN}"), store.service)  # type: ignore[arg-type]
    with listening(app) as address:
        for path in ("/v1/plans", f"/v1/plans/{uuid4()}/publish"):
            with socket.create_connection(address, timeout=20) as line:
                line.sendall(
                    f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    f'Idempotency-Key: 1\r\nIf-Match: "1"\r\nContent-Length: 60000000\r\n\r\n'.encode()
                )
                assert line.recv(4096).startswith(b"HTTP/1.1 401 ")  # not one byte of the body was sent
