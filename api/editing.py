"""What does a change make of an open plan, and how is it told?"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from api.edit_documents import Done, edit_document
from api.open_plans import Entry
from api.texts import Language
from geo.consequences import Answer
from geo.open_plan import OpenPlan
from geo.redraw import written
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import Edit
from geo.redraw.refused import EditRefused


def edited(entry: Entry, edits: Sequence[Edit], own: Collection[str], language: Language, *, keep: bool) -> Done:
    """What edits make of a plan that draws the regions `own`. Raises EditRefused; the plan is then as it was."""

    def made(plan: OpenPlan) -> Answer:
        if plan.board.regions.keys() - {*own}:
            _refuse_beyond(own, plan.edit(edits, keep=False).outcome)
        return plan.edit(edits, keep=keep)

    done = changed(entry, made, language, is_kept=keep)
    return replace(done, edits=[written.document(edit) for edit in edits])


def changed(entry: Entry, change: Callable[[OpenPlan], Answer], language: Language, *, is_kept: bool) -> Done:
    """What a change makes of a plan; `is_kept` tells whether the plan has it afterwards."""
    before = entry.plan.board
    answer = change(entry.plan)
    gone = {code: before.grids[code] for code in sorted(answer.outcome.gone)}
    board = entry.plan.board if is_kept else entry.plan.board.after(answer.outcome)
    return Done(Board(regions={}, grids=gone), answer.outcome, edit_document(answer, board, entry.sizes, language))


def _refuse_beyond(own: Collection[str], outcome: Outcome) -> None:
    """Regions that only stand beside a plan, because its buildings do, are not redrawn with it."""
    touched = {grid.region for grid in outcome.grids} | {region.code for region in outcome.regions}
    if beyond := sorted(touched - {*own}):
        raise EditRefused("region-missing", code=beyond[0])
