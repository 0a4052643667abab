"""Is a drawing that cannot be made refused before it becomes a job, and is a job made once?"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from conftest import Store, fresh
from district import elsewhere, served
from drafting import asked, opened, plan
from fastapi.testclient import TestClient
from uploading import key, slug

from api import schemas
from api.draw_schemas import MOST_COMMUNITIES, MOST_GRIDS, MOST_SEED
from geo.store import embedded


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    """Of a service that leaves jobs to others."""
    with served(store, jobs_waiting=100) as made:
        yield made


def test_a_drawing_is_a_job(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    told = client.post(f"/v1/plans/{number}/draw", headers={**key(), "If-Match": '"1"'})
    assert told.status_code == 202, told.text
    job = told.json()
    schemas.JobDocument.model_validate(job)
    assert (job["kind"], job["state"], job["actor"]) == ("draw", "queued", "local")
    assert (told.headers["location"], told.headers["retry-after"]) == (f"/v1/jobs/{job['id']}", "2")
    assert job["asked"] == {
        "plan": number,
        "revision": 1,
        "reason": "",
        "language": "en",
        "early": False,
        "communities": None,
        "grids": None,
        "number": None,
        "keep": True,
        "seed": 1,
        "alternatives": 1,
        "alternative": 1,
        "blocks": "kept",
    }
    assert plan(client, number)["revision"] == 1


def test_the_same_request_is_the_same_job(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    headers = {"Idempotency-Key": uuid4().hex}
    first = asked(client, number, "draw", {"seed": 3}, **headers).json()
    assert asked(client, number, "draw", {"seed": 3}, **headers).json()["id"] == first["id"]
    assert slug(asked(client, number, "draw", {"seed": 4}, **headers)) == (422, "idempotency-key-reused")


def test_what_a_change_of_a_plan_needs(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    path, match = f"/v1/plans/{number}/draw", {"If-Match": '"1"'}
    assert slug(client.post(path, json={}, headers=key())) == (428, "if-match-required")
    assert slug(client.post(path, json={}, headers=match)) == (400, "idempotency-key-required")
    stale = client.post(path, json={}, headers={**key(), "If-Match": '"7"'})
    assert slug(stale) == (412, "stale-state")
    assert stale.headers["etag"] == '"1"'
    assert slug(client.post(f"/v1/plans/{uuid4()}/draw", json={}, headers={**key(), **match})) == (404, "unknown-plan")
    assert slug(elsewhere(client).post(path, json={}, headers={**key(), **match})) == (401, "token-required")
    asked(client, number, "submit")
    assert slug(asked(client, number, "draw")) == (409, "plan-not-draft")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"communities": []}, "#/communities"),
        ({"communities": ["B", "Z"]}, "#/communities/1"),
        ({"communities": ["D"]}, "#/communities/0"),
        ({"communities": ["A"] * (MOST_COMMUNITIES + 1)}, "#/communities"),
        ({"grids": []}, "#/grids"),
        ({"grids": ["A01"] * (MOST_GRIDS + 1)}, "#/grids"),
        ({"number": 0}, "#/number"),
        ({"number": MOST_GRIDS + 1}, "#/number"),
        ({"number": "2"}, "#/number"),
        ({"number": 2}, "#/number"),
        ({"keep": "no"}, "#/keep"),
        ({"seed": -1}, "#/seed"),
        ({"seed": MOST_SEED + 1}, "#/seed"),
        ({"seed": 1.5}, "#/seed"),
        ({"alternatives": 6}, "#/alternatives"),
        ({"alternatives": 0}, "#/alternatives"),
        ({"alternative": 2}, "#/alternative"),
        ({"alternatives": 3, "alternative": 4}, "#/alternative"),
        ({"blocks": "some"}, "#/blocks"),
        ({"blocks": "only", "grids": ["A01"]}, "#/grids"),
        ({"blocks": "only", "communities": ["A"], "number": 2}, "#/number"),
        ({"colour": "red"}, "#/colour"),
        ({"reason": "a\0"}, "#/reason"),
        ([], "#"),
    ],
)
def test_a_wish_is_read_strictly(client: TestClient, body: Any, pointer: str) -> None:
    number = opened(client, "A", "B")["id"]
    told = asked(client, number, "draw", body) if body else raw(client, number, "[]")
    assert slug(told) == (400, "invalid-body")
    assert told.json()["errors"][0]["pointer"] == pointer


def raw(client: TestClient, number: str, content: str) -> Any:
    headers = {**key(), "If-Match": '"1"', "Content-Type": "application/json"}
    return client.post(f"/v1/plans/{number}/draw", content=content, headers=headers)


def test_a_body_is_bounded(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    assert slug(raw(client, number, '{"reason": "' + "x" * 2**20 + '"}')) == (413, "body-too-large")
    told = client.post(
        f"/v1/plans/{number}/draw", content="<a/>", headers={**key(), "If-Match": '"1"', "Content-Type": "text/xml"}
    )
    assert slug(told) == (415, "unsupported-media-type")


def test_the_queue_and_the_steps_of_a_plan_are_bounded(store: Store) -> None:
    with served(store, jobs_waiting=1, plan_steps=1) as client:
        number, other = opened(client, "A")["id"], opened(client, "B")["id"]
        for job in client.get("/v1/jobs").json()["jobs"]:
            client.delete(f"/v1/jobs/{job['id']}")
        assert asked(client, number, "draw").status_code == 202
        full = asked(client, other, "draw")
        assert (slug(full), "retry-after" in full.headers) == ((503, "queue-full"), True)
        asked(client, other, "edits", {"edits": [{"op": "set", "grid": "B01", "name": "x"}]})
        assert slug(asked(client, other, "draw")) == (422, "too-many-steps")


def test_only_a_drawing_has_a_best_so_far(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    job = asked(client, number, "draw").json()["id"]
    told = client.delete(f"/v1/jobs/{job}?take=best")
    assert (told.status_code, told.json()["state"], told.json()["asked"]["early"]) == (200, "queued", True)
    assert slug(client.delete(f"/v1/jobs/{job}?take=worst")) == (400, "invalid-parameter")
    assert client.delete(f"/v1/jobs/{job}").json()["state"] == "stopped"
    assert client.delete(f"/v1/jobs/{job}?take=best").json()["state"] == "stopped"
    headers = {**key(), "Content-Type": "application/octet-stream"}
    other = client.post("/v1/imports?name=a.geojson", content=b"{}", headers=headers).json()["id"]
    assert slug(client.delete(f"/v1/jobs/{other}?take=best")) == (400, "invalid-parameter")
    assert client.delete(f"/v1/jobs/{other}").json()["state"] == "stopped"
    assert slug(client.delete(f"/v1/jobs/{uuid4()}?take=best")) == (404, "unknown-job")
