"""Does each edge case of the trade that concerns a lookup get the answer a practitioner expects, over HTTP?

The rows bear the numbers of the table of edge cases. Rows that are about other things than lookups have their tests
where those things are tested.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from conftest import Store, fresh
from district import at, publish, refresh, served, small
from divisions import ORIGIN, cell, community
from fastapi.testclient import TestClient
from trade import asked, codes, east_of, faulty, halves, over_proven, said, same_everywhere, trade
from uploading import drafted, published, slug

from geo.measure import metres_per_degree
from geo.store import embedded

SIGMA_OF_68, SIGMA_OF_95 = math.sqrt(-2 * math.log(1 - 0.68)), math.sqrt(-2 * math.log(1 - 0.95))
"""A radius that holds 68 or 95 of 100 of a circular normal error, in its standard deviations."""


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one, trade())
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def test_row_01_incident_on_a_shared_edge(client: TestClient, store: Store) -> None:
    told = asked(client, at(1, 0.5))
    assert (told["status"], told["owner"]["code"], told["border_distance_m"]) == ("shared", "A01", 0)
    assert codes(told) == ["A01", "A02"]
    assert told["neighbour"] == "A02"
    same_everywhere(client, store, at(1, 0.5), "A01")


@pytest.mark.parametrize(("column", "several"), [(1, ["A01", "A02", "A03", "A04"]), (2, ["A02", "A04", "B01", "B03"])])
def test_row_02_on_a_vertex_of_several_grids(client: TestClient, store: Store, column: int, several: list[str]) -> None:
    told = asked(client, at(column, 1))
    assert (told["status"], told["owner"]["code"], codes(told)) == ("shared", several[0], several)
    same_everywhere(client, store, at(column, 1), several[0])


@pytest.mark.parametrize(
    ("accuracy", "sigmas", "status"),
    [
        ({"accuracy_m": 15}, SIGMA_OF_68, "near_boundary"),
        ({"accuracy_m": 15, "accuracy_level": 68}, SIGMA_OF_68, "near_boundary"),
        ({"accuracy_m": 15, "accuracy_level": 95}, SIGMA_OF_95, "near_boundary"),
        ({"accuracy_m": 3}, SIGMA_OF_68, "owned"),
    ],
)
def test_row_03_six_metres_inside_with_an_accuracy(
    client: TestClient, accuracy: dict[str, float], sigmas: float, status: str
) -> None:
    """The owner stays; what lies across has the share of a normal error beyond a straight border."""
    told = asked(client, east_of(at(1, 0.5), -6), **accuracy)
    beyond = math.erfc(6 / (accuracy["accuracy_m"] / sigmas) / math.sqrt(2)) / 2
    assert (told["status"], told["owner"]["code"], told["neighbour"]) == (status, "A01", "A02")
    shares = {one["code"]: one["share"] for one in told["candidates"]}
    assert next(iter(shares)) == "A01"
    assert shares["A01"] == pytest.approx(1 - beyond, abs=2e-3)
    assert shares.get("A02", 0) == pytest.approx(beyond, abs=2e-3)
    assert sum(shares.values()) == pytest.approx(1, abs=1e-3)
    if status == "near_boundary":
        across = next(one for one in told["candidates"] if one["code"] == "A02")
        assert across["distance_m"] == pytest.approx(6, abs=0.01)


def test_row_03_without_an_accuracy_the_setting_decides(client: TestClient) -> None:
    told = asked(client, east_of(at(1, 0.5), -6))
    assert (told["status"], told["owner"]["code"], told["neighbour"]) == ("near_boundary", "A01", "A02")
    assert [(one["code"], one["share"]) for one in told["candidates"]] == [("A01", None), ("A02", None)]
    assert asked(client, east_of(at(1, 0.5), -12))["status"] == "owned"


def test_row_03_beyond_the_map_is_ground_nobody_owns(client: TestClient) -> None:
    """It has its share, but is no other owner that could be meant."""
    told = asked(client, east_of(at(0, 0.5), 6), accuracy_m=15)
    assert (told["status"], told["owner"]["code"], codes(told)) == ("owned", "A01", ["A01", None])
    assert sum(one["share"] for one in told["candidates"]) == pytest.approx(1, abs=1e-3)


def test_row_04_a_phone_sends_gcj02(client: TestClient) -> None:
    place = at(0.5, 0.5)
    phone = said(place, "gcj02")
    told = asked(client, phone, datum="gcj02", expect="A")
    assert (told["owner"]["code"], told["datum"], told["warnings"]) == ("A01", "gcj02", [])
    assert (told["point"]["lon"], told["point"]["lat"]) == pytest.approx((place.x, place.y), abs=1e-8)
    unstated = client.get("/v1/owner", params={"lon": phone.x, "lat": phone.y})
    assert slug(unstated) == (400, "invalid-parameter")
    assert [error["parameter"] for error in unstated.json()["errors"]] == ["datum"]
    wrongly = asked(client, phone, expect="A")
    assert (wrongly["owner"] or {}).get("code") != "A01"
    assert (wrongly["point"]["lon"], wrongly["point"]["lat"]) == (phone.x, phone.y), "never a silent correction"
    assert any("gcj02" in warning.lower().replace("-", "") for warning in wrongly["warnings"])
    assert len(asked(client, phone)["warnings"]) == 1, "outside everything, and on the map only when shifted"


@pytest.mark.parametrize("times", [0, 2], ids=["not converted", "converted twice"])
def test_row_05_declared_as_gcj02_and_is_not(client: TestClient, times: int) -> None:
    told_as = at(0.5, 0.5)
    for _ in range(times):
        told_as = said(told_as, "gcj02")
    told = asked(client, told_as, datum="gcj02", expect="A")
    assert len(told["warnings"]) == 1
    assert (told["owner"] or {}).get("code") != "A01"


def test_row_06_bd09_from_a_hotline_map(client: TestClient) -> None:
    told = asked(client, said(at(1.5, 0.5), "bd09"), datum="bd09", expect="A")
    assert (told["owner"]["code"], told["datum"], told["warnings"]) == ("A02", "bd09", [])


def test_row_07_lat_and_lon_swapped(client: TestClient) -> None:
    """Swapped and yet in range is a warning: test_owner_api."""
    place = at(0.5, 0.5)
    told = client.get("/v1/owner", params={"lon": place.y, "lat": place.x, "datum": "wgs84"})
    assert slug(told) == (400, "axes-swapped")
    assert {error["parameter"] for error in told.json()["errors"]} == {"lon", "lat"}


def test_row_08_an_incident_in_a_river(client: TestClient) -> None:
    told = asked(client, at(0.4, 0.15))
    assert (told["status"], told["owner"]["code"]) == ("owned", "A01")


@pytest.fixture(scope="module")
def legacy(cluster: embedded.Cluster) -> Iterator[TestClient]:
    """A provisional map, and proven ground that one of its grids reaches over."""
    with fresh(cluster) as store:
        publish(store, faulty(), provisional=True)
        with served(store) as made:
            yield made


def test_row_09_where_no_grid_is_in_force(legacy: TestClient) -> None:
    told = asked(legacy, at(1.5, 1.5))
    assert (told["status"], told["owner"], told["standing"], told["edition"]) == ("gap", None, None, None)
    assert told["fallback"] == {"code": "A", "name": "A", "level": "community"}
    assert [one["code"] for one in told["chain"]] == ["D", "S", "A"]
    assert told["nearest"]["code"] in {"A02", "A03", "B03"}
    middle = 0.5 * 0.003 * metres_per_degree(ORIGIN[1])[0]
    assert told["nearest"]["distance_m"] == pytest.approx(middle, rel=1e-3)


def test_row_10_outside_everything_loaded(client: TestClient) -> None:
    told = asked(client, at(40, 40))
    assert (told["status"], told["owner"], told["fallback"], told["chain"]) == ("outside", None, None, [])
    assert told["nearest"]["distance_m"] > 1000


def test_row_11_an_overlap_of_a_provisional_edition(legacy: TestClient) -> None:
    told = asked(legacy, at(1.1, 0.5))
    assert (told["status"], told["owner"]["code"], told["standing"]) == ("ambiguous", "A01", "provisional")
    assert set(codes(told)) >= {"A01", "A02"}


def test_row_11_proven_ground_wins_over_provisional(cluster: embedded.Cluster) -> None:
    """The provisional code is the smaller one, and its ground lies over the other's."""
    with fresh(cluster) as store:
        publish(store, community("A", 0, 0))
        publish(store, over_proven(), provisional=True)
        with served(store) as client:
            told = asked(client, at(0.25, 0.5))
            assert (told["owner"]["code"], told["standing"], told["status"]) == ("A01", "proven", "owned")
            assert asked(client, at(-0.5, 0.5))["owner"]["code"] == "001"


