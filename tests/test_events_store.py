"""Is everything told that happened, once and in order, however transactions overlap?"""

import random
from uuid import UUID

import pytest
from conftest import Store
from publishing import drafted, halves, publish
from sqlalchemy import text

from geo.store import drafts, events, plans
from geo.store.connect import session
from geo.store.events import PAGE, Event, PlanEvent, Seen
from geo.store.publications import Publication


def since(store: Store, mark: str | None, most: int = PAGE) -> tuple[list[Event], str]:
    """All that is new, and the mark of the present."""
    with session(store.service) as work:
        now = events.present(work)
        seen = None if mark is None else Seen.parse(mark)
        if seen is None or not now.covers(seen):
            return [], now.text
        found = list[Event]()
        while seen != now:
            page, seen = events.since(work, seen, now, most=most)
            found += page
        return found, seen.text


def told(found: list[Event]) -> list[object]:
    """Numbers of publications, and (plan, revision, action) of what happened to plans."""
    return [
        one.what.number if isinstance(one.what, Publication) else (one.what.plan, one.what.revision, one.what.action)
        for one in found
    ]


def renamed(store: Store, plan: UUID, title: str) -> None:
    with session(store.service) as work, work.begin():
        plans.change(work, plans.locked(work, plan, None), "ann", title=title)


def test_events_begin_at_the_present(store: Store) -> None:
    plan = drafted(store.service, halves("A", 0, 1))
    publish(store.service, plan)
    found, start = since(store, None)
    assert found == []
    assert since(store, start)[0] == []
    other = drafted(store.service, halves("A", 0, 0.5))
    renamed(store, other, "x")
    found, after = since(store, start)
    assert told(found) == [(other, 1, "draft"), (other, 2, "change")]
    event = found[1].what
    assert isinstance(event, PlanEvent)
    assert (event.state, event.actor) == ("draft", "ann")
    assert found[-1].seen.text == after
    assert since(store, after)[0] == []


def test_publications_come_by_number_with_their_bounds(store: Store) -> None:
    _, start = since(store, None)
    plan = drafted(store.service, halves("A", 0, 1))
    publish(store.service, plan)
    publish(store.service, drafted(store.service, halves("B", 3, 1)))
    found, _ = since(store, start)
    assert told(found)[:2] == [1, 2]
    assert told(found)[2:4] == [(plan, 1, "draft"), (plan, 2, "publish")]
    first = found[0].what
    assert isinstance(first, Publication)
    assert (first.regions, first.bounds is not None) == (("A",), True)
    again, _ = since(store, found[0].seen.text)
    assert told(again) == told(found)[1:]
    assert told(since(store, found[1].seen.text)[0]) == told(found)[2:]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "1.2.3", "9.1:1:", "0.1:99999999999999999:", "１.1:1:", "0.1:1:1,", "0.1:1:~", "0.1:1:~1:9999999999:~4"],
)
def test_a_cursor_that_this_store_never_gave_begins_at_the_present(store: Store, cursor: str) -> None:
    drafted(store.service, halves("A", 0, 1))
    found, after = since(store, cursor)
    assert found == []
    assert Seen.parse(after) is not None


def test_a_transaction_that_began_before_and_ends_later_is_told(store: Store) -> None:
    one, two = (drafted(store.service, halves(code, column, 1)) for code, column in (("A", 0), ("B", 3)))
    _, start = since(store, None)
    with session(store.service) as slow, slow.begin():
        plans.change(slow, plans.locked(slow, one, None), "slow", title="slow")
        renamed(store, two, "quick")
        found, cursor = since(store, start)
        assert told(found) == [(two, 2, "change")]  # nobody's long transaction holds it up
    found, cursor = since(store, cursor)
    assert told(found) == [(one, 2, "change")]
    assert since(store, cursor)[0] == []


def test_any_overlap_of_transactions_tells_each_event_once(store: Store, full: bool) -> None:
    """Transactions are opened and ended in any order, and asked about in between; some are given up."""
    chance = random.Random(3)
    plan_ids = [drafted(store.service, halves(f"A{n}", 3 * n, 1)) for n in range(6)]
    _, cursor = since(store, None)
    running: dict[UUID, object] = {}
    heard: list[object] = []
    done: list[object] = []
    revision = dict.fromkeys(plan_ids, 1)
    for n in range(400 if full else 80):
        move, plan = chance.random(), chance.choice(plan_ids)
        if move < 0.4 and plan not in running:
            work = session(store.service)
            plans.change(work, plans.locked(work, plan, None), "ann", title=f"{n}")
            running[plan] = work
        elif move < 0.7 and plan in running:
            work = running.pop(plan)
            if chance.random() < 0.8:
                work.commit()
                revision[plan] += 1
                done.append((plan, revision[plan], "change"))
            work.close()
        elif move < 0.8:
            with store.owner.begin() as other:
                other.execute(text("SELECT pg_current_xact_id()"))
        else:
            found, cursor = since(store, cursor)
            heard += told(found)
    for work in running.values():
        work.close()
    found, cursor = since(store, cursor)
    heard += told(found)
    assert sorted(map(repr, heard)) == sorted(map(repr, done))
    for plan in plan_ids:
        assert [one for one in heard if one[0] == plan] == [one for one in done if one[0] == plan]


def test_a_draft_of_a_stream_is_told_too(store: Store) -> None:
    """Its log row has no revision of its own: that of the plan counts."""
    plan = drafted(store.service, halves("A", 0, 1))
    _, start = since(store, None)
    with session(store.service) as work, work.begin():
        drafts.note(work, "ann", "draft", "", plan, {"rows": 3})
    found, _ = since(store, start)
    assert told(found) == [(plan, 1, "draft")]
