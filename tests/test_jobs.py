"""Is long work kept, bounded, stopped and taken up again, and never done twice?"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from conftest import Store
from importing import ENDED, SOON_S, ask, become, bytes_of, environment, reach, send
from publishing import faults, halves, head
from serving import Service, served
from sqlalchemy import Engine, text

from geo.store import embedded, jobs, uploads
from geo.store.connect import owner_engine, service_engine, session
from geo.store.scratch import Scratch

KEEP = timedelta(days=7)
IDLE = {"WANGGE_JOB_WORKERS": "0"}


@contextmanager
def held(owner: Engine, lock: str = "LOCK TABLE edition IN ACCESS EXCLUSIVE MODE") -> Iterator[None]:
    """Whoever needs what is locked waits: a job is in the midst of its work for as long as the test wants."""
    with owner.connect() as connection:
        connection.execute(text(lock))
        yield


def made(engine: Engine, waiting: int = 20) -> UUID:
    number = uuid4()
    with session(engine) as work, work.begin():
        asked = {"name": "a.geojson"}
        pieces = [b"ab", b"c"]
        jobs.create(work, number, kind="import", actor="me", asked=asked, pieces=pieces, waiting=waiting)
    return number


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_turn_that_is_past_writes_nothing(store: Store) -> None:
    number = made(store.service)
    with session(store.service) as work, work.begin():
        first, second = jobs.begin(work, number), jobs.begin(work, number)
        assert (first, second) == (1, 2)
        with pytest.raises(jobs.Stopped):
            jobs.note(work, number, 1, "reading", 0, 0)
        jobs.note(work, number, 2, "reading", 1, 3)
        jobs.give_back(work, number, 1, lost=True)
        assert jobs.find(work, number).state == "running"
        jobs.finish(work, number, 2, {"rows": {}}, KEEP)
        assert jobs.begin(work, number) is None


def test_a_job_that_is_lost_too_often_is_not_begun_again(store: Store) -> None:
    number = made(store.service)
    with session(store.service) as work, work.begin():
        for turn in range(1, jobs.MOST_LOSSES + 1):
            assert jobs.begin(work, number) == turn
            jobs.give_back(work, number, turn, lost=True)
        assert jobs.begin(work, number) is None


def test_a_file_waits_in_pieces_and_goes_with_the_end_of_its_job(store: Store, tmp_path: Path) -> None:
    number = made(store.service)
    with session(store.service) as work, work.begin():
        assert uploads.save(work, number, tmp_path / "file") == 3
        assert (tmp_path / "file").read_bytes() == b"abc"
        turn = jobs.begin(work, number)
        assert turn is not None
        jobs.fail(work, number, turn, {"type": "/problems/busy"}, KEEP)
    assert count(store.owner, "upload_chunk") == 0


def test_what_has_expired_goes(store: Store) -> None:
    old, young = made(store.service), made(store.service)
    with session(store.service) as work, work.begin():
        jobs.stop(work, old, timedelta(seconds=-1))
        jobs.stop(work, young, KEEP)
        assert jobs.expire(work) == 1
        assert [job.id for job in jobs.listed(work, 5)] == [young]


def test_the_queue_is_bounded(store: Store) -> None:
    assert made(store.service, waiting=1)
    with pytest.raises(jobs.QueueFull):
        made(store.service, waiting=1)
    assert (count(store.owner, "job"), count(store.owner, "queue.procrastinate_jobs")) == (1, 1)


def test_a_job_without_a_ticket_is_found(store: Store) -> None:
    """The state that must not be: it is told as failed instead of for ever as running."""
    lost, waits = made(store.service), made(store.service)
    with session(store.service) as work, work.begin():
        assert jobs.adrift(work) == []
        ticket = jobs.find(work, lost).ticket
        work.execute(text("SET LOCAL search_path TO queue, public"))
        work.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": ticket})
        work.execute(text("SET LOCAL search_path TO DEFAULT"))
        assert jobs.adrift(work) == [lost]
        assert jobs.find(work, waits).state == "queued"


def test_what_a_dead_process_left_is_tidied(tmp_path: Path) -> None:
    first, second = Scratch(tmp_path), Scratch(tmp_path)
    dead = tmp_path / "dead"
    dead.mkdir()
    (dead / "lock").touch()
    (dead / "upload.zip").touch()
    assert first.folder() != second.folder()
    assert not dead.exists()
    assert first.folder().exists()
    first.close()
    assert [path.name for path in tmp_path.iterdir()] == [second.folder().name]
    second.close()


def test_a_job_that_waits_is_stopped_at_once(store: Store, tmp_path: Path) -> None:
    variables = environment(store, tmp_path, **IDLE, WANGGE_JOBS_WAITING="1")
    with served(tmp_path / "log", variables) as service:
        first = send(service.url, bytes_of(halves("A", 0, 1)), headers={"Prefer": "wait=1"})
        assert (first.status, first.told["state"]) == (202, "queued")
        full = send(service.url, bytes_of(halves("B", 2, 1)))
        assert (full.status, full.told["type"]) == (503, "/problems/queue-full")
        assert full.headers["retry-after"]
        stopped = ask(service.url, f"/v1/jobs/{first.told['id']}", "DELETE")
        assert (stopped.status, stopped.told["state"]) == (200, "stopped")
        assert count(store.owner, "queue.procrastinate_jobs") == 0
        assert send(service.url, bytes_of(halves("B", 2, 1))).status == 202


def test_a_job_that_runs_is_stopped_within_seconds(store: Store, tmp_path: Path) -> None:
    with served(tmp_path / "log", environment(store, tmp_path)) as service:
        with held(store.owner):
            sent = send(service.url, bytes_of(halves("A", 0, 1)), publish="true").told
            become(service.url, sent["id"], "running")
            asked = ask(service.url, f"/v1/jobs/{sent['id']}", "DELETE").told
            assert asked["state"] == "stopped" or asked["stopping"]
            ended = become(service.url, sent["id"], "stopped", within_s=10)
        assert (ended["result"], ended["problem"]) == (None, None)
        assert (head(store.service), count(store.owner, "plan"), count(store.owner, "upload_chunk")) == (0, 0, 0)
        after = send(service.url, bytes_of(halves("A", 0, 1)), publish="true", headers={"Prefer": "wait=25"}).told
        assert after["result"]["number"] == 1


def test_a_process_or_a_connection_that_is_lost(store: Store, tmp_path: Path) -> None:
    """The job's own process is killed, then every connection of the service: the job is done all the same, once."""
    with served(tmp_path / "log", environment(store, tmp_path), spawning=True) as service:
        with held(store.owner):
            sent = send(service.url, bytes_of(halves("A", 0, 1)), publish="true").told
            reach(service.url, sent["id"], "comparing")
            for child in children(service):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            seen(store, sent["id"], losses=1)
            with store.service.connect() as connection:
                connection.execute(text(CUT))
        ended = become(service.url, sent["id"], *ENDED)
        assert (ended["state"], ended["result"]["number"]) == ("done", 1), ended
    assert (head(store.service), count(store.owner, "plan")) == (1, 1)
    assert faults(store.owner) == {}


