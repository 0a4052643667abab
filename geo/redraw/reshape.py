"""How does a drawn line become the border between two grids?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import combinations, pairwise
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from geo.arrangement import Arrangement, Face, joined
from geo.lattice import directed_edges, keys, steps_of, to_degrees, to_steps
from geo.model import Grid
from geo.redraw import naming, snapping, yielding
from geo.redraw.board import Board, Outcome
from geo.redraw.edits import Reshape
from geo.redraw.refused import EditRefused, Fault, faults_of
from geo.redraw.transfer import Sheet, less, together

Edge: TypeAlias = tuple[int, int]
"""The keys of two nodes."""


def made(board: Board, edit: Reshape) -> Outcome:
    """Between the first and the last place where the line meets the border of two grids it becomes that border: ground
    between the old one and the new one changes hands. What it encloses of other grids stays theirs.

    Refuses `line-misses-border`; `line-does-not-return` where it meets no border twice, or meets another stretch of it,
    or leaves the ground of the two in between; `several-grids` (codes) where it could mean several pairs;
    `grids-too-few`, `not-neighbours` (codes); and what `naming`, `snapping`, `Sheet` and `yielding` refuse.
    """
    stated = [naming.grid_of(board, code).code for code in edit.grids or ()]
    if edit.grids and len({*stated}) < 2:
        raise EditRefused("grids-too-few")
    line = snapping.led(edit.line, board, edit.snap_m, near=stated, cut=edit.cut)
    first, second, way = _meant(Sheet(board, [line], also=stated), stated)
    sheet = Sheet(board, [way], also=[first, second, board.grids[first].region, board.grids[second].region])
    swap = _Border.between(sheet.grids[first], sheet.grids[second]).swap(sheet.lines[0])
    if swap is None:
        raise EditRefused("line-does-not-return", [Fault("line", way)])
    _exchange(sheet, sheet.grids[first], sheet.grids[second], swap)
    outcome = sheet.outcome(sheet.lines)
    yielding.check(board, outcome, edit.cut, sheet.lines)
    return outcome


@dataclass(frozen=True, slots=True)
class _Swap:
    """The stretch of a line that becomes the border, and the faces of two grids (0 and 1) and of what lies between that
    stretch and the border as it was (2)."""

    way: LineString
    faces: Sequence[Face]

    @property
    def gained(self) -> tuple[list[Polygon], list[Polygon]]:
        """What the first gets of the second, and the other way round."""
        return self._over({1, 2}), self._over({0, 2})

    @property
    def ground(self) -> tuple[list[Polygon], list[Polygon]]:
        """All ground of each."""
        one, other = self.gained
        both = self._over({0, 1}) + self._over({0, 1, 2})
        return self._over({0}) + both + one, self._over({1}) + both + other

    def _over(self, over: set[int]) -> list[Polygon]:
        return [face.shape for face in self.faces if face.over == over]


@dataclass(frozen=True, slots=True)
class _Border:
    """The border of two grids: which nodes it leads to from each, and how far it is to them, steps."""

    grids: tuple[Grid, Grid]
    ways: Mapping[int, Mapping[int, float]]

    @classmethod
    def between(cls, first: Grid, second: Grid) -> "_Border":
        start, end, owner = directed_edges([first.shape, second.shape])
        other = set(zip(end[owner == 1].tolist(), start[owner == 1].tolist(), strict=True))
        length = np.hypot(*(steps_of(end) - steps_of(start)).T)
        ways: dict[int, dict[int, float]] = {}
        for a, b, far, n in zip(start.tolist(), end.tolist(), length.tolist(), owner.tolist(), strict=True):
            if n == 0 and (a, b) in other:
                ways.setdefault(a, {})[b] = far
                ways.setdefault(b, {})[a] = far
        return cls((first, second), ways)

    def meets(self, line: LineString) -> list[int]:
        """Where nodes of a line stand on the border."""
        return [place for place, node in enumerate(_nodes(line)) if node in self.ways]

    def swap(self, line: LineString) -> _Swap | None:
        """What the line makes of the border between the first and the last place where they meet; None where it does
        not lead from one place to another of one stretch of it over the two grids' ground."""
        nodes, meets = _nodes(line), self.meets(line)
        if not meets or nodes[meets[0]] == nodes[meets[-1]]:
            return None
        way = nodes[meets[0] : meets[-1] + 1]
        back = self._path(way[-1], way[0])
        if back is None:
            return None
        ring = [*way, *back[1:]]
        stretch, shapes = LineString(_places(way)), [grid.shape for grid in self.grids]
        between = [Polygon(_places(ring))] if len(ring) > 3 else []
        faces = Arrangement.noded([*shapes, *between], [stretch]).faces
        own = [face.shape for face in faces if face.over & {0, 1}]
        start, end, _ = directed_edges(own)
        known = set(zip(start.tolist(), end.tolist(), strict=True))
        inside = all((a, b) in known or (b, a) in known for a, b in pairwise(way))
        return _Swap(stretch, faces) if inside else None

    def _path(self, start: int, end: int) -> list[int] | None:
        """The shortest way along the border from one of its nodes to another (Dijkstra 1959); None for none."""
        open_, came = [(0.0, start, start)], dict[int, int]()
        while open_:
            far, node, before = heappop(open_)
            if node in came:
                continue
            came[node] = before
            if node == end:
                path = [end]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            for there, length in self.ways[node].items():
                heappush(open_, (far + length, there, node))
        return None


