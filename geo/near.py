"""How far is each of many points from the border of a grid?"""

import numpy as np
from numpy.typing import NDArray

from geo.index import Owners
from geo.measure import degrees_m

AT_ONCE = 1 << 14
"""Pairs of a point and an edge that are measured together: what fits into a processor's own memory."""


class Borders:
    """The borders of all claims of a published state as one list of edges, so that points are measured together
    however many grids they lie in."""

    def __init__(self, owners: Owners) -> None:
        edges = [owners.edges(number) for number in range(len(owners.claims))]
        self._counts = np.array([len(start) for start, _ in edges], dtype=np.int64)
        self._first = np.cumsum(self._counts) - self._counts
        empty = np.empty((0, 2))
        self._x, self._y = np.concatenate([empty, *(start for start, _ in edges)]).T.copy()
        self._dx, self._dy = np.concatenate([empty, *(along for _, along in edges)]).T.copy()

    def distances_m(self, xy: NDArray[np.float64], claim: NDArray[np.int64]) -> NDArray[np.float64]:
        """Metres from each point (n, 2) of degrees to the border of its claim (n,), as `Owners.border_distance_m`."""
        result = np.empty(len(xy))
        if len(xy):
            pairs = np.cumsum(self._counts[claim])
            cuts = np.searchsorted(pairs, np.arange(AT_ONCE, pairs[-1], AT_ONCE))
            for part in np.split(np.arange(len(xy)), np.unique(cuts)):
                if len(part):
                    result[part] = self._measured(xy[part], claim[part])
        return result

    def _measured(self, xy: NDArray[np.float64], claim: NDArray[np.int64]) -> NDArray[np.float64]:
        """On the affine scale of each point's latitude: the foot of the point on every edge, and the nearest."""
        count = self._counts[claim]
        begin = np.cumsum(count) - count
        edge = np.arange(count.sum()) + np.repeat(self._first[claim] - begin, count)
        scale = degrees_m(xy[:, 1])
        sx, sy = np.repeat(scale[:, 0], count), np.repeat(scale[:, 1], count)
        x = (self._x[edge] - np.repeat(xy[:, 0], count)) * sx
        y = (self._y[edge] - np.repeat(xy[:, 1], count)) * sy
        dx, dy = self._dx[edge] * sx, self._dy[edge] * sy
        part = np.clip(-(x * dx + y * dy) / (dx * dx + dy * dy), 0.0, 1.0)
        x += dx * part
        y += dy * part
        return np.asarray(np.sqrt(np.minimum.reduceat(x * x + y * y, begin)))
