"""Does the private cluster start, get shared, survive kill -9 and stop with its last user?"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from geo.store import binaries, cluster, embedded, lock, place, postmaster

HOLD = """
import encodings.ascii, encodings.latin_1, os, sys  # loaded while the interpreter's own files can still be reached
from pathlib import Path
from geo.store import embedded
if len(sys.argv) > 3:
    os.setgroups([]), os.setgid(int(sys.argv[3])), os.setuid(int(sys.argv[3]))
with getattr(embedded, sys.argv[1])(Path(sys.argv[2])) as running:
    print(running.service_url, flush=True)
    sys.stdin.readline()
"""
SOON_S = 20.0


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """A data folder below pytest's own 0700 folders: as root, the database's user cannot reach it."""
    folder = tmp_path / "data"
    yield folder
    embedded.erase(folder)


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


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Cluster]:
    folder = tmp_path_factory.mktemp("shared") / "data"
    with embedded.joined(folder) as joined:
        yield joined
    embedded.erase(folder)


def begun(verb: str, data: Path, *user: int) -> subprocess.Popen[str]:
    """Another process that uses the data folder until its stdin has a line; it prints one when it is in."""
    command = [sys.executable, "-c", HOLD, verb, str(data), *map(str, user)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def other(verb: str, data: Path, *user: int) -> Iterator[subprocess.Popen[str]]:
    """Another process, given once it is in."""
    with begun(verb, data, *user) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("postgresql+psycopg://")
            yield process
            if process.poll() is None:
                process.communicate("\n", timeout=SOON_S)
        finally:
            process.kill()


def query(url: str, statement: str, **more: str) -> list[tuple[object, ...]]:
    address = make_url(url)
    at = {"user": address.username, "dbname": address.database, **address.query, **more}
    with psycopg.connect(**at, autocommit=True) as connection:  # type: ignore[arg-type]
        answer = connection.execute(statement)
        return answer.fetchall() if answer.description else []


def home_of(data: Path) -> place.Place:
    return place.settle(data)


def running_in(data: Path) -> int | None:
    return postmaster.pid(home_of(data).cluster)


def kill_all(at: Path) -> None:
    for number in postmaster.processes(at):
        with suppress(ProcessLookupError):  # a process of the cluster's that ended by itself meanwhile
            os.kill(number, signal.SIGKILL)


def test_answers_with_postgis_and_is_durable(running: embedded.Cluster) -> None:
    assert query(running.owner_url, "SELECT ST_AsText(ST_Point(1, 2))") == [("POINT(1 2)",)]
    told: dict[object, object] = dict(query(running.service_url, "SELECT name, setting FROM pg_settings"))  # type: ignore[arg-type]
    expected = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "jit": "off",
        "data_checksums": "on",
    }
    assert {name: told[name] for name in expected} == expected
    assert told["TimeZone"] == "UTC"
    assert told["server_encoding"] == "UTF8"


def test_listens_on_no_network(running: embedded.Cluster) -> None:
    assert query(running.service_url, "SHOW listen_addresses") == [("",)]
    sockets = {opened for number in postmaster.processes(running.place.cluster) for opened in files_of(number)}
    internet = {
        line.split()[9] for kind in ("tcp", "tcp6") for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]
    }
    assert not {f"socket:[{inode}]" for inode in internet} & sockets
    with socket.socket(socket.AF_UNIX) as direct:
        direct.connect(str(running.place.socket))


def files_of(number: int) -> Iterator[str]:
    """What a process has open; it, or a file of it, may be gone by the time we look."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for name in os.listdir(f"/proc/{number}/fd"):
            with suppress(FileNotFoundError):
                yield os.readlink(f"/proc/{number}/fd/{name}")


def test_all_its_folders_are_private(running: embedded.Cluster) -> None:
    at = running.place
    for folder in (at.cluster, at.sockets, at.log, at.locks):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_uid != 0
    assert at.socket.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's folders are out of the reach of the database's user")
def test_lies_elsewhere_where_its_user_cannot_reach(running: embedded.Cluster) -> None:
    at = running.place
    assert at.home.parent == place.ELSEWHERE
    assert (at.data / place.POINTER).read_text().strip() == str(at.home)
    assert str(at.home) in running.notes[0]


