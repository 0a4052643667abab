"""Who owns a building or a facility, by which rule, and what is said of cut, declared and ownerless ones?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import shapely
from conftest import Store, fresh
from district import at, publish, served, small
from divisions import cell
from fastapi.testclient import TestClient
from finding import findable

from api import schemas
from geo.facility_owner import owners
from geo.findable import How
from geo.model import Building, Facility, Grid, Plan, Standing
from geo.store import embedded, search
from geo.store.connect import session


def homes() -> tuple[Building, ...]:
    return (
        Building(id="whole", households=1, shape=cell(0.2, 0.2, 0.2, 0.2)),
        Building(id="cut", households=1, shape=cell(0.75, 0.2, 1, 0.2)),
        Building(id="entered", households=1, shape=cell(0.75, 0.6, 1, 0.2), entrance=at(0.8, 0.7)),
        Building(id="elsewhere", households=1, shape=cell(2.2, 0.2, 0.2, 0.2), grid="A03"),
        Building(id="declared", households=1, shape=cell(0.2, 0.6, 0.2, 0.2), grid="A01"),
        Building(id="unknown grid", households=1, shape=cell(1.2, 0.6, 0.1, 0.1), grid="Z99"),
        Building(id="point", households=1, shape=at(1, 1)),
        Building(id="far", shape=cell(20, 20, 0.2, 0.2)),
    )


def facilities() -> tuple[Facility, ...]:
    return (
        Facility(id="on the edge", name="岗亭", category="post", shape=at(1, 0.5)),
        Facility(id="corner", category="post", shape=at(1, 1)),
        Facility(id="yard", category="school", shape=cell(0.9, 0.1, 0.5, 0.2)),
        Facility(id="several", category="post", shape=shapely.MultiPoint([at(2.5, 0.5), at(1.5, 0.5)])),
        Facility(id="far", category="post", shape=at(20, 20)),
    )


def plan() -> Plan:
    return replace(small(), buildings=homes(), facilities=facilities())


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one, plan())
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield findable(made)


def owner(client: TestClient, kind: str, id_: str) -> dict[str, Any]:
    told = client.get(f"/v1/{kind}/{id_}/owner")
    assert told.status_code == 200, told.text
    document: dict[str, Any] = told.json()
    (schemas.BuildingOwner if kind == "buildings" else schemas.FacilityOwner).model_validate(document)
    assert (told.headers["x-publication"], document["publication"]) == ("1", 1)
    return document


@pytest.mark.parametrize(
    ("id_", "code", "rule", "stands"),
    [
        ("whole", "A01", "largest-share", {}),
        ("cut", "A02", "largest-share", {"A02": 0.75, "A01": 0.25}),
        ("entered", "A01", "entrance", {"A02": 0.75, "A01": 0.25}),
        ("elsewhere", "B01", "largest-share", {}),
        ("declared", "A01", "declared", {}),
        ("unknown grid", "A02", "largest-share", {}),
        ("point", "A01", "largest-share", {}),
    ],
)
def test_row_12_a_building_has_one_owner(
    client: TestClient, id_: str, code: str, rule: str, stands: dict[str, float]
) -> None:
    told = owner(client, "buildings", id_)
    assert (told["status"], told["owner"]["code"], told["rule"], told["building"]) == ("owned", code, rule, id_)
    assert {one["code"]: one["share"] for one in told["candidates"]} == pytest.approx(stands, abs=1e-3)
    assert [one["code"] for one in told["chain"]][-1] == told["owner"]["region"] == code[0]
    assert told["edition"] is not None
    assert client.get(f"/v1/buildings/{id_}").json()["properties"]["owner"] == code


def test_row_32_a_declared_grid_elsewhere_is_said(client: TestClient) -> None:
    told = owner(client, "buildings", "elsewhere")
    assert len(told["warnings"]) == 1
    assert "declared" in told["warnings"][0]
    chinese = client.get("/v1/buildings/elsewhere/owner", headers={"Accept-Language": "zh"}).json()
    assert chinese["warnings"][0].startswith("该建筑登记了另一个网格")
    assert told["border_distance_m"] is not None
    for other in ("declared", "cut", "entered", "whole"):
        assert owner(client, "buildings", other)["warnings"] == []


@pytest.mark.parametrize(
    ("id_", "code", "rule"),
    [
        ("on the edge", "A01", "closed-smallest-code"),
        ("corner", "A01", "closed-smallest-code"),
        ("yard", "A02", "largest-share"),
        ("several", "A02", "closed-smallest-code"),
    ],
)
def test_a_facility_has_one_owner(client: TestClient, id_: str, code: str, rule: str) -> None:
    told = owner(client, "facilities", id_)
    assert (told["status"], told["owner"]["code"], told["rule"], told["facility"]) == ("owned", code, rule, id_)


@pytest.mark.parametrize("kind", ["buildings", "facilities"])
def test_what_nobody_owns_is_outside(client: TestClient, kind: str) -> None:
    told = owner(client, kind, "far")
    assert (told["status"], told["owner"], told["candidates"]) == ("outside", None, [])
    assert told["nearest"]["distance_m"] > 1000


@pytest.mark.parametrize(
    "path", ["buildings/nobody", "facilities/whole", "buildings/WHOLE", "buildings/%20", "facilities/%E8%B7%AF"]
)
def test_an_unknown_id_is_a_problem(client: TestClient, path: str) -> None:
    told = client.get(f"/v1/{path}/owner")
    assert (told.status_code, told.json()["type"]) == (404, "/problems/unknown-code")


def test_a_gap_has_a_fallback_and_proven_ground_comes_first(cluster: embedded.Cluster) -> None:
    drawn = small()
    wide = replace(drawn.grids[0], shape=cell(0, 0, 1.2, 1))
    faulty = replace(
        drawn,
        grids=(wide, *drawn.grids[1:3], *drawn.grids[4:]),
        buildings=(
            Building(id="in the gap", shape=cell(1.4, 1.4, 0.2, 0.2)),
            Building(id="in both", shape=cell(1.05, 0.4, 0.1, 0.1)),
        ),
        facilities=(Facility(id="gap", category="post", shape=at(1.5, 1.5)),),
    )
    with fresh(cluster) as store:
        publish(store, faulty, provisional=True)
        with served(store) as made:
            client = findable(made)
            for kind, id_ in (("buildings", "in the gap"), ("facilities", "gap")):
                told = owner(client, kind, id_)
                assert (told["status"], told["owner"], told["fallback"]["code"]) == ("gap", None, "A")
                assert [one["code"] for one in told["chain"]] == ["D", "S", "A"]
                assert told["nearest"]["code"] in {"A02", "A03", "B03"}
            told = owner(client, "buildings", "in both")
            assert (told["owner"]["code"], told["standing"]) == ("A01", "provisional")
            assert {one["code"]: one["share"] for one in told["candidates"]} == {"A01": 1.0, "A02": 1.0}


def test_of_grids_over_each_other_the_proven_has_the_facility() -> None:
    drawn = (
        ("A", Standing.PROVISIONAL, cell(0, 0)),
        ("B", Standing.PROVEN, cell(0, 0)),
        ("C", Standing.PROVEN, cell(0, 0)),
    )
    grids = [(Grid(code=code, region="R", shape=shape), standing) for code, standing, shape in drawn]
    there = (
        Facility(id="p", shape=at(0.5, 0.5)),
        Facility(id="a", shape=cell(0.5, 0.5)),
        Facility(id="n", shape=at(9, 9)),
    )
    assert owners(there, grids) == [("B", How.POINT), ("B", How.SHARE), None]


def test_owners_are_those_of_the_lists(store: Store, client: TestClient) -> None:
    with session(store.service) as work:
        finder = search.finder(work, 1)
    assert len(finder) == 6 + 11 + len(homes()) + len(facilities())
    listed = client.get("/v1/buildings").json()["features"]
    for one in listed:
        assert owner(client, "buildings", one["properties"]["id"])["owner"] == (
            None if one["properties"]["owner"] is None else pytest.approx(owner_of(client, one["properties"]["owner"]))
        )


def owner_of(client: TestClient, code: str) -> dict[str, Any]:
    told = client.get(f"/v1/grids/{code}").json()["properties"]
    return {name: told[name] for name in ("code", "name", "kind", "households", "region")}
