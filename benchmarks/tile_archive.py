"""What does an archive of the whole city cost, beside a program that makes nothing else?

`wangge export -o city.pmtiles` and freestiler, in turn, each a process of its own: CPU seconds of the process, of its
children and of the database together. What our squares are cut from is derived before, as it is in a store that has
been in use; the first run, told beside, has to make all of it. freestiler is given its layers as GeoParquet, outlines
of regions put together for it; it simplifies each shape alone, so that borders of neighbours do not meet.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import geopandas
import psycopg
import shapely
from rich.console import Console
from rich.table import Table

from benchmarks import cpu, published_city, tile_peers
from benchmarks.city import City
from benchmarks.peers import superuser_dsn
from geo.store.embedded import Cluster

MOST_ZOOM = 15
WANGGE = (sys.executable, "-c", "from api.cli import main; main()")
LEVELS = {"city": 0, "district": 6, "street": 8, "community": 11}
"""From which zoom on regions of a level are shown, as our squares have them."""
GRIDS_FROM = 13
ASKED = 2.0
"""At most so many times freestiler's CPU seconds."""
MIB = 1024 * 1024


def run(cluster: Cluster, made: City, rounds: int, console: Console) -> None:
    """Measure, and print CPU seconds, sizes and the ratio."""
    python = tile_peers.tiler()
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        ours: list[str] = [*WANGGE, "export", "-o", str(there / "ours.pmtiles")]
        commands: dict[str, Sequence[str]] = {"wangge export": ours}
        if python is None:
            console.print(f"left out: pip install {' '.join(tile_peers.FREESTILER)} failed", style="red")
        else:
            write_layers(made, there)
            program = str(Path(__file__).with_name("with_freestiler.py"))
            theirs = [str(python), program, folder, str(there / "theirs.pmtiles"), str(MOST_ZOOM)]
            commands["freestiler 0.3.0"] = theirs
        forget_derived(cluster)
        first = used_s(ours, cluster)
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                taken[name].append(used_s(command, cluster))
        console.print(_table({name: median(seconds) for name, seconds in taken.items()}, first, there))


def forget_derived(cluster: Cluster) -> None:
    """What squares are cut from is made anew by who asks next."""
    with psycopg.connect(superuser_dsn(cluster), autocommit=True) as connection:
        connection.execute("TRUNCATE tile_shape, tile_thing, tile_grid, tile_state")


def used_s(command: Sequence[str], cluster: Cluster) -> float:
    """CPU seconds of a command, its children and the database. Raises RuntimeError where it fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WANGGE_", "DATABASE_"))}
    own = {"DATABASE_URL": cluster.service_url, "WANGGE_OWNER_URL": cluster.owner_url}
    before = _children_s() + cpu.server_s(cluster)
    ended = subprocess.run(command, env=kept | own, check=False, capture_output=True)
    if ended.returncode:
        raise RuntimeError(ended.stderr.decode("utf-8", "replace")[-2000:])
    return _children_s() + cpu.server_s(cluster) - before


def write_layers(made: City, folder: Path) -> None:
    """The city's grids, regions and labels as files, by the zooms that they are shown at."""
    for name, least, most, frame in _layers(made):
        frame.to_parquet(folder / f"{name}-{least}-{most}.parquet")


def _layers(made: City) -> Iterator[tuple[str, int, int, geopandas.GeoDataFrame]]:
    plans = list(published_city.plans(made))
    grids = [grid for plan in plans for grid in plan.grids]
    told = {name: [getattr(grid, name) for grid in grids] for name in ("code", "name", "region")}
    frame = _frame(told, [grid.shape for grid in grids])
    yield "grids", GRIDS_FROM, MOST_ZOOM, frame
    yield "grid_labels", GRIDS_FROM, MOST_ZOOM, _pointed(frame)
    regions = {region.code: region for plan in plans for region in plan.regions}
    outlines = {code: region.shape for code, region in regions.items() if region.shape is not None}
    least_above = GRIDS_FROM
    for level, least in reversed(LEVELS.items()):
        own = [region for region in regions.values() if region.level == level]
        frame = _frame(
            {"code": [one.code for one in own], "name": [one.name for one in own]}, [outlines[one.code] for one in own]
        )
        yield level, least, MOST_ZOOM, frame
        yield f"{level}_labels", least, least_above - 1, _pointed(frame)
        least_above = least
        children: dict[str, list[shapely.Geometry]] = {}
        for one in own:
            if one.parent is not None:
                children.setdefault(one.parent, []).append(outlines[one.code])
        outlines |= {code: shapely.coverage_union_all(shapes) for code, shapes in children.items()}


def _frame(columns: Mapping[str, Sequence[str]], shapes: Sequence[shapely.Geometry]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(dict(columns), geometry=list(shapes), crs="EPSG:4326")


def _pointed(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    return frame.set_geometry(frame.representative_point())


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _table(seconds: Mapping[str, float], first: float, folder: Path) -> Table:
    files = {"wangge export": "ours.pmtiles", "freestiler 0.3.0": "theirs.pmtiles"}
    table = Table("archive of the whole city, zooms 0 to 15", "CPU s", "MiB", "ours is", "asked", box=None)
    table.add_row("wangge export, deriving everything first", f"{first:.1f}", "", "", "")
    ours = seconds["wangge export"]
    for name, used in seconds.items():
        ratio, asked = ("", "") if used == ours else (f"x {ours / used:.2f} CPU s", f"at most x {ASKED:g}")
        table.add_row(name, f"{used:.1f}", f"{(folder / files[name]).stat().st_size / MIB:.1f}", ratio, asked)
    return table
