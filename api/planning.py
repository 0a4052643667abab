"""How does any change of a plan go? Once for a key, from the revision that was read, kept only where it is meant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.access import actor
from api.parameters import Flag
from api.preconditions import InIdempotencyKey, InIfMatch
from api.published import InLive
from geo.store import answers, door, plans
from geo.store.connect import reachable, session
from geo.store.drafts import Draft
from geo.store.live import Live
from geo.store.possible import require
from geo.store.refusals import RevisionMoved

InActor = Annotated[str, Depends(actor)]
DryRun = Annotated[Flag, Query(description="The same answer, and nothing is kept")]


@dataclass(frozen=True, slots=True)
class Writing:
    """Who changes something of which store, under which key, and whether it is kept."""

    live: Live
    actor: str
    key: str | None
    dry_run: bool

    def once(self, asked: str, change: Callable[[Session], dict[str, Any]]) -> dict[str, Any]:
        """The answer to a change: the one told before under this key, or that of making it now, in one transaction.

        `asked` stands for the request. Raises what the change raises, KeyReused, Busy, StoreUnavailable.
        """
        with reachable(), session(self.live.engine) as work, work.begin() as transaction:
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


def writing(live: InLive, actor: InActor, key: InIdempotencyKey, dry_run: DryRun = False) -> Writing:
    """For routes that make something new."""
    return Writing(live, actor, key, dry_run)


def changing(
    live: InLive, actor: InActor, key: InIdempotencyKey, match: InIfMatch, dry_run: DryRun = False
) -> Changing:
    """For routes that change a plan by POST."""
    return Changing(live, actor, key, dry_run, revisions(match))


def amending(live: InLive, actor: InActor, match: InIfMatch, dry_run: DryRun = False) -> Changing:
    """For routes that change a plan by PATCH or DELETE, which can be sent again."""
    return Changing(live, actor, None, dry_run, revisions(match))


def tag(revision: int) -> str:
    """The ETag of a plan."""
    return f'"{revision}"'


def revisions(match: InIfMatch) -> frozenset[int]:
    """The revisions that the caller may have read."""
    told = {one.strip('"') for one in match.tags}
    return frozenset(int(one) for one in told if one.isascii() and one.isdigit() and len(one) < 10)


InWriting: TypeAlias = Annotated[Writing, Depends(writing)]
InChanging: TypeAlias = Annotated[Changing, Depends(changing)]
InAmending: TypeAlias = Annotated[Changing, Depends(amending)]
