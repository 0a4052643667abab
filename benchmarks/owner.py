"""How fast is the owner of a point told, beside what a user would pick instead, in one run?

`./dev bench owner [--rounds N] [--requests N] [--only PART] [--small] [--full] [--anew]`: an invented city of 15,000
grids, published once through the door and kept under `.cache/bench`. Parts: `http`, `inside`, `stream`, `start`. CPU
seconds of everything involved, contestants interleaved, medians of rounds; what was asked stands beside.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from rich.console import Console

from benchmarks import owner_http, owner_inside, owner_start, owner_stream, published_city
from benchmarks.city import City
from geo.store.embedded import Cluster

ROUNDS, REQUESTS = 3, 20_000
SMALL = 0.02
"""Size of the city with `--small`: everything runs, the figures mean little."""
MANY, MOST = 1_000_000, 20_000_000
"""Points that are asked about at once; with `--full` also as many as the last, once."""
PARTS = ("http", "inside", "stream", "start")


def main(arguments: Sequence[str]) -> None:
    """Run the parts that are wanted and print what was measured beside what was asked."""
    wish = _read(arguments)
    console = Console(file=sys.stdout, width=130)
    if wish.anew:
        published_city.forget()
    with published_city.published(SMALL if wish.small else 1.0) as (cluster, made):
        for part in [wish.only] if wish.only else PARTS:
            _run(part, wish, cluster, made, console)


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench owner", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="of each contestant in a round")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--small", action="store_true", help=f"a city of {SMALL:.0%} of the size, for a quick try")
    parser.add_argument("--full", action="store_true", help=f"{MOST:,} points at once, too")
    parser.add_argument("--anew", action="store_true", help="publish the city again instead of using the kept one")
    return parser.parse_args(arguments)


def _run(part: str, wish: argparse.Namespace, cluster: Cluster, made: City, console: Console) -> None:
    many = MANY // 20 if wish.small else MANY
    if part == "http":
        points = [(x, y) for x, y in inside(made, wish.requests).tolist()]
        owner_http.run(cluster, points, wish.rounds, console)
    elif part == "inside":
        owner_inside.run(cluster, inside(made, many), wish.rounds, console)
        if wish.full:
            owner_inside.run_once(cluster, inside(made, MOST), console)
    elif part == "stream":
        owner_stream.run(cluster, inside(made, many), wish.rounds, console)
    else:
        owner_start.run(cluster, wish.rounds, console)


def inside(made: City, count: int) -> NDArray[np.float64]:
    """So many random points in the city's communities, (n, 2) of degrees with seven places; always the same."""
    shapely.prepare(made.boundaries)
    tree, chance, found = shapely.STRtree(made.boundaries), np.random.default_rng(1), list[NDArray[np.float64]]()
    west, south, east, north = shapely.total_bounds(made.boundaries)
    while sum(map(len, found)) < count:
        xy = chance.uniform([west, south], [east, north], (min(count * 2, 1_000_000), 2)).round(7)
        found.append(xy[np.unique(tree.query(shapely.points(xy), "intersects")[0])])
    return np.concatenate(found)[:count]