@pytest.mark.parametrize(
    ("number", "code", "rule"),
    [("declared", "A02", "declared"), ("entered", "A02", "entrance"), ("largest", "A01", "largest-share")],
)
def test_row_12_a_building_across_two_grids_has_one_owner(
    client: TestClient, number: str, code: str, rule: str
) -> None:
    assert client.get(f"/v1/buildings/{number}").json()["properties"]["owner"] == code
    told = client.get(f"/v1/buildings/{number}/owner")
    assert told.status_code == 200, told.text
    assert (told.json()["owner"]["code"], told.json()["rule"]) == (code, rule)


def test_row_12_households_are_counted_once_and_the_cut_is_found(client: TestClient) -> None:
    told = {code: client.get(f"/v1/grids/{code}").json()["properties"]["households"] for code in ("A01", "A02")}
    assert told == {"A01": 310 + 10, "A02": 420 + 20}
    found = client.get("/v1/regions/A/coverage").json()
    split = [one["codes"] for one in found["findings"] if one["rule"] == "building-split"]
    assert {code for several in split for code in several} >= {"declared", "entered", "largest"}
    assert found["coverage"]["households"] == sum((310, 420, 500, 0)) + 30


def sizes_told(client: TestClient, region: str) -> list[str]:
    """Rules of the findings of a region that are about its households, or about its ground."""
    told = client.get(f"/v1/regions/{region}/coverage").json()
    assert told["coverage"]["units_covered"] == 1
    return [one["rule"] for one in told["findings"] if one["rule"].startswith(("households", "gap", "tower"))]


