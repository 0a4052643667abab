"""In which form does the caller want the answer? `f=` first, then `Accept` with its weights (RFC 9110, 12.5.1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from starlette.requests import Request

from api.faults import Fault
from api.problems import Problem
from api.texts import quality


@dataclass(frozen=True, slots=True)
class Medium:
    """A form of an answer: its name for `f=` and its media type."""

    name: str
    type: str


JSON = Medium("json", "application/json")
GEOJSON = Medium("geojson", "application/geo+json")
HTML = Medium("html", "text/html; charset=utf-8")


def negotiation(*offers: Medium) -> Callable[..., Medium]:
    """A dependency that yields the medium to answer in; the first offer is the one for callers that do not care.

    It raises a problem: 400 for an `f` that is not offered, 406 where `Accept` leaves nothing.
    """
    names = ", ".join(offer.name for offer in offers)

    def medium(
        request: Request,
        f: Annotated[str | None, Query(description=f"Form of the answer, over Accept: {names}")] = None,
    ) -> Medium:
        if f is None:
            return accepted(request.headers.get("accept"), offers)
        for offer in offers:
            if offer.name == f:
                return offer
        raise Problem("invalid-parameter", errors=[Fault("parameter.choice", {"allowed": names}, "f")])

    return medium


def accepted(accept: str | None, offers: Sequence[Medium]) -> Medium:
    """The offer with the greatest weight, the earlier one on ties. Raises the problem `not-acceptable`."""
    if accept is None or not accept.strip():
        return offers[0]
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    weights = [_weight(offer, ranges) for offer in offers]
    if max(weights) <= 0:
        raise Problem("not-acceptable", {"offered": ", ".join(offer.type for offer in offers)})
    return offers[weights.index(max(weights))]


def _range(part: str) -> tuple[str, float]:
    name, *parameters = part.lower().split(";")
    weights = [parameter for parameter in parameters if parameter.strip().startswith("q=")]
    return name.strip(), quality(weights[0]) if weights else 1.0


def _weight(offer: Medium, ranges: Sequence[tuple[str, float]]) -> float:
    """The weight of the most exact range that fits: `a/b` over `a/*` over `*/*`."""
    exact = offer.type.partition(";")[0]
    for wanted in (exact, exact.partition("/")[0] + "/*", "*/*"):
        fitting = [weight for name, weight in ranges if name == wanted]
        if fitting:
            return max(fitting)
    return 0.0
