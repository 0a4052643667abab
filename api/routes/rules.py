"""By which rules is the map judged?"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.openapi import responses
from api.parameters import Text
from api.problems import Problem
from api.published import InSeen
from api.rulebook import rulebook
from api.schemas import Rules
from api.texts import language_of

router = APIRouter(prefix="/v1", tags=["checks"])


@router.get(
    "/rules",
    operation_id="rules",
    summary="The catalogue of rules, with the limits in force",
    response_model=Rules,
    responses=responses("invalid-parameter", "unknown-code"),
)
def rules(
    request: Request,
    seen: InSeen,
    region: Annotated[Text | None, Query(description="Code of a region: the limits that hold there")] = None,
) -> Response:
    """Each rule in words (Accept-Language: zh or en), its severities, and whether a finding of it can be accepted; each
    limit with unit, range, default and the value in force by kind of grid."""
    state = seen.map
    if region is not None and region not in state.regions:
        raise Problem("unknown-code", {"code": region})
    limits = state.ruleset.within(()) if region is None else state.limits[region]
    language = language_of(request.headers.get("accept-language"))
    told = rulebook(state.ruleset, limits, language, publication=state.publication, region=region)
    return answer(request, told, publication=state.publication, headers={"Vary": "Accept, Accept-Language"})
