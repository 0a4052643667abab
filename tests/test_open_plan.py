"""Does an open plan tell what an edit does, the same kept or not, and is it as it was after undoing?"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from divisions import ORIGIN, STEP, cell, community
from hypothesis import strategies as st
from plans_drawn import STREET, Drawn, hold, plans
from test_inspection import told

from geo.consequences import Answer
from geo.inspection import Inspection, Move
from geo.lineage import Kind
from geo.model import Building, Facility, Grid, GridKind, Plan, Region, Rule, Severity
from geo.noding import NodingUnsettledError
from geo.open_plan import OpenPlan
from geo.redraw.board import Codes
from geo.redraw.edits import Assign, ClaimGap, Edit, Merge, MoveNode, Recode, Set, Split
from geo.redraw.refused import EditRefused
from geo.terms import Terms


def line(*places: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(ORIGIN[0] + x * STEP, ORIGIN[1] + y * STEP) for x, y in places])


def house(id_: str, households: int | None, x: float, y: float, grid: str | None = None) -> Building:
    return Building(id=id_, households=households, grid=grid, shape=cell(x, y, 0.05, 0.05))


@pytest.fixture
def small() -> OpenPlan:
    """Four grids of a community; 400 households in the first one, and a facility called like a grid."""
    plan = community("R", 0, 0)
    homes = (
        house("h1", 150, 0.2, 0.2),
        house("h2", 250, 0.7, 0.2),
        house("h3", 20, 1.5, 0.5),
        house("h4", None, 0.8, 0.8),
    )
    sites = (Facility(id="R02", category="clinic", shape=shapely.Point(cell(1.5, 0.5).bounds[:2])),)
    return OpenPlan(replace(plan, buildings=homes, facilities=sites), Terms(before={"R01": 400}))


def state(plan: OpenPlan) -> tuple[object, ...]:
    """All that an open plan says of itself, to the byte."""
    board = plan.board
    grids = sorted((one.code, one.name, one.kind, shapely.to_wkb(one.shape)) for one in board.grids.values())
    regions = sorted((one.code, shapely.to_wkb(one.shape)) for one in board.regions.values())
    return grids, regions, board.faulty, told(plan.report)


def said(answer: Answer) -> str:
    """All of an answer but the shapes' identity."""
    findings = [
        [(one.rule, [*one.codes], one.values, str(one.geometry)) for one in some]
        for some in (answer.appeared, answer.vanished)
    ]
    return repr(
        (answer.outcome, answer.households, findings, answer.moved, answer.lineage, answer.counts, answer.figures)
    )


def test_a_split_is_told_in_full(small: OpenPlan) -> None:
    answer = small.edit([Split(grid="R01", lines=(line((0.5, -0.1), (0.5, 1.1)),))])
    assert {grid.code for grid in answer.outcome.grids} >= {"R01", "R-1"}
    assert answer.households["R01"] == (400, 250)
    assert answer.households["R-1"] == (None, 150)
    assert answer.moved == [Move("h1", "R01", "R-1", 150)]
    assert {(one.start, one.end, one.kind, one.households) for one in answer.lineage} == {
        ("R01", "R01", Kind.SPLIT, 250),
        ("R01", "R-1", Kind.SPLIT, 150),
    }
    low = [[*one.codes] for one in answer.appeared if one.rule is Rule.HOUSEHOLDS_LOW]
    assert sorted(low) == [["R-1"], ["R01"]]  # R03 is low too, as it was: that its border has a node more is no news
    assert answer.counts[Severity.WARNING] == len(
        [one for one in small.report.findings if one.severity is Severity.WARNING]
    )
    assert answer.figures == small.report.figures
    assert told(small.report) == told(Inspection(small.plan, Terms(before={"R01": 400}, fresh={"R-1"})).report)


def test_a_building_goes_with_the_ground_whatever_was_declared_for_it(small: OpenPlan) -> None:
    away, over = house("away", 30, 0.2, 0.4, grid="R01"), house("over", 40, 0.46, 0.6, grid="R01")
    door = replace(house("door", 50, 1.5, 0.2), entrance=shapely.Point(cell(0.3, 0.7).bounds[:2]))
    opened = OpenPlan(replace(small.plan, buildings=(*small.plan.buildings, away, over, door)), Terms())
    straight = Split(grid="R01", lines=(line((0.5, -0.1), (0.5, 1.1)),), cut=True, snap_m=0)
    answer = opened.edit([straight])
    assert {one.building: (one.start, one.end) for one in answer.moved} == {
        "h1": ("R01", "R-1"),
        "away": ("R01", "R-1"),
        "door": ("R01", "R-1"),
    }
    assert answer.households == {"R01": (520, 290), "R-1": (None, 230), "R03": (0, 0)}
    assert told(opened.report) == told(Inspection(opened.plan, Terms(fresh={"R-1"})).report)


