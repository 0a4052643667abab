"""Do the grids cover the boundary once, and only once?"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.faults import MIN_PIECE_M2, invalid, polygons
from geo.inquiry import Inquiry
from geo.lattice import directed_edges, uncancelled
from geo.measure import square_metres
from geo.model import Finding, Grid, Ground, Region
from geo.noding import led_through
from geo.rings import are_sound, is_sound


def is_exact(boundary: Ground, grids: Sequence[Ground]) -> bool:
    """Every directed edge of the grids cancels, and what is left is the boundary.

    Compares whole lattice steps for equality: no tolerance, no overlay. With sound rings the grids then cover each
    point of the boundary's ground once: the number of grids over a point less the number of boundaries over it is a
    function that no edge is left to change, hence zero everywhere. The same proof stands in SQL behind the door.
    """
    shapes = [boundary, *grids]
    return bool(len(grids) > 0 and are_sound(np.asarray(shapes, dtype=object)).all() and _cancel(shapes))


def _cancel(shapes: Sequence[Ground]) -> bool:
    """Whether the edges of the first shape and those of all others cancel."""
    start, end, owner = directed_edges(shapes)
    left, _, _ = uncancelled(start, end, np.where(owner == 0, -1, 1))
    return len(left) == 0


def findings(region: Region, grids: Sequence[Grid]) -> Iterator[Finding]:
    """Every fault of a region's coverage, located. `is_exact` decides whether there is one; nothing then is silent.

    A region whose ring is invalid or that has no outline of its own is judged by what its grids say (`outline`).
    """
    boundary, own = region.shape, [grid.shape for grid in grids]
    sound = are_sound(np.asarray(own if boundary is None else [boundary, *own], dtype=object))
    if boundary is not None and grids and sound.all() and _cancel([boundary, *own]):
        return
    if not sound.all():
        yield from invalid([(region.code, boundary), *((grid.code, grid.shape) for grid in grids)])
    if boundary is None or not sound[0]:
        boundary = outline(own)
    if boundary.is_empty:
        return
    yield from Inquiry(region.code, boundary, tuple(grids), sound[len(sound) - len(own) :]).findings()


def outline(shapes: Sequence[Ground]) -> Ground:
    """The ground of all shapes together, by cancelling the edges they share; rings of faulty ones by overlay.

    A hole that nobody fills stays out of a derived outline only where the shapes fit exactly around it.
    """
    exact = _exactly_together(shapes)
    if exact is None:  # overlay would leave a border in the middle where one side lacks a node
        shapes = led_through(shapes)
        exact = _exactly_together(shapes)
    if exact is not None:
        return exact
    filled = [shapely.Polygon(part.exterior) for part in polygons(_overlaid(shapes))]
    return shapely.union_all(filled) if filled else shapely.Polygon()


def together(shapes: Sequence[Ground]) -> BaseGeometry:
    """The ground of all shapes together with its holes; by overlay where they do not fit exactly."""
    exact = _exactly_together(shapes)
    return _overlaid(shapes) if exact is None else exact


def _overlaid(shapes: Sequence[Ground]) -> BaseGeometry:
    return shapely.union_all([shape if shape.is_valid else shapely.make_valid(shape) for shape in shapes])


def _exactly_together(shapes: Sequence[Ground]) -> Ground | None:
    """The shapes without the edges they share; None where they do not fit exactly.

    The edges have to cancel, as in `is_exact`.
    """
    if not len(shapes) or not are_sound(np.asarray(shapes, dtype=object)).all():
        return None
    try:
        union = shapely.coverage_union_all(list(shapes))
    except shapely.errors.GEOSException:  # its way to say that shapes overlap or are not noded
        return None
    if not isinstance(union, Ground) or union.is_empty or not is_sound(union):
        return None
    return union if _cancel([union, *shapes]) else None


def whole(shapes: Sequence[Ground], elsewhere: Sequence[Ground]) -> Ground:
    """The outline of all shapes together, with those of its holes that no ground elsewhere lies in."""
    tree = shapely.STRtree(np.asarray(elsewhere, dtype=object))
    parts = [
        shapely.Polygon(part.exterior, [hole for hole in part.interiors if _is_taken(shapely.Polygon(hole), tree)])
        for part in polygons(outline(shapes))
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _is_taken(hole: shapely.Polygon, tree: shapely.STRtree) -> bool:
    """Whether some ground of the tree lies in the hole."""
    near = tree.geometries[tree.query(hole, "intersects")]
    return any(square_metres(shared) > MIN_PIECE_M2 for shared in shapely.intersection(hole, near))
