"""What ground do buildings stand on, and in which piece of ground does each stand?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.draw.borders import OUTSIDE, Numbers
from geo.draw.network import TOUCHED_M2
from geo.model import Building, Ground
from geo.plane import Plane

POINT_M = 1.0
"""Radius of the ground that a building known as a point is taken to stand on."""
Shapes = NDArray[np.object_]


def footprints(buildings: Sequence[Building], plane: Plane) -> Shapes:
    """The ground in metres that buildings stand on (n,), polygons."""
    ground = plane.metres_each([one.shape for one in buildings])
    points = shapely.get_type_id(ground) == shapely.GeometryType.POINT
    ground[points] = shapely.buffer(ground[points], POINT_M, quad_segs=2)
    return ground


@dataclass(frozen=True, slots=True)
class Houses:
    """Footprints in metres (n,), polygons, and households (n,)."""

    footprints: Shapes
    households: Numbers

    @classmethod
    def of(cls, buildings: Sequence[Building], plane: Plane) -> "Houses":
        return cls(footprints(buildings, plane), np.array([one.households or 0 for one in buildings], dtype=np.int64))

    def owners(self, shapes: Sequence[Ground], plane: Plane) -> Numbers:
        """The piece of ground that has most of each footprint (n,)."""
        owner = np.full(len(self.footprints), OUTSIDE)
        if len(owner) == 0:
            return owner
        ground = plane.metres_each(shapes)
        tree = shapely.STRtree(ground)
        house, within = tree.query(self.footprints, predicate="within")
        owner[house] = within
        rest = np.flatnonzero(owner == OUTSIDE)
        house, piece = tree.query(self.footprints[rest], predicate="intersects")
        shared = shapely.area(shapely.intersection(self.footprints[rest][house], ground[piece]))
        order = np.lexsort((-piece, shared))
        owner[rest[house[order]]] = piece[order]
        return owner

    def stands(self, shapes: Sequence[Ground], plane: Plane) -> tuple[Numbers, Numbers]:
        """Each building and piece of ground that has more of it than a wall's rounding, by building."""
        ground = plane.metres_each(shapes)
        house, piece = shapely.STRtree(ground).query(self.footprints, predicate="intersects")
        much = shapely.area(shapely.intersection(self.footprints[house], ground[piece])) > TOUCHED_M2
        return house[much], piece[much]
