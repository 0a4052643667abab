"""Are points and whole geometries converted between any two datums, and back?"""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from pyproj import Geod
from sqlalchemy import create_engine

from api.app import create_app
from api.converted import ASKED, TOLD
from api.routes.convert import SMALL_BYTES
from api.schemas import Converted, ConvertRequest
from api.settings import Settings
from geo import datum as datums
from geo.datum import Datum

JSON = {"Content-Type": "application/json"}
NAMES = ["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4544", "EPSG:4523", "EPSG:3857", "EPSG:4490"]
HERE = (104.1015, 30.6015)
LINE = {"type": "LineString", "coordinates": [[104.1, 30.7], [104.15, 30.72]]}
SQUARE = [[104.1, 30.7], [104.11, 30.7], [104.11, 30.71], [104.1, 30.71], [104.1, 30.7]]
HOLE = [[104.102, 30.702], [104.102, 30.704], [104.104, 30.704], [104.102, 30.702]]
GEOMETRIES: list[dict[str, Any]] = [
    {"type": "Point", "coordinates": list(HERE)},
    LINE,
    {"type": "Polygon", "coordinates": [SQUARE, HOLE]},
    {"type": "MultiPoint", "coordinates": [list(HERE)]},
    {"type": "MultiLineString", "coordinates": [LINE["coordinates"], SQUARE[:2]]},
    {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE]]},
]
WHOLE = {"type": "GeometryCollection", "geometries": [*GEOMETRIES, {"type": "GeometryCollection", "geometries": []}]}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """A conversion needs no store, so none is reached."""
    app = create_app(Settings(pool_workers=1), create_engine("postgresql+psycopg://127.0.0.1:1/none"))
    yield TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 40000))
    app.state.pool.stop()


def ask(client: TestClient, body: object, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/v1/convert", content=content, headers={**JSON, **headers})


def converted(client: TestClient, given: str, wanted: str, **members: Any) -> dict[str, Any]:
    told = ask(client, {"from": given, "to": wanted, **members})
    assert told.status_code == 200, told.text
    Converted.model_validate(told.json())
    assert (told.json()["from"], told.json()["datum"]) == (Datum.parse(given).name, Datum.parse(wanted).name)
    return told.json()


def coordinates(geometry: dict[str, Any]) -> np.ndarray:
    return shapely.get_coordinates(shapely.from_geojson(json.dumps(geometry)))


@pytest.mark.parametrize("given", NAMES)
@pytest.mark.parametrize("wanted", NAMES)
def test_points_go_between_any_two_datums_and_back(client: TestClient, given: str, wanted: str) -> None:
    wgs = np.array([HERE, (104.2, 30.7)])
    start = datums.from_wgs84(wgs, Datum.parse(given))
    there = converted(client, given, wanted, points=start.tolist())["points"]
    assert np.allclose(
        there, datums.from_wgs84(wgs, Datum.parse(wanted)), rtol=0, atol=1e-6 if "EPSG" in wanted else 1e-10
    )
    again = converted(client, wanted, given, points=there)["points"]
    assert np.allclose(again, start, rtol=0, atol=1e-6 if "EPSG" in given else 1e-10)
    if Datum.parse(given) == Datum.parse(wanted):
        assert there == start.tolist()


@pytest.mark.parametrize("wanted", ["wgs84", "gcj02", "bd09", "EPSG:4544"])
def test_geometries_keep_their_form_and_come_back(client: TestClient, wanted: str) -> None:
    def form(one: dict[str, Any]) -> Any:
        return [form(inner) for inner in one["geometries"]] if one["type"] == "GeometryCollection" else one["type"]

    there = converted(client, "wgs84", wanted, geometry=WHOLE)["geometry"]
    assert form(there) == form(WHOLE)
    again = converted(client, wanted, "wgs84", geometry=there)["geometry"]
    for before, after in zip(GEOMETRIES, again["geometries"], strict=False):
        one, two = (shapely.from_geojson(json.dumps(each)) for each in (before, after))
        assert one.geom_type == two.geom_type
        assert one.hausdorff_distance(two) * 111_320 < 0.011
    if wanted == "wgs84":
        assert there == WHOLE


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("gcj02", "wgs84"), ("wgs84", "bd09"), ("bd09", "gcj02"), ("EPSG:4544", "wgs84"), ("EPSG:4544", "EPSG:4545"),
     ("gcj02", "EPSG:4544")],
)  # fmt: skip
def test_a_long_edge_does_not_bend(client: TestClient, given: str, wanted: str) -> None:
    stated, target = Datum(given), Datum(wanted)
    ends = datums.from_wgs84(np.array(LINE["coordinates"]), stated)
    told = converted(client, given, wanted, geometry={"type": "LineString", "coordinates": ends.tolist()})["geometry"]
    on_it = ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, 501)[:, None]
    true = datums.to_wgs84(on_it, stated)
    drawn = datums.to_wgs84(coordinates(told), target)
    dense = np.concatenate(
        [[a * (1 - s) + b * s for s in np.linspace(0, 1, 40)] for a, b in pairwise(coordinates(told))]
    )
    meant = shapely.LineString(datums.to_wgs84(dense, target))
    assert len(drawn) > 5
    assert shapely.distance(shapely.points(true), meant).max() * 111_320 < 0.02


