"""Does a plan stay whole whatever is done to it: edits, nonsense, repairs, undo, redo, rebases?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from nonsense_drawn import Confused
from planner_drawn import OPS
from plans_drawn import SMALL, STREET, TINY, Drawn, nets
from proofs import Proof
from sitting import Sitting

from geo import coverage
from geo.files import read_geojson
from geo.files.things import plan_of, things
from geo.lattice import to_degrees, to_steps
from geo.model import Building, Grid, Line, Plan
from geo.redraw.board import Keeps

SIZES = (TINY, SMALL, STREET, STREET, STREET)
CELLS = 14
"""Of a net: small plans, many steps."""
STEPS, MACHINES, FULL_STEPS, PIECE = 40, 6, 20_000, 50
seeds = st.integers(0, 2**32 - 1)


@st.composite
def starts(draw: st.DrawFn) -> tuple[Plan, int]:
    """A plan of up to three regions with buildings and streets, and the size of its cells; now and then provisional,
    its grids moved over each other or gone."""
    net = draw(nets(SIZES, cells=CELLS))
    chance = np.random.default_rng(draw(seeds))
    regions = _labels(chance, len(net.cells), draw(st.integers(1, 3)))
    grids = _labels(chance, len(net.cells), draw(st.integers(2, 10)))
    left_out = chance.random(len(net.cells)) < draw(st.sampled_from((0.0, 0.0, 0.2)))
    drawn = Drawn(net, tuple(-1 if out else n for n, out in zip(regions, left_out, strict=True)), tuple(grids))
    assume(drawn.regions and all(drawn.division(region).is_valid for region in drawn.regions))
    plan = drawn.plan
    for region in plan.regions:
        assert region.shape is not None
        assume(coverage.is_exact(region.shape, [grid.shape for grid in plan.grids if grid.region == region.code]))
    if draw(st.sampled_from((False, False, True))):
        plan = replace(plan, grids=_provisional(plan.grids, chance, net.unit))
    return replace(plan, buildings=_buildings(drawn, chance), lines=_streets(drawn, chance)), net.unit


def _labels(chance: np.random.Generator, cells: int, count: int) -> list[int]:
    """Which of `count` things each cell belongs to: in stretches, or scattered."""
    if chance.random() < 0.6:
        return [cell * count // cells for cell in range(cells)]
    return [int(n) for n in chance.integers(0, count, cells)]


def _provisional(grids: Sequence[Grid], chance: np.random.Generator, unit: int) -> tuple[Grid, ...]:
    """Some grids aside, some gone, as legacy maps have them."""

    def moved(grid: Grid) -> Grid:
        step = chance.integers(-(unit // 3) - 1, unit // 3 + 2, 2)
        return replace(grid, shape=shapely.transform(grid.shape, lambda xy: to_degrees(to_steps(xy) + step)))

    kept = [grid for grid in grids if chance.random() < 0.9] or [*grids]
    return tuple(moved(grid) if chance.random() < 0.3 else grid for grid in kept)


def _buildings(drawn: Drawn, chance: np.random.Generator) -> tuple[Building, ...]:
    """In most cells one, a point where cells are small; some stand across borders, some were never counted."""
    found = []
    for number, cell in enumerate(drawn.net.cells):
        place = cell.representative_point()
        if drawn.net.is_fine:
            middle = cell.exterior.coords[0] if chance.random() < 0.3 else place.coords[0]
            size = drawn.net.unit * chance.uniform(0.02, 0.15, 2)
            place = shapely.box(*(np.array(middle) - size), *(np.array(middle) + size))
        households = None if chance.random() < 0.1 else int(chance.integers(0, 300))
        if chance.random() < 0.9:
            found.append(Building(id=f"b{number}", households=households, shape=drawn.net.degrees(place)))
    return tuple(found)


def _streets(drawn: Drawn, chance: np.random.Generator) -> tuple[Line, ...]:
    """Lines beside some borders."""
    found, off = [], drawn.net.unit // 20 + 1
    for number, cell in enumerate(drawn.net.cells):
        xy = np.array(cell.exterior.coords)[:3] + chance.integers(-off, off + 1, 2)
        if chance.random() < 0.3:
            found.append(Line(id=f"l{number}", shape=drawn.net.degrees(shapely.LineString(xy))))
    return tuple(found)


class PlanMachine(RuleBasedStateMachine):
    """A planner's days; `made` and `refused` count the steps of all of them."""

    made: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()
    noted: ClassVar[Counter[str]] = Counter()
    start: ClassVar[st.SearchStrategy[tuple[Plan, int]]] = starts()

    @initialize(data=st.data(), seed=seeds, keeps=st.sampled_from((Keeps.LARGER, Keeps.LARGER, Keeps.NONE)))
    def open(self, data: st.DataObject, seed: int, keeps: Keeps) -> None:
        plan, unit = data.draw(self.start)
        self.planner = Confused(np.random.default_rng(seed), unit)
        self.sitting = Sitting.of(plan, self.planner, keeps)

    def _count(self, what: str, is_made: bool) -> None:
        (self.made if is_made else self.refused)[what] += 1

    def _edit(self, op: str, seed: int) -> None:
        self.planner.begin(seed)
        self._count(op, self.sitting.edit([self.planner.legal(op, self.sitting.plan)]))

    # all rules are as likely: of what matters most there are several
    edit = rule(op=st.sampled_from(OPS), seed=seeds)(_edit)
    divide = rule(op=st.sampled_from(("split", "split", "merge")), seed=seeds)(_edit)
    move = rule(op=st.sampled_from(("move_node", "move_edge")), seed=seeds)(_edit)
    give = rule(op=st.sampled_from(("assign", "reshape", "replace", "order")), seed=seeds)(_edit)

    @rule(ops=st.lists(st.sampled_from(OPS), min_size=2, max_size=3), seed=seeds)
    def edits(self, ops: list[str], seed: int) -> None:
        self.planner.begin(seed)
        self._count("list", self.sitting.edit([self.planner.legal(op, self.sitting.plan) for op in ops]))

    @rule(op=st.sampled_from((None, None, *OPS)), seed=seeds)
    def nonsense(self, op: str | None, seed: int) -> None:
        """Alone, or after a legal edit: all or nothing."""
        self.planner.begin(seed)
        if op is None:
            edit, reasons = self.planner.illegal(self.sitting.plan.board)
            assert not self.sitting.edit([edit], reasons)
        else:
            assert not self.sitting.edit([self.planner.legal(op, self.sitting.plan), self.planner.missing()])
        self._count("nonsense", False)

    @precondition(lambda self: self.sitting.plan.board.faulty)
    @rule(seed=seeds)
    def repair(self, seed: int) -> None:
        self._count("repair", self.sitting.repair(np.random.default_rng(seed)))

    @precondition(lambda self: self.sitting.done)
    @rule()
    def undo(self) -> None:
        self.sitting.undo()
        self._count("undo", True)

    @precondition(lambda self: self.sitting.undone)
    @rule()
    def redo(self) -> None:
        self.sitting.redo()
        self._count("redo", True)

    @rule(seed=seeds, steps=st.integers(1, 3))
    def others_publish(self, seed: int, steps: int) -> None:
        self.planner.begin(seed)
        self._count("publication of others", self.sitting.others_publish(self.planner, steps))

    @precondition(lambda self: self.sitting.published is not self.sitting.base)
    @rule(seed=seeds)
    def rebase(self, seed: int) -> None:
        self._count("rebase", self.sitting.rebase(np.random.default_rng(seed)))

    @precondition(lambda self: self.sitting.published is self.sitting.base and self.sitting.done)
    @rule()
    def publish(self) -> None:
        self.sitting.publish()
        self._count("publication", True)

    @rule()
    def look(self) -> None:
        """A fresh check of everything tells the same, and so does the plan opened anew."""
        self.sitting.look()
        self.sitting.reopen()

    def teardown(self) -> None:
        if hasattr(self, "sitting"):
            self.sitting.look()
            self.noted.update(self.sitting.counts)


