"""How is `wangge serve` started to hand out tiles: with a cache or with none, and with what they are cut from made?"""

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks import load, servers
from benchmarks.servers import Served
from benchmarks.tile_places import Square
from geo.store.embedded import Cluster

DERIVED_S = 900.0
"""A zoom of the whole city is derived within this time."""


@contextmanager
def served(cluster: Cluster, constant: int = 1, cache_bytes: int | None = None) -> Iterator[Served]:
    """The service, with a route of so many constant bytes (`benchmarks.tile_constant`)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WANGGE_", "DATABASE_"))}
    own = {"DATABASE_URL": cluster.service_url, "WANGGE_OWNER_URL": cluster.owner_url}
    if cache_bytes is not None:
        own["WANGGE_TILE_CACHE_BYTES"] = str(cache_bytes)
    command = [sys.executable, "-m", "benchmarks.tile_constant", str(constant), "serve", "--port", "0"]
    with servers.started(command, kept | own, r"ready http://[^:]+:([0-9]+)") as running:
        yield running


def grids(z: int, x: int, y: int) -> str:
    return layer("grids", z, x, y)


def layer(name: str, z: int, x: int, y: int) -> str:
    return f"/tiles/current/{name}/{z}/{x}/{y}"


def derived(running: Served, squares: Sequence[Square], name: str = "grids") -> None:
    """Returns when a tile of each zoom among the squares is there: what it is cut from is made first, and kept."""
    for square in {one[0]: one for one in squares}.values():
        until = time.monotonic() + DERIVED_S
        while not _is_there(running, layer(name, *square)):
            if time.monotonic() > until:
                raise RuntimeError(f"zoom {square[0]} was not derived in {DERIVED_S:.0f} s")


def weight(running: Served, path: str) -> int:
    """Bytes of a tile, 0 of an empty one. Raises load.RefusedError."""
    try:
        return len(load.ask(running.port, path))
    except load.RefusedError as refused:
        if _status(refused) == 204:
            return 0
        raise


def _is_there(running: Served, path: str) -> bool:
    """Whether it answers with a tile; 503 says that it is still at work, and has waited already."""
    try:
        weight(running, path)
    except load.RefusedError as refused:
        if _status(refused) == 503:
            return False
        raise
    return True


def _status(refused: load.RefusedError) -> int:
    found = re.match(r"HTTP/1\.1 ([0-9]{3})", str(refused))
    return int(found[1]) if found else 0
