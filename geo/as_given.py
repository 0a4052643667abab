"""Where do drawn grids meet a boundary as it was given, with all its digits?

Grids are drawn on the lattice, a boundary mostly is not: rounding each of its nodes moves an edge by some millimetres,
and an edge of 2 km that is straight in degrees bends 4 cm in metres. Where grids go back to whoever gave the boundary,
its own nodes are put back, and the nodes that grids have on an edge of it go onto the straight line in metres.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geo.lattice import Keys, directed_edges, keys, steps_of, to_degrees, to_steps, uncancelled
from geo.model import Ground

Place: TypeAlias = tuple[float, ...]
"""lon, lat."""
DIGITS = 9
"""Decimals of a degree for nodes on an edge: a tenth of a millimetre."""
NEAR_M = 0.3
"""An edge of some kilometres moves by less."""
BESIDE_M = 0.03
"""A node so near to one of the boundary's stays where it is, so that no two change places."""


def as_given(given: Ground, shapes: Sequence[Ground]) -> list[Ground]:
    """The shapes, which together are the boundary rounded to the lattice, with the nodes on their rim led to it.

    They are what they were where that would spoil one of them.
    """
    rim = _rim(shapes)
    places = {**_on_edges(given, rim), **_own_nodes(given)}
    led = {node: places[node] for node in rim.tolist() if node in places}
    led |= _beside(given, shapes, rim)
    moved = [_moved(shape, led) for shape in shapes]
    sound = shapely.is_valid(moved).all() and shapely.coverage_is_valid(moved)
    return moved if sound else list(shapes)


def _rim(shapes: Sequence[Ground]) -> Keys:
    """The nodes of edges that only one shape has."""
    start, end, _ = directed_edges(shapes)
    low, high, _ = uncancelled(start, end, np.ones(len(start), dtype=np.int64))
    return np.unique(np.concatenate([low, high]))


def _own_nodes(given: Ground) -> dict[int, Place]:
    """The boundary's own nodes by the lattice nodes that they round to."""
    xy = shapely.get_coordinates(given)
    return dict(zip(keys(to_steps(xy)).tolist(), map(tuple, xy.tolist()), strict=True))


def _on_edges(given: Ground, rim: Keys) -> dict[int, Place]:
    """Each node on the rim by the nearest place on the boundary, which is straight between its nodes in metres."""
    plane = _Metres(given)
    lines = plane.rim(given)
    places = to_degrees(steps_of(rim))
    points = shapely.points(plane.of(places))
    corners = shapely.multipoints(shapely.get_coordinates(lines))
    clear = shapely.distance(points, corners) > BESIDE_M
    nearest = shapely.get_coordinates(shapely.shortest_line(lines, points[clear]))[::2]
    led = np.round(plane.back(nearest), DIGITS)
    return dict(zip(rim[clear].tolist(), map(tuple, led.tolist()), strict=True))


def _beside(given: Ground, shapes: Sequence[Ground], rim: Keys) -> dict[int, Place]:
    """Each node that is no further from the rim than the rim moves, by where it is when it moves with it: it must not
    come to lie on the other side."""
    plane = _Metres(given)
    nodes = np.setdiff1d(keys(to_steps(shapely.get_coordinates([*shapes]))), rim)
    places = plane.of(to_degrees(steps_of(nodes)))
    was = plane.metres(shapely.boundary(shapely.union_all([*shapes])))
    near = shapely.distance(was, shapely.points(places)) < NEAR_M
    points = shapely.points(places[near])
    rims = was, plane.rim(given)
    before, after = (shapely.get_coordinates(shapely.shortest_line(line, points))[::2] for line in rims)
    led = np.round(plane.back(places[near] + after - before), DIGITS)
    return dict(zip(nodes[near].tolist(), map(tuple, led.tolist()), strict=True))


def _moved(shape: Ground, places: Mapping[int, Place]) -> Ground:
    def there(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        nodes = keys(to_steps(xy)).tolist()
        return np.array([places.get(node, place) for node, place in zip(nodes, map(tuple, xy.tolist()), strict=True)])

    return shapely.transform(shape, there)


class _Metres:
    """Lon/lat to metres and back, by a transverse Mercator projection round the middle of a shape."""

    def __init__(self, shape: Ground) -> None:
        middle = shape.centroid
        to = f"+proj=tmerc +lat_0={middle.y:.6f} +lon_0={middle.x:.6f} +k=1 +ellps=WGS84 +units=m"
        self._way = Transformer.from_crs("EPSG:4326", to, always_xy=True)

    def of(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(self._way.transform(xy[:, 0], xy[:, 1]))

    def rim(self, shape: Ground) -> BaseGeometry:
        """The boundary of a shape, straight between its nodes in metres."""
        return self.metres(shapely.union_all(shapely.boundary(shapely.get_parts(shape))))

    def back(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(self._way.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))

    def metres(self, shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, self.of)
