"""Who owns each of some points?"""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE, answer
from api.askers import beside
from api.batched import MOST_POINTS, Batch
from api.faults import Fault, pointer
from api.limits import read_json
from api.openapi import responses
from api.problems import Problem
from api.published import InSeen
from api.uploads import AnyUpload, described
from geo.datum import Datum
from geo.files.points import KEYS, Placing

MEMBERS = frozenset({"datum", "points"})

router = APIRouter(prefix="/v1/owner", tags=["lookup"])


@router.post(
    "/batch",
    operation_id="ownerBatch",
    summary="Who owns each of some points?",
    response_model=Batch,
    openapi_extra=described("BatchRequest", "application/json", required=True),
    responses=responses("invalid-body", "body-too-deep", "datum-required", "too-many-points", "unsupported-media-type"),
)
def batch(request: Request, body: AnyUpload, seen: InSeen) -> Response:
    """Each point says its `lon` and `lat`, and may say its own `datum`, its `accuracy_m` in metres, and an `id` to be
    told back. A point that cannot be read is answered in its place with the reason. All are of one publication.
    """
    points, datum = _asked(read_json(body, request.app.state.settings))
    placing = Placing({key: at for at, key in enumerate(KEYS)}, datum)
    rows = placing.rows([[one.get(key) for one in points] for key in KEYS], len(points))
    found = beside(request, seen).columns(rows)
    ours = {name: column.to_pylist() for name, column in found.items() if name != "publication"}
    results = [dict(zip(ours, told, strict=True)) for told in zip(*ours.values(), strict=True)]
    named = [{"id": one["id"], **told} if "id" in one else told for one, told in zip(points, results, strict=True)]
    number = seen.map.publication
    told = {"publication": number, "results": named}
    return answer(request, told, cache=PRIVATE, publication=number, headers={"Vary": "Accept-Language"})


def _asked(document: Any) -> tuple[list[dict[str, Any]], Datum | None]:
    """The points of a batch, and their datum. Raises a Problem; a point that is no object is one without anything."""
    if not isinstance(document, dict):
        raise Problem("invalid-body", errors=[Fault("parameter.unfit", pointer="#")])
    if unknown := sorted(document.keys() - MEMBERS):
        raise Problem("invalid-body", errors=[Fault("parameter.extra", pointer=pointer(one)) for one in unknown[:20]])
    points, datum = document.get("points"), document.get("datum")
    if not isinstance(points, list):
        id_ = "parameter.unfit" if "points" in document else "parameter.required"
        raise Problem("invalid-body", errors=[Fault(id_, pointer="#/points")])
    if len(points) > MOST_POINTS:
        raise Problem("too-many-points", {"limit": MOST_POINTS})
    if not isinstance(datum, str | None):
        raise Problem("invalid-body", errors=[Fault("parameter.datum", pointer="#/datum")])
    return [one if isinstance(one, dict) else {} for one in points], None if datum is None else Datum.parse(datum)
