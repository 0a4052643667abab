"""The database is killed while many ask in every way: does any lookup fail, what are writers told, and how soon is all
as before? And the file that a service starts from while the database is away: what if it is damaged?"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from conftest import migrated
from divisions import ORIGIN, STEP
from joining import kill_all
from proofs import Proof
from publishing import drafted, file_of, halves, opened
from serving import Client, Reply, Service, served
from sqlalchemy import Engine
from test_outage import reached

from geo.store import door, embedded, live, snapshot

STALE_S = 3.0
"""The small counts do not wait as long as a real service does before it calls its answers stale."""
BACK_S = 5.0
"""Within this time of the database's return, answers are fresh and plans are taken again."""
WARM_S = 30.0
"""The first plan waits for the processes that reckon with it, the first search until all can be found."""
PLACE = f"lon={ORIGIN[0] + STEP}&lat={ORIGIN[1] + 0.5 * STEP}&datum=wgs84"
POINT = {"lon": ORIGIN[0] + STEP, "lat": ORIGIN[1] + 0.5 * STEP}


@dataclass
class Told:
    """What one caller heard: when, and the answer."""

    replies: list[tuple[float, Reply]] = field(default_factory=list)

    @property
    def last(self) -> Any:
        return self.replies[-1][1].told


@dataclass
class Mortal:
    """A database that can be killed, with two publications in it, and how a service reaches it."""

    cluster: embedded.Cluster
    engine: Engine
    instant: str
    environment: dict[str, str]
    log: Path

    def kill(self) -> None:
        kill_all(self.cluster.place.cluster)

    @contextmanager
    def service(self, stale_s: float) -> Iterator[Service]:
        before = f"from geo.store import live; live.STALE_S = {stale_s}"
        with served(self.log, self.environment, before) as service:
            yield service


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    folder = tmp_path_factory.mktemp("mortal")
    with migrated(folder / "data") as cluster, opened(cluster) as (_, engine):
        instants = [published(engine, cut) for cut in (1.3, 0.7)]
        environment = {
            "DATABASE_URL": cluster.service_url,
            "WANGGE_OWNER_URL": cluster.owner_url,
            "WANGGE_DATA": str(folder / "service"),
        }
        yield Mortal(cluster, engine, instants[0], environment, folder / "log")
        cluster.ensure_running()


def published(engine: Engine, cut: float) -> str:
    plan = drafted(engine, halves("A", 0, cut, "长阶"))
    return door.publish(engine, door.Request(plan=plan, actor="planner")).at.isoformat()


def brief(client: Client, mortal: Mortal) -> Reply:
    return owned(client.ask(f"/v1/owner?{PLACE}&fields=owner"), "A02")


def whole(client: Client, mortal: Mortal) -> Reply:
    return owned(client.ask(f"/v1/owner?{PLACE}&accuracy_m=20"), "A02")


def past(client: Client, mortal: Mortal) -> Reply:
    return owned(client.ask(f"/v1/owner?{PLACE}&as_of={quote(mortal.instant)}"), "A01")


def owned(reply: Reply, code: str) -> Reply:
    assert (reply.status, reply.told["owner"]["code"]) == (200, code), reply
    return reply


def batch(client: Client, mortal: Mortal) -> Reply:
    reply = client.ask("/v1/owner/batch", "POST", {"datum": "wgs84", "points": [POINT] * 5})
    assert (reply.status, [one["owner"] for one in reply.told["results"]]) == (200, ["A02"] * 5), reply
    return reply


def search(client: Client, mortal: Mortal) -> Reply:
    reply = client.ask(f"/v1/search?q={quote('长阶')}")
    assert (reply.status, {one["code"] for one in reply.told["results"]}) == (200, {"A", "A01", "A02"}), reply
    return reply


LOOKUPS: dict[str, Callable[[Client, Mortal], Reply]] = {
    "brief answers": brief, "full answers": whole, "answers of the past": past, "batches": batch, "searches": search,
}  # fmt: skip


def write(client: Client, mortal: Mortal) -> Reply:
    """A plan to keep as a draft."""
    told = client.ask("/v1/plans", "POST", file_of(halves("B", 4, 1.0)), {"Idempotency-Key": str(uuid4())})
    assert told.status == 201 or (told.status == 503 and int(told.headers["retry-after"]) > 0), told
    return told


def keep_asking(ask: Callable[[], Reply], told: Told, over: Event) -> int:
    while not over.is_set():
        reply = ask()
        told.replies.append((time.monotonic(), reply))
    return len(told.replies)


def test_no_lookup_fails_while_the_database_is_killed(mortal: Mortal, full: bool, proof: Proof) -> None:
    length_s, stale_s = (30.0, live.STALE_S) if full else (4.0, STALE_S)
    asks = {**LOOKUPS, "plans": write}
    heard, over = {kind: Told() for kind in asks}, Event()
    with mortal.service(stale_s) as service, service.clients(len(asks)) as clients, ThreadPoolExecutor() as threads:
        reached(lambda: service.ask("/v1/search?q=A01").status == 200, [], WARM_S)
        callers = [
            threads.submit(keep_asking, partial(ask, client, mortal), heard[kind], over)
            for client, (kind, ask) in zip(clients, asks.items(), strict=True)
        ]
        try:
            gone, back, fresh = sequence(mortal, heard, length_s, callers)
        finally:
            over.set()
            mortal.cluster.ensure_running()
        for caller in callers:
            caller.result()
    refused = written(heard.pop("plans"), gone, back, fresh)
    for told in heard.values():
        stale_in_time(told, gone, back, fresh, stale_s)
    counts = ", ".join(f"{len(told.replies)} {kind}" for kind, told in heard.items())
    proof(
        f"the database killed for {length_s:.0f} s under load: lookups",
        sum(len(told.replies) for told in heard.values()),
        f"none failed in {counts}; {refused} plans refused with 503; all as before {fresh - back:.1f} s after",
    )


