"""Does undo put back what was there to the byte, does redo, and does nobody overwrite anybody?"""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest
import shapely
from conftest import Store
from divisions import cell, community, together
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publishing import drafted, in_force, publish
from sqlalchemy import text

from geo.model import Grid, GridKind
from geo.redraw.board import Board, Outcome
from geo.store import drafts, opening, plans, steps
from geo.store.connect import session
from geo.store.drafts import Draft
from geo.store.refusals import NothingToRedo, NothingToUndo, RevisionMoved, WrongState

ROWS = """
    SELECT 'grid', code, region, attributes::text, ST_AsEWKB(shape), touched::text, removed, fresh FROM plan_item
    WHERE plan = :plan UNION ALL
    SELECT 'region', code, base::text, drawn::text, ST_AsEWKB(boundary), cause, false, false FROM plan_region
    WHERE plan = :plan ORDER BY 1, 2"""


@dataclass
class Desk:
    """One planner's plan, edited by hand."""

    store: Store
    plan: UUID

    def rows(self) -> list[tuple[object, ...]]:
        with self.store.owner.connect() as connection:
            found = connection.execute(text(ROWS), {"plan": self.plan})
            return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in found]

    def board(self) -> Board:
        with session(self.store.service) as work:
            found = drafts.content(work, self.plan)
        return Board(regions={r.code: r for r in found.regions}, grids={g.code: g for g in found.grids})

    def draft(self) -> Draft:
        with session(self.store.service) as work:
            return drafts.find(work, self.plan)

    def keep(self, outcome: Outcome, kind: str = "edit") -> Draft:
        before = self.board()
        with session(self.store.service) as work, work.begin():
            own = plans.locked(work, self.plan, None)
            return steps.keep(
                work, own, before, outcome, kind=kind, edits=[{"op": "set"}], actor="ann", reason="why", answer={"n": 1}
            )

    def undo(self) -> steps.Restored:
        with session(self.store.service) as work, work.begin():
            return steps.undo(work, plans.locked(work, self.plan, None), "ann")

    def redo(self) -> steps.Restored:
        with session(self.store.service) as work, work.begin():
            return steps.redo(work, plans.locked(work, self.plan, None), "ann")

    def steps(self) -> list[tuple[int, str]]:
        with session(self.store.service) as work:
            return [(step.number, step.state) for step in steps.listed(work, self.plan, limit=1000)]


@pytest.fixture
def desk(store: Store) -> Desk:
    publish(store.service, drafted(store.service, together([community("A", 0, 0), community("B", 2, 0)])))
    with session(store.service) as work, work.begin():
        number = opening.opened(work, ["A", "B"], actor="ann", title="t")
    return Desk(store, number)


def merged(board: Board, one: str, other: str) -> Outcome:
    """Two grids as one: the first gets the ground of both."""
    ground = shapely.coverage_union_all([board.grids[one].shape, board.grids[other].shape])
    ground = ground.geoms[0] if isinstance(ground, shapely.MultiPolygon) else ground
    return Outcome(grids=(replace(board.grids[one], shape=ground),), gone=frozenset({other}))


def test_a_step_is_kept_and_taken_back_to_the_byte(desk: Desk) -> None:
    opened, first = desk.rows(), desk.draft()
    assert (first.revision, first.can_undo, first.can_redo) == (1, False, False)
    kept = desk.keep(merged(desk.board(), "A01", "A02"))
    after = desk.rows()
    assert (kept.revision, kept.can_undo, kept.can_redo) == (2, True, False)
    assert kept.stamp != first.stamp
    assert {row[1] for row in opened} - {row[1] for row in after} == {"A02"}
    back = desk.undo()
    assert desk.rows() == opened
    assert ({grid.code for grid in back.grids}, back.gone, back.regions) == ({"A01", "A02"}, frozenset(), ())
    assert (back.draft.revision, back.draft.can_undo, back.draft.can_redo) == (3, False, True)
    again = desk.redo()
    assert desk.rows() == after
    assert ([grid.code for grid in again.grids], again.gone) == (["A01"], frozenset({"A02"}))
    assert len({first.stamp, kept.stamp, back.draft.stamp, again.draft.stamp}) == 4


def test_a_new_step_after_undo_drops_what_was_undone(desk: Desk) -> None:
    desk.keep(merged(desk.board(), "A01", "A02"))
    desk.keep(merged(desk.board(), "A03", "A04"))
    desk.undo()
    desk.undo()
    desk.keep(Outcome(grids=(replace(desk.board().grids["A01"], name="新"),)))
    assert desk.steps() == [(1, "dropped"), (2, "dropped"), (3, "done")]
    with pytest.raises(NothingToRedo):
        desk.redo()
    desk.undo()
    with pytest.raises(NothingToUndo):
        desk.undo()
    assert desk.steps()[-1] == (3, "undone")


def test_every_step_that_ever_was_is_counted(desk: Desk) -> None:
    """Whoever draws and undoes by turns fills the store too."""
    counted = list[int]()
    for n in range(4):
        desk.keep(Outcome(grids=(replace(desk.board().grids["A01"], name=f"{n}"),)))
        desk.undo()
        with session(desk.store.service) as work:
            counted.append(steps.count(work, desk.plan))
    assert counted == [1, 2, 3, 4]
    assert [state for _, state in desk.steps()] == ["dropped", "dropped", "dropped", "undone"]
    assert (desk.draft().done, desk.draft().undone) == (0, 1)


