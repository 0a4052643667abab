"""In which region does a point lie that no grid has?

The grounds of regions lie within each other, those of one depth beside each other: so each depth is asked by itself,
the deepest first.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.index import Claim, Owners
from geo.model import Ground

FEW = 16
"""Points that are asked one by one sooner than all together."""


class Grounds:
    """Regions with ground, by depth, the deepest first. `codes` of a depth are in the order of its claims."""

    def __init__(self, depths: Sequence[tuple[Sequence[str], Owners]]) -> None:
        self.depths = depths

    @classmethod
    def of(cls, shapes: Mapping[str, Ground], depth: Mapping[str, int]) -> "Grounds":
        """The ground of each region, and how many stand above it."""
        return cls([(codes, made(codes, shapes)) for codes in by_depth(shapes, depth)])

    def deepest(self, lon: float, lat: float) -> str | None:
        """The code of the deepest region that the point (degrees) lies in, its border included."""
        for codes, owners in self.depths:
            covering = owners.covering(lon, lat)
            if covering:
                return codes[covering[0]]
        return None

    def deepest_of_many(self, xy: NDArray[np.float64]) -> list[str | None]:
        """The same of each point (n, 2)."""
        if len(xy) <= FEW:
            return [self.deepest(lon, lat) for lon, lat in xy.tolist()]
        found: list[str | None] = [None] * len(xy)
        left = np.arange(len(xy))
        for codes, owners in self.depths:
            claim = owners.owners(xy[left])
            for number in np.flatnonzero(claim >= 0).tolist():
                found[left[number]] = codes[claim[number]]
            left = left[claim < 0]
        return found


def by_depth(codes: Iterable[str], depth: Mapping[str, int]) -> list[list[str]]:
    """The codes of each depth in order, the deepest first."""
    found: dict[int, list[str]] = {}
    for code in sorted(codes):
        found.setdefault(depth[code], []).append(code)
    return [found[one] for one in sorted(found, reverse=True)]


def made(codes: Sequence[str], shapes: Mapping[str, Ground]) -> Owners:
    """The regions of one depth, the smaller code first where two overlap."""
    return Owners.ordered([Claim(code, shapes[code]) for code in codes])