def _meant(sheet: Sheet, stated: Sequence[str]) -> tuple[str, str, LineString]:
    """The two grids whose border a line becomes, and the stretch of it that does."""
    line = sheet.lines[0]
    pairs = [(stated[0], stated[1])] if stated else _pairs(sheet, line)
    borders = [_Border.between(sheet.grids[one], sheet.grids[other]) for one, other in pairs]
    if stated and not borders[0].ways:
        raise EditRefused("not-neighbours", faults_of(sheet.grids[code] for code in stated), codes=", ".join(stated))
    if not any(border.meets(line) for border in borders):
        raise EditRefused("line-misses-border", [Fault("line", line)])
    swaps = [(pair, swap) for pair, border in zip(pairs, borders, strict=True) if (swap := border.swap(line))]
    if not swaps:
        raise EditRefused("line-does-not-return", [Fault("line", line)])
    telling = [one for one in swaps if any(one[1].gained)] or swaps[:1]
    if len(telling) > 1:
        codes = sorted({code for pair, _ in telling for code in pair})
        raise EditRefused("several-grids", faults_of(sheet.grids[code] for code in codes), codes=", ".join(codes))
    (first, second), swap = telling[0]
    return first, second, swap.way


def _pairs(sheet: Sheet, line: LineString) -> list[tuple[str, str]]:
    """Pairs of grids that have a node of the line in common."""
    codes = sorted(sheet.grids)
    on_line = set(_nodes(line))
    touched: dict[int, set[str]] = {}
    start, _, owner = directed_edges([sheet.grids[code].shape for code in codes])
    for node, n in zip(start.tolist(), owner.tolist(), strict=True):
        if node in on_line:
            touched.setdefault(node, set()).add(codes[n])
    return sorted({pair for near in touched.values() for pair in combinations(sorted(near), 2)})


def _exchange(sheet: Sheet, first: Grid, second: Grid, swap: _Swap) -> None:
    """Both grids get their new ground, and their regions where these are two."""
    if not any(swap.gained):
        return
    for grid, ground in zip((first, second), swap.ground, strict=True):
        if ground:
            sheet.put(replace(grid, shape=joined(ground, grid.shape)))
        else:
            sheet.drop(grid.code)
    if first.region != second.region:
        for_first, for_second = map(joined, swap.gained)
        for region, gained, lost in ((first.region, for_first, for_second), (second.region, for_second, for_first)):
            shape = sheet.regions[region]
            shape = shape if lost.is_empty else less(shape, lost)
            sheet.bound(region, shape if gained.is_empty else together(shape, gained))


def _nodes(line: LineString) -> list[int]:
    return [*keys(to_steps(shapely.get_coordinates(line))).tolist()]


def _places(nodes: Sequence[int]) -> NDArray[np.float64]:
    return to_degrees(steps_of(np.array(nodes, dtype=np.uint64)))
