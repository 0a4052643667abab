"""Which other servers make tiles of the same grids, and how are they run?

TiPg comes with the peers' environment (`benchmarks.rivals`). MapServer is Debian's: `apt-get install cgi-mapserver
lighttpd`; it runs as FastCGI behind lighttpd, two processes that keep their connections, as its manual advises.
freestiler (an archive in one go) gets an environment of its own from PyPI. A peer that is absent is told and left out.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from benchmarks import rivals
from benchmarks.peers import superuser_dsn
from benchmarks.published_city import KEPT
from benchmarks.servers import Served, started
from geo.store.embedded import Cluster

TABLES = """
    CREATE SCHEMA IF NOT EXISTS bench;
    DROP TABLE IF EXISTS bench.tile_grid, bench.tile_grid_mercator;
    CREATE TABLE bench.tile_grid AS
      SELECT CAST(g.id AS integer) AS id, i.code, g.name, g.kind, r.code AS region,
             g.shape::geometry(Geometry, 4326) AS shape
        FROM grid AS g JOIN edition AS e ON e.id = g.edition JOIN identity AS i ON i.id = g.id
        JOIN identity AS r ON r.id = e.region
       WHERE in_force(e.numbers);
    CREATE TABLE bench.tile_grid_mercator AS
      SELECT id, code, name, kind, region, ST_Transform(shape, 3857)::geometry(Geometry, 3857) AS shape
        FROM bench.tile_grid;
    ALTER TABLE bench.tile_grid ADD PRIMARY KEY (id);
    ALTER TABLE bench.tile_grid_mercator ADD PRIMARY KEY (id);
    CREATE INDEX ON bench.tile_grid USING gist (shape);
    CREATE INDEX ON bench.tile_grid_mercator USING gist (shape);
"""
FREESTILER = ("freestiler==0.3.0", "geopandas", "pyarrow")
MAPSERVER = ("mapserv", "lighttpd")
WORKERS = 2
"""Processes of MapServer: as many as the machine that this was written on has processors."""
MAP = """
MAP
  NAME "bench"
  SIZE 256 256
  IMAGETYPE "mvt"
  PROJECTION "init=epsg:3857" END
  OUTPUTFORMAT
    NAME "mvt"
    DRIVER "MVT"
    FORMATOPTION "EXTENT=4096"
    FORMATOPTION "EDGE_BUFFER=4"
  END
  LAYER
    NAME "grids"
    TYPE POLYGON
    STATUS ON
    CONNECTIONTYPE POSTGIS
    CONNECTION "{dsn}"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "shape FROM bench.{table} USING UNIQUE id USING SRID={srid}"
    PROJECTION "init=epsg:{srid}" END
    METADATA "gml_include_items" "code,name,kind,region" END
  END
END
"""
CONFIG = 'CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\n  MAPS\n    BENCH "{map}"\n  END\nEND\n'
LIGHTTPD = """
server.modules = ("mod_fastcgi")
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{folder}"
server.max-keep-alive-requests = 10000000
server.max-connections = 64
fastcgi.server = ("/mapserv" => ((
  "bin-path" => "{program}", "socket" => "{folder}/socket", "check-local" => "disable",
  "min-procs" => {workers}, "max-procs" => {workers},
  "bin-environment" => ("MAPSERVER_CONFIG_FILE" => "{folder}/mapserver.conf"))))
"""


def prepare(cluster: Cluster) -> None:
    """The published grids as plain tables with an index, in degrees and in Web Mercator: the best peers ask for."""
    with psycopg.connect(superuser_dsn(cluster), autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute("VACUUM ANALYZE bench.tile_grid, bench.tile_grid_mercator")


def has_mapserver() -> bool:
    return all(map(_program, MAPSERVER))


def mapserver_version() -> str:
    """As it tells it: `MapServer version 8.0.0`."""
    told = subprocess.run([str(_program("mapserv")), "-v"], check=True, capture_output=True, text=True).stdout
    return " ".join(told.split()[:3])


@contextmanager
def tipg(cluster: Cluster) -> Iterator[Served]:
    """TiPg, one worker; both tables are collections of it."""
    with rivals.tipg(cluster) as served:
        yield served


def in_tipg(table: str, z: int, x: int, y: int) -> str:
    return f"/collections/bench.{table}/tiles/WebMercatorQuad/{z}/{x}/{y}"


@contextmanager
def mapserver(cluster: Cluster, table: str, srid: int) -> Iterator[Served]:
    """MapServer on one of the tables."""
    query = make_url(cluster.owner_url).query
    dsn = f"host={query['host']} port={query['port']} user=postgres dbname={make_url(cluster.owner_url).database}"
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made), _free_port()
        (folder / "grids.map").write_text(MAP.format(dsn=dsn, table=table, srid=srid), "utf-8")
        (folder / "mapserver.conf").write_text(CONFIG.format(map=folder / "grids.map"), "utf-8")
        told = {"port": port, "folder": folder, "program": _program("mapserv"), "workers": WORKERS}
        (folder / "lighttpd.conf").write_text(LIGHTTPD.format(**told), "utf-8")
        command = [str(_program("lighttpd")), "-D", "-f", str(folder / "lighttpd.conf")]
        with started(command, os.environ, r"server started \(lighttpd/([0-9]+)") as served:
            yield Served(port, served.process)


def in_mapserver(z: int, x: int, y: int) -> str:
    return f"/mapserv?map=BENCH&mode=tile&tilemode=gmap&layers=grids&tile={x}+{y}+{z}"


def tiler() -> Path | None:
    """The Python of an environment with freestiler, made where it is absent; None where that cannot be had."""
    folder = KEPT / "tiler"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, clear=True, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *FREESTILER]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            return None
        (folder / "ready").touch()
    return python


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/cgi-bin")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
