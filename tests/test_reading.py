"""While the map is published over and over, does every answer tell of one publication, and is there always one?

Publication n names every region, grid and building `n`, and its parity decides which grid owns the ground and the
buildings in the middle: an answer that mixes two publications contradicts itself.
"""

import math
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import mapbox_vector_tile
import pytest
from conftest import Store
from divisions import ORIGIN, STEP, cell, together
from proofs import Proof
from publishing import at_once, drafted, faults, halves
from serving import Client, Reply, served

from geo.model import Building, Plan
from geo.store import door
from geo.store.connect import service_engine, session
from geo.store.live import PAST_MAPS, Live
from geo.store.owner import covering

COMMUNITIES = {"A": 0, "B": 2, "C": 4}
BEFORE = 60
"""Households that never move, in the west of each community; those of the middle are 300."""


def test_no_answer_mixes_two_publications(store: Store, full: bool, proof: Proof, tmp_path: Path) -> None:
    count = 300 if full else 8
    environment = {"DATABASE_URL": store.service_url, "WANGGE_OWNER_URL": store.owner_url}
    publish(store, 1)
    with served(tmp_path / "log", environment) as service, service.clients(4) as clients:
        readers = [partial(read, client) for client, read in zip(clients, READERS, strict=True)]
        over, asked = Event(), [0] * (len(readers) + 1)
        with ThreadPoolExecutor() as threads:
            reading = [threads.submit(until, over, reader) for reader in readers]
            reading.append(threads.submit(from_the_store, over, store))
            writing = threads.submit(publish_all, store, range(2, count + 1), over)
            stop_at_the_first_error(over, [writing, *reading])
            asked = [future.result() for future in reading]
    assert all(asked)
    assert faults(store.owner) == {}
    told = ", ".join(f"{n} {name}" for n, name in zip(asked, (*NAMES, "lookups in SQL"), strict=True))
    proof("publishes under reading", count, f"no mixed answer and none missing in {told}")


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as they can, so that what is not safe for several shows."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless")
def test_past_states_asked_for_by_many_at_once(store: Store, full: bool) -> None:
    """Readers in the middle of lists ask for more past states than are kept."""
    last = 2 * PAST_MAPS
    for number in range(1, last + 1):
        publish(store, number)
    live = Live(store.service)
    live.refresh()

    def ask(first: int) -> None:
        for n in range(60 if full else 5):
            number = 1 + (first + n) % last
            found = live.map_at(number)
            assert found is not None
            assert {holding.name for holding in found.holdings} == {str(found.publication)} == {str(number)}

    at_once([partial(ask, first) for first in range(last)])


def stop_at_the_first_error(over: Event, running: list[Future[int]]) -> None:
    try:
        for future in as_completed(running):
            future.result()
    finally:
        over.set()


def publish_all(store: Store, numbers: range, over: Event) -> int:
    for number in numbers:
        if not over.is_set():
            publish(store, number)
    over.set()
    return len(numbers)


def publish(store: Store, number: int) -> None:
    plan = drafted(store.service, state(number))
    assert door.publish(store.service, door.Request(plan=plan, actor="planner")).number == number


def state(number: int) -> Plan:
    """The whole map as publication `number` shows it."""
    name = str(number)
    cut = 1.2 if is_west(number) else 0.8
    plans = [halves(code, column, cut, name) for code, column in COMMUNITIES.items()]
    houses = [house(code, column + 0.95, 300, name) for code, column in COMMUNITIES.items()]
    houses += [house(f"{code}-west", column + 0.2, BEFORE, name) for code, column in COMMUNITIES.items()]
    return replace(together(plans), buildings=tuple(houses))


def house(code: str, column: float, households: int, name: str) -> Building:
    return Building(id=code, name=name, households=households, shape=cell(column, 1, 0.1, 0.1))


def is_west(number: int) -> bool:
    """Whether the western grids own the middle."""
    return number % 2 == 0


def owner(code: str, number: int) -> str:
    return f"{code}01" if is_west(number) else f"{code}02"


def until(over: Event, read: Callable[[int], int]) -> int:
    """Read again and again until the publishing is over; no answer is older than the one before."""
    rounds, seen = 0, 0
    while not over.is_set() or rounds == 0:
        now = read(rounds)
        assert now >= seen
        rounds, seen = rounds + 1, now
    return rounds


def from_the_store(over: Event, store: Store) -> int:
    """Owner lookups in SQL, one statement each."""
    engine = service_engine(store.service_url)

    def read(n: int) -> int:
        code = "ABC"[n % 3]
        with session(engine) as work:
            (found,) = covering(work, *middle(code))
        assert found.code == owner(code, found.publication)
        return found.publication

    rounds = until(over, read)
    engine.dispose()
    return rounds