def test_row_15_a_community_of_120_households(client: TestClient) -> None:
    assert sizes_told(client, "H") == []
    told = asked(client, at(0.5, 6.2))["owner"]
    assert (told["code"], told["households"]) == ("H01", 120)
    assert client.get("/v1/grids/H01").json()["properties"]["verdict"] == "good"


def test_row_16_a_village(client: TestClient) -> None:
    """45 households on nearly six square kilometres."""
    assert sizes_told(client, "V") == []
    told = asked(client, at(12, 6))["owner"]
    assert (told["code"], told["kind"], told["households"]) == ("V01", "rural", 45)
    assert client.get("/v1/regions/V/coverage").json()["coverage"]["area_m2"] > 5e6


def test_row_17_a_park_without_households(client: TestClient) -> None:
    """Base ground of special kind: no size rule, and part of the coverage."""
    told = asked(client, at(1.5, 1.5))
    assert (told["status"], told["owner"]["code"], told["owner"]["kind"]) == ("owned", "A04", "special")
    assert sizes_told(client, "A") == []
    assert client.get("/v1/grids/A04").json()["properties"]["verdict"] == "none"


def test_row_20_the_owner_at_a_past_date(cluster: embedded.Cluster) -> None:
    """The last publication at or before it; for any instant since the first, also between two."""
    place = at(1.1, 0.5)
    with fresh(cluster) as store:
        for cut in (1.0, 1.3, 0.9):
            publish(store, halves(cut))
        with served(store) as client:
            instants = {n: client.get(f"/v1/publications/{n}").json()["at"] for n in (1, 2, 3)}
            for number, code in ((1, "A02"), (2, "A01"), (3, "A02")):
                told = asked(client, place, as_of=instants[number])
                assert (told["owner"]["code"], told["publication"], told["as_of"]) == (code, number, instants[number])
            before = np.datetime64(instants[2].removesuffix("+00:00")) - np.timedelta64(1, "us")
            told = asked(client, place, as_of=f"{before}+00:00")
            assert (told["owner"]["code"], told["publication"]) == ("A02", 1)
            assert asked(client, place)["publication"] == 3
            assert asked(client, place, as_of="2999-01-01T00:00:00Z")["publication"] == 3
            early = client.get("/v1/owner", params={"lon": place.x, "lat": place.y, "datum": "wgs84",
                                                    "as_of": "2001-01-01T00:00:00Z"})  # fmt: skip
            assert early.status_code in {200, 404, 422}
            assert early.status_code != 200 or early.json()["status"] == "outside"
            publish(store, halves(0.95))
            refresh(client)
            assert asked(client, place, as_of=instants[2])["owner"]["code"] == "A01"


