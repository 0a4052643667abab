"""Do lists, their filters and pages give what was published, and stay with their publication?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import shapely
from conftest import Store, fresh
from district import at, publish, refresh, served, small
from divisions import cell
from fastapi.testclient import TestClient

from api import schemas
from api.cursor import Cursor
from geo.store import embedded, things
from geo.store.connect import session
from geo.store.published import editions


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


LISTS = [
    ("/v1/regions", ["A", "B", "C", "D", "E", "S"]),
    ("/v1/regions?level=community", ["A", "B", "C", "E"]),
    ("/v1/regions?within=S", ["A", "B", "C", "S"]),
    ("/v1/regions?within=S&level=street", ["S"]),
    ("/v1/regions?level=nowhere", []),
    ("/v1/regions/S/children", ["A", "B", "C"]),
    ("/v1/regions/A/children", []),
    ("/v1/regions/A/grids", ["A01", "A02", "A03", "A04"]),
    ("/v1/regions/S/grids", ["A01", "A02", "A03", "A04", "B01", "B02", "B03", "B04", "C01"]),
    ("/v1/grids?within=D&kind=special", ["A04"]),
    ("/v1/grids?kind=rural", ["C01"]),
    ("/v1/grids?within=E", ["E01", "E02"]),
    ("/v1/grids?households=300..420", ["A01", "A02", "B03", "B04"]),
    ("/v1/grids?households=..120&within=S", ["A04", "B01"]),
    ("/v1/grids?households=620", ["B02"]),
    ("/v1/grids?households=999999999999999999..", []),
    ("/v1/buildings?within=A", ["h-A01", "h-A02", "h-A03", "h-A04"]),
    ("/v1/buildings?within=D&households=..120", ["h-A04", "h-B01", "h-E02"]),
    ("/v1/buildings?kind=tower&within=B&households=400..", ["h-B02", "h-B04"]),
    ("/v1/buildings?households=999999999999999999", []),
    ("/v1/facilities", ["f1", "f2", "f3"]),
    ("/v1/facilities?category=clinic", ["f1", "f3"]),
    ("/v1/facilities?within=S", ["f1", "f2"]),
    ("/v1/facilities?within=C", []),
]


def keys(told: dict[str, Any]) -> list[str]:
    return [one["properties"].get("code") or one["properties"]["id"] for one in told["features"]]


@pytest.mark.parametrize(("path", "expected"), LISTS)
def test_lists_and_their_filters(client: TestClient, path: str, expected: list[str]) -> None:
    told = client.get(path)
    assert (told.status_code, keys(told.json())) == (200, expected)
    assert (told.json()["publication"], told.headers["x-publication"]) == (1, "1")
    ids = [one["id"] for one in told.json()["features"]]
    assert len(set(ids)) == len(ids)
    assert all(isinstance(one, int) for one in ids)
    assert [link["rel"] for link in told.json()["links"]] == ["self"]


def box(column: float, row: float, width: float, height: float) -> str:
    low, high = at(column, row), at(column + width, row + height)
    return f"bbox={low.x},{low.y},{high.x},{high.y}"


@pytest.mark.parametrize(
    ("layer", "place", "expected"),
    [
        ("grids", (0.2, 0.2, 0.1, 0.1), ["A01"]),
        ("grids", (1.5, 0.5, 1, 0), ["A02", "B01"]),
        ("grids", (0.5, 0.5, 0, 0), ["A01"]),
        ("grids", (1, 1, 0, 0), ["A01", "A02", "A03", "A04"]),
        ("grids", (20, 20, 1, 1), []),
        ("regions", (0.2, 0.2, 0.1, 0.1), ["A", "D", "S"]),
        ("buildings", (0.5, 0.5, 0, 0), ["h-A01"]),
        ("buildings", (0.45, 0.5, 1, 0), ["h-A01", "h-A02"]),
        ("facilities", (0.5, 0.5, 0, 0), ["f1"]),
        ("facilities", (0.4, 0.4, 0.2, 0.2), ["f1"]),
    ],
)
def test_bbox_also_of_no_width(client: TestClient, layer: str, place: tuple[float, ...], expected: list[str]) -> None:
    assert keys(client.get(f"/v1/{layer}?{box(*place)}").json()) == expected


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3", "bbox=1,2,3,4,5", "bbox=3,2,1,4", "bbox=nan,0,1,1", "bbox=179,0,-179,1", "bbox=１,2,3,4",
        "limit=0", "limit=-1", "limit=x", "limit=1e2", "kind=nothing", "households=500..300", "households=..",
        "households=-1", "within=%0A", "within=", "f=xml", "cursor=x", "cursor=" + "A" * 600,
    ],
)  # fmt: skip
def test_filters_are_strict(client: TestClient, query: str) -> None:
    told = client.get(f"/v1/grids?{query}")
    assert told.status_code == 400, query
    assert told.json()["type"] in {"/problems/invalid-parameter", "/problems/invalid-cursor"}


def test_details_and_coverage(client: TestClient) -> None:
    grid = client.get("/v1/grids/A02").json()
    schemas.GridFeature.model_validate(grid)
    assert (grid["properties"]["households"], grid["properties"]["verdict"]) == (420, "good")
    assert shapely.geometry.shape(grid["geometry"]).equals(cell(1, 0))
    region = client.get("/v1/regions/S").json()
    schemas.RegionFeature.model_validate(region)
    assert (region["properties"]["grids"], region["properties"]["standing"]) == (9, "proven")
    assert region["geometry"]["type"] == "MultiPolygon"
    building = client.get("/v1/buildings/h-A03").json()
    schemas.BuildingFeature.model_validate(building)
    assert (building["properties"]["owner"], building["properties"]["households"]) == ("A03", 500)
    schemas.FacilityFeature.model_validate(client.get("/v1/facilities/f2").json())
    told = client.get("/v1/regions/D/coverage").json()
    schemas.Checked.model_validate(told)
    assert (told["publication"], told["coverage"]["units"], told["coverage"]["units_covered"]) == (1, 4, 4)
    assert {one["rule"] for one in told["findings"]} == {"households-low", "households-high", "tower-over"}
    assert client.get("/v1/publications/1").json()["regions"] == ["A", "B", "C", "E"]


def test_pages_stay_with_their_publication_while_another_is_made(cluster: embedded.Cluster) -> None:
    plan = small()
    with fresh(cluster) as store:
        publish(store, plan)
        with served(store) as client:
            paths = ("/v1/grids", "/v1/regions", "/v1/buildings", "/v1/facilities", "/v1/regions/D/grids")
            first = {path: client.get(f"{path}?limit=2").json() for path in paths}
            renamed = [replace(grid, name="new") for grid in plan.grids]
            merged = [grid for grid in renamed if grid.region != "B"]
            merged.append(
                replace(
                    plan.grids[4], shape=next(region.shape for region in plan.regions if region.code == "B"), name="one"
                )
            )
            more = replace(plan.buildings[0], id="h-A00", shape=cell(0.1, 0.1, 0.1, 0.1))
            publish(store, replace(plan, grids=tuple(merged), buildings=(*plan.buildings, more), regions=plan.regions))
            refresh(client)
            for path in paths:
                pages = list(followed(client, first[path]))
                assert {page["publication"] for page in pages} == {1}, path
                found = [key for page in pages for key in keys(page)]
                assert found == sorted(found)
                assert "h-A00" not in found
                assert ("B02" in found) == ("grids" in path)
                names = {one["properties"]["name"] for page in pages for one in page["features"]}
                assert not names & {"new", "one"}
            now = client.get("/v1/grids").json()
            assert (now["publication"], "B02" in keys(now)) == (2, False)
            past = [page["features"] for page in followed(client, client.get("/v1/grids?limit=1").json())]
            assert [one["properties"]["code"] for page in past for one in page] == keys(now)
            numbers = [
                page["publications"][0]["number"]
                for page in followed(client, client.get("/v1/publications?limit=1").json())
            ]
            assert numbers == [2, 1]


def followed(client: TestClient, page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A page and those its `next` links lead to."""
    while True:
        yield page
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            return
        page = client.get(following[0]).json()