def test_a_finding_that_goes_is_told(small: OpenPlan) -> None:
    answer = small.edit([Merge(grids=("R02", "R04"))])
    assert sorted(tuple(one.codes) for one in answer.vanished if one.rule is Rule.HOUSEHOLDS_LOW) == [
        ("R02",),
        ("R04",),
    ]
    assert [tuple(one.codes) for one in answer.appeared if one.rule is Rule.HOUSEHOLDS_LOW] == [("R02",)]


def test_what_is_called_like_a_grid_stays_when_the_grid_goes(small: OpenPlan) -> None:
    answer = small.edit([Merge(grids=("R01", "R02"), into="R01")])
    assert answer.outcome.gone == {"R02"}
    assert answer.households == {"R01": (400, 420), "R02": (20, None)}
    assert told(small.report) == told(Inspection(small.plan, Terms(before={"R01": 400})).report)


@pytest.mark.parametrize(
    "edits",
    [
        [
            Split(grid="R01", lines=(line((0.5, -0.1), (0.5, 1.1)),)),
            Merge(grids=("R02", "R04")),
            Set(grid="R03", name="x"),
        ],
        [Recode(start="R01", end="Q")],
        [Assign(ground=cell(0.5, 0, 1, 0.5), grid="R02")],
        [MoveNode(start=ORIGIN, end=ORIGIN), MoveNode(start=ORIGIN, end=ORIGIN)],
        [Set(grid="R01", kind=GridKind.SPECIAL), Set(grid="R09", name="nobody")],
    ],
    ids=["three", "recode", "assign", "nonsense", "second refused"],
)
def test_a_dry_run_tells_the_same_and_keeps_nothing(small: OpenPlan, edits: list[Edit]) -> None:
    before = state(small)

    def tried(keep: bool) -> str:
        try:
            return said(small.edit(edits, keep=keep))
        except EditRefused as refused:
            return refused.id

    first = tried(False)
    assert state(small) == before
    assert tried(False) == first
    assert tried(True) == first


def test_undone_it_is_as_it_was_to_the_byte_and_redone_as_it_became(small: OpenPlan) -> None:
    states, steps = [state(small)], list[tuple[Answer, list[Grid], list[Region]]]()
    for edits in (
        [Split(grid="R01", lines=(line((0.5, -0.1), (0.45, 1.1)),))],
        [Merge(grids=("R01", "R02"))],
        [Recode(start="R03", end="Z")],
        [Assign(ground=cell(0.2, 0.8, 0.3, 0.6), grid="R-1")],
    ):
        board = small.board
        answer = small.edit(edits)
        was = [
            board.grids[c]
            for c in board.grids
            if c in answer.outcome.gone or c in {g.code for g in answer.outcome.grids}
        ]
        steps.append((answer, was, [board.regions[region.code] for region in answer.outcome.regions]))
        states.append(state(small))
    for (answer, grids, regions), (expected, _) in zip(reversed(steps), reversed([*pairwise(states)]), strict=True):
        new = {grid.code for grid in answer.outcome.grids} - {grid.code for grid in grids}
        back = small.restore(grids, new, regions)
        assert state(small) == expected
        assert {code: (b, a) for code, (a, b) in back.households.items()} == dict(answer.households)
    for (answer, _, _), expected in zip(steps, states[1:], strict=True):
        small.restore(answer.outcome.grids, answer.outcome.gone, answer.outcome.regions)
        assert state(small) == expected


def test_codes_that_a_plan_gives_are_fresh_and_those_of_its_base_are_not_taken() -> None:
    region = "510108001001"
    plan = community(region, 0, 0)
    given = {grid.code for grid in plan.grids} | {f"{region}05"}
    opened = OpenPlan(plan, Terms(taken={f"{region}05"}), Codes(given=given, schemes={region: "14"}))
    answer = opened.edit([Split(grid=f"{region}01", lines=(line((0.5, -0.1), (0.5, 1.1)),))])
    assert f"{region}06" in {grid.code for grid in answer.outcome.grids}
    assert not [one for one in answer.appeared if one.rule is Rule.CODE_DUPLICATE]
    opened.edit([Merge(grids=(f"{region}03", f"{region}04"))])
    assert f"{region}04" in opened.board.codes.given
    back = next(grid for grid in plan.grids if grid.code == f"{region}04")
    grids = [*(grid for grid in plan.grids if grid.code == f"{region}03"), back]
    answer = opened.restore(grids, [])
    assert not [one for one in answer.appeared if one.rule is Rule.CODE_DUPLICATE]


