"""Who did what with a plan, when and why?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.store.tables import log


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the log. `details` are by the action: `revision`, `state`, `step`, or why a scheduled plan failed."""

    id: int
    at: datetime
    actor: str
    action: str
    reason: str
    publication: int | None
    details: Mapping[str, Any]


def listed(session: Session, plan: UUID, *, before: int | None = None, limit: int) -> list[Entry]:
    """What was done with a plan, the latest first; only what came before the row with an id, if given."""
    query = select(log).where(log.c.plan == plan).order_by(log.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(log.c.id < before)
    return [
        Entry(
            id=row.id,
            at=row.at,
            actor=row.actor,
            action=row.action,
            reason=row.reason,
            publication=row.publication,
            details=row.details,
        )
        for row in session.execute(query)
    ]
