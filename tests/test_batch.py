"""Are up to ten thousand points answered together as each is alone, and a bad one in its place?"""

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import fresh
from district import at, elsewhere, served
from fastapi.testclient import TestClient

from api import batched
from geo.store import embedded

SPOTS = [at(0.5, 0.45), at(0.99, 0.5), at(1, 0.5), at(2, 1), at(20, 20), at(0.5, 3.5)]


@pytest.fixture(scope="module")
def client(cluster: embedded.Cluster, small_town: str) -> Iterator[TestClient]:
    with fresh(cluster, small_town) as store, served(store) as made:
        yield made


def batch(client: TestClient, document: Any, **headers: str) -> dict[str, Any]:
    told = client.post("/v1/owner/batch", json=document, headers=headers)
    assert told.status_code == 200, told.text
    batched.Batch.model_validate(told.json())
    assert told.headers["x-publication"] == str(told.json()["publication"])
    return told.json()


def test_many_are_answered_as_each_alone(client: TestClient) -> None:
    points = [{"lon": spot.x, "lat": spot.y, "id": number} for number, spot in enumerate(SPOTS)]
    told = batch(elsewhere(client), {"datum": "wgs84", "points": points})
    assert told["publication"] == 1
    assert [one["id"] for one in told["results"]] == list(range(len(SPOTS)))
    for spot, found in zip(SPOTS, told["results"], strict=True):
        alone = client.get("/v1/owner", params={"lon": spot.x, "lat": spot.y, "datum": "wgs84"}).json()
        assert (found["status"], found["rule"]) == (alone["status"], alone["rule"])
        assert found["owner"] == (alone["owner"] and alone["owner"]["code"])
        assert found["border_distance_m"] == (
            None if alone["owner"] is None else pytest.approx(alone["border_distance_m"], abs=0.002)
        )


def test_what_is_wrong_with_a_point_is_told_in_its_place(client: TestClient) -> None:
    good = {"lon": SPOTS[0].x, "lat": SPOTS[0].y, "datum": "wgs84"}
    cases: list[tuple[Any, str | None]] = [
        (good, None),
        ({**good, "datum": "nad27"}, "datum-unknown"),
        ({**good, "datum": "EPSG:2326"}, "coordinates-out-of-range"),
        ({"lon": good["lon"], "lat": good["lat"]}, "row-without-datum"),
        ({**good, "lon": "1_0"}, "coordinate-malformed"),
        ({**good, "lon": True}, "coordinate-malformed"),
        ({**good, "lat": None}, "row-without-point"),
        ({**good, "lat": [1]}, "coordinate-malformed"),
        ({**good, "lon": 30.7, "lat": 104.1}, "axes-swapped"),
        ({**good, "accuracy_m": 0}, "number-out-of-range"),
        ({**good, "accuracy_m": 10**30}, "number-out-of-range"),
        ("point", "row-without-point"),
        (good, None),
    ]
    told = batch(client, {"points": [one for one, _ in cases]})["results"]
    assert [(one["error"] or "").partition(":")[0] or None for one in told] == [why for _, why in cases]
    assert told[-1] == told[0]
    chinese = batch(client, {"points": [{}]}, **{"Accept-Language": "zh"})["results"][0]
    assert chinese["error"].startswith("row-without-point: 缺少")


def test_no_points_are_an_answer_too(client: TestClient) -> None:
    assert batch(client, {"points": []}) == {"publication": 1, "results": []}


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 1


@pytest.mark.parametrize(
    ("document", "slug", "status"),
    [
        ([], "invalid-body", 400),
        ({}, "invalid-body", 400),
        ({"points": {}}, "invalid-body", 400),
        ({"points": [], "limit": 1}, "invalid-body", 400),
        ({"points": [], "datum": 4326}, "invalid-body", 400),
        ({"points": [], "datum": "nad27"}, "datum-required", 400),
        ({"points": [{}] * 10_001}, "too-many-points", 413),
        ({"points": nested(40)}, "body-too-deep", 400),
    ],
)
def test_what_is_no_batch_is_a_problem(client: TestClient, document: Any, slug: str, status: int) -> None:
    told = client.post("/v1/owner/batch", json=document)
    assert (told.status_code, told.json()["type"]) == (status, f"/problems/{slug}"), told.text
    assert client.post("/v1/owner/batch", content=b"{", headers={"Content-Type": "text/plain"}).status_code == 415


def test_ten_thousand_points(client: TestClient) -> None:
    points = [{"lon": SPOTS[n % 6].x, "lat": SPOTS[n % 6].y} for n in range(10_000)]
    told = batch(client, {"datum": "wgs84", "points": points})["results"]
    assert [one["status"] for one in told[:6]] * 1666 == [one["status"] for one in told[:9996]]
