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

from rich.console import Console
from rich.table import Table

from geo import lookup
from geo.store.connect import service_engine
from geo.store.embedded import Cluster
from geo.store.live import Live, Seen

FROM_DATABASE_S = 3.0
"""Longest time to the first exact answer that the database's rows may take."""
PLACE = (104.02, 30.51)
"""A point in a city of any size, degrees."""


def run(cluster: Cluster, rounds: int, console: Console) -> None:
    """Start some times and print the medians."""
    told = [_started(cluster) for _ in range(rounds)]
    table = Table("start", "first answer s", "of it CPU s", "MiB", "bytes a grid", "grids", "asked", box=None)
    grids = told[0]["grids"]
    seconds, cpu_s, taken = (median(one[name] for one in told) for name in ("seconds", "cpu_s", "bytes"))
    row = (f"{seconds:.2f}", f"{cpu_s:.2f}", f"{taken / 2**20:,.0f}", f"{taken / grids:,.0f}", f"{grids:,.0f}")
    table.add_row("from the database", *row, f"at most {FROM_DATABASE_S:g} s")
    console.print(table)


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


def _started(cluster: Cluster) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.owner_start", cluster.service_url, *map(str, PLACE)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {name: float(figure) for name, figure in json.loads(done.stdout).items()}


def once(arguments: Sequence[str]) -> dict[str, float]:
    """Load and answer once; seconds, CPU seconds and memory beyond what the program itself takes."""
    address, place = arguments[0], (float(arguments[1]), float(arguments[2]))
    before, wall, cpu = _resident(), time.perf_counter(), time.process_time()
    state = _loaded(address).map
    found = lookup.answer(state, *place)
    if found.owner is None:
        raise RuntimeError(f"nobody owns {place}")
    taken = {"seconds": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    return {**taken, "bytes": _resident() - before, "grids": len(state.holdings)}


def _resident() -> int:
    """Bytes of this process in memory now (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1:])))
