"""How far is a point from the borders of claims?

Edges are straight in degrees. The nearest place on each is found on the affine scale of the point's latitude; how far
that is, on the scale half-way between the two, which errs by less than 1e-5 at 20 km; beyond, by the geodesic.
"""

from collections.abc import Sequence
from math import floor, hypot, inf

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geo.cells import LOOK, Cells
from geo.edges import Floats, Numbers, distinct, spread
from geo.lattice import LAT_OFFSET, LON_OFFSET, STEPS_PER_DEGREE
from geo.measure import metres_per_degree
from geo.nodes import END, Nodes

FAR_M = 20_000.0
"""Beyond this distance a local scale does not do."""
TRIES = 16
"""Claims whose borders are measured to find the nearest one of all, nearest boxes first."""
NEAR = 0.99
"""By this share of it a distance to a box is taken shorter: it is measured on the scale of the point alone."""
FEW = 64
"""Cells that are looked at one by one sooner than all together."""
ALONE = 24
"""Edges that are measured one by one sooner than all together."""
NOTHING = np.empty(0, np.int64)
ELLIPSOID = "WGS84"


class Distances:
    """Measures from points to the borders of claims."""

    def __init__(self, nodes: Nodes, cells: Cells) -> None:
        self._nodes, self._cells = nodes, cells
        self._bits, self._west, self._south, self._wide, self._tall = cells.frame.tolist()
        self._square, self._power = cells.square.data, cells.power.data  # single values come faster of these
        self._begin, self._cell = cells.begin.data, cells.cell.data
        self._ends = tuple(column.data for column in (nodes.x, nodes.y, nodes.of, nodes.across))

    def to_border(self, claim: int, lon: float, lat: float) -> tuple[float, int]:
        """Metres from the point to the border of a claim, and the one claim on the other side of it there; -1 where the
        nearest place is a node, or not one claim alone is on the other side."""
        nodes, own = self._nodes, slice(int(self._nodes.first[claim]), int(self._nodes.first[claim + 1]))
        x, y = nodes.x[own] / STEPS_PER_DEGREE - lon, nodes.y[own] / STEPS_PER_DEGREE - lat
        ends = np.flatnonzero(nodes.across[own] == END)
        dx, dy = np.empty_like(x), np.empty_like(y)
        np.subtract(x[1:], x[:-1], out=dx[:-1])
        np.subtract(y[1:], y[:-1], out=dy[:-1])
        dx[ends] = dy[ends] = 0.0  # the end of a ring is an edge of no length
        far, foot_x, foot_y = _feet(x, y, dx, dy, *metres_per_degree(lat))
        least = int(far.argmin())
        at = float(foot_x[least]), float(foot_y[least])
        is_node = at in ((x[least], y[least]), (x[least] + dx[least], y[least] + dy[least]))
        return _metres(*at, lon, lat), -1 if is_node else int(nodes.across[own.start + least])

    def edges_about(self, claims: Sequence[int], lon: float, lat: float) -> tuple[Floats, Floats, Numbers]:
        """Start and end (n, 2) of all edges of some claims, metres from the point on its own scale, and the place in
        `claims` of the one each belongs to."""
        numbers = np.asarray(claims, dtype=np.int64)
        first = self._nodes.first[numbers]
        of, node = spread(first, self._nodes.first[numbers + 1] - first)
        xy = np.column_stack([self._nodes.x[node], self._nodes.y[node]]) / STEPS_PER_DEGREE
        metres = (xy - (lon, lat)) * metres_per_degree(lat)
        begins = np.flatnonzero(self._nodes.across[node] != END)
        return metres[begins], metres[begins + 1], of[begins]

    def is_near(self, claim: int, lon: float, lat: float, metres: float) -> bool:
        """Whether the border of a claim that the point lies in comes nearer than `metres`; most points are told by
        their cells alone."""
        nodes, edge = self._nodes, self.edges_near(lon, lat, metres)
        if len(edge) <= ALONE:
            return self._is_any_near(edge.tolist(), claim, lon, lat, metres)
        own = edge[(nodes.of[edge] == claim) | (nodes.across[edge] == claim)]
        if not len(own):
            return False
        x, y = nodes.x[own] / STEPS_PER_DEGREE - lon, nodes.y[own] / STEPS_PER_DEGREE - lat
        dx, dy = nodes.x[own + 1] / STEPS_PER_DEGREE - lon - x, nodes.y[own + 1] / STEPS_PER_DEGREE - lat - y
        far, foot_x, foot_y = _feet(x, y, dx, dy, *metres_per_degree(lat))
        least = int(far.argmin())
        return _metres(float(foot_x[least]), float(foot_y[least]), lon, lat) < metres

    def _is_any_near(self, edges: Sequence[int], claim: int, lon: float, lat: float, metres: float) -> bool:
        """`is_near` of a few edges: the same numbers, without what a call of numpy costs."""
        xs, ys, of, across = self._ends
        scale, least, found = metres_per_degree(lat), inf, (0.0, 0.0)
        for edge in edges:
            if claim not in (of[edge], across[edge]):
                continue
            x, y = xs[edge] / STEPS_PER_DEGREE - lon, ys[edge] / STEPS_PER_DEGREE - lat
            dx, dy = xs[edge + 1] / STEPS_PER_DEGREE - lon - x, ys[edge + 1] / STEPS_PER_DEGREE - lat - y
            far, *foot = _foot(x, y, dx, dy, *scale)
            if far < least:
                least, found = far, (foot[0], foot[1])
        return least < inf and _metres(*found, lon, lat) < metres

    def within(self, lon: float, lat: float, metres: float) -> dict[int, float]:
        """Metres to the border of each claim whose border is no further than `metres`."""
        nodes, edge = self._nodes, self.edges_near(lon, lat, metres)
        if not len(edge):
            return {}
        x, y = nodes.x[edge] / STEPS_PER_DEGREE - lon, nodes.y[edge] / STEPS_PER_DEGREE - lat
        dx, dy = nodes.x[edge + 1] / STEPS_PER_DEGREE - lon - x, nodes.y[edge + 1] / STEPS_PER_DEGREE - lat - y
        scale = metres_per_degree(lat)
        far, foot_x, foot_y = _feet(x, y, dx, dy, *scale)
        order = np.flatnonzero(far <= (metres * 1.001) ** 2)
        order = order[np.argsort(far[order], kind="stable")]
        found: dict[int, float] = {}
        for n in order.tolist():
            for claim in (int(nodes.of[edge[n]]), int(nodes.across[edge[n]])):
                if claim >= 0 and claim not in found:
                    found[claim] = _metres(float(foot_x[n]), float(foot_y[n]), lon, lat)
        return {claim: distance for claim, distance in found.items() if distance <= metres}

    def edges_near(self, lon: float, lat: float, metres: float) -> NDArray[np.int64]:
        """The edges, by the nodes that they begin at, of all cells that come within `metres` of the point."""
        dx, dy = metres_per_degree(lat)
        west, east = (_steps(lon + sign * metres / dx) + LON_OFFSET for sign in (-1, 1))
        south, north = (_steps(lat + sign * metres / dy) + LAT_OFFSET for sign in (-1, 1))
        found: list[NDArray[np.int32]] = []
        rows = range((south >> self._bits) - self._south, (north >> self._bits) - self._south + 1)
        columns = range((west >> self._bits) - self._west, (east >> self._bits) - self._west + 1)
        for row in range(max(rows.start, 0), min(rows.stop, self._tall)):
            for column in range(max(columns.start, 0), min(columns.stop, self._wide)):
                number = self._square[row * self._wide + column]
                if number >= 0:
                    found += self._listed(number, column, row, (west, south, east, north))
        if len(found) < 2:
            return found[0].astype(np.int64) if found else NOTHING
        return distinct(np.concatenate(found).astype(np.int64))

    def _listed(self, number: int, column: int, row: int, box: tuple[int, int, int, int]) -> list[NDArray[np.int32]]:
        """The edges in the cells of a square that a box, in steps, touches."""
        cells, log = self._cells, self._power[number]
        bits, count = self._bits - log, 1 << log
        left, low = (column + self._west) << log, (row + self._south) << log
        first, last = max((box[0] >> bits) - left, 0), min((box[2] >> bits) - left, count - 1)
        under, over = max((box[1] >> bits) - low, 0), min((box[3] >> bits) - low, count - 1)
        begin = self._begin[number]
        if (last - first + 1) * (over - under + 1) <= FEW:
            rows = range(begin + under * count, begin + over * count + 1, count)
            lists = [LOOK - n for at in rows for n in self._cell[at + first : at + last + 1] if n <= LOOK]
        else:
            square = cells.cell[begin : begin + count * count].reshape(count, count)
            several = LOOK - square[under : over + 1, first : last + 1].ravel().astype(np.int64)
            lists = several[several >= 0].tolist()
        return [cells.entry[cells.start[n] : cells.start[n + 1]] for n in lists]

    def nearest(self, lon: float, lat: float) -> tuple[int, float] | None:
        """The claim nearest to the point, the first of equals, and its distance in metres; None when there is none.

        No claim is nearer than its box.
        """
        if not len(self._nodes.box):
            return None
        west, south, east, north = self._nodes.box.T
        scale = metres_per_degree(lat)
        x = (np.clip(lon * STEPS_PER_DEGREE, west, east) / STEPS_PER_DEGREE - lon) * scale[0]
        y = (np.clip(lat * STEPS_PER_DEGREE, south, north) / STEPS_PER_DEGREE - lat) * scale[1]
        box = np.hypot(x, y)
        found = int(box.argmin())
        best = self.to_border(found, lon, lat)[0]
        others = np.flatnonzero(box * NEAR <= best)
        for claim in others[np.argsort(box[others], kind="stable")][:TRIES].tolist():
            if box[claim] * NEAR > best:
                break
            metres = self.to_border(claim, lon, lat)[0]
            best, found = min((best, found), (metres, claim))
        return found, best


