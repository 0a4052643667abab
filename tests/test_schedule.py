"""Do scheduled plans keep their regions, and come into force once and in time whoever runs?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
import shapely
from conftest import Store
from divisions import cell, community, together
from publishing import at_once, divided, drafted, engines, faults, halves, head, in_force, publish
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geo.model import Building
from geo.store import door, drafts, opening, plans, schedule
from geo.store.connect import session
from geo.store.door import Published
from geo.store.refusals import (
    HouseholdsOrphaned,
    KeyReused,
    NotExact,
    RegionReserved,
    RevisionMoved,
    StaleBase,
    WrongState,
)
from geo.store.schedule import Failed, Scheduled

NOW = datetime(2030, 1, 1, tzinfo=UTC)
MONDAY = datetime(2030, 1, 7, tzinfo=UTC)
"""The clock is moved: both lie far behind the database's own time."""


def scheduled(store: Store, plan: UUID, at: datetime = MONDAY, **options) -> Published | Scheduled:
    return schedule.publish(store.service, door.Request(plan=plan, actor="ann", reason="why", at=at, **options), NOW)


def due(store: Store, now: datetime = MONDAY) -> list[Published | Failed]:
    return schedule.publish_due(store.service, now)


def draft(store: Store, plan: UUID) -> drafts.Draft:
    with session(store.service) as work:
        return drafts.find(work, plan)


def withdraw(store: Store, plan: UUID) -> None:
    with session(store.service) as work, work.begin():
        plans.withdraw(work, plans.locked(work, plan, None), "ann")


def log(store: Store, plan: UUID) -> list[tuple[str, str]]:
    with store.owner.connect() as connection:
        rows = connection.execute(text("SELECT actor, action FROM log WHERE plan = :p ORDER BY id"), {"p": plan})
        return [(row.actor, row.action) for row in rows]


def test_a_plan_waits_and_comes_into_force(store: Store) -> None:
    plan = drafted(store.service, halves("A", 0, 1))
    told = scheduled(store, plan)
    assert told == Scheduled(plan=plan, at=MONDAY, kind="both", standing={"A": "proven"}, amended=[])
    waits = draft(store, plan)
    assert (waits.state, waits.at, waits.revision, head(store.service)) == ("scheduled", MONDAY, 2, 0)
    with session(store.service) as work:
        assert schedule.next_due(work) == MONDAY
    assert due(store, MONDAY - timedelta(seconds=1)) == []
    (done,) = due(store, MONDAY)
    assert isinstance(done, Published)
    assert (done.number, done.standing) == (1, {"A": "proven"})
    assert due(store) == []
    after = draft(store, plan)
    assert (after.state, after.at, after.publication) == ("published", None, 1)
    assert log(store, plan) == [("planner", "draft"), ("ann", "schedule"), ("ann", "publish")]
    with session(store.service) as work:
        assert schedule.next_due(work) is None
    assert faults(store.owner) == {}


def test_an_instant_that_is_past_is_now(store: Store) -> None:
    told = scheduled(store, drafted(store.service, halves("A", 0, 1)), NOW)
    assert isinstance(told, Published)
    assert told.number == 1


def test_what_cannot_be_proven_does_not_wait(store: Store) -> None:
    whole = halves("A", 0, 1)
    plan = drafted(store.service, replace(whole, grids=whole.grids[:1]))
    with pytest.raises(NotExact):
        scheduled(store, plan)
    assert (draft(store, plan).state, draft(store, plan).revision) == ("draft", 1)
    stale = drafted(store.service, halves("A", 0, 1), {"A": 77})
    with pytest.raises(StaleBase):
        scheduled(store, stale)


def test_ground_that_waits_is_reserved(store: Store) -> None:
    whole = together([halves("A", 0, 1), halves("B", 2, 1)])
    house = Building(id="h", households=3, shape=cell(0.2, 0.2, 0.1, 0.1))
    publish(store.service, drafted(store.service, replace(whole, buildings=(house,))))
    waiting = drafted(store.service, halves("A", 0, 0.5))
    scheduled(store, waiting)
    for attempt in (publish, lambda engine, plan: scheduled(store, plan)):
        with pytest.raises(RegionReserved) as refused:
            attempt(store.service, drafted(store.service, together([halves("A", 0, 0.7), halves("B", 2, 0.7)])))
        assert (refused.value.codes, refused.value.plans) == (("A",), (str(waiting),))
    counted = replace(whole, regions=(), grids=(), buildings=(replace(house, households=9),))
    assert publish(store.service, drafted(store.service, counted, {})).kind == "data"
    assert publish(store.service, drafted(store.service, halves("B", 2, 0.7))).number == 3
    withdraw(store, waiting)
    assert publish(store.service, drafted(store.service, halves("A", 0, 0.7))).number == 4
    assert due(store) == []


