"""Does a search over HTTP give a ranked list of what was published, and hold strictly to its parameters?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from conftest import fresh
from district import at, publish, refresh, served, small
from divisions import cell
from fastapi.testclient import TestClient
from finding import findable

from api import schemas
from geo.model import Plan
from geo.store import embedded


def district() -> Plan:
    plan = small()
    first, second, *others = plan.buildings
    addressed = replace(first, address="柳堰路１２号"), replace(second, address="柳堰路12号3栋", name="柳堰里")
    return replace(plan, buildings=(*addressed, *others))


@pytest.fixture(scope="module")
def client(cluster: embedded.Cluster) -> Iterator[TestClient]:
    with fresh(cluster) as store:
        publish(store, district())
        with served(store) as made:
            yield findable(made)


def search(client: TestClient, q: str, **more: Any) -> list[dict[str, Any]]:
    told = client.get("/v1/search", params={"q": q, **more})
    assert told.status_code == 200, told.text
    schemas.SearchAnswer.model_validate(told.json())
    assert (told.json()["publication"], told.json()["stale"], told.headers["x-publication"]) == (1, False, "1")
    results: list[dict[str, Any]] = told.json()["results"]
    return results


def codes(client: TestClient, q: str, **more: Any) -> list[str]:
    return [one["code"] for one in search(client, q, **more)]


@pytest.mark.parametrize(
    ("q", "more", "expected"),
    [
        ("A01", {}, ["A01", "h-A01"]),
        ("a01", {"layer": "building"}, ["h-A01"]),
        ("A", {"limit": 3}, ["A", "A01", "A02"]),
        ("A", {"layer": "grid"}, ["A01", "A02", "A03", "A04"]),
        ("公园", {}, ["A04"]),
        ("Ｐａｒｋ", {}, ["A04"]),
        ("飞", {}, ["E"]),
        ("虚构区", {}, ["D"]),
        ("卫生站", {}, ["f1"]),
        ("柳堰路12号", {}, ["h-A01", "h-A02"]),
        ("柳堰", {}, ["h-A02", "h-A01"]),
        ("12号 柳堰里", {}, ["h-A02"]),
        ("nothing such", {}, []),
    ],
)
def test_what_is_found(client: TestClient, q: str, more: dict[str, Any], expected: list[str]) -> None:
    assert codes(client, q, **more) == expected


def test_row_32_several_hits_are_a_list_and_no_guess(client: TestClient) -> None:
    found = search(client, "柳堰路")
    assert [(one["code"], one["owner"], one["match"]) for one in found] == [
        ("h-A01", "A01", "address"), ("h-A02", "A02", "address"),
    ]  # fmt: skip
    assert len(codes(client, "栋")) == 9


def test_a_hit_says_where_it_is_and_leads_on(client: TestClient) -> None:
    for q, layer in (
        ("D", "region"),
        ("S", "region"),
        ("A", "region"),
        ("E02", "grid"),
        ("h-A01", "building"),
        ("f1", "facility"),
    ):
        (first,) = search(client, q, limit=1, layer=layer)
        lon, lat = first["place"]["lon"], first["place"]["lat"]
        owner = client.get("/v1/owner", params={"lon": lon, "lat": lat, "datum": "wgs84"}).json()
        assert owner["status"] != "outside"
        if layer == "region":
            assert q in {one["code"] for one in owner["chain"]}
            assert first["owner"] is None
        links = {link["rel"]: link["href"] for link in first["links"]}
        told = client.get(links["self"])
        assert told.status_code == 200
        if layer in {"building", "facility"}:
            assert client.get(links["owner"]).json()["owner"]["code"] == first["owner"] == "A01"
    assert search(client, "f3", limit=1)[0]["owner"] is None


@pytest.mark.parametrize(
    "query",
    ["", "q=", "q=%20", "q=%E3%80%80", "q=" + "a" * 201, "q=%0a", "q=a&q=b", "q=a&limit=0", "q=a&limit=21",
     "q=a&limit=1e1", "q=a&limit=", "q=a&layer=line", "q=a&layer=", "q=a&datum=wgs84", "Q=a"],
)  # fmt: skip
def test_parameters_are_strict(client: TestClient, query: str) -> None:
    for language in ("en", "zh-CN"):
        told = client.get(f"/v1/search?{query}", headers={"Accept-Language": language})
        assert told.status_code == 400, query
        assert told.headers["content-type"] == "application/problem+json"
        assert told.json()["errors"]


def test_200_characters_may_be_asked(client: TestClient) -> None:
    assert codes(client, "路" * 200) == []
    assert codes(client, "'\"%_\\*[x](?") == []


def test_an_unchanged_answer_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/v1/search?q=A01")
    again = client.get("/v1/search?q=A01", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/v1/search?q=A01").status_code == 200


def test_a_publication_changes_what_is_found(cluster: embedded.Cluster) -> None:
    plan = small()
    with fresh(cluster) as store:
        publish(store, plan)
        with served(store) as made:
            client = findable(made)
            assert codes(client, "新") == []
            moved = replace(plan.buildings[0], name="新楼", shape=cell(2.4, 0.4, 0.2, 0.2), entrance=at(2.3, 0.4))
            publish(store, replace(plan, buildings=(moved, *plan.buildings[1:])))
            refresh(client)
            findable(client)
            told = client.get("/v1/search?q=新").json()
            assert [(one["code"], one["owner"]) for one in told["results"]] == [("h-A01", "B01")]
            assert told["publication"] == 2