def _feet(x: Floats, y: Floats, dx: Floats, dy: Floats, wide: float, tall: float) -> tuple[Floats, Floats, Floats]:
    """Square metres' worth of distance from the point to the nearest place on each edge, and that place; all degrees
    are counted from the point: the begin of each edge (x, y) and its way (dx, dy)."""
    wide, tall = wide * wide, tall * tall
    across, up = dx * wide, dy * tall
    length = dx * across + dy * up
    np.maximum(length, 1e-30, out=length)
    part = x * across + y * up
    part /= -length
    np.maximum(part, 0.0, out=part)
    np.minimum(part, 1.0, out=part)
    foot_x, foot_y = x + part * dx, y + part * dy
    return foot_x * foot_x * wide + foot_y * foot_y * tall, foot_x, foot_y


def _foot(x: float, y: float, dx: float, dy: float, wide: float, tall: float) -> tuple[float, float, float]:
    """`_feet` of one edge."""
    wide, tall = wide * wide, tall * tall
    across, up = dx * wide, dy * tall
    part = min(max((x * across + y * up) / -max(dx * across + dy * up, 1e-30), 0.0), 1.0)
    foot_x, foot_y = x + part * dx, y + part * dy
    return foot_x * foot_x * wide + foot_y * foot_y * tall, foot_x, foot_y


def _metres(x: float, y: float, lon: float, lat: float) -> float:
    """How far a place is, x and y degrees from the point: on the scale half-way, or by the geodesic."""
    wide, tall = metres_per_degree(lat + y / 2)
    found = hypot(x * wide, y * tall)
    return found if found <= FAR_M else float(Geod(ellps=ELLIPSOID).inv(lon, lat, lon + x, lat + y)[2])


def _steps(degrees: float) -> int:
    return floor(degrees * STEPS_PER_DEGREE)
