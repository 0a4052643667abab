"""What should somebody know who asks about a point that may not be the one that was meant?"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from api.asking import Asked
from api.texts import Language, text
from geo.datum import Datum
from geo.expected import NOWHERE, doubts
from geo.lookup import Answer, Map, Status


def warnings(state: Map, asked: Asked, datum: Datum, found: Answer, language: Language) -> list[str]:
    """Sentences for people; nothing is corrected.

    Without an expectation, a point outside everything is asked whether a known mistake would bring it onto the map.
    """
    told: list[str] = []
    if asked.as_of is not None and asked.as_of > datetime.now(UTC):
        told.append(text("warning.not-yet", language))
    if asked.expect is not None:
        if asked.expect not in state.regions:
            return [*told, text("warning.expect-unknown", language, region=asked.expect)]
        known = doubts(asked.position.lon, asked.position.lat, datum, lambda xy: _are_in(state, xy, asked.expect))
    elif found.status is Status.OUTSIDE and state.publication:
        known = doubts(asked.position.lon, asked.position.lat, datum, lambda xy: _are_in(state, xy, None))
        known = [doubt for doubt in known if doubt.id != NOWHERE]
    else:
        return told
    place = asked.expect or text("warning.the-map", language)
    return told + [text(f"warning.{doubt.id}", language, region=place, **doubt.values) for doubt in known]


def pending(orders: Mapping[str, Sequence[str]], found: Answer, language: Language) -> list[str]:
    """Whether another boundary was ordered where the answer lies, and by which documents; `orders` by region."""
    above = found.owner.region if found.owner else found.fallback.code if found.fallback else None
    numbers = orders.get(above, ()) if above else ()
    if not numbers:
        return []
    return [text("warning.boundary-order-pending", language, region=above or "", numbers=", ".join(numbers))]


def _are_in(state: Map, xy: NDArray[np.float64], region: str | None) -> NDArray[np.bool_]:
    """Which points lie in a region, or in any."""
    found = state.fallbacks(xy)
    if region is None:
        return np.array([one is not None for one in found])
    return np.array([one is not None and any(above.code == region for above in state.chain(one)) for one in found])
