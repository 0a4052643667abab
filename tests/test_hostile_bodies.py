"""Is no body, however hostile, a mistake of ours: to a check, to an upload, to the wish to publish?"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from conftest import Store, fresh
from district import document, features, served
from divisions import community, together
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uploading import GEOJSON, check, feature, key, slug, upload

from geo.store import embedded

QUIET = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


HOSTILE = [
    (b"", (400, "invalid-body")),
    (b"not json", (400, "invalid-body")),
    (b"\xff\xfe\x00", (400, "invalid-body")),
    (b"\xef\xbb\xbf{}", (400, "invalid-body")),
    (b"null", (400, "invalid-body")),
    (b"[]", (400, "invalid-body")),
    (b"1" * 5000, (400, "invalid-body")),
    (b'{"type": "FeatureCollection"}', (400, "invalid-body")),
    (b'{"type": "FeatureCollection", "features": {}}', (400, "invalid-body")),
    (b'{"type": "Topology", "objects": {}}', (400, "invalid-body")),
    (b'{"type": ["FeatureCollection"], "features": []}', (400, "invalid-body")),
    (b'{"type": "FeatureCollection", "features": [null, 1, "x", [], {}]}', (422, "rows-refused")),
    (b'{"a":' * 40 + b"1" + b"}" * 40, (400, "body-too-deep")),
    (b"[" * 1_000_000, (400, "body-too-deep")),
    (b'{"type": "FeatureCollection", "datum": 5, "features": []}', None),
    (b'{"type": "FeatureCollection", "datum": "nowhere", "features": []}', (400, "datum-required")),
    (b'{"type": "FeatureCollection", "crs": {"properties": {"name": []}}, "features": []}', None),
]


@pytest.mark.parametrize(("body", "expected"), HOSTILE)
def test_hostile_bodies(client: TestClient, body: bytes, expected: tuple[int, str] | None) -> None:
    for told in (check(client, body), upload(client, body)):
        assert told.status_code < 500
        if expected is not None:
            assert slug(told) == expected


NASTY = [
    {"properties": {"code": "\0"}},
    {"properties": {"code": "\ud800"}},
    {"properties": {"code": 10**400}},
    {"properties": {"code": True}},
    {"properties": {"code": {"a": 1}}},
    {"properties": {"name": "x" * 100_000}},
    {"properties": {"name": "a\0b"}},
    {"properties": {"kind": "castle"}},
    {"properties": {"layer": "\0"}},
    {"properties": []},
    {"geometry": {"type": "Polygon", "coordinates": []}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 0], [0, 0], [0, 0]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [10**400, 1], [1, 0], [0, 0]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], ["1", 1], [1, 0], [0, 0]]]}},
    {"geometry": {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}},
    {"geometry": {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] * 2}},
    {"geometry": {"type": "GeometryCollection", "geometries": []}},
    {"geometry": {"type": "Point", "coordinates": [104, 30]}},
    {"geometry": {"type": "Circle", "coordinates": [104, 30], "radius": 5}},
    {"geometry": None},
    {"geometry": "POINT (0 0)"},
]


@pytest.mark.parametrize("changes", NASTY, ids=lambda changes: json.dumps(changes)[:60])
def test_hostile_features(client: TestClient, changes: dict[str, Any]) -> None:
    content = json.dumps({"type": "FeatureCollection", "datum": "wgs84", "features": [feature(**changes)]}).encode()
    for told in (check(client, content), upload(client, content, "?dry_run=true&provisional=true")):
        assert told.status_code in {200, 201, 400, 422}, told.text
        told.json()


def test_not_finite_coordinates_cost_their_row(client: TestClient) -> None:
    content = document(community("Z", 0, 0)).replace(b"104.1,", b"NaN,", 1)
    assert slug(check(client, content)) == (422, "rows-refused")


@pytest.mark.parametrize("media", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_other_media_are_refused(client: TestClient, media: str) -> None:
    for path in ("/v1/check", "/v1/plans"):
        told = client.post(path, content=b"{}", headers={"Content-Type": media, **key()})
        assert slug(told) == (415, "unsupported-media-type")


WORDS = st.one_of(
    st.sampled_from(["type", "features", "geometry", "coordinates", "properties", "layer", "code", "region", "datum"]),
    st.text(max_size=4),
)

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)

VALUES = st.one_of(
    JSON,
    st.sampled_from(["region", "grid", "building", "facility", "line", "water", "FeatureCollection", "Polygon", "A"]),
)


@QUIET
@given(
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from(["properties", "geometry", ""]), WORDS, VALUES), max_size=5)
)
def test_no_upload_is_a_mistake_of_ours(client: TestClient, changes: list[tuple[int, str, str, Any]]) -> None:
    spoilt = features(together([community("Y", 60, 0), community("Z", 62, 0)]))
    for number, part, word, value in changes:
        one = spoilt["features"][number % len(spoilt["features"])]
        target = one.get(part) if part else one
        if isinstance(target, dict):
            target[word] = value
    content = json.dumps(spoilt).encode()
    for told in (check(client, content), upload(client, content, "?dry_run=true&provisional=true&snap=true")):
        assert told.status_code < 500, told.text


@QUIET
@given(st.one_of(st.binary(max_size=200), JSON.map(lambda value: json.dumps(value).encode())))
def test_no_body_is_a_mistake_of_ours(client: TestClient, body: bytes) -> None:
    steps = ("publish", "edits", "undo", "repairs", "rebase", "approve")
    for path in ("/v1/check", "/v1/plans", *(f"/v1/plans/{uuid4()}/{step}" for step in steps)):
        told = client.post(path, content=body, headers={**GEOJSON, **key(), "If-Match": '"1"'})
        assert told.status_code < 500, told.text
