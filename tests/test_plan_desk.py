"""Is a plan at the desk always the one that the store has: after a failure, a lost process, another service's edit?"""

import json
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import active_children
from typing import Any
from uuid import UUID, uuid4

import pytest
from conftest import Store, fresh
from district import publish, served, small
from divisions import cell, community
from drafting import across, asked, edit, good, ground, opened, plan
from fastapi.testclient import TestClient
from uploading import drafted, slug

from api import planned
from api.open_plans import Entry, OpenPlans, Room
from geo.model import Building, Plan
from geo.redraw.board import Codes
from geo.store import drafts, embedded, plans
from geo.store.connect import session
from geo.terms import ALONE

SPLIT = {"op": "split", "grid": "A01", "line": across(0, 0)}


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store) as made:
        yield made


def entry(code: str) -> Entry:
    return Entry.of(community(code, 0, 0), ALONE, Codes())


def test_as_many_plans_are_open_as_there_is_room_for() -> None:
    held, room = OpenPlans(), Room(plans=2, vertices=10_000)
    plans = [(uuid4(), uuid4(), entry(code)) for code in "ABC"]
    for number, state, one in plans:
        held.put(number, state, one, room)
    assert len(held) == 2
    (first, state, _), (second, other, two), _ = plans
    assert held.take(first, state) is None
    assert held.take(second, other) is two
    assert held.take(second, other) is None
    held.put(second, other, two, Room(plans=9, vertices=1))
    assert len(held) == 1
    assert held.take(second, state) is None
    assert len(held) == 0


def test_what_the_store_did_not_keep_is_forgotten(client: TestClient, store: Store) -> None:
    number = opened(client, "A")["id"]
    desk = client.app.state.desk  # type: ignore[attr-defined]
    with session(store.service) as work:
        draft = drafts.find(work, number)
    turn = desk.edit(draft, [SPLIT], "en", keep=True)
    desk.keep(turn, replace(draft, stamp=uuid4()))  # and then the transaction fails
    made = good(edit(client, number, [SPLIT]))
    assert {"revision": 2, **json.loads(json.dumps(turn.done.told))} == made


def test_a_lost_process_costs_time_alone(client: TestClient) -> None:
    number = opened(client, "A")["id"]
    good(edit(client, number, [SPLIT]))
    before = ground(client, number)
    for process in active_children():
        process.kill()
        process.join(20)
    told = edit(client, number, [{"op": "merge", "grids": ["A03", "A04"]}])
    if told.status_code == 503:
        assert slug(told) == (503, "worker-lost")
        told = edit(client, number, [{"op": "merge", "grids": ["A03", "A04"]}])
    good(told)
    good(asked(client, number, "undo"))
    assert ground(client, number) == before


def test_what_others_publish_on_its_ground_is_known_at_the_next_edit(client: TestClient, store: Store) -> None:
    number = opened(client, "A")["id"]
    good(edit(client, number, [{"op": "set", "grid": "A01", "name": "甲"}]))
    before = home_of("h-A02")
    halves = [{"op": "split", "grid": "A02", "line": across(1, 0)}]
    first = good(edit(client, number, halves, "?dry_run=true"))
    with session(store.service) as work:
        seen = plans.seen(work, UUID(number))
    publish(store, Plan(buildings=(replace(before, households=500),)))
    with session(store.service) as work:
        assert plans.seen(work, UUID(number)) != seen
    second = good(edit(client, number, halves, "?dry_run=true"))
    assert total(second) == total(first) + 500 - (before.households or 0)
    publish(store, Plan(buildings=(before,)))


def test_what_is_published_far_away_is_no_business_of_a_plan(client: TestClient, store: Store) -> None:
    number = UUID(opened(client, "A")["id"])
    with session(store.service) as work:
        seen = plans.seen(work, number)
    publish(store, community("Far", 400, 400))
    with session(store.service) as work:
        assert plans.seen(work, number) == seen


def home_of(code: str) -> Building:
    return next(one for one in small().buildings if one.id == code)


def total(told: dict[str, Any]) -> int:
    """Households of the grids that an answer tells of."""
    return sum(one["properties"]["households"] or 0 for one in told["grids"]["features"])


