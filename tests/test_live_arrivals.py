"""Is a publication told only by who has it, and does who has it not yet wait for it instead of denying it?"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from conftest import Store
from district import publish, refresh, small
from fastapi.testclient import TestClient
from publishing import drafted, halves
from publishing import publish as publish_plan
from sqlalchemy import event
from test_listening import SOON_S, heard

from api import arrival
from api.app import create_app
from api.listening import Listening
from api.settings import Settings
from geo.model import Facility, Plan
from geo.store.connect import service_engine
from geo.store.errors import StoreUnavailable
from geo.store.events import PlanEvent
from geo.store.live import Live
from geo.store.publications import Publication

TILES = ["/tiles/{n}/map/13/6464/3361", "/tiles/{n}/tilejson.json", "/tiles/{n}/inner-grids/13/6464/3361"]


def another(store: Store) -> int:
    return publish(store, Plan(facilities=(Facility(id="f1", category="school", shape=small().facilities[0].shape),)))


def test_a_publication_is_told_once_its_map_is_there(store: Store) -> None:
    """What is done to plans is told meanwhile."""
    live = Live(store.service)
    live.refresh()
    own = Listening(store.service, 10, live)

    async def listen() -> None:
        with own.place() as one:
            one.plans = True
            assert own.join(one, None) == []
            await asyncio.to_thread(publish_plan, store.service, drafted(store.service, halves("A", 0, 1)))
            assert [isinstance(told.what, PlanEvent) for told in await heard(own, one, 2)] == [True, True]
            drafted(store.service, halves("B", 3, 1))
            assert isinstance((await heard(own, one, 1))[0].what, PlanEvent)
            await asyncio.to_thread(live.refresh)
            told = (await heard(own, one, 1))[0]
            assert isinstance(told.what, Publication)
            assert told.what.number == live.seen.map.publication == 1

    own.start()
    try:
        asyncio.run(listen())
    finally:
        own.stop()
    publish_plan(store.service, drafted(store.service, halves("C", 6, 1)))
    live.refresh()  # nobody who is gone is woken


@contextmanager
def deaf(store: Store) -> Iterator[TestClient]:
    """A client of an app that hears of publications when it is told to `refresh`."""
    app = create_app(Settings(), store.service)
    client = TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 40000))
    refresh(client)
    try:
        yield client
    finally:
        app.state.tiles.stop()
        client.close()


@contextmanager
def questions(store: Store) -> Iterator[Event]:
    """Set when a connection to the store was given back: something was asked."""
    asked = Event()

    def back(*_: object) -> None:
        asked.set()

    event.listen(store.service, "checkin", back)
    try:
        yield asked
    finally:
        event.remove(store.service, "checkin", back)


@pytest.mark.parametrize("path", TILES)
def test_a_number_that_another_process_told_is_waited_for(store: Store, path: str) -> None:
    publish(store, small())
    with deaf(store) as client, ThreadPoolExecutor(1) as pool:
        number = another(store)
        with questions(store) as asked:
            coming = pool.submit(client.get, path.format(n=number))
            assert asked.wait(SOON_S)
            refresh(client)
        answer = coming.result(SOON_S)
        assert (answer.status_code, answer.headers["X-Publication"]) == (200, str(number))
        denied = client.get(path.format(n=number + 1))
        assert (denied.status_code, denied.json()["type"]) == (404, "/problems/unknown-publication")


def test_a_map_that_does_not_come_is_no_publication_denied(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(store, small())
    monkeypatch.setattr(arrival, "ARRIVAL_S", 0.05)
    with deaf(store) as client:
        late = client.get(TILES[0].format(n=another(store)))
        assert (late.status_code, late.json()["type"]) == (503, "/problems/store-unavailable")
        assert client.get(TILES[0].format(n=1)).status_code == 200


def test_who_waits_in_a_thread(store: Store) -> None:
    publish(store, small())
    live = Live(store.service)
    live.refresh()
    another(store)
    assert live.map_at(3) is None
    with ThreadPoolExecutor(1) as pool, questions(store) as asked:
        coming = pool.submit(live.map_at, 2)
        assert asked.wait(SOON_S)
        live.refresh()
        found = coming.result(SOON_S)
    assert found is live.seen.map
    ended = live.arrivals.expected(2)
    assert ended is not None
    assert ended.done()


def test_while_the_database_is_away_nothing_is_asked_of_it() -> None:
    live = Live(service_engine("postgresql://nobody@127.0.0.1:1/none"))
    assert live.coming(5) is None
    assert live.map_at(5) is None
    with pytest.raises(StoreUnavailable):
        live.arrivals.expected(5)
