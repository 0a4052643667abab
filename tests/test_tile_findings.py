"""Are the findings that tiles show worked out once, however many ask, and told as they stand now?"""

import asyncio
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from conftest import Store
from district import at, publish, refresh, served, small
from fastapi import FastAPI
from test_live_arrivals import another
from test_tiles_http import square

from api.kept import Kept
from api.pool import Pool, TookTooLong
from api.tile_findings import TileFindings
from geo.model import Rule
from geo.people import SHANGHAI
from geo.plan import Report
from geo.store import acceptances
from geo.store.connect import session
from geo.store.live import Live

SOON_S = 30.0
HERE = square(at(3, 0.5).x, at(3, 0.5).y, 15)
"""Where a grid has too many households."""


class Counted(Pool):
    """A pool that tells how often something was worked out."""

    runs = 0

    def run(self, *arguments: Any, **options: Any) -> Any:
        self.runs += 1
        return super().run(*arguments, **options)


class Slow(Counted):
    """One whose tasks take a minute, and are given a second."""

    def __init__(self) -> None:
        super().__init__(1, 4, 60.0)
        Pool.run(self, abs, 1)  # its process is there

    def run(self, *_: Any, **__: Any) -> Any:
        return super().run(time.sleep, 60, seconds=1.0)


class Held(Counted):
    """One whose tasks begin when they may."""

    def __init__(self) -> None:
        super().__init__(1, 4, 60.0)
        self.may = Event()

    def run(self, *arguments: Any, **options: Any) -> Any:
        assert self.may.wait(SOON_S)
        return super().run(*arguments, **options)


@pytest.fixture
def pool() -> Iterator[Counted]:
    made = Counted(1, 4, 60.0)
    yield made
    made.stop()


@pytest.fixture
def live(store: Store) -> Live:
    publish(store, small())
    made = Live(store.service)
    made.refresh()
    return made


def test_they_are_worked_out_once_a_publication(store: Store, live: Live, pool: Counted) -> None:
    reports: Kept[Report] = Kept(4)
    found = TileFindings(live, reports, SHANGHAI)

    async def all_at_once(count: int) -> list[object]:
        return await asyncio.gather(*(found.of(pool, live.seen.map) for _ in range(count)))

    told = asyncio.run(all_at_once(20))
    assert pool.runs == 1
    assert all(one == told[0] and one for one in told)
    another(store)
    live.refresh()
    asyncio.run(all_at_once(5))
    asyncio.run(all_at_once(5))
    assert pool.runs == 2
    found.stop()


def test_what_is_accepted_meanwhile_is_told(store: Store, live: Live, pool: Counted) -> None:
    found = TileFindings(live, Kept(4), SHANGHAI)
    before = asyncio.run(found.of(pool, live.seen.map))
    high = next(one for one in before if one.rule is Rule.HOUSEHOLDS_HIGH)
    assert high.accepted is None
    with session(store.service) as work, work.begin():
        acceptances.accept(work, high, "it stays", "ann")
    after = asyncio.run(found.of(pool, live.seen.map))
    assert [one.accepted.reason for one in after if one.accepted is not None] == ["it stays"]
    assert len(after) == len(before)
    assert pool.runs == 1
    found.stop()


def test_what_takes_too_long_is_not_tried_by_everybody(live: Live) -> None:
    found, pool = TileFindings(live, Kept(4), SHANGHAI), Slow()
    for _ in range(3):
        with pytest.raises(TookTooLong):
            asyncio.run(found.of(pool, live.seen.map))
    assert pool.runs == 1
    pool.stop()
    found.stop()


def test_too_long_is_told_as_elsewhere(store: Store) -> None:
    publish(store, small())
    with served(store) as client:
        refresh(client)
        assert isinstance(client.app, FastAPI)
        client.app.state.pool = pool = Slow()
        told = client.get(f"/tiles/current/findings/{HERE}")
        pool.stop()
    assert (told.status_code, told.json()["type"]) == (422, "/problems/took-too-long")


def test_nobody_waits_longer_than_for_a_tile_and_the_check_goes_on(store: Store) -> None:
    publish(store, small())
    with served(store, tile_seconds=0.02) as client:
        refresh(client)
        assert isinstance(client.app, FastAPI)
        client.app.state.pool = pool = Held()
        told, until = client.get(f"/tiles/current/findings/{HERE}"), time.monotonic() + SOON_S
        assert (told.status_code, told.json()["type"]) == (503, "/problems/tile-not-ready")
        pool.may.set()
        while (told := client.get(f"/tiles/current/findings/{HERE}")).status_code == 503:
            assert time.monotonic() < until
        assert told.status_code == 200
        assert pool.runs == 1
        pool.stop()
