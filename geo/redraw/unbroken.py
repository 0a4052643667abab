"""Does ground stay whole when nodes of it move, and where would it not?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import shapely
from shapely import LineString, Point

from geo.lattice import Keys, steps_of, to_degrees
from geo.model import Grid, Ground, Region
from geo.noding import Net, NodingUnsettledError
from geo.redraw.board import Board, Outcome
from geo.redraw.borders import place_of
from geo.redraw.flat import Flat
from geo.redraw.leading import Around
from geo.redraw.nodal import STEP, NodeChange, changed, grids_at, regions_at, rings
from geo.redraw.refused import EditRefused, Fault
from geo.redraw.yielding import new_edges, segments
from geo.rings import fault_place, is_sound
from geo.settling import are_new, settled

Pair: TypeAlias = tuple[str, Ground, Ground]
"""The code of a grid or a region, its ground as it was and as it is now."""


def unbroken(before: Board, board: Board, change: NodeChange, drawn: Sequence[LineString] = ()) -> Outcome:
    """What a change of nodes makes of a board; `before` is it without the nodes that were made for the change.

    Refuses `nodes-meet` (a fault at each place) where a node would come to one that its ring has already,
    `ring-crosses` (faults where borders would cross), `grid-collapses` (codes) where nothing is left of a grid or a
    region or it is turned inside out, and `not-settled`. What was faulty may stay so.
    """
    outcome = changed(board, change)
    pairs = [(grid.code, board.grids[grid.code].shape, grid.shape) for grid in outcome.grids]
    pairs += [(region.code, board.boundary(region.code), region.shape) for region in outcome.regions if region.shape]
    _apart(pairs)
    _sound(pairs)
    _upright(pairs)
    after = board.after(outcome)
    if not {grid.region for grid in outcome.grids} | {region.code for region in outcome.regions} <= board.faulty:
        edges = new_edges(board, outcome)
        _clear(after, edges)
        after = _settled(board, after, edges)
    return _told(before, after, {code for code, _, _ in pairs}, drawn)


def _apart(pairs: Sequence[Pair]) -> None:
    twice = {node for _, old, new in pairs for node in _repeated(new) - _repeated(old)}
    if twice:
        raise EditRefused("nodes-meet", [Fault("node", Point(place_of(node))) for node in sorted(twice)])


def _repeated(shape: Ground) -> set[int]:
    """Nodes that a ring has more than once."""
    return {node for ring in rings(shape) for node, times in Counter(ring).items() if times > 1}


def _sound(pairs: Sequence[Pair]) -> None:
    spoiled = [(code, new) for code, old, new in pairs if not is_sound(new) and is_sound(old)]
    if spoiled:
        faults = [Fault("crossing", fault_place(shape)[0], {"code": code}) for code, shape in spoiled]
        raise EditRefused("ring-crosses", faults)


def _upright(pairs: Sequence[Pair]) -> None:
    """Refuses ground that vanished or changed the direction it is gone round in."""
    fallen = [(code, old) for code, old, new in pairs if [*_directions(old)] != [*_directions(new)]]
    if fallen:
        faults = [Fault("grid", old, {"code": code}) for code, old in fallen]
        raise EditRefused("grid-collapses", faults, codes=", ".join(sorted(code for code, _ in fallen)))


def _directions(shape: Ground) -> Iterator[bool]:
    """For each ring whether it runs counter-clockwise, in whole steps."""
    for ring in rings(shape):
        steps = steps_of(np.array(ring, dtype=np.uint64)).tolist()
        turned = zip(steps, [*steps[1:], steps[0]], strict=True)
        yield (
            sum(
                (ax - steps[0][0]) * (by - steps[0][1]) - (bx - steps[0][0]) * (ay - steps[0][1])
                for (ax, ay), (bx, by) in turned
            )
            > 0
        )


def _clear(after: Board, edges: Keys) -> None:
    """Refuses new edges (n, 2) that cross others; compared in whole steps."""
    if len(edges) == 0:
        return
    flat = Flat.of(shapely.multilinestrings(segments(edges)))
    network = Around(after, flat, 0.0).borders
    new = shapely.linestrings(
        np.stack([steps_of(edges[:, side]) - flat.origin for side in (0, 1)], axis=1).astype(float)
    )
    all_ = shapely.linestrings((network.steps - flat.origin)[network.edge].astype(float))
    one, other = shapely.STRtree(all_).query(new, "crosses")
    if len(one):
        places = shapely.get_coordinates(shapely.intersection(new[one], all_[other]))
        there = to_degrees(np.unique(np.rint(places).astype(np.int64), axis=0) + flat.origin)
        raise EditRefused("ring-crosses", [Fault("crossing", Point(place)) for place in there.tolist()])


def led_through(shapes: Sequence[Ground], before: Sequence[Ground]) -> list[Ground]:
    """Shapes whose edges go through each node they pass, where an edge or a node is not of those `before`.

    Refuses `not-settled` (a fault at each place where a ring would not stay sound).
    """
    try:
        net, both = Net.of(shapes), Net.of([*shapes, *before])
        fresh = are_new(both, len(shapes), len(both.part_shape))[: len(net.node)]
        led = settled(net, fresh).shapes(shapes)
    except NodingUnsettledError as error:
        raise EditRefused("not-settled") from error
    if spoiled := [new for old, new in zip(shapes, led, strict=True) if new is not old and not is_sound(new)]:
        raise EditRefused("not-settled", [Fault("crossing", fault_place(shape)[0]) for shape in spoiled])
    return led


def _settled(before: Board, after: Board, edges: Keys) -> Board:
    """The board with all that is near the new edges (n, 2) led through their nodes, and the other way round: a border
    that moved may stand on others."""
    if len(edges) == 0:
        return after
    west, south, east, north = shapely.total_bounds(segments(edges)).tolist()
    box = shapely.box(west - STEP, south - STEP, east + STEP, north + STEP)
    grids, regions = grids_at(after, box), regions_at(after, box)
    shapes = [*(grid.shape for grid in grids), *(after.boundary(region.code) for region in regions)]
    old = [*(before.grids[grid.code].shape for grid in grids), *(before.boundary(region.code) for region in regions)]
    led = led_through(shapes, old)
    given = zip(grids, shapes, led, strict=False)
    outlines = zip(regions, shapes[len(grids) :], led[len(grids) :], strict=True)
    return after.after(
        Outcome(
            grids=tuple(replace(grid, shape=new) for grid, shape, new in given if new is not shape),
            regions=tuple(replace(region, shape=new) for region, shape, new in outlines if new is not shape),
        )
    )


def _told(before: Board, after: Board, meant: set[str], drawn: Sequence[LineString]) -> Outcome:
    """What is other on the board after; that which is not `meant` gained nodes and nothing else."""
    grids: list[Grid] = [grid for code, grid in after.grids.items() if grid is not before.grids[code]]
    regions: list[Region] = [region for code, region in after.regions.items() if region is not before.regions[code]]
    amended = {*(grid.code for grid in grids), *(region.code for region in regions)} - meant
    return Outcome(grids=tuple(grids), regions=tuple(regions), amended=frozenset(amended), drawn=tuple(drawn))
