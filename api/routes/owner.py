"""Who owns this point?"""

from typing import Any

import numpy as np
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.openapi import responses
from api.parameters import InPosition, Position
from api.published import InSeen
from api.schemas import OwnerAnswer
from api.texts import Language, language_of, text
from geo import lookup
from geo.datum import Datum, to_wgs84
from geo.lookup import Answer, Holding, Map
from geo.store.live import Seen

RULE = "closed-smallest-code"
"""The owner rule: closed test, proven ground before provisional, smallest code on ties."""

router = APIRouter(prefix="/v1", tags=["lookup"])


@router.get(
    "/owner",
    operation_id="owner",
    summary="Who owns this point?",
    response_model=OwnerAnswer,
    responses=responses("axes-swapped", "invalid-parameter", "datum-required", "coordinates-refused"),
)
async def owner(request: Request, position: InPosition, seen: InSeen) -> Response:
    """The grid that owns a point, how near its border is, and which published state says so.

    Always 200 for a point that can be read: a point nobody owns is a `gap` or `outside`, with the region to fall back
    on and the nearest grid as a hint. Answered from memory, also while the database is away (`stale`, `age_s`).
    """
    language = language_of(request.headers.get("accept-language"))
    datum = Datum.parse(position.datum)
    lon, lat = to_wgs84(np.array([[position.lon, position.lat]]), datum)[0].tolist()
    found = lookup.answer(seen.map, lon, lat, request.app.state.settings.near_boundary_m)
    told = document(seen, found, (lon, lat), position, language)
    return answer(request, told, publication=seen.map.publication, headers={"Vary": "Accept, Accept-Language"})


def document(
    seen: Seen, found: Answer, point: tuple[float, float], asked: Position, language: Language
) -> dict[str, Any]:
    """The answer of `GET /v1/owner`."""
    state = seen.map
    region = found.owner.grid.region if found.owner else found.fallback.code if found.fallback else None
    return {
        "status": found.status.value,
        "owner": _owner(found.owner),
        "chain": _chain(state, region),
        "people": [],
        "border_distance_m": _metres(found.border_distance_m),
        "neighbour": found.neighbour.grid.code if found.neighbour else None,
        "candidates": [
            {"code": holding.grid.code, "distance_m": _metres(distance), "share": None}
            for holding, distance in found.candidates
        ],
        "nearest": {"code": found.nearest[0].grid.code, "distance_m": _metres(found.nearest[1])}
        if found.nearest
        else None,
        "fallback": {"code": found.fallback.code, "name": found.fallback.name, "level": found.fallback.level}
        if found.fallback
        else None,
        "rule": RULE,
        "datum": Datum.parse(asked.datum).name,
        "point": {"lon": point[0], "lat": point[1]},
        "warnings": [text(f"warning.{warning}", language) for warning in found.warnings],
        "edition": found.owner.edition if found.owner else None,
        "standing": found.owner.standing.value if found.owner else None,
        "publication": state.publication,
        "as_of": state.at.isoformat() if state.at else None,
        "stale": seen.stale,
        "age_s": round(seen.age_s, 1),
    }


def _owner(holding: Holding | None) -> dict[str, Any] | None:
    if holding is None:
        return None
    grid = holding.grid
    return {
        "code": grid.code,
        "name": grid.name,
        "kind": grid.kind.value,
        "households": holding.households,
        "region": grid.region,
    }


def _chain(state: Map, region: str | None) -> list[dict[str, str]]:
    """The regions above the owner, from the root down."""
    if region is None:
        return []
    above = reversed(state.chain(region))
    return [{"code": one.code, "name": one.name, "level": one.level} for one in above]


def _metres(distance: float | None) -> float | None:
    """To the millimetre: the lattice is coarser."""
    return None if distance is None else round(distance, 3)
