"""Who owns this point?"""

from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.access import who
from api.answers import CURRENT, PRIVATE, answer
from api.asking import Asked, InAsked, Plainly
from api.doubtful import pending, warnings
from api.openapi import responses
from api.owned import Told, answering, brief, document
from api.published import then
from api.schemas import OwnerAnswer, OwnerBrief
from api.texts import language_of
from geo import lookup
from geo.datum import Datum, point_to_wgs84
from geo.lookup import Answer, Map
from geo.store.live import Live, Seen

WIDE_M = 500.0
"""An accuracy worse than this concerns so many grids that lookups of others do not wait for it."""

router = APIRouter(prefix="/v1", tags=["lookup"], route_class=Plainly)


@router.get(
    "/owner",
    operation_id="owner",
    summary="Who owns this point?",
    response_model=OwnerAnswer | OwnerBrief,
    responses=responses(
        "axes-swapped",
        "invalid-parameter",
        "datum-required",
        "coordinates-refused",
        "nothing-published-then",
        "store-unavailable",
    ),
)
async def owner(request: Request, asked: InAsked) -> Response:
    """The grid that owns a point, how near its border is, who answers for it, and which published state says so.

    Always 200 for a point that can be read: a point nobody owns is a `gap` or `outside`, with the region to fall back
    on and the nearest grid as a hint. Answered from memory, also while the database is away (`stale`, `age_s`).
    With `accuracy_m` each candidate has its share of the error; the one without a code is ground that nobody owns.
    `fields=owner` answers status and owner alone. Names and phones of people are told in the inner profile only.
    """
    state = request.app.state
    live: Live = state.live
    seen = live.seen if asked.as_of is None else await run_in_threadpool(then, live, asked.as_of)
    datum = Datum.parse(asked.position.datum)
    lon, lat = point_to_wgs84(asked.position.lon, asked.position.lat, datum)
    near_m = state.settings.near_boundary_m
    if asked.brief and asked.accuracy is None:
        ask = partial(lookup.owner_alone, seen.map, lon, lat, near_m)
    else:
        ask = partial(lookup.answer, seen.map, lon, lat, near_m, asked.accuracy)
    is_wide = asked.accuracy is not None and asked.accuracy.metres > WIDE_M
    found = ask() if seen.map.is_whole and not is_wide else await run_in_threadpool(ask)
    told = _told(request, seen.map)
    if asked.brief:
        content, cache = brief(seen, found, told), CURRENT
    else:
        is_inner = who(request, state.settings) is not None
        content, cache = (
            _whole(request, asked, seen, found, (lon, lat), told, is_inner),
            PRIVATE if is_inner else CURRENT,
        )
    return answer(
        request, content, publication=seen.map.publication, cache=cache, headers={"Vary": "Accept, Accept-Language"}
    )


def _whole(
    request: Request, asked: Asked, seen: Seen, found: Answer, point: tuple[float, float], told: Told, is_inner: bool
) -> dict[str, Any]:
    language = language_of(request.headers.get("accept-language"))
    datum = Datum.parse(asked.position.datum)
    return document(
        seen,
        found,
        point,
        datum.name,
        told=told,
        people=answering(seen.map, found, asked.as_of, is_inner=is_inner),
        warnings=[*warnings(seen.map, asked, datum, found, language), *pending(seen.orders, found, language)],
        as_of=None if asked.as_of is None else asked.as_of.isoformat(),
    )


def _told(request: Request, state: Map) -> Told:
    """What is said of the state in force is kept; of past ones it is made each time."""
    kept: Told | None = getattr(request.app.state, "told", None)
    if kept is not None and kept.state is state:
        return kept
    made = Told(state)
    if state is request.app.state.live.seen.map:
        request.app.state.told = made
    return made