@pytest.mark.parametrize(("column", "code"), [(0.5, "E01"), (2.5, "E02")])
def test_row_21_an_enclave(client: TestClient, column: float, code: str) -> None:
    """A declared community of two parts that lies in no street: its points belong to it, between them nobody's."""
    told = asked(client, at(column, 3.5))
    assert (told["status"], told["owner"]["code"], told["owner"]["region"]) == ("owned", code, "E")
    assert [one["code"] for one in told["chain"]] == ["D", "E"]
    assert asked(client, at(1.5, 3.5))["owner"] is None


def test_row_23_a_grid_across_two_communities(client: TestClient) -> None:
    """Refused where it would be published, with the place; the map stays as it was."""
    before = asked(client, at(2.05, 0.5))
    plan = small()
    wide = replace(plan.grids[1], shape=cell(1, 0, 1.1, 1))
    a = replace(plan, grids=(plan.grids[0], wide, *plan.grids[2:4]), regions=plan.regions[:3], buildings=(),
                facilities=(), lines=(), water=())  # fmt: skip
    told = published(client, drafted(client, a))
    assert slug(told) == (422, "coverage-not-exact")
    assert {one["properties"]["rule"] for one in told.json()["features"]["features"]} >= {"spill"}
    refresh(client)
    assert asked(client, at(2.05, 0.5)) | {"age_s": 0} == before | {"age_s": 0}


def test_row_30_underground_and_overpass(client: TestClient) -> None:
    """The same owner by x and y; a level is an attribute of the incident, so none is asked for."""
    place = at(0.5, 0.5)
    told = client.get("/v1/owner", params={"lon": place.x, "lat": place.y, "datum": "wgs84", "level": -1})
    assert slug(told) == (400, "unknown-parameter")
    assert asked(client, place)["owner"]["code"] == "A01"


def test_row_32_an_address_only(client: TestClient) -> None:
    """By the building's id; several hits of a search give a list, and nothing is guessed."""
    told = client.get("/v1/buildings/h-B02/owner")
    assert told.status_code == 200, told.text
    assert told.json()["owner"]["code"] == "B02"
    assert slug(client.get("/v1/buildings/nowhere/owner"))[0] == 404
    found = client.get("/v1/search", params={"q": "楼"}).json()["results"]
    assert {one["code"] for one in found} == {"declared", "entered", "largest"}
    (one,) = client.get("/v1/search", params={"q": "largest 楼"}).json()["results"]
    assert one["owner"] == "A01"
    assert client.get("/v1/search", params={"q": "没有这条路"}).json()["results"] == []
