"""Is a region drawn as its rules wish: by weights, barriers, grids that stay, and as rural ground?"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box
from town import on_map

from geo import coverage
from geo.draw.drawing import drawn
from geo.draw.figures import Figures, figures
from geo.draw.task import BARRIERS, Weights, Wishes
from geo.drawn_plan import drawn_plan
from geo.model import Building, Grid, GridKind, Ground, Line, Plan, Region
from geo.ruleset import parse
from geo.terms import ALONE, Terms
from geo.undrawn import USUAL, Undrawn, undrawn
from geo.wished import WEIGHTS

WIDE, HIGH = 600, 400
WAYS = [
    *(("residential", LineString([(-9, y), (WIDE + 9, y)])) for y in (100, 200, 300)),
    ("residential", LineString([(300, -9), (300, HIGH + 9)])),
    ("path", LineString([(-9, 40), (WIDE + 9, 340)])),
]
"""Few streets, so that blocks are too full to stay whole, and a path that lies askew to them."""


def community(households: tuple[int, int] = (40, 70), grids: tuple[Grid, ...] = ()) -> Plan:
    """Six columns of sixteen rows of houses, of so many households each, in the region A below S."""
    rows = [box(x + 20, y + 6, x + 80, y + 20) for x in range(0, WIDE, 100) for y in range(0, HIGH, 25)]
    counts = np.random.default_rng(3).integers(*households, len(rows)).tolist()
    return Plan(
        regions=(Region(code="A", parent="S", shape=ground(0, 0, WIDE, HIGH)),),
        grids=grids,
        buildings=tuple(
            Building(id=f"b{n}", households=count, shape=on_map(row))
            for n, (row, count) in enumerate(zip(rows, counts, strict=True))
        ),
        lines=tuple(Line(id=f"w{n}", category=kind, shape=on_map(way)) for n, (kind, way) in enumerate(WAYS)),
    )


def ground(west: float, south: float, east: float, north: float) -> Polygon:
    shape = on_map(box(west, south, east, north))
    assert isinstance(shape, Polygon)
    return shape


def under(**drawing: Any) -> Terms:
    """The rules wish so for everything below S."""
    return Terms(ruleset=parse({"regions": {"S": {"drawing": drawing}}}), parents={"S": None})


def waiting(plan: Plan, terms: Terms) -> Undrawn:
    (one,) = undrawn(plan, terms)
    return one


def made(plan: Plan, terms: Terms, barriers: frozenset[str] = BARRIERS) -> Figures:
    """How good the grids are that are drawn so, whatever was wished of them."""
    task = waiting(plan, terms).task
    return figures(replace(task, wishes=Wishes(barriers=barriers)), drawn(task, 1, lambda _: None).shapes)


def only(weight: str) -> Mapping[str, float]:
    return {name: float(name == weight) for name in WEIGHTS}


def test_every_weight_can_be_wished() -> None:
    assert tuple(one.name for one in fields(Weights)) == WEIGHTS


def test_what_counts_alone_is_better_for_it() -> None:
    streets, shape, balance = (made(community(), under(weights=only(name))) for name in ("streets", "shape", "balance"))
    assert (streets.roadside.on_lines or 0) > (shape.roadside.on_lines or 0) + 0.05
    assert shape.roundness.score > balance.roundness.score + 0.05
    assert balance.loads.variation < min(streets.loads.variation, shape.loads.variation)
    assert [one.loads.violation for one in (streets, shape, balance)] == [0, 0, 0]


def test_nothing_need_count() -> None:
    assert made(community(), under(weights=dict.fromkeys(WEIGHTS, 0))).loads.violation == 0


def test_a_class_of_lines_is_made_a_barrier() -> None:
    path = frozenset({"path"})
    kept = [
        made(community(), under(weights=only("barriers"), barriers=barriers), path).roadside.kept or 0.0
        for barriers in (["path"], [])
    ]
    assert kept[0] > kept[1] + 0.1


def old() -> tuple[Grid, ...]:
    return (
        Grid(code="A01", region="A", name="老街", shape=ground(0, 0, 300, 200)),
        Grid(code="A02", region="A", shape=ground(300, 0, WIDE, HIGH)),
        Grid(code="A03", region="A", shape=ground(0, 200, 300, HIGH)),
    )


def nodes(shape: Ground) -> set[tuple[float, ...]]:
    return {tuple(xy) for xy in shapely.get_coordinates(shape).tolist()}


def test_a_fixed_grid_stays_as_it_is() -> None:
    """To the byte where it is set apart; a border that ends at it later leads it through one node more."""
    plan = community(grids=old())
    one = waiting(plan, under(fixed=["A01", "elsewhere"]))
    assert [grid.shape.wkb for grid in one.fixed] == [old()[0].shape.wkb]
    assert [grid.code for grid in one.present] == ["A02", "A03"]
    done = drawn_plan(plan, [(one, drawn(one.task, 1, lambda _: None))], str)
    (kept,) = [grid for grid in done.plan.grids if grid.code == "A01"]
    assert (done.refused, kept.name, kept.kind) == ({}, "老街", GridKind.RESIDENTIAL)
    assert shapely.equals(kept.shape, old()[0].shape)
    assert nodes(old()[0].shape) <= nodes(kept.shape)
    assert coverage.is_exact(done.plan.regions[0].shape, [grid.shape for grid in done.plan.grids])
    assert len(done.plan.grids) > 3


def test_nothing_is_drawn_where_all_is_fixed() -> None:
    assert undrawn(community(grids=old()), under(fixed=["A01", "A02", "A03"])) == []


def test_rural_ground_has_rural_grids_and_their_limits_before_there_are_any() -> None:
    plan = community((1, 4))
    rules = parse({"limits": {"households_most": {"rural": 60}}, "regions": {"S": {"drawing": {"rural": True}}}})
    one = waiting(plan, Terms(ruleset=rules, parents={"S": None}))
    assert (one.kind, one.task.wishes.least, one.task.wishes.most) == (GridKind.RURAL, 0, 60)
    assert one.task.wishes.weights == USUAL[GridKind.RURAL].weights
    done = drawn_plan(plan, [(one, drawn(one.task, 1, lambda _: None))], str)
    assert {grid.kind for grid in done.plan.grids} == {GridKind.RURAL}
    assert len(done.plan.grids) >= 4
    assert waiting(plan, ALONE).kind is GridKind.RESIDENTIAL


@pytest.mark.parametrize(("rural", "kind"), [(True, GridKind.RURAL), (False, GridKind.RESIDENTIAL)])
def test_grids_that_go_on_are_of_the_kind_that_is_stated(rural: bool, kind: GridKind) -> None:
    other = GridKind.RESIDENTIAL if rural else GridKind.RURAL
    plan = community(grids=tuple(replace(grid, kind=other) for grid in old()))
    assert {grid.kind for grid in waiting(plan, under(rural=rural)).present} == {kind}
    assert {grid.kind for grid in waiting(plan, ALONE).present} == {other}


def test_the_nearest_region_that_says_something_is_heard() -> None:
    rules = parse(
        {
            "drawing": {"weights": {"streets": 2, "shape": 3}, "fixed": ["X"], "barriers": ["path"]},
            "regions": {"S": {"drawing": {"weights": {"shape": 0}, "barriers": []}}, "A": {"drawing": {}}},
        }
    )
    wishes = waiting(community(), Terms(ruleset=rules, parents={"S": None})).task.wishes
    assert wishes == Wishes(barriers=frozenset(), weights=Weights(streets=2, shape=0))
    assert rules.within(["A", "S"]).wished.fixed == {"X"}


def test_a_least_from_above_is_not_more_than_the_most_of_a_region() -> None:
    rules = parse({"regions": {"A": {"limits": {"households_most": {"residential": 200}}}}})
    wishes = waiting(community(), Terms(ruleset=rules, parents={"S": None})).task.wishes
    assert (wishes.least, wishes.most) == (200, 200)
