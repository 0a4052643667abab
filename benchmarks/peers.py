"""How do others do the same? With a file each is a process of its own: `python -m benchmarks.peers NAME ARGUMENTS`."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import psycopg
import shapely
from sqlalchemy import make_url

from benchmarks.city import City
from geo.store.embedded import Cluster

NOISE_DEG2 = 1e-12
"""Less ground than this (0.01 m2) is noise of an overlay, square degrees."""
FAULTY = f"""
    WITH covered AS (SELECT region, ST_Union(shape) AS shape FROM bench_grids GROUP BY region)
    SELECT c.region FROM bench_communities c JOIN covered USING (region)
     WHERE ST_Area(ST_Difference(c.shape, covered.shape)) > {NOISE_DEG2}
        OR ST_Area(ST_Difference(covered.shape, c.shape)) > {NOISE_DEG2}
     ORDER BY c.region"""
"""Communities with gaps or with ground outside their boundary. It cannot see an overlap of two grids, a node that one
side lacks, nor less than `NOISE_DEG2`."""


def sjoin(points: str, grids: str, out: str) -> None:
    """pandas reads the table, geopandas joins it with the grids, pandas writes it; all of it in memory."""
    table = pd.read_csv(points, dtype=str)
    dots = geopandas.points_from_xy(table["lon"].astype(float), table["lat"].astype(float), crs="EPSG:4326")
    frame = geopandas.read_file(grids, layer="grid")[["code", "name", "region", "geometry"]]
    joined = geopandas.sjoin(geopandas.GeoDataFrame(table, geometry=dots), frame, how="left", predicate="intersects")
    joined.drop(columns="geometry").to_csv(out, index=False)


def postgis(points: str, grids: str, out: str, dsn: str) -> None:
    """COPY in, join with an index on the grids, COPY out."""
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TEMP TABLE ground (code text, name text, region text, shape geometry)")
        frame = geopandas.read_file(grids, layer="grid")
        with connection.cursor().copy("COPY ground FROM STDIN") as copy:
            for row in frame.itertuples():
                copy.write_row((row.code, row.name, row.region, row.geometry.wkb_hex))
        connection.execute("CREATE INDEX ON ground USING gist (shape)")
        connection.execute("ANALYZE ground")
        copied(connection, points)
        query = (
            "COPY (SELECT c.*, g.code, g.name, g.region FROM cases c LEFT JOIN ground g"
            " ON ST_Intersects(g.shape, ST_Point(c.lon, c.lat))) TO STDOUT WITH (FORMAT csv, HEADER)"
        )
        with connection.cursor().copy(query) as copy, Path(out).open("wb") as file:
            file.writelines(copy)


def bare_copy(points: str, dsn: str) -> None:
    """COPY of the file into a table of the same columns, with no shape, no check and no key: what the wire costs."""
    with psycopg.connect(dsn) as connection:
        copied(connection, points)


def copied(connection: psycopg.Connection, points: str) -> None:
    connection.execute("CREATE TEMP TABLE cases (id text, name text, lon float8, lat float8)")
    with (
        connection.cursor().copy("COPY cases FROM STDIN WITH (FORMAT csv, HEADER)") as copy,
        Path(points).open("rb") as file,
    ):
        while block := file.read(1 << 20):
            copy.write(block)


def load(connection: psycopg.Connection, city: City) -> None:
    """The city as tables with indexes, as a database that has been in use for a while would have it."""
    communities = enumerate(shapely.to_wkb(city.boundaries, hex=True).tolist())
    grids = zip(city.region_of.tolist(), shapely.to_wkb(city.grids, hex=True).tolist(), strict=True)
    for table, rows in (("bench_communities", communities), ("bench_grids", grids)):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(f"CREATE TABLE {table} (region integer, shape geometry)")
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.execute(f"CREATE INDEX ON {table} (region)")
        connection.execute(f"CREATE INDEX ON {table} USING gist (shape)")
        connection.commit()
        connection.autocommit = True
        connection.execute(f"VACUUM ANALYZE {table}")
        connection.autocommit = False


def postgis_faulty(connection: psycopg.Connection) -> list[int]:
    """PostGIS's own union and differences, one query for all communities."""
    return [int(row[0]) for row in connection.execute(FAULTY).fetchall()]


def shapely_faulty(city: City) -> list[int]:
    """The same with shapely, whole arrays at once; every community has as many grids as the others."""
    covered = shapely.union_all(city.grids.reshape(len(city.boundaries), -1), axis=1)
    gaps = shapely.area(shapely.difference(city.boundaries, covered))
    spills = shapely.area(shapely.difference(covered, city.boundaries))
    return [int(number) for number in np.flatnonzero((gaps > NOISE_DEG2) | (spills > NOISE_DEG2))]


def superuser_dsn(cluster: Cluster) -> str:
    """How psycopg reaches a private cluster with every right."""
    address = make_url(cluster.owner_url)
    return f"host={address.query['host']} port={address.query['port']} user=postgres dbname={address.database}"


PEERS: Mapping[str, Callable[..., None]] = {"sjoin": sjoin, "postgis": postgis, "copy": bare_copy}

if __name__ == "__main__":
    PEERS[sys.argv[1]](*sys.argv[2:])