def sequence(
    mortal: Mortal, heard: dict[str, Told], length_s: float, callers: list[Future[int]]
) -> tuple[float, float, float]:
    """Instants: the database killed, back, and every answer fresh and a plan kept."""
    reached(lambda: all(len(told.replies) > 1 for told in heard.values()), callers, WARM_S)
    gone = time.monotonic()
    mortal.kill()
    reached(lambda: time.monotonic() - gone > length_s, callers, length_s)
    mortal.cluster.ensure_running()
    back = time.monotonic()
    lookups = [told for kind, told in heard.items() if kind != "plans"]
    reached(lambda: not any(told.last.get("stale") for told in lookups), callers, BACK_S)
    reached(lambda: heard["plans"].replies[-1][1].status == 201, callers, BACK_S - (time.monotonic() - back))
    return gone, back, time.monotonic()


def written(told: Told, gone: float, back: float, fresh: float) -> int:
    """Plans are taken while the database is there, and refused with a time to come again while it is not."""
    assert all(reply.status == 201 for at, reply in told.replies if at < gone)
    meanwhile = [reply.status for at, reply in told.replies if gone + 1 < at < back - 0.5]
    assert meanwhile
    assert set(meanwhile) == {503}
    assert fresh - back <= BACK_S
    return sum(reply.status == 503 for _, reply in told.replies)


def stale_in_time(told: Told, gone: float, back: float, fresh: float, stale_s: float) -> None:
    """Answers say that they are stale, and how old they are, from soon after the kill until soon after the return."""
    ages = [(at, reply.told["stale"], reply.told["age_s"]) for at, reply in told.replies if "age_s" in reply.told]
    for at, stale, age_s in ages:
        assert stale == (age_s > stale_s) or abs(age_s - stale_s) <= 0.051
        if at < gone or at > fresh:
            assert not stale
    assert not ages or any(stale for at, stale, _ in ages if at < back)
    longest = max(later[0] - earlier[0] for earlier, later in zip(told.replies, told.replies[1:], strict=False))
    assert longest < 2, "a lookup waited for the database"


@pytest.fixture(scope="module")
def snapshots(mortal: Mortal) -> dict[Path, bytes]:
    """The files of a service that has run until all could be looked up, and was stopped."""
    folder = Path(mortal.environment["WANGGE_DATA"])
    with mortal.service(live.STALE_S) as service:
        assert service.ask(f"/v1/owner?{PLACE}").status == 200
        reached(lambda: any(folder.rglob("*.snapshot")) and service.ask("/v1/search?q=A01").status == 200, [])
    return {path: path.read_bytes() for path in folder.rglob("*.snapshot")}


@pytest.mark.usefixtures("snapshots")
def test_a_service_starts_while_the_database_is_away(mortal: Mortal) -> None:
    """From the file of the map; it says that it cannot be sure, until the database is back."""
    mortal.kill()
    try:
        with mortal.service(live.STALE_S) as service:
            told = owned(service.ask(f"/v1/owner?{PLACE}"), "A02").told
            assert (told["publication"], told["owner"]["name"], told["stale"]) == (2, "长阶", True)
            assert told["age_s"] > 0
            with service.clients(1) as (client,):
                assert {batch(client, mortal).status, search(client, mortal).status} == {200}
                assert write(client, mortal).status == 503
            mortal.cluster.ensure_running()
            reached(lambda: not service.ask(f"/v1/owner?{PLACE}").told["stale"], [], BACK_S)
    finally:
        mortal.cluster.ensure_running()


def flipped(whole: bytes) -> bytes:
    return whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a bit in the middle": flipped,
    "the last byte": lambda whole: whole[:-1] + bytes([whole[-1] ^ 128]),
    "cut short": lambda whole: whole[: len(whole) // 3],
    "longer": lambda whole: whole + bytes(64),
    "empty": lambda whole: b"",
    "another file": lambda whole: b"PK" + bytes(1000),
}
QUICK = ("a bit in the middle", "cut short")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_snapshot_is_refused_and_rebuilt_and_said_so(
    mortal: Mortal, snapshots: dict[Path, bytes], full: bool, damage: str
) -> None:
    if not full and damage not in QUICK:
        pytest.skip("one start of the service for each kind of damage: with --full")
    for path, whole in snapshots.items():
        path.write_bytes(DAMAGES[damage](whole))
    with mortal.service(live.STALE_S) as service:
        told = owned(service.ask(f"/v1/owner?{PLACE}"), "A02").told
        assert (told["publication"], told["owner"]["name"], told["stale"]) == (2, "长阶", False)
        reached(lambda: all(is_sound(path) for path in snapshots), [])
    assert "damaged" in mortal.log.read_text()


def is_sound(path: Path) -> bool:
    try:
        snapshot.read(path)
    except (snapshot.SnapshotDamaged, FileNotFoundError):
        return False
    return True
