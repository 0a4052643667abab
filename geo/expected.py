"""The point is not where its reporter is: which known mistake would explain that?

Phones give GCJ-02 and hotline maps BD-09, programs convert what was converted already, forms swap the axes. Each of
these is undone in turn, and what brings the point to where it is expected is named. Nothing is corrected.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo import datum as datums
from geo.datum import WGS84, Datum, Points
from geo.measure import metres_per_degree
from geo.plausible import OTHERS
from geo.refusal import CoordinatesRefused, Value

Place: TypeAlias = Callable[[Points], NDArray[np.bool_]]
"""Which points (n, 2), lon/lat WGS-84, are where the reporter is."""

SHIFTED, TWICE, SWAPPED, NOWHERE = "expect-shifted", "expect-converted-twice", "expect-swapped", "not-in-expected"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a point may not be what its reporter meant; `id` names the text `warning.<id>`.

    `expect-shifted` and `expect-converted-twice`: `meant` (the datums that fit, in a fixed order, joined by commas) and
    `metres` (how far each is from the point as stated); all of them `given`, the stated datum.
    """

    id: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _Guess:
    id: str
    meant: str
    point: tuple[float, float]


def doubts(x: float, y: float, given: Datum, is_there: Place) -> list[Doubt]:
    """What to tell about a point that is not in its reporter's region; nothing where it is.

    `x`, `y` as given, in the datum `given`. Every known mistake that fits is named, kind by kind; `not-in-expected`
    where none does. Raises `CoordinatesRefused` for a point that the datum cannot have.
    """
    stated = datums.point_to_wgs84(x, y, given)
    if is_there(np.array([stated]))[0]:
        return []
    guesses = list(_guesses((x, y), stated, given))
    fits = is_there(np.array([guess.point for guess in guesses])) if guesses else ()
    fitting = [guess for guess, fit in zip(guesses, fits, strict=True) if fit]
    found = [_doubt(kind, [guess for guess in fitting if guess.id == kind], stated, given) for kind in _KINDS]
    return [doubt for doubt in found if doubt is not None] or [Doubt(NOWHERE, {"given": given.name})]


_KINDS = (SHIFTED, TWICE, SWAPPED)


def _guesses(raw: tuple[float, float], stated: tuple[float, float], given: Datum) -> Iterator[_Guess]:
    """What the point would be had the mistake not been made; `raw` are the numbers as they came."""
    numbers = raw if given.unit_m is None else stated
    for datum in (WGS84, *OTHERS):
        if datum != given and not (datum.is_wgs84 and (given.is_wgs84 or given.frame)):
            yield from _as_if(SHIFTED, datum.name, numbers, datum, datums.point_to_wgs84)
    if given in OTHERS:
        yield from _as_if(TWICE, given.name, stated, given, datums.point_to_wgs84)
    else:
        for datum in OTHERS:
            yield from _as_if(TWICE, datum.name, stated, datum, _forth)
    yield from _as_if(SWAPPED, given.name, (raw[1], raw[0]), given, datums.point_to_wgs84)


def _as_if(
    kind: str,
    meant: str,
    numbers: tuple[float, float],
    datum: Datum,
    convert: Callable[[float, float, Datum], tuple[float, float]],
) -> Iterator[_Guess]:
    """The guess, unless the datum cannot have such numbers."""
    try:
        yield _Guess(kind, meant, convert(*numbers, datum))
    except CoordinatesRefused:
        return


def _forth(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """Undoes one way back too many: WGS-84 that was taken for `datum` and converted to WGS-84."""
    x, y = datums.from_wgs84(np.array([[lon, lat]]), datum)[0].tolist()
    return x, y


def _doubt(kind: str, guesses: Sequence[_Guess], stated: tuple[float, float], given: Datum) -> Doubt | None:
    if not guesses:
        return None
    if kind == SWAPPED:
        return Doubt(SWAPPED, {"given": given.name})
    scale = metres_per_degree(stated[1])
    metres = [np.hypot(*((np.array(guess.point) - stated) * scale)) for guess in guesses]
    meant = ", ".join(guess.meant for guess in guesses)
    return Doubt(kind, {"given": given.name, "meant": meant, "metres": ", ".join(f"{length:.0f}" for length in metres)})
