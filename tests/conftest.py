"""A real store for every test that asks for one: a private cluster, and in it a fresh database a test."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import memory
import psycopg
import pytest
from proofs import Proof
from sqlalchemy import Engine, make_url
from warm import Starts, fork_all

from geo.files.whole import replacing
from geo.store import cluster as servers
from geo.store import embedded, lock, schema
from geo.store.connect import owner_engine, service_engine
from geo.store.place import settle
from sample_data.make import district, text

HURRIED = {"fsync": "off", "full_page_writes": "off", "shared_preload_libraries": "postgis-3"}
"""Nobody cuts its power; and PostGIS is loaded once, not by each of some thousand connections."""
LIGHT = "light"
"""Where stores lie in memory (`memory`)."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the counts that the issues name")


def pytest_configure(config: pytest.Config) -> None:
    Starts.are_warm = sys.platform == "linux" and not config.getoption("--full")


def pytest_collection_finish() -> None:
    if Starts.are_warm:
        fork_all()


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the full counts are asked for; without it each promise is held at a small count."""
    return bool(request.config.getoption("--full"))


@pytest.fixture
def proof(full: bool) -> Proof:
    """Notes in docs/proof.md what a test has shown under the full counts: `proof(what, count, result)`."""
    return Proof(full)


@pytest.fixture(scope="session")
def district_text(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample district as a plan file: made once a run, whichever worker needs it first."""
    base = tmp_path_factory.getbasetemp()
    kept = (base.parent if hasattr(request.config, "workerinput") else base) / "district.geojson"
    with lock.holding(base.parent / "district.lock", wait_s=120):
        if not kept.exists():
            with replacing(kept) as draft:
                draft.write_text(text(district()), "utf-8")
    return kept.read_text("utf-8")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Cluster]:
    """The server of all tests that need no other."""
    folder = tmp_path_factory.mktemp("store")
    with migrated(folder) as running:
        with psycopg.connect(**superuser(running), autocommit=True) as admin:
            for name, value in HURRIED.items():
                admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        place = settle(folder)
        servers.stop(place)
        servers.ensure(place, may_make=False)
        with memory.folder(place.user) as light:
            if light is not None:
                with psycopg.connect(**superuser(running), autocommit=True) as admin:
                    admin.execute(f"CREATE TABLESPACE {LIGHT} LOCATION '{light}'")
            yield running
            servers.stop(place)


def superuser(cluster: embedded.Cluster) -> dict[str, Any]:
    """How to connect as the one who may make databases."""
    query = make_url(cluster.owner_url).query
    return {"host": query["host"], "port": query["port"], "user": "postgres", "dbname": "postgres"}


@contextmanager
def migrated(folder: Path) -> Iterator[embedded.Cluster]:
    """A private cluster with the tables in it, erased at the end."""
    with embedded.joined(folder) as running:
        owner = owner_engine(running.owner_url)
        schema.migrate(owner)
        owner.dispose()
        yield running
    embedded.erase(folder)


@dataclass(frozen=True)
class Store:
    """A migrated, empty store of one test."""

    cluster: embedded.Cluster
    owner_url: str
    service_url: str
    owner: Engine
    service: Engine


@pytest.fixture
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        yield one


@pytest.fixture(scope="session")
def small_town(cluster: embedded.Cluster) -> Iterator[str]:
    """The database in which the small district is published as number 1."""
    from district import publish, small  # noqa: PLC0415 - it asks this file what a store is

    with fresh(cluster) as store:
        publish(store, small())
        store.owner.dispose()
        store.service.dispose()  # nobody is connected to what is copied
        yield str(make_url(store.owner_url).database)


@pytest.fixture
def small_store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    """A store of one test, where the small district is published as number 1."""
    with fresh(cluster, small_town) as one:
        yield one


@contextmanager
def fresh(cluster: embedded.Cluster, like: str = "wangge") -> Iterator[Store]:
    """A migrated store, dropped at the end; empty, or as the named one is."""
    name = f"test_{uuid4().hex}"
    address = make_url(cluster.owner_url)
    with psycopg.connect(**superuser(cluster), autocommit=True) as admin:
        # whole files are copied: a third of the time that it takes to put every page into the log of changes
        how = "STRATEGY file_copy" if admin.info.server_version >= 150000 else ""
        if admin.execute("SELECT 1 FROM pg_tablespace WHERE spcname = %s", [LIGHT]).rowcount:
            how += f" TABLESPACE {LIGHT}"
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {like} OWNER wangge_owner {how}")
        owner_url = address.set(database=name).render_as_string(hide_password=False)
        service_url = make_url(cluster.service_url).set(database=name).render_as_string(hide_password=False)
        owner, service = owner_engine(owner_url), service_engine(service_url)
        try:
            yield Store(cluster, owner_url, service_url, owner, service)
        finally:
            owner.dispose()
            service.dispose()
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real open data beside the checkout; tests that use it skip where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return folder
