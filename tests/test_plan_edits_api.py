"""Can a plan be drawn over HTTP: opened from the map, edited, taken back, done again, and published?"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from conftest import Store, fresh
from district import document, elsewhere, refresh, served, small
from drafting import across, asked, edit, good, ground, opened, plan
from fastapi.testclient import TestClient
from uploading import count, key, slug

from api import planned, planning, schemas
from geo.store import embedded

SPLIT = {"op": "split", "grid": "A01", "line": across(0, 0)}


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def test_from_the_map_to_the_map(client: TestClient) -> None:
    told = opened(client, "B", title="分格", reason="塔楼", approval="12号")
    schemas.PlanDocument.model_validate(told)
    number = told["id"]
    assert (told["communities"], told["state"], told["revision"], told["approval"]) == (["B"], "draft", 1, "12号")
    assert (told["stale"], told["can_undo"], told["actor"]) == ([], False, "local")
    before = ground(client, number)
    answer = edit(client, number, [{"op": "split", "grid": "B01", "line": across(2, 0)}], **{"Accept-Encoding": ""})
    assert answer.headers["etag"] == '"2"'
    made = good(answer)
    planned.EditAnswer.model_validate(made)
    (new,) = [one for one in made["grids"]["features"] if one["properties"]["households_before"] is None]
    assert new["properties"]["code"] in {one["to"] for one in made["lineage"]}
    after = ground(client, number)
    assert after != before
    assert good(asked(client, number, "undo"))["gone"] == [new["properties"]["code"]]
    assert ground(client, number) == before
    assert good(asked(client, number, "redo"))["revision"] == 4
    assert ground(client, number) == after
    done = good(asked(client, number, "publish", {"reason": "好"}))
    assert done["standing"]["B"] == "proven"
    refresh(client)
    assert len(client.get("/v1/regions/B/grids").json()["features"]) == 5
    assert plan(client, number)["state"] == "published"
    assert slug(edit(client, number, [SPLIT])) == (409, "plan-not-draft")


def test_a_dry_run_tells_the_same_and_keeps_nothing(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    before = ground(client, number)
    tried = good(edit(client, number, [SPLIT], "?dry_run=true"))
    assert (plan(client, number)["revision"], ground(client, number)) == (1, before)
    assert good(edit(client, number, [SPLIT])) == tried
    after = ground(client, number)
    back = good(asked(client, number, "undo", query="?dry_run=true"))
    assert ground(client, number) == after
    assert good(asked(client, number, "undo")) == back
    assert ground(client, number) == before


def test_numbers_of_an_edit(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    made = good(edit(client, number, [{"op": "merge", "grids": ["A01", "A02"]}]))
    assert {(one["code"], one["before"], one["after"]) for one in made["households"]} >= {("A02", 420, 730)}
    assert made["gone"] == ["A01"]
    assert [(one["id"], one["from"], one["to"]) for one in made["moved"]] == [("h-A01", "A01", "A02")]
    assert "households-high" in {one["rule"] for one in made["appeared"]}
    (grid,) = [one for one in made["grids"]["features"] if not one["properties"]["amended"]]
    assert (grid["properties"]["households"], grid["properties"]["verdict"]) == (730, "high")
    features = client.get(f"/v1/plans/{number}?f=geojson").json()["features"]
    told = {one["properties"]["code"]: one["properties"] for one in features}
    assert (told["A02"]["households"], told["A02"]["verdict"], told["A"]["layer"]) == (730, "high", "region")


def test_a_refused_edit_shows_where_and_keeps_nothing(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    through = {"op": "split", "grid": "A02", "line": across(1, 0, 0.5)}
    told = edit(client, number, [SPLIT, through])
    assert slug(told) == (422, "building-cut")
    problem = told.json()
    assert (problem["edit"], problem["reason"]) == (1, "building-cut")
    assert problem["errors"][0]["pointer"] == "#/edits/1"
    roles = {one["properties"]["role"] for one in problem["features"]["features"]}
    assert "building" in roles
    assert "h-A02" in problem["detail"]
    assert plan(client, number)["revision"] == 1
    chinese = edit(client, number, [through], **{"Accept-Language": "zh"}).json()
    assert "建筑" in chinese["detail"]
    assert good(edit(client, number, [{**through, "cut": True}]))["revision"] == 2
    moved = edit(client, number, [{"op": "move_node", "from": [104.1, 30.7], "to": [104.0999, 30.7]}])
    assert slug(moved) == (422, "edit-refused")
    assert moved.json()["reason"] == "outer-boundary"


@pytest.mark.parametrize(
    ("edits", "pointer"),
    [
        ([{"op": "explode"}], "#/edits/0/op"),
        ([{"op": "split", "grid": "A01"}], "#/edits/0"),
        ([SPLIT, {"op": "merge", "grids": ["A01"]}], "#/edits/1/grids"),
        ([{**SPLIT, "line": {"type": "LineString", "coordinates": [[104, "x"], [105, 30]]}}], "#/edits/0/line"),
        ([{**SPLIT, "colour": "red"}], "#/edits/0"),
        (["split"], "#/edits/0"),
        ([None], "#/edits/0"),
        ([], "#/edits"),
        ("split", "#/edits"),
    ],
)
def test_edits_are_read_strictly(client: TestClient, edits: Any, pointer: str) -> None:
    number = opened(client, "A")["id"]
    told = asked(client, number, "edits", {"edits": edits})
    assert slug(told) == (400, "invalid-body")
    assert told.json()["errors"][0]["pointer"].startswith(pointer)
    assert plan(client, number)["revision"] == 1


def test_the_limits_of_a_request(store: Store) -> None:
    with served(store, edit_bytes=4096, plan_steps=2) as client:
        number = opened(client, "A")["id"]
        assert slug(edit(client, number, [{"op": "recode", "from": "A01", "to": "A09"}] * 501)) == (
            413,
            "body-too-large",
        )
        for name in ("one", "two"):
            good(edit(client, number, [{"op": "set", "grid": "A01", "name": name}]))
        assert slug(edit(client, number, [{"op": "set", "grid": "A01", "name": "x"}])) == (422, "too-many-steps")
    with served(store) as client:
        number = opened(client, "A")["id"]
        many = [{"op": "set", "grid": "A01", "name": "x"}] * 501
        assert slug(edit(client, number, many)) == (413, "too-many-edits")


def test_what_must_be_said_before_an_edit(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    address, body = f"/v1/plans/{number}/edits", {"edits": [SPLIT]}
    match = {"If-Match": '"1"'}
    assert slug(client.post(address, json=body, headers=key())) == (428, "if-match-required")
    assert slug(client.post(address, json=body, headers=match)) == (400, "idempotency-key-required")
    stale = client.post(address, json=body, headers={**key(), "If-Match": '"9"'})
    assert slug(stale) == (412, "stale-state")
    assert (stale.headers["etag"], stale.json()["current_etag"]) == ('"1"', '"1"')
    odd = [(b"If-Match", b'"\xb2"'), *((name.encode(), value.encode()) for name, value in key().items())]
    assert slug(client.post(address, json=body, headers=odd)) == (412, "stale-state")
    text = {**key(), **match, "Content-Type": "text/plain"}
    assert slug(client.post(address, content=b"{}", headers=text)) == (415, "unsupported-media-type")
    assert slug(elsewhere(client).post(address, json=body, headers={**key(), **match})) == (401, "token-required")
    own = key()
    first = client.post(address, json=body, headers={**own, **match})
    again = client.post(address, json=body, headers={**own, **match})
    assert (again.status_code, again.json()) == (200, good(first))
    other = client.post(address, json={"edits": [{**SPLIT, "cut": True}]}, headers={**own, **match})
    assert slug(other) == (422, "idempotency-key-reused")
    assert plan(client, number)["revision"] == 2


def test_back_and_forth_through_everything(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    seen = [ground(client, number)]
    for edits in (
        [SPLIT],
        [{"op": "set", "grid": "A02", "name": "二"}, {"op": "recode", "from": "A02", "to": "A22"}],
        [{"op": "merge", "grids": ["A03", "A04"]}],
    ):
        good(edit(client, number, edits, **{"Accept-Language": "zh"}))
        seen.append(ground(client, number))
    good(asked(client, number, "undo", {"steps": 3}))
    assert ground(client, number) == seen[0]
    assert plan(client, number) | {"can_undo": False, "can_redo": True, "steps": 0} == plan(client, number)
    good(asked(client, number, "redo", {"steps": 2}))
    assert ground(client, number) == seen[2]
    assert slug(asked(client, number, "redo", {"steps": 2})) == (409, "nothing-to-redo")
    assert ground(client, number) == seen[2]
    good(edit(client, number, [{"op": "set", "grid": "A01", "name": "x"}]))
    assert slug(asked(client, number, "redo")) == (409, "nothing-to-redo")
    assert slug(asked(client, number, "undo", {"steps": 4})) == (409, "nothing-to-undo")
    told = client.get(f"/v1/plans/{number}/steps").json()
    planned.Steps.model_validate(told)
    assert [one["state"] for one in told["steps"]] == ["done", "done", "dropped", "done"]
    assert [one["op"] for one in told["steps"][1]["edits"]] == ["set", "recode"]
    assert (told["steps"][1]["gone"], told["steps"][1]["changed"]) == (["A02"], ["A22"])


def test_many_writers_at_once_lose_nothing(client: TestClient, store: Store) -> None:
    number = opened(client, "A")["id"]

    def write(name: str) -> int:
        kept = 0
        for _ in range(6):
            told = edit(client, number, [{"op": "set", "grid": "A01", "name": f"{name}{kept}"}])
            if told.status_code == 412:
                assert told.json()["current_etag"] != f'"{told.request.headers["if-match"]}"'
            elif told.status_code != 503:
                kept += good(told)["revision"] > 1
        return kept

    with ThreadPoolExecutor(6) as threads:
        kept = sum(threads.map(write, "abcdef"))
    told = plan(client, number)
    assert (told["revision"], told["steps"]) == (1 + kept, kept)
    assert kept >= 6
    good(asked(client, number, "undo", {"steps": kept}))
    names = [one["properties"]["name"] for one in client.get(f"/v1/plans/{number}?f=geojson").json()["features"]]
    assert not {name for name in names if name[:1] in set("abcdef")}


def test_opening_is_strict(client: TestClient, store: Store) -> None:
    before = count(store)
    for body, expected in (
        ({"communities": []}, (400, "invalid-body")),
        ({"communities": ["A"], "more": 1}, (400, "invalid-body")),
        ({"communities": ["A"], "title": "x" * 201}, (400, "invalid-body")),
        ({"communities": ["A", "Nowhere"]}, (404, "unknown-code")),
        ({"communities": ["A"], "publication": 99}, (404, "unknown-publication")),
    ):
        assert slug(client.post("/v1/plans", json=body, headers=key())) == expected
    assert client.post("/v1/plans?dry_run=true", json={"communities": ["A"]}, headers=key()).status_code == 201
    assert count(store) == before
    own = key()
    first = client.post("/v1/plans", json={"communities": ["D"]}, headers=own)
    assert first.json()["communities"] == ["A", "B", "C", "E"]
    assert client.post("/v1/plans", json={"communities": ["D"]}, headers=own).json() == first.json()
    assert count(store) == before + 1


def test_all_parts_get_new_codes_where_that_is_the_policy(cluster: embedded.Cluster, small_town: str) -> None:
    with fresh(cluster, small_town) as store, served(store, code_keeps="none") as client:
        number = opened(client, "A")["id"]
        split = good(edit(client, number, [SPLIT]))
        merged = good(edit(client, number, [{"op": "merge", "grids": ["A02", "A04"]}]))
    assert (split["gone"], merged["gone"]) == (["A01"], ["A02", "A04"])
    given = [one["properties"] for told in (split, merged) for one in told["grids"]["features"]]
    new = {one["code"] for one in given if one["households_before"] is None}
    assert len(new) == 3
    assert not new & {"A01", "A02", "A03", "A04"}


def test_a_plan_file_may_speak_of_communities_and_a_wish_says_what_it_lacks(client: TestClient) -> None:
    plan = small()
    plan_file = json.loads(document(replace(plan, grids=tuple(replace(one, name="新名") for one in plan.grids))))
    plan_file["communities"] = "A, B"
    told = client.post("/v1/plans", json=plan_file, headers=key())
    assert told.status_code == 201, told.text
    told = client.post("/v1/plans", json={"title": "无"}, headers=key())
    assert slug(told) == (400, "invalid-body")
    assert told.json()["errors"][0]["pointer"] == "#/communities"
    tried = client.post("/v1/plans?dry_run=true", json={"communities": ["A"]}, headers=key())
    assert tried.status_code == 201


def test_what_says_no_ground_is_small(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    told = asked(client, number, "submit", {"reason": "好" * 400_000})
    assert slug(told) == (413, "body-too-large")
    for choices in ({"\0": "mine"}, {"": "mine"}, {str(n): "mine" for n in range(10_001)}):
        assert slug(asked(client, number, "rebase", {"choices": choices})) == (400, "invalid-body")


def test_what_others_published_since_is_part_of_the_tag(client: TestClient) -> None:
    number, other = opened(client, "B")["id"], opened(client, "B")["id"]
    first = client.get(f"/v1/plans/{number}")
    known = {"If-None-Match": first.headers["etag"]}
    assert client.get(f"/v1/plans/{number}", headers=known).status_code == 304
    good(edit(client, other, [{"op": "set", "grid": "B02", "name": "新名"}]))
    good(asked(client, other, "publish"))
    now = client.get(f"/v1/plans/{number}", headers=known)
    assert (now.status_code, now.json()["stale"]) == (200, ["B"])
    read = {"If-Match": now.headers["etag"]}
    good(edit(client, number, [{"op": "set", "grid": "B03", "name": "也新"}], **read))
    assert edit(client, number, [{"op": "set", "grid": "B03", "name": "又新"}], **read).status_code == 412


def test_no_more_changes_at_once_than_leave_the_map_its_connections(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(client, "A")["id"]
    monkeypatch.setattr(planning, "PATIENCE_S", 0.01)
    writers = client.app.state.writers  # type: ignore[attr-defined]
    for _ in range(planning.WRITERS):
        assert writers.acquire(blocking=False)
    told = edit(client, number, [SPLIT])
    assert (slug(told), told.headers["retry-after"] != "") == ((503, "busy"), True)
    for _ in range(planning.WRITERS):
        writers.release()
    good(edit(client, number, [SPLIT]))
