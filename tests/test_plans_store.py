"""How does a plan begin, which states does it pass through, what is it made of, and what of it is published?"""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
import shapely
from conftest import Store, fresh
from district import publish as take_in
from district import small
from divisions import cell, community, together
from publishing import divided, drafted, halves, head, in_force, publish
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geo import coverage
from geo.redraw.board import Board, Outcome
from geo.store import door, drafts, embedded, opening, plans, steps
from geo.store.connect import session
from geo.store.refusals import (
    NoSuchDraft,
    NoSuchPublication,
    NoSuchRegion,
    NotDivided,
    NothingToPublish,
    RevisionMoved,
    StaleBase,
    WrongState,
)


def opened(store: Store, *codes: str, publication: int | None = None) -> UUID:
    with session(store.service) as work, work.begin():
        return opening.opened(work, codes, publication=publication, actor="ann", title="t", reason="r", approval="7号")


def found(store: Store, number: UUID) -> drafts.Draft:
    with session(store.service) as work:
        return drafts.find(work, number)


def named(store: Store, number: UUID, code: str, name: str) -> None:
    """One edit: a grid gets a name."""
    with session(store.service) as work, work.begin():
        draft = plans.locked(work, number, None)
        content = drafts.content(work, number)
        board = Board(regions={r.code: r for r in content.regions}, grids={g.code: g for g in content.grids})
        outcome = Outcome(grids=(replace(board.grids[code], name=name),))
        steps.keep(work, draft, board, outcome, kind="edit", edits=[], actor="ann", answer={})


def test_a_plan_begins_with_what_is_published(store: Store) -> None:
    take_in(store, small())
    plan = found(store, opened(store, "A", "B"))
    now = in_force(store.service)
    assert (plan.title, plan.reason, plan.approval, plan.actor, plan.state) == ("t", "r", "7号", "ann", "draft")
    assert plan.base == {code: now[code].intent for code in "AB"}
    with session(store.service) as work:
        content = drafts.content(work, plan.id)
    assert {one.code: one.shape.wkb for one in content.regions if one.shape} == {c: now[c].boundary.wkb for c in "AB"}
    assert content.grids == (*now["A"].grids, *now["B"].grids)


def test_a_region_above_stands_for_all_below_it(store: Store) -> None:
    take_in(store, small())
    assert sorted(found(store, opened(store, "S")).base) == ["A", "B", "C"]
    assert sorted(found(store, opened(store, "D")).base) == ["A", "B", "C", "E"]
    assert sorted(found(store, opened(store, "D", "A")).base) == ["A", "B", "C", "E"]


def test_what_cannot_be_opened_is_named(store: Store) -> None:
    take_in(store, small())
    bare = small()
    take_in(store, replace(bare, regions=(*bare.regions, replace(bare.regions[1], code="T", parent="D"))))
    for codes, number, refusal, told in (
        (("A", "nowhere", "A01"), None, NoSuchRegion, ("A01", "nowhere")),
        (("A", "T"), None, NotDivided, ("T",)),
        (("A",), 9, NoSuchPublication, ("9",)),
        (("A",), 0, NoSuchPublication, ("0",)),
    ):
        with pytest.raises(refusal) as refused:
            opened(store, *codes, publication=number)
        assert refused.value.codes == told


def test_a_plan_of_a_past_state_has_the_base_of_now(store: Store) -> None:
    publish(store.service, drafted(store.service, halves("A", 0, 0.5)))
    then = in_force(store.service)["A"]
    publish(store.service, drafted(store.service, halves("A", 0, 1.5)))
    now = in_force(store.service)["A"]
    number = opened(store, "A", publication=1)
    assert found(store, number).base == {"A": now.intent}
    assert publish(store.service, number).number == 3
    assert [grid.shape.wkb for grid in in_force(store.service)["A"].grids] == [grid.shape.wkb for grid in then.grids]


def test_only_what_was_changed_is_published(store: Store) -> None:
    take_in(store, small())
    number = opened(store, "D")
    named(store, number, "B02", "东")
    before = in_force(store.service)
    take_in(store, replace(small(), grids=tuple(replace(g, name="x") if g.code == "C01" else g for g in small().grids)))
    told = publish(store.service, number)  # C was published since, and the plan did not touch it
    assert (told.standing, told.amended) == ({"B": "proven"}, [])
    after = in_force(store.service)
    assert {code for code in after if after[code].id != before[code].id} == {"B", "C"}
    assert {grid.code: grid.name for grid in after["B"].grids}["B02"] == "东"
    assert {grid.name for grid in after["C"].grids} == {"x"}


