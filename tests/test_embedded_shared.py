"""Is a private cluster shared by processes, stopped by the last one out, and back after kill -9 and what it leaves?"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from joining import SOON_S, home_of, kill_all, other, query, running_in
from sqlalchemy.engine import make_url

from geo.store import cluster, embedded, lock, postmaster


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("made") / "data"
    with embedded.joined(folder):
        pass
    yield folder
    embedded.erase(folder)


@pytest.fixture
def data(made: Path) -> Iterator[Path]:
    """A data folder with a stopped cluster in it; every test leaves it stopped."""
    assert running_in(made) is None
    yield made
    assert running_in(made) is None


def test_two_processes_share_and_the_last_one_out_stops(data: Path) -> None:
    with other("joined", data) as first:
        with embedded.joined(data) as here:
            number = running_in(data)
            first.communicate("\n", timeout=SOON_S)
            assert first.returncode == 0
            assert running_in(data) == number
            assert query(here.service_url, "SELECT 1") == [(1,)]
        assert running_in(data) is None
    assert not home_of(data).socket.exists()


def test_a_second_serve_is_refused_and_names_the_first(data: Path) -> None:
    with other("serving", data) as first:
        with pytest.raises(embedded.AlreadyServing, match=str(first.pid)) as refused, embedded.serving(data):
            pass
        assert refused.value.pid == first.pid
        with embedded.joined(data) as here:
            assert query(here.service_url, "SELECT 1") == [(1,)]
        assert running_in(data) is not None


def test_kill_9_of_the_service_leaves_nothing_locked(data: Path) -> None:
    with other("serving", data) as first:
        number = running_in(data)
        first.kill()
        first.wait(SOON_S)
    assert running_in(data) == number
    with embedded.serving(data) as here:
        assert running_in(data) == number
        assert query(here.service_url, "SELECT 1") == [(1,)]
    assert running_in(data) is None


def test_kill_9_of_every_process_of_the_cluster(data: Path) -> None:
    with embedded.joined(data) as here:
        query(here.owner_url, "CREATE TABLE IF NOT EXISTS kept (n integer)")
        query(here.owner_url, "INSERT INTO kept VALUES (7)")
        kill_all(here.place.cluster)
        here.ensure_running()
        assert query(here.owner_url, "SELECT n FROM kept") == [(7,)]


def test_kill_9_of_the_postmaster_alone_with_a_backend_at_work(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postmaster, "LEAVE_S", 0.5)
    monkeypatch.setattr(postmaster, "QUIT_S", 0.5)
    with embedded.joined(data) as here:
        address = make_url(here.owner_url)
        with psycopg.connect(user="wangge_owner", dbname="wangge", **address.query) as busy:  # type: ignore[arg-type]
            # a stopped backend cannot notice that its postmaster died: a true orphan
            os.kill(busy.info.backend_pid, signal.SIGSTOP)
            os.kill(running_in(data) or 0, signal.SIGKILL)
            here.ensure_running()
            assert query(here.service_url, "SELECT 1") == [(1,)]


def test_a_watch_brings_the_database_back(data: Path) -> None:
    stop = threading.Event()
    with embedded.serving(data) as here:
        watch = threading.Thread(target=here.watch, args=(stop,))
        watch.start()
        before = running_in(data)
        kill_all(here.place.cluster)
        until = time.monotonic() + SOON_S
        while running_in(data) in (None, before) or not cluster.answers(here.place):
            assert time.monotonic() < until
            time.sleep(0.05)
        stop.set()
        watch.join(SOON_S)
        assert not watch.is_alive()


@pytest.mark.parametrize("stale", ["dead", "another program", "nonsense"])
def test_a_stale_pid_file_is_no_obstacle(data: Path, stale: str) -> None:
    with embedded.joined(data) as here:
        file = here.place.cluster / "postmaster.pid"
        lines = file.read_text().splitlines()
    with subprocess.Popen(["sleep", "60"], user=here.place.user.uid if here.place.user else None) as sleeper:
        number = {"dead": "999999", "another program": str(sleeper.pid), "nonsense": "-1"}[stale]
        file.write_text("\n".join([number, *lines[1:], ""]))
        file.chmod(0o644)
        (here.place.sockets / ".s.PGSQL.5432.lock").write_text(number)
        with embedded.joined(data) as again:
            assert query(again.service_url, "SELECT 1") == [(1,)]
        assert sleeper.poll() is None
        sleeper.kill()


def test_a_lost_socket_folder_is_made_anew(data: Path) -> None:
    with embedded.joined(data) as here:
        before = running_in(data)
        for path in (here.place.socket, Path(f"{here.place.socket}.lock")):
            path.unlink()
        here.place.sockets.rmdir()
        here.ensure_running()
        assert running_in(data) != before
        assert query(here.service_url, "SELECT 1") == [(1,)]


def test_a_crash_before_the_roles_is_mended(data: Path) -> None:
    with embedded.joined(data) as here:
        (here.place.cluster / cluster.PREPARED).unlink()
        with psycopg.connect(user="postgres", dbname="postgres", **make_url(here.owner_url).query) as superuser:  # type: ignore[arg-type]
            superuser.autocommit = True
            superuser.execute("DROP DATABASE wangge")
            superuser.execute("DROP ROLE wangge_service")
    with embedded.joined(data) as here:
        assert query(here.service_url, "SELECT postgis_lib_version() IS NOT NULL") == [(True,)]


def test_a_cluster_that_cannot_be_seen_is_left_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another container looks like: no process in sight, but the kernel says that some hold the folder."""
    with embedded.joined(data) as here:
        pass
    held = lock.take(here.place.alive)
    try:
        monkeypatch.setattr(cluster, "ALIVE_S", 0.2)
        with pytest.raises(embedded.StoreUnavailable, match="cannot be seen from here"), embedded.joined(data):
            pass
    finally:
        os.close(held)