def read_owner(client: Client, n: int) -> int:
    code = "ABC"[n % 3]
    lon, lat = middle(code)
    reply = good(client.ask(f"/v1/owner?lon={lon}&lat={lat}&datum=wgs84"))
    told = reply.told
    number = told["publication"]
    assert number == int(reply.headers["x-publication"])
    assert (told["owner"]["code"], told["owner"]["name"]) == (owner(code, number), str(number))
    assert told["owner"]["households"] == (300 + BEFORE if is_west(number) else 300)
    assert [above["name"] for above in told["chain"]] == [str(number)]
    assert told["stale"] is False
    return int(number)


def read_grids(client: Client, n: int) -> int:
    """The grids and the regions, page by page: all pages show the state of the first."""
    for path in ("/v1/grids?limit=1", "/v1/regions?limit=2"):
        number, features = listed(client, path)
        assert {feature["properties"]["name"] for feature in features} == {str(number)}
        codes = [feature["properties"]["code"] for feature in features]
        both = [f"{code}0{n}" for code in COMMUNITIES for n in (1, 2)]
        assert codes == (both if "grids" in path else list(COMMUNITIES))
        if "grids" in path:
            sums = [feature["properties"]["households"] for feature in features]
            assert sums == ([300 + BEFORE, None] if is_west(number) else [BEFORE, 300]) * 3
    return number


def read_buildings(client: Client, n: int) -> int:
    number, features = listed(client, "/v1/buildings?limit=2")
    told = {f["properties"]["id"]: (f["properties"]["name"], f["properties"]["owner"]) for f in features}
    middle_ones = {code: (str(number), owner(code, number)) for code in COMMUNITIES}
    assert told == middle_ones | {f"{code}-west": (str(number), f"{code}01") for code in COMMUNITIES}
    return number


def read_tiles(client: Client, n: int) -> int:
    """The tile that shows all; under the current state, and under the number the TileJSON names."""
    x, y = square(14, *middle("B"))
    reply = good(client.ask(f"/tiles/current/grids/14/{x}/{y}"))
    number = checked(reply)
    addressed = good(client.ask("/tiles/current/tilejson.json")).told
    path = urlsplit(addressed["tiles"][0]).path.format(z=14, x=x, y=y)
    assert checked(good(client.ask(path))) == addressed["publication"] >= number
    return int(addressed["publication"])


NAMES = ("owner lookups", "rounds of grids and regions", "rounds of buildings", "pairs of tiles")
READERS: tuple[Callable[[Client, int], int], ...] = (read_owner, read_grids, read_buildings, read_tiles)


def checked(reply: Reply) -> int:
    """The publication of a tile, and nothing but that in it."""
    number = int(reply.headers["x-publication"])
    shown = [feature["properties"] for feature in mapbox_vector_tile.decode(reply.body)["grids"]["features"]]
    assert {grid["name"] for grid in shown} == {str(number)}
    sums = {grid["code"]: grid.get("households") for grid in shown if grid["code"].startswith("B")}
    assert sums == ({"B01": "300-399", "B02": None} if is_west(number) else {"B01": "1-99", "B02": "300-399"})
    return number


def listed(client: Client, path: str) -> tuple[int, list[dict[str, dict[str, object]]]]:
    """All features of a list, by its links; and the one publication that all its pages name."""
    features, numbers = [], set()
    for reply in pages(client, path):
        features += reply.told["features"]
        numbers |= {reply.told["publication"], int(reply.headers["x-publication"])}
    (number,) = numbers
    return number, features


def pages(client: Client, path: str | None) -> Iterator[Reply]:
    while path is not None:
        reply = good(client.ask(path))
        yield reply
        links = {link["rel"]: urlsplit(link["href"]) for link in reply.told["links"]}
        path = f"{links['next'].path}?{links['next'].query}" if "next" in links else None


def good(reply: Reply) -> Reply:
    assert reply.status == 200, reply
    return reply


def middle(code: str) -> tuple[float, float]:
    """Ground that changes hands with every publication, far from any border."""
    return ORIGIN[0] + (COMMUNITIES[code] + 1) * STEP, ORIGIN[1] + 0.5 * STEP


def square(zoom: int, lon: float, lat: float) -> tuple[int, int]:
    """Column and row of the Web Mercator square around a point."""
    y = math.asinh(math.tan(math.radians(lat)))
    return int((lon + 180) / 360 * 2**zoom), int((1 - y / math.pi) / 2 * 2**zoom)
