"""Where about does each stretch of a claim's border lie, so that few of its edges need be measured?

The nodes of a claim are dealt out to runs of about equal size. The distance to the box of a run is never more than that
to any of its edges: what is further than an edge that was measured already is passed by.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.edges import Floats, Numbers, spread
from geo.lattice import STEPS_PER_DEGREE
from geo.measure import degrees_m
from geo.nodes import END, Nodes

FEWEST, MOST = 2, 8
"""log2 of the runs of a claim: no ring has fewer than four nodes; their numbers must fit below single precision."""
WORTH = 2.0
"""A claim has about the root of so many times its nodes as runs: a box takes half the time of an edge."""
MARGIN = 1.0, 2.0**-23
"""Boxes are wider by so many steps and by so much of the claim's box: more than the rounding of single precision."""
SHORTER = 1 - 1e-5
"""And told distances are shorter by this."""
AT_ONCE = 1 << 17
"""Pairs of a point and a box that are worked on together: what fits into a processor's own memory."""

Singles = NDArray[np.float32]
Steps = NDArray[np.int32]
Bounds = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Points:
    """Points (n,) with a claim each: degrees, the metres in one at their latitude, and the number of the claim."""

    lon: Floats
    lat: Floats
    wide: Floats
    tall: Floats
    claim: Numbers

    @classmethod
    def of(cls, xy: NDArray[np.float64], claim: Numbers) -> "Points":
        (lon, lat), (wide, tall) = np.ascontiguousarray(xy.T), np.ascontiguousarray(degrees_m(xy[:, 1]).T)
        return cls(lon, lat, wide, tall, claim)

    def taken(self, rows: Numbers | slice) -> "Points":
        return Points(self.lon[rows], self.lat[rows], self.wide[rows], self.tall[rows], self.claim[rows])


class Runs:
    """The runs of all claims: 16 bytes each; with all else 281 bytes for a grid of 107 nodes, and 4 us to make."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes, self._size = nodes, np.diff(nodes.first)
        power = np.rint(np.log2(np.maximum(self._size, 1) * WORTH) / 2).astype(np.int64)
        self._power = np.clip(power, FEWEST, MOST)
        self._first = np.cumsum(1 << self._power) - (1 << self._power)
        rings = np.searchsorted(np.flatnonzero(nodes.across == END), nodes.first)
        self._kind = (2 * self._power + (np.diff(rings) > 1)).astype(np.int8)
        self._boxes = self._boxed()

    def alike(self, claim: Numbers) -> Iterator[tuple[Numbers, int, bool]]:
        """Rows of points, as many as are worked on together, whose claims (n,) have equally many runs: the rows, log2
        of the runs, and whether those claims may have several rings."""
        order = np.argsort(claim)  # so that what is asked of one claim is asked together
        kinds = self._kind[claim[order]]
        for kind in np.flatnonzero(np.bincount(kinds)).tolist():
            rows, power = order[kinds == kind], kind >> 1
            most = AT_ONCE >> power
            yield from ((rows[at : at + most], power, bool(kind & 1)) for at in range(0, len(rows), most))

    def bounds(self, points: Points, power: int) -> Bounds:
        """No edge of a run is nearer: (runs, n). Square metres in single precision, read as whole numbers, which are
        in the same order; the lowest `power` bits tell the run."""
        run = self._first[points.claim] + np.arange(1 << power)[:, None]
        west, south, east, north = self._nodes.box[points.claim].T
        far = _gaps(self._boxes[0], run, points.lon, west, east, points.wide)
        far += _gaps(self._boxes[1], run, points.lat, south, north, points.tall)
        told = far.view(np.int32)
        told &= -1 << power
        told |= np.arange(1 << power, dtype=np.int32)[:, None]
        return told

    def ends(self, claim: Numbers, run: Numbers, power: int | Numbers) -> tuple[Numbers, Numbers]:
        """The nodes that some runs of claims (n,) begin and end at."""
        size, first = self._size[claim], self._nodes.first[claim]
        return first + (run * size >> power), first + np.minimum((run + 1) * size >> power, size - 1)

    def _boxed(self) -> list[tuple[Singles, Singles]]:
        """West and east, south and north of each run, steps from the south-west corner of its claim's box."""
        claim, run = spread(np.zeros_like(self._first), 1 << self._power)
        begin, end = self.ends(claim, run, self._power[claim])
        box = self._nodes.box[claim].astype(np.float64).T
        found = []
        for column, corner, other in zip((self._nodes.x, self._nodes.y), box[:2], box[2:], strict=True):
            margin = MARGIN[0] + MARGIN[1] * (other - corner)
            low, high = (ends(ends.reduceat(column, begin), column[end]) for ends in (np.minimum, np.maximum))
            found.append(((low - corner - margin).astype(np.float32), (high - corner + margin).astype(np.float32)))
        return found


def _gaps(
    box: tuple[Singles, Singles], run: Numbers, place: Floats, least: Steps, most: Steps, metres: Floats
) -> Singles:
    """Square metres along an axis from places (n,) of degrees to runs (m, n)."""
    steps = place * STEPS_PER_DEGREE
    inside = np.clip(steps, least, most)
    at = (inside - least).astype(np.float32)
    gap, beyond = box[0].take(run), box[1].take(run)
    gap -= at
    np.subtract(at, beyond, out=beyond)
    np.maximum(gap, beyond, out=gap)
    gap += np.abs(steps - inside).astype(np.float32)
    np.maximum(gap, 0, out=gap)
    gap *= (metres * (SHORTER / STEPS_PER_DEGREE)).astype(np.float32)
    gap *= gap
    return gap


def packed(far: Floats, power: int) -> Bounds:
    """Square metres (n,), to be compared with `Runs.bounds`: no run that is told to be further is as near."""
    return np.asarray(far.astype(np.float32).view(np.int32) | ((1 << power) - 1))
