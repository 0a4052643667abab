"""Do reads carry tags and keep to what was asked for, and is no address or query a mistake of ours?"""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from conftest import fresh
from district import elsewhere, served
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.store import embedded

QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def client(cluster: embedded.Cluster, small_town: str) -> Iterator[TestClient]:
    with fresh(cluster, small_town) as store, served(store) as made:
        yield made


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
