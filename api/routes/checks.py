"""Is anything wrong with what was uploaded?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE, answer
from api.judging import judged, printed
from api.media import GEOJSON, HTML, JSON, Medium, negotiation
from api.openapi import in_places, responses
from api.parameters import DatumName
from api.problems import Problem
from api.refused import row_faults
from api.report.page import POLICY
from api.schemas import Checked
from api.shapes import figures_document, findings_collection, report_document
from api.texts import language_of
from api.uploads import PLAN_FILE, AnyUpload, limits_of
from geo.datum import Datum
from geo.files import RowProblem
from geo.model import Layer

router = APIRouter(prefix="/v1", tags=["checks"])
Form = Annotated[Medium, Depends(negotiation(JSON, GEOJSON, HTML))]


@router.post(
    "/check",
    operation_id="check",
    summary="Findings of an uploaded plan file; nothing is kept",
    response_model=Checked,
    openapi_extra=PLAN_FILE,
    responses={
        **in_places(),
        **responses(
            "invalid-body",
            "invalid-parameter",
            "body-too-deep",
            "datum-required",
            "not-acceptable",
            "body-too-large",
            "too-many-features",
            "too-many-vertices",
            "unsupported-media-type",
            "rows-refused",
            "took-too-long",
            "busy",
        ),
    },
)
def check(
    request: Request,
    body: AnyUpload,
    form: Form,
    datum: Annotated[DatumName | None, Query(description="Over what the file says")] = None,
    layer: Annotated[Layer | None, Query(description="For features that name none")] = None,
) -> Response:
    """The plan file is judged after rounding to the lattice only; `healable` marks what healing would mend.

    Rows that cannot be read refuse the upload, so that a check never passes for what it did not see. `f=geojson` gives
    the places of the findings, `f=html` a report with maps to print.
    """
    stated = None if datum is None else Datum.parse(datum)
    limits, language = limits_of(request.app.state.settings), language_of(request.headers.get("accept-language"))
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": language}
    pool = request.app.state.pool
    if form is HTML:
        made = datetime.now().astimezone()
        page, problems = pool.run(printed, body, limits, stated, layer, language, made, request=request)
        _refuse(problems)
        headers["Content-Security-Policy"] = POLICY
        return answer(request, page, medium=form, cache=PRIVATE, headers=headers)
    report, problems = pool.run(judged, body, limits, stated, layer, request=request)
    _refuse(problems)
    if form is GEOJSON:
        figures = {"coverage": figures_document(report.figures)}
        told = findings_collection(report.findings, language, most=None, publication=None, **figures)
    else:
        told = report_document(report, language, None)
    return answer(request, told, medium=form, cache=PRIVATE, headers=headers)


def _refuse(problems: Sequence[RowProblem]) -> None:
    if problems:
        raise Problem("rows-refused", {"refused": len(problems)}, errors=row_faults(list(problems)))
