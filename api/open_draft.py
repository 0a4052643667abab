"""How does a job have the plan that it works on, and how does it change it?

As an edit does: it holds the plan's row while it reads and while it writes, and what others did meanwhile refuses it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from api import editing
from api.draw_asked import OfPlan
from api.kept_step import stored
from api.open_plans import Entry
from geo.redraw.edits import Edit
from geo.store import plans, steps
from geo.store.drafts import Draft
from geo.store.plans import Content
from geo.store.possible import require
from geo.terms import Terms


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A plan as the store has it, open, and what it was made of."""

    draft: Draft
    entry: Entry
    content: Content

    @property
    def terms(self) -> Terms:
        """By what it is judged, all codes that ever were among those that are taken."""
        terms = self.content.terms
        return replace(terms, taken=terms.taken | self.content.codes.given)

    @property
    def own(self) -> Collection[str]:
        """The regions that the plan draws; others only stand beside it."""
        return self.draft.base.keys()


def opened(work: Session, asked: OfPlan, before: OpenDraft | None = None) -> OpenDraft:
    """The plan, which nobody else changes until the transaction ends; `before` where it was open already and is judged
    by the same things still. Raises NoSuchDraft, WrongState, RevisionMoved, Busy."""
    draft = plans.locked(work, asked.plan, None if asked.revision is None else {asked.revision})
    if asked.revision is not None:
        require("edit", draft.id, draft.state)
    seen = plans.seen(work, draft.id)
    if before is not None and (before.draft.stamp, before.entry.seen) == (draft.stamp, seen):
        return before
    content = plans.content(work, draft)
    return OpenDraft(draft, Entry.of(content.plan, content.terms, content.codes, seen), content)


def changed(work: Session, one: OpenDraft, edits: Sequence[Edit], kind: str, asked: OfPlan, actor: str) -> OpenDraft:
    """The plan after edits that are its next step. Raises EditRefused, WrongState."""
    done = editing.edited(one.entry, edits, one.own, asked.language, keep=True)
    return OpenDraft(stored(work, one.draft, done, kind, actor, asked.reason), one.entry, one.content)


def last_step(work: Session, one: OpenDraft) -> int:
    """The number of the step that a plan was changed by last."""
    return steps.count(work, one.draft.id)
