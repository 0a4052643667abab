"""Who else divides blocks into grids, and what do they make of them in the time that they have?

Each is a process of its own: `python -m benchmarks.draw_peers WAY GRAPH OUT SECONDS SEED`. Of the plans it finds until
its time is over the best counts, each grid made whole first. Seconds are those until then, CPU and wall: not of
starting, nor of making the blocks, which are ours. The packages are no part of the project: a missing one is told.
"""

import importlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from shapely import Polygon

from benchmarks.draw_graph import BlockGraph, Numbers, badness, whole
from geo.arrangement import joined
from geo.model import Ground

PEERS: Mapping[str, Mapping[str, str]] = {
    "METIS": {"metis": "draw_metis.plans"},
    "METIS on streets": {"metis-streets": "draw_metis.plans_on_streets"},
    "GerryChain": {"recom": "draw_recom.plans"},
    "spopt": {"skater": "draw_spopt.skater", "k-means": "draw_spopt.k_means", "max-p": "draw_spopt.max_p"},
}
"""Each peer's ways, and where they are; of several the best counts."""
PACKAGES = {"draw_metis": "pymetis", "draw_recom": "gerrychain", "draw_spopt": "spopt"}
LATE_S = 30.0
"""A process has so long to start, and to notice that its time is over, before it is ended."""
LAST_LINE = 200


class TimeUpError(BaseException):
    """Not an `Exception`, so that no library takes it for one of its own."""


@dataclass(frozen=True)
class Divided:
    """The grid of each block (n,), or None and why; CPU and wall seconds."""

    labels: Numbers | None
    why: str = ""
    cpu_s: float = 0.0
    wall_s: float = 0.0


def divided(way: str, graph: BlockGraph, seconds: float, seed: int) -> Divided:
    """What one way makes of blocks in so many seconds."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as name:
        out = Path(name) / "out"
        graph.save(Path(name) / "graph.npz")
        asked = [way, f"{name}/graph.npz", str(out), str(seconds), str(seed)]
        command = [sys.executable, "-m", "benchmarks.draw_peers", *asked]
        try:
            told = subprocess.run(command, capture_output=True, text=True, timeout=seconds + LATE_S, check=False)
        except subprocess.TimeoutExpired:
            return Divided(None, f"not done in {seconds:.0f} s", seconds, seconds)
        kept = out.with_suffix(".json")
        used = json.loads(kept.read_text("utf-8")) if kept.is_file() else {}
        if told.returncode != 0:
            why = (told.stderr.strip().splitlines() or ["no word"])[-1][:LAST_LINE]
            return Divided(None, why, **used)
        return Divided(np.load(out.with_suffix(".npy")), "", **used)


def plan_of(shapes: Sequence[Polygon], labels: Numbers) -> list[Ground]:
    """The ground of each grid: the blocks that have its number (n,), on the lattice as they are."""
    return [joined([shapes[n] for n in np.flatnonzero(labels == label)]) for label in np.unique(labels)]


def main(way: str, graph: str, out: str, seconds: str, seed: str) -> None:
    """Divide, and write the labels and the seconds; a word on stderr and status 1 where nothing is found."""
    known, plans = BlockGraph.load(Path(graph)), _verb(way)
    cpu, wall = time.process_time(), time.monotonic()
    best = _best(known, plans(known, int(seed)), float(seconds))
    used = {"cpu_s": time.process_time() - cpu, "wall_s": time.monotonic() - wall}
    Path(f"{out}.json").write_text(json.dumps(used), "utf-8")
    if best is None:
        sys.exit(f"nothing found in {float(seconds):.0f} s")
    np.save(f"{out}.npy", best)


def _verb(way: str) -> Callable[[BlockGraph, int], Iterator[Numbers]]:
    module, _, verb = next(ways[way] for ways in PEERS.values() if way in ways).partition(".")
    try:
        found: Callable[[BlockGraph, int], Iterator[Numbers]] = getattr(
            importlib.import_module(f"benchmarks.{module}"), verb
        )
    except ModuleNotFoundError:
        sys.exit(f"install it: pip install {PACKAGES[module]}")
    return found


def _best(graph: BlockGraph, plans: Iterator[Numbers], seconds: float) -> Numbers | None:
    """The best of the plans that are found before the time is up, None where there is none."""
    best: tuple[tuple[int, float], Numbers] | None = None
    signal.signal(signal.SIGALRM, _time_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        for found in plans:
            labels = whole(graph, found)
            worth = badness(graph, labels)
            if best is None or worth < best[0]:
                best = worth, labels
    except TimeUpError:
        pass  # what was found until now counts
    signal.setitimer(signal.ITIMER_REAL, 0)
    return None if best is None else best[1]


def _time_up(*_: object) -> None:
    raise TimeUpError


if __name__ == "__main__":
    main(*sys.argv[1:])
