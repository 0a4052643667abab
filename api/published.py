"""Which published state answers a request?"""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import Request

from api.cursor import Cursor
from api.problems import Problem
from geo.lookup import Map
from geo.store.live import Live, Seen


async def live(request: Request) -> Live:
    """What keeps the map in memory. Asking it for an older state may wait for the database: only in a thread."""
    return _live(request)


async def seen(request: Request) -> Seen:
    """The state in memory now, and how sure that is."""
    return _live(request).seen


def state_of(live: Live, cursor: Cursor | None) -> Map:
    """The map a page of a list is of. Raises the problem `invalid-cursor` when the store knows none of that number."""
    if cursor is None:
        return live.seen.map
    found = live.map_at(cursor.publication)
    if found is None:
        raise Problem("invalid-cursor")
    return found


def then(live: Live, at: datetime) -> Seen:
    """The state in force at an instant; the present one for an instant to come. May wait for the database.

    Raises the problem `nothing-published-then`, StoreUnavailable.
    """
    number, seen = live.number_at(at), live.seen
    if number == seen.map.publication:
        return seen
    past = live.map_at(number)
    if past is None:
        raise Problem("nothing-published-then", {"at": at.isoformat()})
    return replace(seen, map=past, orders={})


def following(state: Map, codes: list[str], more: bool) -> Cursor | None:
    """Where the next page begins."""
    return Cursor(state.publication, codes[-1]) if more and codes else None


def _live(request: Request) -> Live:
    found: Live = request.app.state.live
    return found


InLive: TypeAlias = Annotated[Live, Depends(live)]
InSeen: TypeAlias = Annotated[Seen, Depends(seen)]
