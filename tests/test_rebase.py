"""Two changes of one base: do disjoint ones always go together, and are true conflicts always told?"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import shapely
from divisions import STEP, cell, community
from hypothesis import assume
from hypothesis import strategies as st
from plans_drawn import STREET, TINY, Drawn, hold, plans
from test_open_plan import drawn_edit

from geo.coverage import is_exact
from geo.model import Building, Grid, GridKind, Ground, Plan, Region
from geo.open_plan import OpenPlan
from geo.rebase import Matter, Merged, RebaseRefused, RebaseUnsettledError, State, Take, merged
from geo.redraw.board import Codes
from geo.redraw.refused import EditRefused
from geo.refusal import Refusal


def state(regions: Mapping[str, Ground], grids: Mapping[str, tuple[str, Ground]]) -> State:
    return State(
        regions={code: Region(code=code, level="community", shape=shape) for code, shape in regions.items()},
        grids={code: Grid(code=code, region=region, shape=shape) for code, (region, shape) in grids.items()},
    )


def row(**widths: float) -> State:
    """One community, four cells wide, its grids side by side from the west; shapes have each other's nodes."""
    grids, at = dict[str, tuple[str, Ground]](), 0.0
    places = [0.0]
    for code, width in widths.items():
        grids[code] = "R", cell(at, 0, width)
        places.append(at := at + width)
    ring = [(x, 0.0) for x in places] + [(x, 1.0) for x in reversed(places)]
    corners = [cell(x, y, 1, 1).bounds[:2] for x, y in ring]
    return state({"R": shapely.Polygon(corners)}, grids)


BASE = row(A=1, B=1, C=1, D=1)


def widths(found: State) -> dict[str, float]:
    return {code: round(grid.shape.area / cell(0, 0).area, 3) for code, grid in sorted(found.grids.items())}


def whole(found: Merged) -> Merged:
    for code, region in found.state.regions.items():
        assert region.shape is not None
        assert is_exact(region.shape, [one.shape for one in found.state.grids.values() if one.region == code])
    return found


def tried(drawn: Drawn, base: State, mine: State, theirs: State) -> Merged | None:
    """What they are together, exact; None where cells of a step or two are refused, since no node can be put between.

    Of those no more is promised: an edge that goes round a node by half a step takes a whole cell there.
    """
    try:
        return whole(merged(base, mine, theirs))
    except RebaseUnsettledError:
        assert not drawn.net.is_fine
        return None


def matters(found: Merged) -> list[str]:
    return [one.matter.value for one in found.conflicts]


def test_borders_apart_from_each_other_go_together() -> None:
    found = whole(merged(BASE, row(A=1.2, B=0.8, C=1, D=1), row(A=1, B=1, C=1.4, D=0.6)))
    assert not found.conflicts
    assert widths(found.state) == {"A": 1.2, "B": 0.8, "C": 1.4, "D": 0.6}
    assert {grid.code for grid in found.outcome.grids} == {"C", "D"}


def test_what_one_side_alone_changed_is_its_own() -> None:
    mine, theirs = row(A=1.2, B=0.8, C=1, D=1), row(A=1, B=1, C=1.4, D=0.6)
    assert whole(merged(BASE, mine, BASE)).outcome.is_empty
    found = whole(merged(BASE, BASE, theirs)).state
    assert found == theirs


def test_the_same_change_is_no_conflict() -> None:
    both = row(A=1.2, B=0.8, C=1, D=1)
    assert merged(BASE, both, both).state == both
    new = row(A=0.5, N=0.5, B=1, C=1, D=1)
    found = whole(merged(BASE, new, new))
    assert (found.recoded, found.conflicts, found.state) == ((), (), new)


