"""Are repairs made by a job where that is wished for, and are grids of the wrong size healed by the least change?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import shapely
from conftest import Store, fresh
from district import publish
from divisions import cell
from drawable import Drawer, built, grids_of, town
from importing import ENDED, ask, become, environment
from serving import Reply, served

from api.draw_schemas import SizeRepairs
from api.planned import RepairAnswer, Repairs
from geo.model import Plan
from geo.store import embedded

LATER = {"Prefer": "respond-async"}
SIZES = {"households-low", "households-high"}
SOON_S = 60.0


def with_a_gap() -> Plan:
    """A community E in which a strip between two grids is nobody's."""
    plan = built("E", 20, (25, 25, 25, 25))
    first = plan.grids[0]
    thin = shapely.difference(first.shape, cell(20.97, 0.2, 0.03, 0.4))
    return replace(plan, grids=(replace(first, shape=thin), *plan.grids[1:]))


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one, town())
        publish(one, with_a_gap(), provisional=True)
        yield one


@pytest.fixture(scope="module")
def drawer(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawer]:
    folder = tmp_path_factory.mktemp("repairing")
    with served(folder / "log", environment(store, folder)) as service:
        yield Drawer(service.url)


def told(drawer: Drawer, number: str, body: object, **headers: str) -> dict[str, Any]:
    """What came of repairs of sizes, as it is described."""
    found = drawer.done(number, body, "repairs", **headers)
    SizeRepairs.model_validate(found)
    return found


def problem(drawer: Drawer, reply: Reply) -> dict[str, Any]:
    """Why a job failed."""
    assert reply.status == 202, reply.body
    ended = become(drawer.url, reply.told["id"], *ENDED, within_s=SOON_S)
    assert (ended["state"], ended["result"]) == ("failed", None), ended
    found: dict[str, Any] = ended["problem"]
    return found


def test_the_same_answer_at_once_or_by_a_job(drawer: Drawer) -> None:
    number = drawer.opened("E")
    now = drawer.post(f"/v1/plans/{number}/repairs", {})
    assert now.status == 200
    Repairs.model_validate(now.told)
    assert now.told["count"] > 0
    later = drawer.post(f"/v1/plans/{number}/repairs", {}, LATER)
    assert (later.status, later.headers["preference-applied"], later.told["kind"]) == (202, "respond-async", "repairs")
    ended = become(drawer.url, later.told["id"], *ENDED, within_s=SOON_S)
    assert (ended["state"], ended["result"]) == ("done", now.told)
    tried = drawer.asked(number, "repairs?dry_run=true", {"accept": "all"}, **LATER)
    assert tried.status == 200, "nothing is kept, so nothing takes long"
    done = drawer.done(number, {"accept": "all", "reason": "补缺"}, "repairs", **LATER)
    RepairAnswer.model_validate(done)
    assert done == tried.told
    assert (drawer.plan(number)["revision"], done["revision"]) == (2, 2)
    assert done["repaired"] + len(done["skipped"]) == now.told["count"]
    (step,) = drawer.get(f"/v1/plans/{number}/steps")["steps"]
    assert (step["kind"], step["reason"]) == ("repair", "补缺")
    assert problem(drawer, drawer.asked(number, "repairs", {"accept": "all"}, **LATER))["type"] == (
        "/problems/nothing-repaired"
    )
    assert ask(drawer.url, f"/v1/plans/{number}/repairs", "POST", b"", {"Prefer": "wait=1"}).status == 200


def test_a_change_needs_what_a_change_needs(drawer: Drawer) -> None:
    number = drawer.opened("E")
    path, key = f"/v1/plans/{number}/repairs", {"Idempotency-Key": "once"}
    for body in ({"accept": "all"}, {"accept": "all", "sizes": True}):
        assert drawer.post(path, body, LATER).status == 428
        assert drawer.post(path, body, {**LATER, "If-Match": '"9"'}).status == 412
    match = {**LATER, **key, "If-Match": '"1"'}
    first = drawer.post(path, {"accept": "all"}, match)
    assert drawer.post(path, {"accept": "all"}, match).told["id"] == first.told["id"]
    become(drawer.url, first.told["id"], "done", within_s=SOON_S)
    stale = drawer.post(path, {"accept": "all"}, {**LATER, "If-Match": '"1"'})
    assert stale.status == 412
    assert drawer.post(f"{path}?dry_run=true", {"sizes": True}).status == 400
    ruled = drawer.post(path, {"sizes": True, "rules": ["gap"]})
    assert (ruled.status, ruled.told["errors"][0]["pointer"]) == (400, "#/rules")
    assert drawer.post(path, {"sizes": "yes"}).status == 400


