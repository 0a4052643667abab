"""What does a planner ask for that is nonsense? Edits that are always refused, and why."""

from dataclasses import replace

import numpy as np
import shapely
from planner_drawn import Planner, outer_edges, place_of
from shapely import LineString, Polygon

from geo.lattice import steps_of, to_degrees
from geo.redraw.board import Board
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

Refusal = tuple[Edit, frozenset[str]]
"""An edit and the reasons that may be told for its refusal."""


class Confused(Planner):
    """A planner who knows what is nonsense too."""

    def missing(self) -> Edit:
        return Merge(grids=("nobody", "nothing"))

    def illegal(self, board: Board) -> Refusal:
        """An edit that is refused, and the reasons that may be told."""
        makers = (self._missing, self._beside_all, self._not_finite, self._nonsense, self._taken, self._torn)
        return makers[int(self._chance.integers(len(makers)))](board)

    def _missing(self, board: Board) -> Refusal:
        line, ground = self._line(self._shape(board)), self.about(np.array(self._line(self._shape(board)).coords[0]))
        edits: tuple[Edit, ...] = (
            *(Split(grid="nobody", lines=(line,)), Merge(grids=(self._code(board), "nobody"))),
            *(Assign(ground=ground, grid="nobody"), Reshape(line=line, grids=(self._code(board), "nobody"))),
            *(Recode(start="nobody", end="x"), Set(grid="nobody", name="x")),
            *(Order(region="nobody", boundary=ground), Replace(region="nobody", grids=(*board.grids.values(),))),
        )
        return self.one_of(edits), frozenset({"grid-missing", "region-missing"})

    def _beside_all(self, board: Board) -> Refusal:
        """What misses everything."""
        west, south, east, north = shapely.total_bounds([one.shape for one in board.grids.values()]).tolist()
        x, y = (side * 0.9 if abs(side) > 90 else side + 9 * (1 + abs(east - west)) for side in (west, south))
        y = max(min(y, 89.0), -89.0) if abs(y - south) > abs(north - south) else -y
        line, reasons = LineString([(x, y), (x + 0.001, y + 0.001)]), {"line-misses-grid", "line-misses-border"}
        edits: tuple[Edit, ...] = (
            *(Split(grid=self._code(board), lines=(line,)), Reshape(line=line), ClaimGap(place=(x, y))),
            *(MoveNode(start=(x, y), end=(x, y)), MoveEdge(start=line, end=line)),
            Assign(ground=line.buffer(0.001), grid=self._code(board)),
        )
        return self.one_of(edits), frozenset(reasons | {"not-a-gap", "node-missing", "nothing-changes"})

    def _not_finite(self, board: Board) -> Refusal:
        """Coordinates that are none, and lines that are too long or too short."""
        bad, (x, y) = self.one_of((np.nan, np.inf, -np.inf, 1e300, 181.0)), self._line(self._shape(board)).coords[0]
        with np.errstate(invalid="ignore"):
            line, ground = LineString([(x, y), (bad, y)]), Polygon([(x, y), (bad, y), (x, y + 1), (x, y)])
        code, region = self._code(board), sorted(board.regions)[0]
        torn = replace(board.grids[code], shape=ground)
        edits: tuple[Edit, ...] = (
            *(Split(grid=code, lines=(line,)), Reshape(line=line), Assign(ground=ground, grid=code)),
            *(MoveNode(start=(x, bad), end=(x, y)), MoveNode(start=(x, y), end=(bad, y))),
            *(MoveEdge(start=line, end=line), Order(region=region, boundary=ground), ClaimGap(place=(bad, y))),
            *(Replace(region=region, grids=(torn,)), Split(grid=code, lines=(line,), snap_m=bad)),
        )
        reasons = {"line-not-finite", "line-out-of-range", "snap-out-of-range", "not-a-gap"}
        return self.one_of(edits), frozenset(reasons)

    def _nonsense(self, board: Board) -> Refusal:
        code, (x, y) = self._code(board), self._line(self._shape(board)).coords[0]
        grid, size = board.grids[code], self._unit / 1e7
        bow = Polygon([(x, y), (x + size, y + size), (x + size, y), (x, y + size)])
        region, point = grid.region, LineString([(x, y), (x, y)])
        inside = shapely.point_on_surface(grid.shape)
        edits: tuple[Edit, ...] = (
            *(Assign(ground=bow, grid=code), Order(region=region, boundary=bow)),
            *(Assign(ground=Polygon(), grid=code), Assign(ground=Polygon([(x, y), (x, y), (x, y)]), grid=code)),
            *(Split(grid=code, lines=(point,)), Merge(grids=(code, code)), Reshape(line=point, grids=(code, code))),
            *(Split(grid=code, lines=(point,), snap_m=51.0), MoveNode(start=(x, y), end=(x, y), snap_m=-1.0)),
            *(Replace(region=region, grids=()), Replace(region=region, grids=(replace(grid, shape=bow),))),
            *(Merge(grids=(code, code), into="x"), Set(grid=code, name=grid.name), Recode(start=code, end=code)),
            *(ClaimGap(place=(inside.x, inside.y), grid=code), Set(grid=code)),
        )
        reasons = {"ring-crosses", "ground-collapses", "line-too-short", "grids-too-few", "snap-out-of-range"}
        reasons |= {"grids-missing", "nothing-changes", "not-a-gap", "grid-collapses"}
        return self.one_of(edits), frozenset(reasons)

    def _taken(self, board: Board) -> Refusal:
        """Codes that are taken or none."""
        end = self.one_of((*sorted(board.codes.given), *board.regions, "", " x", "x\n", "x" * 65))
        code = self._code(board)
        same = (board.grids[code], board.grids[code])
        edit = self.one_of((Recode(start=code, end=end), Replace(region=board.grids[code].region, grids=same)))
        return edit, frozenset({"code-taken", "code-malformed", "nothing-changes"})

    def _torn(self, board: Board) -> Refusal:
        """A region of which a grid was forgotten, and a node of the plan's own border taken elsewhere."""
        code = self._code(board)
        rest = [one for one in board.grids_of(board.grids[code].region) if one.code != code]
        a, b = self.one_of(sorted(outer_edges(board)))
        ends = to_degrees(steps_of(np.array([a, b], dtype=np.uint64)))
        moved = MoveNode(start=place_of(ends[0]), end=place_of(ends[0] + 1e-5), snap_m=0.0)
        edits: tuple[Edit, ...] = (moved, Replace(region=board.grids[code].region, grids=tuple(rest), snap_m=0.0))
        return self.one_of(edits), frozenset({"outer-boundary", "not-exact", "grids-missing"})
