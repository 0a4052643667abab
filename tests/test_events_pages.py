"""Are events that fill many pages told whole, once and with short marks, wherever one breaks off?"""

import random
from uuid import UUID

import pytest
from conftest import Store
from log_rows import logged, revisions
from publishing import drafted, halves
from sqlalchemy import event, text

from api.routes.events import LONGEST_MARK
from geo.store import events, plans
from geo.store.connect import session
from geo.store.events import MOST_RUNNING, PAGE, Event, Seen, Snapshot
from geo.store.publications import Publication

ROWS = 3_000


def present(store: Store) -> Seen:
    with session(store.service) as work:
        return events.present(work)


def page(store: Store, mark: str, until: Seen, **options: object) -> tuple[list[Event], str]:
    """The next page of one who comes back with a mark."""
    seen = Seen.parse(mark)
    assert seen is not None
    with session(store.service) as work:
        found, after = events.since(work, seen, until, **options)
    return [*found], after.text


def test_thousands_are_told_once_wherever_one_breaks_off(store: Store) -> None:
    chance = random.Random(4)
    plan = drafted(store.service, halves("A", 0, 1))
    mark = present(store).text
    with store.owner.begin() as owner:
        logged(owner, plan, ROWS // 2)
    with store.owner.begin() as owner:
        logged(owner, plan, ROWS // 2, ROWS // 2 + 1)
    now, heard, longest = present(store), list[int](), 0
    while mark != now.text:
        found, after = page(store, mark, now)
        assert len(found) <= PAGE
        kept = found[: chance.randint(1, len(found))] if found and chance.random() < 0.5 else found
        mark = kept[-1].seen.text if kept else after
        heard += revisions(kept)
        longest = max(longest, *(len(one.seen.text) for one in found), len(mark))
        if chance.random() < 0.3:  # what happens meanwhile comes in its turn
            with store.owner.begin() as other:
                other.execute(text("SELECT pg_current_xact_id()"))
            now = present(store)
    assert heard == [*range(1, ROWS + 1)]
    assert longest < 100


def test_who_ended_late_is_told_in_the_midst_of_pages(store: Store, full: bool) -> None:
    """Transactions are open across the pages of a round, end in any order, and each page is asked for by a mark."""
    chance = random.Random(5)
    ids = [drafted(store.service, halves(f"A{n}", 3 * n, 1)) for n in range(5)]
    mark, heard, done = present(store).text, list[object](), list[object]()
    running = dict[UUID, tuple[object, int]]()
    revision = dict.fromkeys(ids, 1)
    for n in range(600 if full else 120):
        move, plan = chance.random(), chance.choice(ids)
        if move < 0.3 and plan not in running:
            work = session(store.service)
            plans.change(work, plans.locked(work, plan, None), "ann", title=f"{n}")
            running[plan] = work, revision[plan] + 1
        elif move < 0.5 and plan in running:
            work, revision[plan] = running.pop(plan)
            work.commit()
            work.close()
            done.append((plan, revision[plan]))
        else:
            found, after = page(store, mark, present(store), most=2)
            kept = found[: chance.randint(1, 2)]
            mark = kept[-1].seen.text if kept else after
            heard += [(one.what.plan, one.what.revision) for one in kept]
    for plan, (work, number) in running.items():
        work.commit()
        work.close()
        done.append((plan, number))
    now = present(store)
    while mark != now.text:
        found, mark = page(store, mark, now, most=2)
        heard += [(one.what.plan, one.what.revision) for one in found]
    assert sorted(map(repr, heard)) == sorted(map(repr, done))
    for plan in ids:
        assert [one for one in heard if one[0] == plan] == [one for one in done if one[0] == plan]


def test_more_publications_than_a_page_are_all_told(store: Store) -> None:
    start = present(store).text
    with store.owner.begin() as owner:
        owner.execute(
            text(
                """INSERT INTO publication (number, kind, at, actor, reason, regions)
                   SELECT n, 'data', now(), 'ann', '', '{}' FROM generate_series(1, 1200) AS n"""
            )
        )
        owner.execute(text("UPDATE head SET publication = 1200"))
    for plans_too in (True, False):
        mark, numbers, now = start, list[int](), present(store)
        while mark != now.text:
            found, mark = page(store, mark, now, plans=plans_too)
            assert found[-1].seen.text == mark
            numbers += [one.what.number for one in found if isinstance(one.what, Publication)]
        assert numbers == [*range(1, 1201)]


def test_for_strangers_the_log_is_not_read(store: Store) -> None:
    plan = drafted(store.service, halves("A", 0, 1))
    with store.owner.begin() as owner:
        logged(owner, plan, 10)
    now, asked = present(store), list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(store.service, "before_cursor_execute", note)
    assert page(store, "0.3:3:", now, plans=False) == ([], now.text)
    assert asked == []
    assert len(page(store, "0.3:3:", now)[0]) == 11
    assert any("log" in one for one in asked)


@pytest.mark.parametrize("digits", [3, 8, 18])
def test_no_mark_is_longer_than_what_is_read_of_one(digits: int) -> None:
    base = 10 ** (digits - 1)
    running = range(base, base + 300)
    snapshot = Snapshot.of(f"{base}:{base + 300}:{','.join(map(str, running))}")
    assert snapshot.ended == base + MOST_RUNNING
    mark = Seen(10**17, snapshot, snapshot, 10**17)
    assert len(mark.text) <= 3_600 < LONGEST_MARK
    assert Seen.parse(mark.text) == mark
    assert Seen.parse(f"1.1:{base + 300}:{','.join(map(str, running))}") is None


@pytest.mark.parametrize("seed", range(20))
def test_snapshots_grow_however_many_write_at_once(seed: int) -> None:
    """However a mark is cut short, what the next one has is all that the last one had, and none comes twice."""
    chance = random.Random(seed)
    running, ended, over = list[int](), 1_000, set[int]()
    told, last = set[int](), Snapshot(1_000, 1_000, ())
    for _ in range(12):
        begins, ends = chance.randint(0, 150), chance.randint(0, 200)
        running += range(ended, ended + begins)
        ended += begins
        for _ in range(min(ends, len(running))):
            over.add(running.pop(chance.randrange(len(running))))
        snapshot = Snapshot.of(f"{min(running, default=ended)}:{ended}:{','.join(map(str, sorted(running)))}")
        assert snapshot.covers(last)
        fresh = {n for n in over if n >= last.begun and (n >= last.ended or n in last.running)}
        fresh = {n for n in fresh if n < snapshot.ended and n not in snapshot.running}
        assert not fresh & told
        told |= fresh
        last = snapshot
        if len(running) <= MOST_RUNNING:
            assert told == over
