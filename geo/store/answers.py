"""Was this request answered before, and how?

The answer to a request with an Idempotency-Key is kept in the transaction of the change itself: a client whose
connection broke while the change was being made asks again with the same key, within a week, and gets that answer.
"""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.store.refusals import Busy, KeyReused
from geo.store.request_tables import answer

KEPT = timedelta(days=7)
"""For so long a repeated request is known."""
LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's state for a lock that did not come free in time."""


def told(session: Session, key: str | None, actor: str, request: str) -> dict[str, Any] | None:
    """The answer kept for a key of an actor; None when there is none. Raises KeyReused for another request, and Busy.

    The key is the transaction's own from here on: the same request at the same time waits for the first one's answer.
    """
    if key is None:
        return None
    _reserve(session, key, actor)
    row = session.execute(select(answer).where(answer.c.key == key, answer.c.actor == actor)).one_or_none()
    if row is None:
        return None
    if row.digest != digest(request):
        raise KeyReused([key])
    return dict(row.body)


def keep(session: Session, key: str | None, actor: str, request: str, body: dict[str, Any]) -> None:
    """Keep an answer with the change that it tells of."""
    if key is not None:
        session.execute(insert(answer).values(key=key, actor=actor, digest=digest(request), body=body))


def expire(session: Session) -> int:
    """Take out the answers whose time is over; returns how many."""
    return len(session.execute(delete(answer).where(answer.c.at < func.now() - KEPT).returning(answer.c.key)).all())


def _reserve(session: Session, key: str, actor: str) -> None:
    try:
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{actor} {key}", 0))))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise Busy() from error
        raise


def digest(request: str) -> str:
    """A short stand-in for the request, to tell another one from the same."""
    return hashlib.sha256(request.encode()).hexdigest()