def test_of_two_that_change_one_plan_the_second_fails(drawer: Drawer) -> None:
    number = drawer.opened("E")
    wish = {**LATER, "If-Match": '"1"'}
    first = drawer.post(f"/v1/plans/{number}/repairs", {"accept": "all"}, wish)
    second = drawer.post(f"/v1/plans/{number}/repairs", {"accept": "all"}, wish)
    assert become(drawer.url, first.told["id"], *ENDED, within_s=SOON_S)["state"] == "done"
    assert second.status in (202, 412)
    if second.status == 202:
        assert problem(drawer, second)["type"] == "/problems/stale-state"
    assert drawer.plan(number)["revision"] == 2


def test_grids_out_of_range_are_healed_one_proposal_a_community(drawer: Drawer) -> None:
    number = drawer.opened("A", "B", "C")
    before = drawer.ground(number)
    found = told(drawer, number, {"sizes": True})
    assert (found["revision"], found["steps"], found["left_out"], found["early"]) == (1, [], 0, False)
    one, other = found["proposals"]
    assert [one["region"], other["region"]] == ["A", "C"]
    assert one["kind"] == "size"
    assert [(edit["op"], edit["community"]) for edit in one["edits"]] == [("replace", "A")]
    assert 0 < one["moved"] < 16 * (45 + 45 + 12 + 12)
    assert {finding["rule"] for finding in one["heals"]} == SIZES
    assert drawer.ground(number) == before
    assert told(drawer, number, {"sizes": True})["proposals"] == found["proposals"], "the same each time"
    assert drawer.asked(number, "edits", {"edits": one["edits"]}).status == 200


def test_proposals_are_made_a_step_each(drawer: Drawer) -> None:
    number = drawer.opened("A", "B", "C")
    before = drawer.ground(number)
    found = told(drawer, number, {"sizes": True})
    done = told(drawer, number, {"sizes": True, "accept": [found["proposals"][1]["id"]], "reason": "合并"})
    assert (done["revision"], done["steps"], [one["region"] for one in done["proposals"]]) == (2, [1], ["C"])
    assert grids_of(drawer.ground(number))["A01"] == grids_of(before)["A01"]
    drawer.asked(number, "undo")
    done = told(drawer, number, {"sizes": True, "accept": "all"})
    assert [one["region"] for one in done["proposals"]] == ["A", "C"]
    assert (done["revision"], done["steps"]) == (5, [2, 3])
    steps = drawer.get(f"/v1/plans/{number}/steps")["steps"]
    assert [(step["kind"], step["state"]) for step in steps] == [
        ("repair", "dropped"),
        ("repair", "done"),
        ("repair", "done"),
    ]
    findings = drawer.get(f"/v1/plans/{number}/findings")["findings"]
    assert SIZES.isdisjoint(one["rule"] for one in findings)
    assert told(drawer, number, {"sizes": True})["proposals"] == []
    nothing = drawer.asked(number, "repairs", {"sizes": True, "accept": "all"})
    assert problem(drawer, nothing)["type"] == "/problems/nothing-repaired"
    drawer.asked(number, "undo", {"steps": 2})
    assert drawer.ground(number) == before


def test_of_some_regions_alone(drawer: Drawer) -> None:
    number = drawer.opened("A", "B", "C")
    found = told(drawer, number, {"sizes": True, "regions": ["C", "B"]})
    assert [one["region"] for one in found["proposals"]] == ["C"]
    assert told(drawer, number, {"sizes": True, "regions": ["B"]})["proposals"] == []