def run(machine: type[PlanMachine], machines: int, full: bool) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=machines,
            stateful_step_count=STEPS,
            derandomize=not full,
            database=None,
            deadline=None,
            phases=(Phase.generate,),  # what seeds draw does not get simpler
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def fresh(start: st.SearchStrategy[tuple[Plan, int]]) -> type[PlanMachine]:
    """A machine with counts of its own."""
    counts = {name: Counter[str]() for name in ("made", "refused", "noted")}
    return type("PlanMachine", (PlanMachine,), {"start": start, **counts})


def told(machine: type[PlanMachine]) -> str:
    """What was counted, in words."""
    reasons = sum(n for what, n in machine.noted.items() if what.startswith("refused "))
    kinds = ", ".join(f"{what} {n}" for what, n in sorted(machine.made.items()))
    return (
        f"{machine.made.total()} made ({kinds}) and {machine.refused.total()} refused or without effect; "
        f"{machine.noted['dry runs']} edits tried first, {reasons} refused, {machine.noted['conflicts']} conflicts"
    )


def test_any_steps_keep_a_plan_whole(full: bool, proof: Proof) -> None:
    machine = fresh(starts())
    run(machine, MACHINES, full)
    while full and machine.made.total() + machine.refused.total() < FULL_STEPS:
        run(machine, PIECE, full)
    assert machine.made.keys() >= {"split", "merge", "undo", "rebase", *(OPS if full else ())}
    proof("random steps over plans", machine.made.total() + machine.refused.total(), told(machine))


@pytest.fixture(scope="module")
def communities(full: bool, district_text: str) -> list[Plan]:
    """Each community of the sample district with the one after it in the file, and all that stands there."""
    if not full:
        pytest.skip("communities of the whole district: with --full")
    whole = plan_of(things(read_geojson(district_text.encode())))
    regions = {region.code: region for region in whole.regions if region.shape is not None}
    codes = sorted({grid.region for grid in whole.grids} & regions.keys())
    places = shapely.STRtree([building.shape for building in whole.buildings])
    found = []
    for pair in pairwise(codes):
        ground = shapely.union_all([regions[code].shape for code in pair])
        near = sorted(places.query(ground, "intersects").tolist())
        found.append(
            Plan(
                regions=tuple(regions[code] for code in pair),
                grids=tuple(grid for grid in whole.grids if grid.region in pair),
                buildings=tuple(whole.buildings[n] for n in near),
                lines=tuple(line for line in whole.lines if shapely.intersects(line.shape, ground.envelope)),
            )
        )
    return found


def test_any_steps_keep_communities_of_the_sample_whole(communities: list[Plan], full: bool, proof: Proof) -> None:
    machine = fresh(st.tuples(st.sampled_from(communities), st.just(STREET)))
    run(machine, 20, full)
    count = machine.made.total() + machine.refused.total()
    proof("random steps over communities of the sample district", count, told(machine))
