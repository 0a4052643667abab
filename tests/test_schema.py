"""Are the tables in the database those that the program knows?"""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from conftest import Store
from sqlalchemy import make_url, text

from geo.store import schema
from geo.store.connect import owner_engine, service_engine
from geo.store.errors import StoreUnavailable


def test_alembic_check_is_silent(store: Store) -> None:
    with store.owner.connect() as connection:
        assert schema.differences(connection) == []
        assert schema.is_current(connection)


def test_a_missing_column_is_noticed(store: Store) -> None:
    with store.owner.begin() as connection:
        connection.execute(text("ALTER TABLE plan DROP COLUMN title"))
        assert schema.differences(connection) != []


def test_two_that_migrate_at_once(store: Store) -> None:
    """As two services that start together on an empty database."""
    address = make_url(store.owner_url)
    superuser = {"host": str(address.query["host"]), "port": int(str(address.query["port"])), "user": "postgres"}
    name = f"{address.database}_bare"
    with psycopg.connect(**superuser, dbname="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER wangge_owner")
        with psycopg.connect(**superuser, dbname=name, autocommit=True) as bare:
            bare.execute(
                "CREATE EXTENSION postgis; CREATE EXTENSION btree_gist; GRANT CREATE ON SCHEMA public TO PUBLIC"
            )
        engines = [owner_engine(address.set(database=name).render_as_string(False)) for _ in range(2)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(schema.migrate, engines))
        with engines[0].connect() as connection:
            assert schema.differences(connection) == []
        for engine in engines:
            engine.dispose()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_another_login_steps_down_to_the_service_role(store: Store) -> None:
    engine = service_engine(make_url(store.owner_url).set(username="postgres").render_as_string(False))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT current_user")).scalar_one() == "wangge_service"
    engine.dispose()


def test_a_login_that_may_not_step_down_is_told_what_helps(store: Store) -> None:
    engine = service_engine(store.owner_url)
    with pytest.raises(StoreUnavailable, match="GRANT wangge_service"):
        engine.connect()
    engine.dispose()
