"""How does a piece of ground look in metres, on a plane of its own, and where does a place on it lie?

The affine scale of `geo.measure` at the ground's own latitude, from its own south-west corner: there and back is exact
to a thousandth of a lattice step.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import metres_per_degree, middle_latitude


@dataclass(frozen=True, slots=True)
class Plane:
    """`origin`: lon, lat; `scale`: metres in a degree of each."""

    origin: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def of(cls, shape: BaseGeometry) -> "Plane":
        """The plane of a shape that is not empty."""
        west, south, _, _ = shapely.bounds(shape)
        return cls(np.array([west, south]), np.array(metres_per_degree(middle_latitude(shape))))

    def metres(self, shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, lambda xy: (xy - self.origin) * self.scale)

    def metres_each(self, shapes: Sequence[BaseGeometry]) -> NDArray[np.object_]:
        """Many shapes (n,) at once, which is far faster than one by one."""
        return np.asarray(self.metres(np.array(shapes, dtype=object)), dtype=object)

    def degrees(self, shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, lambda xy: xy / self.scale + self.origin)
