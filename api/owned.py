"""How is the owner of a point told?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from api.people import told as told_person
from geo.book import MOST_KEPT
from geo.lookup import Answer, Candidate, Holding, Map
from geo.model import Person
from geo.store.live import Seen

RULE = "closed-smallest-code"
"""The owner rule: closed test, proven ground before provisional, smallest code on ties."""
HIDDEN = ("id", "name", "phone")
"""What the public profile does not tell of people."""


class Told:
    """What answers say of the grids and regions of one state, as JSON, made when first said."""

    def __init__(self, state: Map) -> None:
        self.state = state
        self._owners: dict[str, orjson.Fragment] = {}
        self._chains: dict[str, orjson.Fragment] = {}

    def owner(self, holding: Holding) -> orjson.Fragment:
        found = self._owners.get(holding.code)
        if found is None:
            found = orjson.Fragment(orjson.dumps(_owner(holding)))
            if len(self._owners) < MOST_KEPT:
                self._owners[holding.code] = found
        return found

    def chain(self, region: str) -> orjson.Fragment:
        """A region and those above it, from the root down; grids of one region share it."""
        found = self._chains.get(region)
        if found is None:
            found = orjson.Fragment(orjson.dumps(_chain(self.state, region)))
            if len(self._chains) < MOST_KEPT:
                self._chains[region] = found
        return found


def brief(seen: Seen, found: Answer, told: Told) -> dict[str, Any]:
    """Status and owner alone."""
    owner = found.owner
    return {
        "status": found.status.value,
        "owner": None if owner is None else told.owner(owner),
        "standing": None if owner is None else owner.standing.value,
        "publication": seen.map.publication,
        "stale": seen.stale,
    }


def document(
    seen: Seen,
    found: Answer,
    point: tuple[float, float],
    datum: str,
    *,
    told: Told | None = None,
    people: Sequence[dict[str, Any]] = (),
    warnings: Sequence[str] = (),
    as_of: str | None = None,
) -> dict[str, Any]:
    """The whole answer; `point` is WGS-84, `datum` what it came in. `as_of` is the instant that was asked about, else
    that of the publication."""
    state, owner, fallback = seen.map, found.owner, found.fallback
    told = told or Told(state)
    above = owner.region if owner else fallback.code if fallback else None
    return {
        "status": found.status.value,
        "owner": None if owner is None else told.owner(owner),
        "chain": () if above is None else told.chain(above),
        "people": people,
        "border_distance_m": _metres(found.border_distance_m),
        "neighbour": found.neighbour.code if found.neighbour else None,
        "candidates": [_candidate(one) for one in found.candidates],
        "nearest": _nearest(found.nearest),
        "fallback": {"code": fallback.code, "name": fallback.name, "level": fallback.level} if fallback else None,
        "rule": RULE,
        "datum": datum,
        "point": {"lon": point[0], "lat": point[1]},
        "warnings": warnings,
        "edition": owner.edition if owner else None,
        "standing": owner.standing.value if owner else None,
        "publication": state.publication,
        "as_of": as_of or (state.at.isoformat() if state.at else None),
        "stale": seen.stale,
        "age_s": round(seen.age_s, 1),
    }


def in_charge(persons: Sequence[Person], *, is_inner: bool) -> list[dict[str, Any]]:
    """People as the profile of the caller tells them: the public one knows that somebody is there, not who."""
    found = [told_person(person) for person in persons]
    return found if is_inner else [{**one, **dict.fromkeys(HIDDEN)} for one in found]


def answering(state: Map, found: Answer, as_of: datetime | None, *, is_inner: bool) -> Sequence[dict[str, Any]]:
    """Who answers at an instant, or now, for the owner and the regions above it; in a gap, for the region to fall back
    on."""
    if not len(state.people):
        return ()
    if found.owner is not None:
        codes = [found.owner.code, *(one.code for one in state.chain(found.owner.region))]
    else:
        codes = [one.code for one in state.chain(found.fallback.code)] if found.fallback else []
    persons = state.people.of_chain(codes, as_of or datetime.now(UTC), has_grid=found.owner is not None)
    return in_charge(persons, is_inner=is_inner)


def _candidate(one: Candidate) -> dict[str, Any]:
    code = one.holding.code if one.holding else None
    return {"code": code, "distance_m": _metres(one.distance_m), "share": one.share}


def _nearest(one: Candidate | None) -> dict[str, Any] | None:
    if one is None or one.holding is None:
        return None
    return {"code": one.holding.code, "distance_m": _metres(one.distance_m)}


def _owner(holding: Holding) -> dict[str, Any]:
    return {
        "code": holding.code,
        "name": holding.name,
        "kind": holding.kind.value,
        "households": holding.households,
        "region": holding.region,
    }


def _chain(state: Map, region: str) -> list[dict[str, str]]:
    return [{"code": one.code, "name": one.name, "level": one.level} for one in reversed(state.chain(region))]


def _metres(distance: float | None) -> float | None:
    """To the millimetre: the lattice is coarser."""
    return None if distance is None else round(distance, 3)
