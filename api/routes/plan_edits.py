"""How is a plan drawn, and how does one go back and forth through what was drawn?"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE, answer
from api.bodies import Body, body_of
from api.desk import Desk
from api.kept_step import kept_step
from api.openapi import responses
from api.planned import EditAnswer, EditsAsked, StepsRequest
from api.planning import REFUSALS, Changing, InChanging, editable, tag
from api.problems import Problem
from api.put_back import Way, put_back
from api.settings import Settings
from api.texts import language_of
from api.uploads import described
from geo.redraw.written import MOST_EDITS

router = APIRouter(prefix="/v1/plans/{id}", tags=["plans"])
EDITS_REQUEST = described("EditsRequest", "application/json", required=True)
STEPS_REQUEST = described("StepsRequest", "application/json", required=False)
InEdits = Annotated[Body[EditsAsked], Depends(body_of(EditsAsked, most=lambda settings: settings.edit_bytes))]
InSteps = Annotated[Body[StepsRequest], Depends(body_of(StepsRequest, needed=False))]


@router.post(
    "/edits",
    operation_id="editPlan",
    summary="Redraw a plan by a list of edits, all or none",
    response_model=EditAnswer,
    openapi_extra=EDITS_REQUEST,
    responses=responses(
        *REFUSALS,
        "edit-refused",
        "building-cut",
        "too-many-edits",
        "too-many-vertices",
        "too-many-steps",
        "body-too-large",
    ),
)
def edit(request: Request, id: UUID, changing: InChanging, body: InEdits) -> Response:
    """Edits are intents, made one after the other; after each the grids cover their regions exactly, or it is refused,
    and so are all others of the list. `features` of a refusal are the places that hinder it.

    The answer tells what changed, with households before and after, findings that appeared and vanished, buildings with
    another owner, and what became of codes. `dry_run=true` gives the same answer and keeps nothing.
    """
    language, wish = language_of(request.headers.get("accept-language")), body.asked
    settings: Settings = request.app.state.settings
    if len(wish.edits) > MOST_EDITS:
        raise Problem("too-many-edits", {"limit": MOST_EDITS})

    def edited(work: Session) -> dict[str, Any]:
        found = editable(work, id, changing, settings)
        desk: Desk = request.app.state.desk
        turn = desk.edit(found, wish.edits, language, keep=not changing.dry_run)
        return kept_step(work, desk, found, turn, "edit", changing.actor, wish.reason)

    return _answer(request, changing.once(f"edit {id} {body.digest}", edited))


@router.post(
    "/undo",
    operation_id="undoSteps",
    summary="Take back the last step of a plan, or several",
    response_model=EditAnswer,
    openapi_extra=STEPS_REQUEST,
    responses=responses(*REFUSALS, "nothing-to-undo"),
)
def undo(request: Request, id: UUID, changing: InChanging, body: InSteps) -> Response:
    """Everything is again as it was before, to the byte. What is taken back can be done again until something else is
    drawn."""
    return _restored(request, id, changing, body, "undo")


@router.post(
    "/redo",
    operation_id="redoSteps",
    summary="Do again what was taken back",
    response_model=EditAnswer,
    openapi_extra=STEPS_REQUEST,
    responses=responses(*REFUSALS, "nothing-to-redo"),
)
def redo(request: Request, id: UUID, changing: InChanging, body: InSteps) -> Response:
    """Everything is again as it was before it was taken back, to the byte."""
    return _restored(request, id, changing, body, "redo")


def _restored(request: Request, id: UUID, changing: Changing, body: Body[StepsRequest], way: Way) -> Response:
    language = language_of(request.headers.get("accept-language"))

    def restored(work: Session) -> dict[str, Any]:
        found = changing.plan(work, id, "edit")
        back = put_back(work, found, changing.actor, way, body.asked.steps)
        desk: Desk = request.app.state.desk
        turn = desk.restore(found, back.grids, back.gone, back.regions, language, keep=not changing.dry_run)
        if not back.based:  # else the plan is judged against another base: it is read anew
            desk.keep(turn, back.draft)
        return {"revision": back.draft.revision, **turn.done.told}

    return _answer(request, changing.once(f"{way} {id} {body.digest}", restored))


def _answer(request: Request, document: dict[str, Any]) -> Response:
    headers = {"Vary": "Accept, Accept-Language"}
    return answer(request, document, etag=tag(document["revision"]), cache=PRIVATE, headers=headers)
