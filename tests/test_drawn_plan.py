"""What of a plan is drawn, which grids go on, and does what was drawn fit in: node by node, under codes of its own?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import shapely
from divisions import cell, community, together
from shapely import Polygon

from api.texts import CATALOGUE
from geo import coverage
from geo.as_given import as_given
from geo.continuity import going_on, moved
from geo.draw.task import Drawn, Why
from geo.drawn_plan import drawn_plan
from geo.model import Building, Grid, GridKind, Ground, Plan, Region
from geo.plan import check
from geo.ruleset import parse
from geo.terms import Terms
from geo.undrawn import undrawn


def house(number: int, households: int, column: float, row: float) -> Building:
    return Building(id=f"b{number}", households=households, shape=cell(column, row, 0.1, 0.1))


def grids(*shapes: Ground, kind: GridKind = GridKind.RESIDENTIAL, region: str = "A") -> list[Grid]:
    return [
        Grid(code=f"{region}{n:02}", region=region, shape=shape, kind=kind) for n, shape in enumerate(shapes, start=1)
    ]


def of(shapes: Sequence[Ground]) -> Drawn:
    return Drawn(shapes=tuple(one for one in shapes if isinstance(one, Polygon)), households=(0,) * len(shapes))


def called(number: int) -> str:
    return f"第{number}网格"


def test_a_code_stays_where_most_of_its_households_are() -> None:
    present = grids(cell(0, 0), cell(1, 0))
    wide, thin = cell(0, 0, 1.6), cell(1.6, 0, 0.4)
    homes = [house(1, 100, 0.2, 0.2), house(2, 30, 1.2, 0.2), house(3, 70, 1.8, 0.2)]
    found = going_on(present, [wide, thin], homes)
    assert {n: grid.code for n, grid in found.items()} == {0: "A01", 1: "A02"}
    assert {n: grid.code for n, grid in going_on(present, [wide, thin], homes[:2]).items()} == {0: "A01"}
    assert {n: grid.code for n, grid in going_on(present, [wide, thin], []).items()} == {0: "A01"}
    assert going_on([], [wide], homes) == {}
    after = [replace(present[0], shape=wide), replace(present[1], shape=thin)]
    assert moved(present, after, homes) == 30


def test_special_ground_is_left_out_and_stays() -> None:
    plan = community("A", 0, 0, 3)
    special = [replace(one, kind=GridKind.SPECIAL) if one.code == "A05" else one for one in plan.grids]
    (one,) = undrawn(replace(plan, grids=tuple(special)))
    assert [grid.code for grid in one.fixed] == ["A05"]
    assert one.fixed[0].shape == plan.grids[4].shape
    assert len(one.present) == 8
    assert one.region.shape is not None
    assert coverage.is_exact(one.region.shape, [one.task.boundary, one.fixed[0].shape])
    everything = tuple(replace(grid, kind=GridKind.SPECIAL) for grid in plan.grids)
    assert undrawn(replace(plan, grids=everything)) == []


def test_special_grids_that_overlap_and_spill_keep_what_is_theirs() -> None:
    region = Region(code="A", shape=cell(0, 0, 2, 2))
    special = grids(cell(0.5, 0.5), cell(1, 1, 2, 0.5), kind=GridKind.SPECIAL)
    plan = Plan(regions=(region,), grids=tuple(special))
    (one,) = undrawn(plan)
    assert one.fixed[0].shape.area > one.fixed[1].shape.area > 0
    made = drawn_plan(plan, [(one, of([one.task.boundary]))], called)
    assert (made.refused, sorted(grid.code for grid in made.plan.grids)) == ({}, ["A-1", "A01", "A02"])
    assert check(made.plan).figures.units_covered == 1


def test_limits_kinds_and_schemes_are_those_of_the_region() -> None:
    rules = parse({"regions": {"S": {"limits": {"households_most": {"residential": 800}}}}})
    terms = Terms(ruleset=rules, parents={"S": None}, schemes={"S": "15"})
    plan = community("519901001001", 0, 0, parent="S")
    (one,) = undrawn(plan, terms)
    assert ((one.task.wishes.least, one.task.wishes.most), one.kind, one.scheme) == ((300, 800), "residential", "15")
    (one,) = undrawn(plan)
    assert one.scheme == "14"
    (one,) = undrawn(community("A", 0, 0))
    assert one.scheme is None
    rural = tuple(replace(grid, kind=GridKind.RURAL) for grid in plan.grids)
    (one,) = undrawn(replace(plan, grids=rural))
    assert (one.kind, one.task.wishes.least) == ("rural", 0)


def test_only_with_grids_of_before_there_is_something_to_keep() -> None:
    plan = community("A", 0, 0)
    (one,) = undrawn(plan)
    assert (len(one.present), one.task.present) == (4, ())
    (one,) = undrawn(plan, previous=grids(cell(0, 0, 2), region="elsewhere"))
    assert [(grid.code, grid.region) for grid in one.task.present] == [("elsewhere01", "A")]


def test_neighbours_get_each_others_nodes_and_every_region_is_exact() -> None:
    plan = together([community("A", 0, 0), community("B", 2, 0)])
    first, second = undrawn(plan)
    rows = [cell(0, y, 2, 0.4) for y in np.arange(0, 2, 0.4)], [cell(2, y, 2, 0.5) for y in np.arange(0, 2, 0.5)]
    made = drawn_plan(plan, [(first, of(rows[0])), (second, of(rows[1]))], called)
    assert made.refused == {}
    findings = [one for one in check(made.plan).findings if one.severity == "blocking"]
    assert findings == []
    assert {grid.region for grid in made.plan.grids} == {"A", "B"}
    assert all(
        coverage.is_exact(region.shape, [g.shape for g in made.plan.grids if g.region == region.code])
        for region in made.plan.regions
        if region.shape is not None
    )


def test_new_grids_are_called_and_coded_and_old_ones_keep_their_bytes() -> None:
    plan = community("519901001001", 0, 0)
    (one,) = undrawn(plan)
    same = [shapely.Polygon(np.roll(shapely.get_coordinates(plan.grids[0].shape)[:-1], 1, axis=0))]
    half = [cell(1, 0, 0.5), cell(1.5, 0, 0.5)]
    rest = [grid.shape for grid in plan.grids[2:]]
    made = drawn_plan(plan, [(one, of([*same, *half, *rest]))], called)
    codes = {grid.code: grid for grid in made.plan.grids}
    assert codes[plan.grids[0].code] == plan.grids[0]
    assert made.new == codes.keys() - {grid.code for grid in plan.grids}
    (new,) = made.new
    assert (new, codes[new].name, codes[new].kind) == ("51990100100105", "第5网格", "residential")


def test_what_does_not_fit_is_refused_and_all_else_goes_in() -> None:
    plan = together([community("A", 0, 0), community("B", 2, 0)])
    first, second = undrawn(plan)
    made = drawn_plan(plan, [(first, of([cell(0, 0, 2, 1)])), (second, of([cell(2, 0, 2, 2)]))], called)
    assert {code: why.id for code, why in made.refused.items()} == {"A": "not-exact"}
    assert [grid for grid in made.plan.grids if grid.region == "A"] == [*plan.grids[:4]]
    assert len([grid for grid in made.plan.grids if grid.region == "B"]) == 1


def test_a_full_sequence_is_told() -> None:
    plan = community("519901001001", 0, 0)
    plan = replace(plan, regions=tuple(replace(one, scheme="14") for one in plan.regions))
    (one,) = undrawn(plan)
    stripes = [cell(0, y / 60, 2, 1 / 60) for y in range(120)]
    made = drawn_plan(plan, [(one, of(stripes))], called)
    assert made.refused["519901001001"].id == "sequence-full"


@pytest.mark.parametrize("digits", [8, 12])
def test_grids_meet_a_boundary_as_it_was_given(digits: int) -> None:
    shift = 4.4e-8
    given = shapely.Polygon(np.round(shapely.get_coordinates(cell(0, 0, 6, 6))[:-1] + shift, digits))
    halves = [cell(0, 0, 3.1234567, 6), cell(3.1234567, 0, 2.8765433, 6)]
    led = as_given(given, halves)
    assert shapely.coverage_is_valid(led)
    nodes = {tuple(xy) for xy in shapely.get_coordinates(led).tolist()}
    assert {tuple(xy) for xy in shapely.get_coordinates(given).tolist()} <= nodes
    assert len(nodes) == len({tuple(xy) for xy in shapely.get_coordinates(halves).tolist()})


def test_every_reason_can_be_told() -> None:
    assert {f"draw.reason.{why}" for why in Why} <= CATALOGUE.keys()


def test_a_border_beside_a_long_edge_moves_with_it() -> None:
    """Between its nodes an edge of two kilometres is 4 cm from where it is straight in metres."""
    given = Polygon([(104.13, 30.70), (104.15, 30.7091), (104.1495, 30.7118), (104.13, 30.71)])
    end, beside = (104.14, 30.70455), (104.13997, 30.7045365)
    shapes = [
        Polygon([(104.13, 30.70), end, beside, (104.139, 30.71), (104.13, 30.71)]),
        Polygon([end, (104.15, 30.7091), (104.1495, 30.7118), (104.139, 30.71), beside]),
    ]
    led = as_given(given, shapes)
    assert all(shape.is_valid for shape in led)
    assert shapely.coverage_is_valid(led)
    assert any(not one.equals(other) for one, other in zip(led, shapes, strict=True))
