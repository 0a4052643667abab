"""Is anything wrong with what was uploaded?"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE, answer
from api.openapi import responses
from api.parameters import DatumName
from api.problems import Problem
from api.refused import row_faults
from api.schemas import Checked
from api.shapes import report_document
from api.texts import language_of
from api.uploads import PLAN_FILE, AnyUpload, limits_of, reading_of
from geo.datum import Datum
from geo.files import Limits, RowProblem
from geo.model import Layer
from geo.plan import Report
from geo.store import intake
from geo.store.order import Order

router = APIRouter(prefix="/v1", tags=["checks"])


@router.post(
    "/check",
    operation_id="check",
    summary="Findings of an uploaded plan file; nothing is kept",
    response_model=Checked,
    openapi_extra=PLAN_FILE,
    responses=responses(
        "invalid-body",
        "body-too-deep",
        "datum-required",
        "body-too-large",
        "too-many-features",
        "too-many-vertices",
        "unsupported-media-type",
        "rows-refused",
        "took-too-long",
        "busy",
    ),
)
def check(
    request: Request,
    body: AnyUpload,
    datum: Annotated[DatumName | None, Query(description="Over what the file says")] = None,
    layer: Annotated[Layer | None, Query(description="For features that name none")] = None,
) -> Response:
    """The plan file is judged after rounding to the lattice only; `healable` marks what healing would mend.

    Rows that cannot be read refuse the upload, so that a check never passes for what it did not see.
    """
    stated = None if datum is None else Datum.parse(datum)
    limits = limits_of(request.app.state.settings)
    report, problems = request.app.state.pool.run(judged, body, limits, stated, layer, request=request)
    if problems:
        raise Problem("rows-refused", {"refused": len(problems)}, errors=row_faults(problems))
    told = report_document(report, language_of(request.headers.get("accept-language")), None)
    return answer(request, told, cache=PRIVATE, headers={"Vary": "Accept, Accept-Language"})


def judged(body: bytes, limits: Limits, datum: Datum | None, layer: Layer | None) -> tuple[Report, list[RowProblem]]:
    """Runs in a process of the pool: reading and checking are the heavy part."""
    taken = intake.take(None, [reading_of(body, limits, datum, layer)], Order())
    return taken.report, list(taken.problems)
