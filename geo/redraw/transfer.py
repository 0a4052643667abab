"""What becomes of a plan's grids and boundaries when ground changes hands?

New borders are noded with all that stands near them, and only with that: what is far from them, and how grids of a
faulty region lie over each other, stays as it is. From then on ground is cut along nodes that both sides have, two
shapes at a time, so that what one loses another gets, exactly.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from geo.arrangement import Arrangement, joined
from geo.lattice import Keys, steps_of, to_degrees
from geo.model import Grid, Ground
from geo.noding import Net, NodingUnsettledError
from geo.redraw.board import Board, Outcome
from geo.redraw.nodal import STEP, meeting
from geo.redraw.refused import EditRefused, Fault
from geo.rings import are_sound, in_steps
from geo.settling import are_new, settled

LEAST_AREA: Final = 0.5
"""Square steps of the smallest triangle on the lattice."""


class Sheet:
    """The grids and boundaries near new borders, all led through the nodes that these bring and the other way round.

    `lines` and `grounds` are the new borders as given, led likewise. What is given away and taken is put down here,
    until `outcome` tells what has changed. `also` are codes of grids and regions that take part wherever they are.
    Raises EditRefused `not-settled`.
    """

    def __init__(
        self,
        board: Board,
        lines: Sequence[LineString] = (),
        grounds: Sequence[Ground] = (),
        also: Collection[str] = (),
    ) -> None:
        self._board, self._meant, self._gone = board, set[str](), set[str]()
        codes = [*board.grids, *board.regions]
        shapes = [*(grid.shape for grid in board.grids.values()), *map(board.boundary, board.regions)]
        near, net = _settled_near(shapes, {n for n, code in enumerate(codes) if code in also}, lines, grounds)
        here = [*grounds, *(shapes[n] for n in near)]
        led = _sound(net.shapes(here), here)
        self.lines, self.grounds = net.lines(lines), led[: len(grounds)]
        self.grids, self.regions = dict[str, Grid](), dict[str, Ground]()
        for n, shape in zip(near, led[len(grounds) :], strict=True):
            if n < len(board.grids):
                self.grids[codes[n]] = _with(board.grids[codes[n]], shape)
            else:
                self.regions[codes[n]] = shape

    def put(self, grid: Grid) -> None:
        """A grid is new, or has other ground."""
        self.grids[grid.code] = grid
        self._meant.add(grid.code)
        self._gone.discard(grid.code)

    def drop(self, code: str) -> None:
        """A grid is no more."""
        del self.grids[code]
        self._gone.add(code)

    def give(self, piece: Ground, code: str) -> None:
        """Ground goes to a grid and its region, and away from all others. A grid that loses all is gone.

        Refuses what `bound` refuses.
        """
        grid = self.grids[code]
        self._lose(piece, keeping=grid)
        if (shape := together(grid.shape, piece)) is not grid.shape:
            self.put(replace(grid, shape=shape))
        self.bound(grid.region, together(self.regions[grid.region], piece))

    def take(self, piece: Ground) -> None:
        """Ground goes away from all grids and regions. Refuses what `bound` refuses."""
        self._lose(piece, keeping=None)

    def bound(self, region: str, shape: Ground) -> None:
        """A region has another boundary. Refuses `region-swallowed` (code) where nothing is left of it."""
        if shape.is_empty:
            raise EditRefused("region-swallowed", [Fault("boundary", self.regions[region])], code=region)
        if shape is not self.regions[region]:
            self.regions[region] = shape
            self._meant.add(region)

    def outcome(self, drawn: Sequence[LineString] = ()) -> Outcome:
        """What has changed: nothing where nobody's ground did, whatever nodes there are."""
        if not (self._meant or self._gone):
            return Outcome()
        board = self._board
        regions = {code: replace(board.regions[code], shape=shape) for code, shape in self.regions.items()}
        new = [one for code, one in sorted(regions.items()) if one.shape is not board.regions[code].shape]
        grids = [grid for code, grid in sorted(self.grids.items()) if grid is not board.grids.get(code)]
        named = {grid.code for grid in grids} | {region.code for region in new}
        return Outcome(
            grids=tuple(grids),
            gone=frozenset(self._gone & board.grids.keys()),
            regions=tuple(new),
            amended=frozenset(named - self._meant),
            drawn=tuple(drawn),
        )

    def _lose(self, piece: Ground, keeping: Grid | None) -> None:
        for code, grid in [*self.grids.items()]:
            if grid is not keeping and (left := less(grid.shape, piece)) is not grid.shape:
                if left.is_empty:
                    self.drop(code)
                else:
                    self.put(replace(grid, shape=left))
        for code, shape in [*self.regions.items()]:
            if keeping is None or code != keeping.region:
                self.bound(code, less(shape, piece))


def less(one: Ground, other: Ground) -> Ground:
    """The ground of one shape that the other does not have, of shapes that have every node where they meet; the same
    object where they share none, empty where nothing is left."""
    if _are_apart(one, other):
        return one
    faces = Arrangement.noded([one, other]).faces
    if not any(len(face.over) == 2 for face in faces):
        return one
    return joined([face.shape for face in faces if face.over == {0}], one)


