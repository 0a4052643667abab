"""How does a plan go its way over HTTP: listed, handed in, approved, scheduled, rebased, given up, taken up again?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
import shapely
from conftest import Store, fresh
from district import elsewhere, refresh
from drafting import across, asked, edit, good, ground, opened, plan
from fastapi.testclient import TestClient
from uploading import key, slug

from api import planned, schemas
from api.app import create_app
from api.settings import Settings
from geo.store import embedded

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON_S = 20.0


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def client(store: Store, clock: Clock) -> Iterator[TestClient]:
    app = create_app(Settings(), store.service, clock=clock)
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 40000)) as made:
        yield made


def split(code: str, column: float, row: float, height: float = 0.3) -> dict[str, Any]:
    return {"op": "split", "grid": code, "line": across(column, row, height)}


def named(code: str, name: str) -> dict[str, Any]:
    return {"op": "set", "grid": code, "name": name}


def published(client: TestClient, number: str, **body: Any) -> Any:
    return asked(client, number, "publish", body)


def until_published(client: TestClient, number: str) -> dict[str, Any]:
    """The plan once it is; the thread that publishes it tells nobody in this process."""
    pause, tries = Event(), int(SOON_S / 0.05)
    for _ in range(tries):
        if (told := plan(client, number))["state"] != "scheduled":
            return told
        pause.wait(0.05)
    raise AssertionError("it was not published in time")


def test_plans_are_listed_page_by_page(client: TestClient) -> None:
    numbers = [opened(client, code)["id"] for code in ("A", "B", "A")]
    told = client.get("/v1/plans", params={"limit": 2, "community": "A"}).json()
    planned.Plans.model_validate(told)
    seen = [one["id"] for one in told["plans"]]
    while following := [link["href"] for link in told["links"] if link["rel"] == "next"]:
        told = client.get(following[0]).json()
        seen += [one["id"] for one in told["plans"]]
    assert [one for one in seen if one in numbers] == [numbers[0], numbers[2]]
    assert client.delete(f"/v1/plans/{numbers[0]}", headers={"If-Match": '"1"'}).status_code == 204
    drafts = client.get("/v1/plans?state=draft&state=submitted").json()["plans"]
    assert numbers[0] not in {one["id"] for one in drafts}
    assert {one["state"] for one in client.get("/v1/plans?state=withdrawn").json()["plans"]} == {"withdrawn"}
    assert slug(client.get("/v1/plans?cursor=x")) == (400, "invalid-cursor")


def test_titles_change_until_it_is_published(client: TestClient) -> None:
    number = opened(client, "C", title="one")["id"]
    address = f"/v1/plans/{number}"
    told = client.patch(address, json={"title": "two", "approval": "7号"}, headers={"If-Match": '"1"'})
    assert (told.status_code, told.json()["title"], told.json()["approval"], told.headers["etag"]) == (
        200,
        "two",
        "7号",
        '"2"',
    )
    assert slug(client.patch(address, json={"title": "x"})) == (428, "if-match-required")
    assert slug(client.patch(address, json={"title": "x"}, headers={"If-Match": '"1"'})) == (412, "stale-state")
    assert slug(client.patch(address, json={"state": "published"}, headers={"If-Match": '"2"'})) == (
        400,
        "invalid-body",
    )


def test_from_hand_to_hand(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    good(edit(client, number, [named("A01", "一")]))
    assert slug(asked(client, number, "approve")) == (409, "wrong-state")
    assert good(asked(client, number, "submit", {"reason": "请审"}))["state"] == "submitted"
    assert slug(edit(client, number, [named("A01", "二")])) == (409, "plan-not-draft")
    assert slug(published(client, number)) == (409, "plan-not-draft")
    told = good(asked(client, number, "approve", {"approval": "9号"}))
    schemas.PlanDocument.model_validate(told)
    assert (told["state"], told["approved_by"], told["approval"]) == ("approved", "local", "9号")
    assert told["possible"] == ["publish", "reopen", "withdraw"]
    told = good(asked(client, number, "reopen"))
    assert (told["state"], told["approved_by"], told["approval"], told["can_undo"]) == ("draft", None, "", True)
    assert good(asked(client, number, "withdraw", {"reason": "算了"}))["state"] == "withdrawn"
    assert slug(asked(client, number, "withdraw")) == (409, "plan-not-draft")
    assert good(asked(client, number, "reopen"))["state"] == "draft"
    assert good(asked(client, number, "submit", query="?dry_run=true"))["state"] == "submitted"
    assert plan(client, number)["state"] == "draft"
    good(asked(client, number, "undo"))
    told = good(client.get(f"/v1/plans/{number}/log"))
    planned.PlanLog.model_validate(told)
    actions = ["undo", "reopen", "withdraw", "reopen", "approve", "submit", "edit", "open"]
    assert [one["action"] for one in told["entries"]] == actions
    assert [one["reason"] for one in told["entries"]][2:6] == ["算了", "", "", "请审"]
    assert told["entries"][4]["details"]["approval"] == "9号"
    last = client.get(f"/v1/plans/{number}/log?limit=5").json()
    (more,) = [link["href"] for link in last["links"] if link["rel"] == "next"]
    assert [*last["entries"], *client.get(more).json()["entries"]] == told["entries"]
    assert slug(elsewhere(client).get(f"/v1/plans/{number}/log")) == (401, "token-required")


def test_steps_come_page_by_page(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    for name in "甲乙丙":
        good(edit(client, number, [named("A01", name)]))
    first = good(client.get(f"/v1/plans/{number}/steps?limit=2"))
    planned.Steps.model_validate(first)
    (more,) = [link["href"] for link in first["links"] if link["rel"] == "next"]
    rest = good(client.get(more))
    assert [one["number"] for one in (*first["steps"], *rest["steps"])] == [1, 2, 3]
    assert not [link for link in rest["links"] if link["rel"] == "next"]


def test_scheduled_for_a_day_and_in_force_on_it(client: TestClient, clock: Clock) -> None:
    number = opened(client, "B")["id"]
    good(edit(client, number, [split("B01", 2, 0)]))
    newest = client.get("/v1/publications?limit=1").json()["publications"][0]["number"]
    own = {**key(), "If-Match": f'"{plan(client, number)["revision"]}"'}
    told = client.post(f"/v1/plans/{number}/publish", json={"at": "2026-03-09", "reason": "下周一"}, headers=own)
    assert told.status_code == 202, told.text
    schemas.ScheduledPlan.model_validate(told.json())
    assert datetime.fromisoformat(told.json()["scheduled"]) == datetime(2026, 3, 8, 16, tzinfo=UTC)
    again = client.post(f"/v1/plans/{number}/publish", json={"at": "2026-03-09", "reason": "下周一"}, headers=own)
    assert (again.status_code, again.json()) == (202, told.json())
    assert plan(client, number)["state"] == "scheduled"
    other = opened(client, "A", "B")["id"]
    good(edit(client, other, [named("B02", "他")]))
    refused = published(client, other)
    assert slug(refused) == (409, "region-reserved")
    assert number in refused.json()["detail"]
    clock.now = datetime(2026, 3, 8, 15, 59, tzinfo=UTC)
    client.app.state.schedule.wake()  # type: ignore[attr-defined]
    assert client.get("/v1/publications?limit=1").json()["publications"][0]["number"] == newest
    clock.now += timedelta(minutes=2)
    client.app.state.schedule.wake()  # type: ignore[attr-defined]
    done = until_published(client, number)
    assert (done["state"], done["publication"]) == ("published", newest + 1)
    refresh(client)
    one = client.get(f"/v1/publications/{newest + 1}").json()
    assert (one["actor"], one["reason"], "B" in one["regions"]) == ("local", "下周一", True)
    assert plan(client, other)["stale"] == ["B"]


def test_withdrawing_frees_what_waited(client: TestClient, clock: Clock) -> None:
    number, other = opened(client, "C")["id"], opened(client, "C")["id"]
    good(edit(client, number, [named("C01", "甲")]))
    good(edit(client, other, [named("C01", "乙")]))
    at = (clock.now + timedelta(days=1)).isoformat()
    assert published(client, number, at=at).status_code == 202
    assert slug(published(client, other)) == (409, "region-reserved")
    assert good(asked(client, number, "withdraw"))["at"] is None
    assert good(published(client, other))["standing"] == {"C": "proven"}
    assert published(client, opened_again(client, number), at="yesterday").status_code == 400


def opened_again(client: TestClient, number: str) -> str:
    good(asked(client, number, "reopen"))
    return number


def test_a_past_instant_is_now(client: TestClient, clock: Clock) -> None:
    number = opened(client, "E")["id"]
    good(edit(client, number, [named("E01", "今")]))
    assert published(client, number, at="2020-01-01").status_code == 200


def test_carried_over_where_nobody_else_drew(client: TestClient) -> None:
    mine, theirs = opened(client, "A")["id"], opened(client, "A")["id"]
    made = good(edit(client, mine, [split("A01", 0, 0)]))
    good(edit(client, theirs, [named("A03", "他人")]))
    good(published(client, theirs))
    assert slug(published(client, mine)) == (409, "stale-base")
    assert plan(client, mine)["stale"] == ["A"]
    before = ground(client, mine)
    tried = good(asked(client, mine, "rebase", query="?dry_run=true"))
    told = good(asked(client, mine, "rebase"))
    planned.RebaseAnswer.model_validate(told)
    assert tried == told
    assert [one["properties"]["name"] for one in told["grids"]["features"]] == ["他人"]
    assert plan(client, mine)["stale"] == []
    good(asked(client, mine, "undo"))
    assert (ground(client, mine), plan(client, mine)["stale"]) == (before, ["A"])
    good(asked(client, mine, "redo"))
    assert good(published(client, mine))["standing"]["A"] == "proven"
    refresh(client)
    grids = client.get("/v1/regions/A/grids").json()["features"]
    assert {one["properties"]["code"] for one in grids} >= {one["to"] for one in made["lineage"]}
    assert "他人" in {one["properties"]["name"] for one in grids}


def test_a_true_conflict_is_shown_with_both_sides(client: TestClient) -> None:
    mine, theirs = opened(client, "A")["id"], opened(client, "A")["id"]
    good(edit(client, mine, [split("A02", 1, 0, 0.2), named("A04", "我")]))
    good(edit(client, theirs, [split("A02", 1, 0, 0.8), named("A04", "他")]))
    good(published(client, theirs))
    told = asked(client, mine, "rebase")
    assert slug(told) == (409, "rebase-conflict")
    places = told.json()["features"]["features"]
    kinds = {one["properties"]["matter"] for one in places}
    assert "name" in kinds
    assert all(shapely.geometry.shape(one["geometry"]).area > 0 for one in places)
    (name,) = [one["properties"] for one in places if one["properties"]["matter"] == "name"]
    assert (name["code"], name["mine"], name["theirs"]) == ("A04", ["我"], ["他"])
    choices = {one["properties"]["conflict"]: "mine" for one in places}
    some = dict([next(iter(choices.items()))])
    if len(choices) > 1:
        assert slug(asked(client, mine, "rebase", {"choices": some})) == (409, "rebase-conflict")
    assert slug(asked(client, mine, "rebase", {"choices": {"1-0": "ours"}})) == (400, "invalid-body")
    good(asked(client, mine, "rebase", {"choices": choices}))
    features = client.get(f"/v1/plans/{mine}?f=geojson").json()["features"]
    assert {one["properties"]["code"]: one["properties"]["name"] for one in features}["A04"] == "我"
    assert good(published(client, mine))["standing"]["A"] == "proven"


def test_a_past_state_as_a_plan(client: TestClient) -> None:
    told = opened(client, "A", publication=1)
    assert told["stale"] == []
    features = client.get(f"/v1/plans/{told['id']}?f=geojson").json()["features"]
    assert [one["properties"]["code"] for one in features] == ["A", "A01", "A02", "A03", "A04"]
    assert good(published(client, told["id"]))["standing"]["A"] == "proven"


def test_findings_in_every_form(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    address = f"/v1/plans/{number}/findings"
    assert client.get(address).json()["coverage"]["units"] == 1
    assert client.get(f"{address}?f=geojson").json()["type"] == "FeatureCollection"
    page = client.get(f"{address}?f=html", headers={"Accept-Language": "zh"})
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-language"] == "zh"