def test_ground_that_both_gave_away_is_a_conflict() -> None:
    """B's eastern half to C on my side, its last quarter to a new grid on theirs: that quarter is to be chosen."""
    mine, theirs = row(A=1, B=0.5, C=1.5, D=1), row(A=1, B=0.75, N=0.25, C=1, D=1)
    told = whole(merged(BASE, mine, theirs))
    assert matters(told) == ["owner"]
    (one,) = told.conflicts
    assert (one.base, one.mine, one.theirs) == (("B",), ("C",), ("N",))
    assert one.shape.area == pytest.approx(cell(1.75, 0, 0.25).area, rel=1e-4)
    assert told.open == told.conflicts
    assert widths(whole(merged(BASE, mine, theirs, {1: Take.MINE})).state)["C"] == 1.5
    chosen = whole(merged(BASE, mine, theirs, {1: Take.THEIRS}))
    assert widths(chosen.state) == {"A": 1.0, "B": 0.5, "C": 1.25, "D": 1.0, "N": 0.25}
    assert not chosen.open


def test_a_border_moved_both_ways_is_a_conflict() -> None:
    mine, theirs = row(A=1.2, B=0.8, C=1, D=1), row(A=0.7, B=1.3, C=1, D=1)
    found = whole(merged(BASE, mine, theirs))
    assert matters(found) == ["border"]
    assert found.conflicts[0].shape.area == pytest.approx(cell(0.7, 0, 0.5).area, rel=1e-4)
    for take, expected in ((Take.MINE, mine), (Take.THEIRS, theirs)):
        assert widths(whole(merged(BASE, mine, theirs, {1: take})).state) == widths(expected)


def test_a_border_moved_further_by_one_goes_as_far() -> None:
    found = whole(merged(BASE, row(A=1.2, B=0.8, C=1, D=1), row(A=1.5, B=0.5, C=1, D=1)))
    assert not found.conflicts
    assert widths(found.state)["A"] == 1.5


def test_a_grid_that_one_gave_up_and_the_other_made_larger() -> None:
    mine, theirs = row(A=1, B=1.3, C=0.7, D=1), row(A=2, C=1, D=1)
    found = whole(merged(BASE, mine, theirs))
    assert matters(found) == ["grid"]
    assert found.conflicts[0].code == "B"
    kept = whole(merged(BASE, mine, theirs, {1: Take.MINE}))
    assert kept.recoded == (("B", "R-1"),)  # the code was retired meanwhile, and is never given again
    assert widths(kept.state) == {"A": 1.0, "R-1": 1.3, "C": 0.7, "D": 1.0}
    assert kept.outcome.gone == {"B"}
    assert widths(whole(merged(BASE, mine, theirs, {1: Take.THEIRS})).state) == widths(theirs)
    turned = whole(merged(BASE, theirs, mine))
    assert matters(turned) == ["grid"]


def test_a_grid_that_would_lose_all_its_ground() -> None:
    mine, theirs = row(A=1, B=0.5, N=0.5, C=1, D=1), row(A=1, M=0.5, B=0.5, C=1, D=1)
    found = whole(merged(BASE, mine, theirs))
    assert matters(found) == ["grid"]
    assert found.conflicts[0].code == "B"


def test_a_grid_that_would_keep_a_hair() -> None:
    """Both halve B, mine keeps the west of it and theirs the east, and the lines are two steps beside each other."""
    hair = 2e-7 / STEP
    mine, theirs = row(A=1, B=0.5 + hair, N=0.5 - hair, C=1, D=1), row(A=1, M=0.5, B=0.5, C=1, D=1)
    found = whole(merged(BASE, mine, theirs))
    assert matters(found) == ["grid"]
    assert found.conflicts[0].code == "B"


