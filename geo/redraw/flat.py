"""Where does a lattice place near a drawn line lie in metres, and back?"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.lattice import STEPS_PER_DEGREE, Steps, to_degrees, to_steps
from geo.measure import metres_per_degree, middle_latitude

LEAST = 10.0
"""Metres in a degree that it is never less than: at the poles there would be none."""


@dataclass(frozen=True, slots=True)
class Flat:
    """Whole steps from the south-west corner of a line on the affine scale of its latitude: `origin` and `far` are the
    corners of its box in steps, `scale` metres in a step of each axis."""

    origin: NDArray[np.int64]
    far: NDArray[np.int64]
    scale: NDArray[np.float64]

    @classmethod
    def of(cls, shape: BaseGeometry) -> "Flat":
        """The plane of a shape that is not empty."""
        west, south, east, north = shapely.bounds(shape).tolist()
        corners = to_steps(np.array([(west, south), (east, north)]))
        degree = np.maximum(metres_per_degree(middle_latitude(shape)), LEAST)
        return cls(corners[0], corners[1], degree / STEPS_PER_DEGREE)

    def metres(self, steps: Steps) -> NDArray[np.float64]:
        """Metres (n, 2) of places in steps (n, 2)."""
        return np.asarray((steps - self.origin) * self.scale, dtype=np.float64)

    def steps(self, metres: NDArray[np.float64]) -> Steps:
        """The nearest lattice places (n, 2)."""
        return np.rint(metres / self.scale).astype(np.int64) + self.origin

    def box(self, reach_m: float) -> tuple[tuple[int, int], tuple[int, int]]:
        """The south-west and the north-east corner of the line's box with so many metres round it, steps."""
        reach = np.ceil(reach_m / self.scale).astype(np.int64) + 1
        (west, south), (east, north) = (self.origin - reach).tolist(), (self.far + reach).tolist()
        return (west, south), (east, north)

    def degrees_box(self, reach_m: float) -> tuple[float, float, float, float]:
        """The same as west, south, east, north in degrees."""
        (west, south), (east, north) = to_degrees(np.array(self.box(reach_m))).tolist()
        return west, south, east, north

    def flattened(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in degrees, in metres; not rounded."""
        return shapely.transform(shape, lambda xy: (xy * STEPS_PER_DEGREE - self.origin) * self.scale)
