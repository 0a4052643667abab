"""What comes of a node or a stretch of border that goes elsewhere, for all who share it?

Every ring that has a node follows, so that nothing opens and nothing overlaps. What is refused is what no ring could
follow: a crossing, a grid turned inside out, a border with ground that is not in the plan.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Point

from geo.lattice import STEPS_PER_DEGREE, keys, to_steps
from geo.redraw import yielding
from geo.redraw.board import Board, Outcome
from geo.redraw.borders import inner, joints, key_of, node_at, place_of, stretch
from geo.redraw.edits import MoveEdge, MoveNode
from geo.redraw.flat import Flat
from geo.redraw.nodal import NodeChange
from geo.redraw.snapping import checked, led_past_borders
from geo.redraw.unbroken import unbroken


def node_moved(board: Board, edit: MoveNode) -> Outcome:
    """A node elsewhere, in every ring that has it; one is made where an edge and no node is near `start`.

    `end` is taken as it is told. Refuses `node-missing`, `outer-boundary`, `nodes-meet`, `ring-crosses`,
    `grid-collapses`, `not-settled`, `building-cut`, and what `geo.redraw.snapping.led` refuses of coordinates.
    """
    start, end = (checked(Point(place), edit.snap_m) for place in (edit.start, edit.end))
    with_node, node = node_at(board, start, edit.snap_m)
    goal = key_of(end)
    if node == goal:
        return Outcome()
    inner(with_node, [node], [])
    outcome = unbroken(board, with_node, NodeChange(moved={node: goal}))
    yielding.check(board, outcome, edit.cut)
    return outcome


def edge_moved(board: Board, edit: MoveEdge) -> Outcome:
    """The stretch of border along `start`, over one edge or several, lies along `end`.

    An end of `end` within the tolerance of where the stretch has its end leaves it there. Other borders that join it
    between its ends follow to the same share of its length. Refuses besides what `node_moved` refuses `edge-missing`
    (where `start` follows no border) and what `led` refuses.
    """
    end = led_past_borders(edit.end, board, edit.snap_m, cut=edit.cut)
    first, *_, last = shapely.get_coordinates(checked(edit.start, edit.snap_m)).tolist()
    with_ends, tip = node_at(board, Point(first), edit.snap_m)
    with_ends, tail = node_at(with_ends, Point(last), edit.snap_m)
    way = stretch(with_ends, edit.start, (tip, tail), edit.snap_m)
    line = _from_home(end, edit, (tip, tail))
    change = _laid(way, joints(with_ends, way), line)
    inner(with_ends, [node for node, goal in change.moved.items() if node != goal], [*pairwise(way)])
    outcome = unbroken(board, with_ends, change, drawn=(line,))
    yielding.check(board, outcome, edit.cut, [line])
    return outcome


def _from_home(end: LineString, edit: MoveEdge, tips: tuple[int, int]) -> LineString:
    """The line where the stretch goes, its ends at those of the stretch where they hardly differ."""
    xy = shapely.get_coordinates(end).copy()
    flat = Flat.of(end)
    for n, node in zip((0, -1), tips, strict=True):
        home = place_of(node)
        away = np.hypot(*((np.array(home) - xy[n]) * flat.scale * STEPS_PER_DEGREE))
        same = np.array_equal(shapely.get_coordinates(edit.start)[n], shapely.get_coordinates(edit.end)[n])
        if same or away <= edit.snap_m:
            xy[n] = home
    return shapely.linestrings(xy)


def _laid(way: Sequence[int], joints: Sequence[int], line: LineString) -> NodeChange:
    """The nodes of a stretch (keys, from end to end) laid along a line; those that other borders join keep their share
    of its length."""
    flat = Flat.of(line)
    metres = flat.metres(to_steps(np.array([place_of(node) for node in way])))
    at = np.r_[0.0, np.cumsum(np.hypot(*np.diff(metres, axis=0).T))]
    goal = shapely.linestrings(flat.metres(to_steps(shapely.get_coordinates(line))))
    length = float(goal.length)
    anchors = [0, *joints, len(way) - 1]
    cuts = at[anchors] / at[-1] * length
    new = keys(flat.steps(shapely.get_coordinates(shapely.line_interpolate_point(goal, cuts)))).tolist()
    bends = shapely.get_coordinates(goal)
    bend_at = np.r_[0.0, np.cumsum(np.hypot(*np.diff(bends, axis=0).T))]
    bend_keys = keys(flat.steps(bends))
    put = {}
    for one, low, high in zip(anchors[:-1], cuts[:-1], cuts[1:], strict=True):
        between = bend_keys[(bend_at > low) & (bend_at < high)].tolist()
        put[way[one], way[one + 1]] = [key for key in between if key not in new]
    dropped = frozenset(way) - {way[anchor] for anchor in anchors}
    return NodeChange(moved=dict(zip([way[anchor] for anchor in anchors], new, strict=True)), put=put, dropped=dropped)