def shared(one: Ground, other: Ground) -> list[Polygon]:
    """The pieces of ground that both shapes have, of shapes that have every node where they meet."""
    if _are_apart(one, other):
        return []
    return [face.shape for face in Arrangement.noded([one, other]).faces if len(face.over) == 2]


def together(one: Ground, other: Ground) -> Ground:
    """The ground that either shape has; the first as it is where it has all of it."""
    if one.is_valid and other.is_valid and shapely.covers(one, other):
        return one
    faces = Arrangement.noded([one, other]).faces
    if not any(face.over == {1} for face in faces):
        return one
    return joined([face.shape for face in faces if face.over], one)


def chains(edges: Keys) -> list[LineString]:
    """Edges (n, 2) as lines, as long as they lead on without a fork."""
    if len(edges) == 0:
        return []
    steps = steps_of(edges.ravel()).reshape(-1, 2, 2).astype(np.float64)
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(shapely.linestrings(steps))))
    return [*shapely.transform(merged, lambda xy: to_degrees(np.rint(xy).astype(np.int64)))]


def _settled_near(
    shapes: Sequence[Ground], always: Collection[int], lines: Sequence[LineString], grounds: Sequence[Ground]
) -> tuple[list[int], Net]:
    """The numbers of the shapes near new borders, and the net of the grounds, these shapes and the lines, settled."""
    fresh = [*lines, *grounds]
    if not fresh:
        near = sorted(always)
        return near, Net.of([shapes[n] for n in near])
    boxes, box = shapely.bounds(np.asarray(shapes, dtype=object)), shapely.total_bounds(fresh)
    box = _wide(box, [shapes[n] for n in meeting(boxes, box, STEP)])
    while True:
        near = sorted({*meeting(boxes, box, STEP), *always})
        start = Net.of([*grounds, *(shapes[n] for n in near)], lines)
        last = len(grounds) + len(near)
        drawn = (start.shape < len(grounds)) | (start.shape >= last)
        new = drawn | are_new(start, len(grounds), last)
        try:
            net = settled(start, new)
        except NodingUnsettledError as error:
            raise EditRefused("not-settled", [Fault("line", shape) for shape in fresh]) from error
        ends = to_degrees(steps_of(net.undirected()[_moved(start, net)].ravel()))
        low, high = np.vstack([ends, box[:2]]).min(axis=0), np.vstack([ends, box[2:]]).max(axis=0)
        if (low >= box[:2] - STEP).all() and (high <= box[2:] + STEP).all():
            return near, net
        box = np.concatenate([low, high])


def _wide(box: NDArray[np.float64], shapes: Sequence[Ground]) -> NDArray[np.float64]:
    """The box of all edges of the shapes that come near a box, and of itself."""
    edges = steps_of(Net.of(shapes).undirected().ravel()).reshape(-1, 2, 2)
    low, high = to_degrees(edges.min(axis=1)), to_degrees(edges.max(axis=1))
    near = np.asarray(meeting(np.hstack([low, high]), box, STEP), dtype=np.int64)
    west_south, east_north = np.vstack([low[near], box[:2]]).min(axis=0), np.vstack([high[near], box[2:]]).max(axis=0)
    return np.concatenate([west_south, east_north])


def _moved(before: Net, after: Net) -> NDArray[np.bool_]:
    """Of each vertex after noding, whether its edge was not there before (n,)."""
    nodes = np.unique(after.node)
    numbers = []
    for net in (before, after):
        low, high = np.searchsorted(nodes, net.undirected()).T
        numbers.append(low * len(nodes) + high)
    return np.asarray(~np.isin(numbers[1], numbers[0]))


def _sound(after: list[Ground], before: Sequence[Ground]) -> list[Ground]:
    """The shapes after noding; a ring that it laid against itself is put together anew from what it goes round.

    Refused where nothing is left of it, or where it turns the other way: next to a needle of a step.
    """
    changed = [n for n, (new, old) in enumerate(zip(after, before, strict=True)) if new is not old]
    if turned := [n for n in changed if _ways(after[n]) != _ways(before[n])]:
        raise EditRefused("not-settled", [Fault("grid", before[n]) for n in turned])
    sound = are_sound(np.array([after[n] for n in changed], dtype=object)) if changed else ()
    for n, good in zip(changed, sound, strict=True):
        if not good:
            sound_one = joined(Arrangement.noded([after[n]]).over(0), after[n])
            was, now = shapely.area(in_steps(np.array([after[n], sound_one], dtype=object))).tolist()
            if sound_one.is_empty or abs(was - now) >= LEAST_AREA:
                raise EditRefused("not-settled", [Fault("grid", before[n])])
            after[n] = sound_one
    return after


def _ways(shape: Ground) -> list[bool]:
    """Which way each ring turns."""
    return [*shapely.is_ccw(shapely.get_rings(shapely.get_parts(shape))).tolist()]


def _with(grid: Grid, shape: Ground) -> Grid:
    return grid if shape is grid.shape else replace(grid, shape=shape)


def _are_apart(one: Ground, other: Ground) -> bool:
    """Whether noded shapes share no ground: asked of doubles, which can tell half a square step from nothing."""
    if not shapely.intersects(shapely.box(*one.bounds), shapely.box(*other.bounds)):
        return True
    return bool(one.is_valid and other.is_valid and shapely.relate_pattern(one, other, "F********"))
