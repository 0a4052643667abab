"""Is everything that is wrong with a plan in one list, with figures that fit it?"""

from dataclasses import replace

from divisions import cell, community, together

from geo import plan
from geo.model import Building, Grid, Plan, Region, Rule


def rules(drawn: Plan) -> list[Rule]:
    return [finding.rule for finding in plan.check(drawn).findings]


def ring() -> tuple[Grid, ...]:
    """Eight grids round a missing middle one."""
    return tuple(grid for grid in community("A", 0, 0, size=3).grids if grid.code != "A05")


def test_a_hole_of_a_derived_outline_is_a_gap() -> None:
    report = plan.check(Plan(grids=ring()))
    assert [finding.rule for finding in report.findings] == [Rule.GAP]
    assert report.figures.units_covered == 0


def test_a_hole_that_another_region_fills_is_none() -> None:
    inner = Grid(code="B01", region="B", shape=cell(1, 1))
    assert rules(Plan(grids=(*ring(), inner))) == [Rule.HOLE]
    assert (
        plan.divided_regions(Plan(grids=ring()), [cell(1, 1)])[0][0].shape
        != plan.divided_regions(Plan(grids=ring()))[0][0].shape
    )


def test_figures_count_regions_ground_and_households() -> None:
    home = Building(id="h", households=300, shape=cell(0.2, 0.2, 0.1, 0.1))
    astray = Building(id="a", households=12, shape=cell(9, 9, 0.1, 0.1))
    drawn = together([community("A", 0, 0), community("B", 2, 0)])
    report = plan.check(replace(drawn, grids=drawn.grids[:-1], buildings=(home, astray)))
    figures = report.figures
    assert (figures.units, figures.units_covered) == (2, 1)
    assert (figures.households, figures.households_covered) == (312, 300)
    assert abs(figures.gap_m2 + figures.area_covered_m2 - figures.area_m2) < 1e-6
    assert {finding.rule for finding in report.findings} == {Rule.GAP, Rule.BUILDING_UNASSIGNED, Rule.HOUSEHOLDS_LOW}


def test_a_loaded_outline_of_a_parent_is_compared_and_never_a_gate() -> None:
    drawn = together([community("A", 0, 0, parent="S"), community("B", 2, 0, parent="S")])
    street = Region(code="S", shape=cell(0, 0, 5, 2))
    report = plan.check(replace(drawn, regions=(street, *drawn.regions)))
    assert [finding.rule for finding in report.findings] == [Rule.UNASSIGNED]
    assert report.figures.units == 2