def test_new_codes_of_what_waits_are_reserved(store: Store) -> None:
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))

    def renamed(code: str, column: int) -> UUID:
        first, second = halves(code, column, 0.5).grids
        return drafted(store.service, replace(halves(code, column, 0.5), grids=(first, replace(second, code="new"))))

    waiting = renamed("A", 0)
    scheduled(store, waiting)
    for attempt in (publish, lambda engine, plan: scheduled(store, plan)):
        with pytest.raises(RegionReserved) as refused:
            attempt(store.service, renamed("B", 2))
        assert (refused.value.codes, refused.value.plans) == (("new",), (str(waiting),))
    (done,) = due(store)
    assert isinstance(done, Published)


STATEMENTS = [
    """UPDATE plan_item SET attributes = attributes || '{"name": "x"}' WHERE plan = :p""",
    "DELETE FROM plan_item WHERE plan = :p",
    "UPDATE plan_item SET plan = :other WHERE plan = :p",
    "UPDATE plan_item SET plan = :p WHERE plan = :other",
    "UPDATE plan_region SET base = NULL WHERE plan = :p",
    "INSERT INTO plan_item (plan, layer, code, attributes) VALUES (:p, 'person', 'x', '{}')",
    "INSERT INTO plan_step (plan, number, actor, kind) VALUES (:p, 1, 'x', 'edit')",
]


def committed(store: Store, statement: str, named: Mapping[str, UUID]) -> None:
    with session(store.service) as work, work.begin():
        work.execute(text(statement), named)


@pytest.mark.parametrize("state", ["submitted", "approved", "scheduled", "published", "withdrawn"])
def test_what_is_no_draft_any_more_stays_as_it_is(store: Store, state: str) -> None:
    plan, other = drafted(store.service, halves("A", 0, 1)), drafted(store.service, halves("B", 4, 1))
    with session(store.service) as work, work.begin():
        draft = plans.locked(work, plan, None)
        if state != "withdrawn":
            draft = plans.submit(work, draft, "ann")
        if state in ("approved", "scheduled", "published"):
            plans.approve(work, draft, "ann")
        if state == "withdrawn":
            plans.withdraw(work, draft, "ann")
    if state == "scheduled":
        scheduled(store, plan)
    if state == "published":
        publish(store.service, plan)
    for statement in STATEMENTS:
        found = {name: one for name, one in (("p", plan), ("other", other)) if f":{name}" in statement}
        with pytest.raises(DBAPIError, match=r"while the plan is a draft|published as it is"):
            committed(store, statement, found)
    if state in ("approved", "scheduled"):
        assert isinstance(publish(store.service, plan) if state == "approved" else due(store)[0], Published)


def test_regions_that_an_opened_plan_leaves_as_they_are_wait_for_nobody(store: Store) -> None:
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))
    with session(store.service) as work, work.begin():
        waiting = opening.opened(work, ["A", "B"], actor="ann")
        work.execute(
            text(
                """UPDATE plan_item SET attributes = attributes || '{"name": "x"}' WHERE plan = :p AND code = 'A01'"""
            ),
            {"p": waiting},
        )
    told = scheduled(store, waiting)
    assert told.standing == {"A": "proven"}
    assert publish(store.service, drafted(store.service, halves("B", 2, 0.7))).number == 2
    with pytest.raises(RegionReserved):
        publish(store.service, drafted(store.service, halves("A", 0, 0.7)))
    (done,) = due(store)
    assert isinstance(done, Published)
    assert done.standing == {"A": "proven"}
    assert draft(store, waiting).base.keys() == {"A"}


def test_nodes_reach_a_plan_that_waits(store: Store) -> None:
    """Neither does a node on its border hinder it, nor is the node lost."""
    publish(store.service, drafted(store.service, together([community("A", 0, 0), halves("B", 2, 1)])))
    waiting = drafted(
        store.service,
        replace(community("A", 0, 0), grids=tuple(replace(g, name="x") for g in community("A", 0, 0).grids)),
    )
    scheduled(store, waiting)
    south, north = cell(2, 0, 2, 0.7), cell(2, 0.7, 2, 1.3)
    assert publish(store.service, drafted(store.service, divided("B", [south, north]))).amended == ["A"]
    (done,) = due(store)
    assert isinstance(done, Published)
    assert (done.standing, done.amended) == ({"A": "proven"}, [])
    corners = {(x, y) for x, y in shapely.get_coordinates(in_force(store.service)["A"].boundary).tolist()}
    assert {(x, y) for x, y in shapely.get_coordinates(south).tolist()} & corners - {
        (x, y) for x, y in shapely.get_coordinates(community("A", 0, 0).regions[0].shape).tolist()
    }
    assert faults(store.owner) == {}


