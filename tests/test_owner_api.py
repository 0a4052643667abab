"""Who owns a point, asked over HTTP: inside, on borders, between, in every datum, and when it cannot be read?"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
import shapely
import shapely.affinity
from conftest import fresh
from district import at, publish, served, small
from divisions import cell, community
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import schemas
from geo import lattice
from geo.datum import Datum, from_wgs84
from geo.model import Plan
from geo.store import embedded

HERE = at(0.5, 0.5)
QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def client(cluster: embedded.Cluster, small_town: str) -> Iterator[TestClient]:
    with fresh(cluster, small_town) as store, served(store) as made:
        yield made


def owner(client: TestClient, point: shapely.Point, **more: str) -> dict[str, Any]:
    told = client.get("/v1/owner", params={"lon": point.x, "lat": point.y, "datum": "wgs84", **more})
    assert told.status_code == 200, told.text
    schemas.OwnerAnswer.model_validate(told.json())
    return told.json()


def test_a_point_inside_is_owned(client: TestClient) -> None:
    told = owner(client, at(0.5, 0.45))
    assert (told["status"], told["standing"], told["publication"]) == ("owned", "proven", 1)
    assert told["owner"] == {"code": "A01", "name": "", "kind": "residential", "households": 310, "region": "A"}
    assert [(one["code"], one["level"]) for one in told["chain"]] == [
        ("D", "district"), ("S", "street"), ("A", "community"),
    ]  # fmt: skip
    assert told["border_distance_m"] > 100
    assert told["neighbour"] in {"A02", "A03"}
    assert (told["warnings"], told["stale"], told["people"]) == ([], False, [])
    assert told["edition"] is not None


@pytest.mark.parametrize(
    ("column", "row", "status", "code"),
    [
        (0.99, 0.5, "near_boundary", "A01"),
        (1.01, 0.5, "near_boundary", "A02"),
        (0, 0.5, "near_boundary", "A01"),
        (1, 0.5, "shared", "A01"),
        (1, 1, "shared", "A01"),
        (2, 1, "shared", "A02"),
        (0.5, 3.5, "owned", "E01"),
        (2.5, 3.5, "owned", "E02"),
    ],
)
def test_borders(client: TestClient, column: float, row: float, status: str, code: str) -> None:
    told = owner(client, at(column, row))
    assert (told["status"], told["owner"]["code"]) == (status, code)
    assert told["candidates"][0]["code"] == code
    if status == "shared":
        assert told["border_distance_m"] == 0


def test_between_and_beyond(client: TestClient) -> None:
    told = owner(client, at(20, 20))
    assert (told["status"], told["owner"], told["fallback"], told["chain"]) == ("outside", None, None, [])
    assert told["nearest"]["distance_m"] > 1000
    assert owner(client, at(1.5, 3.5))["status"] == "outside"


WEST = 24.0
"""Degrees; so far west, swapped axes are in range."""


def moved(plan: Plan) -> Plan:
    def west(shape: Any) -> Any:
        return lattice.rounded(shapely.affinity.translate(shape, -WEST))

    return Plan(
        regions=tuple(replace(region, shape=west(region.shape)) for region in plan.regions),
        grids=tuple(replace(grid, shape=west(grid.shape)) for grid in plan.grids),
    )


def test_gap_and_ambiguous_stand_only_on_provisional_ground(cluster: embedded.Cluster) -> None:
    plan = small()
    wide = replace(plan.grids[0], shape=cell(0, 0, 1.2, 1))
    faulty = replace(plan, grids=(wide, *plan.grids[1:3], *plan.grids[4:]), buildings=())
    with fresh(cluster) as store:
        publish(store, faulty, provisional=True)
        publish(store, moved(community("W", 0, 0)))
        with served(store) as client:
            told = owner(client, at(1.5, 1.5))
            assert (told["status"], told["fallback"]["code"], told["standing"]) == ("gap", "A", None)
            assert [one["code"] for one in told["chain"]] == ["D", "S", "A"]
            assert told["nearest"]["code"] in {"A02", "A03", "B03"}
            told = owner(client, at(1.1, 0.5))
            assert (told["status"], told["owner"]["code"], told["standing"]) == ("ambiguous", "A01", "provisional")
            assert {one["code"] for one in told["candidates"]} == {"A01", "A02"}
            assert owner(client, at(2.5, 0.5))["standing"] == "proven"
            there = at(0.5, 0.5)
            swapped = owner(client, shapely.Point(there.y, there.x - WEST))
            assert (swapped["status"], len(swapped["warnings"])) == ("outside", 1)
            figures = client.get("/v1/regions/A/coverage").json()["coverage"]
            assert (figures["units"], figures["units_covered"]) == (1, 0)
            assert figures["gap_m2"] == pytest.approx(95_000, rel=0.05)


@pytest.mark.parametrize("datum", ["wgs84", "WGS84", "cgcs2000", "gcj02", "bd09", "EPSG:4544", "epsg:4490"])
def test_every_datum_finds_the_same_owner(client: TestClient, datum: str) -> None:
    x, y = from_wgs84(np.array([[HERE.x, HERE.y]]), Datum.parse(datum))[0].tolist()
    told = owner(client, shapely.Point(x, y), datum=datum)
    assert told["owner"]["code"] == "A01"
    assert (told["point"]["lon"], told["point"]["lat"]) == pytest.approx((HERE.x, HERE.y), abs=1e-8)
    assert told["datum"] == Datum.parse(datum).name
    if datum in {"gcj02", "bd09"}:
        assert owner(client, shapely.Point(x, y))["owner"] != told["owner"]


REFUSED = [
    ("lon=104.1&lat=30.7", "invalid-parameter", 400),
    ("lat=30.7&datum=wgs84", "invalid-parameter", 400),
    ("", "invalid-parameter", 400),
    ("lon=104.1&lat=30.7&datum=", "invalid-parameter", 400),
    ("lon=104.1&lat=30.7&datum=nad27", "invalid-parameter", 400),
    ("lon=104.1&lat=30.7&datum=EPSG:999999", "datum-required", 400),
    ("lon=104.1&lat=30.7&datum=EPSG:5773", "datum-required", 400),
    ("lon=104.1&lat=30.7&datum=wgs84&when=now", "unknown-parameter", 400),
    ("lon=104.1&lat=30.7&datum=wgs84&Lon=1", "unknown-parameter", 400),
    ("lon=104.1&lon=104.2&lat=30.7&datum=wgs84", "repeated-parameter", 400),
    ("lon=30.7&lat=104.1&datum=wgs84", "axes-swapped", 400),
    ("lon=181&lat=30.7&datum=wgs84", "invalid-parameter", 400),
    ("lon=104.1&lat=-90.0001&datum=wgs84", "invalid-parameter", 400),
    ("lon=1e300&lat=1e300&datum=EPSG:4544", "invalid-parameter", 400),
    ("lon=99999999&lat=99999999&datum=EPSG:4544", "coordinates-refused", 422),
    *[
        (urlencode({"lon": lon, "lat": "30.7", "datum": "wgs84"}), "invalid-parameter", 400)
        for lon in ("nan", "inf", "-inf", "Infinity", "1_04.1", "104,1", " 104.1", "+104.1", "１０４.1", "0x68",
                    "1e999", "104.1\u00a0", "٣", "", "1" * 400)
    ],
]  # fmt: skip


@pytest.mark.parametrize(("query", "slug", "status"), REFUSED)
def test_what_cannot_be_read_is_a_problem(client: TestClient, query: str, slug: str, status: int) -> None:
    for language in ("en", "zh-CN"):
        told = client.get(f"/v1/owner?{query}", headers={"Accept-Language": language})
        assert (told.status_code, told.json()["type"]) == (status, f"/problems/{slug}"), told.text
        assert told.headers["content-type"] == "application/problem+json"
        assert told.headers["content-language"] == language[:2]
        assert told.json()["title"].isascii() == (language == "en")
        assert told.json()["instance"] == "/v1/owner"
        assert told.headers["x-publication"] == "1"


@QUIET
@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    datum=st.sampled_from(["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4544", "EPSG:4490", "EPSG:3857", "EPSG:2343"]),
)
def test_every_place_has_an_answer(client: TestClient, lon: float, lat: float, datum: str) -> None:
    told = client.get("/v1/owner", params={"lon": repr(lon), "lat": repr(lat), "datum": datum})
    assert told.status_code in {200, 400, 422}, told.text
    if datum in {"wgs84", "cgcs2000"} and not (abs(lon) <= 90 < abs(lat)):
        assert told.status_code == 200
    json.loads(told.content)
