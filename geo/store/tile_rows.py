"""Which shapes of a zoom are in force, and how do others take their place?"""

from collections.abc import Collection, Iterable, Mapping

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg import Connection
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ARRAY, BigInteger, ColumnElement, cast, func, select, update
from sqlalchemy.dialects.postgresql import INT8RANGE
from sqlalchemy.orm import Session

from geo.label_points import label_points
from geo.matrix import Matrix
from geo.store.tile_tables import tile_shape

COPY = "COPY tile_shape (matrix, zoom, subject, numbers, shape, label) FROM STDIN"
AT_ONCE = 256
"""Rows that are written in one go."""

Shapes = NDArray[np.object_]


class Rows:
    """The rows of one zoom of a matrix that are in force at the publication up to which it is derived."""

    def __init__(self, session: Session, matrix: Matrix, zoom: int) -> None:
        self._session, self._matrix, self._zoom = session, matrix, zoom
        self._known: dict[int, BaseGeometry | None] = {}

    def read(self, subjects: Iterable[int]) -> dict[int, BaseGeometry]:
        """The shapes of subjects that have one."""
        wanted = set(subjects)
        lacking = wanted - self._known.keys()
        if lacking:
            rows = self._session.execute(
                select(tile_shape.c.subject, func.ST_AsBinary(tile_shape.c.shape)).where(self._are(lacking))
            ).all()
            shapes = shapely.from_wkb(np.array([bytes(row[1]) for row in rows], dtype=object))
            self._known |= dict.fromkeys(lacking)
            self._known |= dict(zip((row[0] for row in rows), shapes.tolist(), strict=True))
        return {one: shape for one in wanted if (shape := self._known[one]) is not None}

    def are_other(self, shapes: Mapping[int, BaseGeometry]) -> set[int]:
        """The subjects whose shapes here are not, to the byte, those in force; an empty shape is none."""
        there = self.read(shapes)
        stay = zip(there, _bytes(there.values()), _bytes(shapes[one] for one in there), strict=True)
        same = {one for one, was, now in stay if was == now}
        return {one for one, shape in shapes.items() if one not in same and (one in there or not shape.is_empty)}

    def replace(self, shapes: Mapping[int, BaseGeometry], gone: Iterable[int], number: int) -> int:
        """Let shapes that are other ones than those in force take their place from a publication on, and end those of
        subjects that are gone. How many rows that added."""
        other = self.are_other(shapes)
        ended = self.read([*other, *gone]).keys()
        if ended:
            closed = cast(func.int8range(func.lower(tile_shape.c.numbers), number), INT8RANGE)
            self._session.execute(update(tile_shape).where(self._are(ended)).values(numbers=closed))
        added = {one: shapes[one] for one in sorted(other) if not shapes[one].is_empty}
        if added:
            self._copy(added, number)
        return len(added)

    def _are(self, subjects: Collection[int]) -> ColumnElement[bool]:
        return (
            (tile_shape.c.matrix == self._matrix.name)
            & (tile_shape.c.zoom == self._zoom)
            & (tile_shape.c.subject == func.any(cast(sorted(subjects), ARRAY(BigInteger))))
            & func.upper_inf(tile_shape.c.numbers)
        )

    def _copy(self, shapes: Mapping[int, BaseGeometry], number: int) -> None:
        driver = self._session.connection().connection.driver_connection
        assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
        there = np.array([*shapes.values()], dtype=object)
        labels = np.asarray(label_points([*there]), dtype=object)
        with driver.cursor() as cursor, cursor.copy(COPY) as stream:
            for first in range(0, len(there), AT_ONCE):
                some = slice(first, first + AT_ONCE)
                stream.write(self._lines([*shapes][some], there[some], labels[some], number))

    def _lines(self, subjects: Iterable[int], shapes: Shapes, labels: Shapes, number: int) -> str:
        told = zip(subjects, _bytes(shapes), _bytes(labels), strict=True)
        begin = f"{self._matrix.name}\t{self._zoom}\t"
        return "".join(f"{begin}{own}\t[{number},)\t{one.hex()}\t{label.hex()}\n" for own, one, label in told)


def _bytes(shapes: Iterable[BaseGeometry]) -> list[bytes]:
    return list(shapely.to_wkb(np.array([*shapes], dtype=object)))
