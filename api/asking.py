"""What does somebody ask about a point?

The signature of `asked` is what the documentation says. A request that is written as most are is read by `plainly`
instead, which the framework's own reading takes many times as long for: anything unusual is left to it, and so are all
refusals. A test holds the two to the same answers.
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Depends, Query
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from api.instants import AsOf
from api.parameters import InPosition, Number, Position, Text, check_range
from geo.lookup import Accuracy

LEAST_ACCURACY_M, MOST_ACCURACY_M = 0.001, 5_000.0
"""A position that is worse says nothing about grids, and costs a look at thousands of them; better than a tenth of the
lattice's step is none."""

Level: TypeAlias = Literal["68", "95"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A point as the caller said it, and what is to be told of it."""

    position: Position
    accuracy: Accuracy | None = None
    as_of: datetime | None = None
    expect: str | None = None
    brief: bool = False


async def asked(
    position: InPosition,
    as_of: AsOf,
    accuracy_m: Annotated[
        Number | None,
        Query(description="Radius, metres, that holds 68 % of a circular normal error; at most 5000"),
    ] = None,
    accuracy_level: Annotated[
        Level, Query(description="What the radius holds: 68, or 95 as browsers report it")
    ] = "68",
    expect: Annotated[Text | None, Query(description="Code of a region that the reporter is in")] = None,
    fields: Annotated[Literal["owner"] | None, Query(description="owner: status and owner alone")] = None,
) -> Asked:
    if accuracy_m is not None:
        check_range("accuracy_m", accuracy_m, LEAST_ACCURACY_M, MOST_ACCURACY_M)
    accuracy = None if accuracy_m is None else Accuracy(accuracy_m, 95 if accuracy_level == "95" else 68)
    return Asked(position, accuracy, as_of, expect, fields == "owner")


InAsked: TypeAlias = Annotated[Asked, Depends(asked)]

_NUMBER = r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,20})?"
_PLAIN = re.compile(
    rf"lon=({_NUMBER})&lat=({_NUMBER})&datum=(wgs84|cgcs2000|gcj02|bd09)"
    rf"(?:&accuracy_m=({_NUMBER}))?(?:&accuracy_level=(68|95))?(?:&fields=(owner))?"
)


def plainly(query: bytes) -> Asked | None:
    """What most requests ask, read at once; None for what has to be looked at more closely."""
    found = _PLAIN.fullmatch(query.decode("ascii", "replace"))
    if found is None:
        return None
    lon, lat, datum, metres, level, fields = found.groups()
    x, y = float(lon), float(lat)
    if abs(x) > 180 or abs(y) > 90:
        return None
    accuracy = None
    if metres is not None:
        radius = float(metres)
        if not LEAST_ACCURACY_M <= radius <= MOST_ACCURACY_M:
            return None
        accuracy = Accuracy(radius, 95 if level == "95" else 68)
    return Asked(Position(x, y, datum), accuracy, brief=fields is not None)


class Plainly(APIRoute):
    """A route that hands plain questions to its endpoint without the framework's reading of them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        closely, endpoint = super().get_route_handler(), self.endpoint

        async def handler(request: Request) -> Response:
            found = plainly(request.scope["query_string"])
            if found is None:
                return await closely(request)
            response: Response = await endpoint(request, found)
            return response

        return handler
