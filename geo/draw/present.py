"""What ground have the grids that are there, once it covers a part of a region exactly?

Ground of two grids is the first one's, ground of none a neighbour's, and a building on a border is whole in the grid
that has most of it. A grid with nothing of that keeps its ground to the byte.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Polygon

from geo.arrangement import Arrangement, Face, joined
from geo.draw.borders import Borders
from geo.draw.houses import footprints
from geo.draw.network import TOUCHED_M2, together
from geo.lattice import rounded
from geo.model import Building, Grid, Ground
from geo.plane import Plane

NOBODY = -1


class NobodyThereError(ValueError):
    """No grid has ground there."""


def grounds(part: Polygon, present: Sequence[Grid], buildings: Sequence[Building]) -> list[Ground]:
    """What each grid has of a part, empty where nothing; the buildings stand there.

    Raises NodingUnsettledError, NobodyThereError.
    """
    plane = Plane.of(part)
    walls = _cut_buildings(present, buildings, plane)
    found = Arrangement.of([part, *(grid.shape for grid in present), *walls])
    faces = [face for face in found.faces if 0 in face.over]
    owner = _owners(faces, len(present), _wall_owners(walls, present, plane))
    if not any(own != NOBODY for own in owner):
        raise NobodyThereError("no grid has ground there")
    owner = _settled(faces, owner, plane)
    return [_ground(faces, owner, number, grid.shape) for number, grid in enumerate(present)]


def _ground(faces: Sequence[Face], owner: Sequence[int], number: int, like: Ground) -> Ground:
    ground = joined([face.shape for face, own in zip(faces, owner, strict=True) if own == number], like)
    return like if ground.normalize() == like.normalize() else ground


def _cut_buildings(present: Sequence[Grid], buildings: Sequence[Building], plane: Plane) -> list[Polygon]:
    """The ground of buildings that stand in two grids, on the lattice."""
    stands = footprints(buildings, plane)
    shares = _shares(stands, present, plane)
    cut = np.flatnonzero((shares > TOUCHED_M2).sum(axis=1) > 1)
    walls = [rounded(plane.degrees(wall)) for wall in together(stands, cut)]
    return [wall for wall in walls if isinstance(wall, Polygon) and wall.is_valid and not wall.is_empty]


def _wall_owners(walls: Sequence[Polygon], present: Sequence[Grid], plane: Plane) -> list[int]:
    """The grid that has most of each wall's ground."""
    if not walls:
        return []
    ground = plane.metres_each(walls)
    return [*map(int, _shares(ground, present, plane).argmax(axis=1))]


def _shares(shapes: np.ndarray, present: Sequence[Grid], plane: Plane) -> np.ndarray:
    """Square metres that each shape (n,) which is in several grids has in each (n, k)."""
    ground = plane.metres_each([grid.shape for grid in present])
    shares = np.zeros((len(shapes), len(ground)))
    if len(shapes) and len(ground):
        shape, grid = shapely.STRtree(ground).query(shapes, predicate="intersects")
        several = np.bincount(shape, minlength=len(shapes))[shape] > 1  # the others are whole in one
        shape, grid = shape[several], grid[several]
        shares[shape, grid] = shapely.area(shapely.intersection(shapes[shape], ground[grid]))
    return shares


def _owners(faces: Sequence[Face], grids: int, walls: Sequence[int]) -> list[int]:
    """The number of the grid that has each face; shape 0 is the part, then come grids, then walls."""
    owner = []
    for face in faces:
        under = [number - 1 - grids for number in sorted(face.over) if number > grids]
        own = [number - 1 for number in sorted(face.over) if 0 < number <= grids]
        owner.append(walls[under[0]] if under else own[0] if own else NOBODY)
    return owner


def _settled(faces: Sequence[Face], owner: list[int], plane: Plane) -> list[int]:
    """Faces of nobody go to the grid with the longest border to them, those beside grids first."""
    borders = Borders.of([face.shape for face in faces], plane)
    one, other, metres = borders.between(np.arange(len(faces)))
    while NOBODY in owner:
        best: dict[int, tuple[float, int]] = {}
        for a, b, shared in zip(one.tolist(), other.tolist(), metres.tolist(), strict=True):
            for face, beside in ((a, b), (b, a)):
                if owner[face] == NOBODY and owner[beside] != NOBODY:
                    best[face] = max(best.get(face, (-1.0, 0)), (shared, owner[beside]))
        if not best:  # ground that touches others in single points at most
            return [own if own != NOBODY else next(o for o in owner if o != NOBODY) for own in owner]
        owner = [best[face][1] if face in best else own for face, own in enumerate(owner)]
    return owner