def test_cursors_are_not_trusted(client: TestClient) -> None:
    for cursor, slug in ((Cursor(99, "A"), "invalid-cursor"), (Cursor(10**17, "A"), "invalid-cursor")):
        for path in ("grids", "buildings"):
            told = client.get(f"/v1/{path}?cursor={cursor}")
            assert (told.status_code, told.json()["type"]) == (400, f"/problems/{slug}")
    assert client.get(f"/v1/publications?cursor={Cursor(1, 'x')}").status_code == 400
    assert client.get(f"/v1/publications?cursor={Cursor(1, '9' * 18)}").status_code == 200
    assert keys(client.get(f"/v1/grids?cursor={Cursor(1, '')}").json())[0] == "A01"


def test_limits_are_clamped(client: TestClient) -> None:
    assert len(client.get("/v1/grids?limit=999999999").json()["features"]) == 11


def test_more_things_than_a_statement_has_parameters(store: Store) -> None:
    names = [f"h-A{n:02}" for n in range(70_000)]
    ground = [cell(n / 1000, 0, 0.001, 1) for n in range(20_000)]
    with session(store.service) as work:
        assert [one.id for one in things.buildings(work, 1, codes=names)] == ["h-A01", "h-A02", "h-A03", "h-A04"]
        assert {one.region for one in editions(work, 1, meets=ground)} >= {"A", "B"}
