"""What do we and what do peers make of one community, in which time?

Ours is a command from start to end, blocks and all. Peers get our blocks for nothing: those we begin with, and finer
ones, as we take them, while their best plan is out of range.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from benchmarks.draw_blocks import Ground, ground_of
from benchmarks.draw_cases import Case, grids_of
from benchmarks.draw_graph import violation
from benchmarks.draw_measures import Measures, measured
from benchmarks.draw_peers import PEERS, Divided, divided, plan_of
from geo.as_given import as_given
from geo.draw.drawing import FINENESS

OURS = "wangge"
WHO = (OURS, *PEERS)
WANGGE = (sys.executable, "-c", "from api.cli import main; main()")
LAST_LINE = 200


@dataclass(frozen=True)
class Entry:
    """What one contestant made of one case: `measures` are None where that is nothing, and `why` says so."""

    case: str
    kind: str
    households: int
    who: str
    measures: Measures | None
    why: str
    cpu_s: float
    wall_s: float


@dataclass(frozen=True)
class Drawing:
    """Grids, or None and why; CPU and wall seconds."""

    grids: Sequence[BaseGeometry] | None
    why: str
    cpu_s: float
    wall_s: float


class Contest:
    """One case. `limit` seconds for each way of a peer; `judge`: who measures, ourselves where there is none."""

    def __init__(self, case: Case, seed: int, limit: float, judge: Path | None) -> None:
        self._case, self._seed, self._limit, self._judge = case, seed, limit, judge
        self._laid: dict[int, Ground] = {}

    def entries(self, who: Sequence[str]) -> Iterator[Entry]:
        """What each contestant made of it, the best of its ways."""
        for name in who:
            found = [self._entry(name, drawing) for drawing in self._drawings(name)]
            yield min(found, key=_rank)

    def _drawings(self, name: str) -> Iterator[Drawing]:
        if name == OURS:
            yield ours(self._case.folder, self._seed)
        else:
            for way in PEERS[name]:
                yield self._peer(way)

    def _peer(self, way: str) -> Drawing:
        """From coarse to fine blocks until a plan is within the range; the least violation counts."""
        best: tuple[int, Sequence[BaseGeometry]] | None = None
        told, cpu_s, wall_s = Divided(None), 0.0, 0.0
        for number in range(len(FINENESS)):
            ground = self._ground(number)
            told = divided(way, ground.graph, self._limit, self._seed)
            cpu_s, wall_s = cpu_s + told.cpu_s, wall_s + told.wall_s
            if told.labels is None:
                continue
            wrong = violation(ground.graph, told.labels)
            if best is None or wrong < best[0]:
                best = wrong, as_given(self._case.given, plan_of(ground.shapes, told.labels))
            if wrong <= ground.graph.least_violation:
                break
        return Drawing(None, told.why, cpu_s, wall_s) if best is None else Drawing(best[1], "", cpu_s, wall_s)

    def _ground(self, number: int) -> Ground:
        if number not in self._laid:
            self._laid[number] = ground_of(self._case.task, FINENESS[number])
        return self._laid[number]

    def _entry(self, name: str, drawing: Drawing) -> Entry:
        measures = None
        if drawing.grids is not None:
            with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
                measures = measured(self._case, drawing.grids, self._judge, Path(folder))
        case = self._case
        return Entry(case.name, case.kind, case.households, name, measures, drawing.why, drawing.cpu_s, drawing.wall_s)


def ours(folder: Path, seed: int) -> Drawing:
    """`wangge draw` as a process of its own."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as name, tempfile.TemporaryFile() as said:
        plan = Path(name) / "plan.geojson"
        command = [*WANGGE, "draw", str(folder), "-o", str(plan), "--seed", str(seed), "--json"]
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu_s, wall_s = used.ru_utime + used.ru_stime, time.monotonic() - began
        if not plan.is_file():
            said.seek(0)
            words = [line for line in said.read().decode(errors="replace").splitlines() if re.search(r"\w", line)]
            return Drawing(None, f"status {process.returncode}: {''.join(words[-1:])[:LAST_LINE]}", cpu_s, wall_s)
        return Drawing(grids_of(plan), "", cpu_s, wall_s)


def _rank(entry: Entry) -> tuple[bool, bool, float]:
    """Of several the first that keeps all hard rules, then the one with the best score."""
    measures = entry.measures
    return (measures is None, measures is not None and not measures.hard, 0.0 if measures is None else -measures.soft)
