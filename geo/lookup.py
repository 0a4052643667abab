"""Who owns a point, how sure is that, and what does a dispatcher get where nobody does?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np

from geo import shares
from geo.model import Region
from geo.state import Holding, Map

__all__ = ["NEAR_M", "STATUSES", "Accuracy", "Answer", "Candidate", "Holding", "Map", "Status", "answer"]

NEAR_M = 10.0
"""A border nearer than this makes an answer `near_boundary` where no accuracy is given, metres (a setting)."""
NEAR_SHARE = 0.05
"""Where an accuracy is given: another owner that has at least this share of the error."""
ACROSS_M = 1.0
"""How far behind the nearest border the neighbour across it may begin, metres."""
SHARE_DIGITS = 6
"""Hundreds of small shares have to sum to 1 as they are told."""


class Status(StrEnum):
    OWNED = "owned"
    NEAR_BOUNDARY = "near_boundary"
    SHARED = "shared"
    AMBIGUOUS = "ambiguous"
    GAP = "gap"
    OUTSIDE = "outside"


STATUSES = tuple(Status)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The radius, metres, that holds `level` percent of a circular normal error."""

    metres: float
    level: Literal[68, 95] = 68

    @property
    def sigma_m(self) -> float:
        return shares.sigma_m(self.metres, self.level)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A grid that may have the point, with metres to its ground and its share of the error; without a grid, ground that
    nobody owns."""

    holding: Holding | None
    distance_m: float | None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The owner of one point; metres. Candidates: the owner first, then the nearest."""

    status: Status
    owner: Holding | None = None
    border_distance_m: float | None = None
    neighbour: Holding | None = None
    candidates: Sequence[Candidate] = ()
    nearest: Candidate | None = None
    fallback: Region | None = None


def answer(state: Map, lon: float, lat: float, near_m: float = NEAR_M, accuracy: Accuracy | None = None) -> Answer:
    """The owner of a point (degrees, WGS-84) in a published state: always one of the six statuses, never silence."""
    lon, lat = float(lon), float(lat)
    inner, border = state.owners.about(lon, lat)
    covering = sorted({*inner, *border})
    if not covering:
        return _without_owner(state, lon, lat, accuracy)
    owner = covering[0]
    distance, across = state.owners.border(owner, lon, lat)
    reach = near_m if accuracy is None else shares.reach_m(accuracy.sigma_m)
    if distance >= reach and across >= 0:  # deep inside, and one other grid alone beyond the nearest border
        around, neighbour = [(owner, 0.0)], across
    else:
        around = state.owners.within(lon, lat, max(reach, distance + ACROSS_M))
        beyond = [number for number, metres in around if number != owner and metres <= distance + ACROSS_M]
        neighbour = beyond[0] if beyond else -1
        around = [pair for pair in around if pair[1] <= reach or pair[0] == owner]
    around.sort(key=lambda pair: (pair[0] != owner, pair[1], pair[0]))
    told = _shares(state, around, lon, lat, accuracy)
    return Answer(
        status=_status(state, covering, border, told[1:] if accuracy else None, distance < near_m),
        owner=state.holding(owner),
        border_distance_m=distance,
        neighbour=state.holding(neighbour) if neighbour >= 0 else None,
        candidates=_candidates(state, around, told),
    )


def owner_alone(state: Map, lon: float, lat: float, near_m: float = NEAR_M) -> Answer:
    """Status and owner of `answer`, sooner: nothing is measured where no border is about."""
    inner, border = state.owners.about(lon, lat)
    covering = sorted({*inner, *border})
    if not covering:
        fallback = state.fallback(lon, lat)
        return Answer(status=Status.OUTSIDE if fallback is None else Status.GAP, fallback=fallback)
    is_near = bool(border) or state.owners.is_near(covering[0], lon, lat, near_m)
    return Answer(status=_status(state, covering, border, None, is_near), owner=state.holding(covering[0]))


def _status(
    state: Map, covering: list[int], border: list[int], others: Sequence[float] | None, is_near: bool
) -> Status:
    """Precedence: ambiguous, shared, near_boundary, owned. Only provisional ground can be ambiguous."""
    proven = state.owners.proven
    rivals = [number for number in covering if (number < proven) is (covering[0] < proven)]
    if len(rivals) > 1:
        inner = covering[0] >= proven and any(number not in border for number in rivals)
        return Status.AMBIGUOUS if inner else Status.SHARED
    if others is not None:
        is_near = max(others, default=0.0) >= NEAR_SHARE
    return Status.NEAR_BOUNDARY if is_near else Status.OWNED


def _shares(
    state: Map, around: Sequence[tuple[int, float]], lon: float, lat: float, accuracy: Accuracy | None
) -> list[float]:
    """The share of the error of each claim; ground that several have goes to the first by the owner rule."""
    if accuracy is None:
        return []
    numbers, owners = sorted(number for number, _ in around), state.owners
    if numbers and numbers[-1] >= owners.proven:  # provisional ground may overlap
        shapes = shares.apart(np.array([owners.ground(number) for number in numbers], dtype=object))
        edges = shares.edges_of(shapes, lon, lat)
    else:
        edges = owners.edges_about(numbers, lon, lat)
    found = shares.shares(*edges, len(numbers), accuracy.sigma_m).tolist()
    told = dict(zip(numbers, found, strict=True))
    return [told[number] for number, _ in around]


def _candidates(state: Map, around: Sequence[tuple[int, float]], told: Sequence[float]) -> list[Candidate]:
    """Each grid with its share, but those without any; and nobody's ground with the rest, where that is more
    than what lies beyond reach."""
    if not told:
        return [Candidate(state.holding(number), metres) for number, metres in around]
    found = [
        Candidate(state.holding(number), metres, round(share, SHARE_DIGITS))
        for (number, metres), share in zip(around, told, strict=True)
        if round(share, SHARE_DIGITS) > 0 or metres == 0
    ]
    nobody = 1.0 - sum(told)
    return [*found, Candidate(None, None, round(nobody, SHARE_DIGITS))] if nobody > 2 * shares.BEYOND else found


def _without_owner(state: Map, lon: float, lat: float, accuracy: Accuracy | None) -> Answer:
    fallback, nearest = state.fallback(lon, lat), state.owners.nearest(lon, lat)
    candidates: list[Candidate] = []
    if accuracy is not None and nearest is not None:
        around = state.owners.within(lon, lat, shares.reach_m(accuracy.sigma_m))
        candidates = _candidates(state, around, _shares(state, around, lon, lat, accuracy))
    return Answer(
        status=Status.OUTSIDE if fallback is None else Status.GAP,
        candidates=candidates,
        nearest=None if nearest is None else Candidate(state.holding(nearest[0]), nearest[1]),
        fallback=fallback,
    )
