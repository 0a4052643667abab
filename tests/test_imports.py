"""Does a file that comes in over HTTP become what it would on the command line?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Store
from importing import ENDED, ask, become, bytes_of, environment, send
from publishing import faults, halves, head
from serving import Service, served

WAIT = {"Prefer": "wait=25"}


@pytest.fixture
def service(store: Store, tmp_path: Path) -> Iterator[Service]:
    with served(tmp_path / "log", environment(store, tmp_path / "data", WANGGE_UPLOAD_BYTES="200000")) as running:
        yield running


def test_a_file_is_tried_then_kept_then_published(store: Store, service: Service, tmp_path: Path) -> None:
    body = bytes_of(halves("A", 0, 1))
    tried = send(service.url, body, dry_run="true", headers=WAIT)
    assert tried.status == 200, tried.body
    assert tried.told["state"] == "done", tried.told
    assert tried.told["result"]["rows"] == {"region": {"new": 1}, "grid": {"new": 2}}
    assert tried.told["result"]["plan"] is None
    assert head(store.service) == 0

    draft = send(service.url, body, headers=WAIT).told
    assert draft["state"] == "done"
    assert ask(service.url, f"/v1/plans/{draft['result']['plan']}").told["state"] == "draft"

    published = send(service.url, body, publish="true", reason="first", headers=WAIT).told
    assert published["result"]["number"] == 1
    assert published["problem"] is None
    assert ask(service.url, "/v1/publications").told["publications"][0]["reason"] == "first"
    same = send(service.url, body, headers=WAIT).told
    assert same["state"] == "done"
    assert same["result"]["plan"] is None
    assert faults(store.owner) == {}
    assert [path.name for path in (tmp_path / "data" / "tmp").glob("*/import-*")] == []


def test_the_answer_is_a_job_to_follow(service: Service) -> None:
    first = send(service.url, bytes_of(halves("A", 0, 1)), key="once")
    assert first.status == 202
    assert first.headers["location"] == f"/v1/jobs/{first.told['id']}"
    assert first.headers["retry-after"]
    again = send(service.url, bytes_of(halves("A", 0, 1)), key="once")
    assert again.told["id"] == first.told["id"]
    other = send(service.url, bytes_of(halves("A", 0, 0.5)), key="once")
    assert (other.status, other.told["type"]) == (422, "/problems/idempotency-key-reused")

    ended = become(service.url, first.told["id"], *ENDED)
    assert ended["state"] == "done"
    assert ended["expires"] > ended["ended"] > ended["created"]
    one = ask(service.url, f"/v1/jobs/{ended['id']}")
    tag = {"If-None-Match": one.headers["etag"]}
    assert ask(service.url, f"/v1/jobs/{ended['id']}", headers=tag).status == 304
    assert [job["id"] for job in ask(service.url, "/v1/jobs?limit=5").told["jobs"]] == [ended["id"]]

    assert ask(service.url, f"/v1/jobs/{ended['id']}", "DELETE").status == 204
    assert ask(service.url, f"/v1/jobs/{ended['id']}").told["type"] == "/problems/unknown-job"


def test_what_is_refused_is_told_in_the_job(store: Store, service: Service) -> None:
    unreadable = send(service.url, b'{"type": "Nothing"}', headers={**WAIT, "Accept-Language": "zh"}).told
    assert unreadable["state"] == "failed"
    assert unreadable["problem"]["type"] == "/problems/invalid-body"
    assert not unreadable["problem"]["title"].isascii()
    assert unreadable["problem"]["instance"] == f"/v1/jobs/{unreadable['id']}"

    overlapping = halves("A", 0, 1)
    overlapping = type(overlapping)(regions=overlapping.regions, grids=overlapping.grids[:1])
    hindered = send(service.url, bytes_of(overlapping), publish="true", headers=WAIT).told
    assert hindered["problem"]["type"] == "/problems/blocking-findings"
    assert {finding["rule"] for finding in hindered["result"]["findings"]} == {"gap"}
    assert hindered["result"]["plan"] is None
    assert head(store.service) == 0
    taken = send(service.url, bytes_of(overlapping), publish="true", provisional="true", headers=WAIT).told
    assert taken["result"]["number"] == 1


def test_bad_requests(service: Service) -> None:
    body = bytes_of(halves("A", 0, 1))
    for asked in (
        {"mode": "maybe"},
        {"dry_run": "yes"},
        {"field": "code"},
        {"set": ["a=1", "a=2"]},
        {"datum": "wgs84", "crs": "EPSG:4326"},
        {"colour": "red"},
        {"layer": "sea"},
        {"estimate": "m2=0"},
        {"profile": "nobody's"},
        {"name": ""},
    ):
        told = send(service.url, body, **asked)
        assert told.status == 400, (asked, told.body)
    assert send(service.url, body, headers={"Content-Type": "text/html"}).status == 415
    assert send(service.url, b"").status == 400
    large = send(service.url, b"x" * 200_001)
    assert (large.status, large.told["type"]) == (413, "/problems/body-too-large")
    query = "/v1/imports?name=a.geojson"
    keyless = ask(service.url, query, "POST", body, {"Content-Type": "application/octet-stream"})
    assert keyless.told["type"] == "/problems/idempotency-key-required"
    assert ask(service.url, "/v1/jobs").told == {"jobs": []}


def test_only_actors(store: Store, tmp_path: Path) -> None:
    """A request that came through a proxy is not from here: it needs a token."""
    token = {"Authorization": "Bearer 0123456789abcdef"}
    variables = environment(store, tmp_path / "data", WANGGE_TOKENS="street:0123456789abcdef")
    with served(tmp_path / "log", variables) as service:
        away = {"Via": "1.1 proxy"}
        assert send(service.url, bytes_of(halves("A", 0, 1)), headers=away).status == 401
        sent = send(service.url, bytes_of(halves("A", 0, 1)), headers={**away, **token})
        assert sent.status == 202
        assert sent.told["actor"] == "street"
        path = f"/v1/jobs/{sent.told['id']}"
        for method, where in (("GET", path), ("GET", "/v1/jobs"), ("DELETE", path)):
            assert ask(service.url, where, method, headers=away).status == 401
        assert ask(service.url, path, headers={**away, **token}).status == 200
