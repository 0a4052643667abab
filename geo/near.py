"""How far is each of many points from the border of a grid, and is it near?"""

import numpy as np
from numpy.typing import NDArray

from geo.edges import Floats, Numbers
from geo.index import Owners
from geo.lattice import STEPS_PER_DEGREE
from geo.measure import degrees_m
from geo.nodes import END
from geo.runs import Bounds, Points, Runs, packed

AT_ONCE = 1 << 16
"""Pairs of a point and an edge that are measured together: what fits into a processor's own memory."""
TRUE_TO = 1.02
"""The scale half-way to a place and that of the point differ by less than this, up to `NEAR_M` below 88 degrees."""
NEAR_M = 1000.0


class Borders:
    """The borders of all claims of a published state, so that points are measured together however many grids they lie
    in."""

    def __init__(self, owners: Owners) -> None:
        self._nodes = owners.nodes
        self._runs = Runs(owners.nodes)

    def distances_m(self, xy: NDArray[np.float64], claim: NDArray[np.int64]) -> NDArray[np.float64]:
        """Metres from each point (n, 2) of degrees to the border of its claim (n,), as `Owners.border_distance_m`; on
        the scale half-way between the two, whatever the distance."""
        result = np.empty(len(xy))
        for rows, power, holed in self._runs.alike(claim):
            points = Points.of(xy[rows], claim[rows])
            result[rows] = self._metres(points, self._nearest(points, self._runs.bounds(points, power), power, holed))
        return result

    def near(self, xy: NDArray[np.float64], claim: NDArray[np.int64], metres: float) -> NDArray[np.bool_]:
        """Whether `distances_m` is less than `metres`: (n,). Most points are further than that from every run's box."""
        if metres > NEAR_M:
            return self.distances_m(xy, claim) < metres
        result = np.zeros(len(xy), dtype=bool)
        for rows, power, holed in self._runs.alike(claim):
            points = Points.of(xy[rows], claim[rows])
            bounds = self._runs.bounds(points, power)
            close = np.flatnonzero(bounds.min(axis=0) <= packed(np.array([(metres * TRUE_TO) ** 2]), power))
            points = points.taken(close)
            edge = self._nearest(points, bounds[:, close], power, holed)
            result[rows[close]] = self._metres(points, edge) < metres
        return result

    def _nearest(self, points: Points, bounds: Bounds, power: int, holed: bool) -> Numbers:
        """The nearest edge of each point, the first of equals, on the affine scale of its latitude: the best edge of
        the run with the nearest box, or one of another run whose box is no further than that."""
        run = bounds.min(axis=0) & ((1 << power) - 1)
        far, edge = self._measured(points, run, power, holed)
        bounds[run, np.arange(len(run))] = np.iinfo(np.int32).max
        run, point = np.nonzero(bounds <= packed(far, power))
        others, number = self._measured(points.taken(point), run, power, holed)
        least = far.copy()
        np.minimum.at(least, point, others)
        edge[least < far] = len(self._nodes.x)
        best = np.flatnonzero(others == least[point])
        np.minimum.at(edge, point[best], number[best])
        return edge

    def _measured(self, points: Points, run: Numbers, power: int, holed: bool) -> tuple[Floats, Numbers]:
        """Square metres to the nearest edge of a run of each point's claim, and that edge, the first of equals."""
        begin, end = self._runs.ends(points.claim, run, power)
        far, edge = np.empty(len(begin)), np.empty(len(begin), dtype=np.int64)
        size = int((end - begin).max(initial=1))
        most = max(1, AT_ONCE // (size + 1))
        for at in range(0, len(begin), most):
            part = slice(at, at + most)
            node = np.minimum(begin[part] + np.arange(size + 1)[:, None], end[part])
            x, y = self._places(points.taken(part), node)
            dx, dy = np.diff(x, axis=0), np.diff(y, axis=0)
            if holed:
                dx[self._nodes.across[node[:-1]] == END] = dy[self._nodes.across[node[:-1]] == END] = 0.0
            x, y = _feet(x[:-1], y[:-1], dx, dy)
            told = x * x + y * y
            far[part] = told.min(axis=0)
            for number in range(size - 1, -1, -1):
                np.copyto(edge[part], node[number], where=told[number] == far[part])
        return far, edge

    def _metres(self, points: Points, edge: Numbers) -> Floats:
        """From each point to an edge, on the scale half-way to its foot."""
        end = edge + (self._nodes.across[edge] != END)  # the end of a ring is an edge of no length
        (x, end_x), (y, end_y) = self._places(points, np.stack([edge, end]))
        x, y = _feet(x, y, end_x - x, end_y - y)
        wide, tall = degrees_m(points.lat + y / points.tall / 2).T
        return np.asarray(np.hypot(x * wide / points.wide, y * tall / points.tall))

    def _places(self, points: Points, node: Numbers) -> tuple[Floats, Floats]:
        """Nodes (m, n), metres from the points (n,)."""
        x, y = self._nodes.x.take(node) / STEPS_PER_DEGREE, self._nodes.y.take(node) / STEPS_PER_DEGREE
        x -= points.lon
        x *= points.wide
        y -= points.lat
        y *= points.tall
        return x, y


def _feet(x: Floats, y: Floats, dx: Floats, dy: Floats) -> tuple[Floats, Floats]:
    """The place nearest to 0, 0 on the ways from x, y by dx, dy."""
    part = x * dx
    part += y * dy
    length = dx * dx
    length += dy * dy
    np.maximum(length, 1e-20, out=length)
    part /= length
    np.negative(part, out=part)
    np.maximum(part, 0.0, out=part)
    np.minimum(part, 1.0, out=part)
    dx *= part
    dx += x
    dy *= part
    dy += y
    return dx, dy
