"""Do proposals heal what they say they heal?"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from divisions import STEP, cell, community, together
from faults_drawn import FAULTS, Planted, planted
from hypothesis import strategies as st
from plans_drawn import SMALL, STREET, hold, plans
from shapely import Polygon

from geo.arrangement import joined
from geo.coverage import is_exact
from geo.files import read
from geo.files.things import plan_of, things
from geo.lattice import rounded
from geo.measure import length_m, square_metres
from geo.mending import faces_of
from geo.model import COVERAGE_RULES, Building, Grid, Ground, Plan, Rule, Severity
from geo.noding import noded
from geo.open_plan import OpenPlan
from geo.redraw.edits import Assign, ClaimGap, Merge, Order, Set
from geo.repair import Accepted, Proposal, Strategy, accepted, proposals
from sample_data.golden import BROKEN

GROUND = ("duplicate", "gap-edge", "gap-inside", "gap-missing-grid", "gap-pinhole", "node-unmatched-axis",
          "node-unmatched-slanted", "overlap", "overlap-sliver", "spill", "vertex-moved")  # fmt: skip


def all_accepted(plan: OpenPlan, strategy: Strategy = Strategy.EDGE) -> Accepted | None:
    return accepted(plan, proposals(plan.board, plan.report, strategy))


def blocking(plan: OpenPlan) -> list[Rule]:
    return [
        one.rule for one in plan.report.findings if one.rule in COVERAGE_RULES and one.severity is Severity.BLOCKING
    ]


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize("name", GROUND)
def test_each_broken_plan_is_healed(name: str, strategy: Strategy) -> None:
    plan = OpenPlan(plan_of(things(read(BROKEN / f"{name}.geojson"))))
    assert plan.board.faulty
    households = plan.report.figures.households
    done = all_accepted(plan, strategy)
    assert done is not None
    assert (plan.board.faulty, blocking(plan)) == (frozenset(), [])
    assert plan.report.figures.households == households


def test_a_ring_that_crosses_itself_has_no_proposal() -> None:
    plan = OpenPlan(plan_of(things(read(BROKEN / "ring-invalid.geojson"))))
    assert proposals(plan.board, plan.report) == []


def test_a_gap_goes_where_its_longest_edge_is_or_where_fewest_live() -> None:
    """A strip between the first and the second grid, their edges equally long; it touches those above at its end."""
    plan = community("R", 0, 0)
    narrow = replace(plan.grids[0], shape=cell(0, 0, 0.8, 1))
    homes = (Building(id="a", households=9, shape=cell(0.5, 0.5, 0.1, 0.1)),)
    opened = OpenPlan(replace(plan, grids=(narrow, *plan.grids[1:]), buildings=homes))

    def claims(strategy: Strategy) -> list[str | None]:
        found = proposals(opened.board, opened.report, strategy)
        gap = next(one for one in found if one.rule is Rule.GAP)
        every = [edit for edits in (gap.edits, *gap.alternatives) for edit in edits]
        return [edit.grid for edit in every if isinstance(edit, ClaimGap)]

    assert claims(Strategy.EDGE)[:2] == ["R01", "R02"]
    assert claims(Strategy.HOUSEHOLDS)[:2] == ["R02", "R01"]
    assert claims(Strategy.EDGE)[-1] is None


def test_a_missing_grid_becomes_one() -> None:
    plan = community("R", 0, 0)
    opened = OpenPlan(replace(plan, grids=plan.grids[1:]))
    (one,) = proposals(opened.board, opened.report)
    assert one.edits == (ClaimGap(place=one.edits[0].place),)  # type: ignore[union-attr]
    done = accepted(opened, [one])
    assert done is not None
    assert len(opened.board.grids) == 4
    assert done.answer.outcome.healed == {"R"}


def test_an_overlap_is_taken_from_the_larger_and_a_twin_merged() -> None:
    plan = community("R", 0, 0)
    wide = replace(plan.grids[0], shape=shapely.Polygon([*cell(0, 0, 1.2, 1).exterior.coords]))
    opened = OpenPlan(replace(plan, grids=(wide, *plan.grids[1:])))
    overlap = next(one for one in proposals(opened.board, opened.report) if one.rule is Rule.OVERLAP)
    assert isinstance(overlap.edits[0], Assign)
    assert (overlap.edits[0].grid, overlap.alternatives[0][0].grid) == ("R02", "R01")  # type: ignore[union-attr]
    twins = OpenPlan(replace(plan, grids=(*plan.grids, replace(plan.grids[0], code="TWIN"))))
    (twin,) = proposals(twins.board, twins.report)
    assert twin.edits == (Merge(grids=("R01", "TWIN"), into="R01"),)
    done = accepted(twins, [twin])
    assert done is not None
    assert done.answer.outcome.gone == {"TWIN"}
    assert twins.board.grids["R01"].shape == plan.grids[0].shape


def test_two_regions_that_claim_the_same_ground() -> None:
    """The second community begins a little too far in the west, over the first one."""
    one, two = community("Q", 0, 0), community("R", 2, 0)
    wide = cell(1.9, 0, 1.1, 1)
    outline = rounded(shapely.union_all([two.regions[0].shape, wide]))
    region = replace(two.regions[0], shape=outline)
    drawn = together([one, replace(two, regions=(region,), grids=(replace(two.grids[0], shape=wide), *two.grids[1:]))])
    shapes = noded([*(one.shape for one in drawn.regions if one.shape), *(grid.shape for grid in drawn.grids)])
    regions = tuple(replace(one, shape=shape) for one, shape in zip(drawn.regions, shapes, strict=False))
    grids = tuple(replace(one, shape=shape) for one, shape in zip(drawn.grids, shapes[2:], strict=True))
    opened = OpenPlan(Plan(regions=regions, grids=grids))
    assert blocking(opened) == [Rule.OVERLAP]
    all_accepted(opened)
    assert (opened.board.faulty, blocking(opened)) == (frozenset(), [])
    assert shapely.equals(opened.board.boundary("Q"), one.regions[0].shape)


def test_whole_regions_are_left_in_peace() -> None:
    plan = together([community("Q", 0, 0), community("R", 2, 0)])
    opened = OpenPlan(replace(plan, grids=plan.grids[1:]))
    before = {grid.code: grid for grid in plan.grids if grid.region == "R"}
    all_accepted(opened)
    assert {code: opened.board.grids[code] for code in before} == before
    assert all_accepted(opened) is None


def test_proposals_by_rule_and_region() -> None:
    plan = together([community("Q", 0, 0), community("R", 2, 0)])
    opened = OpenPlan(replace(plan, grids=(*plan.grids[1:4], *plan.grids[5:])))
    one, other = proposals(opened.board, opened.report)
    assert [(own.rule, own.region) for own in (one, other)] == [(Rule.GAP, "Q"), (Rule.GAP, "R")]
    done = accepted(opened, [one])
    assert done is not None
    assert opened.board.faulty == {"R"}
    again = accepted(opened, [one, other])
    assert again is not None
    assert [own.reason for own in again.skipped] == ["moot"]


@pytest.mark.parametrize("aside", [0, 3])
def test_a_node_that_one_region_lacks_is_put_into_its_border(aside: int) -> None:
    """Two nodes of the western community stand on the border and the eastern one lacks them; `aside`: the border is
    slanted, by so many steps, and the nodes beside it."""
    opened = OpenPlan(beside(aside))
    assert opened.board.faulty == frozenset()
    assert blocking(opened) == [Rule.NODE_UNMATCHED] * 2
    ground = {code: square_metres(opened.board.boundary(code)) for code in ("Q", "R")}
    (one,) = proposals(opened.board, opened.report)
    assert (one.rule, one.region, len(one.findings), one.whole) == (Rule.NODE_UNMATCHED, "R", 2, False)
    assert isinstance(one.edits[0], Order)
    done = accepted(opened, [one])
    assert done is not None
    assert (done.skipped, opened.board.faulty, blocking(opened)) == ((), frozenset(), [])
    assert done.answer.outcome.amended == {"R01", "R03"}
    for code, m2 in ground.items():
        assert abs(square_metres(opened.board.boundary(code)) - m2) < 5.0  # a step along 600 m
    assert accepted(opened, [one]) is None


@pytest.mark.parametrize("aside", [0, 3])
def test_a_boundary_is_led_through_the_nodes_of_its_grids(aside: int) -> None:
    """Two nodes on the outer border of a community stand in its grids alone."""
    plan = beside(aside)
    (west, east), border = plan.regions, cell(2, 0).bounds[0]
    assert west.shape is not None
    assert east.shape is not None
    known = {*shapely.get_coordinates(east.shape)[:, 1]}
    nodes = [(x, y) for x, y in shapely.get_coordinates(west.shape).tolist() if x < border or y in known]
    assert len(nodes) == shapely.get_num_coordinates(west.shape) - 2
    grids = tuple(grid for grid in plan.grids if grid.region == "Q")
    opened = OpenPlan(Plan(regions=(replace(west, shape=Polygon(nodes)),), grids=grids))
    assert set(blocking(opened)) == {Rule.NODE_UNMATCHED}
    done = all_accepted(opened)
    assert done is not None
    assert (done.skipped, opened.board.faulty, blocking(opened)) == ((), frozenset(), [])
    assert shapely.get_num_coordinates(opened.board.boundary("Q")) == shapely.get_num_coordinates(west.shape)


def test_nothing_is_moot_while_it_stays_wrong() -> None:
    """Of two faults in two regions one can be healed; the edits of the other do nothing, and that is told."""
    plan = beside(0)
    opened = OpenPlan(replace(plan, grids=tuple(grid for grid in plan.grids if grid.code != "Q01")))
    gap, node = proposals(opened.board, opened.report)
    assert (gap.rule, node.rule) == (Rule.GAP, Rule.NODE_UNMATCHED)
    nothing = replace(node, edits=(Set(grid="R01", name=""),))
    done = accepted(opened, [gap, nothing])
    assert done is not None
    assert [(one.proposal, one.reason) for one in done.skipped] == [(nothing, "nothing-changes")]
    assert blocking(opened) == [Rule.NODE_UNMATCHED] * 2


def beside(aside: int) -> Plan:
    """Two communities side by side, the western one with two nodes more on their border. `aside`: each stretch of the
    border leans over by so many steps."""
    plan, border = together([community("Q", 0, 0), community("R", 2, 0)]), cell(2, 0).bounds[0]
    south = cell(0, 0).bounds[1]

    def placed(x: float, y: float) -> tuple[float, float]:
        return (x + round((y - south) / STEP) * aside * 1e-7, y) if x == border else (x, y)

    def leaning(shape: Ground, more: bool) -> Ground:
        ring = list[tuple[float, float]]()
        for (x, y), (to_x, to_y) in pairwise(shapely.get_coordinates(shape).tolist()):
            ring.append(placed(x, y))
            if more and x == to_x == border:
                (ax, ay), (bx, by) = placed(x, y), placed(to_x, to_y)
                ring.append(((ax + bx) / 2, (ay + by) / 2))
        made = rounded(Polygon(ring))
        assert isinstance(made, Polygon)
        return made

    regions = [replace(one, shape=leaning(one.shape, one.code == "Q")) for one in plan.regions if one.shape]
    grids = [replace(one, shape=leaning(one.shape, one.region == "Q")) for one in plan.grids]
    return Plan(regions=tuple(regions), grids=tuple(grids))


def test_households_of_a_building_in_several_rows_count_once() -> None:
    plan = community("R", 0, 0)
    home = Building(id="a", households=9, shape=cell(0.4, 0.4, 0.1, 0.1))
    rows = (home, replace(home, households=5), replace(home, id="b", households=2))
    opened = OpenPlan(replace(plan, grids=plan.grids[1:], buildings=rows))
    (one,) = proposals(opened.board, opened.report)
    assert one.households == 11


def test_planted_faults_are_healed(full: bool) -> None:
    """Whatever fault of ground is planted in a random net: with all proposals accepted the region is exact.

    It is told where it is not: where a boundary would have to be led through nodes that it passes a step away.
    """
    healed = list[bool]()

    def promise(one: Planted) -> None:
        division = one.faulty
        opened = OpenPlan(Plan(regions=(division.region,), grids=tuple(division.grids)))
        if not opened.board.faulty:
            return
        done = all_accepted(opened)
        grids = [grid.shape for grid in opened.board.grids.values()]
        told = done is None or bool(done.skipped)
        exact = is_exact(opened.board.boundary(division.code), grids)
        assert exact or told
        healed.append(exact)

    hold(planted(units=(SMALL, STREET)), promise, full, small=15)
    assert sum(healed) >= 0.95 * len(healed)


def test_a_region_is_whole_once_each_face_has_one_owner(full: bool) -> None:
    """The faces of a faulty region make an exact one, its boundary led through their nodes; no ground is lost."""

    def promise(one: Planted) -> None:
        division = one.faulty
        opened = OpenPlan(Plan(regions=(division.region,), grids=tuple(division.grids)))
        found = faces_of(opened.board, division.code, Strategy.EDGE, {})
        shapes = [*(grid.shape for grid in found.grids), *found.new]
        boundary = joined(shapes)
        assert is_exact(boundary, shapes)
        led = abs(square_metres(boundary) - square_metres(division.boundary))
        assert led <= 0.012 * length_m(division.boundary)  # a step along the whole of it

    hold(planted(units=(STREET,)), promise, full)


def test_many_faults_at_once_are_healed(full: bool) -> None:
    """Grids moved about and drawn over each other, as a legacy map is: several faults of every kind in each region.

    Nothing gets worse, and what is not healed is told. Where grids are drawn over each other at random rounding does
    not always settle; most plans are healed.
    """
    tried, healed = list[bool](), list[bool]()

    def promise(value: tuple[Plan, int]) -> None:
        plan, seed = value
        chance = np.random.default_rng(seed)
        grids = [shaken(grid, chance) for grid in plan.grids if chance.random() < 0.9]
        sound = [grid for grid in grids if grid.shape.is_valid and not grid.shape.is_empty]
        opened = OpenPlan(replace(plan, grids=tuple(sound)))
        faulty, loose = opened.board.faulty, {code: bare_m2(opened, code) for code in opened.board.regions}
        done = all_accepted(opened)
        given_up = {one.proposal.region for one in done.skipped} if done else opened.board.regions.keys()
        for code in opened.board.regions:
            own = [grid.shape for grid in opened.board.grids_of(code)]
            assert not own or code in given_up or is_exact(opened.board.boundary(code), own)
            assert code in faulty or is_exact(opened.board.boundary(code), own)
            assert bare_m2(opened, code) <= loose[code] + 1.0
        tried.append(bool(faulty))
        healed.append(bool(faulty) and not opened.board.faulty)

    drawn = plans(most_regions=2, units=(STREET,)).map(lambda one: one.plan)
    hold(st.tuples(drawn, st.integers(0, 2**32 - 1)), promise, full, small=8, large=200)
    assert sum(healed) >= 0.85 * sum(tried)


def bare_m2(plan: OpenPlan, region: str) -> float:
    """Ground of a region that nobody has."""
    grids = shapely.union_all([grid.shape for grid in plan.board.grids_of(region)])
    return square_metres(shapely.difference(plan.board.boundary(region), grids))


def shaken(grid: Grid, chance: np.random.Generator) -> Grid:
    """The grid with each of its nodes a few steps, or some metres, aside."""
    reach = int(chance.choice((0, 1, 30, 300)))
    nodes = {tuple(xy) for xy in shapely.get_coordinates(grid.shape).tolist()}
    aside = {xy: chance.integers(-reach, reach + 1, 2) for xy in sorted(nodes)}

    def there(xy: np.ndarray) -> np.ndarray:
        return np.array([np.rint(np.array(one) * 1e7) + aside[tuple(one)] for one in xy.tolist()]) / 1e7

    return replace(grid, shape=shapely.transform(grid.shape, there))


def test_every_fault_that_is_planted_has_a_way() -> None:
    assert set(FAULTS) == {"moved", "one-side", "missing", "duplicate", "pinhole", "overlap", "spill", "taken"}
    assert [one.whole for one in _of("spill")] == [True]


def _of(name: str) -> list[Proposal]:
    plan = OpenPlan(plan_of(things(read(BROKEN / f"{name}.geojson"))))
    return [*proposals(plan.board, plan.report)]
