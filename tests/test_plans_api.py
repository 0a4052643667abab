"""Can a plan be brought in and published over HTTP, by those who may, once, and only on the base it was drawn from?"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import shapely
import uvicorn
from conftest import Store, fresh
from district import document, elsewhere, features, publish, refresh, served, small
from divisions import cell, community, together
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from api import schemas
from api.app import create_app
from api.settings import Settings
from geo.model import Plan
from geo.store import embedded, things
from geo.store.connect import session
from geo.store.published import editions
from geo.store.tables import plan as plans

GEOJSON = {"Content-Type": "application/geo+json"}
TOKEN = "a-long-enough-secret"
QUIET = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one, small())
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


class Line:
    """Communities that nobody has drawn yet, one after another to the east."""

    def __init__(self) -> None:
        self._column = 20

    def next(self, code: str) -> Plan:
        self._column += 5
        return community(code, self._column, 0)


@pytest.fixture(scope="module")
def line() -> Line:
    return Line()


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def upload(client: TestClient, plan: Plan | bytes, query: str = "", **headers: str) -> Any:
    content = plan if isinstance(plan, bytes) else document(plan)
    return client.post(f"/v1/plans{query}", content=content, headers={**GEOJSON, **key(), **headers})


def drafted(client: TestClient, plan: Plan, query: str = "") -> str:
    told = upload(client, plan, query)
    assert told.status_code == 201, told.text
    return str(told.json()["id"])


def published(client: TestClient, number: str, tag: str = '"1"', query: str = "", **headers: str) -> Any:
    return client.post(f"/v1/plans/{number}/publish{query}", headers={**key(), "If-Match": tag, **headers})


def slug(told: Any) -> tuple[int, str]:
    assert told.headers["content-type"] == "application/problem+json", told.text
    return told.status_code, told.json()["type"].removeprefix("/problems/")


def count(store: Store) -> int:
    with session(store.service) as work:
        return int(work.scalar(select(func.count()).select_from(plans)) or 0)


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


def calls(client: TestClient, number: str) -> list[Callable[..., Any]]:
    """Every write and every inner read."""
    address, headers = f"/v1/plans/{number}", {**key(), "If-Match": '"1"', **GEOJSON}
    return [
        lambda **more: client.post("/v1/plans", content=b"{}", headers={**headers, **more}),
        lambda **more: client.get(address, headers=more),
        lambda **more: client.get(f"{address}/findings", headers=more),
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
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        for path in ("/v1/plans", f"/v1/plans/{uuid4()}/publish"):
            with socket.create_connection(listening.getsockname(), timeout=20) as line:
                line.sendall(
                    f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    f'Idempotency-Key: 1\r\nIf-Match: "1"\r\nContent-Length: 60000000\r\n\r\n'.encode()
                )
                assert line.recv(4096).startswith(b"HTTP/1.1 401 ")  # not one byte of the body was sent
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def check(client: TestClient, body: bytes, query: str = "", **headers: str) -> Any:
    return client.post(f"/v1/check{query}", content=body, headers={**GEOJSON, **headers})


def test_check_finds_and_keeps_nothing(client: TestClient, store: Store) -> None:
    before = count(store)
    told = check(client, document(small()))
    schemas.Checked.model_validate(told.json())
    assert (told.status_code, told.json()["publication"]) == (200, None)
    assert {one["severity"] for one in told.json()["findings"]} == {"warning"}
    assert told.json()["coverage"]["units_covered"] == 4
    plan = community("A", 0, 0)
    faulty = replace(plan, grids=(*plan.grids[:3], replace(plan.grids[0], code="X", shape=cell(0.5, 0, 0.5, 1))))
    rules = [one["rule"] for one in check(client, document(faulty)).json()["findings"]]
    assert {"gap", "overlap"} <= set(rules)
    message = check(client, document(faulty), **{"Accept-Language": "zh"}).json()["findings"][0]["message"]
    assert not message.isascii()
    assert count(store) == before


def test_check_in_another_datum(client: TestClient) -> None:
    plain = check(client, document(small())).json()["coverage"]["area_m2"]
    shifted = features(small())
    shifted["datum"] = "gcj02"
    told = check(client, json.dumps(shifted).encode())
    assert told.status_code == 200
    over = check(client, json.dumps(shifted).encode(), "?datum=wgs84").json()["coverage"]["area_m2"]
    assert over == plain
    assert told.json()["coverage"]["area_m2"] == pytest.approx(plain, rel=1e-3)
    assert told.json()["coverage"]["area_m2"] != plain
    assert slug(check(client, b"{}", "?datum=EPSG:999999")) == (400, "datum-required")
    shifted["datum"] = "nad27"
    assert slug(check(client, json.dumps(shifted).encode())) == (400, "datum-required")


def test_a_layer_for_features_that_name_none(client: TestClient) -> None:
    bare = features(community("A", 0, 0))
    bare["features"] = [one for one in bare["features"] if one["properties"].pop("layer") == "grid"]
    body = json.dumps(bare).encode()
    assert slug(check(client, body))[1] in {"rows-refused", "datum-required"}
    told = check(client, body, "?layer=grid&datum=wgs84")
    assert (told.status_code, told.json()["coverage"]["units_covered"]) == (200, 1)
    assert slug(check(client, body, "?layer=castle")) == (400, "invalid-parameter")


HOSTILE = [
    (b"", (400, "invalid-body")),
    (b"not json", (400, "invalid-body")),
    (b"\xff\xfe\x00", (400, "invalid-body")),
    (b"\xef\xbb\xbf{}", (400, "invalid-body")),
    (b"null", (400, "invalid-body")),
    (b"[]", (400, "invalid-body")),
    (b"1" * 5000, (400, "invalid-body")),
    (b'{"type": "FeatureCollection"}', (400, "invalid-body")),
    (b'{"type": "FeatureCollection", "features": {}}', (400, "invalid-body")),
    (b'{"type": "Topology", "objects": {}}', (400, "invalid-body")),
    (b'{"type": ["FeatureCollection"], "features": []}', (400, "invalid-body")),
    (b'{"type": "FeatureCollection", "features": [null, 1, "x", [], {}]}', (422, "rows-refused")),
    (b'{"a":' * 40 + b"1" + b"}" * 40, (400, "body-too-deep")),
    (b"[" * 1_000_000, (400, "body-too-deep")),
    (b'{"type": "FeatureCollection", "datum": 5, "features": []}', None),
    (b'{"type": "FeatureCollection", "datum": "nowhere", "features": []}', (400, "datum-required")),
    (b'{"type": "FeatureCollection", "crs": {"properties": {"name": []}}, "features": []}', None),
]


@pytest.mark.parametrize(("body", "expected"), HOSTILE)
def test_hostile_bodies(client: TestClient, body: bytes, expected: tuple[int, str] | None) -> None:
    for told in (check(client, body), upload(client, body)):
        assert told.status_code < 500
        if expected is not None:
            assert slug(told) == expected


def feature(**changes: Any) -> dict[str, Any]:
    found = features(community("Z", 0, 0))["features"][1]
    found["properties"] |= changes.pop("properties", {})
    return {**found, **changes}


NASTY = [
    {"properties": {"code": "\0"}},
    {"properties": {"code": "\ud800"}},
    {"properties": {"code": 10**400}},
    {"properties": {"code": True}},
    {"properties": {"code": {"a": 1}}},
    {"properties": {"name": "x" * 100_000}},
    {"properties": {"name": "a\0b"}},
    {"properties": {"kind": "castle"}},
    {"properties": {"layer": "\0"}},
    {"properties": []},
    {"geometry": {"type": "Polygon", "coordinates": []}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 0], [0, 0], [0, 0]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [10**400, 1], [1, 0], [0, 0]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], ["1", 1], [1, 0], [0, 0]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}},
    {"geometry": {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] * 2}},
    {"geometry": {"type": "GeometryCollection", "geometries": []}},
    {"geometry": {"type": "Point", "coordinates": [104, 30]}},
    {"geometry": {"type": "Circle", "coordinates": [104, 30], "radius": 5}},
    {"geometry": None},
    {"geometry": "POINT (0 0)"},
]


@pytest.mark.parametrize("changes", NASTY, ids=lambda changes: json.dumps(changes)[:60])
def test_hostile_features(client: TestClient, changes: dict[str, Any]) -> None:
    content = json.dumps({"type": "FeatureCollection", "datum": "wgs84", "features": [feature(**changes)]}).encode()
    for told in (check(client, content), upload(client, content, "?dry_run=true&provisional=true")):
        assert told.status_code in {200, 201, 400, 422}, told.text
        told.json()


def test_not_finite_coordinates_cost_their_row(client: TestClient) -> None:
    content = document(community("Z", 0, 0)).replace(b"104.1,", b"NaN,", 1)
    assert slug(check(client, content)) == (422, "rows-refused")


@pytest.mark.parametrize("media", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_other_media_are_refused(client: TestClient, media: str) -> None:
    for path in ("/v1/check", "/v1/plans"):
        told = client.post(path, content=b"{}", headers={"Content-Type": media, **key()})
        assert slug(told) == (415, "unsupported-media-type")


def test_stated_limits_are_held(store: Store) -> None:
    plan = document(community("L", 0, 0))
    with served(store, features=5, vertices=60, body_bytes=len(plan) + 2000, json_depth=9) as client:
        assert check(client, plan).status_code == 200
        for path in ("/v1/check", "/v1/plans"):

            def told(content: bytes, path: str = path) -> tuple[int, str]:
                return slug(client.post(path, content=content, headers={**GEOJSON, **key()}))

            more = features(community("L", 0, 0))
            more["features"].append(feature(properties={"code": "one-more"}))
            assert told(json.dumps(more).encode()) == (413, "too-many-features")
            dense = features(community("L", 0, 0))
            ring = dense["features"][1]["geometry"]["coordinates"][0]
            dense["features"][1]["geometry"]["coordinates"][0] = [ring[0]] * 60 + ring
            assert told(json.dumps(dense).encode()) == (413, "too-many-vertices")
            assert told(plan + b" " * 3000) == (413, "body-too-large")
            deep = b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"a":'
            assert told(deep + b"[" * 9 + b"]" * 9 + b"}}]}") == (400, "body-too-deep")


def test_a_check_has_a_time(store: Store) -> None:
    with served(store, check_seconds=0.05, request_seconds=30) as client:
        told = check(client, document(small()))
        assert slug(told) in {(422, "took-too-long"), (503, "busy")}
        assert client.get("/v1/owner?lon=104.1&lat=30.7&datum=wgs84").status_code == 200


def test_more_things_than_a_statement_has_parameters(store: Store) -> None:
    names = [f"h-A{n:02}" for n in range(70_000)]
    ground = [cell(n / 1000, 0, 0.001, 1) for n in range(20_000)]
    with session(store.service) as work:
        assert [one.id for one in things.buildings(work, 1, codes=names)] == ["h-A01", "h-A02", "h-A03", "h-A04"]
        assert {one.region for one in editions(work, 1, meets=ground)} >= {"A", "B"}


WORDS = st.one_of(
    st.sampled_from(["type", "features", "geometry", "coordinates", "properties", "layer", "code", "region", "datum"]),
    st.text(max_size=4),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)
VALUES = st.one_of(
    JSON,
    st.sampled_from(["region", "grid", "building", "facility", "line", "water", "FeatureCollection", "Polygon", "A"]),
)


@QUIET
@given(
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from(["properties", "geometry", ""]), WORDS, VALUES), max_size=5)
)
def test_no_upload_is_a_mistake_of_ours(client: TestClient, changes: list[tuple[int, str, str, Any]]) -> None:
    spoilt = features(together([community("Y", 60, 0), community("Z", 62, 0)]))
    for number, part, word, value in changes:
        one = spoilt["features"][number % len(spoilt["features"])]
        target = one.get(part) if part else one
        if isinstance(target, dict):
            target[word] = value
    content = json.dumps(spoilt).encode()
    for told in (check(client, content), upload(client, content, "?dry_run=true&provisional=true&snap=true")):
        assert told.status_code < 500, told.text


@QUIET
@given(st.one_of(st.binary(max_size=200), JSON.map(lambda value: json.dumps(value).encode())))
def test_no_body_is_a_mistake_of_ours(client: TestClient, body: bytes) -> None:
    for path in ("/v1/check", "/v1/plans", f"/v1/plans/{uuid4()}/publish"):
        told = client.post(path, content=body, headers={**GEOJSON, **key(), "If-Match": '"1"'})
        assert told.status_code < 500, told.text
