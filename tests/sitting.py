"""What must hold whatever a planner does? A plan that is drawn as the store keeps it, and looked at after each step.

Steps keep images of what they changed, before and after, as bytes; undo and redo put these back. Others publish on the
same ground meanwhile, and the plan is carried over.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from plan_images import (
    Images,
    contents,
    grid_of,
    ground_of,
    image_of,
    images,
    is_exact,
    line_of,
    of_region,
    said,
    snapshot,
    state_of,
    wkb,
)
from plan_promises import counted, housed, same_ground, untouched, whole
from planner_drawn import Planner
from test_inspection import told

from geo.acceptance import same_place
from geo.conflicts import Take
from geo.consequences import Answer
from geo.inspection import Inspection
from geo.model import Plan
from geo.noding import NodingUnsettledError
from geo.open_plan import OpenPlan
from geo.rebase import Merged, RebaseUnsettledError, State, merged
from geo.redraw.board import Board, Codes, Keeps, Outcome
from geo.redraw.drawn import redrawn
from geo.redraw.edits import Edit, Order, Replace
from geo.redraw.refused import EditRefused
from geo.repair import Strategy, accepted, proposals
from geo.terms import Terms

OPS_OF_OTHERS = ("split", "merge", "move_node", "move_edge", "reshape", "assign", "set", "recode", "order")
DRY_EVERY = 3
"""Edits of which one is tried before it is made."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step changed, before and after: grids, boundaries, and the base where it is a rebase."""

    grids: tuple[Images, Images]
    regions: tuple[Mapping[str, bytes], Mapping[str, bytes]]
    bases: tuple[State, State]
    boards: tuple[object, object]


