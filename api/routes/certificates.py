"""What was certified of a publication?"""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.answers import IMMUTABLE, answer
from api.certified import Certificate
from api.openapi import responses
from api.parameters import Integer
from api.problems import Problem
from api.published import InLive
from geo.digest import canonical
from geo.store import certificates, publications
from geo.store.connect import reachable, session

router = APIRouter(prefix="/v1", tags=["publications"])


@router.get(
    "/publications/{number}/certificate",
    operation_id="certificate",
    summary="What was certified of a publication",
    response_model=Certificate,
    responses=responses(
        "invalid-parameter", "unknown-publication", "took-too-long", "busy", "worker-lost", "store-unavailable"
    ),
)
def certificate(request: Request, live: InLive, number: Annotated[Integer, Path(ge=1)]) -> Response:
    """Digests of everything published under the number, which regions are proven, and what a check found.

    Made on the first demand and never changed afterwards; `wangge verify FILE --certificate` compares a file with it.
    """
    with reachable(), session(live.engine) as work:
        found = certificates.find(work, number)
        if found is None and publications.find(work, number) is None:
            raise Problem("unknown-publication", {"publication": number})
    if found is None:
        url = live.engine.url.render_as_string(hide_password=False)
        found = request.app.state.pool.run(certificates.make, url, number, request=request)
    if found is None:
        raise Problem("unknown-publication", {"publication": number})
    tag = f'"{found["digest"]}"'
    return answer(request, canonical(found), etag=tag, publication=number, cache=IMMUTABLE)
