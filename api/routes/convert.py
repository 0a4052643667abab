"""What are these coordinates in another datum?"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.answers import PRIVATE, answer
from api.converted import Converted
from api.convertible import Unfit
from api.converting import converted
from api.faults import Fault
from api.openapi import responses
from api.problems import Problem
from api.texts import Language, language_of, text
from api.uploads import AnyUpload, described, limits_of
from geo.refusal import CoordinatesRefused

SMALL_BYTES = 1 << 16
"""A body of at most so many bytes is converted at once, in some milliseconds; a larger one in the pool."""
CONVERT_REQUEST = described("ConvertRequest", "application/json", required=True)

router = APIRouter(prefix="/v1", tags=["lookup"])


@router.post(
    "/convert",
    operation_id="convert",
    summary="Points and geometries from one datum to another",
    response_model=Converted,
    openapi_extra=CONVERT_REQUEST,
    responses=responses(
        "invalid-body",
        "axes-swapped",
        "body-too-deep",
        "datum-required",
        "body-too-large",
        "too-many-features",
        "too-many-vertices",
        "unsupported-media-type",
        "coordinates-refused",
        "took-too-long",
        "busy",
    ),
)
def convert(request: Request, body: AnyUpload) -> Response:
    """Between any two of WGS-84, CGCS2000, GCJ-02, BD-09 and the frames of EPSG numbers; x before y, lon before lat.

    Geometries are converted whole: an edge so long that it would bend gets points of its own, the same ones in every
    geometry that shares it. Heights are dropped; properties are passed on as they are. Nothing is kept.
    """
    language = language_of(request.headers.get("accept-language"))
    limits, pool = limits_of(request.app.state.settings), request.app.state.pool
    try:
        if len(body) <= SMALL_BYTES:
            told = converted(body, limits, language)
        else:
            told = pool.run(converted, body, limits, language, request=request)
    except Unfit as refusal:
        raise Problem("invalid-body", errors=[_fault(refusal.id, refusal)]) from None
    except CoordinatesRefused as refusal:
        raise _coordinates(refusal, language) from None
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": language}
    return answer(request, told, cache=PRIVATE, headers=headers)


def _coordinates(refusal: CoordinatesRefused, language: Language) -> Problem:
    """The first pair that the datum cannot have, and how many more there are."""
    faults, more = [_fault(f"file.{refusal.id}", refusal)], int(refusal.values.get("count", 1)) - 1
    if more > 0:
        faults.append(Fault("parameter.more", {"count": more}, pointer="#"))
    if refusal.id == "axes-swapped":
        return Problem("axes-swapped", {"lon": refusal.values["x"], "lat": refusal.values["y"]}, errors=faults)
    return Problem("coordinates-refused", {"reason": text(f"file.{refusal.id}", language, **refusal.values)}, faults)


def _fault(id_: str, refusal: Unfit | CoordinatesRefused) -> Fault:
    values = {name: value for name, value in refusal.values.items() if name != "pointer"}
    return Fault(id_, values, pointer=str(refusal.values["pointer"]))
