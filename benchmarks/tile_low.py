"""What do the tiles weigh that show much at once, and what do they cost to make?

Every square of each zoom over the city, made anew (no cache): bytes of the largest and CPU milliseconds of the service
and the database a square.
"""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks import cpu, tile_places, tile_serving
from benchmarks.city import City
from benchmarks.servers import Served
from geo.store.embedded import Cluster

ZOOMS: Mapping[str, Sequence[int]] = {"regions": range(15), "labels": range(15), "grids": (13, 14, 15)}
LONG = 40
"""A square is asked for until so many answers are in, that the clock may tell."""
ASKED = {("regions", 10): "50 CPU ms, 50 kB"}
MOST_BYTES = 200_000
KB = 1000


def run(cluster: Cluster, made: City, console: Console, layers: Mapping[str, Sequence[int]] = ZOOMS) -> None:
    """Print bytes and CPU milliseconds by layer and zoom."""
    table = Table("layer", "zoom", "squares", "largest kB", "CPU ms a square", "asked", box=None)
    with tile_serving.served(cluster, cache_bytes=0) as running:
        for layer, zooms in layers.items():
            for zoom in zooms:
                squares = tile_places.covering(made, zoom)
                tile_serving.derived(running, squares, layer)
                largest, spent = _weighed(running, cluster, layer, squares)
                over = f"over {MOST_BYTES // KB} kB" if largest > MOST_BYTES else ""
                cells = (f"{largest / KB:.1f}", f"{spent * 1e3:.1f}", ASKED.get((layer, zoom), over))
                table.add_row(layer, str(zoom), str(len(squares)), *cells)
    console.print(table)


def _weighed(running: Served, cluster: Cluster, layer: str, squares: Sequence[tile_places.Square]) -> tuple[int, float]:
    """Bytes of the largest square, and CPU seconds a square."""
    paths = [tile_serving.layer(layer, *square) for square in squares]
    largest = max(tile_serving.weight(running, path) for path in paths)
    again = paths * (1 + LONG // len(paths))
    start = running.cpu_s + cpu.server_s(cluster)
    for path in again:
        tile_serving.weight(running, path)
    return largest, (running.cpu_s + cpu.server_s(cluster) - start) / len(again)
