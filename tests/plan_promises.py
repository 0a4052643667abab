"""What holds whatever a planner does? Of a plan before and after a step."""

from collections import Counter
from collections.abc import Collection

import shapely
from ground_drawn import twice_area
from plan_images import gained_nodes, images, in_steps, is_exact, same_border, wkb
from planner_drawn import outer_edges

from geo.arrangement import joined
from geo.consequences import Answer
from geo.inspection import Report
from geo.lattice import is_rounded
from geo.model import Ground
from geo.redraw.board import Board, Outcome


def untouched(before: Board, after: Board, outcome: Outcome) -> None:
    """What is not told is the same object; what is amended only gained nodes; what is told is another one."""
    named = {grid.code for grid in outcome.grids} | outcome.gone
    assert before.grids.keys() - after.grids.keys() == outcome.gone
    same = [code for code, grid in before.grids.items() if code not in named and after.grids[code] is not grid]
    assert images(before, same) == images(after, same)
    assert all(grid != before.grids.get(grid.code) for grid in outcome.grids)
    outlined = {region.code for region in outcome.regions}
    assert all(wkb(after.boundary(code)) == wkb(before.boundary(code)) for code in before.regions.keys() - outlined)
    for code in outcome.amended:
        if code in before.regions:
            assert _is_same(before.boundary(code), after.boundary(code)), code
        else:
            old, new = before.grids[code], after.grids[code]
            assert (old.name, old.kind, old.region) == (new.name, new.kind, new.region)
            assert _is_same(old.shape, new.shape), code


def _is_same(old: Ground, new: Ground) -> bool:
    """Ground with more nodes. What is narrower than the lattice and was laid against itself by them is gone."""
    return gained_nodes(old, new) or _is_narrow(old, new)


def _is_narrow(old: Ground, new: Ground) -> bool:
    """Whether nothing that either has and the other has not is wider than two steps."""
    differs = shapely.symmetric_difference(in_steps(old, old), in_steps(new, old))
    return bool(shapely.is_empty(shapely.buffer(differs, -1.0)))


def whole(before: Board, after: Board, faulty: Collection[str] = ()) -> None:
    """Exact is what was exact, all on the lattice; the ground of grids is that of their boundaries.

    `faulty` are regions that others published so.
    """
    new = [grid for code, grid in after.grids.items() if before.grids.get(code) is not grid]
    gone = [before.grids[code] for code in before.grids.keys() - after.grids.keys()]
    outlined = {code for code, region in after.regions.items() if region is not before.regions[code]}
    touched = {grid.region for grid in (*new, *gone)} | outlined
    exact = {code for code in touched if is_exact(after, code)}
    assert touched - before.faulty - {*faulty} <= exact
    assert after.faulty == (before.faulty | touched) - exact
    assert all(map(is_rounded, [*(grid.shape for grid in new), *(after.boundary(code) for code in outlined)]))
    for code in exact:
        assert sum(twice_area(grid.shape) for grid in after.grids_of(code)) == twice_area(after.boundary(code))


def counted(report: Report, answer: Answer) -> None:
    """What is told is what a report tells."""
    assert {severity: n for severity, n in answer.counts.items() if n} == Counter(
        one.severity for one in report.findings if one.accepted is None
    )
    assert answer.figures == report.figures


def housed(before: Board, after: Board, report: Report, answer: Answer) -> None:
    """Nobody is lost: each building has one owner, and what one grid loses another gets."""
    buildings = after.surroundings.buildings
    assert report.figures.households == sum(one.households or 0 for one in buildings)
    assert sum(report.counts.values()) == report.figures.households_covered
    assert report.counts.keys() <= after.grids.keys()
    flow: Counter[str | None] = Counter()
    for move in answer.moved:
        assert move.start != move.end
        flow[move.start] -= move.households or 0
        flow[move.end] += move.households or 0
    for code, (was, now) in answer.households.items():
        assert (was is None, now is None) == (code not in before.grids, code not in after.grids)
        assert (now or 0) - (was or 0) == flow.pop(code, 0), code
        assert now is None or now == report.counts.get(code, 0)
    assert not any(n for code, n in flow.items() if code is not None)


def same_ground(before: Board, after: Board) -> None:
    """All of the plan's ground is what it was, but for nodes on its own border; to the square step where it has none
    more."""
    if all(after.regions[code] is region for code, region in before.regions.items()):
        return
    was, now = outer_edges(before), outer_edges(after)
    assert same_border(was, now) or _is_narrow(_ground(before), _ground(after))
    if was == now:
        ground = [sum(twice_area(board.boundary(code)) for code in board.regions) for board in (before, after)]
        assert ground[0] == ground[1]


def _ground(board: Board) -> Ground:
    """All of a plan's ground."""
    return joined([part for code in sorted(board.regions) for part in shapely.get_parts(board.boundary(code))])
