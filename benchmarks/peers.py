"""How do others do the same with a file? Each a process of its own: `python -m benchmarks.peers NAME ARGUMENTS`."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas
import pandas as pd
import psycopg


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


PEERS: Mapping[str, Callable[..., None]] = {"sjoin": sjoin, "postgis": postgis, "copy": bare_copy}

if __name__ == "__main__":
    PEERS[sys.argv[1]](*sys.argv[2:])
