"""What does an edit do to an open plan, told before anything is kept?

A plan in memory: its ground as a board that edits are made on, and an inspection that looks again only at what changed.
An answer costs what the edit touches, however large the plan is.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

import numpy as np

from geo import screen
from geo.acceptance import marked
from geo.changes import Change
from geo.consequences import Answer, differing, households_of, lineage_of, open_counts, touched
from geo.coverage import is_exact
from geo.inspection import Inspection, Report
from geo.layout import Layout
from geo.model import Finding, Grid, Plan, Region, Severity
from geo.redraw.board import Board, Codes, Outcome, Surroundings
from geo.redraw.drawn import redrawn
from geo.redraw.edits import Edit
from geo.terms import ALONE, Terms

NO_CODES: Final = Codes()


class OpenPlan:
    """A plan that is being drawn: divided regions, their grids, and what stands there.

    `terms` are told against the plan's base: `taken` has none of the codes that its regions had when it was made, and
    `fresh` has all that the plan gave, in steps that were undone too. Where a boundary changes, a region above costs a
    look at all that lies below it: better left out. Raises ValueError for a plan in which grids share a code.
    """

    def __init__(self, plan: Plan, terms: Terms = ALONE, codes: Codes = NO_CODES) -> None:
        self._things, self._terms = plan, terms
        self._board = _board(plan, terms, codes)
        self._kept: Inspection | None = None
        self._told = list[Finding]()
        self._counts = Counter[Severity]()

    @property
    def board(self) -> Board:
        """The ground as it is."""
        return self._board

    @property
    def plan(self) -> Plan:
        """Everything as it is."""
        own = self._board.regions
        above = [region for region in self._things.regions if region.code not in own]
        return replace(self._things, regions=(*above, *own.values()), grids=tuple(self._board.grids.values()))

    @property
    def report(self) -> Report:
        """Every finding as it is, and the figures."""
        return self._inspection.report

    def edit(self, edits: Sequence[Edit], *, keep: bool = True) -> Answer:
        """Make edits, all or none. Without `keep` everything stays as it was, and the answer is the same.

        Raises EditRefused; the plan is then as it was.
        """
        board, outcome = redrawn(self._board, edits)
        return self._taken(board, outcome, keep=keep)

    def adopt(self, board: Board, outcome: Outcome) -> Answer:
        """Go on with a board that was drawn from this plan's, and what was made on the way: as `edit`, where somebody
        has made the edits already."""
        return self._taken(board, outcome, keep=True)

    def restore(self, grids: Sequence[Grid], gone: Collection[str] = (), regions: Sequence[Region] = ()) -> Answer:
        """Put grids and regions there as they are given, as undoing and redoing do: nothing is drawn anew.

        `gone` are codes of grids that are no more. Raises KeyError for a region that the plan does not have.
        """
        there = frozenset(gone) & self._board.grids.keys()
        unknown = {region.code for region in regions} | {grid.region for grid in grids}
        if missing := sorted(unknown - self._board.regions.keys()):
            raise KeyError(missing[0])
        outcome = Outcome(grids=tuple(grids), gone=there, regions=tuple(regions))
        return self._taken(_restored(self._board, outcome), outcome, keep=True)

    @property
    def _inspection(self) -> Inspection:
        if self._kept is None:
            self._kept = Inspection(self.plan, self._terms)
            self._told = [*self._kept.found()]
            self._counts = open_counts(marked(self._told, self._terms.accepted))
        return self._kept

    def _taken(self, board: Board, outcome: Outcome, *, keep: bool) -> Answer:
        """The answer to an outcome. Whatever hinders it on the way, the plan is as it was: an inspection that is no
        longer the plan's is made anew when it is asked for."""
        before, inspection, told, counts = self._board, self._inspection, self._told, self._counts
        was = inspection.counts
        self._kept = None
        self._terms = _with_fresh(self._terms, outcome, before.codes.given)
        inspection.layout.terms = self._terms
        moved = inspection.take(_change(inspection.layout, outcome))
        found = [*inspection.found()]
        vanished, appeared = (marked(some, self._terms.accepted) for some in differing(told, found))
        now = Counter(counts)
        now.subtract(open_counts(vanished))
        now.update(open_counts(appeared))
        answer = Answer(
            outcome=outcome,
            households=households_of(before, board, outcome, moved, (was, inspection.counts)),
            appeared=appeared,
            vanished=vanished,
            moved=moved,
            lineage=lineage_of(before, outcome, moved, inspection.counts),
            counts={severity: now[severity] for severity in Severity},
            figures=inspection.figures,
        )
        if keep:
            self._board, self._counts = board, now
        else:
            inspection.take(_change(inspection.layout, _back(before, outcome)))
            found = [*inspection.found()]
        self._kept, self._told = inspection, found
        return answer


