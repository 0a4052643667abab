"""Which node or stretch of border is meant by a place or a line, and who is on its sides?"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo.lattice import keys, steps_of, to_degrees, to_steps
from geo.redraw.board import Board
from geo.redraw.flat import Flat
from geo.redraw.following import Spot, followed
from geo.redraw.leading import Around
from geo.redraw.nodal import NodeChange, changed, regions_at, rings
from geo.redraw.refused import EditRefused, Fault

FOUND_M: Final = 0.02
"""A node or an edge is meant where it is this near, metres, though nothing is to be snapped: rounding."""
SOUGHT_M: Final = 200.0
"""So far round a place where there is no node the nearest one is told, metres."""


def node_at(board: Board, place: Point, snap_m: float) -> tuple[Board, int]:
    """The node nearest to a place within `snap_m`, and the board as it is; else a new node on the nearest edge, and the
    board with it. Refuses `node-missing` (snap_m; a fault at the nearest node, if any is near)."""
    flat = Flat.of(place)
    within_m = max(snap_m, FOUND_M)
    network = Around(board, flat, within_m).borders
    home = flat.metres(to_steps(shapely.get_coordinates(place)))
    nearest = network.nearest_node((float(home[0, 0]), float(home[0, 1])))
    if nearest is not None and nearest[1] <= within_m:
        return board, int(keys(network.steps[[nearest[0]]])[0])
    _, edges = network.near(home, within_m)
    if len(edges) == 0:
        raise _missing(board, place, snap_m)
    feet = network.feet(np.repeat(home, len(edges), axis=0), edges)
    edge = int(np.hypot(*(feet - home).T).argmin())
    a, b = keys(network.steps[network.edge[edges[edge]]]).tolist()
    node = int(keys(flat.steps(feet[[edge]]))[0])
    return board.after(changed(board, NodeChange(put={(a, b): [node]}))), node


def _missing(board: Board, place: Point, snap_m: float) -> EditRefused:
    flat = Flat.of(place)
    network = Around(board, flat, SOUGHT_M).borders
    nearest = network.nearest_node((0.0, 0.0))
    if nearest is None:
        return EditRefused("node-missing", snap_m=snap_m)
    node, metres = nearest
    there = Point(to_degrees(network.steps[[node]])[0])
    return EditRefused("node-missing", [Fault("node", there, {"distance_m": round(metres, 3)})], snap_m=snap_m)


def stretch(board: Board, line: LineString, tips: tuple[int, int], snap_m: float) -> list[int]:
    """The nodes of the border along a line, from one tip to the other. Refuses `edge-missing` (snap_m), with a fault
    where the line follows no border, and `line-too-short` where both tips are one node."""
    if tips[0] == tips[1]:
        raise EditRefused("line-too-short")
    within_m = max(snap_m, FOUND_M)
    xy = shapely.get_coordinates(line).copy()
    xy[[0, -1]] = [place_of(node) for node in tips]
    flat = Flat.of(shapely.linestrings(xy))
    network = Around(board, flat, within_m).borders
    spots = followed(to_steps(xy), network, flat, within_m)
    nodes = [int(key) for key in keys(np.array([spot.at for spot in spots], dtype=np.int64)).tolist()]
    off = [LineString([_lonlat(one), _lonlat(other)]) for one, other in pairwise(spots) if not one.runs_to(other)]
    if off or len(set(nodes)) < len(nodes) or any(spot.node < 0 for spot in spots):
        raise EditRefused("edge-missing", [Fault("line", piece) for piece in off or [line]], snap_m=snap_m)
    return nodes


def joints(board: Board, way: Sequence[int]) -> list[int]:
    """Which nodes of a stretch, by their numbers in it and without its ends, other borders join."""
    line = shapely.linestrings([place_of(node) for node in way])
    network = Around(board, Flat.of(line), FOUND_M).borders
    joined = {int(key) for key, at in zip(keys(network.steps).tolist(), network.edges_at, strict=True) if len(at) > 2}
    return [number for number, node in enumerate(way[1:-1], 1) if node in joined]


def inner(board: Board, nodes: Sequence[int], edges: Sequence[tuple[int, int]]) -> None:
    """Refuses `outer-boundary` (codes: the regions of the plan that are there) where one of the nodes or edges is of a
    border with ground that no region of the plan has; the faults are these places."""
    touched = [*nodes, *(node for edge in edges for node in edge)]
    if not touched:
        return
    box = shapely.box(*shapely.multipoints([place_of(node) for node in touched]).bounds)
    beside: dict[tuple[int, int], list[str]] = {}
    for code in (region.code for region in regions_at(board, box)):
        for ring in rings(board.boundary(code)):
            for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
                beside.setdefault((min(a, b), max(a, b)), []).append(code)
    outer = {edge: codes[0] for edge, codes in beside.items() if len(codes) == 1}
    ends = {node: code for edge, code in outer.items() for node in edge}
    found: list[tuple[BaseGeometry, str]] = [(Point(place_of(node)), ends[node]) for node in nodes if node in ends]
    for a, b in edges:
        if (beyond := outer.get((min(a, b), max(a, b)))) is not None:
            found.append((LineString([place_of(a), place_of(b)]), beyond))
    if found:
        faults = [Fault("boundary", shape, {"code": code}) for shape, code in found]
        raise EditRefused("outer-boundary", faults, codes=", ".join(sorted({code for _, code in found})))


def _lonlat(spot: Spot) -> tuple[float, float]:
    x, y = to_degrees(np.array([spot.at], dtype=np.int64))[0].tolist()
    return x, y


def place_of(node: int) -> tuple[float, float]:
    """Where a node is, lon, lat."""
    x, y = to_degrees(steps_of(np.array([node], dtype=np.uint64)))[0].tolist()
    return x, y


def key_of(place: Point) -> int:
    """The node that a place is rounded to."""
    return int(keys(to_steps(shapely.get_coordinates(place)))[0])
