"""How many households have the grids of a drawn plan, and how many of them had another grid before?"""

from collections.abc import Sequence

import numpy as np

from geo.model import Building, Grid
from geo.owned import Owned, owned
from geo.raster import NOBODY


class Counts:
    """Of all that stands in a plan, as it was owned before and after it was drawn; a building counts with its owner."""

    def __init__(self, was: Owned, buildings: Sequence[Building], after: Sequence[Grid]) -> None:
        now = owned(buildings, after)
        self._households = np.maximum(now.households, 0)
        self._was = np.array([*was.codes, ""], dtype=object)[was.grid]
        self._now = np.array([*now.codes, ""], dtype=object)[now.grid]
        self._region = {grid.code: grid.region for grid in after}
        self._is_moved = (was.grid != NOBODY) & (now.grid != NOBODY) & (self._was != self._now)
        self._count = dict.fromkeys(self._region, 0)
        for code, households in zip(self._now.tolist(), self._households.tolist(), strict=True):
            if code:
                self._count[code] += households

    def households(self, code: str) -> int:
        """Of a grid."""
        return self._count[code]

    def moved(self, region: str) -> int:
        """Households of a region with another grid than before."""
        own = np.array([self._region.get(code) == region for code in self._now.tolist()], dtype=bool)
        return int(self._households[self._is_moved & own].sum())