def test_a_plan_that_cannot_come_into_force_waits_no_more(store: Store) -> None:
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    smaller = drafted(store.service, community("A", 0, 0, size=1), None)
    with session(store.service) as work, work.begin():
        mine = plans.submit(work, drafts.find(work, smaller), "ann")
        plans.approve(work, mine, "bob")
    scheduled(store, smaller)
    other = drafted(store.service, halves("B", 5, 1))
    scheduled(store, other)
    house = Building(id="h", households=3, shape=cell(1.5, 1.5, 0.1, 0.1))
    counted = replace(halves("A", 0, 1), regions=(), grids=(), buildings=(house,))
    publish(store.service, drafted(store.service, counted, {}))
    failed, done = sorted(due(store), key=lambda one: isinstance(one, Published))
    assert isinstance(failed, Failed)
    assert (failed.plan, type(failed.refused), failed.refused.codes) == (smaller, HouseholdsOrphaned, ("h",))
    assert isinstance(done, Published)
    assert (draft(store, smaller).state, draft(store, smaller).at) == ("approved", None)
    assert log(store, smaller)[-1] == ("schedule", "schedule-failed")
    assert due(store) == []
    assert publish(store.service, drafted(store.service, halves("A", 0, 0.3))).number == 4


def test_several_services_publish_it_once(store: Store, full: bool) -> None:
    with engines(store.service_url, 4) as several:
        for n in range(20 if full else 3):
            codes = [f"{code}{n}" for code in "AB"]
            for k, code in enumerate(codes):
                scheduled(store, drafted(store.service, halves(code, 20 * n + 4 * k, 1)))
            told = at_once([partial(schedule.publish_due, engine, MONDAY) for engine in several])
            assert sorted(one.number for many in told for one in many) == [2 * n + 1, 2 * n + 2]
    assert faults(store.owner) == {}


def test_of_two_that_want_a_region_one_waits(store: Store, full: bool) -> None:
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    for n in range(20 if full else 3):
        two = [drafted(store.service, halves("A", 0, 0.4 + 0.01 * n + cut)) for cut in (0, 0.5)]
        told = at_once([partial(scheduled, store, plan) for plan in two])
        assert sorted(type(one).__name__ for one in told) == ["RegionReserved", "Scheduled"]
        (done,) = due(store)
        assert isinstance(done, Published)
        assert done.number == n + 2


def test_one_waits_while_another_publishes(store: Store, full: bool) -> None:
    """Whichever comes first: never does a plan wait on a base that is not in force."""
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    for n in range(20 if full else 4):
        before = head(store.service)
        one, two = (drafted(store.service, halves("A", 0, 0.4 + 0.01 * n + cut)) for cut in (0, 0.5))
        told: Sequence[object] = at_once([partial(scheduled, store, one), partial(publish, store.service, two)])
        names = [type(each).__name__ for each in told]
        assert names in (["Scheduled", "RegionReserved"], ["StaleBase", "Published"]), names
        assert len(due(store)) == (names[0] == "Scheduled")
        assert head(store.service) == before + 1


def test_a_repeated_wish_gets_the_same_answer(store: Store) -> None:
    plan = drafted(store.service, halves("A", 0, 1))
    first = scheduled(store, plan, key="k")
    assert scheduled(store, plan, key="k") == first
    (done,) = due(store)
    again = schedule.publish(
        store.service,
        door.Request(plan=plan, actor="ann", reason="why", at=MONDAY, key="k"),
        MONDAY + timedelta(days=1),
    )
    assert again == first
    assert isinstance(done, Published)
    with pytest.raises(KeyReused):
        scheduled(store, plan, MONDAY + timedelta(days=1), key="k")
    with pytest.raises(KeyReused):
        door.publish(store.service, door.Request(plan=plan, actor="ann", reason="why", key="k"))
    assert head(store.service) == 1


def test_a_dry_run_and_another_revision_keep_nothing(store: Store) -> None:
    plan = drafted(store.service, halves("A", 0, 1))
    assert isinstance(scheduled(store, plan, dry_run=True), Scheduled)
    with pytest.raises(RevisionMoved):
        scheduled(store, plan, expected={5})
    assert draft(store, plan) == replace(draft(store, plan), state="draft", revision=1, at=None)
    scheduled(store, plan)
    with pytest.raises(WrongState) as refused:
        publish(store.service, plan)
    assert refused.value.possible == ("withdraw",)
