"""What does a plan become on the base that is in force now, and what has to be chosen for that?

Worked out by the process at the desk, from three states: what the plan was drawn from, what it is now, and what others
published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any, Literal

import orjson
import shapely
from sqlalchemy.orm import Session

from api.edit_documents import Done, edit_document
from api.open_plans import Entry
from api.shapes import collection, feature
from api.texts import Language
from geo.conflicts import Conflict, Take
from geo.model import Region
from geo.rebase import Merged, merged
from geo.redraw.board import Board
from geo.store import plans
from geo.store.drafts import Draft
from geo.store.published import Edition
from geo.store.stale import given
from geo.three_way import State

Choices = Mapping[str, Literal["mine", "theirs"]]
"""Whose side counts, by the id of a conflict."""


@dataclass(frozen=True, slots=True)
class Rebased:
    """A plan on its new base, and the intents of that base."""

    done: Done
    base: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Places that both sides changed and about which nobody has chosen, as GeoJSON."""

    count: int
    places: dict[str, Any]


def rebased(work: Session, draft: Draft, entry: Entry, choices: Choices, language: Language) -> Rebased | Conflicts:
    """A plan on the editions in force, or what has to be chosen first. Raises RebaseRefused, EditRefused."""
    was, now = plans.editions_of(work, draft)
    board = entry.plan.board
    own = {code: board.regions[code] for code in draft.base}
    grids = {code: grid for code, grid in board.grids.items() if grid.region in own}
    mine = State(regions=own, grids=grids)
    base, theirs = _state(was, own), _state(now, own)
    found = _merged(work, board, (base, mine, theirs), choices)
    if found.open:
        return Conflicts(len(found.open), collection(conflict_feature(one) for one in found.open))
    outcome = found.outcome
    answer = entry.plan.restore(outcome.grids, outcome.gone, outcome.regions)
    told = edit_document(replace(answer, outcome=outcome), entry.plan.board, entry.sizes, language)
    told["recoded"] = [{"from": start, "to": end} for start, end in found.recoded]
    gone = {code: board.grids[code] for code in sorted(outcome.gone & board.grids.keys())}
    return Rebased(Done(Board(regions={}, grids=gone), outcome, told), {one.region: one.intent for one in now})


def conflict_feature(one: Conflict) -> dict[str, Any]:
    """A place that both sides changed: what it was, and what each of them made of it."""
    told: dict[str, Any] = {
        "conflict": name_of(one),
        "matter": one.matter.value,
        "code": one.code,
        "base": list(one.base),
        "mine": list(one.mine),
        "theirs": list(one.theirs),
    }
    return feature(None, one.shape, {**told, "area_m2": round(one.area_m2, 1), "households": one.households})


def name_of(one: Conflict) -> str:
    """What choices call a conflict: another one for anything else, so that no choice is taken for what was not seen."""
    sides = [one.matter.value, one.code, one.base, one.mine, one.theirs, shapely.to_wkb(one.shape, hex=True)]
    return f"{one.number}-{sha256(orjson.dumps(sides)).hexdigest()[:12]}"


def _merged(work: Session, board: Board, states: tuple[State, State, State], choices: Choices) -> Merged:
    """The three states as one. Choices go by number within one reckoning: what they are about is looked up first."""
    base, mine, theirs = states
    new = mine.grids.keys() - base.grids.keys()
    taken = frozenset(given(work, new) - theirs.grids.keys())
    together = partial(merged, codes=board.codes, taken=taken, buildings=board.surroundings.buildings)
    found = together(base, mine, theirs)
    chosen = {one.number: Take(choices[name]) for one in found.open if (name := name_of(one)) in choices}
    return together(base, mine, theirs, chosen) if chosen else found


def _state(editions: Sequence[Edition], own: Mapping[str, Region]) -> State:
    """Regions as they were published, called as the plan calls them."""
    return State(
        regions={one.region: replace(own[one.region], shape=one.boundary) for one in editions},
        grids={grid.code: grid for one in editions for grid in one.grids},
    )