def test_two_services_draw_one_plan(client: TestClient, store: Store) -> None:
    with served(store) as other:
        number = opened(client, "A")["id"]
        good(edit(client, number, [SPLIT]))
        good(edit(other, number, [{"op": "merge", "grids": ["A03", "A04"]}]))
        good(edit(client, number, [{"op": "recode", "from": "A02", "to": "A22"}]))
        assert ground(client, number) == ground(other, number)
        good(asked(other, number, "undo", {"steps": 3}))
        assert ground(client, number) == ground(other, number)
        assert plan(client, number)["steps"] == 0


def test_what_takes_too_long_changes_nothing(store: Store) -> None:
    with served(store, check_seconds=0.001, request_seconds=30) as client:
        number = opened(client, "A")["id"]
        told = edit(client, number, [SPLIT])
        assert slug(told) in {(422, "took-too-long"), (503, "busy")}
        assert plan(client, number)["revision"] == 1


def test_legacy_ground_is_healed_by_what_is_proposed(client: TestClient) -> None:
    whole = community("P", 40, 0)
    holed = replace(whole, grids=whole.grids[:3])
    number = drafted(client, holed, "?provisional=true")
    proposed = good(asked(client, number, "repairs"))
    planned.Repairs.model_validate(proposed)
    (one,) = proposed["proposals"]
    assert (one["rule"], one["region"], one["findings"][0]["rule"]) == ("gap", "P", "gap")
    address, body = f"/v1/plans/{number}/repairs", {"accept": "all"}
    assert slug(client.post(address, json=body)) == (400, "idempotency-key-required")
    tried = good(asked(client, number, "repairs", body, "?dry_run=true"))
    assert plan(client, number)["revision"] == 1
    assert slug(asked(client, number, "repairs", {"accept": ["nobody"]})) == (422, "nothing-repaired")
    made = good(asked(client, number, "repairs", {"accept": [one["id"]], "rules": ["gap"]}))
    planned.RepairAnswer.model_validate(made)
    assert {**made, "skipped": []} == {**tried, "skipped": []}
    assert (made["repaired"], made["healed"], made["coverage"]["units_covered"]) == (1, ["P"], 1)
    assert [step["kind"] for step in client.get(f"/v1/plans/{number}/steps").json()["steps"]] == ["repair"]
    assert good(asked(client, number, "repairs"))["proposals"] == []
    done: dict[str, Any] = good(asked(client, number, "publish"))
    assert done["standing"] == {"P": "proven"}


def test_a_code_that_is_a_neighbours_is_a_finding_and_can_be_mended(client: TestClient) -> None:
    wrong = community("N", 2, -2)
    grids = tuple(replace(one, code="B01" if one.code == "N04" else one.code) for one in wrong.grids)
    house = Building(id="over", households=3, shape=cell(2.5, -0.05, 0.1, 0.1))
    number = drafted(client, replace(wrong, grids=grids, buildings=(house,)))
    assert "code-duplicate" in rules_of(client, number)
    assert b'"B01"' in ground(client, number)
    good(edit(client, number, [{"op": "recode", "from": "B01", "to": "N44"}]))
    assert "code-duplicate" not in rules_of(client, number)


def rules_of(client: TestClient, number: str) -> set[str]:
    return {one["rule"] for one in client.get(f"/v1/plans/{number}/findings").json()["findings"]}


def test_a_repair_takes_no_ground_from_a_region_that_only_stands_beside(client: TestClient) -> None:
    drawn = community("O", 3.5, -0.5)  # half a grid over B
    house = Building(id="theirs", households=3, shape=cell(2.4, 0.5, 0.1, 0.1))
    holed = replace(drawn, grids=drawn.grids[:3], buildings=(house,))
    number = drafted(client, holed, "?provisional=true")
    assert {"gap", "overlap"} <= rules_of(client, number)
    proposed = good(asked(client, number, "repairs"))["proposals"]
    assert {(one["region"], one["rule"]) for one in proposed} == {("O", "gap")}
    made = good(asked(client, number, "repairs", {"accept": "all"}))
    assert {one["properties"]["region"] for one in made["grids"]["features"]} == {"O"}
