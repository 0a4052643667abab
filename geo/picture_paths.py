"""How is a shape written as an SVG path, small and quickly?"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

THIN_PX = 0.35
"""Vertices are left out where the line moves by less than this, pixels: nobody can see it."""
MOST_VERTICES = 160_000
"""Vertices of all small shapes of one kind together: keeps a picture under some megabytes."""


def thinned(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes on the page without the vertices that a pixel cannot tell; one that would vanish stays as it is."""
    if len(shapes) == 0:
        return shapes
    thin = shapely.simplify(shapes, THIN_PX, preserve_topology=True)
    return np.where(shapely.is_empty(thin), shapes, thin)


def path(shape: BaseGeometry) -> str:
    """The `d` of an SVG path: areas closed, lines open, points nothing; one decimal of a pixel."""
    return "".join(_pieces(shape))


def within(shapes: NDArray[np.object_], most: int = MOST_VERTICES) -> NDArray[np.object_]:
    """The largest of the shapes that have no more than `most` vertices together."""
    order = np.argsort(-shapely.area(shapes) - shapely.length(shapes) * 1e-6, kind="stable")
    kept = np.cumsum(shapely.get_num_coordinates(shapes[order])) <= most
    return np.asarray(shapes[np.sort(order[kept])], dtype=object)


def _pieces(shape: BaseGeometry) -> Iterator[str]:
    for part in shapely.get_parts(shape):
        if shapely.get_dimensions(part) == 2:
            yield from (_run(shapely.get_coordinates(ring)[:-1]) + "Z" for ring in shapely.get_rings(part))
        elif shapely.get_dimensions(part) == 1:
            yield _run(shapely.get_coordinates(part))
        elif isinstance(part, shapely.GeometryCollection):
            yield from _pieces(part)


def _run(xy: Sequence[Sequence[float]] | NDArray[np.float64]) -> str:
    """`M` to the first point, then each step in whole tenths of a pixel, so that rounding never adds up."""
    tenths = np.rint(np.asarray(xy) * 10).astype(np.int64)
    steps = np.diff(tenths, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    start = f"M{_number(int(tenths[0, 0]))} {_number(int(tenths[0, 1]))}"
    return start + ("l" + " ".join(f"{_number(x)} {_number(y)}" for x, y in steps.tolist()) if len(steps) else "")


def _number(tenths: int) -> str:
    sign, whole, rest = "-" if tenths < 0 else "", *divmod(abs(tenths), 10)
    return f"{sign}{whole}" if rest == 0 else f"{sign}{whole or ''}.{rest}"