def test_a_step_tells_what_was_asked_and_answered(desk: Desk) -> None:
    desk.keep(Outcome(grids=(replace(desk.board().grids["A01"], name="新"),)), kind="repair")
    with session(desk.store.service) as work:
        (step,) = steps.listed(work, desk.plan, limit=1000)
        log = work.execute(text("SELECT action, reason, details FROM log WHERE plan IS NOT NULL ORDER BY id")).all()
    assert (step.actor, step.reason, step.kind, step.edits, step.answer) == (
        "ann",
        "why",
        "repair",
        [{"op": "set"}],
        {"n": 1},
    )
    assert [tuple(row) for row in log][-1] == ("repair", "why", {"step": 1, "revision": 2, "state": "draft"})


def test_boundaries_are_taken_back_too(desk: Desk) -> None:
    opened, board = desk.rows(), desk.board()
    boundary = shapely.union_all([board.boundary("A"), cell(0, 2)])
    desk.keep(
        Outcome(
            regions=(replace(board.regions["A"], shape=boundary),),
            grids=(Grid(code="A05", region="A", shape=cell(0, 2)),),
        )
    )
    assert shapely.equals_exact(desk.board().boundary("A"), boundary)
    back = desk.undo()
    assert desk.rows() == opened
    assert [region.code for region in back.regions] == ["A"]
    assert back.regions[0].shape is not None
    assert back.regions[0].shape.wkb == board.boundary("A").wkb
    assert back.gone == {"A05"}
    assert back.base == {}


def test_a_rebase_is_a_step_with_its_bases(desk: Desk) -> None:
    before, store = desk.rows(), desk.store
    old = desk.draft().base
    publish(store.service, drafted(store.service, community("A", 0, 0)))
    now = {code: one.intent for code, one in in_force(store.service).items()}
    with session(store.service) as work, work.begin():
        own = plans.locked(work, desk.plan, None)
        based = steps.rebased(work, own, desk.board(), Outcome(), now, actor="ann", answer={})
    assert (based.base, based.can_undo) == (now, True)
    assert old != now
    after = desk.rows()
    back = desk.undo()
    assert (back.base, back.draft.base) == ({"A": old["A"]}, old)
    assert desk.rows() == before
    desk.redo()
    assert desk.rows() == after


def test_nobody_overwrites_anybody(desk: Desk) -> None:
    with session(desk.store.service) as work, work.begin():
        with pytest.raises(RevisionMoved) as refused:
            plans.locked(work, desk.plan, {7})
        assert refused.value.revision == 1
        assert plans.locked(work, desk.plan, {1, 7}).revision == 1


def test_only_a_draft_is_edited(desk: Desk) -> None:
    outcome = Outcome(grids=(replace(desk.board().grids["A01"], name="新"),))
    desk.keep(outcome)
    with session(desk.store.service) as work, work.begin():
        plans.submit(work, plans.locked(work, desk.plan, None), "ann")
    for write in (lambda: desk.keep(outcome), desk.undo, desk.redo):
        with pytest.raises(WrongState) as refused:
            write()
        assert (refused.value.state, refused.value.possible) == ("submitted", ("approve", "reopen", "withdraw"))


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(st.sampled_from(["merge", "name", "undo", "redo"]), min_size=4, max_size=14))
def test_any_way_back_and_forth_is_the_same_to_the_byte(desk: Desk, moves: list[str]) -> None:
    """Against a list of all states there were."""
    with session(desk.store.service) as work, work.begin():
        desk.plan = opening.opened(work, ["A"], actor="ann")
    states, place = [desk.rows()], 0
    for n, move in enumerate(moves):
        grids = sorted(desk.board().grids)
        if move == "undo" and place > 0:
            place -= 1
            desk.undo()
        elif move == "redo" and place < len(states) - 1:
            place += 1
            desk.redo()
        elif move == "merge" and len(grids) > 1:
            desk.keep(merged(desk.board(), grids[0], grids[-1]))
            states, place = [*states[: place + 1], desk.rows()], place + 1
        elif move == "name":
            own = replace(desk.board().grids[grids[0]], name=f"{n}", kind=GridKind.SPECIAL)
            desk.keep(Outcome(grids=(own,)))
            states, place = [*states[: place + 1], desk.rows()], place + 1
        assert desk.rows() == states[place]
        assert (desk.draft().done, desk.draft().undone) == (place, len(states) - 1 - place)


def test_a_code_of_a_step_that_was_taken_back_stays_given(desk: Desk) -> None:
    """Whoever reads the plan anew gives the next code, as one does who has it open."""
    grid = desk.board().grids["A01"]
    desk.keep(Outcome(grids=(replace(grid, code="A-1"),), gone=frozenset({"A01"})))
    desk.undo()
    with session(desk.store.service) as work:
        given = plans.content(work, drafts.find(work, desk.plan)).codes.given
    assert "A-1" in given
    assert "A-2" not in given
