"""How does any change of a plan go? Once for a key, from the revision that was read, kept only where it is meant."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Annotated, Any, TypeAlias
from uuid import UUID
from zlib import crc32

from fastapi import Depends, Query
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.requests import Request

from api.access import actor
from api.parameters import Flag
from api.preconditions import InIdempotencyKey, InIfMatch
from api.problems import Problem
from api.published import InLive
from api.settings import Settings
from geo.store import answers, door, plans, steps
from geo.store.connect import reachable, session
from geo.store.drafts import Draft
from geo.store.live import Live
from geo.store.possible import require
from geo.store.refusals import Busy, RevisionMoved

WRITERS = 12
"""Changes at once. Each holds a connection while the desk works or others have their turn, and there are twenty."""
PATIENCE_S = 5.0
"""How long one more waits before it is told to come back."""
CHANGES = (
    "invalid-body",
    "invalid-if-match",
    "body-too-deep",
    "body-too-large",
    "idempotency-key-required",
    "token-required",
    "read-only",
    "unknown-plan",
    "plan-not-draft",
    "stale-state",
    "unsupported-media-type",
    "idempotency-key-reused",
    "if-match-required",
    "busy",
    "store-unavailable",
)
"""Problems of every change of a plan."""
REFUSALS = (*CHANGES, "took-too-long", "worker-lost")
"""Of those that the desk works out."""
InActor = Annotated[str, Depends(actor)]
DryRun = Annotated[Flag, Query(description="The same answer, and nothing is kept")]


@dataclass(frozen=True, slots=True)
class Writing:
    """Who changes something of which store, under which key, and whether it is kept; `writers` are the turns left."""

    live: Live
    writers: BoundedSemaphore
    actor: str
    key: str | None
    dry_run: bool

    def once(self, asked: str, change: Callable[[Session], dict[str, Any]]) -> dict[str, Any]:
        """The answer to a change: the one told before under this key, or that of making it now, in one transaction.

        `asked` stands for the request. Raises what the change raises, KeyReused, Busy, StoreUnavailable.
        """
        with self._turn(), reachable(), session(self.live.engine) as work, work.begin() as transaction:
            try:
                told = answers.told(work, self.key, self.actor, asked)
                if told is None:
                    told = change(work)
                    work.flush()
                    answers.keep(work, self.key, self.actor, asked, told)
            except DBAPIError as error:
                raise door.refusal(error) from error
            if self.dry_run:
                transaction.rollback()
        return told

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.writers.acquire(timeout=PATIENCE_S):
            raise Busy()
        try:
            yield
        finally:
            self.writers.release()


@dataclass(frozen=True, slots=True)
class Changing(Writing):
    """The same for a plan that is there; `expected` are the revisions that the caller may have read."""

    expected: frozenset[int]

    def plan(self, work: Session, id: UUID, action: str) -> Draft:
        """The plan, which nobody else changes until the transaction ends.

        Raises NoSuchDraft, WrongState where its state does not allow the action, RevisionMoved, Busy.
        """
        found = plans.locked(work, id, None)
        require(action, id, found.state)
        if found.revision not in self.expected:
            raise RevisionMoved(found.revision)
        return found


def writing(request: Request, live: InLive, actor: InActor, key: InIdempotencyKey, dry_run: DryRun = False) -> Writing:
    """For routes that make something new."""
    return Writing(live, request.app.state.writers, actor, key, dry_run)


def changing(
    request: Request, live: InLive, actor: InActor, key: InIdempotencyKey, match: InIfMatch, dry_run: DryRun = False
) -> Changing:
    """For routes that change a plan by POST."""
    return Changing(live, request.app.state.writers, actor, key, dry_run, revisions(match))


def amending(request: Request, live: InLive, actor: InActor, match: InIfMatch, dry_run: DryRun = False) -> Changing:
    """For routes that change a plan by PATCH or DELETE, which can be sent again."""
    return Changing(live, request.app.state.writers, actor, None, dry_run, revisions(match))


def tag(revision: int, stale: Sequence[str] = ()) -> str:
    """The ETag of a plan: its revision, and what others published since it was drawn, which is told with it."""
    return f'"{revision}-{crc32(",".join(stale).encode()):08x}"' if stale else f'"{revision}"'


def revisions(match: InIfMatch) -> frozenset[int]:
    """The revisions that the caller may have read."""
    told = {one.strip('"').partition("-")[0] for one in match.tags}
    return frozenset(int(one) for one in told if one.isascii() and one.isdigit() and len(one) < 10)


def editable(work: Session, id: UUID, changing: Changing, settings: Settings) -> Draft:
    """The plan, if one more step may be drawn of it."""
    found = changing.plan(work, id, "edit")
    if steps.count(work, id) >= settings.plan_steps:
        raise Problem("too-many-steps", {"limit": settings.plan_steps})
    return found


InWriting: TypeAlias = Annotated[Writing, Depends(writing)]
InChanging: TypeAlias = Annotated[Changing, Depends(changing)]
InAmending: TypeAlias = Annotated[Changing, Depends(amending)]
