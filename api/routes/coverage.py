"""Is every point and every household of a region owned, at any level of the tree?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.covering import coverage_document
from api.judging import published
from api.kept import Kept
from api.media import GEOJSON, HTML, JSON, Medium, negotiation
from api.openapi import in_places, responses
from api.problems import Problem
from api.published import InLive
from api.report.page import POLICY
from api.schemas import Covered
from api.shapes import findings_collection
from api.texts import Language, language_of
from geo.acceptance import marked
from geo.lookup import Map
from geo.model import Acceptance
from geo.plan import Report, check
from geo.store import acceptances
from geo.store.connect import reachable, session
from geo.store.errors import StoreUnavailable
from geo.store.live import Live
from geo.store.reports import ground_under, subject

router = APIRouter(prefix="/v1", tags=["checks"])
Form = Annotated[Medium, Depends(negotiation(JSON, GEOJSON, HTML))]
VARY = "Accept, Accept-Language"


@router.get(
    "/regions/{code}/coverage",
    operation_id="coverage",
    summary="Is every point and every household of a region owned?",
    response_model=Covered,
    responses={**in_places(), **responses("unknown-code", "not-acceptable", "busy", "took-too-long", "worker-lost")},
)
def coverage(request: Request, code: str, live: InLive, form: Form) -> Response:
    """Figures, findings by rule, and how each region right below stands: of the published map, at any level.

    Worked out once a publication, in the bounded pool and within its time; accepted findings are told with reason and
    person and hinder nothing. At most 10,000 findings are listed, the worst ones; `left_out` counts the others.
    `f=geojson` gives their places, `f=html` the report to print.
    """
    state, language = live.seen.map, language_of(request.headers.get("accept-language"))
    today = datetime.now(request.app.state.settings.zone).date()  # bindings of people begin and end
    if code not in state.regions:
        raise Problem("unknown-code", {"code": code})
    accepted = _accepted(request, live, state, code)
    kept: Kept[bytes] = request.app.state.coverages
    key = (state.publication, today, code, form.name, language, tuple(one.id for one in accepted))
    body = kept.get(key)
    if body is None:
        body = _body(request, live, state, code, accepted, form, language)
        kept.put(key, body)
    headers = {"Vary": VARY, "Content-Language": language}
    if form is HTML:
        headers["Content-Security-Policy"] = POLICY
    return answer(request, body, medium=form, publication=state.publication, headers=headers)


def report_of(request: Request, live: Live, state: Map, code: str) -> Report:
    """What a check of a published region finds, with nothing accepted; worked out once a publication and day."""
    kept: Kept[Report] = request.app.state.reports
    zone = request.app.state.settings.zone
    key = (state.publication, datetime.now(zone).date(), code)
    report = kept.get(key)
    if report is None:
        plan, terms = subject(live.engine, state, code, zone)
        report = request.app.state.pool.run(check, plan, replace(terms, accepted=()), request=request)
        kept.put(key, report)
    return report


def _body(
    request: Request,
    live: Live,
    state: Map,
    code: str,
    accepted: Sequence[Acceptance],
    form: Medium,
    language: Language,
) -> bytes:
    if form is HTML:
        plan, terms = subject(live.engine, state, code, request.app.state.settings.zone)
        terms = replace(terms, accepted=tuple(accepted))
        title, made = f"{code} {state.regions[code].name}".strip(), datetime.now().astimezone()
        told: bytes = request.app.state.pool.run(
            published, plan, terms, title, state.publication, made, language, request=request
        )
        return told
    report = report_of(request, live, state, code)
    report = replace(report, findings=marked(report.findings, accepted))
    document = coverage_document(state, code, report, language)
    if form is GEOJSON:
        members = {name: document[name] for name in ("publication", "coverage", "left_out")}
        findings = report.findings[: len(document["findings"])]
        return orjson.dumps(findings_collection(findings, language, most=None, **members))
    return orjson.dumps(document)


def _accepted(request: Request, live: Live, state: Map, code: str) -> Sequence[Acceptance]:
    """What is accepted there now; while the database is away, what it last said."""
    ground, kept = ground_under(state, code), request.app.state.accepted
    if not ground:
        return ()
    try:
        with reachable(), session(live.engine) as work:
            found = acceptances.in_force(work, ground)
    except StoreUnavailable:
        before: Sequence[Acceptance] | None = kept.get((state.publication, code))
        if before is None:
            raise
        return before
    kept.put((state.publication, code), found)
    return found
