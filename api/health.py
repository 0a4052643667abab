"""Does the service live, and can it answer?

`/healthz` says that the process answers at all. `/readyz` says that lookups can be answered; it stays ready while the
database is down, as long as a published map is in memory: `app.state.readiness` decides.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.faults import Fault, pointer
from api.openapi import responses
from api.problems import Problem

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    status: str


class Ready(BaseModel):
    status: str
    database: bool
    publication: int | None
    age_s: float | None


@dataclass(frozen=True, slots=True)
class Readiness:
    """`publication`: the one that lookups answer from, None when nothing is loaded. `age_s`: since it was compared."""

    is_ready: bool
    database: bool
    publication: int | None
    age_s: float | None


def nothing_loaded() -> Readiness:
    """What `app.state.readiness` says until a store is wired in."""
    return Readiness(is_ready=False, database=False, publication=None, age_s=None)


async def fresh(response: Response) -> None:
    """No cache may keep how the service was."""
    response.headers["Cache-Control"] = "no-store"


@router.get("/healthz", operation_id="isAlive", summary="Is the process alive?", dependencies=[Depends(fresh)])
async def is_alive() -> Alive:
    """Answers 200 as long as the process answers."""
    return Alive(status="alive")


def readiness(request: Request) -> Readiness:
    """Asks the store; may wait for the database, so it runs in a thread."""
    found: Readiness = request.app.state.readiness()
    return found


@router.get(
    "/readyz",
    operation_id="isReady",
    summary="Can it answer lookups?",
    dependencies=[Depends(fresh)],
    responses=responses("not-ready"),
)
def is_ready(state: Annotated[Readiness, Depends(readiness)]) -> Ready:
    """Answers 200 with the publication in memory and its age, or 503 with what is missing."""
    if not state.is_ready:
        raise Problem("not-ready", errors=_missing(state))
    return Ready(status="ready", database=state.database, publication=state.publication, age_s=state.age_s)


def _missing(state: Readiness) -> list[Fault]:
    found = [] if state.database else [Fault("readiness.database", pointer=pointer("database"))]
    if state.publication is None:
        found.append(Fault("readiness.live", pointer=pointer("publication")))
    elif state.publication == 0:
        found.append(Fault("readiness.publication", pointer=pointer("publication")))
    return found
