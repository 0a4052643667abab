"""What may somebody mean who types a code, a name or an address?"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer, link
from api.faults import Fault
from api.found import InFinder
from api.media import GEOJSON
from api.openapi import responses
from api.parameters import Integer, Text
from api.problems import Problem
from api.published import InSeen
from api.schemas import SearchAnswer
from geo.model import Layer
from geo.search import MOST, Found

PATHS: Final[Mapping[Layer, str]] = {
    Layer.REGION: "regions",
    Layer.GRID: "grids",
    Layer.BUILDING: "buildings",
    Layer.FACILITY: "facilities",
}
OWNED = frozenset({Layer.BUILDING, Layer.FACILITY})

router = APIRouter(prefix="/v1", tags=["lookup"])


@router.get(
    "/search",
    operation_id="search",
    summary="What has such a code, name or address?",
    response_model=SearchAnswer,
    responses=responses("invalid-parameter", "store-unavailable"),
)
def search(
    request: Request,
    finder: InFinder,
    seen: InSeen,
    q: Annotated[Text, Query(description="A code, a name, an address, or a part of one; several words must all occur")],
    limit: Annotated[Integer, Query(ge=1, le=MOST, description="At most so many hits")] = MOST,
    layer: Annotated[
        Literal["region", "grid", "building", "facility"] | None, Query(description="Only things of this layer")
    ] = None,
) -> Response:
    """Regions, grids, buildings and facilities, the best hits first; several are a list, and nothing is guessed.

    Full-width digits, upper and lower case and the usual other signs are the same. First what has the very code, then
    the very name or address, then a code or name that begins so, then a name, an address or a code that holds it, then
    what has all the words somewhere. Answered from memory, also while the database is away (`stale`).
    """
    if not q.strip():
        raise Problem("invalid-parameter", errors=[Fault("parameter.text", {}, "q")])
    found = finder.search(q, None if layer is None else Layer(layer), limit)
    told = {
        "results": [_told(request, one) for one in found],
        "publication": finder.publication,
        "stale": seen.stale,
    }
    return answer(request, told, publication=finder.publication)


def _told(request: Request, found: Found) -> dict[str, Any]:
    entry = found.entry
    path = f"/v1/{PATHS[entry.layer]}/{entry.code}"
    links = [link(request, "self", path, GEOJSON)]
    if entry.layer in OWNED:
        links.append(link(request, "owner", f"{path}/owner"))
    return {
        "layer": entry.layer.value,
        "code": entry.code,
        "name": entry.name,
        "address": entry.address,
        "match": found.match.value,
        "owner": entry.owner,
        "place": None if entry.place is None else {"lon": entry.place[0], "lat": entry.place[1]},
        "links": links,
    }
