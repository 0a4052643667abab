"""In which grid does a whole footprint surely lie, told without a question to an exact geometry?

The borders of all grids are drawn into cells. Where no border comes, one grid has the whole cell; a footprint that no
border touches lies where one of its corners does. Whatever is not sure by a wide margin is left to the exact way.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.edges import Edges, Floats, Numbers, Shapes, batches, spread
from geo.measure import metres_per_degree

NOBODY, UNSURE = -1, -2
"""No grid comes near; to be asked exactly."""
CELL_M = 20.0
"""Side of a cell where memory allows: about a house. Half or twice of it takes as long."""
MOST_CELLS = 1 << 22
"""Cells and pieces of borders are no more than this, whatever ground the grids span: some 100 MB while it is made. On
larger ground cells are coarser."""
CELLS_A_FOOTPRINT = 16
"""Few footprints are not worth many cells."""
WIDEST, MOST_EDGES, MOST_CORNERS = 256, 256, 64
"""Cells under a footprint, edges in them and corners of its own that are looked at one by one; those that have more are
asked exactly."""
MARGIN = 1e-3
"""How far beside an edge cells count as touched, in cells; rounding is 1e-9 of that."""
APART_DEG = 1e-9
"""Corners this far on one side of an edge's line are surely there; a tenth of a millimetre."""
ONE = 2.0**26
"""Counts the grids over a cell above their numbers, so that one sum tells both; more grids than a country has."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Cells along one axis; only those with a grid's box near them are kept, the others are as empty as the last."""

    first: float
    cell: float
    place: Numbers

    @classmethod
    def of(cls, low: Floats, high: Floats, cell: float) -> "Axis":
        """The axis over intervals (n,) of degrees; an empty cell before and behind each run of them."""
        first = float(low.min()) - 1.25 * cell
        start = ((low - first) / cell).astype(np.int64) - 1
        end = ((high - first) / cell).astype(np.int64) + 2
        open_ = np.cumsum(np.bincount(start, minlength=int(end.max()) + 1) - np.bincount(end))
        return cls(first, cell, np.maximum(np.cumsum(open_ > 0) - 1, 0))

    @property
    def count(self) -> int:
        return int(self.place[-1]) + 1

    def at(self, value: Floats) -> Numbers:
        """The number of the cell of each value; those off the map are in the empty cell beside it."""
        return self.place[np.clip((value - self.first) / self.cell, 0, len(self.place) - 1).astype(np.int64)]


