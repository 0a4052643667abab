"""How round are grids, all of them and the worst?

Polsby and Popper, "The third criterion", Yale Law & Policy Review 9 (1991): 4 pi area / perimeter squared. Reock,
"Measuring compactness", Midwest Journal of Political Science 5 (1961): area / that of the smallest circle around. And
area / that of the convex hull. A circle has 1 in each, a square 0.79, 0.64 and 1.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

ENOUGH_POLSBY_POPPER, ENOUGH_REOCK, ENOUGH_HULL, ENOUGH_WORST = 0.70, 0.60, 0.95, 0.40
"""From here figures count in full: more cannot be had on real ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roundness:
    """Means over grids, and the worst grid's."""

    polsby_popper: float
    polsby_popper_worst: float
    reock: float
    hull: float
    hull_worst: float

    @classmethod
    def of(cls, ground: NDArray[np.object_]) -> "Roundness":
        """Of grids (n,) in metres, at least one."""
        area = shapely.area(ground)
        polsby_popper = 4 * np.pi * area / np.maximum(shapely.length(ground), 1e-9) ** 2
        reock = area / np.maximum(np.pi * shapely.minimum_bounding_radius(ground) ** 2, 1e-9)
        hull = area / np.maximum(shapely.area(shapely.convex_hull(ground)), 1e-9)
        return cls(
            polsby_popper=float(polsby_popper.mean()),
            polsby_popper_worst=float(polsby_popper.min()),
            reock=float(reock.mean()),
            hull=float(hull.mean()),
            hull_worst=float(hull.min()),
        )

    @property
    def score(self) -> float:
        """From 0 to 1: how near the three means and the worst grid come to what is enough."""
        near = (
            self.polsby_popper / ENOUGH_POLSBY_POPPER,
            self.reock / ENOUGH_REOCK,
            self.hull / ENOUGH_HULL,
            self.polsby_popper_worst / ENOUGH_WORST,
        )
        return sum(min(1.0, figure) for figure in near) / len(near)
