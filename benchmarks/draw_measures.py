"""How good is a drawn plan: by our own figures, or by a judge's?

A judge is a program that is called with a case's folder and a plan, and prints one JSON line.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from benchmarks.draw_cases import Case, written
from geo import households, shape
from geo.draw.figures import figures
from geo.measure import length_m, square_metres
from geo.model import Grid, Rule
from geo.ruleset import DEFAULT

LIMITS = DEFAULT.within(())
LEAST_M2, THICK_M = 1.0, 0.002
"""So much ground may be missing, or too much, or a strip of so much all round: digits that a file rounds off."""
AROUND_DEG = 1e-7
"""A hole is a lake of the region up to a step of the lattice."""


@dataclass(frozen=True)
class Measures:
    """`hard`: no rule is broken that a plan must keep. The others as in `geo.draw.figures`; `soft` is the score without
    estates."""

    hard: bool
    variation: float
    polsby_popper: float
    polsby_popper_worst: float
    reock: float
    hull: float
    on_lines: float | None
    barriers_kept: float | None
    soft: float


def measured(case: Case, grids: Sequence[BaseGeometry], judge: Path | None, folder: Path) -> Measures:
    """Of grids that cover a case's region; `folder` is for the plan that a judge reads."""
    if judge is None:
        return _ours(case, grids)
    plan = folder / "plan.geojson"
    written([*grids], plan)
    told = subprocess.run([sys.executable, judge, case.folder, plan], capture_output=True, text=True, check=True)
    return _judged(json.loads(told.stdout))


def _judged(told: Mapping[str, Any]) -> Measures:
    return Measures(
        hard=told["hard_ok"],
        variation=told["load_cv"] or 0.0,
        polsby_popper=told["pp_mean"],
        polsby_popper_worst=told["pp_min"],
        reock=told["reock_mean"],
        hull=told["hull_mean"],
        on_lines=told["road_share"],
        barriers_kept=told["barrier_kept"],
        soft=told["soft"],
    )


def _ours(case: Case, grids: Sequence[BaseGeometry]) -> Measures:
    wishes = case.task.wishes
    bare = replace(case.task, wishes=replace(wishes, weights=replace(wishes.weights, compounds=0.0)))
    told = figures(bare, grids)
    fits = told.loads.violation <= told.loads.least_violation and told.loads.unowned == 0
    return Measures(
        hard=fits and _covers(case, grids) and _is_sound(case, grids),
        variation=told.loads.variation,
        polsby_popper=told.roundness.polsby_popper,
        polsby_popper_worst=told.roundness.polsby_popper_worst,
        reock=told.roundness.reock,
        hull=told.roundness.hull,
        on_lines=told.roadside.on_lines,
        barriers_kept=told.roadside.kept,
        soft=told.score,
    )


def _covers(case: Case, grids: Sequence[BaseGeometry]) -> bool:
    """Whether grids share their edges, and are the ground that was given but for the thickness of a line round it."""
    together = shapely.union_all(grids)
    off = max(square_metres(case.given - together), square_metres(together - case.given))
    return bool(shapely.coverage_is_valid(grids)) and off <= max(LEAST_M2, THICK_M * length_m(case.given))


def _is_sound(case: Case, grids: Sequence[BaseGeometry]) -> bool:
    """Whether grids are of one part each, without holes but the region's own, without needles and cut buildings."""
    if not all(isinstance(grid, Polygon) for grid in grids):
        return False
    drawn = [Grid(code=f"{number:05}", region="r", shape=grid) for number, grid in enumerate(grids)]
    parts = shapely.get_parts(case.given)
    lakes = [Polygon(ring).buffer(AROUND_DEG) for part in parts for ring in part.interiors]
    inner = [Polygon(ring) for grid in grids for ring in grid.interiors]
    if not all(any(lake.covers(hole) for lake in lakes) for hole in inner):
        return False
    needles = any(found.rule is Rule.NEEDLE for grid in drawn for found in shape.findings(grid, LIMITS))
    return not needles and not households.owned(case.task.buildings, drawn).is_split.any()