def test_new_codes_given_by_both_are_told_apart() -> None:
    base = row(**{"51010800100101": 2, "51010800100102": 2})
    base = replace(base, regions={"510108001001": replace(base.regions["R"], code="510108001001")})
    base = replace(base, grids={code: replace(grid, region="510108001001") for code, grid in base.grids.items()})

    def split(code: str, at: float) -> State:
        grids = dict(base.grids)
        west, east = cell(at, 0), cell(at + 1, 0)
        grids[code] = replace(grids[code], shape=west)
        grids["51010800100103"] = replace(grids[code], code="51010800100103", shape=east)
        region = base.regions["510108001001"]
        assert region.shape is not None
        corners = [
            (n, y) for y, order in ((0, range(5)), (1, range(4, -1, -1))) for n in order if n % 2 == 0 or n == at + 1
        ]
        outline = shapely.Polygon([cell(x, y).bounds[:2] for x, y in corners])
        return State(regions={region.code: replace(region, shape=outline)}, grids=grids)

    mine, theirs = split("51010800100101", 0), split("51010800100102", 2)
    found = whole(merged(base, mine, theirs, codes=Codes(schemes={"510108001001": "14"})))
    assert found.recoded == (("51010800100103", "51010800100104"),)
    assert set(found.state.grids) == {f"5101080010010{n}" for n in (1, 2, 3, 4)}
    assert found.state.grids["51010800100103"].shape == theirs.grids["51010800100103"].shape
    assert not found.conflicts
    late = merged(base, mine, base, codes=Codes(schemes={"510108001001": "14"}), taken={"51010800100103"})
    assert late.recoded == (("51010800100103", "51010800100104"),)
    assert "51010800100103" in late.outcome.gone


def test_names_and_kinds() -> None:
    def called(found: State, code: str, name: str = "", kind: GridKind = GridKind.RESIDENTIAL) -> State:
        return replace(found, grids={**found.grids, code: replace(found.grids[code], name=name, kind=kind)})

    mine, theirs = called(BASE, "A", "mine"), called(BASE, "A", kind=GridKind.SPECIAL)
    grid = merged(BASE, mine, theirs).state.grids["A"]
    assert (grid.name, grid.kind) == ("mine", GridKind.SPECIAL)
    theirs = called(BASE, "A", "theirs")
    found = merged(BASE, mine, theirs)
    assert [(one.matter, one.mine, one.theirs) for one in found.conflicts] == [(Matter.NAME, ("mine",), ("theirs",))]
    assert merged(BASE, mine, theirs, {1: Take.MINE}).state.grids["A"].name == "mine"
    assert found.state.grids["A"].name == "theirs"
    gone = row(A=2, C=1, D=1)
    mine = called(BASE, "B", "mine")
    found = whole(merged(BASE, mine, gone))
    assert matters(found) == ["grid"]
    assert widths(found.state) == widths(gone)
    kept = whole(merged(BASE, mine, gone, {1: Take.MINE}))
    ((was, now),) = kept.recoded
    assert (was, kept.state.grids[now].name) == ("B", "mine")  # a code that was retired does not come back
    assert widths(kept.state) == {"A": 1.0, now: 1.0, "C": 1.0, "D": 1.0}
    assert matters(merged(BASE, gone, mine)) == ["grid"]


def test_ground_that_left_the_region_and_was_redrawn() -> None:
    """By order the region ends a quarter earlier in the east, where I made D smaller."""
    mine, theirs = row(A=1, B=1, C=1.5, D=0.5), row(A=1, B=1, C=1, D=0.75)
    found = whole(merged(BASE, mine, theirs))
    assert not found.conflicts
    assert widths(found.state) == {"A": 1.0, "B": 1.0, "C": 1.5, "D": 0.25}


def test_ground_outside_that_i_gave_to_another() -> None:
    mine, theirs = row(A=1, B=1, C=1, D=0.5, N=0.5), row(A=1, B=1, C=1, D=0.75)
    found = whole(merged(BASE, mine, theirs))
    assert matters(found) == ["owner"]
    assert (found.conflicts[0].mine, found.conflicts[0].theirs) == (("N",), ())


def test_a_region_that_is_no_more() -> None:
    with pytest.raises(RebaseRefused) as refused:
        merged(BASE, BASE, State(regions={}, grids={}))
    assert isinstance(refused.value, Refusal)
    assert (refused.value.id, refused.value.values) == ("region-gone", {"region": "R"})


