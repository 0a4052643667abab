"""How many rows of a file does a CPU second take through matching and import, beside what others would use?

`./dev bench files [--rows N] [--rounds N] [--only match|import]`: a private cluster with the sample district, N random
points in it as CSV, every contestant a process of its own, contestants interleaved, medians. CPU seconds are those of
the process and of the database together; peak memory is the process's.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import shapely
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from benchmarks import cpu
from geo.files import plan_of, read_geojson, things
from geo.model import Plan
from geo.store import embedded
from geo.store.embedded import Cluster
from sample_data.make import district

ROWS, ROUNDS = 500_000, 3
BLOCK = 200_000
WANGGE = (sys.executable, "-c", "from api.cli import main; main()")
PEER = (sys.executable, "-m", "benchmarks.peers")
MIB = 1024


@dataclass(frozen=True)
class Contestant:
    """A command, and how it may end well."""

    job: str
    name: str
    command: Sequence[str]
    statuses: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Run:
    cpu_s: float
    peak_mib: float


def main(arguments: Sequence[str]) -> None:
    """Run all contestants and print rows per CPU second, and peak memory."""
    parser = argparse.ArgumentParser(prog="./dev bench files", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", choices=("match", "import"))
    wish = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as name:
        folder = Path(name)
        with embedded.joined(folder / "data") as cluster:
            os.environ |= {"WANGGE_DATA": str(folder / "data")}
            os.environ.pop("DATABASE_URL", None)
            _set_up(folder, wish.rows)
            entered = [one for one in _contestants(folder, cluster) if wish.only in (None, one.job)]
            runs: dict[str, list[Run]] = {one.name: [] for one in entered}
            for _ in range(wish.rounds):
                for one in entered:
                    runs[one.name].append(_run(one, cluster))
        embedded.erase(folder / "data")
    _show(entered, runs, wish.rows)


def _set_up(folder: Path, rows: int) -> None:
    """The sample district published, its grids for the peers, and the points."""
    whole = district()
    (folder / "district.geojson").write_text(json.dumps(whole), "utf-8")
    subprocess.run([*WANGGE, "init"], check=True, capture_output=True)
    subprocess.run([*WANGGE, "import", folder / "district.geojson", "--publish"], check=True, capture_output=True)
    subprocess.run([*WANGGE, "export", "--layer", "grid", "-o", folder / "grids.gpkg"], check=True, capture_output=True)
    plan = plan_of(things(read_geojson(json.dumps(whole).encode())))
    with (folder / "points.csv").open("w", encoding="utf-8", newline="") as file:
        file.write("id,name,lon,lat\n")
        for lines in _points(plan, rows):
            file.write(lines)


def _points(plan: Plan, rows: int) -> Iterator[str]:
    """Lines of random points inside grids."""
    shapes = np.asarray([grid.shape for grid in plan.grids], dtype=object)
    shapely.prepare(shapes)
    tree, random, made = shapely.STRtree(shapes), np.random.default_rng(1), 0
    west, south, east, north = shapely.total_bounds(shapes)
    while made < rows:
        xy = random.uniform([west, south], [east, north], (BLOCK, 2)).round(7)
        inside = np.unique(tree.query(shapely.points(xy), "intersects")[0])[: rows - made]
        lines = (f"p{made + n},点{made + n},{x},{y}\n" for n, (x, y) in enumerate(xy[inside].tolist()))
        yield "".join(lines)
        made += len(inside)


def _contestants(folder: Path, cluster: Cluster) -> list[Contestant]:
    address = make_url(cluster.owner_url)
    host, port = str(address.query["host"]), str(address.query["port"])
    dsn = f"host={host} port={port} user=postgres dbname={address.database}"
    points, grids, out = (str(folder / name) for name in ("points.csv", "grids.gpkg", "out.csv"))
    place = ("--layer", "facility", "--datum", "wgs84", "--json")
    found = [
        Contestant("match", "wangge match", (*WANGGE, "match", points, "--datum", "wgs84", "-o", out), (0, 1)),
        Contestant("match", "geopandas sjoin", (*PEER, "sjoin", points, grids, out)),
        Contestant("match", "PostGIS COPY + join + COPY", (*PEER, "postgis", points, grids, out, dsn)),
        Contestant("import", "wangge import --dry-run", (*WANGGE, "import", points, *place, "--dry-run")),
        Contestant("import", "wangge import (a draft)", (*WANGGE, "import", points, *place)),
        Contestant("import", "COPY alone", (*PEER, "copy", points, dsn)),
    ]
    if ogr2ogr := shutil.which("ogr2ogr"):
        of_csv = ("-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat", "-a_srs", "EPSG:4326")
        target = ("-f", "PostgreSQL", f"PG:{dsn}", points, "-nln", "bench_points", "-overwrite")
        command = (ogr2ogr, "--config", "PG_USE_COPY", "YES", *target, *of_csv)
        found.append(Contestant("import", "ogr2ogr, COPY", command))
    return found


def _run(one: Contestant, cluster: Cluster) -> Run:
    """Run a contestant to its end; CPU seconds of it and of the database meanwhile, and its peak memory."""
    before = cpu.server_s(cluster)
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(one.command, stdout=subprocess.DEVNULL, stderr=told)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in one.statuses:
            told.seek(0)
            sys.exit(f"{one.name} ended with {process.returncode}: {told.read().decode(errors='replace')[-2000:]}")
    return Run(used.ru_utime + used.ru_stime + cpu.server_s(cluster) - before, used.ru_maxrss / MIB)


def _show(entered: Sequence[Contestant], runs: dict[str, list[Run]], rows: int) -> None:
    table = Table("job", "who", "CPU s (median)", "rows per CPU second", "peak MiB", "ours is", box=None)
    ours: dict[str, float] = {}
    for one in entered:
        seconds = median(run.cpu_s for run in runs[one.name])
        first = ours.setdefault(one.job, seconds)
        ratio = "" if first == seconds else f"x {seconds / first:.2f}"
        peak = max(run.peak_mib for run in runs[one.name])
        table.add_row(one.job, one.name, f"{seconds:.2f}", f"{rows / seconds:,.0f}", f"{peak:,.0f}", ratio)
    console = Console(file=sys.stdout, width=120)
    console.print(f"{rows:,} rows")
    console.print(table)
    if not shutil.which("ogr2ogr"):
        console.print("ogr2ogr is absent on this machine")
