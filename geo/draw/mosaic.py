"""What does a solver have to know of blocks, as flat arrays?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from geo.draw.alongside import Alongside
from geo.draw.borders import OUTSIDE, Borders, Figures, Numbers
from geo.lattice import Keys, directed_edges
from geo.plane import Plane

WAYS = 32
"""Directions in which the farthest points of ground are kept: the hull and the circle around it are taken of these."""

LAKE = -2
"""Numbers from here downwards are holes of the region's ground: nobody's, and round each a grid may close."""


class Mosaic(NamedTuple):
    """Blocks (n,) and how they lie to each other; lengths in metres, ground in square metres.

    The border of a block is a ring of runs, each along one neighbour from one node to the next: `run_first` (n + 1,)
    tells which are whose; `run_block` is who lies beyond (`OUTSIDE`, or `LAKE` and lower), `run_node` the node at the
    end. `node_first`, `node_block`: the blocks round each node, `OUTSIDE` where ground of none touches it. `far`
    (n, WAYS, 2): the farthest point each way, and `support` (n, WAYS) how far. `shore` (lakes,): how many runs there
    are along each lake.
    """

    households: Numbers
    towers: Numbers
    tower_households: Numbers
    ground: Figures
    around: Figures
    run_first: Numbers
    run_block: Numbers
    run_node: Numbers
    run_length: Figures
    run_road: Figures
    run_barrier: Figures
    node_first: Numbers
    node_block: Numbers
    far: Figures
    support: Figures
    compound_first: Numbers
    compound: Numbers
    compounds: int
    lakes: int
    shore: Numbers


def mosaic(
    shapes: Sequence[Polygon],
    plane: Plane,
    alongside: Alongside,
    households: Numbers,
    towers: tuple[Numbers, Numbers],
    compounds: Sequence[Sequence[int]],
) -> Mosaic:
    """Of blocks that cover ground in one part. `towers`: how many of each block, and their households; `compounds`: the
    numbers of the estates that are partly in each block, from 0."""
    borders = Borders.of(shapes, plane)
    on_road, barrier = alongside.of(borders, plane)
    runs = _Runs.of(shapes, borders, on_road, barrier)
    metres = plane.metres_each(shapes)
    far, support = farthest(metres)
    flat = [one for own in compounds for one in own]
    return Mosaic(
        households=households,
        towers=towers[0],
        tower_households=towers[1],
        ground=shapely.area(metres),
        around=np.add.reduceat(runs.length, runs.first[:-1]),
        run_first=runs.first,
        run_block=runs.beyond,
        run_node=runs.node,
        run_length=runs.length,
        run_road=runs.road,
        run_barrier=runs.barrier,
        node_first=runs.node_first,
        node_block=runs.node_block,
        far=far,
        support=support,
        compound_first=np.cumsum([0, *(len(own) for own in compounds)]).astype(np.int64),
        compound=np.array(flat, dtype=np.int64),
        compounds=max(flat, default=-1) + 1,
        lakes=runs.lakes,
        shore=np.array([np.count_nonzero(runs.beyond == LAKE - n) for n in range(runs.lakes)], dtype=np.int64),
    )


def ways() -> Figures:
    """The directions (WAYS, 2), from east against the clock."""
    angle = np.arange(WAYS) * (2 * np.pi / WAYS)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def farthest(shapes: NDArray[np.object_]) -> tuple[Figures, Figures]:
    """The point of each shape that is farthest each way (n, WAYS, 2), and how far that is (n, WAYS)."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    reach = xy @ ways().T
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    support = np.maximum.reduceat(reach, first, axis=0)
    far = np.empty((len(shapes), WAYS, 2))
    for way in range(WAYS):
        order = np.lexsort((reach[:, way], owner))
        last = order[np.r_[first[1:], len(xy)] - 1]
        far[:, way] = xy[last]
    return far, support


class _Runs(NamedTuple):
    """The runs of all blocks, as in `Mosaic`."""

    first: Numbers
    beyond: Numbers
    node: Numbers
    length: Figures
    road: Figures
    barrier: Figures
    node_first: Numbers
    node_block: Numbers
    lakes: int

    @classmethod
    def of(cls, shapes: Sequence[Polygon], borders: Borders, on_road: Figures, barrier: Figures) -> "_Runs":
        start, end, block = directed_edges(shapes)
        edge = _edge_numbers(borders, start, end)
        up = start < end
        beyond = np.where(up, borders.right[edge], borders.left[edge])
        beyond, lakes = _lakes(beyond, edge, borders)
        nodes, number = np.unique(start, return_inverse=True)
        around, degree = _around(number, block, beyond, len(nodes))
        # directed_edges goes ring by ring in order: the edge that follows is the next, and the first after the last
        ring_first = np.flatnonzero(np.r_[True, block[1:] != block[:-1]])
        ring_last = np.r_[ring_first[1:], len(block)] - 1
        following = np.arange(1, len(block) + 1)
        following[ring_last] = ring_first
        ends = (degree[number[following]] > 2) | (beyond != beyond[following])
        ends = _some_end(ends, block, len(shapes))
        return cls(
            *_gathered(
                ends,
                following,
                ring_first,
                ring_last,
                beyond,
                number,
                borders.length[edge],
                on_road[edge],
                barrier[edge],
            ),
            *around,
            lakes,
        )


