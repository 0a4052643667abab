"""What became of a grid, and of its code?"""

from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.history_documents import retired, step_documents, turn_document
from api.history_schemas import History, Lineage
from api.openapi import responses
from api.problems import Problem
from api.published import InLive
from geo.chronicle import Version, turns
from geo.store import ancestry, history
from geo.store.connect import reachable, session
from geo.store.live import Live
from geo.store.published import current_publication

router = APIRouter(prefix="/v1", tags=["map"])
PROBLEMS = responses("unknown-code", "store-unavailable")


@router.get(
    "/grids/{code}/history",
    operation_id="historyOfGrid",
    summary="Every publication that changed a grid",
    response_model=History,
    responses=PROBLEMS,
)
def history_of_grid(request: Request, code: str, live: InLive) -> Response:
    """When, by whom, why, and what: its ground, nodes on its border, name, kind, region, standing, households.

    Oldest first; a retired grid has its history too. Publications of its region that left it as it was are not in it.
    """
    with reachable(), session(live.engine) as work:
        versions = known(work, code)
        found = turns(versions, history.counts(work, code))
        occasions = history.occasions(work, {one.number for one in found})
        told = {
            **_head(work, code, versions),
            "turns": [turn_document(one, occasions[one.number]) for one in found],
        }
    return answer(request, told, publication=told["publication"])


@router.get(
    "/grids/{code}/lineage",
    operation_id="lineageOfGrid",
    summary="What a grid comes from, and what came of it",
    response_model=Lineage,
    responses=PROBLEMS,
)
def lineage_of_grid(request: Request, code: str, live: InLive) -> Response:
    """By its ground, through all editions: grids that were split, merged or recoded, with their shares of ground and
    households."""
    with reachable(), session(live.engine) as work:
        versions = known(work, code)
        found = ancestry.line(work, code)
        occasions = history.occasions(work, {one.number for one in found.steps})
        told = {
            **_head(work, code, versions),
            "ancestors": [*found.ancestors],
            "successors": [*found.successors],
            "steps": step_documents(found.steps, occasions),
            "whole": found.is_whole,
        }
    return answer(request, told, publication=told["publication"])


def known(work: Session, code: str) -> list[Version]:
    """The versions of a grid. Raises the problem `unknown-code` for a code that no grid ever had."""
    found = history.versions(work, code) if "\0" not in code else []
    if not found:
        raise Problem("unknown-code", {"code": code})
    return found


def missing(live: Live, code: str) -> Problem:
    """The problem of a grid that is not in force: `code-retired` with who has its ground now, or `unknown-code`. Raises
    StoreUnavailable."""
    with reachable(), session(live.engine) as work:
        versions = history.versions(work, code) if "\0" not in code else []
        if not versions or versions[-1].last is None:
            return Problem("unknown-code", {"code": code})
        return retired(versions[-1], ancestry.successors(work, versions[-1]))


def _head(work: Session, code: str, versions: list[Version]) -> dict[str, Any]:
    return {"code": code, "in_force": versions[-1].last is None, "publication": current_publication(work)}
