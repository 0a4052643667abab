"""Which borders did healing move, and by how much?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.lattice import Keys, keys, steps_of, to_degrees, to_steps
from geo.measure import metres_per_degree
from geo.model import Grid, Ground
from geo.noding import Net
from geo.snap import Shift


@dataclass(frozen=True, slots=True)
class Moved:
    """One border that healing moved.

    `codes` are the two grids on its sides; a grid and its region along an outline; the grid alone where nothing drawn
    lies on the other side. `nodes` counts nodes that moved onto it, `largest_m` is the farthest any of them went,
    `length_m` the length of the edges that have such a node, metres; `place` is where the farthest one is now.
    """

    codes: tuple[str, ...]
    nodes: int
    largest_m: float
    length_m: float
    place: tuple[float, float]


def borders(
    shifts: Sequence[Shift], grids: Sequence[Grid], outlines: Mapping[str, Ground] | None = None
) -> list[Moved]:
    """The borders that the shifts of `geo.snap` moved, largest shift first.

    `grids` and `outlines` (by region) are the ground *after* healing. A node where several borders meet counts with
    each of them.
    """
    named = [(grid.code, grid.shape) for grid in grids] + list((outlines or {}).items())
    if not shifts or not named:
        return []
    farthest = _farthest(shifts)
    edges, shape = _edges_at(np.fromiter(farthest, np.uint64, len(farthest)), [ground for _, ground in named])
    pairs: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for first, last in _runs(edges):
        pairs[_sides([(named[n][0], n < len(grids)) for n in shape[first:last].tolist()])].append(first)
    found = [_moved(codes, edges[rows], farthest) for codes, rows in pairs.items()]
    return sorted(found, key=lambda one: (-one.largest_m, one.codes))


def _farthest(shifts: Sequence[Shift]) -> dict[int, float]:
    """Where nodes ended up, by key, and the longest way any of them came, metres."""
    ends = keys(to_steps(np.array([shift.end for shift in shifts]))).tolist()
    found: dict[int, float] = {}
    for key, shift in zip(ends, shifts, strict=True):
        found[key] = max(found.get(key, 0.0), shift.metres)
    return found


def _edges_at(nodes: Keys, shapes: Sequence[Ground]) -> tuple[Keys, NDArray[np.int64]]:
    """Edges (n, 2) with an end among the nodes, equal ones side by side, and the number of the shape of each."""
    net = Net.of(shapes)
    edges, shape = net.undirected(), net.shape
    mine = np.isin(edges, nodes).any(axis=1)
    edges, shape = edges[mine], shape[mine]
    order = np.lexsort((shape, edges[:, 1], edges[:, 0]))
    return edges[order], shape[order]


def _runs(edges: Keys) -> list[tuple[int, int]]:
    """First row and the one after the last of each run of equal edges."""
    if len(edges) == 0:
        return []
    first = np.flatnonzero(np.r_[True, (edges[1:] != edges[:-1]).any(axis=1)]).tolist()
    return list(zip(first, [*first[1:], len(edges)], strict=True))


def _sides(owners: Sequence[tuple[str, bool]]) -> tuple[str, ...]:
    """The grids that have an edge; with one grid alone, the region too whose outline it is."""
    grids = sorted({code for code, is_grid in owners if is_grid})
    regions = sorted({code for code, is_grid in owners if not is_grid})
    return tuple(grids) if len(grids) > 1 else (*grids, *regions)


def _moved(codes: tuple[str, ...], edges: Keys, farthest: Mapping[int, float]) -> Moved:
    nodes = sorted({key for key in edges.ravel().tolist() if key in farthest}, key=lambda key: (-farthest[key], key))
    xy = to_degrees(steps_of(edges.ravel())).reshape(-1, 2, 2)
    scaled = xy * np.array(metres_per_degree(float(xy[:, :, 1].mean())))
    lon, lat = to_degrees(steps_of(np.array(nodes[:1], dtype=np.uint64)))[0].tolist()
    length = float(shapely.length(shapely.linestrings(scaled)).sum())
    return Moved(codes, len(nodes), farthest[nodes[0]], length, (lon, lat))
