"""Was this request answered before, and how?

The answer to a request with an Idempotency-Key is kept in the transaction of the change itself: a client whose
connection broke while the change was being made asks again with the same key and gets that answer.
"""

import hashlib
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from geo.store.refusals import KeyReused
from geo.store.tables import answer


def told(session: Session, key: str | None, actor: str, request: str) -> dict[str, Any] | None:
    """The answer kept for a key of an actor; None when there is none. Raises KeyReused for another request."""
    if key is None:
        return None
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


def digest(request: str) -> str:
    """A short stand-in for the request, to tell another one from the same."""
    return hashlib.sha256(request.encode()).hexdigest()
