"""Is it told what became of each grid, what of its code, and who has the ground of a retired one?"""

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Store, fresh
from district import elsewhere, house, publish, refresh, served, small
from divisions import cell
from fastapi.testclient import TestClient
from redrawing import QUARTERS, redraw
from uploading import slug

from api import schemas
from geo.model import Plan
from geo.store import embedded
from geo.store import revert as reverting


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    """1: the district. 2: A01 is split, its east is A05. 3: A05 and A02 become A06. 4: A03 has another name, A06 is
    split in A06 and A07. 5: a house more in A03. 6: neighbour B gets a node on the border. 7: as after 2."""
    with fresh(cluster) as one:
        publish(one, small())
        two = {**QUARTERS, "A01": cell(0, 0, 0.5), "A05": cell(0.5, 0, 0.5)}
        assert redraw(one, two) == 2
        three = {"A01": two["A01"], "A06": cell(0.5, 0, 1.5), "A03": two["A03"], "A04": two["A04"]}
        assert redraw(one, three) == 3
        four = {**three, "A06": cell(0.5, 0, 0.75), "A07": cell(1.25, 0, 0.75)}
        assert redraw(one, four, {"A03": "三"}) == 4
        assert publish(one, Plan(buildings=(house("h-more", "A01", 0.2, 1.2),))) == 5
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def history(client: TestClient, code: str) -> list[tuple[int, str, list[str]]]:
    told = client.get(f"/v1/grids/{code}/history")
    assert told.status_code == 200, told.text
    schemas.History.model_validate(told.json())
    return [(one["publication"], one["cause"], one["what"]) for one in told.json()["turns"]]


def test_only_what_changed_it_is_told(client: TestClient) -> None:
    assert history(client, "A01") == [(1, "publish", ["made"]), (2, "publish", ["ground"])]
    assert history(client, "A04") == [
        (1, "publish", ["made"]),
        (2, "publish", ["name", "kind"]),
        (4, "publish", ["nodes"]),
    ]
    assert history(client, "A05") == [(2, "publish", ["made"]), (3, "publish", ["retired"])]
    assert history(client, "A03")[-2:] == [(4, "publish", ["name"]), (5, "data", ["households"])]
    assert history(client, "B02") == [(1, "publish", ["made"])]


def test_what_a_turn_says(client: TestClient) -> None:
    told = client.get("/v1/grids/A03/history").json()
    last: dict[str, Any] = told["turns"][-1]
    assert (told["in_force"], told["publication"], last["kind"]) == (True, 5, "data")
    assert (last["households_before"], last["households_after"]) == (500, 810)
    assert last["m2_before"] == last["m2_after"] > 0
    first = client.get("/v1/grids/A05/history").json()
    assert (first["in_force"], first["turns"][0]["m2_before"], first["turns"][1]["m2_after"]) == (False, None, None)


def test_lineage_both_ways(client: TestClient) -> None:
    told = client.get("/v1/grids/A07/lineage").json()
    schemas.Lineage.model_validate(told)
    assert (told["ancestors"], told["successors"]) == (["A01", "A02", "A05", "A06"], [])
    steps = {(one["publication"], one["from"], one["to"]): one["kind"] for one in told["steps"]}
    assert steps == {
        (1, None, "A01"): "new",
        (1, None, "A02"): "new",
        (2, "A01", "A05"): "split",
        (3, "A02", "A06"): "merged",
        (3, "A05", "A06"): "merged",
        (4, "A06", "A07"): "split",
    }
    of_a01 = client.get("/v1/grids/A01/lineage").json()
    assert (of_a01["ancestors"], of_a01["successors"], of_a01["in_force"]) == ([], ["A05", "A06", "A07"], True)
    assert client.get("/v1/grids/B01/lineage").json()["steps"][0]["kind"] == "new"


def test_a_retired_code_names_who_has_its_ground_now(client: TestClient) -> None:
    told = client.get("/v1/grids/A02")
    assert slug(told) == (410, "code-retired")
    body = told.json()
    assert body["publication"] == 3
    assert [(one["code"], round(one["share"], 3), one["households"]) for one in body["successors"]] == [
        ("A07", 0.75, 420),
        ("A06", 0.25, 0),
    ]
    assert slug(client.get("/v1/grids/A05")) == (410, "code-retired")
    assert client.get("/v1/grids/A05").json()["successors"][0]["code"] == "A06"
    assert slug(client.get("/v1/grids/A99")) == (404, "unknown-code")
    for path in ("/v1/grids/A99/history", "/v1/grids/A99/lineage", "/v1/grids/A99/archive", "/v1/grids/a%09b/history"):
        assert slug(client.get(path)) == (404, "unknown-code"), path
    chinese = client.get("/v1/grids/A02", headers={"Accept-Language": "zh"}).json()
    assert "A07, A06" in chinese["detail"]
    assert elsewhere(client).get("/v1/grids/A02/history").status_code == 200


def test_after_a_revert_a_code_is_there_again(client: TestClient, store: Store) -> None:
    done = reverting.revert(store.service, reverting.Request(number=2, actor="planner", reason="back"))
    refresh(client)
    assert history(client, "A05")[-1] == (done.number, "publish", ["restored"])
    assert client.get("/v1/grids/A05").status_code == 200
    assert client.get("/v1/grids/A07").json()["successors"][0]["code"] == "A02"
