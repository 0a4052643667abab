"""Which map squares show some ground, zoom by zoom?

Squares of Web Mercator, x from the west and y from the north, as in z/x/y addresses. A square shows a little of what
lies beyond its edge, so that nothing is cut there: ground that touches this rim touches the square.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.matrix import EXTENT, MERCATOR, RIM

LEAST_ZOOM, MOST_ZOOM = 10, 17
"""Zooms that are told: further out a district is one square, and further in every square tells the same."""
BEYOND = RIM / EXTENT
"""What a square shows beyond its edge, in parts of its side."""
QUARTERS = np.array([(0, 0), (0, 1), (1, 0), (1, 1)])

Square = tuple[int, int]
"""x, y."""


def touched(shapes: Sequence[BaseGeometry], least: int = LEAST_ZOOM, most: int = MOST_ZOOM) -> dict[int, list[Square]]:
    """The squares that show one of the shapes (lon/lat, degrees), by zoom, from the west; empty where there is none."""
    there = [shape for shape in shapes if not shape.is_empty]
    if not there:
        return {}
    tree = shapely.STRtree(shapely.transform(np.asarray(there, dtype=object), _unit))
    squares = _of_box(shapely.total_bounds(tree.geometries), least)
    found: dict[int, list[Square]] = {}
    for zoom in range(least, most + 1):
        squares = squares[_are_met(tree, squares, zoom)]
        found[zoom] = sorted((int(x), int(y)) for x, y in squares)
        squares = (2 * squares[:, None, :] + QUARTERS).reshape(-1, 2)
    return found


def _unit(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees (n, 2) to Web Mercator, with the whole world one square from (0, 0) in the north-west to (1, 1)."""
    return MERCATOR.units(xy, 0) / EXTENT


def _of_box(box: NDArray[np.float64], zoom: int) -> NDArray[np.int64]:
    """The squares (n, 2) that a box of the world and what lies beside it may be in."""
    count = 2**zoom
    low = np.floor(box[:2] * count - BEYOND).astype(np.int64).clip(0, count - 1)
    high = np.floor(box[2:] * count + BEYOND).astype(np.int64).clip(0, count - 1)
    columns, rows = (np.arange(start, end + 1) for start, end in zip(low, high, strict=True))
    return np.stack(np.meshgrid(columns, rows, indexing="ij"), axis=-1).reshape(-1, 2)


def _are_met(tree: shapely.STRtree, squares: NDArray[np.int64], zoom: int) -> NDArray[np.bool_]:
    low, high = (squares - BEYOND) / 2**zoom, (squares + 1 + BEYOND) / 2**zoom
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    met = np.zeros(len(squares), dtype=bool)
    met[tree.query(boxes, "intersects")[0]] = True
    return met
