"""Is a grid or a region in one piece, without holes?

A hole is no fault of the map where somebody else's ground or water fills it, nor are parts where the region itself has
parts: they are told as warnings, everything else hinders a publication.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.faults import pieces
from geo.measure import square_metres, width_m
from geo.model import Finding, Grid, Ground, Region, Rule, Severity, Values


def suspects(shapes: Sequence[Ground] | NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which shapes have holes or several parts: of no other one is anything said here. Shape (n,)."""
    ground = np.asarray(shapes, dtype=object)
    several = shapely.get_num_geometries(ground) > 1
    parts, owner = shapely.get_parts(ground, return_index=True)
    holes = np.bincount(owner, shapely.get_num_interior_rings(parts) > 0, len(ground))
    return np.asarray(several | (holes > 0))


def hole_findings(code: str, shape: Ground, fillers: Sequence[Ground]) -> Iterator[Finding]:
    """One finding a hole, largest first: a warning where it is wholly the ground of `fillers`, blocking elsewhere.

    `fillers` are other grids, other regions' ground and declared water near it, never the ground that is judged.
    """
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(shape) for ring in part.interiors]
    if not holes:
        return
    sound = np.asarray(fillers, dtype=object)
    sound = sound[shapely.is_valid(sound)]
    tree = shapely.STRtree(sound)
    for hole in _largest_first(holes):
        if hole.is_valid:
            near = sound[np.sort(tree.query(hole, "intersects"))]
            yield _told(Rule.HOLE, Severity.WARNING if _is_filled(hole, near) else Severity.BLOCKING, code, hole, 1)


def multipart_findings(grid: Grid, region: Region) -> Iterator[Finding]:
    """A grid in several parts: a warning where each lies in another part of its region's outline, else blocking."""
    parts = _largest_first(shapely.get_parts(grid.shape).tolist())
    if len(parts) < 2:
        return
    homes = _homes(parts, region.shape)
    apart = -1 not in homes and len(set(homes)) == len(parts)
    beyond = parts[1] if len(parts) == 2 else shapely.MultiPolygon(parts[1:])
    severity = Severity.WARNING if apart else Severity.BLOCKING
    yield _told(Rule.MULTIPART, severity, grid.code, beyond, len(parts))


def multipart_region(region: Region) -> Iterator[Finding]:
    """An outline in several parts that is not declared an enclave."""
    if region.shape is None or region.enclave:
        return
    parts = _largest_first(shapely.get_parts(region.shape).tolist())
    if len(parts) > 1:
        beyond = parts[1] if len(parts) == 2 else shapely.MultiPolygon(parts[1:])
        yield _told(Rule.MULTIPART, Severity.WARNING, region.code, beyond, len(parts))


def _is_filled(hole: shapely.Polygon, near: NDArray[np.object_]) -> bool:
    """Whether no more of the hole is left than the noise of an overlay."""
    return not any(True for _ in pieces(hole.difference(shapely.union_all(near))))


def _homes(parts: Sequence[shapely.Polygon], outline: Ground | None) -> list[int]:
    """The part of the outline that has most of each part, -1 where none has half of it."""
    if outline is None or not outline.is_valid:
        return [-1] * len(parts)
    whole = shapely.get_parts(outline)
    homes = []
    for part in parts:
        ground = part if part.is_valid else shapely.make_valid(part)
        shared = shapely.area(shapely.intersection(whole, ground))
        best = int(shared.argmax()) if len(shared) else -1
        homes.append(best if best >= 0 and shared[best] > ground.area / 2 else -1)
    return homes


def _largest_first(parts: Sequence[shapely.Polygon]) -> list[shapely.Polygon]:
    """In an order that no order of the parts in the file changes."""
    normal = shapely.normalize(np.asarray(parts, dtype=object))
    order = sorted(range(len(parts)), key=lambda n: (-normal[n].area, shapely.to_wkb(normal[n])))
    return [normal[n] for n in order]


def _told(rule: Rule, severity: Severity, code: str, ground: Ground, count: int) -> Finding:
    area = square_metres(ground)
    values: Values = {"code": code, "area_m2": area, "parts": count}
    width = width_m(ground) if rule is Rule.HOLE else None
    return Finding(
        rule=rule, severity=severity, codes=[code], geometry=ground, area_m2=area, width_m=width, values=values
    )
