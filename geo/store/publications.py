"""Which states were published, when, by whom and why?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.store.tables import publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One entry of the number line; `bounds` are west, south, east, north of all that tiles show otherwise since,
    degrees."""

    number: int
    kind: str
    at: datetime
    actor: str
    reason: str
    regions: tuple[str, ...]
    bounds: tuple[float, float, float, float] | None


def find(session: Session, number: int) -> Publication | None:
    found = listed(session, before=number + 1, limit=1)
    return found[0] if found and found[0].number == number else None


def listed(session: Session, *, before: int | None = None, limit: int) -> list[Publication]:
    """Publications, newest first; only those with a smaller number than `before`."""
    query = select(publication).order_by(publication.c.number.desc()).limit(limit)
    rows = session.execute(query if before is None else query.where(publication.c.number < before))
    return [
        Publication(
            number=row.number,
            kind=row.kind,
            at=row.at,
            actor=row.actor,
            reason=row.reason,
            regions=tuple(row.regions),
            bounds=None if row.west is None else (row.west, row.south, row.east, row.north),
        )
        for row in rows
    ]
