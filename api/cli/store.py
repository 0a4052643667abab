"""Which store does a command work on?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from api.cli.output import say
from api.settings import Settings
from geo.store import embedded, schema
from geo.store.connect import owner_engine, reachable, service_engine
from geo.store.embedded import Cluster


@dataclass(frozen=True)
class Opened:
    """A migrated store as the service's role sees it, and the private cluster it lies in, if it does."""

    engine: Engine
    cluster: Cluster | None


@contextmanager
def opened(settings: Settings, *, serving: bool = False) -> Iterator[Opened]:
    """DATABASE_URL where it is set, else the private cluster of the data folder: joined, or started and stopped.

    Raises StoreUnavailable; AlreadyServing when `serving` and another service has the folder.
    """
    if settings.database_url:
        with _migrated(settings.owner_url or settings.database_url, settings.database_url) as engine:
            yield Opened(engine, None)
        return
    with (embedded.serving if serving else embedded.joined)(settings.data) as cluster:
        for note in cluster.notes:
            say(note)
        with _migrated(cluster.owner_url, cluster.service_url) as engine:
            yield Opened(engine, cluster)


@contextmanager
def _migrated(owner_url: str, service_url: str) -> Iterator[Engine]:
    owner = owner_engine(owner_url)
    try:
        with reachable():
            schema.migrate(owner)
    finally:
        owner.dispose()
    engine = service_engine(service_url)
    try:
        yield engine
    finally:
        engine.dispose()