FORBIDDEN = [
    "CREATE TABLE public.mine (n integer)",
    "CREATE TEMPORARY TABLE mine (n integer)",
    "CREATE SCHEMA mine",
    "SET ROLE wangge_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION wangge_owner",
    "CREATE DATABASE mine",
    "CREATE ROLE mine",
    "ALTER ROLE wangge_service SUPERUSER",
    "ALTER DATABASE wangge SET fsync = off",
    "DROP EXTENSION postgis",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('/etc/passwd')",
    "ALTER SYSTEM SET fsync = off",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_service_role_owns_nothing(running: embedded.Cluster, statement: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName)):
        query(running.service_url, statement)


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_service_role_enters_its_own_database_only(running: embedded.Cluster, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        query(running.service_url, "SELECT 1", dbname=database)


def test_owner_role_migrates_but_is_no_superuser(running: embedded.Cluster) -> None:
    query(running.owner_url, "CREATE TABLE kept (span int8range, EXCLUDE USING gist (span WITH &&))")
    query(running.owner_url, "CREATE EXTENSION IF NOT EXISTS postgis")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(running.service_url, "SELECT * FROM kept")
    query(running.owner_url, "DROP TABLE kept")
    roles = query(running.owner_url, "SELECT rolname FROM pg_roles WHERE rolsuper OR rolcreatedb OR rolcreaterole")
    assert roles == [("postgres",)]


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


def test_many_begin_at_once_on_an_empty_folder(fresh: Path) -> None:
    several = [begun("joined", fresh) for _ in range(4)]
    told = [process.communicate("\n", timeout=60)[0] for process in several]
    assert [process.returncode for process in several] == [0] * 4
    assert len(set(told)) == 1
    assert running_in(fresh) is None


@pytest.mark.parametrize("after_s", [0.5, 1.2])
def test_kill_9_during_the_first_start(fresh: Path, after_s: float) -> None:
    """Wherever it strikes (loading, initdb, the roles), the next one finds or makes a whole cluster."""
    with begun("joined", fresh) as first:
        time.sleep(after_s)
        first.kill()
    with embedded.joined(fresh) as here:
        assert query(here.service_url, "SELECT postgis_lib_version() IS NOT NULL") == [(True,)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_and_root_share_the_users_folder() -> None:
    """The server runs as the folder's owner for both, so neither locks the other out."""
    nobody = pwd.getpwnam("nobody").pw_uid
    base = Path(tempfile.mkdtemp(prefix="wangge-test-", dir="/var/tmp"))
    os.chown(base, nobody, nobody)
    try:
        with embedded.joined(base) as here:
            assert here.place.user is not None
            assert here.place.user.uid == nobody
        with other("serving", base, nobody), embedded.joined(base) as here:
            assert here.notes == ()
            assert query(here.service_url, "SELECT 1") == [(1,)]
        embedded.erase(base)
    finally:
        shutil.rmtree(base)


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


def test_files_lost_under_a_running_service_are_not_replaced_by_an_empty_store(fresh: Path) -> None:
    with embedded.serving(fresh) as here:
        kill_all(here.place.cluster)
        shutil.rmtree(here.place.cluster)
        with pytest.raises(embedded.StoreUnavailable, match="are gone"):
            here.ensure_running()
        assert not here.place.cluster.exists()


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


def test_a_half_made_cluster_is_made_again(fresh: Path) -> None:
    at = home_of(fresh)
    half = at.home / "cluster.new"
    place.private(half, at.user)
    (half / "PG_VERSION").write_text("15\n")
    with embedded.joined(fresh) as here:
        assert query(here.service_url, "SELECT 1") == [(1,)]
    assert not half.exists()


def test_a_crash_before_the_roles_is_mended(data: Path) -> None:
    with embedded.joined(data) as here:
        (here.place.cluster / cluster.PREPARED).unlink()
        with psycopg.connect(user="postgres", dbname="postgres", **make_url(here.owner_url).query) as superuser:  # type: ignore[arg-type]
            superuser.autocommit = True
            superuser.execute("DROP DATABASE wangge")
            superuser.execute("DROP ROLE wangge_service")
    with embedded.joined(data) as here:
        assert query(here.service_url, "SELECT postgis_lib_version() IS NOT NULL") == [(True,)]


def test_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    base = Path("/var/tmp") / f"wangge-test-{os.getpid()}"
    data = base / ("long" * 20) / "comma, 'quote' 网格 $HOME \"x\""
    try:
        with embedded.joined(data) as here:
            assert here.place.sockets.parent == Path("/tmp")
            assert here.place.sockets.stat().st_mode & 0o777 == 0o700
            assert query(here.service_url, "SELECT 1") == [(1,)]
        assert not here.place.sockets.exists()
    finally:
        embedded.erase(data)
        shutil.rmtree(base)


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    planted = tmp_path / "run"
    planted.symlink_to("/tmp")
    with pytest.raises(embedded.StoreUnavailable, match="belongs to"):
        place.private(planted, None)


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


def test_a_folder_of_another_major_version_asks_for_it(fresh: Path) -> None:
    at = home_of(fresh)
    place.private(at.cluster, at.user)
    (at.cluster / "PG_VERSION").write_text("11\n")
    with pytest.raises(embedded.StoreUnavailable, match="made by PostgreSQL 11") as refused, embedded.joined(fresh):
        pass
    assert refused.value.remedy


def test_no_server_with_postgis_is_told_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(embedded.StoreUnavailable, match="no PostgreSQL 13 or newer with PostGIS") as refused:
        binaries.found(places=[tmp_path])
    assert refused.value.remedy


def test_a_server_that_does_not_start_says_why(fresh: Path) -> None:
    with embedded.joined(fresh) as here:
        pass
    control = here.place.cluster / "global" / "pg_control"
    control.write_bytes(b"\0" * control.stat().st_size)
    with (
        pytest.raises(embedded.StoreUnavailable, match=r"does not start: .*(incompatible|checksum|control)"),
        embedded.joined(fresh),
    ):
        pass
