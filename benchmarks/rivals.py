"""Where do TiPg and asyncpg run? In an environment of their own, made once, never among the project's requirements."""

import json
import os
import subprocess
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from sqlalchemy import make_url

from benchmarks.peers import superuser_dsn
from benchmarks.published_city import KEPT
from benchmarks.servers import Served, started
from geo.store.embedded import Cluster

PACKAGES = ("tipg", "asyncpg", "fastapi", "uvicorn", "uvloop", "httptools")
"""uvloop and httptools: what uvicorn itself advises; peers run at their best."""
TABLES = """
    DROP SCHEMA IF EXISTS bench CASCADE;
    CREATE SCHEMA bench;
    CREATE TABLE bench.grid AS
      SELECT i.code, g.name, r.code AS region, g.shape::geometry(Geometry, 4326) AS shape
        FROM grid AS g JOIN edition AS e ON e.id = g.edition JOIN identity AS i ON i.id = g.id
        JOIN identity AS r ON r.id = e.region
       WHERE in_force(e.numbers);
    ALTER TABLE bench.grid ADD PRIMARY KEY (code);
    CREATE INDEX ON bench.grid USING gist (shape);
"""


def environment() -> Path:
    """The folder with the programs of the peers' environment, made where it is absent: some tens of seconds."""
    folder = KEPT / "venv"
    if not (folder / "ready").exists():
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *PACKAGES]
        subprocess.run(pip, check=True, capture_output=True)
        (folder / "ready").touch()
    return folder / "bin"


def versions() -> dict[str, str]:
    """Which versions the peers have."""
    python = str(environment() / "python")
    told = subprocess.run([python, "-m", "pip", "list", "--format=json"], check=True, capture_output=True).stdout
    return {one["name"]: one["version"] for one in json.loads(told) if one["name"] in PACKAGES}


def prepare(cluster: Cluster) -> None:
    """The published grids as one plain table with an index: the best that the peers can ask for."""
    with psycopg.connect(superuser_dsn(cluster), autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute("VACUUM ANALYZE bench.grid")


@contextmanager
def asyncpg(cluster: Cluster) -> Iterator[Served]:
    """FastAPI with asyncpg, one worker."""
    with _uvicorn("benchmarks.with_asyncpg:app", {"BENCH_DSN": _address(cluster)}) as served:
        yield served


@contextmanager
def tipg(cluster: Cluster) -> Iterator[Served]:
    """TiPg on the same table, one worker."""
    told = {"DATABASE_URL": _address(cluster), "TIPG_DB_SCHEMAS": '["bench"]', "TIPG_CATALOG_TTL": "0"}
    with _uvicorn("tipg.main:app", told) as served:
        yield served


@contextmanager
def _uvicorn(app: str, variables: Mapping[str, str]) -> Iterator[Served]:
    command = [str(environment() / "uvicorn"), app, "--port", "0", "--no-access-log"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WANGGE_", "DATABASE_"))}
    with started(command, kept | dict(variables), r"Uvicorn running on http://[^:]+:([0-9]+)") as served:
        yield served


def _address(cluster: Cluster) -> str:
    """A superuser's address of the cluster, with its folder of sockets as the host."""
    address = make_url(cluster.owner_url)
    return (
        f"postgresql://postgres@{quote(str(address.query['host']), safe='')}:{address.query['port']}/{address.database}"
    )
