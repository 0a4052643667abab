"""Which nodes and edges lie near a drawn line, and which way along them is it likely to mean?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from math import cos, dist, hypot, inf, radians
from typing import Final, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.lattice import Steps, keys, steps_of, to_steps
from geo.redraw.flat import Flat

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int64]
XY: TypeAlias = tuple[float, float]

ALONG: Final = cos(radians(20.0))
"""A line runs along an edge where the angle between them is at most 20 degrees."""
LONGER: Final = 1.5
"""A way along edges round a corner is at most so many times longer than the straight one; a right angle makes 1.42."""
ROUNDING_M: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Beside:
    """Pairs of a piece of a line and an edge that it runs along: numbers of both, where on the piece both ends of the
    edge lie (metres from its start), where the common stretch begins and ends, how far apart they are on average."""

    piece: Numbers
    edge: Numbers
    at: Floats
    low: Floats
    high: Floats
    off: Floats


class Network:
    """Edges near a line: `steps` and `xy` (metres on the plane) of the nodes (n, 2), numbers of both ends of each edge
    (m, 2)."""

    def __init__(self, ends: Steps, flat: Flat) -> None:
        """`ends` (m, 2, 2) are both ends of each edge in lattice steps; twins and edges of no length are dropped."""
        both = np.sort(keys(ends.reshape(-1, 2)).reshape(-1, 2), axis=1)
        both = both[both[:, 0] != both[:, 1]]
        nodes, number = np.unique(both, return_inverse=True)
        number = number.reshape(-1, 2)
        once = np.unique(number[:, 0] * max(len(nodes), 1) + number[:, 1])
        self.steps = steps_of(nodes)
        self.xy = flat.metres(self.steps)
        self.edge = np.column_stack(np.divmod(once, max(len(nodes), 1))).astype(np.int64)

    @classmethod
    def among(cls, shapes: Iterable[BaseGeometry], flat: Flat, reach_m: float) -> "Network":
        """The edges of rings and lines within reach of the plane's line (by its box)."""
        given = np.asarray(list(shapes), dtype=object)
        (west, south), (east, north) = flat.box(reach_m)
        if len(given):
            bounds = shapely.bounds(given)
            low, high = to_steps(bounds[:, :2]), to_steps(bounds[:, 2:])
            given = given[((low <= (east, north)) & (high >= (west, south))).all(axis=1)]
        parts = shapely.get_parts(given)
        solid = shapely.get_dimensions(parts) == 2
        chains = np.concatenate([shapely.get_rings(parts[solid]), parts[~solid]])
        xy, chain = shapely.get_coordinates(chains, return_index=True)
        steps = to_steps(xy)
        follows = np.flatnonzero(chain[1:] == chain[:-1])
        ends = np.stack([steps[follows], steps[follows + 1]], axis=1)
        near = (ends.min(axis=1) <= (east, north)) & (ends.max(axis=1) >= (west, south))
        return cls(ends[near.all(axis=1)], flat)

    @cached_property
    def edges_at(self) -> list[list[int]]:
        """The edges at each node."""
        found: list[list[int]] = [[] for _ in self.steps]
        for number, (a, b) in enumerate(self.edge.tolist()):
            found[a].append(number)
            found[b].append(number)
        return found

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.linestrings(self.xy[self.edge]) if len(self.edge) else [])

    def near(self, places: Floats, within_m: float) -> tuple[Numbers, Numbers]:
        """Pairs (number of a place, number of an edge) within so many metres of each other."""
        place, edge = self._tree.query(shapely.points(places), "dwithin", within_m)
        return place, edge

    def nearest_node(self, place: XY) -> tuple[int, float] | None:
        """The node nearest to a place and how far it is, metres; None where there is none."""
        if len(self.xy) == 0:
            return None
        away = np.hypot(*(self.xy - place).T)
        node = int(away.argmin())
        return node, float(away[node])

    def feet(self, places: Floats, edge: Numbers) -> Floats:
        """The point of each edge (n,) nearest to each place (n, 2)."""
        start, along = self.xy[self.edge[edge, 0]], self.xy[self.edge[edge, 1]] - self.xy[self.edge[edge, 0]]
        part = ((places - start) * along).sum(axis=1) / (along**2).sum(axis=1)
        return np.asarray(start + np.clip(part, 0.0, 1.0)[:, None] * along)

    def beside(self, pieces: Floats, within_m: float) -> Beside:
        """The pieces of a line (k, 2, 2) that run along edges, nowhere further from them than so many metres."""
        piece, edge = self._tree.query(shapely.linestrings(pieces), "dwithin", within_m)
        start, along = pieces[piece, 0], pieces[piece, 1] - pieces[piece, 0]
        length = np.hypot(*along.T)
        piece, edge, start = piece[length > 0], edge[length > 0], start[length > 0]
        along, length = along[length > 0] / length[length > 0, None], length[length > 0]
        ends = self.xy[self.edge[edge]] - start[:, None]
        at = (ends * along[:, None]).sum(axis=2)
        off = ends[:, :, 1] * along[:, None, 0] - ends[:, :, 0] * along[:, None, 1]
        low, high = np.maximum(at.min(axis=1), 0.0), np.minimum(at.max(axis=1), length)
        run = at[:, 1] - at[:, 0]
        slope = (off[:, 1] - off[:, 0]) / np.where(run == 0, 1.0, run)
        off_low, off_high = (off[:, 0] + slope * (where - at[:, 0]) for where in (low, high))
        flat = np.abs(run) >= ALONG * np.hypot(*(ends[:, 1] - ends[:, 0]).T)
        close = np.maximum(np.abs(off_low), np.abs(off_high)) <= within_m
        runs = flat & close & (low < high)
        apart = (np.abs(off_low) + np.abs(off_high)) / 2
        return Beside(piece[runs], edge[runs], at[runs], low[runs], high[runs], apart[runs])

    def way(
        self,
        start: Sequence[tuple[int, float]],
        goal: Sequence[tuple[int, float]],
        piece: tuple[XY, XY],
        within_m: float,
    ) -> list[int] | None:
        """The shortest way along edges within so many metres of a straight piece, as nodes; None where there is none.

        `start` and `goal` are the nodes that it may begin and end with and how far these are from where the way is come
        from and goes to, metres.
        """
        most = LONGER * dist(*piece) + 2 * within_m
        goals, best = dict(goal), inf
        heap: list[tuple[float, int, int]] = [(metres, node, -1) for node, metres in start]
        heap.sort()
        before: dict[int, int] = {}
        end = -1
        while heap:
            metres, node, source = heappop(heap)
            if metres > most or metres >= best:
                break
            if node in before or _away(self._place(node), piece) > within_m + ROUNDING_M:
                continue
            before[node] = source
            if node in goals and metres + goals[node] < best:
                best, end = metres + goals[node], node
            for other, length in self._beyond(node):
                if other not in before:
                    heappush(heap, (metres + length, other, node))
        return [*reversed([*_back(end, before)])] if end >= 0 and best <= most else None

    def _beyond(self, node: int) -> Iterator[tuple[int, float]]:
        here = self._place(node)
        for edge in self.edges_at[node]:
            a, b = self.edge[edge].tolist()
            other = b if a == node else a
            yield other, dist(here, self._place(other))

    def _place(self, node: int) -> XY:
        x, y = self.xy[node].tolist()
        return x, y


def _back(node: int, before: dict[int, int]) -> Iterator[int]:
    while node >= 0:
        yield node
        node = before[node]


def _away(place: XY, piece: tuple[XY, XY]) -> float:
    """How far a place is from a straight piece."""
    (ax, ay), (bx, by) = piece
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    part = 0.0 if length2 == 0 else min(1.0, max(0.0, ((place[0] - ax) * dx + (place[1] - ay) * dy) / length2))
    return hypot(place[0] - ax - part * dx, place[1] - ay - part * dy)
