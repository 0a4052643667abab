"""What would heal a plan's ground, and which of it does a planner take?"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.access import Actor
from api.answers import PRIVATE, answer
from api.bodies import Body, body_of
from api.desk import Desk
from api.draw_asked import RepairsAsked
from api.entering import accepted, entered
from api.faults import Fault
from api.kept_step import kept_step
from api.openapi import responses
from api.planned import RepairAnswer, Repairs, RepairsRequest
from api.planning import REFUSALS, Changing, DryRun, Writing, changing, editable, tag
from api.preconditions import idempotency_key, if_match
from api.preferred import is_async
from api.problems import Problem
from api.published import InLive
from api.repairing import Wish
from api.schemas import JobDocument
from api.texts import Language, language_of
from api.uploads import described
from geo.repair import Strategy
from geo.store import drafts
from geo.store.connect import reachable, session
from geo.store.drafts import Draft
from geo.store.live import Live

router = APIRouter(prefix="/v1/plans/{id}", tags=["plans"])
REPAIRS_REQUEST = described("RepairsRequest", "application/json", required=False)
ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"model": JobDocument, "description": "A job works on it (`Prefer: respond-async`, `sizes`)"}
}
InRepairs = Annotated[Body[RepairsRequest], Depends(body_of(RepairsRequest, needed=False))]


def _taking(
    request: Request,
    live: InLive,
    actor: Actor,
    body: InRepairs,
    key: Annotated[str | None, Header(alias="Idempotency-Key", description="Needed with `accept`")] = None,
    match: Annotated[str | None, Header(alias="If-Match", description="Needed with `accept`")] = None,
    dry_run: DryRun = False,
) -> Changing | None:
    """None where nothing is to be changed."""
    if body.asked.accept is None:
        return None
    return changing(request, live, actor, idempotency_key(request, key), if_match(request, match), dry_run)


def _fitting(body: InRepairs, dry_run: DryRun = False) -> None:
    """Raises a problem for what does not go with `sizes`: nothing is drawn to be thrown away."""
    if body.asked.sizes and dry_run:
        raise Problem("invalid-parameter", errors=[Fault("parameter.not-with-sizes", parameter="dry_run")])
    if body.asked.sizes and body.asked.rules is not None:
        raise Problem("invalid-body", errors=[Fault("parameter.not-with-sizes", pointer="#/rules")])


@router.post(
    "/repairs",
    operation_id="repairPlan",
    summary="Proposals that would heal a plan's ground; and the step of taking some of them",
    response_model=Repairs | RepairAnswer,
    openapi_extra=REPAIRS_REQUEST,
    dependencies=[Depends(_fitting)],
    responses=ACCEPTED
    | responses(
        *REFUSALS, "invalid-parameter", "queue-full", "nothing-repaired", "too-many-steps", "borders-too-close"
    ),
)
def repair(
    request: Request,
    id: UUID,
    live: InLive,
    taking: Annotated[Changing | None, Depends(_taking)],
    body: InRepairs,
    actor: Actor,
    key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
    prefer: Annotated[str | None, Header(description="respond-async: a job works on it")] = None,
) -> Response:
    """Without `accept` the proposals are told: each a list of edits that would heal a gap, an overlap, a twin, or all
    of a region. With it they are made, those that can be, as one step of the plan; the others are told as `skipped`.

    No repair makes any place worse. `rules` and `regions` choose among them, so that a whole district of legacy grids
    is healed rule by rule.

    With `Prefer: respond-async` a job does the same, and its `result` is the answer. With `sizes` a job draws, for each
    community with grids out of the range of households, the least change that brings them into it (`SizeRepairs`);
    those that are accepted become one step each.
    """
    if body.asked.sizes or (is_async(prefer) and not (taking is not None and taking.dry_run)):
        stated = None if key is None else idempotency_key(request, key)
        writing = taking or Writing(live, request.app.state.writers, actor, stated, False)
        return _later(request, id, body, writing, prefer)
    language = language_of(request.headers.get("accept-language"))
    if taking is None:
        document = _proposals(request, live, id, body.asked, language)
        return answer(request, document, cache=PRIVATE, headers={"Vary": "Accept, Accept-Language"})
    document = taking.once(
        f"repair {id} {body.digest}", lambda work: _repaired(request, work, id, taking, body.asked, language)
    )
    headers = {"Vary": "Accept, Accept-Language"}
    return answer(request, document, etag=tag(document["revision"]), cache=PRIVATE, headers=headers)


def _later(request: Request, id: UUID, body: Body[RepairsRequest], writing: Writing, prefer: str | None) -> Response:
    language = language_of(request.headers.get("accept-language"))

    def made(work: Session) -> dict[str, Any]:
        revision = None
        if isinstance(writing, Changing):
            revision = editable(work, id, writing, request.app.state.settings).revision
        else:
            drafts.find(work, id)
        most = request.app.state.settings.plan_steps
        wish = body.asked.model_dump()
        asked = RepairsAsked(plan=id, revision=revision, language=language, most_steps=most, **wish)
        return entered(request, work, "repairs", writing.actor, asked.model_dump(mode="json"))

    kept = writing.once(f"repairs later {id} {body.digest}", made)
    told = accepted(request, writing.live.engine, kept, prefer)
    if is_async(prefer):
        told.headers["Preference-Applied"] = "respond-async"
    return told


def _proposals(request: Request, live: Live, id: UUID, asked: RepairsRequest, language: Language) -> dict[str, Any]:
    with reachable(), session(live.engine) as work:
        found = drafts.find(work, id)
    desk: Desk = request.app.state.desk
    return desk.propose(found, _wish(found, asked), language)


def _repaired(
    request: Request, work: Session, id: UUID, taking: Changing, asked: RepairsRequest, language: Language
) -> dict[str, Any]:
    found = editable(work, id, taking, request.app.state.settings)
    desk: Desk = request.app.state.desk
    turn = desk.repair(found, _wish(found, asked), language, keep=not taking.dry_run)
    if turn is None:
        raise Problem("nothing-repaired")
    return kept_step(work, desk, found, turn, "repair", taking.actor, asked.reason)


def _wish(found: Draft, asked: RepairsRequest) -> Wish:
    own = frozenset(found.base)
    return Wish(
        own=own,
        regions=own if asked.regions is None else own.intersection(asked.regions),
        rules=None if asked.rules is None else frozenset(asked.rules),
        names=frozenset(asked.accept) if isinstance(asked.accept, list) else None,
        strategy=Strategy(asked.strategy),
    )
