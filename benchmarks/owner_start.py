"""How long until the first exact answer after a start, and how much memory does a grid take?

Each start is a process of its own, for a process that has answered before has everything warm: with an address,
`python -m benchmarks.owner_start ADDRESS LON LAT` starts once and tells it as JSON.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from geo import lookup
from geo.store.connect import service_engine
from geo.store.embedded import Cluster
from geo.store.live import Live, Seen
from geo.store.snapshot import Snapshots

FROM_DATABASE_S, FROM_SNAPSHOT_S = 3.0, 1.0
"""Longest time to the first exact answer of the database's rows, and of a snapshot."""
PLACE = (104.02, 30.51)
"""A point in a city of any size, degrees."""


def run(cluster: Cluster, rounds: int, console: Console) -> None:
    """Start some times and print the medians."""
    table = Table("start", "first answer s", "of it CPU s", "MiB", "bytes a grid", "grids", "asked", box=None)
    with TemporaryDirectory() as folder:
        database, snapshot = [], []
        for number in range(rounds):
            own = Path(folder, str(number))
            database.append(_started(cluster, own))
            snapshot.append(_started(cluster, own))
            size = sum(path.stat().st_size for path in own.glob("*.snapshot"))
    for name, told, most in (
        ("from the database", database, FROM_DATABASE_S),
        ("from the snapshot", snapshot, FROM_SNAPSHOT_S),
    ):
        grids = told[0]["grids"]
        seconds, cpu_s, taken = (median(one[name] for one in told) for name in ("seconds", "cpu_s", "bytes"))
        row = (f"{seconds:.2f}", f"{cpu_s:.2f}", f"{taken / 2**20:,.0f}", f"{taken / grids:,.0f}", f"{grids:,.0f}")
        table.add_row(name, *row, f"at most {most:g} s")
    console.print(table)
    console.print(f"the snapshot has {size / grids:,.0f} bytes a grid; its pages are shared by all processes")


def loaded(cluster: Cluster) -> Seen:
    """The published map of a cluster, loaded once from the database; nothing follows it."""
    return _loaded(cluster.service_url)


def _loaded(address: str) -> Seen:
    engine = service_engine(address)
    try:
        live = Live(engine)
        live.refresh()
        return live.seen
    finally:
        engine.dispose()


def _started(cluster: Cluster, folder: Path) -> dict[str, float]:
    """Once there is a snapshot in the folder, from that; without one, from the database, and then there is one."""
    command = [sys.executable, "-m", "benchmarks.owner_start", cluster.service_url, *map(str, PLACE), str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {name: float(figure) for name, figure in json.loads(done.stdout).items()}


def once(arguments: Sequence[str]) -> dict[str, float]:
    """Start and answer once; seconds, CPU seconds and memory beyond what the program itself takes."""
    address, place, folder = arguments[0], (float(arguments[1]), float(arguments[2])), Path(arguments[3])
    engine = service_engine(address)
    before, wall, cpu = _resident(), time.perf_counter(), time.process_time()
    live = Live(engine, Snapshots(folder))
    live.start()
    found = lookup.answer(live.seen.map, *place)
    taken = {"seconds": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    taken |= {"bytes": _resident() - before, "grids": len(live.seen.map.holdings)}
    if found.owner is None:
        raise RuntimeError(f"nobody owns {place}")
    live.stop()
    engine.dispose()
    return taken


def _resident() -> int:
    """Bytes of this process in memory now (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1:])))
