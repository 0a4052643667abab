"""Is every row in force found in each publication, however often the map was published while others read it?

An index that kept versions apart once forgot rows in force: PostgreSQL marked them dead when the only page of the index
was split under a statement that looked into it again and again (`geo.store.tables.apart`).
"""

from functools import partial
from threading import Event, Thread

import psycopg
import pytest
from conftest import Store, superuser
from psycopg import sql
from sqlalchemy import make_url
from test_publish_loop import Line
from test_reading import COMMUNITIES

from geo.store import loading
from geo.store.connect import session
from geo.store.published import current_publication
from geo.store.schema import metadata

VERSIONED = {
    "region": "id",
    "edition": "region",
    "building": "id",
    "facility": "id",
    "line": "id",
    "water": "id",
    "person": "id",
    "dwelling": "building",
    "tally": "grid",
}
"""Tables of versions, and the column that says of what."""
PUBLISHED = 26
"""The indexes of three communities fill a page with fewer."""


def complete(store: Store, number: int) -> bool:
    """Whether all regions and grids of a publication are found."""
    with session(store.service) as work:
        regions, grids = loading._regions(work, number), loading._grids(work, number)
    return (
        len(regions.id) == len(COMMUNITIES) and None not in regions.edition and len(grids.code) == 2 * len(COMMUNITIES)
    )


def read(store: Store, over: Event, back: int) -> None:
    while not over.is_set():
        with session(store.service) as work:
            number = current_publication(work)
        complete(store, max(1, number - back))


def test_all_that_was_published_is_found(store: Store, full: bool) -> None:
    line, over = Line(), Event()
    line.publish(store)
    readers = [Thread(target=partial(read, store, over, back)) for back in range(3)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(PUBLISHED * (10 if full else 1)):
            line.publish(store)
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert [number for number in range(1, len(line.at) + 1) if not complete(store, number)] == []
    assert forgotten(store) == {}


def forgotten(store: Store) -> dict[str, int]:
    """How many rows each index of ground does not find."""
    name = make_url(store.owner_url).database
    found = {}
    with psycopg.connect(**(superuser(store.cluster) | {"dbname": name}), autocommit=True) as admin:
        for table in metadata.tables.values():
            for column in (one.name for one in table.columns if one.name in {"shape", "boundary"}):
                rows = sql.SQL("SELECT count(*) FROM {} WHERE NOT ST_IsEmpty({})").format(
                    *map(sql.Identifier, (table.name, column))
                )
                near = sql.SQL(" AND {} && ST_MakeEnvelope(-1e9, -1e9, 1e9, 1e9, ST_SRID({}))").format(
                    *[sql.Identifier(column)] * 2
                )
                counts = []
                for query, by_index in ((rows, "off"), (rows + near, "on")):
                    admin.execute(f"SET enable_seqscan = {'off' if by_index == 'on' else 'on'}")
                    counts.append(admin.execute(query).fetchone())
                if counts[0] != counts[1]:
                    found[f"{table.name}.{column}"] = counts
    return found


@pytest.mark.parametrize(("table", "subject"), VERSIONED.items())
def test_versions_are_looked_up_by_order(store: Store, table: str, subject: str) -> None:
    """No query is answered by what keeps versions apart; that of one subject has an index of its own."""
    with store.owner.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        told = connection.exec_driver_sql(
            f"EXPLAIN SELECT FROM {table} WHERE {subject} = 1 AND numbers @> 1::bigint"
        ).scalars()
        plan = "\n".join(told)
        told = connection.exec_driver_sql(f"EXPLAIN SELECT FROM {table} WHERE numbers @> 1::bigint").scalars()
        plans = plan + "\n".join(told)
    assert f"{table}_{subject}_idx" in plan
    assert "_in_force" not in plans
