"""What does a map of the tiles look like, for a page that draws it?"""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import CURRENT, absolute, answer
from api.media import JSON
from api.schemas import MapStyle
from geo.matrix import MERCATOR
from tiles.style import style

router = APIRouter(prefix="/styles", tags=["tiles"])
Name = Annotated[Literal["verdict", "kind", "night"], Path(description="verdict, kind or night")]
MatrixName = Annotated[
    Literal["mercator", "gcj02", "cgcs2000"],
    Query(description="Which tiles: Web Mercator, the same over GCJ-02, or squares of longitude and latitude"),
]


@router.get(
    "/{name}.json",
    operation_id="mapStyle",
    summary="A MapLibre style on the tiles",
    response_model=MapStyle,
)
def told(request: Request, name: Name, matrix: MatrixName = "mercator") -> Response:
    """Grids by what their number of households comes to (`verdict`, `night`) or by `kind`, over streets, water and
    houses: a closed network needs no other map beneath. Names are drawn with the fonts of the reader's machine, so the
    style asks for no glyphs and no sprite. Its source is the TileJSON of `current`."""
    begin = "/tiles" if matrix == MERCATOR.name else f"/tiles/{matrix}"
    found = style(name, absolute(request, f"{begin}/current/tilejson.json"))
    return answer(request, found, medium=JSON, cache=CURRENT)
