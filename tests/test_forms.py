"""Is every grid's shape told, also where several have one code, and after a change of one of them?"""

from dataclasses import replace

from divisions import cell, community
from shapely import Polygon

from geo.changes import Change
from geo.inspection import Inspection
from geo.model import Grid, Ground, Plan, Rule

SOUTH, NORTH = [(104.1, 30.7), (104.103, 30.7), (104.103, 30.703)], (104.1, 30.703)
SPIKY: Ground = Polygon([*SOUTH, (104.101507, 30.703), (104.10151, 30.7038), (104.1015, 30.703), NORTH])


def spikes(inspection: Inspection) -> int:
    return sum(one.rule is Rule.SPIKE for one in inspection.report.findings)


def test_the_shape_of_each_of_several_grids_of_one_code_is_told() -> None:
    plan = community("R", 0, 0)
    twins = [replace(grid, code="TWIN") for grid in plan.grids]
    for place in range(len(twins)):
        grids = [replace(grid, shape=SPIKY) if n == place else grid for n, grid in enumerate(twins)]
        assert spikes(Inspection(replace(plan, grids=tuple(grids)))) == 1


def test_a_shape_that_comes_back_is_told_again() -> None:
    grid = Grid(code="G", region="R", shape=SPIKY)
    plain = replace(grid, shape=cell(0, 0))
    inspection = Inspection(Plan(regions=community("R", 0, 0).regions, grids=(grid,)))
    told = []
    for one in (plain, grid, replace(plain, shape=cell(0, 1)), plain, grid):
        inspection.take(Change(grids=(one,)))
        told.append(spikes(inspection))
    assert told == [0, 1, 0, 0, 1]
