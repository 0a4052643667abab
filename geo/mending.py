"""What would the grids of a faulty region be if each face of its ground had one owner?

The region is cut along all of its edges. Ground that several have stays with one of them, ground that nobody has goes
to a grid beside it or becomes one, and what lies outside the boundary is nobody's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
import shapely
from shapely import Polygon

from geo.arrangement import Arrangement, joined
from geo.inquiry import is_missing_grid
from geo.lattice import directed_edges, steps_of, to_degrees
from geo.measure import areas_m2, degrees_m, square_metres, width_m
from geo.model import Grid, Ground
from geo.redraw.board import Board
from geo.redraw.edits import Replace

BOUNDARY: Final = 0


class Strategy(StrEnum):
    """To whom ground goes that nobody has, or that several have."""

    EDGE = "longest-edge"
    """Nobody's ground to the grid with the longest edge along it; what several share stays with the smallest."""
    HOUSEHOLDS = "fewest-households"
    """Either to the grid with the fewest households."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A region as its faces make it: the grids that go on, and the ground of new ones. Each has every node of those
    beside it."""

    grids: tuple[Grid, ...]
    new: tuple[Ground, ...]


def mended(board: Board, region: str, strategy: Strategy, counts: Mapping[str, int]) -> Replace:
    """The edit that makes a region whole; `counts` are the households of grids. Raises NodingUnsettledError.

    It is refused `not-exact` where the boundary would have to be led through nodes that it passes a step away.
    """
    found = faces_of(board, region, strategy, counts)
    made = [Grid(code="", region=region, shape=shape) for shape in found.new]
    return Replace(region=region, grids=(*found.grids, *made), snap_m=0.0, cut=True)


def faces_of(board: Board, region: str, strategy: Strategy, counts: Mapping[str, int]) -> Mended:
    """A region with one owner for each of its faces. Raises NodingUnsettledError.

    A gap that is as large as a grid becomes one; grids that lose all their ground are no more.
    """
    grids, boundary = board.grids_of(region), board.boundary(region)
    cut = Arrangement.of([boundary, *(grid.shape for grid in grids)])
    keeps = _keeper(grids, strategy, counts)
    own: list[list[Polygon]] = [[] for _ in grids]
    bare = list[Polygon]()
    for face in cut.faces:
        if BOUNDARY in face.over:
            holders = [n - 1 for n in sorted(face.over) if n != BOUNDARY]
            (own[min(holders, key=keeps)] if holders else bare).append(face.shape)
    new = _fill(own, bare, grids, strategy, counts)
    kept = [replace(grid, shape=joined(some, grid.shape)) for grid, some in zip(grids, own, strict=True) if some]
    return Mended(tuple(kept), tuple(new))


def neighbour(gap: Ground, grids: Mapping[str, Ground], strategy: Strategy, counts: Mapping[str, int]) -> list[str]:
    """The grids along a gap, the one that it should go to first; none where none has an edge in common with it."""
    lengths = {code: metres for code, shape in grids.items() if (metres := along_m(gap, shape)) > 0}
    if strategy is Strategy.HOUSEHOLDS:
        return sorted(lengths, key=lambda code: (counts.get(code, 0), -lengths[code], code))
    return sorted(lengths, key=lambda code: (-lengths[code], code))


def along_m(one: Ground, other: Ground) -> float:
    """How long the edges are, metres, that two shapes have in common in opposite directions."""
    start, end, shape = directed_edges([one, other])
    mine = np.column_stack([start[shape == 0], end[shape == 0]])
    theirs = {(b, a) for a, b in zip(start[shape == 1].tolist(), end[shape == 1].tolist(), strict=True)}
    common = mine[[pair in theirs for pair in map(tuple, mine.tolist())]]
    if len(common) == 0:
        return 0.0
    a, b = to_degrees(steps_of(common[:, 0])), to_degrees(steps_of(common[:, 1]))
    return float(np.hypot(*((b - a) * degrees_m((a[:, 1] + b[:, 1]) / 2)).T).sum())


def _keeper(grids: Sequence[Grid], strategy: Strategy, counts: Mapping[str, int]) -> Callable[[int], tuple[float, str]]:
    """The order in which grids keep ground that they share."""
    areas = areas_m2([grid.shape for grid in grids]).tolist()

    def order(number: int) -> tuple[float, str]:
        code = grids[number].code
        return (float(counts.get(code, 0)) if strategy is Strategy.HOUSEHOLDS else areas[number]), code

    return order


def _fill(
    own: list[list[Polygon]],
    bare: Sequence[Polygon],
    grids: Sequence[Grid],
    strategy: Strategy,
    counts: Mapping[str, int],
) -> list[Ground]:
    """Gives each gap to a grid beside it; those that become grids themselves."""
    new = list[Ground]()
    middle = float(np.median(areas_m2([grid.shape for grid in grids]))) if grids else 0.0
    number = {grid.code: n for n, grid in enumerate(grids)}
    beside = {code: joined(own[n]) for code, n in number.items() if own[n]}
    for gap in shapely.get_parts(joined(bare)) if bare else ():
        homes = neighbour(gap, beside, strategy, counts)
        if not homes or is_missing_grid(square_metres(gap), width_m(gap), middle):
            new.append(gap)
        else:
            own[number[homes[0]]].append(gap)
            beside[homes[0]] = joined(own[number[homes[0]]])
    return new