def test_nothing_is_half_when_something_breaks_in_the_middle(small: OpenPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(small)

    def broken(*_: object) -> None:
        raise NodingUnsettledError("in the middle of it")

    with monkeypatch.context() as patch:
        patch.setattr("geo.forms.Forms.update", broken)
        with pytest.raises(NodingUnsettledError):
            small.edit([Merge(grids=("R01", "R02"))])
    assert state(small) == before
    assert small.edit([Merge(grids=("R01", "R02"))]).outcome.gone == {"R02"}


def test_a_gap_that_is_claimed_heals_the_region() -> None:
    plan = community("R", 0, 0)
    opened = OpenPlan(replace(plan, grids=plan.grids[1:]))
    assert opened.board.faulty == {"R"}
    answer = opened.edit([ClaimGap(place=cell(0.5, 0.5).bounds[:2], grid="R02")])
    assert answer.outcome.healed == {"R"}
    assert [one.rule for one in answer.vanished if one.severity is Severity.BLOCKING] == [Rule.GAP]
    assert answer.counts[Severity.BLOCKING] == 0
    opened.restore([plan.grids[1]], [])
    assert opened.board.faulty == {"R"}


def test_what_cannot_be_opened_or_restored() -> None:
    plan = community("R", 0, 0)
    with pytest.raises(ValueError, match="R01"):
        OpenPlan(replace(plan, grids=(*plan.grids, plan.grids[0])))
    with pytest.raises(KeyError):
        OpenPlan(plan).restore([replace(plan.grids[0], region="Q")])


def test_a_region_without_a_boundary_of_its_own_has_that_of_its_grids() -> None:
    plan = community("R", 0, 0)
    opened = OpenPlan(Plan(grids=plan.grids))
    assert not opened.board.faulty
    assert shapely.equals(opened.board.boundary("R"), plan.regions[0].shape)
    opened.edit([Merge(grids=("R01", "R02"))])


def drawn_edit(plan: OpenPlan, chance: np.random.Generator) -> Edit:
    """Some edit, often nonsense."""
    grids = sorted(plan.board.grids.values(), key=lambda grid: grid.code)
    one, other = (grids[int(chance.integers(len(grids)))] for _ in range(2))
    west, south, east, north = one.shape.bounds
    points = np.column_stack([chance.uniform(west, east, 2), chance.uniform(south, north, 2)])
    far = points[0] + (points[1] - points[0]) * 50, points[1] + (points[0] - points[1]) * 50
    nodes = shapely.get_coordinates(one.shape)
    node = nodes[int(chance.integers(len(nodes)))]
    makers: tuple[Callable[[], Edit], ...] = (
        lambda: Split(grid=one.code, lines=(shapely.LineString(far),), cut=True),
        lambda: Merge(grids=(one.code, other.code)),
        lambda: MoveNode(start=(node[0], node[1]), end=(points[0][0], points[0][1]), cut=True),
        lambda: Assign(ground=shapely.Point(points[0]).buffer((east - west) / 5, 3), grid=other.code, cut=True),
        lambda: Set(grid=one.code, name=f"{chance.integers(5)}"),
        lambda: Recode(start=one.code, end=f"new-{chance.integers(1000)}"),
    )
    return makers[int(chance.integers(len(makers)))]()


def test_any_edits_leave_what_a_look_at_everything_would_tell(full: bool) -> None:
    """Random edits, kept or not, and their undoing: the report is that of the whole plan, coverage holds."""

    def promise(value: tuple[Drawn, int]) -> None:
        drawn, seed = value
        chance = np.random.default_rng(seed)
        plan = drawn.plan
        homes = [shapely.point_on_surface(drawn.net.degrees(one)) for one in drawn.net.cells]
        buildings = tuple(Building(id=f"b{n}", households=n * 40 % 700, shape=point) for n, point in enumerate(homes))
        opened = OpenPlan(replace(plan, buildings=buildings))
        households = opened.report.figures.households
        for _ in range(4):
            edit, keep, before = drawn_edit(opened, chance), bool(chance.integers(3)), state(opened)
            try:
                answer = opened.edit([edit], keep=keep)
            except EditRefused:
                assert state(opened) == before
                continue
            assert keep or state(opened) == before
            fresh = opened.board.codes.given - {grid.code for grid in plan.grids}
            whole = Inspection(opened.plan, Terms(fresh=fresh)).report
            assert told(opened.report) == told(whole)
            if keep:
                assert answer.figures == whole.figures
                assert sum(answer.counts.values()) == len(whole.findings)
            assert (opened.board.faulty, whole.figures.households) == (frozenset(), households)

    hold(st.tuples(plans(most_regions=2, units=(STREET,)), st.integers(0, 2**32 - 1)), promise, full, small=12)