class Raster:
    """Cells over sound grids (n,) with these edges, for asking where footprints lie. Not changed once it is made."""

    def __init__(self, grids: Shapes, edges: Edges, footprints: int, most_cells: int = MOST_CELLS) -> None:
        self._grids, self._tree, self._edges = grids, shapely.STRtree(grids), edges
        box = shapely.bounds(grids[~shapely.is_empty(grids)]).reshape(-1, 4)
        self.is_empty = len(box) == 0
        if self.is_empty:
            return
        self.x, self.y = _axes(box, edges, min(most_cells, CELLS_A_FOOTPRINT * footprints + 256))
        self._box = edges.box
        self._cell, self._edge = self._drawn()
        self.state = self._filled()

    def owners(self, footprints: Shapes) -> Numbers:
        """The grid that has all of each footprint (n,) and that no other touches, `NOBODY`, or `UNSURE`."""
        found = np.full(len(footprints), NOBODY if self.is_empty else UNSURE)
        if self.is_empty:
            return found
        box = shapely.bounds(footprints).reshape(-1, 4)
        there = np.flatnonzero(~np.isnan(box[:, 0]))
        west, south, east, north = box[there].T
        left, right, low, high = self.x.at(west), self.x.at(east), self.y.at(south), self.y.at(north)
        wide, tall = right - left + 1, high - low + 1
        corners = [self.state[self._at(row, column)] for row in (low, high) for column in (left, right)]
        clear = (np.minimum.reduce(corners) > UNSURE) & (wide <= 2) & (tall <= 2)
        found[there[clear]] = corners[0][clear]
        near = np.flatnonzero(~clear & (wide * tall <= WIDEST))
        cells = self._under(self._at(low[near], left[near]), wide[near], tall[near])
        found[there[near]] = self._among_edges(footprints[there[near]], *cells)
        return found

    def _at(self, row: Numbers, column: Numbers) -> Numbers:
        return row * self.x.count + column

    def _under(self, first: Numbers, wide: Numbers, tall: Numbers) -> tuple[Numbers, Numbers]:
        """Every pair of a box and an unsure cell under it: the box's number, the cell's."""
        box, at = spread(np.zeros_like(first), wide * tall)
        row, column = np.divmod(at, wide[box])
        cell = first[box] + self._at(row, column)
        unsure = self.state[cell] == UNSURE
        return box[unsure], cell[unsure]

    def _drawn(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Every pair of a cell and an edge that touches it; a few pairs too many."""
        cells, edges = [], []
        spare_x, spare_y = MARGIN * self.x.cell, MARGIN * self.y.cell
        for number, (west, south, east, north) in self._pieces():
            left, right = self.x.at(west - spare_x), self.x.at(east + spare_x)
            low, high = self.y.at(south - spare_y), self.y.at(north + spare_y)
            across, up = np.flatnonzero(right > left), np.flatnonzero(high > low)
            both = across[high[across] > low[across]]
            for row, column, own in (
                (low, left, slice(None)),
                (low, right, across),
                (high, left, up),
                (high, right, both),
            ):
                cells.append(self._at(row[own], column[own]).astype(np.int32))
                edges.append(number[own].astype(np.int32))
        return np.concatenate(cells), np.concatenate(edges)

    def _pieces(self) -> Iterator[tuple[Numbers, tuple[Floats, Floats, Floats, Floats]]]:
        """The edges, cut so that none is longer than a cell: number of the edge, west, south, east, north."""
        count = _pieces_of(self._edges, self.x.cell, self.y.cell)
        for part in batches(count):
            number, at = spread(np.zeros_like(count[part]), count[part])
            own = self._edges.taken(number + part.start)
            share = 1.0 / count[number + part.start]
            dx, dy = own.dx * share, own.dy * share
            x, y = own.x + at * dx, own.y + at * dy
            yield number + part.start, Edges(x, y, x + dx, y + dy, own.of).box

    def _filled(self) -> NDArray[np.int32]:
        """What is known of each cell: its only grid, `NOBODY`, or `UNSURE` on borders and where grids overlap.

        Along each row of middles of cells, an edge that goes down begins its grid, one that goes up ends it.
        """
        # asked of the node itself, so that the two edges at it agree on which side of a middle it lies
        nodes = self._edges.y, self._edges.end_y
        a, b = (np.ceil((y - self.y.first) / self.y.cell - 0.5).astype(np.int64) for y in nodes)
        cross = np.flatnonzero((a != b) & (self._edges.of >= 0))
        edge, row = spread(np.minimum(a, b)[cross], np.abs(b - a)[cross])
        edge = cross[edge]
        own = self._edges.taken(edge)
        part = (self.y.first + (row + 0.5) * self.y.cell - own.y) / own.dy
        column = self.x.at(own.x + part * own.dx) + 1
        weight = np.where(a > b, 1.0, -1.0)[edge] * (ONE + own.of)
        total = np.bincount(self._at(self.y.place[row], column), weight, self.x.count * self.y.count)
        np.cumsum(total, out=total)
        state = np.full(len(total), UNSURE, dtype=np.int32)
        state[total == 0] = NOBODY
        one = (total >= ONE) & (total < 2 * ONE)
        state[one] = total[one] - ONE
        state[self._cell] = UNSURE
        return state

    def _among_edges(self, footprints: Shapes, footprint: Numbers, cell: Numbers) -> Numbers:
        """The owners of footprints in those cells with borders about: those that no edge comes near have that of a
        corner."""
        slot, listed, first, size = self._listed(cell)
        xy, owner = shapely.get_coordinates(footprints, return_index=True)
        corners = np.bincount(owner, minlength=len(footprints))
        edges = np.bincount(footprint, size[slot], minlength=len(footprints))
        clear = (corners <= MOST_CORNERS) & (edges <= MOST_EDGES)
        begin, box = np.cumsum(corners) - corners, shapely.bounds(footprints).reshape(-1, 4)
        footprint, slot = footprint[clear[footprint]], slot[clear[footprint]]
        for part in batches(size[slot]):
            pair, edge = spread(first[slot[part]], size[slot[part]])
            at, near = self._beside(box, footprint[part][pair], listed[edge])
            clear[at[~_one_sided(xy, begin[at], corners[at], self._edges.taken(near))]] = False
        found = np.full(len(footprints), UNSURE)
        free = np.flatnonzero(clear)
        _, corner = spread(begin[free], corners[free])
        if len(free):
            known = self.state[self._at(self.y.at(xy[corner, 1]), self.x.at(xy[corner, 0]))]
            found[free] = np.maximum.reduceat(known, np.cumsum(corners[free]) - corners[free])
        unknown = free[found[free] == UNSURE]
        found[unknown] = self._at_points(xy[begin[unknown]])
        return found

    def _beside(self, box: Floats, at: Numbers, edge: Numbers) -> tuple[Numbers, Numbers]:
        """Those pairs of a box and an edge that may meet."""
        for axis in (0, 1):
            meets = np.flatnonzero(self._box[axis][edge] <= box[at, axis + 2] + APART_DEG)
            meets = meets[self._box[axis + 2][edge[meets]] >= box[at[meets], axis] - APART_DEG]
            at, edge = at[meets], edge[meets]
        return at, edge

    def _listed(self, cell: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """The edges of those cells, a list for each: the list of each cell, the edges, place and size of each list."""
        place = np.full(len(self.state), -1, dtype=np.int32)
        place[cell] = 0
        used = np.flatnonzero(place == 0)
        place[used] = np.arange(len(used), dtype=np.int32)
        slot = place[self._cell]
        own = np.flatnonzero(slot >= 0)
        order = own[np.argsort(slot[own], kind="stable")]
        size = np.bincount(slot[own], minlength=len(used))
        return place[cell].astype(np.int64), self._edge[order].astype(np.int64), np.cumsum(size) - size, size

    def _at_points(self, xy: Floats) -> Numbers:
        """The owner of each point (n, 2) that lies on no border, asked of the grids about it."""
        found = np.full(len(xy), NOBODY)
        point, grid = self._tree.query(shapely.points(xy))
        hit = shapely.intersects_xy(self._grids[grid], xy[point, 0], xy[point, 1])
        found[point[hit]] = grid[hit]
        found[np.bincount(point[hit], minlength=len(xy)) > 1] = UNSURE
        return found


def _axes(box: Floats, edges: Edges, most: int) -> tuple[Axis, Axis]:
    """The finest axes that keep cells, and pieces of edges beyond one for each, below `most`."""
    metre = 1 / np.array(metres_per_degree(float(np.clip((box[:, 1].min() + box[:, 3].max()) / 2, -80, 80))))
    side = CELL_M
    while True:
        x, y = (Axis.of(box[:, n], box[:, n + 2], float(side * metre[n])) for n in (0, 1))
        pieces = float(_pieces_of(edges, x.cell, y.cell).sum(dtype=np.float64)) - len(edges)
        if max(x.count * y.count, pieces) <= most:
            return x, y
        side *= max(1.1, float(np.sqrt(x.count * y.count / most)))


def _pieces_of(edges: Edges, wide: float, tall: float) -> Numbers:
    longest = np.maximum(np.abs(edges.dx) / wide, np.abs(edges.dy) / tall)
    return np.maximum(np.ceil(longest * 1.01), 1).astype(np.int64)


def _one_sided(xy: Floats, first: Numbers, size: Numbers, edges: Edges) -> NDArray[np.bool_]:
    """Whether all corners of a footprint (`size` of them from `first`) lie clearly on one side of each edge's line."""
    if len(first) == 0:
        return np.empty(0, dtype=bool)
    pair, corner = spread(first, size)
    dx, dy = edges.dx, edges.dy
    side = dx[pair] * (xy[corner, 1] - edges.y[pair]) - dy[pair] * (xy[corner, 0] - edges.x[pair])
    far, begin = APART_DEG * np.hypot(dx, dy), np.cumsum(size) - size
    return np.asarray((np.minimum.reduceat(side, begin) > far) | (np.maximum.reduceat(side, begin) < -far))