@dataclass
class Sitting:
    """A plan, its base, what is published meanwhile, and every code that ever was."""

    plan: OpenPlan
    planner: Planner
    base: State
    published: State
    given: frozenset[str]
    keeps: Keeps
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _tries: int = 0

    @classmethod
    def of(cls, plan: Plan, planner: Planner, keeps: Keeps = Keeps.LARGER) -> "Sitting":
        codes = frozenset(grid.code for grid in plan.grids)
        opened = OpenPlan(plan, Terms(), Codes(keeps=keeps, given=codes))
        state = state_of(opened.board)
        return cls(opened, planner, state, state, codes, keeps)

    # --- steps ---

    def edit(self, edits: Sequence[Edit], expected: frozenset[str] | None = None) -> bool:
        """Edits tried and then made; whether they were. `expected`: reasons for which they have to be refused."""
        before, self._tries = self.plan.board, self._tries + 1
        dry = self._dry(edits) if self._tries % DRY_EVERY == 0 else None
        real = self._tried(edits, keep=True)
        if isinstance(real, str):
            assert dry in (None, real)
            assert expected is None or real in expected, f"{real}: {edits}"
            assert self.plan.board is before
            assert real != "not-exact" or before.faulty or any(isinstance(edit, Replace) for edit in edits)
            self.counts[f"refused {real}"] += 1
            return False
        assert expected is None, f"made, though it is nonsense: {edits}"
        assert dry is None or (isinstance(dry, Answer) and said(real) == said(dry))
        self._kept(before, real, is_ordered=any(isinstance(edit, Order) for edit in edits))
        return True

    def _dry(self, edits: Sequence[Edit]) -> Answer | str:
        """What an edit would do; nothing is changed by it."""
        before, report = self.plan.board, told(self.plan.report)
        dry = self._tried(edits, keep=False)
        assert self.plan.board is before
        assert told(self.plan.report) == report
        self.counts["dry runs"] += 1
        return dry

    def _tried(self, edits: Sequence[Edit], keep: bool) -> Answer | str:
        try:
            return self.plan.edit(edits, keep=keep)
        except EditRefused as refused:
            number, reason = refused.number, refused.id
        assert 0 <= number < len(edits)
        return reason

    def repair(self, chance: np.random.Generator) -> bool:
        """Some of what is proposed, or all of it."""
        before, strategy = self.plan.board, [*Strategy][int(chance.integers(2))]
        found = proposals(before, self.plan.report, strategy)
        if chance.random() < 0.5:
            found = [one for one in found if chance.random() < 0.5]
        made = accepted(self.plan, found)
        if made is None:
            assert self.plan.board is before
            return False
        assert {id(one.proposal) for one in made.skipped}.isdisjoint(map(id, made.done))
        again = redrawn(before, made.edits)[1]
        assert again == made.answer.outcome
        self._kept(before, made.answer, is_ordered=False)
        return True

    def undo(self) -> None:
        self.undone.append(step := self.done.pop())
        self._put_back(step, 0)

    def redo(self) -> None:
        self.done.append(step := self.undone.pop())
        self._put_back(step, 1)

    def _put_back(self, step: Step, side: int) -> None:
        before = self.plan.board
        grids = [grid_of(code, image) for code, image in step.grids[side].items() if image is not None]
        gone = [code for code, image in step.grids[side].items() if image is None]
        own = before.regions
        regions = [replace(own[code], shape=ground_of(wkb)) for code, wkb in step.regions[side].items()]
        answer = self.plan.restore(grids, gone, regions)
        self.base = step.bases[side]
        assert snapshot(self.plan.board) == step.boards[side]
        self._holds(before, answer)

    def others_publish(self, others: Planner, steps: int) -> bool:
        """Somebody else redraws what is published."""
        board = Board(
            regions=self.published.regions,
            grids=self.published.grids,
            faulty=frozenset(code for code in self.published.regions if not is_exact(self.published, code)),
            codes=Codes(keeps=self.keeps, given=self.given),
            surroundings=self.plan.board.surroundings,
        )
        view = OpenPlan(self._plan_of(self.published), Terms(), board.codes)
        for _ in range(steps):
            try:
                view.edit([others.legal(OPS_OF_OTHERS[int(others.chance.integers(len(OPS_OF_OTHERS)))], view)])
            except EditRefused:
                continue
        new = state_of(view.board)
        self.given |= view.board.grids.keys()
        changed = new != self.published
        self.published = new
        return changed

    def rebase(self, chance: np.random.Generator) -> bool:
        """The plan on what is published; conflicts are chosen by chance."""
        before, mine = self.plan.board, state_of(self.plan.board)
        states = self.base, mine, self.published
        taken = frozenset((mine.grids.keys() - self.base.grids.keys()) & self.given - self.published.grids.keys())
        try:
            found = self._merged(states, taken, {})
            choices = {one.number: [*Take][int(chance.integers(2))] for one in found.open}
            chosen = self._merged(states, taken, choices)
        except (NodingUnsettledError, RebaseUnsettledError) as error:
            self.counts[f"unsettled {type(error).__name__}"] += 1
            assert self.plan.board is before
            return False
        self._agreed(states, found, chosen)
        old_base, self.base = self.base, self.published
        answer = self.plan.restore(chosen.outcome.grids, chosen.outcome.gone, chosen.outcome.regions)
        assert contents(self.plan.board) == contents(chosen.state)
        assert self.plan.board.faulty >= {code for code in before.faulty if not is_exact(chosen.state, code)}
        self._remember(before, chosen.outcome, (old_base, self.base))
        self._holds(before, answer)
        given = {code for code in self.base.regions if of_region(self.base, code) != of_region(old_base, code)}
        theirs = self.base.regions if found.conflicts else given
        whole(before, self.plan.board, {code for code in theirs if not is_exact(self.base, code)})
        self.counts["conflicts"] += len(found.conflicts)
        self.reopen()
        return True

    def _merged(self, states: tuple[State, State, State], taken: frozenset[str], choices: Mapping[int, Take]) -> Merged:
        board = self.plan.board
        return merged(*states, choices, codes=board.codes, taken=taken, buildings=board.surroundings.buildings)

    def _agreed(self, states: tuple[State, State, State], found: Merged, chosen: Merged) -> None:
        """The same conflicts whatever is chosen, and nothing to do where one side did nothing."""
        base, mine, theirs = states
        same = [(one.number, one.matter, one.code, one.mine, one.theirs) for one in found.conflicts]
        assert same == [(one.number, one.matter, one.code, one.mine, one.theirs) for one in chosen.conflicts]
        assert not chosen.open
        if contents(mine) == contents(base):
            assert not found.conflicts
            assert contents(chosen.state) == contents(theirs)
        if contents(theirs) == contents(base) and not chosen.recoded:
            assert chosen.outcome.is_empty
        for code in chosen.outcome.amended:
            for layer in ("grids", "regions"):
                old, new = getattr(mine, layer).get(code), getattr(chosen.state, layer).get(code)
                assert (old is None and new is None) or same_place(old.shape, new.shape), code

    def publish(self) -> None:
        """The plan is what is published, and the next one begins."""
        self.base = self.published = state_of(self.plan.board)
        self.given |= self.plan.board.grids.keys()
        self.done, self.undone = [], []
        self.reopen()

    def reopen(self) -> None:
        """The plan as the store has it: every shape read again, in the order of codes."""
        before, report = self.plan, Counter(map(line_of, self.plan.report.findings))
        board = before.board
        carried, own = self.published.grids.keys(), board.grids.keys()
        terms = Terms(taken=self.given - carried, fresh=own - self.given)
        codes = Codes(keeps=self.keeps, given=self.given | own)
        grids = {code: grid_of(code, image_of(board.grids[code])) for code in sorted(own)}
        plan = replace(before.plan, grids=tuple(grids.values()))
        self.plan = OpenPlan(plan, terms, codes)
        assert snapshot(self.plan.board) == snapshot(board)
        without = {rule for rule in (line[0] for line in report) if not rule.startswith("code-")}
        again = Counter(map(line_of, self.plan.report.findings))
        assert {one: n for one, n in report.items() if one[0] in without} == {
            one: n for one, n in again.items() if not one[0].startswith("code-")
        }

    def look(self) -> None:
        """A fresh check of everything tells the same."""
        layout = self.plan._inspection.layout
        assert told(self.plan.report) == told(Inspection(self.plan.plan, layout.terms).report)

    # --- what has to hold ---

    def _kept(self, before: Board, answer: Answer, is_ordered: bool) -> None:
        self._remember(before, answer.outcome, (self.base, self.base))
        untouched(before, self.plan.board, answer.outcome)
        self._holds(before, answer)
        whole(before, self.plan.board)
        if not is_ordered:
            same_ground(before, self.plan.board)

    def _remember(self, before: Board, outcome: Outcome, bases: tuple[State, State]) -> None:
        """A step with its images; what was undone is never redone."""
        after = self.plan.board
        codes = {grid.code for grid in outcome.grids} | (outcome.gone & before.grids.keys())
        regions = [region.code for region in outcome.regions]
        self.done.append(
            Step(
                (images(before, codes), images(after, codes)),
                ({c: wkb(before.boundary(c)) for c in regions}, {c: wkb(after.boundary(c)) for c in regions}),
                bases,
                (snapshot(before), snapshot(after)),
            )
        )
        self.undone.clear()

    def _holds(self, before: Board, answer: Answer) -> None:
        counted(self.plan.report, answer)
        housed(before, self.plan.board, self.plan.report, answer)

    def _plan_of(self, state: State) -> Plan:
        return replace(self.plan.plan, regions=tuple(state.regions.values()), grids=tuple(state.grids.values()))
