"""How does a line go round the buildings that it would cut?"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

CLEAR_M: Final = 0.05
"""So far from a wall a line goes round a building, metres: rounding to the lattice cannot bring it back."""
MITRE: Final = 3.0
"""Corners sharper than some 40 degrees are cut off at so many times the clearance."""
TOUCHED_M: Final = 0.001
"""A line that is no longer than this inside a building only touches it."""


def round_buildings(line: LineString, buildings: Sequence[BaseGeometry], most_m: float) -> LineString:
    """A line (metres) led round each footprint that it passes through, on the side where it has to leave its way less,
    if that is by no more than so many metres. Buildings that one of its ends lies in stay as they are.

    All buildings within `most_m` of the line have to be among those given.
    """
    given = np.asarray(buildings, dtype=object)
    if len(given) == 0 or not (cut := _are_cut(line, given)).any():
        return line
    near = _with_neighbours(given, cut)
    around = shapely.union_all(shapely.buffer(near, CLEAR_M, join_style="mitre", mitre_limit=MITRE))
    for block in shapely.get_parts(around):
        inside = near[shapely.intersects(block, near)]
        if _are_cut(line, inside).any():
            line = _past(line, shapely.Polygon(block.exterior), inside, most_m)
    return line


def _are_cut(line: LineString, buildings: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which footprints the line passes through."""
    cut = shapely.intersects(buildings, line)
    inner = shapely.intersection(shapely.buffer(buildings[cut], -TOUCHED_M), line)
    cut[cut] = shapely.length(inner) > TOUCHED_M
    return np.asarray(cut)


def _with_neighbours(buildings: NDArray[np.object_], chosen: NDArray[np.bool_]) -> NDArray[np.object_]:
    """The chosen buildings and those so near to them, or to those again, that no line passes between."""
    tree = shapely.STRtree(buildings)
    found, new = set[int](), {*np.flatnonzero(chosen).tolist()}
    while new:
        found |= new
        new = {*tree.query(buildings[sorted(new)], "dwithin", 2 * CLEAR_M)[1].tolist()} - found
    return np.asarray(buildings[sorted(found)])


def _past(line: LineString, block: Polygon, inside: NDArray[np.object_], most_m: float) -> LineString:
    ends = shapely.points(shapely.get_coordinates(line)[[0, -1]])
    if shapely.intersects(inside[:, None], ends[None]).any():
        return line
    stay = _within(line, block)
    if stay is None:
        return line
    first, last = stay
    through = _part(line, first, last)
    ways = [way for way in _ways(block.exterior, through) if _strays(way, through) <= most_m]
    if not ways:
        return line
    way = min(ways, key=lambda way: _strays(way, through))
    before, after = _part(line, 0.0, first), _part(line, last, line.length)
    xy = np.vstack([shapely.get_coordinates(piece) for piece in (before, way, after)])
    return shapely.remove_repeated_points(shapely.linestrings(xy))


def _within(line: LineString, block: Polygon) -> tuple[float, float] | None:
    """Where the line first comes into the block and where it last leaves it, metres from its start."""
    inner = shapely.get_parts(shapely.intersection(line, block))
    xy = shapely.get_coordinates(inner[shapely.get_dimensions(inner) == 1])
    if len(xy) == 0:
        return None
    at = shapely.line_locate_point(line, shapely.points(xy))
    return float(at.min()), float(at.max())


def _ways(ring: BaseGeometry, through: LineString) -> list[LineString]:
    """Both ways along a ring from where the line comes in to where it leaves."""
    ends = shapely.points(shapely.get_coordinates(through)[[0, -1]])
    start, end = shapely.line_locate_point(ring, ends).tolist()
    whole = float(shapely.length(ring))
    low, high = min(start, end), max(start, end)
    inner = shapely.get_coordinates(_part(ring, low, high))
    outer = np.vstack(
        [shapely.get_coordinates(_part(ring, high, whole)), shapely.get_coordinates(_part(ring, 0.0, low))]
    )
    if start > end:
        inner = inner[::-1]
    else:
        outer = outer[::-1]
    return [shapely.linestrings(way) for way in (inner, outer)]


def _strays(way: LineString, line: LineString) -> float:
    """How far a way leaves the line at most; not the other way round, the line lies in the building."""
    return float(shapely.distance(shapely.points(shapely.get_coordinates(way)), line).max())


def _part(line: BaseGeometry, low: float, high: float) -> LineString:
    """The part of a line between two places on it, metres from its start."""
    xy = shapely.get_coordinates(line)
    at = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, np.array([low, high])))
    return shapely.linestrings(np.vstack([ends[:1], xy[(at > low) & (at < high)], ends[1:]]))
