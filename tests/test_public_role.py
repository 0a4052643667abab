"""Can tiles for everybody read anything that only some may see?"""

from collections.abc import Iterator

import pytest
from conftest import Store
from district import publish, small
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from geo.store.connect import public_engine
from geo.store.errors import StoreUnavailable
from geo.store.tile_grids import derive_grids

READABLE = {
    "tile_shape": {"row", "matrix", "zoom", "subject", "numbers", "shape", "label"},
    "tile_thing": {"matrix", "layer", "thing", "shape"},
    "tile_grid": {
        *("row", "grid", "numbers", "code", "name", "kind", "region", "households", "verdict", "standing", "edition")
    },
    "identity": {"id", "layer", "code"},
    "edition": {"id", "region", "numbers", "standing"},
    "region": {"row", "id", "name", "level", "parent", "numbers"},
    "building": {"row", "id", "name", "kind", "levels", "numbers"},
    "facility": {"row", "id", "name", "category", "numbers"},
    "line": {"row", "id", "name", "category", "numbers"},
    "water": {"row", "id", "name", "numbers"},
}
OF_POSTGIS = {"spatial_ref_sys", "geometry_columns", "geography_columns"}
INNER = [
    "SELECT households FROM tally",
    "SELECT name FROM grid",
    "SELECT boundary FROM edition",
    "SELECT households FROM building",
    "SELECT address, compound FROM building",
    "SELECT grid FROM building",
    "SELECT * FROM building",
    "SELECT shape FROM building",
    "SELECT name, phone FROM person",
    "SELECT * FROM dwelling",
    "SELECT reason FROM publication",
    "SELECT * FROM head",
    "SELECT * FROM log",
    "SELECT * FROM plan",
    "SELECT * FROM plan_item",
    "SELECT * FROM plan_block",
    "SELECT * FROM plan_change",
    "SELECT * FROM boundary_order",
    "SELECT * FROM acceptance",
    "SELECT * FROM ruleset",
    "SELECT * FROM certificate",
    "SELECT * FROM thing_in_force",
    "SELECT * FROM tile_state",
    "SELECT settings FROM profile",
    "SELECT body FROM answer",
    "SELECT bytes FROM upload_chunk",
    "SELECT asked FROM job",
]
WRITING = [
    "DELETE FROM tile_shape",
    "INSERT INTO tile_state VALUES ('mercator', '13', 1)",
    "UPDATE identity SET code = ''",
    "SELECT publish(gen_random_uuid(), 'me', '')",
    "SELECT note_in_log('me', 'look', '', NULL, '{}')",
    "CREATE TABLE mine (n integer)",
    "SET ROLE wangge_owner",
]


@pytest.fixture
def public(store: Store) -> Iterator[Engine]:
    engine = public_engine(store.service_url)
    yield engine
    engine.dispose()


def test_every_column_it_may_read_is_named_here(store: Store) -> None:
    """A new column or table is closed to it until somebody thought about it."""
    query = """SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
      WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
        AND has_column_privilege('wangge_public', c.oid, a.attnum, 'SELECT')"""
    found = dict[str, set[str]]()
    with store.owner.connect() as connection:
        for table, column in connection.execute(text(query)):
            found.setdefault(table, set()).add(column)
    assert {table: columns for table, columns in found.items() if table not in OF_POSTGIS} == READABLE


def test_it_writes_nothing_and_calls_no_function_of_ours(store: Store) -> None:
    tables = """SELECT c.relname FROM pg_class AS c WHERE c.relkind IN ('r', 'v', 'S')
      AND c.relowner = 'wangge_owner'::regrole AND c.relkind <> 'S'
      AND has_table_privilege('wangge_public', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"""
    functions = """SELECT proname FROM pg_proc WHERE proowner = 'wangge_owner'::regrole AND prosecdef
      AND has_function_privilege('wangge_public', oid, 'EXECUTE')"""
    with store.owner.connect() as connection:
        assert connection.scalars(text(tables)).all() == []
        assert connection.scalars(text(functions)).all() == []


def test_it_is_refused_what_is_inner(public: Engine) -> None:
    with public.connect() as connection:
        for statement in (*INNER, *WRITING):
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(statement))


def test_it_reads_what_is_public(store: Store, public: Engine) -> None:
    publish(store, small())
    derive_grids(store.service, 1)
    with public.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == "wangge_public"
        assert (
            connection.scalar(text("SELECT count(*) FROM tile_grid JOIN edition ON edition.id = tile_grid.edition"))
            == 11
        )
        for table, columns in READABLE.items():
            connection.execute(text(f"SELECT {', '.join(sorted(columns))} FROM {table}"))


def test_a_login_that_may_not_act_as_it_is_told_what_helps(store: Store) -> None:
    engine = public_engine(store.owner_url)
    with pytest.raises(StoreUnavailable, match="GRANT wangge_public"):
        engine.connect()
    engine.dispose()


def test_another_login_steps_down_to_it(store: Store) -> None:
    engine = public_engine(make_url(store.owner_url).set(username="postgres").render_as_string(False))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == "wangge_public"
    engine.dispose()
