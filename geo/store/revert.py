"""How does a past state of the map come into force again?

As one new publication that equals it: nothing of what happened since is taken out of the past. Codes of grids that were
retired since come back; nowhere else is that possible.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError

from geo.store import answers, door
from geo.store.connect import reachable, session, unhurried
from geo.store.door import Published


class What(StrEnum):
    """How much of the past state comes back."""

    ALL = "all"
    """Regions, grids, buildings, facilities, lines, water and people; the limits of the rules stay as they are."""
    GROUND = "ground"
    """Boundaries and grids, with the regions they need; data stay, and buildings follow the ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A wish for the state of publication `number`. With `key` a repeated request gets the answer of the first;
    `dry_run` goes all the way and keeps nothing."""

    number: int
    actor: str
    reason: str = ""
    what: What = What.ALL
    key: str | None = None
    dry_run: bool = False


def revert(engine: Engine, request: Request) -> Published:
    """Bring a past state into force now. In the answer `standing` has the regions with another edition than before, and
    `amended` those where only nodes differ.

    Raises NoSuchPublication, NothingToPublish where that state is in force, RegionReserved, NeverBack, TreeBroken,
    HouseholdsOrphaned, KeyReused, Busy, StoreUnavailable.
    """
    asked = f"revert {request.number} {request.what} {request.reason}"
    with reachable(), session(engine) as work, work.begin() as transaction:
        try:
            told = answers.told(work, request.key, request.actor, asked)
            if told is not None:
                return door.revived(told)
            unhurried(work)
            past = func.revert(request.number, request.what.value, request.actor, request.reason)
            published = door.report(work, int(work.execute(select(past)).scalar_one()))
            answers.keep(work, request.key, request.actor, asked, door.plain(published))
        except DBAPIError as error:
            raise door.refusal(error) from error
        if request.dry_run:
            transaction.rollback()
    return published
