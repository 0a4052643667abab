"""Do scheduled plans come into force though one of them fails in a way that nobody thought of?"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from conftest import Store
from divisions import together
from publishing import drafted, halves, head, publish
from sqlalchemy import text

from api.schedule import Schedule
from geo.store import door, drafts, plan_log, schedule
from geo.store.connect import session
from geo.store.door import Published
from geo.store.schedule import Failed, Stuck

NOW = datetime(2030, 1, 1, tzinfo=UTC)
MONDAY = datetime(2030, 1, 7, tzinfo=UTC)
SOON_S = 30.0


def waiting(store: Store, code: str, column: float, at: datetime = MONDAY) -> UUID:
    """A plan that waits."""
    plan = drafted(store.service, halves(code, column, 1))
    schedule.publish(store.service, door.Request(plan=plan, actor="ann", reason="why", at=at), NOW)
    return plan


def state(store: Store, plan: UUID) -> str:
    with session(store.service) as work:
        return drafts.find(work, plan).state


def entry(store: Store, plan: UUID) -> plan_log.Entry:
    """What the log tells last of a plan."""
    with session(store.service) as work:
        return plan_log.listed(work, plan, limit=1)[0]


def broken(store: Store, plan: UUID) -> None:
    """From now on the database fails at this plan with an error that no door knows."""
    with store.owner.begin() as owner:
        owner.execute(
            text(
                f"""CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                      IF NEW.id = '{plan}' AND NEW.state = 'published' THEN
                        RAISE EXCEPTION USING ERRCODE = 'XX999', MESSAGE = 'no door knows this';
                      END IF;
                      RETURN NEW;
                    END $$"""
            )
        )
        owner.execute(text("CREATE TRIGGER fails BEFORE UPDATE ON plan FOR EACH ROW EXECUTE FUNCTION fail()"))


def mended(store: Store) -> None:
    with store.owner.begin() as owner:
        owner.execute(text("DROP TRIGGER fails ON plan"))


@contextmanager
def following(store: Store, clock: "Clock") -> Iterator[Schedule]:
    own = Schedule(store.service, clock)
    own.start()
    try:
        yield own
    finally:
        own.stop()


class Clock:
    """Stands at an instant; is out of order `faults` times."""

    def __init__(self, now: datetime, faults: int = 0) -> None:
        self.now, self.faults = now, faults

    def __call__(self) -> datetime:
        if self.faults:
            self.faults -= 1
            raise ValueError("the clock is out of order")
        return self.now


def soon_published(store: Store, plan: UUID) -> bool:
    pause, tries = threading.Event(), int(SOON_S / 0.05)
    return any(state(store, plan) == "published" or pause.wait(0.05) for _ in range(tries))


def test_one_that_fails_unforeseen_holds_up_nobody(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    bad, good = waiting(store, "A", 0), waiting(store, "B", 3, MONDAY + timedelta(seconds=1))
    broken(store, bad)
    with caplog.at_level(logging.ERROR, logger="geo.store.schedule"):
        stuck, done = schedule.publish_due(store.service, MONDAY + timedelta(hours=1))
    assert isinstance(stuck, Stuck)
    assert (stuck.plan, state(store, bad)) == (bad, "scheduled")
    assert isinstance(done, Published)
    assert state(store, good) == "published"
    (said,) = caplog.records
    assert str(bad) in said.getMessage()
    assert said.exc_info is not None
    assert schedule.publish_due(store.service, MONDAY + timedelta(hours=1), resting=[bad]) == []
    mended(store)
    (late,) = schedule.publish_due(store.service, MONDAY + timedelta(hours=1))
    assert isinstance(late, Published)
    assert (state(store, bad), head(store.service)) == ("published", 2)


def test_what_staging_cannot_read_holds_up_nobody(store: Store) -> None:
    """Not only what the database says may be unforeseen."""
    bad, good = waiting(store, "A", 0), waiting(store, "B", 3)
    with store.owner.begin() as owner:
        owner.execute(text("ALTER TABLE plan_item DISABLE TRIGGER USER"))
        owner.execute(text("UPDATE plan_item SET attributes = '{}' WHERE plan = :plan"), {"plan": bad})
    done = schedule.publish_due(store.service, MONDAY)
    (stuck,) = (one for one in done if isinstance(one, Stuck))
    assert (stuck.plan, type(stuck.error)) == (bad, KeyError)
    assert (state(store, bad), state(store, good)) == ("scheduled", "published")


def test_the_thread_goes_on_and_tries_again(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    bad, good = waiting(store, "A", 0), waiting(store, "B", 3)
    broken(store, bad)
    with following(store, Clock(MONDAY, faults=2)) as own:
        assert soon_published(store, good)
        assert state(store, bad) == "scheduled"
        mended(store)
        own.wake()
        assert soon_published(store, bad)
    said = [one for one in caplog.records if one.exc_info is not None]
    assert any("the clock is out of order" in str(one.exc_info[1]) for one in said if one.exc_info)


def test_the_log_tells_why_a_plan_could_not_come_into_force(store: Store) -> None:
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 3, 1)])))
    plan = waiting(store, "A", 0)
    with store.owner.begin() as owner:
        owner.execute(text("ALTER TABLE plan_region DISABLE TRIGGER USER"))
        owner.execute(text("UPDATE plan_region SET base = 77 WHERE plan = :plan"), {"plan": plan})
    with following(store, Clock(MONDAY)):
        pause = threading.Event()
        tries = iter(range(int(SOON_S / 0.05)))
        while state(store, plan) == "scheduled" and next(tries, None) is not None:
            pause.wait(0.05)
    told = entry(store, plan)
    assert (told.actor, told.action, told.reason) == ("schedule", "schedule-failed", "stale-base")
    assert told.details == {
        "at": MONDAY.isoformat(),
        "problem": "stale-base",
        "codes": ["A"],
        "revision": 3,
        "state": "draft",
    }


def test_a_refusal_has_a_name_without_a_service(store: Store) -> None:
    plan = waiting(store, "A", 0)
    with store.owner.begin() as owner:
        owner.execute(text("ALTER TABLE plan_region DISABLE TRIGGER USER"))
        owner.execute(text("UPDATE plan_region SET base = 77 WHERE plan = :plan"), {"plan": plan})
    (failed,) = schedule.publish_due(store.service, MONDAY)
    assert isinstance(failed, Failed)
    assert entry(store, plan).reason == "StaleBase"
