"""What was done with a plan: who drew what, who moved it on, when and why?"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.access import inner
from api.answers import PRIVATE, answer, list_links
from api.cursor import Cursor
from api.media import JSON
from api.openapi import responses
from api.parameters import InPage, number_in
from api.planned import PlanLog, Steps
from api.published import InLive
from geo.store import drafts, plan_log, steps
from geo.store.connect import reachable, session

router = APIRouter(prefix="/v1/plans/{id}", tags=["plans"])
REFUSALS = (
    "invalid-parameter",
    "invalid-cursor",
    "token-required",
    "read-only",
    "unknown-plan",
    "store-unavailable",
)


@router.get(
    "/steps",
    operation_id="stepsOfPlan",
    dependencies=[Depends(inner)],
    summary="Who drew what of a plan, when and why?",
    response_model=Steps,
    responses=responses(*REFUSALS),
)
def drawn(request: Request, id: UUID, live: InLive, page: InPage) -> Response:
    """All steps in order, those that were taken back (`undone`) and those that something else was drawn instead of
    (`dropped`) among them; each with its edits as they were asked for."""
    with reachable(), session(live.engine) as work:
        drafts.find(work, id)
        found = steps.listed(work, id, after=number_in(page.cursor) or 0, limit=page.limit + 1)
    shown = found[: page.limit]
    more = Cursor(0, str(shown[-1].number)) if len(found) > len(shown) else None
    return answer(
        request, {"steps": [_step(one) for one in shown], "links": list_links(request, JSON, more)}, cache=PRIVATE
    )


@router.get(
    "/log",
    operation_id="logOfPlan",
    dependencies=[Depends(inner)],
    summary="Who did what with a plan, when and why, the latest first",
    response_model=PlanLog,
    responses=responses(*REFUSALS),
)
def logged(request: Request, id: UUID, live: InLive, page: InPage) -> Response:
    """Every change: steps, undo and redo, submit, approve, reopen, withdraw, publish with their reasons; and why a
    scheduled plan could not be published (`schedule-failed`)."""
    with reachable(), session(live.engine) as work:
        drafts.find(work, id)
        found = plan_log.listed(work, id, before=number_in(page.cursor), limit=page.limit + 1)
    shown = found[: page.limit]
    more = Cursor(0, str(shown[-1].id)) if len(found) > len(shown) else None
    return answer(
        request, {"entries": [_entry(one) for one in shown], "links": list_links(request, JSON, more)}, cache=PRIVATE
    )


def _step(one: steps.Step) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("number", "kind", "state", "actor", "reason", "edits")}
    changed, gone = (one.answer.get(name, []) for name in ("changed", "gone"))
    return {**told, "at": one.at.isoformat(), "changed": changed, "gone": gone}


def _entry(one: plan_log.Entry) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("actor", "action", "reason", "publication")}
    return {**told, "at": one.at.isoformat(), "details": dict(one.details)}
