"""How is a plan told: its state, what it was drawn from, and what may be done with it?"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from geo.store.drafts import Draft
from geo.store.possible import POSSIBLE
from geo.store.stale import stale

UNDER_WAY = frozenset({"draft", "submitted", "approved", "scheduled"})
"""States of plans that may still be published."""


def documents(work: Session, plans: Sequence[Draft]) -> list[dict[str, Any]]:
    """Plans as they are told, with what was published since they were drawn."""
    moved = stale(work, [plan.id for plan in plans if plan.state in UNDER_WAY])
    return [document(plan, moved.get(plan.id, ())) for plan in plans]


def told(work: Session, plan: Draft) -> dict[str, Any]:
    """One plan as it is told."""
    return documents(work, [plan])[0]


def document(plan: Draft, moved: Collection[str]) -> dict[str, Any]:
    """`moved` are the regions whose base is not in force any more."""
    return {
        "id": str(plan.id),
        "title": plan.title,
        "reason": plan.reason,
        "actor": plan.actor,
        "created": plan.created.isoformat(),
        "state": plan.state,
        "possible": list(POSSIBLE[plan.state]),
        "approval": plan.approval,
        "approved_by": plan.approved_by,
        "at": None if plan.at is None else plan.at.isoformat(),
        "communities": sorted(plan.base),
        "base": dict(sorted(plan.base.items())),
        "stale": list(moved),
        "revision": plan.revision,
        "steps": plan.done,
        "can_undo": plan.can_undo,
        "can_redo": plan.can_redo,
        "provisional": plan.provisional,
        "publication": plan.publication,
    }
