"""How many buildings get their grid in a CPU second, those on borders told, beside geopandas and PostGIS?

`run(rows, rounds)`: the invented city with its grids of 107 vertices and `rows` footprints; contestants interleaved,
medians of CPU seconds of this process and of the database together. Every contestant must find the same straddlers.
geopandas tells which grids a building meets and no areas; the others tell how much of a straddler stands in each.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import geopandas
import numpy as np
import psycopg
import shapely
from rich.console import Console
from rich.table import Table

from benchmarks import cpu, peers
from benchmarks.city import City, city
from geo import households
from geo.store import embedded
from geo.store.embedded import Cluster

ROWS, ROUNDS = 400_000, 3
"""Footprints of the city of size 1, and how often each contestant runs."""
TABLES: Mapping[str, str] = {"bench_ground": "grids", "bench_houses": "buildings"}
JOIN = """
CREATE TEMP TABLE bench_owners AS
WITH met AS MATERIALIZED (
  SELECT h.id AS house, g.id AS ground, h.shape AS house_shape, g.shape AS ground_shape,
         count(*) OVER (PARTITION BY h.id) AS grids
  FROM bench_houses AS h JOIN bench_ground AS g ON ST_Intersects(h.shape, g.shape)
)
SELECT house, ground, CASE WHEN grids > 1 THEN ST_Area(ST_Intersection(house_shape, ground_shape)) END AS share FROM met
"""
"""Which grids each house meets; of straddlers what each has of them."""
LARGEST = """
CREATE TEMP TABLE bench_owners AS
SELECT h.id AS house, g.id AS ground, ST_Area(ST_Intersection(h.shape, g.shape)) AS share
FROM bench_houses AS h JOIN bench_ground AS g ON ST_Intersects(h.shape, g.shape)
"""
"""The same with the share of every house measured, as the owner rule asks in SQL (`migrations/sql/owners.sql`)."""
SEVERAL = "SELECT house FROM bench_owners GROUP BY house HAVING count(*) > 1 ORDER BY house"

Straddlers = Sequence[int]


@dataclass(frozen=True)
class Contestant:
    """Who looks for the grids of all buildings, and how many times faster we are asked to be."""

    name: str
    run: Callable[[], Straddlers]
    asked: str = ""


def run(rows: int = ROWS, rounds: int = ROUNDS, *, thorough: bool = False) -> None:
    """Run all contestants and print the table. Exits where they do not find the same straddlers.

    `thorough`: PostGIS measures every share as well, a minute of CPU for 400,000.
    """
    made = city(rows / ROWS)
    assert made.with_buildings  # made before the clock runs
    frame, ground = geopandas.GeoDataFrame(geometry=made.buildings), geopandas.GeoDataFrame(geometry=made.grids)
    with _database(made) as (cluster, connection):
        entered = [
            Contestant("wangge, owners and straddlers", lambda: _owned(made)),
            Contestant("wangge, all findings as well", lambda: _told(made)),
            Contestant("geopandas sjoin intersects", lambda: _joined(frame, ground), "x 1.3"),
            Contestant("PostGIS, straddlers measured", lambda: _asked(connection, JOIN), "x 12"),
        ]
        if thorough:
            entered.append(Contestant("PostGIS, every share measured", lambda: _asked(connection, LARGEST)))
        taken = _interleaved(entered, rounds, cluster)
    _show(made, entered, taken)


def _owned(made: City) -> Straddlers:
    found = households.owned(made.with_buildings.buildings, made.with_buildings.grids)
    met = np.bincount(found.piece_of, minlength=len(found.rest))
    assert found.is_split.any()
    return [int(number) for number in found.rest[met > 1]]


def _told(made: City) -> Straddlers:
    plan = made.with_buildings
    found = households.owned(plan.buildings, plan.grids)
    assert len([*households.building_findings(found, plan.grids)]) >= found.is_split.sum()
    met = np.bincount(found.piece_of, minlength=len(found.rest))
    return [int(number) for number in found.rest[met > 1]]


def _joined(frame: geopandas.GeoDataFrame, ground: geopandas.GeoDataFrame) -> Straddlers:
    index = geopandas.sjoin(frame, ground, predicate="intersects").index.to_numpy()
    return [int(number) for number in np.flatnonzero(np.bincount(index, minlength=len(frame)) > 1)]


def _asked(connection: psycopg.Connection, query: str) -> Straddlers:
    connection.execute("DROP TABLE IF EXISTS bench_owners")
    connection.execute(query)
    return [int(row[0]) for row in connection.execute(SEVERAL).fetchall()]


def _interleaved(entered: Sequence[Contestant], rounds: int, cluster: Cluster) -> Mapping[str, float]:
    taken: dict[str, list[float]] = {one.name: [] for one in entered}
    expected: Straddlers | None = None
    for _ in range(rounds):
        for one in entered:
            start = time.process_time() + cpu.server_s(cluster)
            found = one.run()
            taken[one.name].append(time.process_time() + cpu.server_s(cluster) - start)
            expected = found if expected is None else expected
            if found != expected:
                sys.exit(f"{one.name} found {len(found)} straddlers, not {len(expected)}")
    return {name: median(seconds) for name, seconds in taken.items()}


@contextmanager
def _database(made: City) -> Iterator[tuple[Cluster, psycopg.Connection]]:
    """A private cluster with the grids and buildings in it, indexed; erased at the end."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as name:
        data = Path(name) / "data"
        with (
            embedded.joined(data) as cluster,
            psycopg.connect(peers.superuser_dsn(cluster), autocommit=True) as connection,
        ):
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            connection.execute("SET jit = off")
            for table, of in TABLES.items():
                _load(connection, table, getattr(made, of))
            yield cluster, connection
        embedded.erase(data)


def _load(connection: psycopg.Connection, table: str, shapes: np.ndarray) -> None:
    connection.execute(f"CREATE TABLE {table} (id integer PRIMARY KEY, shape geometry)")
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for row in enumerate(shapely.to_wkb(shapes, hex=True).tolist()):
            copy.write_row(row)
    connection.execute(f"CREATE INDEX ON {table} USING gist (shape)")
    connection.execute(f"VACUUM ANALYZE {table}")


def _show(made: City, entered: Sequence[Contestant], taken: Mapping[str, float]) -> None:
    table = Table("buildings to grids", "CPU s (median)", "buildings per CPU s", "ours is", "asked", box=None)
    ours, count = taken[entered[0].name], len(made.buildings)
    for one in entered:
        seconds = taken[one.name]
        ratio = "" if one is entered[0] else f"x {seconds / ours:.2f}"
        table.add_row(one.name, f"{seconds:.2f}", f"{count / seconds:,.0f}", ratio, one.asked)
    table.caption = f"{count:,} footprints, {len(made.grids):,} grids"
    Console(file=sys.stdout, width=120).print(table)
