"""Does everything that goes wrong answer as RFC 9457, in both languages, and give nothing away?"""

import logging
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Query
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from api.answers import IMMUTABLE, absolute, answer, list_links
from api.cursor import Cursor
from api.faults import Fault, pointer
from api.frame import framed
from api.media import GEOJSON, JSON, Medium, accepted, negotiation
from api.openapi import responses
from api.parameters import InPage, Number
from api.problems import STATUS, Problem
from api.settings import Settings
from api.texts import text

PROBLEM = "application/problem+json"
router = APIRouter(prefix="/v1")


class Body(BaseModel):
    name: str
    size: Annotated[int, Field(ge=1)] = 1
    floors: Annotated[list[int], Field(max_length=10_000)] = []


@router.get("/things/{code}", operation_id="thing", summary="A thing", responses=responses("unknown-code"))
def thing(code: str) -> dict[str, str]:
    """Raises for every code."""
    raise Problem("unknown-code", {"code": code}, errors=[Fault("parameter.text", parameter="code")])


@router.post("/things", operation_id="makeThing")
def make(body: Body) -> Body:
    return body


@router.delete("/things/{code}")
def remove(code: str) -> None:
    raise Problem("stale-state", features={"type": "FeatureCollection", "features": []}, current_etag='"7"')


@router.get("/broken")
def broken(request: Request) -> None:
    raise ZeroDivisionError("SELECT secret FROM /srv/secret")


@router.get("/numbers")
def numbers(lon: Annotated[Number, Query(ge=-180, le=180)], n: Annotated[int, Query()] = 1) -> float:
    return lon


@router.get("/list")
def listed(
    request: Request, page: InPage, medium: Annotated[Medium, Depends(negotiation(GEOJSON, JSON))], name: str = ""
) -> Response:
    content: dict[str, Any] = {"name": name, "links": list_links(request, medium, Cursor(3, "é/1")), "fill": "x" * 3000}
    return answer(request, content, medium=medium, publication=3, cache=IMMUTABLE)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(_app(), raise_server_exceptions=False) as made:
        yield made


def _app(**settings: Any) -> FastAPI:
    app = framed(Settings(**settings))
    app.include_router(router)
    app.state.publication = lambda: 12
    return app


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/v1/things/", 404, "not-found"),
        ("GET", "/v1/things/5", 404, "unknown-code"),
        ("PUT", "/v1/things/5", 405, "method-not-allowed"),
        ("TRACE", "/v1/things/5", 405, "method-not-allowed"),
        ("GET", "/v1/list?f=xml", 400, "invalid-parameter"),
        ("DELETE", "/v1/things/5", 412, "stale-state"),
        ("GET", "/v1/numbers", 400, "invalid-parameter"),
        ("GET", "/v1/numbers?lon=1&lat=2", 400, "unknown-parameter"),
        ("GET", "/v1/numbers?lon=1&lon=2", 400, "repeated-parameter"),
        ("GET", "/problems/nonsense", 404, "not-found"),
        ("GET", "/v1/broken", 500, "internal-error"),
    ],
)
def test_every_failure_is_a_problem(client: TestClient, method: str, path: str, status: int, slug: str) -> None:
    told = client.request(method, path)
    assert (told.status_code, told.headers["content-type"]) == (status, PROBLEM)
    document = told.json()
    assert (document["type"], document["status"]) == (f"/problems/{slug}", status)
    assert document["instance"] == path.partition("?")[0]
    assert (told.headers["x-publication"], told.headers["x-content-type-options"]) == ("12", "nosniff")
    assert "Accept-Language" in told.headers["vary"]
    chinese = client.request(method, path, headers={"Accept-Language": "zh-CN"})
    assert chinese.headers["content-language"] == "zh"
    assert (chinese.json()["type"], chinese.json()["title"]) == (document["type"], text(f"problem.{slug}.title", "zh"))


def test_allow_names_the_methods_of_every_route_at_the_path(client: TestClient) -> None:
    assert client.put("/v1/things/5").headers["allow"] == "HEAD, GET, DELETE"
    assert client.get("/v1/things").headers["allow"] == "POST"


def test_members_that_help(client: TestClient) -> None:
    document = client.delete("/v1/things/5").json()
    assert document["current_etag"] == '"7"'
    assert document["features"]["type"] == "FeatureCollection"
    assert client.get("/v1/things/5").json()["errors"][0]["parameter"] == "code"
    assert pointer("features", 3, "a/b~c") == "#/features/3/a~1b~0c"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{", "#"),
        (b'{"size": 1}', "#/name"),
        (b'{"name": 1}', "#/name"),
        (b'{"name": "\\ud800", "size": 0}', "#/size"),
        (b'{"name": "a", "size": 1e999}', "#/size"),
        (b"[]", "#"),
        (b"null", "#"),
    ],
)
def test_a_wrong_body_is_pointed_at(client: TestClient, body: bytes, where: str) -> None:
    told = client.post("/v1/things", content=body, headers={"Content-Type": "application/json"})
    assert (told.status_code, told.json()["type"]) == (400, "/problems/invalid-body")
    assert where in [error["pointer"] for error in told.json()["errors"]]


