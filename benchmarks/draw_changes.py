"""How few households move when a drawn community changes, and how soon is it healed?

`./dev bench draw --changes --cases DIR...`: each community is drawn, then households in a circle round one of its
buildings grow by half or shrink by two fifths, and the grids are healed; `asked` is twice half the sum of each grid's
distance to the range, `proof` what `geo.draw.counting.least_moved` says nobody can do with fewer than.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean

import numpy as np
import shapely
from rich.table import Table

from benchmarks.draw_cases import Case
from geo.continuity import going_on, moved
from geo.draw.drawing import drawn
from geo.draw.task import Drawn, Progress, Task
from geo.model import Building, Grid

CHANGES = (("grown", 1.5, 0), ("grown", 1.5, 1), ("shrunk", 0.6, 0), ("shrunk", 0.6, 1))
REACH = 0.12
"""Radius of the circle, as a share of the community's width."""


@dataclass(frozen=True)
class Healing:
    """What came of one change: grids out of range before and after (but for towers), households moved, the sum of the
    distances to the range, the proof, grids that stayed to the byte among all there were."""

    case: str
    change: str
    faulty: int
    out: int
    moved: int
    off: int
    proof: int
    same: int
    grids: int
    cpu_s: float
    wall_s: float


def healings(case: Case, seed: int) -> Iterator[Healing]:
    """All changes of one case that put a grid out of range."""
    first = drawn(case.task, seed, _silent)
    present = tuple(Grid(code=f"{n:04}", region="r", shape=shape) for n, shape in enumerate(first.shapes))
    for name, factor, turn in CHANGES:
        task = replace(case.task, buildings=_changed(case.task, factor, turn), present=present)
        off = _off(task, present)
        if off.any():
            yield _healing(case, name, task, off, seed)


def _healing(case: Case, name: str, task: Task, off: np.ndarray, seed: int) -> Healing:
    cpu, wall = time.process_time(), time.perf_counter()
    after = drawn(task, seed, _silent)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    shapes = {shape.wkb for shape in after.shapes}
    return Healing(
        case=case.name,
        change=name,
        faulty=int((off > 0).sum()),
        out=sum(int(reason.values["households"]) for reason in after.reasons if reason.why == "out-of-range"),
        moved=_moved(task, after),
        off=int(off.sum()),
        proof=after.least_moved or 0,
        same=sum(grid.shape.wkb in shapes for grid in task.present),
        grids=len(task.present),
        cpu_s=cpu,
        wall_s=wall,
    )


def _changed(task: Task, factor: float, turn: int) -> list[Building]:
    places = shapely.point_on_surface([one.shape for one in task.buildings])
    spot = places[np.random.default_rng(turn).integers(len(places))]
    west, _, east, _ = task.boundary.bounds
    near = shapely.distance(places, spot) < REACH * (east - west)
    return [
        replace(one, households=int((one.households or 0) * factor)) if hit else one
        for one, hit in zip(task.buildings, near.tolist(), strict=True)
    ]


def _off(task: Task, present: Sequence[Grid]) -> np.ndarray:
    """How far each grid is from the range; one with a tower is not counted."""
    places = shapely.point_on_surface([one.shape for one in task.buildings])
    building, grid = shapely.STRtree([one.shape for one in present]).query(places, predicate="intersects")
    building, first = np.unique(building, return_index=True)
    own, count = grid[first], np.array([one.households or 0 for one in task.buildings])[building]
    load = np.bincount(own, weights=count, minlength=len(present))
    tower = np.bincount(own, weights=count > task.wishes.most, minlength=len(present)) > 0
    off = np.maximum(0, load - task.wishes.most) + np.maximum(0, task.wishes.least - load)
    return np.where(tower, 0, off)


def _moved(task: Task, after: Drawn) -> int:
    kept = going_on(task.present, after.shapes, task.buildings)
    grids = [
        replace(kept[n], shape=shape) if n in kept else Grid(code=f"new {n}", region="r", shape=shape)
        for n, shape in enumerate(after.shapes)
    ]
    return moved(task.present, grids, task.buildings)


def line(one: Healing) -> str:
    """One change, as it comes."""
    return (
        f"{one.case:28} {one.change:7} {one.faulty:2} out of range by {one.off:4}  moved {one.moved:4}  "
        f"proof {one.proof:4}  same {one.same:3} of {one.grids:3}  left {one.out:3}  "
        f"{one.cpu_s:5.1f} CPU s {one.wall_s:5.1f} s"
    )


def summary(found: Sequence[Healing]) -> Table:
    """All changes together."""
    shown = Table("redraw", "asked", "reached", box=None)
    count, healed = f"{len(found)}", sum(one.out == 0 for one in found)
    within = sum(one.moved <= 2 * max(one.off / 2, one.proof) for one in found)
    share = [one.moved / max(1, one.proof) for one in found]
    same = sum(one.same for one in found) / sum(one.grids for one in found)
    cpu = [one.cpu_s for one in found]
    shown.add_row("changes that put grids out of range, all in range after", count, f"{healed}")
    shown.add_row("households moved at most 2 x the bound (half the sum, or the proof)", count, f"{within}")
    shown.add_row("moved / proof, mean and worst", "2", f"{mean(share):.2f} / {max(share):.2f}")
    shown.add_row("grids that stayed to the byte", "", f"{same:.3f}")
    shown.add_row("CPU seconds, mean / longest", "", f"{mean(cpu):.1f} / {max(cpu):.1f}")
    return shown


def _silent(_: Progress) -> None:
    """Nobody hears."""