def _edge_numbers(borders: Borders, start: Keys, end: Keys) -> Numbers:
    """The number in `borders` of each directed edge."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    nodes = np.unique(np.r_[borders.low, borders.high])

    def packed(one: Keys, other: Keys) -> Numbers:
        return np.asarray(np.searchsorted(nodes, one) * len(nodes) + np.searchsorted(nodes, other), dtype=np.int64)

    known = packed(borders.low, borders.high)
    order = np.argsort(known)
    return np.asarray(order[np.searchsorted(known[order], packed(low, high))], dtype=np.int64)


def _lakes(beyond: Numbers, edge: Numbers, borders: Borders) -> tuple[Numbers, int]:
    """Whoever lies beyond, the holes of the whole ground told from what is around it."""
    outer = np.flatnonzero((borders.left == OUTSIDE) | (borders.right == OUTSIDE))
    place = np.full(len(borders.low), OUTSIDE)
    nodes, number = np.unique(np.r_[borders.low[outer], borders.high[outer]], return_inverse=True)
    one, other = number[: len(outer)], number[len(outer) :]
    loop = _loops(len(nodes), one, other)[one]
    west: dict[int, int] = {}
    for own, low in zip(loop.tolist(), borders.low[outer].tolist(), strict=True):
        west[own] = min(west.get(own, low), low)
    ordered = sorted(west, key=west.__getitem__)  # the outermost ring has the westernmost node
    names = {own: OUTSIDE - count for count, own in enumerate(ordered)}
    place[outer] = [names[own] for own in loop.tolist()]
    return np.where(beyond == OUTSIDE, place[edge], beyond), max(0, len(ordered) - 1)


def _loops(count: int, one: Numbers, other: Numbers) -> Numbers:
    number = np.arange(count)
    while True:
        before = number.copy()
        low = np.minimum(number[one], number[other])
        np.minimum.at(number, one, low)
        np.minimum.at(number, other, low)
        number = number[number]
        if np.array_equal(before, number):
            return number


def _around(number: Numbers, block: Numbers, beyond: Numbers, count: int) -> tuple[tuple[Numbers, Numbers], Numbers]:
    """Blocks round each node as (first, block), and how many edges end in it."""
    inner = np.bincount(number, minlength=count)
    outer = np.bincount(number[beyond < 0], minlength=count)
    open_ = np.flatnonzero(outer)
    every, who = np.r_[number, open_], np.r_[block, np.full(len(open_), OUTSIDE)]
    order = np.argsort(every, kind="stable")
    first = np.searchsorted(every[order], np.arange(count + 1))
    return (first.astype(np.int64), who[order]), inner + outer


def _some_end(ends: NDArray[np.bool_], block: Numbers, count: int) -> NDArray[np.bool_]:
    """A border along one neighbour alone ends somewhere too."""
    has = np.bincount(block[ends], minlength=count) > 0
    first = np.flatnonzero(np.r_[True, block[1:] != block[:-1]])
    ends = ends.copy()
    ends[first[~has]] = True
    return ends


def _gathered(
    ends: NDArray[np.bool_],
    following: Numbers,
    ring_first: Numbers,
    ring_last: Numbers,
    beyond: Numbers,
    number: Numbers,
    *figures: Figures,
) -> tuple[Numbers, Numbers, Numbers, Figures, Figures, Figures]:
    """Edges put together to runs: (first, beyond, node, and the sum of each figure)."""
    order: list[NDArray[np.int64]] = []
    counts = []
    for first, last in zip(ring_first.tolist(), ring_last.tolist(), strict=True):
        own = np.arange(first, last + 1)
        stops = np.flatnonzero(ends[first : last + 1])
        order.append(np.roll(own, -(int(stops[-1]) + 1)))  # begins behind a stop, and so ends with one
        counts.append(len(stops))
    every = np.concatenate(order)
    stop = ends[every]
    run_first = np.r_[0, np.flatnonzero(stop)[:-1] + 1]
    sums = [np.add.reduceat(figure[every], run_first) for figure in figures]
    lasts = every[stop]
    return (np.cumsum([0, *counts]).astype(np.int64), beyond[lasts], number[following[lasts]], *sums)  # type: ignore[return-value]
