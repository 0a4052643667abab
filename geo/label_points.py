"""Where does the name of a shape stand?"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

CLOSE = 0.03
"""Of the side of a square as large as a shape: how near the middle of its largest round is looked for."""
ROUGH = 0.01
"""Of that side: how much simpler the shape is while it is looked for."""


def label_points(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """A place well inside each shape, which has ground: the middle of the largest round in its largest part."""
    parts, owner = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    parts = parts[np.lexsort((-shapely.area(parts), owner))]
    largest = parts[np.r_[0, np.cumsum(np.bincount(owner))[:-1]]] if len(parts) else parts
    side = np.sqrt(shapely.area(largest))
    middle = _middles(_roughly(largest, side * ROUGH), side)
    lost = ~shapely.contains_properly(largest, middle)  # what is narrower than it was made simpler by
    middle[lost] = _middles(largest[lost], side[lost])
    whole = shapely.transform(middle, np.rint)
    return list(np.where(shapely.contains_properly(largest, whole), whole, middle))


def _roughly(shapes: NDArray[np.object_], off: NDArray[np.float64]) -> NDArray[np.object_]:
    """Polygons with fewer nodes, where these still make one."""
    rough = shapely.simplify(shapes, off, preserve_topology=False)
    sound = shapely.is_valid(rough) & ~shapely.is_empty(rough) & (shapely.get_num_geometries(rough) == 1)
    return np.where(sound, rough, shapes)


def _middles(shapes: NDArray[np.object_], side: NDArray[np.float64]) -> NDArray[np.object_]:
    close = np.maximum(side * CLOSE, 0.1)
    return np.asarray(shapely.get_point(shapely.maximum_inscribed_circle(shapes, close), 0), dtype=object)
