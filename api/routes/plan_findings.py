"""What is wrong with a plan as it stands?"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.access import inner
from api.answers import PRIVATE, answer
from api.judging import planned
from api.media import GEOJSON, HTML, JSON, Medium, negotiation
from api.openapi import in_places, responses
from api.published import InLive
from api.report.page import POLICY
from api.schemas import Checked
from api.shapes import figures_document, findings_collection, report_document
from api.texts import language_of
from geo import plan as plans
from geo.store import drafts
from geo.store.connect import reachable, session
from geo.store.reading import checked

router = APIRouter(prefix="/v1/plans", tags=["plans"])
Form = Annotated[Medium, Depends(negotiation(JSON, GEOJSON, HTML))]


@router.get(
    "/{id}/findings",
    operation_id="findingsOfPlan",
    dependencies=[Depends(inner)],
    summary="What is wrong with a plan?",
    response_model=Checked,
    responses={
        **in_places(),
        **responses("token-required", "unknown-plan", "not-acceptable", "busy", "took-too-long", "worker-lost"),
    },
)
def findings(request: Request, id: UUID, live: InLive, form: Form) -> Response:
    """Every finding of the plan as it stands, with the published buildings on its ground, and its figures.

    `f=geojson` gives the places of the findings, `f=html` a report with maps to print.
    """
    with reachable(), session(live.engine) as work:
        title = drafts.find(work, id).title
        judged, terms = checked(work, id)
    pool, language = request.app.state.pool, language_of(request.headers.get("accept-language"))
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": language}
    if form is HTML:
        made = datetime.now(request.app.state.settings.zone)
        page = pool.run(planned, judged, terms, title or str(id), made, language, request=request)
        headers["Content-Security-Policy"] = POLICY
        return answer(request, page, medium=form, cache=PRIVATE, headers=headers)
    report = pool.run(plans.check, judged, terms, request=request)
    if form is GEOJSON:
        figures = {"coverage": figures_document(report.figures)}
        told = findings_collection(report.findings, language, most=None, publication=None, **figures)
    else:
        told = report_document(report, language, None)
    return answer(request, told, medium=form, cache=PRIVATE, headers=headers)
