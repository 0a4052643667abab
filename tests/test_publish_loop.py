"""While the map is published in a loop, is any answer mixed, and is any older than two seconds?

Publication n names every grid `n`, and its parity decides which grid owns the ground in the middle (`test_reading`): an
answer that mixes two publications contradicts itself.
"""

import time
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from urllib.parse import quote

import pytest
from conftest import Store
from proofs import Proof
from publishing import drafted, faults
from serving import Client, Service, served
from test_reading import COMMUNITIES, good, middle, owner, read_owner, state, stop_at_the_first_error

from geo.store import door

LATE_S = 2.0
"""An answer to a question asked this long after a publication was acknowledged shows it, or a newer one."""
POINTS = 30
"""In one batch."""


@dataclass
class Line:
    """The publications acknowledged: when (monotonic seconds), and their instants by number."""

    at: list[float] = field(default_factory=list)
    instants: list[str] = field(default_factory=list)

    def publish(self, store: Store) -> None:
        number = len(self.at) + 1
        plan = drafted(store.service, state(number))
        done = door.publish(store.service, door.Request(plan=plan, actor="planner"))
        assert done.number == number
        self.instants.append(done.at.isoformat())
        self.at.append(time.monotonic())

    def due(self, asked: float) -> int:
        """The publication that an answer to a question of that moment must show at least."""
        return bisect_right(self.at, asked - LATE_S)


@dataclass
class Heard:
    """What a kind of reader was told, and how late it learnt of a publication at worst."""

    answers: int = 0
    latest_s: float = 0.0


@pytest.mark.parametrize("workers", [1, 2])
def test_no_answer_is_mixed_or_old_while_the_map_is_published(
    store: Store, full: bool, proof: Proof, tmp_path: Path, workers: int
) -> None:
    if workers > 1 and not full:
        pytest.skip("several processes: with --full")
    length_s, line = 60.0 if full else 3.0, Line()
    line.publish(store)
    environment = {
        "DATABASE_URL": store.service_url,
        "WANGGE_OWNER_URL": store.owner_url,
        "WANGGE_DATA": str(tmp_path / "data"),
        "WANGGE_WORKERS": str(workers),
    }
    with served(tmp_path / "log", environment) as service:
        heard = read_while_published(service, store, line, length_s)
    assert faults(store.owner) == {}
    assert all(one.answers for one in heard.values())
    told = ", ".join(f"{one.answers} {kind}" for kind, one in heard.items())
    latest = max(one.latest_s for one in heard.values())
    proof(
        f"publishing in a loop for {length_s:.0f} s while four kinds of readers ask {workers} worker(s)",
        len(line.at),
        f"no mixed answer in {told}; a publication shown {latest:.2f} s after it was acknowledged at the latest",
    )


def read_while_published(service: Service, store: Store, line: Line, length_s: float) -> dict[str, Heard]:
    heard = {kind: Heard() for kind in READERS}
    over, until = Event(), time.monotonic() + length_s
    with service.clients(len(READERS)) as clients, ThreadPoolExecutor() as threads:
        asking = [
            threads.submit(ask_until, over, partial(read, client, line), line, heard[kind])
            for client, (kind, read) in zip(clients, READERS.items(), strict=True)
        ]
        publishing: Future[int] = threads.submit(publish_until, over, until, store, line)
        stop_at_the_first_error(over, [publishing, *asking])
    return heard


def publish_until(over: Event, until: float, store: Store, line: Line) -> int:
    while not over.is_set() and time.monotonic() < until:
        line.publish(store)
    over.set()
    return len(line.at)


def ask_until(over: Event, read: Callable[[int], int | None], line: Line, heard: Heard) -> int:
    """Read again and again; each answer is as new as it must be. A reader of the past gives None."""
    while not over.is_set() or heard.answers == 0:
        asked = time.monotonic()
        number = read(heard.answers)
        heard.answers += 1
        if number is not None:
            assert number >= line.due(asked), f"{number} is older than {LATE_S} s"
            if number < len(line.at):
                heard.latest_s = max(heard.latest_s, asked - line.at[number])
    return heard.answers


def read_briefly(client: Client, line: Line, n: int) -> int:
    code = "ABC"[n % 3]
    lon, lat = middle(code)
    reply = good(client.ask(f"/v1/owner?lon={lon}&lat={lat}&datum=wgs84&fields=owner"))
    number = int(reply.told["publication"])
    assert reply.told["owner"], reply.told
    assert reply.told["owner"]["code"] == owner(code, number)
    assert int(reply.headers["x-publication"]) == number
    return number


def read_whole(client: Client, line: Line, n: int) -> int:
    return read_owner(client, n)


def read_batch(client: Client, line: Line, n: int) -> int:
    """One state for all points of a batch."""
    asked = ["ABC"[(n + place) % 3] for place in range(POINTS)]
    points = [dict(zip(("lon", "lat"), middle(code), strict=True)) for code in asked]
    reply = good(client.ask("/v1/owner/batch", "POST", {"datum": "wgs84", "points": points}))
    number = int(reply.told["publication"])
    assert [one["owner"] for one in reply.told["results"]] == [owner(code, number) for code in asked]
    return number


def read_past(client: Client, line: Line, n: int) -> None:
    """What the map was at the instant of one of the last publications that must be known, or of any before."""
    known = max(1, line.due(time.monotonic()))
    number = max(1, known - n % 3) if n % 5 else 1 + n * 7 % known
    code = list(COMMUNITIES)[n % 3]
    lon, lat = middle(code)
    instant = quote(line.instants[number - 1])
    told = good(client.ask(f"/v1/owner?lon={lon}&lat={lat}&datum=wgs84&as_of={instant}")).told
    assert (told["publication"], told["owner"]["code"]) == (number, owner(code, number))
    assert told["owner"]["name"] == str(number)


READERS: dict[str, Callable[[Client, Line, int], int | None]] = {
    "brief answers": read_briefly,
    "full answers": read_whole,
    f"batches of {POINTS}": read_batch,
    "answers of the past": read_past,
}
