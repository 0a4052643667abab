"""Who owns a building or a facility that was found in a published state, and in which grids does it stand?"""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.findable import Entry
from geo.lookup import Answer, Candidate, Map, Status


@dataclass(frozen=True, slots=True)
class ThingAnswer:
    """The answer, its candidates the grids that the thing stands in with their shares of its footprint, the largest
    first (none where that is its owner alone), and ids of warnings."""

    answer: Answer
    warnings: Sequence[str] = ()


def owner_of(state: Map, entry: Entry, place: tuple[float, float]) -> ThingAnswer:
    """The owner that the state has for the thing; a declared grid that it does not stand in is a warning.

    `place` is a point in it: the border's distance is told from there. What no grid owns is a gap or outside, as a
    point is.
    """
    covering = state.owners.covering(*place)
    stands = list(entry.shares) or [(state.owners.codes[number], 1.0) for number in covering[:1]]
    candidates = [Candidate(state.by_code[code], 0.0, share) for code, share in stands]
    if entry.owner is None:
        return ThingAnswer(_without_owner(state, place, candidates))
    own = [number for number in covering if state.owners.codes[number] == entry.owner]
    codes = {code for code, _ in stands}
    answer = Answer(
        status=Status.OWNED,
        owner=state.by_code[entry.owner],
        border_distance_m=state.owners.border_distance_m(own[0], *place) if own else None,
        candidates=[] if codes == {entry.owner} else candidates,
    )
    return ThingAnswer(answer, ["declared-elsewhere"] if entry.is_elsewhere else [])


def _without_owner(state: Map, place: tuple[float, float], candidates: Sequence[Candidate]) -> Answer:
    fallback, nearest = state.fallback(*place), state.owners.nearest(*place)
    return Answer(
        status=Status.OUTSIDE if fallback is None else Status.GAP,
        candidates=candidates,
        nearest=None if nearest is None else Candidate(state.holding(nearest[0]), nearest[1]),
        fallback=fallback,
    )