def test_a_plan_that_changes_nothing_is_not_published(store: Store) -> None:
    take_in(store, small())
    number = opened(store, "D")
    with pytest.raises(NothingToPublish):
        publish(store.service, number)
    assert sorted(found(store, number).base) == ["A", "B", "C", "E"]


def test_a_changed_region_with_a_stale_base_is_refused(store: Store) -> None:
    take_in(store, small())
    number = opened(store, "A", "C")
    named(store, number, "C01", "y")
    take_in(store, replace(small(), grids=tuple(replace(g, name="x") if g.code == "C01" else g for g in small().grids)))
    with pytest.raises(StaleBase) as refused:
        publish(store.service, number)
    assert refused.value.codes == ("C",)
    with session(store.service) as work:
        base, now = plans.editions_of(work, drafts.find(work, number))
    assert [one.region for one in base] == [one.region for one in now] == ["A", "C"]
    assert (base[0].id == now[0].id, base[1].id == now[1].id) == (True, False)
    assert {grid.name for grid in base[1].grids} == {""}


def test_nodes_of_neighbours_reach_a_plan_by_themselves(store: Store) -> None:
    """B puts a node on the border of A after the plan of A was opened."""
    publish(store.service, drafted(store.service, together([community("A", 0, 0), halves("B", 2, 1)])))
    number = opened(store, "A")
    named(store, number, "A02", "东")
    south, north = cell(2, 0, 2, 0.7), cell(2, 0.7, 2, 1.3)
    told = publish(store.service, drafted(store.service, divided("B", [south, north])))
    assert told.amended == ["A"]
    told = publish(store.service, number)
    assert (told.standing, told.amended) == ({"A": "proven"}, [])
    now = in_force(store.service)
    assert coverage.is_exact(now["A"].boundary, [grid.shape for grid in now["A"].grids])
    (node,) = points(south) & points(north) & points(now["B"].boundary) & points(now["A"].boundary)
    assert node in points(now["A"].grids[1].shape)
    assert {grid.code: grid.name for grid in now["A"].grids}["A02"] == "东"


def points(shape: shapely.Polygon | shapely.MultiPolygon) -> set[tuple[float, float]]:
    return {(x, y) for x, y in shapely.get_coordinates(shape).tolist()}


def test_the_states_of_a_plan(store: Store) -> None:
    take_in(store, small())
    number = opened(store, "A")
    named(store, number, "A01", "x")
    way = [("submit", "submitted"), ("approve", "approved"), ("reopen", "draft"), ("withdraw", "withdrawn")]
    way += [("reopen", "draft"), ("submit", "submitted"), ("approve", "approved")]
    for action, state in way:
        before = found(store, number)
        with session(store.service) as work, work.begin():
            draft = getattr(plans, action)(work, plans.locked(work, number, {before.revision}), "bob", "why")
        assert (draft.state, draft.revision) == (state, before.revision + 1)
        assert draft.stamp != before.stamp
        assert draft.approved_by == ("bob" if state == "approved" else None)
    assert publish(store.service, number).number == 2
    done = found(store, number)
    assert (done.state, done.publication, done.base) == ("published", 2, {"A": done.base["A"]})
    with store.owner.connect() as connection:
        rows = connection.execute(
            text("SELECT action, details->>'state' FROM log WHERE plan = :p ORDER BY id"), {"p": number}
        )
        assert [tuple(row) for row in rows] == [("open", "draft"), ("edit", "draft"), *way, ("publish", "published")]


ACTIONS = {
    "submit": lambda store, work, draft: plans.submit(work, draft, "ann"),
    "approve": lambda store, work, draft: plans.approve(work, draft, "ann"),
    "reopen": lambda store, work, draft: plans.reopen(work, draft, "ann"),
    "withdraw": lambda store, work, draft: plans.withdraw(work, draft, "ann"),
    "change": lambda store, work, draft: plans.change(work, draft, "ann", title="x"),
    "edit": lambda store, work, draft: plans.editable(draft),
    "publish": lambda store, work, draft: door.publish(store.service, door.Request(plan=draft.id, actor="ann")),
}


def test_what_a_state_does_not_allow(store: Store) -> None:
    for n, (state, refused) in enumerate(
        {
            "draft": ["approve", "reopen"],
            "submitted": ["submit", "publish", "edit"],
            "withdrawn": ["submit", "approve", "withdraw", "publish", "edit", "change"],
            "published": ["submit", "approve", "reopen", "withdraw", "publish", "edit", "change"],
        }.items()
    ):
        number = drafted(store.service, halves(f"A{n}", 3 * n, 1))
        if state == "published":
            publish(store.service, number)
        elif state != "draft":
            with session(store.service) as work, work.begin():
                ACTIONS["submit" if state == "submitted" else "withdraw"](store, work, drafts.find(work, number))
        draft = found(store, number)
        for action in refused:
            with session(store.service) as work, pytest.raises(WrongState) as told:
                ACTIONS[action](store, work, draft)
            assert told.value.state == state
            assert action not in told.value.possible
        assert found(store, number) == draft


