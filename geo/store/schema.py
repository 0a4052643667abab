"""Does the database have the tables this program knows, and how does it get them?"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, Engine, text

from geo.store.tile_tables import metadata

MIGRATION_LOCK = 7_266_443
"""Advisory lock key: two processes that start at once migrate one after the other."""


def scripts() -> Path:
    """Where the migrations lie: inside the installed package, or beside it in a checkout."""
    packed = Path(__file__).parent / "migrations"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "migrations"


def migrate(owner: Engine) -> None:
    """Bring the database to the newest revision, as the owner; nothing to do is quick and harmless."""
    with owner.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()
        try:
            if not is_current(connection):
                command.upgrade(_config(connection), "head")
                connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            connection.commit()


def is_current(connection: Connection) -> bool:
    """Whether the database is at the newest revision."""
    heads = set(ScriptDirectory.from_config(_config(connection)).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads


def differences(connection: Connection) -> list[object]:
    """What `alembic check` would complain of: tables here and in the database that are not alike."""

    def ours(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
        if kind == "table":
            return name in metadata.tables
        return bool(alembic_helpers.include_object(thing, name, kind, reflected, compared))  # type: ignore[no-untyped-call]

    context = MigrationContext.configure(connection, opts={"include_object": ours})
    return list(compare_metadata(context, metadata))


def _config(connection: Connection) -> Config:
    @contextmanager
    def connect() -> Iterator[Connection]:
        yield connection

    config = Config(attributes={"connect": connect})
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    return config