def test_households_of_a_conflict() -> None:
    mine, theirs = row(A=1.2, B=0.8, C=1, D=1), row(A=0.7, B=1.3, C=1, D=1)
    homes = [Building(id=f"h{n}", households=10 * n, shape=cell(0.35 * n, 0.4, 0.1, 0.1)) for n in range(1, 6)]
    found = merged(BASE, mine, theirs, buildings=homes)
    assert found.conflicts[0].households == 50


def test_a_gap_healed_on_one_side_only() -> None:
    """A provisional region: theirs filled a gap, mine moved a border elsewhere."""
    base = state({"R": cell(0, 0, 4)}, {code: ("R", grid.shape) for code, grid in BASE.grids.items() if code != "B"})
    mine = replace(base, grids={**base.grids, "C": replace(base.grids["C"], name="mine")})
    theirs = replace(base, grids={**base.grids, "B": Grid(code="B", region="R", shape=cell(1, 0))})
    found = merged(base, mine, theirs)
    assert (widths(found.state)["B"], found.state.grids["C"].name) == (1.0, "mine")


def test_what_others_left_alone_is_mine_to_the_byte() -> None:
    """Grids that lie across each other in a provisional region get no nodes there, though I moved its boundary."""
    corners = ((0, 0), (1.2, 0), (0.9, 1), (0, 1)), ((0.9, 0), (2, 0), (2, 1), (1.2, 1))
    wide, tall = (shapely.Polygon([cell(x, y).bounds[:2] for x, y in places]) for places in corners)
    base = state({"R": cell(0, 0, 2)}, {"A": ("R", wide), "B": ("R", tall)})
    mine = state({"R": cell(0, 0, 2.5)}, {"A": ("R", wide), "B": ("R", tall), "C": ("R", cell(2, 0, 0.5))})
    assert merged(base, mine, base).outcome.is_empty
    assert merged(base, base, mine).state == mine


def states_of(drawn: Drawn, *labels: Sequence[int]) -> list[State]:
    """Several divisions of the cells of one net."""
    found = []
    for own in labels:
        plan = replace(drawn, grid_of=tuple(own)).plan
        assume(all(grid.shape.is_valid for grid in plan.grids))
        found.append(State(regions={r.code: r for r in plan.regions}, grids={g.code: g for g in plan.grids}))
    return found


@st.composite
def changes(draw: st.DrawFn, units: Sequence[int] = (TINY, STREET)) -> tuple[Drawn, list[int], list[int]]:
    """A plan, and two other owners of its cells: some cells go to other grids, old ones and new."""
    drawn = draw(plans(most_regions=3, units=units, common=False))
    some = st.tuples(st.integers(0, len(drawn.grid_of) - 1), st.integers(0, 25))
    sides = []
    for _ in range(2):
        own = list(drawn.grid_of)
        for number, grid in draw(st.lists(some, min_size=1, max_size=6)):
            own[number] = grid
        sides.append(own)
    return drawn, sides[0], sides[1]


def apart(value: tuple[Drawn, list[int], list[int]]) -> tuple[Drawn, list[int], list[int]]:
    """New codes of one side are even, of the other odd: the same one given by both would be recoded."""
    drawn, *sides = value
    old = set(zip(drawn.region_of, drawn.grid_of, strict=True))
    one, other = (
        [n if (region, n) in old else 40 + n * 2 + side for region, n in zip(drawn.region_of, own, strict=True)]
        for side, own in enumerate(sides)
    )
    return drawn, one, other


