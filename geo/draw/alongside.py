"""How much of each border between blocks runs along a line, and how much of a barrier lies on it?

Measured as `geo.draw.roadside` measures a whole plan, for each edge by itself.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.draw.borders import Borders, Figures, at
from geo.draw.roadside import NEAR_M, every, same_way, straight
from geo.plane import Plane

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Alongside:
    """Lines (n,) in metres that borders can follow, and which of them (n,) are barriers."""

    lines: Shapes
    barriers: NDArray[np.bool_]

    def of(self, borders: Borders, plane: Plane) -> tuple[Figures, Figures]:
        """Metres of each edge that follow a line (n,), and metres of barriers that lie nearest to it (n,)."""
        count = len(borders.low)
        start, end = at(borders.low, plane), at(borders.high, plane)
        pieces = straight(self.lines)
        if len(pieces) == 0:
            return np.zeros(count), np.zeros(count)
        points, edge, metres = every(start, end)
        found, line = shapely.STRtree(shapely.linestrings(pieces)).query(points, predicate="dwithin", distance=NEAR_M)
        way = end - start
        same = same_way(way[edge[found]], pieces[line, 1] - pieces[line, 0])
        follows = np.zeros(len(points), dtype=bool)
        follows[found[same]] = True
        on_line: Figures = np.bincount(edge[follows], weights=metres[follows], minlength=count).astype(np.float64)
        return on_line, self._barriers(start, end)

    def _barriers(self, start: Figures, end: Figures) -> Figures:
        pieces = straight(self.lines[self.barriers])
        if len(pieces) == 0:
            return np.zeros(len(start))
        points, _, metres = every(pieces[:, 0], pieces[:, 1])
        edges = shapely.linestrings(np.stack([start, end], axis=1))
        (point, edge), _ = shapely.STRtree(edges).query_nearest(
            points, max_distance=NEAR_M, return_distance=True, all_matches=False
        )
        return np.bincount(edge, weights=metres[point], minlength=len(start)).astype(np.float64)
