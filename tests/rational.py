"""Which claims cover each of many points, in rational numbers, fast enough for a hundred thousand?

Floats decide a side only where their error cannot change it (Shewchuk 1997, the filter of `orient2d`); everything else
is decided in fractions. Nothing here is shared with what is tested.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.index import Claim
from geo.model import Standing

DOUBT = 1e-15
"""More than the share of both products by which their difference can err, which is a little over 3 * 2**-53."""
TINY = 1e-290
"""Products this small may have lost digits: they are asked in fractions."""


@dataclass
class Oracle:
    """The owner rule over some claims. `asked` and `doubted` count sides of edges, the latter decided in fractions."""

    claims: Sequence[Claim]
    asked: int = 0
    doubted: int = 0
    _edges: list[NDArray[np.float64]] = field(init=False)

    def __post_init__(self) -> None:
        self.claims = sorted(self.claims, key=lambda claim: (claim.standing is not Standing.PROVEN, claim.code))
        self._edges = [edges(claim.shape) for claim in self.claims]

    def covering(self, xy: NDArray[np.float64]) -> list[list[str]]:
        """Codes of the claims that cover each point (n, 2) of degrees, borders included, the owner first."""
        found: list[list[str]] = [[] for _ in xy]
        for claim, sides in zip(self.claims, self._edges, strict=True):
            west, south, east, north = claim.shape.bounds
            x, y = xy.T
            near = np.flatnonzero((west <= x) & (x <= east) & (south <= y) & (y <= north))
            for number in near[self.covers(sides, xy[near])]:
                found[number].append(claim.code)
        return found

    def covers(self, sides: NDArray[np.float64], xy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether rings, given as edges (m, 4), enclose or meet each point: crossing number, border included."""
        x, y = xy[:, 0, None], xy[:, 1, None]
        x1, y1, x2, y2 = sides.T
        crossed = (y1 <= y) != (y2 <= y)
        beside = (np.minimum(x1, x2) <= x) & (x <= np.maximum(x1, x2))
        touched = beside & (np.minimum(y1, y2) <= y) & (y <= np.maximum(y1, y2))
        point, edge = np.nonzero(crossed | touched)
        turn = self._turns(sides[edge], xy[point])
        on = np.zeros(len(xy), dtype=bool)
        on[point[(turn == 0) & touched[point, edge]]] = True
        right = crossed[point, edge] & ((turn > 0) == (sides[edge, 3] > sides[edge, 1]))
        return np.asarray(on | (np.bincount(point[right], minlength=len(xy)) % 2 == 1))

    def _turns(self, sides: NDArray[np.float64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sign of the side of its edge on which each point lies; 0 exactly on the line."""
        (x1, y1, x2, y2), (x, y) = sides.T, xy.T
        left, right = (x2 - x1) * (y - y1), (y2 - y1) * (x - x1)
        turn = left - right
        doubt = np.flatnonzero(np.abs(turn) <= DOUBT * (np.abs(left) + np.abs(right)) + TINY)
        self.asked, self.doubted = self.asked + len(turn), self.doubted + len(doubt)
        for number in doubt:
            turn[number] = exact_turn(sides[number], xy[number])
        return np.sign(turn)


def exact_turn(side: NDArray[np.float64], xy: NDArray[np.float64]) -> int:
    """The same sign in fractions."""
    x1, y1, x2, y2, x, y = map(Fraction, (*side.tolist(), *xy.tolist()))
    turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
    return (turn > 0) - (turn < 0)


def edges(shape: shapely.Geometry) -> NDArray[np.float64]:
    """Start and end of each edge of all rings of a shape, (n, 4)."""
    rings = [ring.coords for ring in shapely.get_rings(shapely.get_parts(shape))]
    return np.vstack([np.hstack([np.array(ring)[:-1], np.array(ring)[1:]]) for ring in rings])


def nasty(chance: np.random.Generator, claims: Sequence[Claim], count: int) -> NDArray[np.float64]:
    """Points to ask about, (about count, 2): at random, on nodes, on edges, and one float step beside these."""
    sides = np.vstack([edges(claim.shape) for claim in claims])
    low, high = sides[:, :2].min(axis=0), sides[:, :2].max(axis=0)
    margin = (high - low) * 0.05 + 1e-7
    anywhere = chance.uniform(low - margin, high + margin, (count // 4, 2))
    picked = sides[chance.integers(len(sides), size=count // 12)]
    a, b = picked[:, :2], picked[:, 2:]
    parts = chance.choice([0.5, 0.25, 0.75, 0.125], size=(len(a), 1))
    shares = chance.random((len(a), 1))
    some = np.vstack([a, a + (b - a) * parts, a + (b - a) * shares])
    return np.vstack([anywhere, some, *(stepped(chance, some) for _ in range(2))])


def stepped(chance: np.random.Generator, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """One float step beside each point, in x, in y or in both; beside zero the step is one that can be multiplied."""
    way = chance.choice([-np.inf, np.inf], size=xy.shape)
    beside = np.where(xy == 0, np.sign(way) * 1e-20, np.nextafter(xy, way))
    moves = np.array([(True, False), (False, True), (True, True)])[chance.integers(3, size=len(xy))]
    return np.where(moves, beside, xy)


def exactly_on(claims: Sequence[Claim], xy: NDArray[np.float64]) -> int:
    """How many of the points lie exactly on an edge or a node."""
    sides = [edges(claim.shape) for claim in claims]
    return sum(any(_meets(several, point) for several in sides) for point in xy)


def _meets(sides: NDArray[np.float64], point: NDArray[np.float64]) -> bool:
    low, high = np.minimum(sides[:, :2], sides[:, 2:]), np.maximum(sides[:, :2], sides[:, 2:])
    near = sides[((low <= point) & (point <= high)).all(axis=1)]
    return any(exact_turn(side, point) == 0 for side in near)


def pairs(several: Sequence[Sequence[str]]) -> Iterator[tuple[int, str]]:
    """Every (point, code) of some lists of codes, one list a point."""
    return ((number, code) for number, codes in enumerate(several) for code in codes)