def test_merged_ground_is_what_each_side_gave_it(full: bool) -> None:
    """On nets of cells: each cell has the owner by the three-way rule, unless a conflict is told about it."""

    def promise(value: tuple[Drawn, list[int], list[int]]) -> None:
        drawn, one, other = apart(value)
        base, mine, theirs = states_of(drawn, drawn.grid_of, one, other)
        found = tried(drawn, base, mine, theirs)
        if found is None or not drawn.net.is_fine:
            return
        told = [conflict.shape for conflict in found.conflicts]
        for number, cell_ in enumerate(drawn.net.cells):
            place = drawn.net.degrees(cell_)
            codes = [f"R{drawn.region_of[number]}{own[number]:02}" for own in (drawn.grid_of, one, other)]
            expected = codes[1] if codes[2] == codes[0] else codes[2]
            if codes[1] != codes[0] != codes[2] != codes[1] and drawn.net.is_fine:
                assert any(shape.covers(place) for shape in told)
            if not any(shape.intersects(place) for shape in told):
                assert found.state.grids[expected].shape.covers(place)

    hold(changes(), promise, full)


def test_changes_in_other_grids_always_go_together(full: bool) -> None:
    """No grid is in both changes: no conflict, and the order does not matter."""

    def promise(value: tuple[Drawn, list[int], list[int]]) -> None:
        drawn, one, other = apart(value)
        pairs = list(zip(drawn.region_of, drawn.grid_of, strict=True))
        concerned = {
            (drawn.region_of[n], own[n]) for own in (one,) for n in range(len(own)) if own[n] != pairs[n][1]
        } | {pairs[n] for n in range(len(one)) if one[n] != pairs[n][1]}
        other = [
            was if (region, was) in concerned or (region, now) in concerned else now
            for (region, was), now in zip(pairs, other, strict=True)
        ]
        base, mine, theirs = states_of(drawn, drawn.grid_of, one, other)
        found, turned = tried(drawn, base, mine, theirs), tried(drawn, base, theirs, mine)
        if found is None or turned is None or not drawn.net.is_fine:
            return
        assert not found.conflicts
        assert not found.recoded
        both = [b if b != a else c for (_, a), b, c in zip(pairs, one, other, strict=True)]
        (expected,) = states_of(drawn, both)
        for result in (found.state, turned.state):
            assert result.grids.keys() == expected.grids.keys()
            for code, grid in expected.grids.items():
                assert shapely.equals(result.grids[code].shape, grid.shape)

    hold(changes(), promise, full)


def test_two_states_alike_need_no_work() -> None:
    plan: Plan = community("R", 0, 0)
    same = State(regions={r.code: r for r in plan.regions}, grids={g.code: g for g in plan.grids})
    assert merged(same, same, same).outcome.is_empty


def test_plans_drawn_by_two_always_make_a_whole_one(full: bool) -> None:
    """Random edits with new nodes and crossings on either side: whole, whatever is chosen; the same the second time."""

    def promise(value: tuple[Drawn, int]) -> None:
        drawn, seed = value
        chance = np.random.default_rng(seed)
        base, mine, theirs = (OpenPlan(drawn.plan) for _ in range(3))
        for opened in (mine, theirs):
            for _ in range(3):
                with suppress(EditRefused):
                    opened.edit([drawn_edit(opened, chance)])
        was, own, other = (State(regions=one.board.regions, grids=one.board.grids) for one in (base, mine, theirs))
        found = whole(merged(was, own, other))
        for takes in ((Take.MINE,), (Take.THEIRS,), (Take.MINE, Take.THEIRS)):
            choices = {one.number: takes[one.number % len(takes)] for one in found.conflicts}
            chosen = whole(merged(was, own, other, choices))
            assert not chosen.open
            assert [one.shape for one in chosen.conflicts] == [one.shape for one in found.conflicts]
        after = OpenPlan(replace(drawn.plan, grids=tuple(own.grids.values()), regions=tuple(own.regions.values())))
        after.restore(found.outcome.grids, found.outcome.gone, found.outcome.regions)
        assert {**after.board.grids} == {**found.state.grids}

    hold(st.tuples(plans(most_regions=2, units=(STREET,)), st.integers(0, 2**32 - 1)), promise, full, small=10)
