"""Is a body that cannot be converted refused, with the place of what is wrong in it?"""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from test_convert import HERE, LINE, NAMES, ask

from api.app import create_app
from api.converted import ASKED
from api.settings import Settings


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """With small limits; no store is reached."""
    limits = Settings(pool_workers=1, features=2000, vertices=9000)
    app = create_app(limits, create_engine("postgresql+psycopg://127.0.0.1:1/none"))
    yield TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 40000))
    app.state.pool.stop()


POINT = {"points": [list(HERE)]}
REFUSED: list[tuple[object, int, str, str | None]] = [
    ({**POINT, "to": "gcj02"}, 400, "invalid-body", "#/from"),
    ({**POINT, "from": "wgs84"}, 400, "invalid-body", "#/to"),
    ({**POINT, "from": 4326, "to": "gcj02"}, 400, "invalid-body", "#/from"),
    ({"from": "wgs84", "to": "gcj02"}, 400, "invalid-body", "#/points"),
    ({**POINT, "from": "wgs84", "to": "gcj02", "srid": 1}, 400, "invalid-body", "#/srid"),
    ({**POINT, "from": "mars", "to": "gcj02"}, 400, "datum-required", None),
    ({**POINT, "from": "wgs84", "to": "EPSG:999999"}, 400, "datum-required", None),
    ({**POINT, "from": "wgs84", "to": "EPSG:2380"}, 400, "datum-required", None),
    ({"from": "wgs84", "to": "gcj02", "points": [[30.6, 104.1]]}, 400, "axes-swapped", "#/points/0"),
    ({"from": "wgs84", "to": "gcj02", "points": [[181, 0]]}, 422, "coordinates-refused", "#/points/0"),
    ({"from": "wgs84", "to": "EPSG:4544", "points": [list(HERE), [0, 51]]}, 422, "coordinates-refused", "#/points/1"),
    ({"from": "EPSG:4544", "to": "wgs84", "points": [[104.1, 30.6]]}, 422, "coordinates-refused", "#/points/0"),
    ({"from": "wgs84", "to": "gcj02", "geometry": {"type": "Point", "coordinates": [30, 104]}}, 400, "axes-swapped",
     "#/geometry"),
    ({"from": "wgs84", "to": "EPSG:4544", "geometry": {"type": "LineString", "coordinates": [[0, 51], [1, 51]]}}, 422,
     "coordinates-refused", "#/geometry"),
    ({"from": "gcj02", "to": "wgs84", "geometry": {"type": "LineString", "coordinates": [[-179, -80], [179, 80]]}}, 422,
     "coordinates-refused", "#/geometry"),
    *[
        ({"from": "wgs84", "to": "gcj02", "points": points}, 400, "invalid-body", pointer)
        for points, pointer in [
            ("1,2", "#/points"), ({}, "#/points"), (None, "#/points"), ([1, 2], "#/points/0"),
            ([[1, 2], [1]], "#/points/1"), ([[1, 2, 3]], "#/points/0"), ([["1", 2]], "#/points/0"),
            ([[True, 2]], "#/points/0"), ([[None, 2]], "#/points/0"), ([{}], "#/points/0"),
        ]
    ],
    *[
        ({"from": "wgs84", "to": "gcj02", "geometry": geometry}, 400, "invalid-body", "#/geometry")
        for geometry in (
            1, [], {}, {"type": "Circle"}, {"type": ["Point"]}, {"type": "Point"}, {"type": "Point", "coordinates": []},
            {"type": "GeometryCollection"}, {"type": "GeometryCollection", "geometries": 4},
            {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}, {"type": "Point", "coordinates": ["1", 2]},
        )
    ],
    ({"from": "wgs84", "to": "gcj02", "geometry": {"type": "GeometryCollection", "geometries": [LINE, 3]}}, 400,
     "invalid-body", "#/geometry/geometries/1"),
    *[
        ({"from": "wgs84", "to": "gcj02", "features": features}, 400, "invalid-body", pointer)
        for features, pointer in [
            (None, "#/features/type"), ([], "#/features/type"), ({"type": "FeatureCollection"}, "#/features/type"),
            ({"type": "FeatureCollection", "features": [4]}, "#/features/features/0"),
            ({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": 4}]},
             "#/features/features/0/geometry"),
            ({"type": "FeatureCollection", "datum": "gcj02", "features": []}, "#/features/datum"),
        ]
    ],
    (b"{", 400, "invalid-body", "#"),
    (b"[]", 400, "invalid-body", "#"),
    (b'{"from": "wgs84", "to": "gcj02", "points": [[NaN, 1]]}', 400, "invalid-body", "#"),
    (b'{"from": "wgs84", "to": "gcj02", "points": [[1e999, 1]]}', 400, "invalid-body", "#"),
    (b"", 400, "invalid-body", None),
    (b"\xff\xfe", 400, "invalid-body", "#"),
    (b"[" * 5000, 400, "body-too-deep", None),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "slug", "pointer"), REFUSED)
