"""Which store does a command work on?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import URL, Engine, make_url

from api.cli.output import say
from api.settings import Settings
from geo.store import embedded, schema
from geo.store.connect import owner_engine, reachable, service_engine
from geo.store.embedded import Cluster
from geo.store.errors import StoreUnavailable
from geo.store.snapshot import Snapshots


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
        can_wait = serving and bool(snapshots_of(settings, make_url(settings.database_url)).numbers())
        with _migrated(settings.owner_url or settings.database_url, settings.database_url, can_wait=can_wait) as engine:
            yield Opened(engine, None)
        return
    with (embedded.serving if serving else embedded.joined)(settings.data) as cluster:
        for note in cluster.notes:
            say(note)
        with _migrated(cluster.owner_url, cluster.service_url) as engine:
            yield Opened(engine, cluster)


def snapshots_of(settings: Settings, url: URL) -> Snapshots:
    """The folder of the snapshots of one database, whoever connects to it."""
    name = f"{url.host}:{url.port or url.query.get('host')}/{url.database}"
    return Snapshots(settings.data / "snapshots" / sha256(name.encode()).hexdigest()[:16])


@contextmanager
def _migrated(owner_url: str, service_url: str, *, can_wait: bool = False) -> Iterator[Engine]:
    """`can_wait`: there is a state to answer from while the database is away; its tables are as the last start left
    them."""
    owner = owner_engine(owner_url)
    try:
        with reachable():
            schema.migrate(owner)
    except StoreUnavailable:
        if not can_wait:
            raise
        say("the database is away: lookups are answered from the last snapshot")
    finally:
        owner.dispose()
    engine = service_engine(service_url)
    try:
        yield engine
    finally:
        engine.dispose()