def test_a_connection_lost_while_the_queue_is_told(store: Store, tmp_path: Path) -> None:
    """That a job whose process was killed waits again cannot be written: it is taken up all the same, once."""
    with served(tmp_path / "log", environment(store, tmp_path), spawning=True) as service:
        with held(store.owner):
            sent = send(service.url, bytes_of(halves("A", 0, 1)), publish="true").told
            reach(service.url, sent["id"], "comparing")
            with held(store.owner, "LOCK TABLE queue.procrastinate_jobs IN SHARE MODE"):
                for child in children(service):
                    with suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                seen(store, sent["id"], losses=1)
                cut(store)
        ended = become(service.url, sent["id"], *ENDED)
        assert (ended["state"], ended["result"]["number"]) == ("done", 1), ended
    assert (head(store.service), count(store.owner, "queue.procrastinate_jobs")) == (1, 0)


def cut(store: Store) -> None:
    """The connection that wants to write that a job waits again, once there is one."""
    until = time.monotonic() + SOON_S
    with store.service.connect() as connection:
        while connection.execute(text(CUT_WAITING)).all() == []:
            assert time.monotonic() < until
            connection.execute(text("SELECT pg_sleep(0.02)"))


CUT_WAITING = """
    SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE relation = 'queue.procrastinate_jobs'::regclass AND NOT granted AND query LIKE '%retry_job%'"""


CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = 'wangge_service' AND pid <> pg_backend_pid()"""


def children(service: Service) -> list[int]:
    """Processes of the service in which jobs are done."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdecimal() else []
            if fields and int(fields[1]) == service.process.pid and b"spawn_main" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def seen(store: Store, number: str, *, losses: int) -> None:
    """Waits until the job was lost so often."""
    until = 200
    while True:
        with session(store.service) as work:
            found = jobs.find(work, UUID(number))
        if found.losses == losses:
            return
        until -= 1
        assert until, found
        with store.owner.connect() as connection:
            connection.execute(text("SELECT pg_sleep(0.05)"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where services have a cluster of their own."""
    folder = tmp_path_factory.mktemp("own") / "data"
    with embedded.joined(folder):
        yield folder
    embedded.erase(folder)


@pytest.mark.parametrize("lock", ["LOCK TABLE edition IN ACCESS EXCLUSIVE MODE", "SELECT 1 FROM head FOR UPDATE"])
def test_kill_9_of_the_service(folder: Path, tmp_path: Path, lock: str) -> None:
    """While it compares, and while it publishes: after a restart the job is done, and published once."""
    with embedded.joined(folder) as cluster:
        owner, service = owner_engine(cluster.owner_url), service_engine(cluster.service_url)
        with served(tmp_path / "log", {"WANGGE_DATA": str(folder)}) as one, held(owner, lock):
            before = head(service)
            sent = send(one.url, bytes_of(halves("AB"[before], 2 * before, 1)), publish="true").told
            phase = "publishing" if "head" in lock else "comparing"
            reach(one.url, sent["id"], phase)
            one.process.kill()
            one.process.wait()
        with served(tmp_path / "log2", {"WANGGE_DATA": str(folder)}) as two:
            ended = become(two.url, sent["id"], *ENDED)
            assert (ended["state"], ended["result"]["number"]) == ("done", before + 1), ended
        assert (head(service), count(owner, "plan")) == (before + 1, before + 1)
        assert faults(owner) == {}
        assert list((folder / "tmp").glob("*/import-*")) == []
        owner.dispose()
        service.dispose()


def test_two_services_share_a_queue(store: Store, tmp_path: Path) -> None:
    with (
        served(tmp_path / "log", environment(store, tmp_path / "one")) as one,
        served(tmp_path / "log2", environment(store, tmp_path / "two")) as two,
    ):
        services = [one, two, one, two]
        plans = [halves(code, 2 * column, 1) for column, code in enumerate("ABCD")]
        sent = [
            send(service.url, bytes_of(plan), publish="true").told["id"]
            for service, plan in zip(services, plans, strict=True)
        ]
        told = [become(two.url, number, *ENDED) for number in sent]
    assert sorted(job["result"]["number"] for job in told) == [1, 2, 3, 4]
    with session(store.service) as work:
        assert {jobs.find(work, UUID(number)).turn for number in sent} == {1}
    assert faults(store.owner) == {}


def test_jobs_of_a_service_that_died_are_taken_up_by_another(store: Store, tmp_path: Path, full: bool) -> None:
    if not full:
        pytest.skip("waits for a dead service's heart to be missed")
    with (
        served(tmp_path / "log2", environment(store, tmp_path / "two")) as two,
        served(tmp_path / "log", environment(store, tmp_path / "one")) as one,
    ):
        two.process.send_signal(signal.SIGSTOP)
        with held(store.owner):
            sent = send(one.url, bytes_of(halves("A", 0, 1)), publish="true").told
            become(one.url, sent["id"], "running")
            one.process.kill()
            one.process.wait()
        two.process.send_signal(signal.SIGCONT)
        ended = become(two.url, sent["id"], *ENDED, within_s=60)
        assert (ended["state"], ended["result"]["number"]) == ("done", 1), ended
    assert faults(store.owner) == {}
