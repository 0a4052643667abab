"""Do new borders yield to the buildings, and if not, how could they go round them?"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from geo.lattice import Keys, steps_of, to_degrees
from geo.model import Building, Grid, Ground
from geo.noding import Net
from geo.owned import owned
from geo.redraw.board import Board, Outcome
from geo.redraw.detours import round_buildings
from geo.redraw.flat import Flat
from geo.redraw.refused import EditRefused, Fault
from geo.refusal import Value

DETOUR_M: Final = 60.0
"""A way round a building that leaves the line by more is none that a planner would take: a long block has 60 m."""


def check(before: Board, outcome: Outcome, cut: bool, drawn: Sequence[LineString] = ()) -> None:
    """Refuses `building-cut` (count, building: the id of the first) where new borders cut a building that was whole.

    The faults are the buildings (id, name, households) and, with role `detour`, lines like those that were drawn which
    go round them. With `cut` it passes.
    """
    if cut or not before.surroundings.buildings:
        return
    edges = new_edges(before, outcome)
    if broken := _cut(before, before.after(outcome), edges):
        lines = [*(drawn or outcome.drawn)] or _lines(edges)
        faults = [Fault("building", one.shape, _told(one)) for one in broken]
        faults += [Fault("detour", way) for line in lines if (way := detour(line, before, broken)) is not None]
        raise EditRefused("building-cut", faults, count=len(broken), building=broken[0].id)


def new_edges(before: Board, outcome: Outcome) -> Keys:
    """Undirected edges (n, 2) of grids that an outcome brings and that were not there."""
    touched = {*outcome.gone, *(grid.code for grid in outcome.grids)} & {*before.grids}
    had = _edges([before.grids[code].shape for code in touched])
    have = _edges([grid.shape for grid in outcome.grids])
    return np.array(sorted(have - had), dtype=np.uint64).reshape(-1, 2)


def _edges(shapes: Sequence[Ground]) -> set[tuple[int, int]]:
    return {(low, high) for low, high in Net.of(shapes).edges().tolist()}


def detour(line: LineString, board: Board, broken: Sequence[Building]) -> LineString | None:
    """A line that goes round the buildings that it cuts, to the lattice; None where none does, or it cuts none."""
    flat = Flat.of(line)
    way = flat.flattened(line)
    near = board.surroundings.buildings_in(flat.degrees_box(2 * DETOUR_M))
    solid = [flat.flattened(one.shape) for one in near if shapely.get_dimensions(one.shape) == 2]
    past = round_buildings(way, solid, DETOUR_M)
    if past is way or shapely.intersects(past, [flat.flattened(one.shape) for one in broken]).any():
        return None
    return shapely.remove_repeated_points(shapely.linestrings(to_degrees(flat.steps(shapely.get_coordinates(past)))))


def _cut(before: Board, after: Board, edges: Keys) -> list[Building]:
    """Buildings on the new edges that are cut and were not."""
    near = _standing_on(before, edges)
    was = owned(near, _grids_near(before, near)).is_split
    now = owned(near, _grids_near(after, near)).is_split
    return [near[n] for n in np.flatnonzero(now & ~was).tolist()]


def _standing_on(board: Board, edges: Keys) -> list[Building]:
    """Buildings with ground that an edge passes through."""
    if len(edges) == 0:
        return []
    lines = segments(edges)
    west, south, east, north = shapely.total_bounds(lines).tolist()
    near = board.surroundings.buildings_in((west, south, east, north))
    shapes = np.asarray([one.shape for one in near], dtype=object)
    hit = shapely.STRtree(lines).query(shapes, "intersects")[0]
    return [near[n] for n in np.unique(hit).tolist() if shapely.get_dimensions(shapes[n]) == 2]


def _grids_near(board: Board, buildings: Sequence[Building]) -> list[Grid]:
    """Grids whose boxes meet one of the buildings' boxes."""
    if not buildings:
        return []
    grids = [*board.grids.values()]
    tree = shapely.STRtree([one.shape for one in buildings])
    return [
        grids[n] for n in np.unique(tree.query(np.asarray([grid.shape for grid in grids], dtype=object))[0]).tolist()
    ]


def _lines(edges: Keys) -> list[LineString]:
    """The edges put together."""
    merged = shapely.line_merge(shapely.multilinestrings(segments(edges)))
    return [line for line in shapely.get_parts(merged).tolist() if isinstance(line, LineString)]


def segments(edges: Keys) -> NDArray[np.object_]:
    """Edges (n, 2) as lines (n,)."""
    ends = np.stack([to_degrees(steps_of(edges[:, side])) for side in (0, 1)], axis=1)
    return np.asarray(shapely.linestrings(ends), dtype=object)


def _told(building: Building) -> dict[str, Value]:
    told: dict[str, Value] = {"id": building.id, "name": building.name}
    return told if building.households is None else {**told, "households": building.households}