def test_shared_edges_stay_shared_and_rings_close_to_the_bit(client: TestClient) -> None:
    one = {"type": "Polygon", "coordinates": [[[104.1, 30.7], [104.13, 30.71], [104.1, 30.75], [104.1, 30.7]]]}
    two = {"type": "Polygon", "coordinates": [[[104.13, 30.71], [104.1, 30.7], [104.12, 30.6], [104.13, 30.71]]]}
    features = [
        {"type": "Feature", "id": n, "geometry": g, "bbox": [0, 0, 1, 1], "properties": {"code": str(n)}}
        for n, g in enumerate((one, two, None))
    ]
    asked = {"type": "FeatureCollection", "datum": "wgs84", "name": "图", "bbox": [0, 0, 1, 1], "features": features}
    told = converted(client, "wgs84", "bd09", features=asked)["features"]
    assert {name: told[name] for name in told if name != "features"} == {
        "type": "FeatureCollection", "datum": "bd09", "name": "图",
    }  # fmt: skip
    assert [(each["id"], each["properties"], "bbox" in each) for each in told["features"]] == [
        (0, {"code": "0"}, False), (1, {"code": "1"}, False), (2, {"code": "2"}, False),
    ]  # fmt: skip
    assert told["features"][2]["geometry"] is None
    first, second = (each["geometry"]["coordinates"][0] for each in told["features"][:2])
    assert first[0] == first[-1]
    edges = [{frozenset(map(tuple, pair)) for pair in pairwise(ring)} for ring in (first, second)]
    assert len(edges[0] & edges[1]) > 20


def test_the_note_says_what_the_formula_is_worth(client: TestClient) -> None:
    point = {"points": [list(HERE)]}
    assert converted(client, "wgs84", "EPSG:4544", **point)["notes"] == []
    assert converted(client, "gcj02", "gcj02", **point)["notes"] == []
    assert "bd09, gcj02" in converted(client, "gcj02", "bd09", **point)["notes"][0]
    chinese = ask(client, {"from": "wgs84", "to": "gcj02", **point}, **{"Accept-Language": "zh-CN"})
    assert "1-5 米" in chinese.json()["notes"][0]
    house = {"type": "Feature", "geometry": None, "properties": {"layer": "building", "entrance": list(HERE)}}
    told = converted(client, "wgs84", "EPSG:4544", features={"type": "FeatureCollection", "features": [house]})
    assert len(told["notes"]) == 1


def test_the_example_is_true(client: TestClient) -> None:
    ConvertRequest.model_validate(ASKED)
    told = ask(client, ASKED).json()
    assert told["notes"] == TOLD["notes"]
    assert np.allclose(told["points"], TOLD["points"], rtol=0, atol=1e-11)
    assert np.allclose(told["geometry"]["coordinates"], TOLD["geometry"]["coordinates"], rtol=0, atol=1e-11)


def test_the_reference_triples_are_met(client: TestClient, shared_data: Any) -> None:
    lines = (shared_data / "gcj02_reference_vectors.csv").read_text("utf-8").splitlines()
    rows = [dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:]]
    inside = [row for row in rows if row["category"] in {"chengdu_random", "china_named", "china_random"}]
    wgs, gcj, bd = (
        [[float(row[f"{name}_lon"]), float(row[f"{name}_lat"])] for row in inside] for name in ("wgs", "gcj", "bd")
    )
    for stated, wanted, start, end in [
        ("wgs84", "gcj02", wgs, gcj), ("wgs84", "bd09", wgs, bd), ("gcj02", "wgs84", gcj, wgs),
        ("gcj02", "bd09", gcj, bd), ("bd09", "wgs84", bd, wgs), ("bd09", "gcj02", bd, gcj),
    ]:  # fmt: skip
        found = np.array(converted(client, stated, wanted, points=start)["points"])
        far = Geod(ellps="WGS84").inv(*found.T, *np.array(end).T)[2]
        assert far.max() < 0.001, (stated, wanted)


def test_a_large_body_is_converted_alike_by_another_process(client: TestClient) -> None:
    points = np.random.default_rng(5).uniform((103.9, 30.5), (104.3, 30.9), (6000, 2))
    assert len(json.dumps(points.tolist())) > SMALL_BYTES
    large = converted(client, "gcj02", "wgs84", points=points.tolist())["points"]
    small = converted(client, "gcj02", "wgs84", points=points[:50].tolist())["points"]
    assert large[:50] == small
    bad = ask(client, {"from": "gcj02", "to": "wgs84", "points": [*points.tolist(), [30.6, 104.1]]})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "#/points/6000")
