"""What does a map see? Tiles are decoded: what is in them, under which number, and what may be kept."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import mapbox_vector_tile
import pytest
from conftest import Store, fresh
from district import at, publish, refresh, served, small
from divisions import cell
from fastapi.testclient import TestClient

from api import schemas
from geo.households import verdict
from geo.model import Building, Grid, GridKind, Plan, Region
from geo.store import embedded

Z = 15


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    """Two publications: in the second B's four grids are one, and A's are renamed."""
    with fresh(cluster, small_town) as one:
        publish(one, changed(small()))
        yield one


def changed(plan: Plan) -> Plan:
    outline = next(region.shape for region in plan.regions if region.code == "B")
    assert outline is not None
    one = replace(next(grid for grid in plan.grids if grid.code == "B01"), shape=outline)
    others = [replace(grid, name="new") if grid.region == "A" else grid for grid in plan.grids if grid.region != "B"]
    return replace(plan, grids=(*others, one))


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def square(lon: float, lat: float, z: int = Z) -> str:
    """The address of the square that a place lies in."""
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    return f"{z}/{x}/{y}"


HERE = square(at(1.5, 1).x, at(1.5, 1).y, 13)
EAST = square(at(3.5, 1).x, at(3.5, 1).y, 13)
"""The squares that A lies in, and all of B but a part."""


def shown(client: TestClient, number: str, *places: str) -> dict[str, Any]:
    """The grids in some squares, in HERE and EAST if none is named."""
    found: dict[str, Any] = {}
    for place in places or (HERE, EAST):
        told = client.get(f"/tiles/{number}/grids/{place}")
        assert told.status_code == 200, told.text
        assert told.headers["content-type"] == "application/vnd.mapbox-vector-tile"
        layers = mapbox_vector_tile.decode(told.content)
        assert list(layers) == ["grids"]
        assert (layers["grids"]["version"], layers["grids"]["extent"]) == (2, 4096)
        found |= {one["properties"]["code"]: one for one in layers["grids"]["features"]}
    return found


def test_a_tile_holds_the_grids_with_their_attributes(client: TestClient) -> None:
    found = shown(client, "1")
    assert {"A01", "A02", "A03", "A04", "B01", "B02", "B03", "B04"} <= set(found)
    assert {key: value for key, value in found["A01"]["properties"].items() if key != "edition"} == {
        "code": "A01",
        "name": "",
        "kind": "residential",
        "region": "A",
        "households": "300-399",
        "verdict": "good",
        "standing": "proven",
    }
    verdicts = {code: one["properties"]["verdict"] for code, one in found.items()}
    assert (verdicts["B01"], verdicts["B02"], verdicts["A04"]) == ("low", "high", "none")
    assert found["A01"]["geometry"]["type"] == "Polygon"
    layers = client.get("/tiles/1/tilejson.json").json()["vector_layers"]
    assert set(found["A01"]["properties"]) == set(next(one["fields"] for one in layers if one["id"] == "grids"))


def test_an_old_number_shows_the_old_state(client: TestClient) -> None:
    old, now = shown(client, "1"), shown(client, "2")
    assert ("B02" in old, "B02" in now) == (True, False)
    assert (old["A01"]["properties"]["name"], now["A01"]["properties"]["name"]) == ("", "new")
    assert now["B01"]["properties"]["verdict"] == "high"
    assert shown(client, "current") == now


def test_numbers_of_things_are_stable(client: TestClient) -> None:
    old, now = shown(client, "1"), shown(client, "2")
    assert {code: one["id"] for code, one in now.items()} == {code: old[code]["id"] for code in now}
    assert len({one["id"] for one in old.values()}) == len(old)
    features = client.get("/v1/grids").json()["features"]
    assert {one["properties"]["code"]: one["id"] for one in features}.items() >= {
        code: one["id"] for code, one in now.items()
    }.items()


def test_verdicts_agree_with_the_lists(client: TestClient) -> None:
    listed = {one["properties"]["code"]: one["properties"] for one in client.get("/v1/grids").json()["features"]}
    for code, one in shown(client, "current").items():
        told = {"households": None, **one["properties"]}
        assert told == {name: listed[code][name] for name in told} | {"households": band(listed[code]["households"])}


def band(households: int | None) -> str | None:
    """What everybody may know of a count."""
    if households is None or households == 0:
        return None if households is None else "0"
    if households >= 1000:
        return "1000+"
    return f"{households // 100}00-{households // 100}99" if households >= 100 else "1-99"


COUNTS = (None, 0, 299, 300, 301, 499, 500, 501)
"""Households on either side of each limit; None where nobody counted."""


def test_one_verdict_of_a_size_in_tiles_and_in_memory(cluster: embedded.Cluster) -> None:
    """Every kind with each count, among others and alone in its community."""
    grids, houses, expected = [], [], {}
    for row, kind in enumerate(GridKind):
        for n, count in enumerate(COUNTS):
            for region, column, size in ((f"many-{kind.value}", n, len(COUNTS)), (f"one-{kind.value}{n}", n + 20, 1)):
                code = f"{region}-{n}"
                grids.append(Grid(code=code, region=region, kind=kind, shape=cell(column, 2 * row)))
                houses.append(Building(id=code, households=count, shape=at(column + 0.5, 2 * row + 0.5)))
                expected[code] = verdict(kind, count, size)
    regions = tuple(Region(code=code) for code in sorted({grid.region for grid in grids}))
    with fresh(cluster) as store:
        publish(store, Plan(regions=regions, grids=tuple(grids), buildings=tuple(houses)))
        with served(store) as client:
            places = {square(at(n + 0.5, 2).x, at(n + 0.5, 2).y, 13) for n in range(28)}
            found = shown(client, "1", *sorted(places))
            told = {code: one["properties"]["verdict"] for code, one in found.items()}
    assert told == expected
    assert set(told.values()) == {"none", "low", "good", "high"}


def test_neighbours_keep_their_common_nodes(client: TestClient) -> None:
    found = shown(client, "1", square(at(1, 1).x, at(1, 1).y, 16))
    rings = {code: {tuple(p) for p in one["geometry"]["coordinates"][0]} for code, one in found.items()}
    corner = set.intersection(*(rings[code] for code in ("A01", "A02", "A03", "A04")))
    assert len(corner) == 1


def test_caching(client: TestClient) -> None:
    for number, cache in (
        ("1", "public, max-age=31536000, immutable"),
        ("current", "public, max-age=0, must-revalidate"),
    ):
        for address in (f"/tiles/{number}/grids/{HERE}", f"/tiles/{number}/tilejson.json"):
            told = client.get(address, headers={"Accept-Encoding": "identity"})
            assert told.headers["cache-control"] == cache
            assert told.headers["x-publication"] == ("1" if number == "1" else "2")
            again = client.get(address, headers={"If-None-Match": told.headers["etag"], "Accept-Encoding": "identity"})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["cache-control"] == cache
            head = client.head(address)
            assert (head.status_code, head.content) == (200, b"")


def test_empty_squares(client: TestClient) -> None:
    told = client.get(f"/tiles/current/grids/{square(10, 50)}")
    assert (told.status_code, told.content, told.headers["x-publication"]) == (204, b"", "2")
    assert "must-revalidate" in told.headers["cache-control"]
    assert "immutable" in client.get(f"/tiles/1/grids/{square(10, 50)}").headers["cache-control"]
    assert client.get(f"/tiles/1/grids/{square(at(1.5, 1).x, at(1.5, 1).y, 12)}").status_code == 204
    assert client.get("/tiles/1/regions/0/0/0").status_code == 204


NOWHERE = [
    ("/tiles/3/grids/" + HERE, 404),
    ("/tiles/999999999999999999/grids/" + HERE, 404),
    ("/tiles/3/tilejson.json", 404),
    ("/tiles/1/grids/18/0/0", 404),
    ("/tiles/1/grids/19/0/0", 404),
    ("/tiles/1/grids/10/1024/0", 404),
    ("/tiles/1/grids/10/0/1024", 404),
    ("/tiles/1/grids/10/0/99999999999999999", 404),
    ("/tiles/1/grids/10/-1/0", 404),
    ("/tiles/0/grids/" + HERE, 400),
    ("/tiles/01/grids/" + HERE, 400),
    ("/tiles/now/grids/" + HERE, 400),
    ("/tiles/1/castles/" + HERE, 404),
    ("/tiles/1/grids/1e1/0/0", 400),
    ("/tiles/1/grids/１０/0/0", 400),
    ("/tiles/1/grids/10/0/0.mvt", 400),
    ("/tiles/1/grids/10/0/99999999999999999999", 400),
    ("/tiles/1/grids/10/0/0?layer=grids", 400),
]


@pytest.mark.parametrize(("address", "status"), NOWHERE)
def test_what_is_no_square(client: TestClient, address: str, status: int) -> None:
    told = client.get(address)
    assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json")


def test_tilejson(client: TestClient) -> None:
    told = client.get("/tiles/current/tilejson.json").json()
    schemas.TileJson.model_validate(told)
    assert told["tiles"] == ["http://127.0.0.1:8000/tiles/2/map/{z}/{x}/{y}"]
    west, south, east, north = told["bounds"]
    assert west < at(0.5, 0.5).x < east
    assert south < at(0.5, 0.5).y < north
    z, x, y = HERE.split("/")
    assert client.get(told["tiles"][0].format(z=z, x=x, y=y)).status_code == 200


def test_unchanged_tiles_stay_304_across_a_publication(cluster: embedded.Cluster) -> None:
    plan = small()
    far = square(at(6.5, 0.5).x, at(6.5, 0.5).y, 17)
    with fresh(cluster) as store:
        publish(store, plan)
        with served(store) as client:
            tags = {place: client.get(f"/tiles/current/grids/{place}").headers["etag"] for place in (far, HERE)}
            publish(store, changed(plan))
            refresh(client)
            assert shown(client, "current", far).keys() == {"C01"}
            told = {
                place: client.get(f"/tiles/current/grids/{place}", headers={"If-None-Match": tag}).status_code
                for place, tag in tags.items()
            }
            assert told == {far: 304, HERE: 200}


def test_provisional_ground_says_so(cluster: embedded.Cluster) -> None:
    plan = small()
    with fresh(cluster) as store:
        publish(store, replace(plan, grids=plan.grids[1:], buildings=()), provisional=True)
        with served(store) as client:
            standing = {code: one["properties"]["standing"] for code, one in shown(client, "current").items()}
            assert (standing["A02"], standing["B01"]) == ("provisional", "proven")
            assert "households" not in shown(client, "current")["A02"]["properties"]
