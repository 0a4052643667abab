"""What do shapes look like once nodes are put into them, moved or left out, in every ring that has them?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.lattice import keys, steps_of, to_degrees, to_steps
from geo.model import Grid, Ground, Region
from geo.places import Box
from geo.redraw.board import Board, Outcome

CORNERS: Final = 3
"""A ring with fewer nodes encloses nothing."""
STEP: Final = 1.5e-7
"""Degrees around new edges within which others may have to be led through their nodes."""


@dataclass(frozen=True, slots=True)
class NodeChange:
    """Nodes by their keys (`geo.lattice`). `moved` go elsewhere, `dropped` are left out, and the nodes of `put` come
    between the two ends of an edge, in order from the first to the second; rings that pass it the other way get them in
    reverse."""

    moved: Mapping[int, int] = field(default_factory=dict)
    put: Mapping[tuple[int, int], Sequence[int]] = field(default_factory=dict)
    dropped: frozenset[int] = frozenset()

    def ring(self, nodes: Sequence[int]) -> list[int]:
        """The nodes of a ring, without its closing one, after the change."""
        after: list[int] = []
        for node, following in zip(nodes, [*nodes[1:], nodes[0]], strict=True):
            if node not in self.dropped:
                after.append(self.moved.get(node, node))
            after += self.put.get((node, following)) or reversed(self.put.get((following, node), ()))
        return after

    def is_of(self, nodes: Iterable[int]) -> bool:
        """Whether it can have to do with a ring of these nodes."""
        ends = {node for edge in self.put for node in edge}
        return not (self.moved.keys() | self.dropped | ends).isdisjoint(nodes)


def changed(board: Board, change: NodeChange) -> Outcome:
    """The grids and regions that a change makes other. Shapes need not be sound after it, and may have collapsed."""
    nodes = {*change.moved, *change.dropped, *(node for edge in change.put for node in edge)}
    places = to_degrees(steps_of(np.array(sorted(nodes), dtype=np.uint64)))
    box = shapely.box(*places.min(axis=0).tolist(), *places.max(axis=0).tolist())
    grids = [(grid, _changed(grid.shape, change)) for grid in grids_at(board, box)]
    regions = [(region, _changed(board.boundary(region.code), change)) for region in regions_at(board, box)]
    return Outcome(
        grids=tuple(replace(grid, shape=shape) for grid, shape in grids if shape is not grid.shape),
        regions=tuple(replace(region, shape=shape) for region, shape in regions if shape is not region.shape),
    )


def rings(shape: Ground) -> list[list[int]]:
    """The nodes of each ring of a shape, without the closing one."""
    return [_nodes(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]


def grids_at(board: Board, shape: BaseGeometry) -> list[Grid]:
    """Grids whose box meets that of a shape."""
    grids = [*board.grids.values()]
    return [grids[n] for n in meeting(_boxes([grid.shape for grid in grids]), shape.bounds)]


def regions_at(board: Board, shape: BaseGeometry) -> list[Region]:
    """Regions whose boundary's box meets that of a shape."""
    regions = [*board.regions.values()]
    return [regions[n] for n in meeting(_boxes([board.boundary(region.code) for region in regions]), shape.bounds)]


def meeting(boxes: NDArray[np.float64], box: Box | NDArray[np.float64], by: float = 0.0) -> list[int]:
    """The numbers of the boxes (n, 4) that meet a box (west, south, east, north), or come as near as so many
    degrees."""
    west, south, east, north = box
    low, high = boxes[:, :2] <= (east + by, north + by), boxes[:, 2:] >= (west - by, south - by)
    return [*np.flatnonzero(low.all(axis=1) & high.all(axis=1)).tolist()]


def _boxes(shapes: Sequence[Ground]) -> NDArray[np.float64]:
    return np.asarray(shapely.bounds(np.asarray(shapes, dtype=object))).reshape(-1, 4)


def _changed(shape: Ground, change: NodeChange) -> Ground:
    """The shape after a change, the same object where it changes nothing; empty where nothing is left of it."""
    if not change.is_of({node for ring in rings(shape) for node in ring}):
        return shape
    before = [[_nodes(ring) for ring in shapely.get_rings(part)] for part in shapely.get_parts(shape)]
    after = [[change.ring(ring) for ring in part] for part in before]
    if after == before:
        return shape
    parts = [_polygon(part) for part in after if len(part[0]) >= CORNERS]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _polygon(part: Sequence[Sequence[int]]) -> shapely.Polygon:
    shell, *holes = (to_degrees(steps_of(np.array([*ring, ring[0]], dtype=np.uint64))) for ring in part)
    return shapely.Polygon(shell, [hole for hole in holes if len(hole) > CORNERS])


def _nodes(ring: shapely.LinearRing) -> list[int]:
    return [int(key) for key in keys(to_steps(shapely.get_coordinates(ring)[:-1])).tolist()]