def test_a_body_that_is_wrong_everywhere_is_told_shortly(client: TestClient) -> None:
    errors = client.post("/v1/things", json={"name": "a", "floors": ["x"] * 5000}).json()["errors"]
    assert (len(errors), errors[0]["pointer"]) == (21, "#/floors/0")
    assert "4980" in errors[-1]["detail"]


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"name": ' + b"9" * 5000 + b"}", b"\xff\xfe", b'{"name": "\xff"}'])
def test_no_body_makes_the_service_fail(client: TestClient, body: bytes) -> None:
    assert client.post("/v1/things", content=body, headers={"Content-Type": "application/json"}).status_code == 400


def test_a_body_of_another_kind_is_415(client: TestClient) -> None:
    told = client.post("/v1/things", content=b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (told.status_code, told.json()["type"]) == (415, "/problems/unsupported-media-type")
    assert client.post("/v1/things", content=b'{"name": "a"}').status_code == 415


def test_nothing_leaves_with_an_internal_error(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "api.problems"):
        told = client.get("/v1/broken")
    for secret in ("SELECT", "srv", "ZeroDivision", "Traceback", ".py"):
        assert secret not in told.text
    number = told.json()["detail"].rpartition(" ")[2].rstrip(".")
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_an_echoed_value_stays_short_and_readable(client: TestClient) -> None:
    told = client.get("/v1/things/" + "%E7%BD%91" * 600)
    assert told.status_code == 404
    assert len(told.json()["detail"]) < 400
    assert client.get("/v1/numbers", params={"lon": 1, "<script>" * 90: 1}).status_code == 400


def test_head_is_get_without_the_body(client: TestClient) -> None:
    got, head = client.get("/v1/list"), client.head("/v1/list")
    assert head.content == b""
    assert head.headers == got.headers
    assert client.head("/v1/things/5").status_code == 404


def test_an_answer_is_named_by_a_strong_tag(client: TestClient) -> None:
    got = client.get("/v1/list", headers={"Accept-Encoding": "identity"})
    assert (got.headers["x-publication"], got.headers["cache-control"]) == ("3", IMMUTABLE)
    assert got.headers["content-type"] == "application/geo+json"
    assert "Accept" in got.headers["vary"]
    tag = got.headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = client.get("/v1/list", headers={"If-None-Match": known, "Accept-Encoding": "identity"})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/v1/list", headers={"If-None-Match": '"other"'}).status_code == 200


def test_compression_does_not_lie_about_the_tag(client: TestClient) -> None:
    plain = client.get("/v1/list", headers={"Accept-Encoding": "gzip;q=0"})
    small = client.get("/v1/list", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert small.json() == plain.json()
    assert small.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    again = client.get("/v1/list", headers={"If-None-Match": small.headers["etag"], "Accept-Encoding": "gzip"})
    assert (again.status_code, again.headers["etag"]) == (304, small.headers["etag"])


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, GEOJSON),
        ("*/*", GEOJSON),
        ("application/json", JSON),
        ("application/*;q=0.5, application/json", JSON),
        ("application/geo+json;q=0, */*", JSON),
        ("text/html, */*;q=0.1", GEOJSON),
        ("application/json;q=0.9, application/geo+json;q=0.9", GEOJSON),
    ],
)
def test_accept(accept: str | None, expected: Medium) -> None:
    assert accepted(accept, [GEOJSON, JSON]) is expected


def test_nothing_fits_accept_but_f_overrides(client: TestClient) -> None:
    told = client.get("/v1/list", headers={"Accept": "text/csv"})
    assert (told.status_code, told.headers["content-type"]) == (406, PROBLEM)
    assert "application/geo+json" in told.json()["detail"]
    assert client.get("/v1/list?f=json", headers={"Accept": "text/csv"}).headers["content-type"] == "application/json"


def test_links_keep_the_filters_and_go_through_the_proxy() -> None:
    with TestClient(_app(public_url="https://maps.example.org/wangge/")) as client:
        links = client.get("/v1/list", params={"name": "a&b 网", "limit": "2"}).json()["links"]
        following = next(link["href"] for link in links if link["rel"] == "next")
        assert following.startswith("https://maps.example.org/wangge/v1/list?")
        again = client.get("/v1/list?" + following.partition("?")[2])
        assert (again.status_code, again.json()["name"]) == (200, "a&b 网")
        assert again.json()["links"][1]["href"].count("cursor=") == 1
        request = Request({"type": "http", "app": client.app, "headers": [], "path": "/", "query_string": b""})
        assert absolute(request, "/v1/网") == "https://maps.example.org/wangge/v1/%E7%BD%91"


def test_each_problem_type_explains_itself(client: TestClient) -> None:
    for slug, status in STATUS.items():
        told = client.get(f"/problems/{slug}", headers={"Accept": "application/json", "Accept-Language": "zh"})
        assert (told.status_code, told.json()["status"]) == (200, status)
    page = client.get("/problems/body-too-large", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "‹limit›" in page.text


def test_the_description_declares_problems(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in described["components"]["schemas"]
    declared = described["paths"]["/v1/things/{code}"]["get"]["responses"]
    assert set(declared) == {"200", "404", "default"}
    assert declared["404"]["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/Problem"}
    example = declared["404"]["content"][PROBLEM]["examples"]["unknown-code"]["value"]
    assert set(described["components"]["schemas"]["Problem"]["required"]) <= example.keys()


def test_the_docs_page_asks_no_other_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert "http" not in page.text.replace("http-equiv", "")
    assert "src=" not in page.text
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
