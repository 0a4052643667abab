"""How many tiles does a CPU second give, beside what a user would pick instead, in one interleaved run?

CPU seconds are those of the servers' processes and of the database together; the asking counts for nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

import mapbox_vector_tile
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import cpu, load, rivals, tile_constant, tile_peers, tile_serving
from benchmarks.servers import Served
from benchmarks.tile_places import Square
from geo.store.embedded import Cluster

CONNECTIONS = 16
SLICE = 100
"""Requests of one contestant before the next has its turn."""
OFTEN = 20
"""Warm tiles and constant bytes are asked for so many times as often: they take so much less."""
ASKED_ALIKE = 12
"""Squares in which all must show the same grids before anything is measured."""
COLD, WARM, CONSTANT = "wangge, cold (no cache)", "wangge, warm", "constant bytes, as long"
TIPG, TIPG_MERCATOR = "TiPg", "TiPg, table in Web Mercator"
MAPSERVER, MAPSERVER_MERCATOR = "MapServer", "MapServer, table in Web Mercator"
ASKED = {TIPG: "cold x 2, warm x 25", MAPSERVER: "cold x 1", CONSTANT: "warm x 0.9"}
INSIDE = (1, 4095)
"""What lies in a square and not only in its rim, which is not as wide with all, in units."""

Ask = Callable[[int, int, int], str]


@dataclass(frozen=True)
class Contestant:
    """Who answers, what it is asked, and how often for each square of a round; tiles a CPU second as rounds end.

    `database`: the database's share of it.
    """

    name: str
    served: Served
    ask: Ask
    often: int = 1
    rates: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    def fire(self, squares: Sequence[Square]) -> int:
        paths = [self.ask(*square) for square in squares] * self.often
        load.fire(self.served.port, paths, CONNECTIONS)
        return len(paths)


def run(cluster: Cluster, squares: Sequence[Square], rounds: int, console: Console) -> None:
    """Measure, and print rates and ratios beside what was asked."""
    tile_peers.prepare(cluster)
    with ExitStack() as stack:
        entered = list(_entered(stack, cluster, squares, console))
        _agree(entered, squares[:ASKED_ALIKE])
        for one in entered:
            one.fire(list(dict.fromkeys(squares)))  # each has begun, and the warm one has them all
        for _ in range(rounds):
            _round(entered, squares, cluster)
        console.print(_rates(entered, len(squares)))
    told = [f"{name} {version}" for name, version in sorted(rivals.versions().items())]
    console.print(", ".join([*told, *([tile_peers.mapserver_version()] if tile_peers.has_mapserver() else [])]))


def _entered(stack: ExitStack, cluster: Cluster, squares: Sequence[Square], console: Console) -> Iterator[Contestant]:
    cold = stack.enter_context(tile_serving.served(cluster, cache_bytes=0))
    tile_serving.derived(cold, squares)
    yield Contestant(COLD, cold, tile_serving.grids)
    length = median(len(load.ask(cold.port, tile_serving.grids(*square))) for square in squares[:200])
    tipg = stack.enter_context(tile_peers.tipg(cluster))
    yield Contestant(TIPG, tipg, lambda z, x, y: tile_peers.in_tipg("tile_grid", z, x, y))
    yield Contestant(TIPG_MERCATOR, tipg, lambda z, x, y: tile_peers.in_tipg("tile_grid_mercator", z, x, y))
    if tile_peers.has_mapserver():
        plain = stack.enter_context(tile_peers.mapserver(cluster, "tile_grid", 4326))
        yield Contestant(MAPSERVER, plain, tile_peers.in_mapserver)
        mercator = stack.enter_context(tile_peers.mapserver(cluster, "tile_grid_mercator", 3857))
        yield Contestant(MAPSERVER_MERCATOR, mercator, tile_peers.in_mapserver)
    else:
        console.print(f"left out: {MAPSERVER}: apt-get install cgi-mapserver lighttpd", style="red")
    warm = stack.enter_context(tile_serving.served(cluster, constant=round(length)))
    tile_serving.derived(warm, squares)
    yield Contestant(WARM, warm, tile_serving.grids, OFTEN)
    yield Contestant(CONSTANT, warm, lambda *_: tile_constant.PATH, OFTEN)


def _agree(entered: Sequence[Contestant], squares: Sequence[Square]) -> None:
    """Raises RuntimeError where two show different grids."""
    for square in squares:
        shown = {one.name: _codes(one, square) for one in entered if one.name != CONSTANT}
        if len(set(shown.values())) > 1 or frozenset() in shown.values():
            told = {name: sorted(codes) for name, codes in shown.items()}
            raise RuntimeError(f"not the same grids in {square}: {told}")


def _codes(one: Contestant, square: Square) -> frozenset[str]:
    """Codes of the grids that have ground in the square."""
    layers = mapbox_vector_tile.decode(load.ask(one.served.port, one.ask(*square)))
    features = [feature for layer in layers.values() for feature in layer["features"]]
    return frozenset(feature["properties"]["code"] for feature in features if _is_inside(feature["geometry"]))


def _is_inside(geometry: dict[str, object]) -> bool:
    numbers = list(_points(geometry["coordinates"]))
    least, most = INSIDE
    return all(min(axis) < most and max(axis) > least for axis in zip(*numbers, strict=True))


def _points(nested: object) -> Iterator[tuple[float, float]]:
    match nested:
        case [int() | float() as x, int() | float() as y]:
            yield x, y
        case [*parts]:
            for part in parts:
                yield from _points(part)


def _round(entered: Sequence[Contestant], squares: Sequence[Square], cluster: Cluster) -> None:
    """Every contestant on all squares, a slice at a time, so that a busy moment of the machine falls on all of them."""
    used, answered = np.zeros((len(entered), 2)), [0] * len(entered)
    for first in range(0, len(squares), SLICE):
        for n, one in enumerate(entered):
            start = np.array([one.served.cpu_s, cpu.server_s(cluster)])
            answered[n] += one.fire(squares[first : first + SLICE])
            used[n] += np.array([one.served.cpu_s, cpu.server_s(cluster)]) - start
    for one, tiles, (own, database) in zip(entered, answered, used.tolist(), strict=True):
        one.rates.append(tiles / (own + database))
        one.database.append(database / (own + database))


def _rates(entered: Sequence[Contestant], requests: int) -> Table:
    rates = {one.name: median(one.rates) for one in entered}
    table = Table(
        "tiles z14-z17 of 15,000 grids",
        "tiles per CPU s",
        "CPU ms",
        "database's",
        "cold is",
        "warm is",
        "asked",
        box=None,
    )
    for one in entered:
        name, rate = one.name, rates[one.name]
        ratios = ["" if name == mine else f"x {rates[mine] / rate:.2f}" for mine in (COLD, WARM)]
        table.add_row(
            name, f"{rate:,.0f}", f"{1e3 / rate:.2f}", f"{median(one.database):.0%}", *ratios, ASKED.get(name, "")
        )
    table.caption = f"{CONNECTIONS} connections, {len(entered[0].rates)} rounds of {requests:,} squares"
    return table
