"""How is what was done to a plan kept as a step of the plan?"""

from typing import Any

from sqlalchemy.orm import Session

from api.desk import Desk, Turn
from api.edit_documents import Done, summary
from geo.store import steps
from geo.store.drafts import Draft


def kept_step(
    work: Session, desk: Desk, draft: Draft, turn: Turn, kind: str, actor: str, reason: str
) -> dict[str, Any]:
    """The answer to a change of a locked plan, once the store has it. Raises WrongState."""
    after = stored(work, draft, turn.done, kind, actor, reason)
    desk.keep(turn, after)
    return {"revision": after.revision, **turn.done.told}


def stored(work: Session, draft: Draft, done: Done, kind: str, actor: str, reason: str) -> Draft:
    """A locked plan once the store has what was done as its next step. Raises WrongState."""
    return steps.keep(
        work,
        draft,
        done.before,
        done.outcome,
        kind=kind,
        edits=done.edits,
        actor=actor,
        reason=reason,
        answer=summary(done.told),
    )
