"""How do grids become one?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geo.arrangement import Arrangement, joined
from geo.lattice import directed_edges
from geo.measure import areas_m2
from geo.model import Grid, Ground
from geo.redraw import naming
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import Merge
from geo.redraw.refused import EditRefused, faults_of
from geo.redraw.transfer import Sheet


def made(board: Board, edit: Merge) -> Outcome:
    """One grid with the ground of all. Its code, name and kind are those of `into`, else of the one that the policy of
    codes names; where all get new codes it has the kind of the largest, and no name.

    Refuses `grids-too-few`, `several-regions` (codes), `into-not-merged` (code), `not-neighbours` (codes: those that
    the first does not reach along borders) and what `naming` refuses.
    """
    grids = [naming.grid_of(board, code) for code in dict.fromkeys(edit.grids)]
    if len(grids) < 2:
        raise EditRefused("grids-too-few")
    if len(regions := sorted({grid.region for grid in grids})) > 1:
        raise EditRefused("several-regions", faults_of(grids), codes=", ".join(regions))
    ground, fresh = _ground(grids, is_exact=regions[0] not in board.faulty)
    sheet = Sheet(board, grounds=[ground] if fresh else (), also=[grid.code for grid in grids])
    merged = replace(_kept(board, grids, edit.into), shape=sheet.grounds[0] if fresh else ground)
    for grid in grids:
        sheet.drop(grid.code)
    sheet.put(merged)
    return sheet.outcome()


def _kept(board: Board, grids: Sequence[Grid], into: str | None) -> Grid:
    """The grid that the others become part of."""
    if into is not None:
        named = [grid for grid in grids if grid.code == into]
        if not named:
            raise EditRefused("into-not-merged", code=into)
        return named[0]
    shapes = [grid.shape for grid in grids]
    keeper = naming.keeper(shapes, board)
    if keeper is not None:
        return grids[keeper]
    largest = grids[int(np.argmax(areas_m2(shapes)))]
    return replace(largest, code=naming.next_codes(board, largest.region, 1)[0], name="")


def _ground(grids: Sequence[Grid], is_exact: bool) -> tuple[Ground, bool]:
    """The ground of all, and whether it has nodes that came about where they overlap."""
    shapes = [grid.shape for grid in grids]
    made = Arrangement.noded(shapes) if is_exact else Arrangement.of(shapes)
    if apart := set(range(len(grids))) - _reached(made):
        away = [grids[n] for n in sorted(apart)]
        raise EditRefused("not-neighbours", faults_of(away), codes=", ".join(grid.code for grid in away))
    changed = any(new is not old for new, old in zip(made.shapes, shapes, strict=True))
    return joined([face.shape for face in made.faces if face.over], made.shapes[0]), changed


def _reached(made: Arrangement) -> set[int]:
    """The shapes that one gets to from the first by crossing common edges and common ground."""
    beside: dict[tuple[int, int], set[int]] = {}
    start, end, face = directed_edges([face.shape for face in made.faces])
    for a, b, n in zip(start.tolist(), end.tolist(), face.tolist(), strict=True):
        beside.setdefault((min(a, b), max(a, b)), set()).update(made.faces[n].over)
    groups = {frozenset(group) for group in beside.values()}
    found, grew = {0}, True
    while grew:
        met = set().union(*(group for group in groups if group & found))
        grew, found = not met <= found, found | met
    return found
