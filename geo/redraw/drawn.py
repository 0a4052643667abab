"""What does a list of edits make of a plan's ground?

All or nothing. An edit changes ground by cutting it into faces and giving these to grids (`geo.arrangement`), or by
moving nodes in every ring that has them: either way both sides of a border change together, and the proof of
`geo.coverage`, asked of every region that was touched, only says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from shapely.geometry.base import BaseGeometry

from geo import coverage
from geo.model import Ground
from geo.noding import NodingUnsettledError
from geo.redraw import assign, gaps, merge, moves, naming, ordered, replacing, reshape, split
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import (
    Assign,
    ClaimGap,
    Edit,
    Merge,
    MoveEdge,
    MoveNode,
    Order,
    Recode,
    Replace,
    Reshape,
    Set,
    Split,
)
from geo.redraw.refused import EditRefused, Fault, faults_of

MAKERS: Final[Mapping[type[Edit], Callable[[Board, Any], Outcome]]] = {
    Split: split.made,
    Merge: merge.made,
    MoveNode: moves.node_moved,
    MoveEdge: moves.edge_moved,
    Reshape: reshape.made,
    Assign: assign.made,
    ClaimGap: gaps.claimed,
    Replace: replacing.made,
    Recode: naming.recoded,
    Set: naming.named,
    Order: ordered.made,
}


def redrawn(board: Board, edits: Sequence[Edit]) -> tuple[Board, Outcome]:
    """The board after all edits, one after the other, and what they made of it together. Raises EditRefused."""
    now, made = board, list[Outcome]()
    for number, edit in enumerate(edits):
        try:
            outcome = MAKERS[type(edit)](now, edit)
            if outcome.is_empty:
                raise EditRefused("nothing-changes")
            now, outcome = _proven(now, outcome)
        except EditRefused as error:
            error.number = number
            raise
        except NodingUnsettledError as error:
            raise EditRefused("not-settled", _places(now, edit), number) from error
        made.append(outcome)
    return now, together(board, now, made)


def _places(board: Board, edit: Edit) -> list[Fault]:
    """What an edit draws, and the grids that it names."""
    told = [getattr(edit, field.name) for field in fields(edit)]
    several = [one for value in told for one in (value if isinstance(value, tuple) else (value,))]
    drawn = [Fault("line", one) for one in several if isinstance(one, BaseGeometry)]
    return [*drawn, *faults_of(board.grids[one] for one in several if isinstance(one, str) and one in board.grids)]


def _proven(before: Board, outcome: Outcome) -> tuple[Board, Outcome]:
    """The board with an outcome, every touched region of it exact, or as faulty as it was."""
    after = before.after(outcome)
    regions = {grid.region for grid in outcome.grids} | {region.code for region in outcome.regions}
    regions |= {before.grids[code].region for code in outcome.gone if code in before.grids}
    exact = {code for code in regions if coverage.is_exact(after.boundary(code), _shapes(after, code))}
    if broken := sorted(regions - exact - before.faulty):
        faults = [Fault("region", after.boundary(code), {"code": code}) for code in broken]
        raise EditRefused("not-exact", faults, codes=", ".join(broken))
    healed = frozenset(exact & before.faulty)
    return replace(after, faulty=after.faulty - healed), replace(outcome, healed=healed)


def _shapes(board: Board, region: str) -> list[Ground]:
    return [grid.shape for grid in board.grids_of(region)]


def together(before: Board, after: Board, made: Sequence[Outcome]) -> Outcome:
    """What several outcomes are as one, from the first board to the last."""
    touched = {grid.code for one in made for grid in one.grids} | {code for one in made for code in one.gone}
    outlined = {region.code for one in made for region in one.regions}
    meant = {code for one in made for code in _meant(one)}
    grids = [after.grids[code] for code in sorted(touched & after.grids.keys())]
    grids = [grid for grid in grids if grid != before.grids.get(grid.code)]
    regions = [after.regions[code] for code in sorted(outlined) if after.regions[code] != before.regions[code]]
    named = {grid.code for grid in grids} | {region.code for region in regions}
    return Outcome(
        grids=tuple(grids),
        gone=frozenset(touched & before.grids.keys() - after.grids.keys()),
        regions=tuple(regions),
        amended=frozenset(code for one in made for code in one.amended) & named - meant,
        healed=before.faulty - after.faulty,
        drawn=tuple(line for one in made for line in one.drawn),
    )


def _meant(outcome: Outcome) -> set[str]:
    """Codes of grids and regions that did not only gain nodes."""
    named = {grid.code for grid in outcome.grids} | {region.code for region in outcome.regions}
    return named - outcome.amended
