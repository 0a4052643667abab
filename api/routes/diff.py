"""What would a plan change, and what did publications change?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.access import inner
from api.answers import CURRENT, PRIVATE, answer
from api.compared import Against, InAgainst
from api.diff_documents import State
from api.diff_schemas import DiffDocument
from api.differing import told
from api.media import GEOJSON, HTML, JSON, Medium, negotiation
from api.openapi import in_places, responses
from api.parameters import Integer
from api.problems import Problem
from api.published import InLive
from api.report.page import POLICY
from api.texts import language_of
from geo.difference import Side
from geo.lookup import Map
from geo.model import Plan
from geo.noding import NodingUnsettledError
from geo.store import drafts, publications, sides
from geo.store.connect import reachable, session
from geo.store.live import Live
from geo.store.reports import published_plan

router = APIRouter(prefix="/v1")
Form = Annotated[Medium, Depends(negotiation(JSON, GEOJSON, HTML))]
VARY = "Accept, Accept-Language"
PROBLEMS = (
    "invalid-parameter",
    "unknown-publication",
    "not-acceptable",
    "borders-too-close",
    "busy",
    "took-too-long",
    "worker-lost",
    "store-unavailable",
)


@router.get(
    "/plans/{id}/diff",
    operation_id="diffOfPlan",
    tags=["plans"],
    dependencies=[Depends(inner)],
    summary="What would a plan change?",
    response_model=DiffDocument,
    responses={**in_places("DiffPlaces"), **responses(*PROBLEMS, "token-required", "read-only", "unknown-plan")},
)
def of_plan(request: Request, id: UUID, live: InLive, form: Form, against: InAgainst) -> Response:
    """Ground and buildings that change hands, households before and after, codes with their lineage, map tiles.

    Against what it was drawn from, a publication or another plan, over the regions of both. Nodes that only one of the
    states has are no difference. `f=geojson` gives the ground, `f=html` a page with pictures before and after.
    """
    with reachable(), session(live.engine) as work, work.begin():
        work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        of, other, before, after = _states_of_plan(work, id, against)
        context = _context(work, live.seen.map, [before, after]) if form is HTML else Plan()
    return _answered(request, live, (of, other), (before, after), context, form, PRIVATE)


@router.get(
    "/publications/{number}/diff",
    operation_id="diffOfPublication",
    tags=["publications"],
    summary="What differs between two publications?",
    response_model=DiffDocument,
    responses={**in_places("DiffPlaces"), **responses(*PROBLEMS)},
)
def of_publication(
    request: Request,
    number: Annotated[Integer, Path(ge=1)],
    live: InLive,
    form: Form,
    against: Annotated[
        Integer | None, Query(ge=1, description="Number of another publication; the one before where absent")
    ] = None,
) -> Response:
    """The same for the regions that two published states hold otherwise; forms as for a plan."""
    other = number - 1 if against is None else against
    with reachable(), session(live.engine) as work, work.begin():
        work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        states = _publication(work, number), _publication(work, other) if other else State(kind="publication")
        regions = sides.differing_regions(work, number, other)
        before, after = sides.pair(
            sides.of_publication(work, other, regions), sides.of_publication(work, number, regions)
        )
        context = _context(work, live.seen.map, [before, after]) if form is HTML else Plan()
    return _answered(request, live, states, (before, after), context, form, CURRENT)


def _states_of_plan(work: Session, id: UUID, against: Against) -> tuple[State, State, Side, Side]:
    draft = drafts.find(work, id)
    of = State(kind="plan", plan=str(id), title=draft.title)
    regions = sides.regions_of_plan(work, id)
    if against.publication is not None:
        other = _publication(work, against.publication)
        reader, mine = sides.of_publication(work, against.publication, regions), sides.of_plan(work, id)
    elif against.plan is not None:
        rival = drafts.find(work, against.plan)
        other = State(kind="plan", plan=str(rival.id), title=rival.title)
        theirs = sides.regions_of_plan(work, rival.id)
        reader, mine = sides.of_plan(work, rival.id, regions), sides.of_plan(work, id, theirs)
    else:
        other = State(kind="base", plan=str(id), title=draft.title)
        reader, mine = sides.of_base(work, id), sides.of_plan(work, id)
    before, after = sides.pair(reader, mine)
    return of, other, before, after


def _publication(work: Session, number: int) -> State:
    found = publications.find(work, number)
    if found is None:
        raise Problem("unknown-publication", {"publication": number})
    return State(kind="publication", publication=number, title=found.reason)


def _context(work: Session, state: Map, several: Sequence[Side]) -> Plan:
    """What stands on the ground of the compared regions now, for the pictures."""
    regions = {grid.region for side in several for grid in side.grids.values()}
    return published_plan(work, state, sorted(regions & state.boundaries.keys()))


def _answered(
    request: Request,
    live: Live,
    states: tuple[State, State],
    pair: tuple[Side, Side],
    context: Plan,
    form: Medium,
    cache: str,
) -> Response:
    language, state = language_of(request.headers.get("accept-language")), live.seen.map
    regions = sorted({grid.region for side in pair for grid in side.grids.values()})
    limits = {code: state.limits[code] for code in regions if code in state.limits}
    made = datetime.now(request.app.state.settings.zone)
    try:
        body = request.app.state.pool.run(
            told, *states, *pair, state.publication, limits, context, form.name, language, made, request=request
        )
    except NodingUnsettledError:
        raise Problem("borders-too-close", {"codes": ", ".join(regions[:20])}) from None
    headers = {"Vary": VARY, "Content-Language": language}
    if form is HTML:
        headers["Content-Security-Policy"] = POLICY
    return answer(request, body, medium=form, publication=state.publication, cache=cache, headers=headers)