def test_what_cannot_be_converted_is_a_problem_with_its_place(
    client: TestClient, body: object, status: int, slug: str, pointer: str | None
) -> None:
    for language in ("en", "zh-CN"):
        told = ask(client, body, **{"Accept-Language": language})
        problem = told.json()
        assert (told.status_code, problem["type"]) == (status, f"/problems/{slug}"), told.text
        assert told.headers["content-type"] == "application/problem+json"
        if pointer is not None:
            assert problem["errors"][0]["pointer"] == pointer
            assert problem["errors"][0]["detail"].isascii() == (language == "en")


def test_points_features_and_vertices_are_counted(client: TestClient) -> None:
    def slug(**members: Any) -> tuple[int, str]:
        told = ask(client, {"from": "wgs84", "to": "wgs84", **members})
        return told.status_code, told.json().get("type", "")

    assert slug(points=[[1, 2]] * 100_000)[0] == 200
    assert slug(points=[[1, 2]] * 100_001) == (413, "/problems/too-many-vertices")
    feature = {"type": "Feature", "geometry": None, "properties": None}
    assert slug(features={"type": "FeatureCollection", "features": [feature] * 2000})[0] == 200
    assert (
        slug(features={"type": "FeatureCollection", "features": [feature] * 2001})[1] == "/problems/too-many-features"
    )
    assert slug(geometry={"type": "MultiPoint", "coordinates": [[1, 2]] * 9001})[1] == "/problems/too-many-vertices"
    several = {"type": "GeometryCollection", "geometries": [LINE] * 9}
    assert ask(client, {"from": "wgs84", "to": "bd09", "geometry": several}).status_code == 200
    grown = {"type": "GeometryCollection", "geometries": [LINE] * 200}
    assert (
        ask(client, {"from": "wgs84", "to": "bd09", "geometry": grown}).json()["type"] == "/problems/too-many-vertices"
    )


def test_it_takes_json_only_and_keeps_nothing(client: TestClient) -> None:
    told = client.post("/v1/convert", content=b"{}", headers={"Content-Type": "text/plain"})
    assert told.status_code == 415
    assert client.get("/v1/convert").status_code == 405
    assert ask(client, ASKED).headers["cache-control"] == "no-store"
    assert client.post("/v1/convert?f=csv", json=ASKED).json()["type"] == "/problems/unknown-parameter"


values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-(10**20), 10**20) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["type", "coordinates", "geometries", "features", "geometry", "properties", "datum"]), inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    body=st.dictionaries(st.sampled_from(["points", "geometry", "features", "from", "to"]), values)
    | st.fixed_dictionaries(
        {"from": st.sampled_from(NAMES), "to": st.sampled_from(NAMES)},
        optional={
            "points": st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2)),
            "geometry": values,
            "features": values,
        },
    )
)
def test_no_body_is_a_failure_of_ours(client: TestClient, body: object) -> None:
    told = ask(client, body)
    assert told.status_code in {200, 400, 413, 422}, told.text
