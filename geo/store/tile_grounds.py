"""What ground do the pieces of a division have, and which are near some ground?

Shapes are read once for as long as a `Grounds` lives.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ARRAY, BigInteger, ColumnElement, cast, func, select
from sqlalchemy.orm import Session

from geo.coverage import together
from geo.model import Ground
from geo.store.published import at, meets_any
from geo.store.tables import edition, grid
from geo.store.tile_division import Division, Piece


class Grounds:
    """Of the publications up to the one that is being derived."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._boundaries: dict[int, Ground] = {}
        self._grids: dict[int, dict[int, Ground]] = {}
        self._wholes: dict[tuple[int, ...], Ground] = {}

    def boundaries(self, editions: Iterable[int]) -> list[Ground]:
        """The boundaries of editions, in their order."""
        wanted = list(editions)
        lacking = [one for one in wanted if one not in self._boundaries]
        if lacking:
            rows = self._session.execute(
                select(edition.c.id, func.ST_AsBinary(edition.c.boundary)).where(_is_one_of(edition.c.id, lacking))
            ).all()
            shapes = shapely.from_wkb(np.array([bytes(row[1]) for row in rows], dtype=object))
            self._boundaries |= dict(zip((row[0] for row in rows), shapes.tolist(), strict=True))
        return [self._boundaries[one] for one in wanted]

    def read(self, pieces: Collection[Piece], division: Division) -> None:
        """Read at once all that `atoms` will ask for of these pieces."""
        editions = [number for piece in pieces for number in piece.editions]
        if division.has_grids:
            self._read_grids(editions)
        self.boundaries(number for piece in pieces if division.is_drawn_whole(piece) for number in piece.editions)

    def subjects(self, piece: Piece, division: Division) -> set[int]:
        """The subjects of the atoms of a piece."""
        found = {piece.subject} if division.is_drawn_whole(piece) else set[int]()
        if division.has_grids:
            self._read_grids(piece.editions)
            found |= {own for number in piece.editions for own in self._grids[number]}
        return found

    def atoms(self, piece: Piece, division: Division) -> dict[int, Ground]:
        """What of a piece is drawn and put together from nothing smaller, by subject: grids, its own outline."""
        found = dict[int, Ground]()
        if division.has_grids:
            self._read_grids(piece.editions)
            found |= {own: shape for number in piece.editions for own, shape in self._grids[number].items()}
        if division.is_drawn_whole(piece):
            found[piece.subject] = self._whole(piece)
        return found

    def _whole(self, piece: Piece) -> Ground:
        if piece.editions not in self._wholes:
            shapes = self.boundaries(piece.editions)
            self._wholes[piece.editions] = shapes[0] if len(shapes) == 1 else together(shapes)
        return self._wholes[piece.editions]

    def near(
        self,
        shapes: Sequence[BaseGeometry],
        distance: float,
        division: Division,
        number: int,
        without: Collection[int] = (),
    ) -> list[Piece]:
        """The pieces of a publication's division that have ground within a distance of shapes, degrees; but not those
        of some regions."""
        if not shapes:
            return []
        boxes = list(shapely.box(*(shapely.bounds(np.asarray(shapes, dtype=object)) + distance * _OUTWARD).T))
        there = select(edition.c.id).where(at(edition, number), meets_any(edition.c.boundary, boxes))
        found = [one for one in self._session.scalars(there) if division.piece_of[one].region not in without]
        grounds = np.asarray(self.boundaries(found), dtype=object)
        if len(grounds) == 0:
            return []
        tree = shapely.STRtree(grounds)
        hit = np.unique(tree.query(np.asarray(shapes, dtype=object), "dwithin", distance)[1])
        pieces = {division.piece_of[found[place]].region for place in hit.tolist()}
        return [division.pieces[one] for one in sorted(pieces)]

    def _read_grids(self, editions: Iterable[int]) -> None:
        lacking = [one for one in editions if one not in self._grids]
        if not lacking:
            return
        rows = self._session.execute(
            select(grid.c.edition, grid.c.id, func.ST_AsBinary(grid.c.shape)).where(_is_one_of(grid.c.edition, lacking))
        ).all()
        shapes = shapely.from_wkb(np.array([bytes(row[2]) for row in rows], dtype=object))
        self._grids |= {one: {} for one in lacking}
        for (number, own, _), shape in zip(rows, shapes.tolist(), strict=True):
            self._grids[number][own] = shape


_OUTWARD = np.array([-1.0, -1.0, 1.0, 1.0])


def _is_one_of(column: ColumnElement[int], numbers: Iterable[int]) -> ColumnElement[bool]:
    return column == func.any(cast(list(numbers), ARRAY(BigInteger)))


def in_order(atoms: Mapping[int, Ground]) -> tuple[list[int], list[Ground]]:
    """Subjects and shapes in the one order in which shapes are drawn together: by identity."""
    subjects = sorted(atoms, key=lambda one: (abs(one), one))
    return subjects, [atoms[one] for one in subjects]
