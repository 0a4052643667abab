"""Are the hard rules kept in every invented community, drawn once and healed after it changed?"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from proofs import Proof
from test_draw_blocks import CUT_M2
from town import covers

from geo.draw.drawing import drawn
from geo.draw.task import Drawn, Progress, Task, Why
from geo.draw.thin import has_needle
from geo.files.case import read_case
from geo.model import Grid
from geo.plane import Plane
from sample_data.communities import KINDS, community, written

SEEDS = 100
FEW = 1000
"""Households of the communities at the small count."""


def communities(folder: Path, *, full: bool) -> Iterator[tuple[str, Task]]:
    """One of each kind, or all."""
    for seed in range(SEEDS if full else len(KINDS)):
        if full:
            path = written(seed, folder)
        else:
            path = folder / KINDS[seed]
            community(KINDS[seed], seed, FEW).write(path)
        yield path.name, read_case(path).task
        shutil.rmtree(path)


def broken(task: Task, plan: Drawn) -> list[str]:
    """The hard rules that a plan breaks."""
    plane = Plane.of(task.boundary)
    ground = plane.metres_each(plan.shapes)
    lakes = sum(len(part.interiors) for part in shapely.get_parts(task.boundary))
    found = [] if covers(task.boundary, plan.shapes) else ["not covered exactly"]
    if sum(len(shape.interiors) for shape in plan.shapes) > lakes:
        found.append("a hole")
    found += ["a needle" for shape in ground if has_needle(shape)]
    houses = plane.metres_each([one.shape for one in task.buildings])
    building, grid = shapely.STRtree(ground).query(houses)
    shares = shapely.area(shapely.intersection(houses[building], ground[grid]))
    found += ["a building cut"] * int((np.bincount(building, weights=shares > CUT_M2) > 1).sum())
    return found


def silent(_: Progress) -> None:
    """Nobody hears."""


def changed(task: Task, plan: Drawn) -> Task:
    """The same with half as many households again in one of its grids."""
    own = shapely.contains(plan.shapes[0], shapely.point_on_surface([one.shape for one in task.buildings])).tolist()
    return replace(
        task,
        buildings=[
            replace(one, households=(one.households or 0) * 3 // 2) if hit else one
            for one, hit in zip(task.buildings, own, strict=True)
        ],
        present=[Grid(code=f"{n:04}", region="r", shape=shape) for n, shape in enumerate(plan.shapes)],
    )


@pytest.mark.timeout(7200)
def test_hard_rules_are_kept_in_every_community(full: bool, proof: Proof, tmp_path: Path) -> None:
    count = grids = healed = 0
    for name, task in communities(tmp_path, full=full):
        plan = drawn(task, 1, silent)
        assert broken(task, plan) == [], name
        assert sum(plan.households) == sum(one.households or 0 for one in task.buildings), name
        within = all(300 <= load <= 500 for load in plan.households)
        assert within or {reason.why for reason in plan.reasons} & {Why.TOWER, Why.CANNOT_DIVIDE}, (name, plan.reasons)
        after = changed(task, plan)
        again = drawn(after, 1, silent)
        assert broken(after, again) == [], name
        same = {shape.wkb for shape in plan.shapes} & {shape.wkb for shape in again.shapes}
        count, grids, healed = count + 1, grids + len(plan.shapes), healed + len(same)
    proof(
        "invented communities drawn, and healed after a grid had grown by half: hard rules",
        count,
        f"all kept; {grids} grids, {healed} of them stayed to the byte when one was healed",
    )
