"""How far is each of many points from the border of a grid?"""

import numpy as np
from numpy.typing import NDArray

from geo.edges import batches, spread
from geo.index import Owners
from geo.lattice import STEPS_PER_DEGREE
from geo.measure import degrees_m
from geo.nodes import END

AT_ONCE = 1 << 14
"""Pairs of a point and an edge that are measured together: what fits into a processor's own memory."""


class Borders:
    """The borders of all claims of a published state, so that points are measured together however many grids they lie
    in."""

    def __init__(self, owners: Owners) -> None:
        self._nodes = owners.nodes

    def distances_m(self, xy: NDArray[np.float64], claim: NDArray[np.int64]) -> NDArray[np.float64]:
        """Metres from each point (n, 2) of degrees to the border of its claim (n,), as `Owners.border_distance_m`; on
        the scale half-way between the two, whatever the distance."""
        result = np.empty(len(xy))
        first = self._nodes.first[claim]
        size = self._nodes.first[claim + 1] - first
        for part in batches(size, AT_ONCE):
            result[part] = self._measured(xy[part], first[part], size[part])
        return result

    def _measured(
        self, xy: NDArray[np.float64], first: NDArray[np.int64], size: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """On the affine scale of each point's latitude: the foot of the point on every edge, and the nearest."""
        nodes = self._nodes
        point, edge = spread(first, size)
        end = edge + (nodes.across[edge] != END)  # the end of a ring is an edge of no length
        scale = degrees_m(xy[:, 1])
        wide, tall = scale[point, 0], scale[point, 1]
        x = (nodes.x[edge] / STEPS_PER_DEGREE - xy[point, 0]) * wide
        y = (nodes.y[edge] / STEPS_PER_DEGREE - xy[point, 1]) * tall
        dx = (nodes.x[end] / STEPS_PER_DEGREE - xy[point, 0]) * wide - x
        dy = (nodes.y[end] / STEPS_PER_DEGREE - xy[point, 1]) * tall - y
        part = np.clip(-(x * dx + y * dy) / np.maximum(dx * dx + dy * dy, 1e-20), 0.0, 1.0)
        x += dx * part
        y += dy * part
        far = x * x + y * y
        begin = np.cumsum(size) - size
        least = np.minimum.reduceat(far, begin)
        foot = np.minimum.reduceat(np.where(far == least[point], np.arange(len(far)), len(far)), begin)
        half = degrees_m(xy[:, 1] + y[foot] / scale[:, 1] / 2)
        return np.asarray(np.hypot(x[foot] * half[:, 0] / scale[:, 0], y[foot] * half[:, 1] / scale[:, 1]))
