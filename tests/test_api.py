"""Does the interface answer what was published, truly and strictly? Owner, lists, negotiation, and no 5xx for input."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import pytest
import shapely
import shapely.affinity
from conftest import fresh
from district import at, elsewhere, publish, refresh, served, small
from divisions import cell, community
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import schemas
from api.cursor import Cursor
from geo import lattice
from geo.datum import Datum, from_wgs84
from geo.model import Plan
from geo.store import embedded

HERE = at(0.5, 0.5)
QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def client(cluster: embedded.Cluster) -> Iterator[TestClient]:
    with fresh(cluster) as store:
        publish(store, small())
        with served(store) as made:
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
    assert {one["rule"] for one in told["findings"]} == {"households-low", "households-high"}
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


@pytest.mark.parametrize("path", ["/v1/grids", "/v1/grids/A01", "/v1/buildings", "/v1/regions/A", "/v1/publications"])
def test_reads_have_tags(client: TestClient, path: str) -> None:
    told = client.get(path)
    tag = told.headers["etag"]
    assert not tag.startswith("W/")
    assert told.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert "Accept" in told.headers["vary"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag or known == "*"
        assert again.headers["x-publication"] == "1"
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    assert head.headers["content-length"] == told.headers.get("content-length", head.headers["content-length"])


@pytest.mark.parametrize(
    ("accept", "query", "expected"),
    [
        (None, "", "application/geo+json"),
        ("*/*", "", "application/geo+json"),
        ("application/json", "", "application/json"),
        ("application/geo+json;q=0.1, application/json", "", "application/json"),
        ("application/json", "?f=geojson", "application/geo+json"),
        ("text/html", "?f=json", "application/json"),
        ("text/html", "", None),
        ("application/json;q=0, application/geo+json;q=0", "", None),
    ],
)
@pytest.mark.parametrize("path", ["/v1/grids", "/v1/regions/A", "/v1/facilities/f1"])
def test_negotiation(client: TestClient, path: str, accept: str | None, query: str, expected: str | None) -> None:
    told = client.get(path + query, headers={} if accept is None else {"Accept": accept})
    if expected is None:
        assert (told.status_code, told.json()["type"]) == (406, "/problems/not-acceptable")
    else:
        assert told.headers["content-type"].partition(";")[0] == expected


NOWHERE = [
    "nothing",
    "A01 ",
    "网格",
    "é" * 300,
    "x" * 3000,
    "%27%3B%20DROP%20TABLE%20grid",
    "..%2F..%2Fetc",
    "%F0%9F%98%80",
]


@pytest.mark.parametrize("code", NOWHERE)
@pytest.mark.parametrize(
    "path", ["/v1/grids/{}", "/v1/regions/{}", "/v1/regions/{}/grids", "/v1/regions/{}/coverage", "/v1/buildings/{}"]
)
def test_unknown_codes(client: TestClient, path: str, code: str) -> None:
    told = client.get(path.format(code if "%" in code else quote(code)))
    assert told.status_code == 404
    assert told.json()["type"] in {"/problems/unknown-code", "/problems/not-found"}
    assert len(told.content) < 9000


def test_nul_and_broken_text_in_addresses(client: TestClient) -> None:
    for path in (
        "/v1/grids/%00",
        "/v1/grids/A%00",
        "/v1/buildings/%ff",
        "/v1/grids?within=%00",
        "/v1/grids?kind=%c3%28",
    ):
        assert (client.get(path).status_code, client.get(path).json()["type"]) == (400, "/problems/malformed-request")
    assert client.get("/v1/grids?within=nothing").status_code == 404
    assert client.get("/v1/grids?within=" + "x" * 201).status_code == 400


def test_wrong_methods_and_addresses(client: TestClient) -> None:
    told = client.post("/v1/owner")
    assert (told.status_code, told.headers["allow"]) == (405, "HEAD, GET")
    assert client.delete("/v1/grids/A01").json()["type"] == "/problems/method-not-allowed"
    assert client.get("/v1/nothing").json()["type"] == "/problems/not-found"
    assert client.get("/v1/grids/").status_code == 404


def test_everybody_may_read_the_public_profile(client: TestClient) -> None:
    away = elsewhere(client)
    for path in (
        "/v1/owner?lon=104.1&lat=30.7&datum=wgs84",
        "/v1/grids",
        "/v1/publications",
        "/tiles/current/tilejson.json",
    ):
        assert away.get(path).status_code == 200
    assert (
        away.get("/v1/grids?limit=1").json()["links"][1]["href"].startswith("http://maps.example.org/v1/grids?limit=1&")
    )


TEXTS = st.one_of(
    st.text(max_size=12),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(
        ["wgs84", "gcj02", "bd09", "EPSG:4544", "EPSG:3857", "EPSG:2000", "A", "1,2,3,4", "300..500", "json"]
    ),
)
NAMES = st.one_of(
    st.sampled_from(["lon", "lat", "datum", "bbox", "within", "level", "kind", "households", "limit", "cursor", "f"]),
    st.text(max_size=5),
)
ADDRESSES = """
    /v1/owner /v1/grids /v1/regions /v1/buildings /v1/facilities /v1/publications /v1/publications/1 /v1/grids/A01
    /v1/regions/A/grids /v1/regions/D/children /v1/regions/A/coverage /v1/buildings/h-A01 /v1/plans/1 /readyz
    /tiles/current/tilejson.json /tiles/1/grids/14/12929/6680 /problems/not-found
"""


@QUIET
@given(path=st.sampled_from(ADDRESSES.split()), query=st.lists(st.tuples(NAMES, TEXTS), max_size=4))
def test_no_query_is_a_mistake_of_ours(client: TestClient, path: str, query: list[tuple[str, str]]) -> None:
    written = urlencode(
        [(name.encode("utf-8", "surrogatepass"), text.encode("utf-8", "surrogatepass")) for name, text in query]
    )
    told = client.get(f"{path}?{written}")
    assert told.status_code < 500, told.text
    if told.status_code >= 400:
        assert told.headers["content-type"] == "application/problem+json"


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
