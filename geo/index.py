"""Which grid owns a point, and which owns each of many?

Closed test and smallest code on ties, never `contains`: a point on a shared edge has one owner, the same everywhere.
Proven ground wins over provisional. The query point is not rounded. The same rule stands in SQL (`geo/store/owner.py`).
Everything is asked of flat columns of numbers, which may lie in a file that many processes share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor

import numpy as np
from numpy.typing import NDArray

from geo.cells import LOOK, Cells
from geo.crossing import Many
from geo.cutting import FEW_CELLS_AN_EDGE, cut
from geo.distance import Distances
from geo.edges import Floats, Numbers
from geo.lattice import LAT_OFFSET, LON_OFFSET, STEPS_PER_DEGREE
from geo.model import Ground, Standing
from geo.nodes import Nodes
from geo.sides import side


@dataclass(frozen=True, slots=True)
class Claim:
    """Ground that a grid claims in an edition."""

    code: str
    shape: Ground
    standing: Standing = Standing.PROVEN


class Owners:
    """The owners of all points of one published state; immutable. 15,000 grids of 100 nodes take about a second."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        ordered = sorted(claims, key=lambda claim: (claim.standing is not Standing.PROVEN, claim.code))
        proven = sum(claim.standing is Standing.PROVEN for claim in ordered)
        nodes = Nodes.among(np.asarray([claim.shape for claim in ordered], dtype=object), proven)
        self._take([claim.code for claim in ordered], proven, nodes, cut(nodes))

    @classmethod
    def ordered(cls, claims: Sequence[Claim]) -> "Owners":
        """Where others than codes say who goes first: the claims in that order; for ground that is seldom asked."""
        nodes = Nodes.among(np.asarray([claim.shape for claim in claims], dtype=object), 0)
        return cls.of([claim.code for claim in claims], len(claims), nodes, cut(nodes, FEW_CELLS_AN_EDGE))

    @classmethod
    def of(cls, codes: Sequence[str], proven: int, nodes: Nodes, cells: Cells) -> "Owners":
        """Of what was made before; `codes` in the order of the claims, `proven` of them first."""
        made = cls.__new__(cls)
        made._take(codes, proven, nodes, cells)
        return made

    def _take(self, codes: Sequence[str], proven: int, nodes: Nodes, cells: Cells) -> None:
        self.codes, self.proven, self.nodes, self.cells = codes, proven, nodes, cells
        self._bits, self._west, self._south, self._wide, self._tall = cells.frame.tolist()
        self._lists = tuple(column.data for column in (cells.base, cells.start, cells.entry))
        self._squares = tuple(column.data for column in (cells.square, cells.power, cells.begin, cells.cell))
        self._nodes = tuple(column.data for column in (nodes.x, nodes.y, nodes.of, nodes.across))
        self._distances = Distances(nodes, cells)
        self._many = Many(nodes, cells)

    @cached_property
    def claims(self) -> list[Claim]:
        """All claims with their shapes, which no lookup asks for."""
        kinds = (Standing.PROVISIONAL, Standing.PROVEN)
        return [Claim(code, self.ground(n), kinds[n < self.proven]) for n, code in enumerate(self.codes)]

    def covering(self, lon: float, lat: float) -> list[int]:
        """Numbers of the claims that cover a point, its border included, the owner first; degrees."""
        inner, border = self.about(lon, lat)
        return sorted({*inner, *border}) if border or len(inner) > 1 else inner

    def about(self, lon: float, lat: float) -> tuple[list[int], list[int]]:
        """Numbers of the claims that the point lies in, and of those on whose border it lies (which may be in both)."""
        lon, lat = (
            float(lon),
            float(lat),
        )  # a row of an array has numbers of another kind, which take five times as long
        x, y = floor(lon * STEPS_PER_DEGREE) + LON_OFFSET, floor(lat * STEPS_PER_DEGREE) + LAT_OFFSET
        column, row = (x >> self._bits) - self._west, (y >> self._bits) - self._south
        if not (0 <= column < self._wide and 0 <= row < self._tall):
            return [], []
        square, power, begin, cell = self._squares
        number = square[row * self._wide + column]
        if number < 0:
            return ([], []) if number == -1 else ([-2 - number], [])
        log = power[number]
        bits = self._bits - log
        x, y = x >> bits, y >> bits
        mask = (1 << log) - 1
        found = cell[begin[number] + ((y & mask) << log) + (x & mask)]
        if found >= -1:
            return ([found] if found >= 0 else []), []
        corner = ((x << bits) - LON_OFFSET) / STEPS_PER_DEGREE, ((y << bits) - LAT_OFFSET) / STEPS_PER_DEGREE
        return self._asked(LOOK - found, *corner, lon, lat)

    def _asked(self, number: int, west: float, south: float, lon: float, lat: float) -> tuple[list[int], list[int]]:
        """Along a way north and then east from the corner of a cell, each edge of its list that is crossed changes
        whose ground it is."""
        base, start, entry = self._lists
        xs, ys, of, across = self._nodes
        first = base[number]
        inside = set(self._crowd(LOOK - first)) if first <= LOOK else {first} if first >= 0 else set()
        border: list[int] = []
        for at in range(start[number], start[number + 1]):
            edge = entry[at]
            ax, bx = xs[edge] / STEPS_PER_DEGREE, xs[edge + 1] / STEPS_PER_DEGREE
            ay, by = ys[edge] / STEPS_PER_DEGREE, ys[edge + 1] / STEPS_PER_DEGREE
            level, upright = (ay > lat) != (by > lat), (ax >= west) != (bx >= west)
            if not (level or upright or lat in (ay, by)):
                continue
            turn = side(ax, ay, bx, by, lon, lat)
            if turn == 0 and min(ax, bx) <= lon <= max(ax, bx) and min(ay, by) <= lat <= max(ay, by):
                border += [claim for claim in (of[edge], across[edge]) if claim >= 0]
                continue
            crossed = False
            if level:
                beside = side(ax, ay, bx, by, west, lat)
                crossed = (turn < 0) != (beside < 0) if by > ay else (turn > 0) != (beside > 0)
            if upright and _is_below(ax, ay, bx, by, west, south) != _is_below(ax, ay, bx, by, west, lat):
                crossed = not crossed
            if crossed:
                inside ^= {claim for claim in (of[edge], across[edge]) if claim >= 0}
        return sorted(inside), border

    def _crowd(self, number: int) -> list[int]:
        found: list[int] = self.cells.several[self.cells.bound[number] : self.cells.bound[number + 1]].tolist()
        return found

    def owners(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """The number of the owning claim of each point (n, 2) of degrees, -1 where nobody owns; shape (n,)."""
        found, unsure = self._many.owners(xy)
        for n in unsure.tolist():
            found[n] = next(iter(self.covering(*xy[n].tolist())), -1)
        return found

    def hits(self, xy: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every pair of a point (n, 2) of degrees and a claim that covers it, border included: their numbers."""
        found, unsure = self._many.owners(xy)
        found[unsure] = -1
        sure = np.flatnonzero(found >= 0)
        several = [self.covering(*xy[n].tolist()) for n in unsure.tolist()]
        point = np.repeat(unsure, [len(claims) for claims in several])
        claim = np.array([one for claims in several for one in claims], dtype=np.int64)
        return np.concatenate([sure, point]), np.concatenate([found[sure], claim])

    def beside(self, xy: NDArray[np.float64], metres: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every pair of a point and a claim whose border comes within `metres`, or whose ground it lies in."""
        near = [self.within(lon, lat, metres) for lon, lat in xy.tolist()]
        point = np.repeat(np.arange(len(xy)), [len(found) for found in near])
        return point, np.array([number for found in near for number, _ in found], dtype=np.int64)

    def is_inner(self, number: int, lon: float, lat: float) -> bool:
        """Whether the point lies inside the claim and not on its border."""
        inner, border = self.about(lon, lat)
        return number in inner and number not in border

    def within(self, lon: float, lat: float, metres: float) -> list[tuple[int, float]]:
        """Claims no further than `metres` from the point with their distance in metres (0 inside), nearest first."""
        found = self._distances.within(lon, lat, metres) | dict.fromkeys(self.covering(lon, lat), 0.0)
        return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))

    def nearest(self, lon: float, lat: float) -> tuple[int, float] | None:
        """The claim nearest to the point and its distance in metres; None when nothing is published."""
        return self._distances.nearest(lon, lat)

    def border_distance_m(self, number: int, lon: float, lat: float) -> float:
        """Distance from the point to the claim's border, metres."""
        return self._distances.to_border(number, lon, lat)[0]

    def border(self, number: int, lon: float, lat: float) -> tuple[float, int]:
        """The same, and the claim on the other side; -1 where the nearest place is a node, or nobody alone is there."""
        return self._distances.to_border(number, lon, lat)

    def is_near(self, number: int, lon: float, lat: float, metres: float) -> bool:
        """Whether the border of a claim that covers the point comes nearer than `metres`."""
        return self._distances.is_near(number, lon, lat, metres)

    def ground(self, number: int) -> Ground:
        """The shape of a claim."""
        return self.nodes.ground(number)

    def edges_about(self, numbers: Sequence[int], lon: float, lat: float) -> tuple[Floats, Floats, Numbers]:
        """Start and end (n, 2) of all edges of some claims, metres from the point on its own scale, ground to the left,
        and the place in `numbers` of the claim each belongs to."""
        return self._distances.edges_about(numbers, lon, lat)


def _is_below(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> bool:
    """Whether the edge passes below a corner, as in `geo.corners`."""
    turn = side(ax, ay, bx, by, x, y) or (by - ay) or (bx - ax)
    return (turn > 0) == (bx > ax)
