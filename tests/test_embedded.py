"""Is the running private cluster durable, closed to the network, and its roles no more than they must be?"""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from joining import query

from geo.store import embedded, place, postmaster


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Cluster]:
    folder = tmp_path_factory.mktemp("shared") / "data"
    with embedded.joined(folder) as joined:
        yield joined
    embedded.erase(folder)


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
