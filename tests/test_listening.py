"""Does who listens hear all there is, from memory and from the store, and does nobody wait who need not?"""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from conftest import Store
from log_rows import logged, revisions
from publishing import drafted, halves
from sqlalchemy import text

from api import listening
from api.listening import Listener, Listening
from geo.store.connect import service_engine
from geo.store.errors import StoreUnavailable
from geo.store.events import Event

SOON_S = 30.0


@contextmanager
def listened(store: Store) -> Iterator[Listening]:
    own = Listening(store.service, 10)
    own.start()
    try:
        yield own
    finally:
        own.stop()


def worked(store: Store, plan: UUID, count: int, first: int) -> None:
    with store.owner.begin() as owner:
        logged(owner, plan, count, first)
        owner.execute(text("SELECT pg_notify('wangge_event', '')"))


async def heard(own: Listening, one: Listener, count: int, first: list[Event] | None = None) -> list[Event]:
    """The next events, at least so many, as a stream would tell them; it breaks off after the last."""
    found, told = list[Event](), first
    async with asyncio.timeout(SOON_S):
        while True:
            if told is None:
                told = [*await asyncio.to_thread(own.catch_up, one)]
            for event in told:
                one.mark = event.seen
                found.append(event)
                if len(found) == count:
                    return found
            if not told:
                await one.bell.wait()
            one.bell.clear()
            told = own.news(one)


def test_memory_and_store_meet_without_gap_or_double(store: Store) -> None:
    """One comes and goes with a mark while plans are worked on; what memory holds no more the store tells."""
    plan = drafted(store.service, halves("A", 0, 1))

    async def listen(own: Listening) -> list[int]:
        chance, told, mark, first = random.Random(6), list[int](), None, 1
        for _ in range(12):
            with own.place() as one:
                one.plans = True
                found = [*await asyncio.to_thread(own.join, one, mark)]
                assert one.mark is not None
                if mark is None:
                    mark = one.mark.text
                worked(store, plan, count := chance.choice((1, 3, 700, 1_300)), first)
                first += count
                told += revisions(await heard(own, one, chance.randint(1, first - 1 - len(told)), found))
                mark = one.mark.text
        with own.place() as one:
            one.plans = True
            found = [*await asyncio.to_thread(own.join, one, mark)]
            told += revisions(await heard(own, one, first - 1 - len(told), found)) if len(told) < first - 1 else []
        assert told == [*range(1, first)]
        return told

    with listened(store) as own:
        assert len(asyncio.run(listen(own))) > listening.KEPT


def test_what_is_done_to_plans_wakes_planners_alone(store: Store) -> None:
    plan = drafted(store.service, halves("A", 0, 1))

    async def listen(own: Listening) -> None:
        with own.place() as stranger, own.place() as planner:
            planner.plans = True
            for one in (stranger, planner):
                assert own.join(one, None) == []
            worked(store, plan, 3, 1)
            assert revisions(await heard(own, planner, 3)) == [1, 2, 3]
            assert not stranger.bell.is_set()
            assert own.news(stranger) == []

    with listened(store) as own:
        asyncio.run(listen(own))


def test_a_mark_that_another_service_gave_before_we_heard_of_it(store: Store) -> None:
    """It waits until we have heard as much, and goes on from there."""
    plan = drafted(store.service, halves("A", 0, 1))

    async def listen(late: Listening, early: Listening) -> None:
        with early.place() as one, late.place() as other:
            one.plans = other.plans = True
            early.join(one, None)
            with store.owner.begin() as owner:  # without a notice
                logged(owner, plan, 2)
            early._notices.wake()
            assert revisions(await heard(early, one, 2)) == [1, 2]
            assert one.mark is not None
            assert late.join(other, one.mark.text) == []
            worked(store, plan, 2, 3)
            assert revisions(await heard(late, other, 2)) == [3, 4]

    with listened(store) as late, listened(store) as early:
        asyncio.run(listen(late, early))


def test_nobody_waits_for_a_store_that_was_never_heard() -> None:
    own = Listening(service_engine("postgresql://nobody@127.0.0.1:1/none"), 3)
    own.start()
    try:
        asyncio.run(_refused_at_once(own.place, own))
    finally:
        own.stop()


async def _refused_at_once(place: Callable[[], object], own: Listening) -> None:
    with place() as one:  # type: ignore[attr-defined]
        began = time.monotonic()
        for mark in (None, "1.3:3:", "x"):
            with pytest.raises(StoreUnavailable):
                own.join(one, mark)
        assert time.monotonic() - began < 1
