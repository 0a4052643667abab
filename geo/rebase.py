"""What is a plan on another base: what both changed of one base, together?

By ground (`geo.three_way`). A region that one side alone changed is that side's; where both changed it, or its boundary
moved, each face has the owner that somebody gave it. Names and kinds go by code.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
import shapely

from geo import coverage
from geo.arrangement import joined
from geo.conflicts import Choices, Conflict, Take, about_ground, about_names, chosen, values_of
from geo.lineage import Kind, descents
from geo.model import Building, Grid, GridKind, Ground, Layer
from geo.places import Places
from geo.redraw.board import Board, Codes, Outcome
from geo.redraw.naming import next_codes
from geo.refusal import Refusal
from geo.spare_nodes import nodes_of, without_spare
from geo.three_way import Dispute, Holder, Matter, Overlay, Side, State, States, disputes, holders, named_and_gone

__all__ = ["Conflict", "Matter", "Merged", "RebaseRefused", "RebaseUnsettledError", "State", "Take", "merged"]

NO_CODES: Final = Codes()
Under: TypeAlias = Mapping[Holder, Sequence[int]]
"""The numbers of the pieces that a region or grid has."""


class RebaseRefused(Refusal):
    """A plan that cannot be drawn on the new base: `region-gone` (region: grids divide it no longer)."""


class RebaseUnsettledError(ValueError):
    """Whole ground on either side that is not whole together: what rounding moved was more than the faces show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The plan on its new base. `outcome` leads there from mine; `recoded` are new codes of mine that others gave too,
    and codes of grids that others gave up and that mine keeps, with what they became: no code is given twice."""

    state: State
    outcome: Outcome
    recoded: tuple[tuple[str, str], ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def open(self) -> tuple[Conflict, ...]:
        """Conflicts about which nobody has chosen."""
        return tuple(one for one in self.conflicts if one.take is None)


def merged(
    base: State,
    mine: State,
    theirs: State,
    choices: Choices = MappingProxyType({}),
    *,
    codes: Codes = NO_CODES,
    taken: AbstractSet[str] = frozenset(),
    buildings: Sequence[Building] = (),
) -> Merged:
    """Mine on the base theirs. The same three states have the same conflicts under the same numbers.

    `codes`: how codes are given. `taken`: codes given since the base that `theirs` does not have: to grids of other
    regions, or in force no more. `buildings`: whose households are told of a conflict. Raises RebaseRefused,
    EditRefused where no code is left to give, NodingUnsettledError, RebaseUnsettledError.
    """
    if gone := sorted(base.regions.keys() - theirs.regions.keys()):
        raise RebaseRefused("region-gone", region=gone[0])
    given = replace(codes, given=codes.given | taken | _all_codes((base, mine, theirs)))
    recoded = _recoded(base, mine, theirs, given, taken)
    states = base, _renamed(mine, recoded), theirs
    stirred = _stirred(states)
    overlay = Overlay.of(states, stirred)
    found = disputes(overlay, states)
    conflicts = about_ground(overlay, found, choices, buildings)
    conflicts += about_names(states, _all_codes(states), len(conflicts) + 1, choices)
    under = _under(overlay, _sides(overlay, found, choices))
    takes = {(one.matter, one.code): one.take for one in conflicts}
    state = _state(states, _calm(states, stirred) | _slim(states, stirred, _shapes(overlay, under)), takes)
    retired = _next(sorted(state.grids.keys() & base.grids.keys() - theirs.grids.keys()), state, given)
    state, recoded = _renamed(state, retired), recoded | retired
    same = {holder for holder, own in under.items() if overlay.under.get((Side.MINE, holder)) == own}
    outcome = _outcome(mine, state, same)
    outcome = replace(outcome, healed=_healed(mine, theirs, state, outcome))
    return Merged(state=state, outcome=outcome, recoded=tuple(recoded.items()), conflicts=tuple(conflicts))


def _recoded(base: State, mine: State, theirs: State, codes: Codes, taken: AbstractSet[str]) -> dict[str, str]:
    """New codes of mine that others gave too, but for the same ground, and the next free ones for them."""
    new = mine.grids.keys() - base.grids.keys()
    clashing = [code for code in new & theirs.grids.keys() if not _is_same(mine.grids[code], theirs.grids[code])]
    return _next(sorted({*clashing, *(new & taken)}), mine, codes)


def _next(codes: Iterable[str], state: State, given: Codes) -> dict[str, str]:
    """The next free codes for grids of a state."""
    found: dict[str, str] = {}
    for code in codes:
        grid = state.grids[code]
        board = Board(
            regions=state.regions,
            grids={},
            codes=replace(given, given=given.given | state.grids.keys() | {*found.values()}),
        )
        found[code] = next_codes(board, grid.region, 1)[0]
    return found


def _is_same(one: Grid, other: Grid) -> bool:
    """Whether two grids of a code are one: the same ground of the same region."""
    return one.region == other.region and {part.kind for part in descents([one], [other])} == {Kind.KEPT}


def _renamed(state: State, names: Mapping[str, str]) -> State:
    grids = (replace(grid, code=names.get(code, code)) for code, grid in state.grids.items())
    return replace(state, grids={grid.code: grid for grid in grids}) if names else state


def _all_codes(states: States) -> set[str]:
    return {code for state in states for code in state.grids}


def _stirred(states: States) -> set[str]:
    """Regions whose ground has to be put together face by face: both sides changed it, or a boundary is not what it
    was, or one gave up what the other gave a name; and those beside them, which have their nodes. None where all of
    them are as one side left them."""
    named = {states[Side.BASE].grids[code].region for code in named_and_gone(states)}
    every = {code for state in states for code in state.regions}
    base, mine, theirs = (_drawn(state, every) for state in states)
    boundaries = [{code: shape for code, (shape, _) in drawn.items()} for drawn in (base, mine, theirs)]
    moved = {code for code in every if len({one[code] for one in boundaries}) > 1}
    both = {code for code in every if base[code] not in (mine[code], theirs[code])}
    if not moved | both | named:
        return set()
    near = set[str]()
    for state in states:
        places = Places.of({code: region.shape for code, region in state.regions.items() if region.shape is not None})
        near |= places.meeting(box for code in moved | both | named if (box := places[code]))
    untouched = (all(base[code] == side[code] for code in near) for side in (mine, theirs))
    return set() if any(untouched) and not named else near


def _drawn(state: State, codes: Iterable[str]) -> dict[str, tuple[bytes, frozenset[tuple[str, bytes]]]]:
    """The boundary and the grids of each region, to be compared byte by byte."""
    grids: dict[str, set[tuple[str, bytes]]] = {code: set() for code in codes}
    for code, grid in state.grids.items():
        grids[grid.region].add((code, shapely.to_wkb(grid.shape)))
    shapes = {code: region.shape for code, region in state.regions.items()}
    return {code: (shapely.to_wkb(shapes.get(code)) or b"", frozenset(own)) for code, own in grids.items()}


def _calm(states: States, stirred: AbstractSet[str]) -> dict[Holder, Ground]:
    """The ground of all other regions: mine where I changed it, else theirs."""
    base, mine, theirs = states
    calm = theirs.regions.keys() - stirred
    was, now = (_drawn(state, state.regions.keys() | base.regions.keys()) for state in (base, mine))
    own = {code for code in calm if now.get(code, was.get(code)) != was.get(code)}
    return dict(holders(mine, own)) | dict(holders(theirs, calm - own))


def _sides(overlay: Overlay, found: Sequence[Dispute], choices: Choices) -> list[Side]:
    """Whose owner each piece gets."""
    sides = [Side.THEIRS if piece.side is None else piece.side for piece in overlay.pieces]
    for number, dispute in enumerate(found, start=1):
        for piece in dispute.pieces:
            sides[piece] = Side.MINE if choices.get(number) is Take.MINE else Side.THEIRS
    return sides


def _under(overlay: Overlay, sides: Sequence[Side]) -> dict[Holder, list[int]]:
    under: dict[Holder, list[int]] = {}
    for number, (piece, side) in enumerate(zip(overlay.pieces, sides, strict=True)):
        for holder in piece.owners[side]:
            under.setdefault(holder, []).append(number)
    return under


def _shapes(overlay: Overlay, under: Under) -> dict[Holder, Ground]:
    """The ground of the pieces that each has: as it is drawn on one side, if it is all the same there."""
    found: dict[Holder, Ground] = {}
    for holder, own in under.items():
        known = [key for side in (Side.THEIRS, Side.MINE, Side.BASE) if (key := (side, holder)) in overlay.shapes]
        same = next((key for key in known if overlay.under.get(key) == own), None)
        like = overlay.shapes[known[0]] if known else None
        found[holder] = overlay.shapes[same] if same else joined([overlay.pieces[n].shape for n in own], like)
    return found


def _slim(states: States, stirred: AbstractSet[str], shapes: Mapping[Holder, Ground]) -> dict[Holder, Ground]:
    """The ground without nodes that are there only because it was cut: those that neither side has now, or that one
    side took away. As it is on one side to the byte, where nothing else is left."""
    drawn = [dict(holders(state, stirred)) for state in states]
    base, mine, theirs = (nodes_of(own.values()) for own in drawn)
    new = np.concatenate([np.setdiff1d(mine, base), np.setdiff1d(theirs, base), np.intersect1d(mine, theirs)])
    slim = without_spare(shapes, np.unique(new))
    if any(_fits(shapes, code) and not _fits(slim, code) for code in stirred):
        slim = dict(shapes)
    for holder, shape in slim.items():
        for own in (drawn[Side.THEIRS], drawn[Side.MINE], drawn[Side.BASE]):
            if holder in own and shapely.equals_exact(own[holder], shape, 0.0):
                slim[holder] = own[holder]
                break
    return slim


def _fits(shapes: Mapping[Holder, Ground], code: str) -> bool:
    """Whether the grids of a region cover it exactly."""
    own = [shape for holder, shape in shapes.items() if holder.region == code and holder.layer is Layer.GRID]
    region = shapes.get(Holder(Layer.REGION, code, code))
    return region is not None and coverage.is_exact(region, own)


def _state(
    states: States, shapes: Mapping[Holder, Ground], takes: Mapping[tuple[Matter, str | None], Take | None]
) -> State:
    """Regions as theirs, grids by the names and kinds that each side gave them, all on their ground."""
    theirs = states[Side.THEIRS]
    regions = {
        holder.code: replace(theirs.regions[holder.code], shape=shape)
        for holder, shape in sorted(shapes.items())
        if holder.layer is Layer.REGION
    }
    grids: dict[str, Grid] = {}
    for holder, shape in sorted(shapes.items()):
        if holder.layer is Layer.GRID:
            name, kind = (
                chosen(values_of(states, matter, holder.code), takes.get((matter, holder.code)))
                for matter in (Matter.NAME, Matter.KIND)
            )
            grids[holder.code] = Grid(
                code=holder.code, name=name, kind=GridKind(kind), region=holder.region, shape=shape
            )
    return State(regions=regions, grids=grids)


def _outcome(mine: State, state: State, same: AbstractSet[Holder]) -> Outcome:
    """What leads from mine to the merged state; `same` has the same ground in both."""
    grids = [grid for code, grid in state.grids.items() if mine.grids.get(code) != grid]
    regions = [region for code, region in state.regions.items() if mine.regions[code].shape != region.shape]
    led = {grid.code for grid in grids if Holder(Layer.GRID, grid.region, grid.code) in same} & mine.grids.keys()
    named = {code for code in led if replace(state.grids[code], shape=mine.grids[code].shape) != mine.grids[code]}
    return Outcome(
        grids=tuple(grids),
        gone=frozenset(mine.grids.keys() - state.grids.keys()),
        regions=tuple(regions),
        amended=frozenset(led - named)
        | {one.code for one in regions if Holder(Layer.REGION, one.code, one.code) in same},
    )


def _healed(mine: State, theirs: State, state: State, outcome: Outcome) -> frozenset[str]:
    """Regions that the plan had faulty and that are exact now. Raises RebaseUnsettledError where two exact regions make
    one that is not."""
    touched = {grid.region for grid in outcome.grids} | {region.code for region in outcome.regions}
    touched |= {mine.grids[code].region for code in outcome.gone}
    exact = {code for code in touched if _is_exact(state, code)}
    if broken := [code for code in sorted(touched - exact) if _is_exact(mine, code) and _is_exact(theirs, code)]:
        raise RebaseUnsettledError(f"not exact after a rebase: {', '.join(broken)}")
    return frozenset(code for code in exact if not _is_exact(mine, code))


def _is_exact(state: State, code: str) -> bool:
    region = state.regions.get(code)
    own = [grid.shape for grid in state.grids.values() if grid.region == code]
    return region is not None and region.shape is not None and coverage.is_exact(region.shape, own)
