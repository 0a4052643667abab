"""What does a check over HTTP find, in which datum, within which limits, and does it keep nothing?"""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import Store, fresh
from district import document, features, served, small
from divisions import cell, community
from fastapi.testclient import TestClient
from uploading import GEOJSON, check, count, feature, key, slug

from api import schemas
from geo.store import embedded


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store, pool_workers=1) as made:
        yield made


def test_check_finds_and_keeps_nothing(client: TestClient, store: Store) -> None:
    before = count(store)
    told = check(client, document(small()))
    schemas.Checked.model_validate(told.json())
    assert (told.status_code, told.json()["publication"]) == (200, None)
    assert "blocking" not in {one["severity"] for one in told.json()["findings"]}
    assert told.json()["coverage"]["units_covered"] == 4
    plan = community("A", 0, 0)
    faulty = replace(plan, grids=(*plan.grids[:3], replace(plan.grids[0], code="X", shape=cell(0.5, 0, 0.5, 1))))
    rules = [one["rule"] for one in check(client, document(faulty)).json()["findings"]]
    assert {"gap", "overlap"} <= set(rules)
    message = check(client, document(faulty), **{"Accept-Language": "zh"}).json()["findings"][0]["message"]
    assert not message.isascii()
    assert count(store) == before


def gapped() -> bytes:
    drawn = community("A", 0, 0)
    return document(replace(drawn, grids=drawn.grids[1:]))


@pytest.mark.parametrize(
    ("accept", "query", "expected"),
    [
        ("*/*", "", "application/json"),
        ("application/geo+json", "", "application/geo+json"),
        ("application/json", "?f=geojson", "application/geo+json"),
        ("text/html", "", "text/html; charset=utf-8"),
        ("application/json", "?f=html", "text/html; charset=utf-8"),
    ],
)
def test_a_check_answers_in_the_form_that_is_asked_for(
    client: TestClient, accept: str, query: str, expected: str
) -> None:
    told = check(client, gapped(), query, Accept=accept, **{"Accept-Language": "zh"})
    assert (told.status_code, told.headers["content-type"]) == (200, expected)
    assert told.headers["cache-control"] == "no-store"
    assert told.headers["content-language"] == "zh"
    if expected == "application/geo+json":
        places = schemas.FindingPlaces.model_validate(told.json())
        assert "gap" in [one["properties"]["rule"] for one in places.features]
        assert places.coverage["units_covered"] == 0
    elif expected != "application/json":
        assert "空白区域" in told.text
        assert "default-src 'none'" in told.headers["content-security-policy"]
        assert "<script" not in told.text


def test_forms_that_are_not_offered(client: TestClient) -> None:
    assert slug(check(client, gapped(), "?f=pdf")) == (400, "invalid-parameter")
    assert slug(check(client, gapped(), Accept="image/png")) == (406, "not-acceptable")
    spoilt = features(community("A", 0, 0))
    spoilt["features"][1]["geometry"] = {"type": "Point", "coordinates": [500, 500]}
    assert slug(check(client, json.dumps(spoilt).encode(), "?f=html")) == (422, "rows-refused")


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


def test_stated_limits_are_held(store: Store) -> None:
    plan = document(community("L", 0, 0))
    with served(store, features=5, vertices=60, body_bytes=len(plan) + 2000, json_depth=9, pool_workers=1) as client:
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
    large = document(community("L", 0, 0, 60))  # its check takes thirty times as long
    with served(store, check_seconds=0.02, request_seconds=30, pool_workers=1) as client:
        told = check(client, large)
        assert slug(told) in {(422, "took-too-long"), (503, "busy")}
        assert client.get("/v1/owner?lon=104.1&lat=30.7&datum=wgs84").status_code == 200