def _board(plan: Plan, terms: Terms, codes: Codes) -> Board:
    """The ground of a plan; a region without a boundary of its own gets the one that its grids make."""
    layout = Layout(Plan(regions=plan.regions, grids=plan.grids), terms)
    if twins := sorted(code for code, together in layout.grids.items() if len(together) > 1):
        raise ValueError(f"several grids of a plan have the code {twins[0]}")
    regions = {code: _known(layout.region(code), terms, code in layout.regions) for code in layout.divided}
    number = {code: n for n, code in enumerate(regions)}
    exact = screen.exact(
        np.array([layout.outline(code) for code in regions], dtype=object),
        np.array([grid.shape for grid in plan.grids], dtype=object),
        np.array([number[grid.region] for grid in plan.grids], dtype=np.int64),
    )
    return Board(
        regions=regions,
        grids={grid.code: grid for grid in plan.grids},
        faulty=frozenset(code for code, good in zip(regions, exact.tolist(), strict=True) if not good),
        codes=replace(codes, given=codes.given | {grid.code for grid in plan.grids}),
        surroundings=Surroundings(plan.buildings, plan.lines),
    )


def _known(region: Region, terms: Terms, is_stated: bool) -> Region:
    """A region that the plan does not state itself stands where the terms say."""
    if is_stated:
        return region
    return replace(region, parent=terms.parents.get(region.code), scheme=terms.schemes.get(region.code))


def _restored(board: Board, outcome: Outcome) -> Board:
    """The board with what was there once; which of the regions are faulty is proven again."""
    after = board.after(outcome)
    gone = {board.grids[code].region for code in outcome.gone}
    asked = {region.code for region in outcome.regions} | gone
    asked |= {one.region for grid in outcome.grids for one in (grid, board.grids.get(grid.code, grid))}
    faulty = {code for code in asked if not is_exact(after.boundary(code), [g.shape for g in after.grids_of(code)])}
    return replace(after, faulty=after.faulty - asked | faulty)


def _back(before: Board, outcome: Outcome) -> Outcome:
    """What takes an outcome back."""
    grids = [before.grids[code] for code in sorted(touched(outcome) & before.grids.keys())]
    return Outcome(
        grids=tuple(grids),
        gone=frozenset(grid.code for grid in outcome.grids if grid.code not in before.grids),
        regions=tuple(before.regions[region.code] for region in outcome.regions),
    )


def _change(layout: Layout, outcome: Outcome) -> Change:
    """An outcome as an inspection takes it; a building or facility called like a grid that goes stays where it is."""
    return Change(
        regions=outcome.regions,
        grids=outcome.grids,
        buildings=[one for code in outcome.gone for one in layout.buildings.get(code, ())],
        facilities=[one for code in outcome.gone for one in layout.facilities.get(code, ())],
        gone=outcome.gone,
    )


def _with_fresh(terms: Terms, outcome: Outcome, given: AbstractSet[str]) -> Terms:
    """The terms with the codes that an outcome gives for the first time."""
    new = {grid.code for grid in outcome.grids} - given - terms.fresh
    return replace(terms, fresh=terms.fresh | new) if new else terms
