"""How fast are tiles made and handed out, beside what a user would pick instead, in one run?

`./dev bench tiles [--rounds N] [--requests N] [--only PART] [--small] [--anew]`: the invented city of 15,000 grids,
published once through the door and kept under `.cache/bench`. Parts: `http`, `low`, `archive`. CPU seconds of
everything involved, contestants interleaved, medians of rounds; what was asked stands beside.
"""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console

from benchmarks import published_city, tile_archive, tile_http, tile_low, tile_places
from benchmarks.city import City
from geo.store.embedded import Cluster

ROUNDS, REQUESTS = 3, 1_000
SMALL = 0.02
"""Size of the city with `--small`: everything runs, the figures mean little."""
PARTS = ("http", "low", "archive")


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
    parser = argparse.ArgumentParser(prog="./dev bench tiles", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="squares in a round, the same for all")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--small", action="store_true", help=f"a city of {SMALL:.0%} of the size, for a quick try")
    parser.add_argument("--anew", action="store_true", help="publish the city again instead of using the kept one")
    return parser.parse_args(arguments)


def _run(part: str, wish: argparse.Namespace, cluster: Cluster, made: City, console: Console) -> None:
    if part == "http":
        tile_http.run(cluster, tile_places.mixed(made, wish.requests), wish.rounds, console)
    elif part == "low":
        tile_low.run(cluster, made, console)
    else:
        tile_archive.run(cluster, made, wish.rounds, console)