def test_title_reason_and_paper_are_changed(store: Store) -> None:
    number = drafted(store.service, halves("A", 0, 1))
    with session(store.service) as work, work.begin():
        draft = plans.change(work, plans.locked(work, number, {1}), "bob", title="新", approval="8号")
        assert (draft.title, draft.reason, draft.approval, draft.revision) == ("新", "", "8号", 2)
        assert plans.change(work, draft, "bob", title="新") == draft
    with session(store.service) as work, work.begin(), pytest.raises(RevisionMoved) as refused:
        plans.locked(work, number, {1})
    assert refused.value.revision == 2
    with session(store.service) as work, work.begin(), pytest.raises(NoSuchDraft):
        plans.locked(work, UUID(int=0), None)


def test_plans_are_listed_page_by_page(store: Store) -> None:
    take_in(store, small())
    numbers = [opened(store, code) for code in ("A", "B", "A", "E", "D")]
    with session(store.service) as work, work.begin():
        plans.withdraw(work, drafts.find(work, numbers[2]), "ann")
    with session(store.service) as work:
        everything = plans.listed(work, limit=99)
        assert [one.id for one in everything if one.actor == "ann"] == numbers
        pages, after = [], None
        while page := plans.listed(work, states=["draft"], after=after, limit=2):
            pages.append([one.id for one in page])
            after = page[-1].created, page[-1].id
        assert pages == [numbers[:2], numbers[3:]]
        assert [one.id for one in plans.listed(work, community="A", limit=9)][-3:] == [
            numbers[0],
            numbers[2],
            numbers[4],
        ]
        assert everything[-1] == drafts.find(work, numbers[-1])


def test_an_open_plan_has_all_that_is_round_it(store: Store) -> None:
    take_in(store, small())
    with session(store.service) as work:
        content = plans.content(work, drafts.find(work, opened(store, "A")))
    plan = content.plan
    assert [(one.code, one.name, one.parent) for one in plan.regions] == [("A", "A", "S")]
    assert [one.id for one in plan.buildings] == ["h-A01", "h-A02", "h-A03", "h-A04"]
    assert ([one.id for one in plan.facilities], [one.id for one in plan.lines]) == (["f1"], ["l1"])
    assert {grid.code for grid in content.terms.beside} >= {"B01", "B03"}
    assert content.terms.before == {"A01": 310, "A02": 420, "A03": 500, "A04": 0}
    assert {"A01", "E02", "A", "S"} <= content.codes.given
    assert content.codes.schemes == {}
    with session(store.service) as work:
        wet = plans.content(work, drafts.find(work, opened(store, "B"))).plan
    assert [one.id for one in wet.water] == ["w1"]


def test_a_scheme_of_a_region_above_is_in_force_below(store: Store) -> None:
    above = small()
    take_in(store, replace(above, regions=(replace(above.regions[0], scheme="gb18"), *above.regions[1:])))
    with session(store.service) as work:
        content = plans.content(work, drafts.find(work, opened(store, "A", "E")))
    assert content.codes.schemes == {"A": "gb18", "E": "gb18"}
    assert content.terms.schemes["D"] == "gb18"


@pytest.fixture(scope="module")
def filled(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one.service, drafted(one.service, halves("A", 0, 1)))
        opened(one, "A")
        yield one


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plan SET state = 'published', publication = 1",
        "UPDATE plan SET state = 'published'",
        "UPDATE plan SET state = 'scheduled', at = now()",
        "UPDATE plan SET title = 'x' WHERE state = 'published'",
        "DELETE FROM plan WHERE state = 'published'",
        "INSERT INTO plan (id, actor, state, at) VALUES (gen_random_uuid(), 'x', 'scheduled', now())",
        "UPDATE plan_step SET edits = '[]'",
        "UPDATE plan_change SET after_shape = NULL",
        "DELETE FROM plan_step",
        "DELETE FROM plan_change",
        "SELECT bring_into_force(id, 'x', '') FROM plan",
        "SELECT settle_orders('{1}', 1)",
        "SELECT restore_ground(1, 2)",
        "SELECT restore_rows('building', 'id', 1, 2)",
        "INSERT INTO log (actor, action, plan) SELECT 'x', 'schedule', id FROM plan",
    ],
)
def test_the_service_has_no_other_way_to_a_published_or_scheduled_plan(filled: Store, statement: str) -> None:
    store = filled
    with session(store.service) as work, pytest.raises(DBAPIError, match=r"permission denied|through the door alone"):
        work.execute(text(statement))
    assert head(store.service) == 1
