"""Which claims have a corner where several have it? Only provisional ground is owned twice."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.cells import offset
from geo.corners import Ways
from geo.edges import Floats, Numbers
from geo.nodes import END, Nodes

AT_ONCE = 1 << 20
"""Pairs of an edge and a corner that are looked at together."""


def of_corners(nodes: Nodes, x: Floats, y: Floats) -> list[list[int]]:
    """The claims that have the ground of each corner (n,), in steps from the world's south-west corner: of each claim,
    what an odd number of its edges lies west of."""
    found: list[list[int]] = [[] for _ in x]
    if not len(x):
        return found
    corner, claim = shapely.STRtree(_boxes(nodes)).query(shapely.points(x, y))
    order = np.argsort(claim, kind="stable")
    corner, claim = corner[order], claim[order]
    different, first = np.unique(claim, return_index=True)
    for one, begin, end in zip(different.tolist(), first, [*first[1:], len(claim)], strict=False):
        own = corner[begin:end]
        for number in own[_is_inside(nodes, one, x[own], y[own])].tolist():
            found[number].append(one)
    return found


def _boxes(nodes: Nodes) -> NDArray[np.object_]:
    """The box of each claim, one step wider on all sides, in steps from the world's south-west corner."""
    west, south = offset(nodes.box[:, 0], nodes.box[:, 1])
    east, north = offset(nodes.box[:, 2], nodes.box[:, 3])
    return np.asarray(shapely.box(west - 1, south - 1, east + 1, north + 1), dtype=object)


def _is_inside(nodes: Nodes, claim: int, x: Floats, y: Floats) -> NDArray[np.bool_]:
    ways = _ways(nodes, claim)
    inside = np.zeros(len(x), dtype=bool)
    most = max(1, AT_ONCE // len(ways.ax))
    for begin in range(0, len(x), most):
        part = slice(begin, begin + most)
        corner, edge = np.nonzero((ways.ay > y[part, None]) != (ways.by > y[part, None]))
        west = ways.taken(edge).is_west_of(x[part][corner], y[part][corner])
        inside[part] = np.bincount(corner[west], minlength=len(x[part])) % 2 == 1
    return inside


def _ways(nodes: Nodes, claim: int) -> Ways:
    own: Numbers = np.arange(nodes.first[claim], nodes.first[claim + 1])
    own = own[nodes.across[own] != END]
    x, y = offset(nodes.x, nodes.y)  # of all: a crowd is rare
    return Ways(*(column.astype(np.float64) for column in (x[own], y[own], x[own + 1], y[own + 1])))
