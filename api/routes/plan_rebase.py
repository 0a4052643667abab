"""How does a plan get onto what others published since it was drawn?"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE, answer
from api.bodies import Body, body_of
from api.desk import Desk
from api.edit_documents import summary
from api.openapi import responses
from api.planned import RebaseAnswer, RebaseRequest
from api.planning import REFUSALS, InChanging, editable, tag
from api.problems import Problem
from api.rebasing import Conflicts
from api.texts import language_of
from api.uploads import described
from geo.store import steps

router = APIRouter(prefix="/v1/plans/{id}", tags=["plans"])
REBASE_REQUEST = described("RebaseRequest", "application/json", required=False)
InRebase = Annotated[Body[RebaseRequest], Depends(body_of(RebaseRequest, needed=False))]


@router.post(
    "/rebase",
    operation_id="rebasePlan",
    summary="Carry a plan over to what is in force now",
    response_model=RebaseAnswer,
    openapi_extra=REBASE_REQUEST,
    responses=responses(
        *REFUSALS, "rebase-conflict", "region-gone", "borders-too-close", "edit-refused", "too-many-steps"
    ),
)
def rebase(request: Request, id: UUID, changing: InChanging, body: InRebase) -> Response:
    """What others published and the plan does not touch is taken as it is, and the other way round; a code that both
    gave is another one in the plan (`recoded`). It is a step of the plan and can be taken back.

    Where both changed the same ground, name or kind and not alike, nothing is changed: 409, and `features` are the
    places with both sides. The request is repeated with a choice for each, `{"choices": {"<conflict>": "mine"}}`.
    """
    language, wish = language_of(request.headers.get("accept-language")), body.asked

    def rebased(work: Session) -> dict[str, Any]:
        found = editable(work, id, changing, request.app.state.settings)
        desk: Desk = request.app.state.desk
        done = desk.rebase(found, wish.choices, language)
        if isinstance(done, Conflicts):
            raise Problem("rebase-conflict", {"count": done.count}, features=done.places)
        after = steps.rebased(
            work,
            found,
            done.done.before,
            done.done.outcome,
            done.base,
            edits=[{"op": "rebase", "choices": wish.choices}],
            actor=changing.actor,
            reason=wish.reason,
            answer=summary(done.done.told),
        )
        return {"revision": after.revision, **done.done.told}

    document = changing.once(f"rebase {id} {body.digest}", rebased)
    headers = {"Vary": "Accept, Accept-Language"}
    return answer(request, document, etag=tag(document["revision"]), cache=PRIVATE, headers=headers)
