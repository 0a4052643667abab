"""A real store for every test that asks for one: a private cluster, and in it a fresh database a test."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from proofs import Proof
from sqlalchemy import Engine, make_url
from warm import Starts

from geo.files.whole import replacing
from geo.store import embedded, lock, schema
from geo.store.connect import owner_engine, service_engine
from sample_data.make import district, text


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the counts that the issues name")


def pytest_configure(config: pytest.Config) -> None:
    Starts.are_warm = sys.platform == "linux" and not config.getoption("--full")


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
    """Nobody cuts its power: it need not wait for the disk."""
    with migrated(tmp_path_factory.mktemp("store")) as running:
        with psycopg.connect(**superuser(running), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("SELECT pg_reload_conf()")
        yield running


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


@contextmanager
def fresh(cluster: embedded.Cluster) -> Iterator[Store]:
    """A migrated, empty store, dropped at the end."""
    name = f"test_{uuid4().hex}"
    address = make_url(cluster.owner_url)
    with psycopg.connect(**superuser(cluster), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE wangge OWNER wangge_owner")
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
