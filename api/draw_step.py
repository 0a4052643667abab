"""How do drawn regions become a step of a plan? By the edits that anybody could send: `replace`."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from api import open_draft
from api.draw_asked import OfPlan
from api.draw_ways import Redrawn
from api.open_draft import OpenDraft
from geo.redraw.board import Board
from geo.redraw.edits import Replace
from geo.redraw.refused import EditRefused
from geo.refusal import Refusal

NOTHING = "nothing-changes"
"""How an edit is refused that makes what is there already."""


def replacing(board: Board, one: Redrawn) -> Replace | None:
    """The edit that puts a drawn region in its place; None where it is as it was."""
    code = one.undrawn.region.code
    drawn = {shape.normalize().wkb for shape in one.drawn.shapes}
    if code not in board.faulty and drawn == {grid.shape.normalize().wkb for grid in one.undrawn.present}:
        return None
    return Replace(region=code, grids=tuple(one.grids), snap_m=0.0, cut=True)


def kept(
    work: Session, plan: OpenDraft, regions: Sequence[Redrawn], kind: str, asked: OfPlan, actor: str
) -> tuple[OpenDraft, Mapping[str, Refusal]]:
    """The plan after one more step, where anything is to change, and why regions could not be put into it, by code.

    Raises WrongState.
    """
    found = [replacing(plan.entry.plan.board, one) for one in regions]
    edits, refused = [edit for edit in found if edit is not None], dict[str, Refusal]()
    while edits:
        try:
            return open_draft.changed(work, plan, edits, kind, asked, actor), refused
        except EditRefused as error:
            edit = edits.pop(error.number)
            if error.id != NOTHING:
                refused[edit.region] = error
    return plan, refused
