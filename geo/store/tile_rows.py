"""Which shapes of a zoom are in force, and how do others take their place?"""

from collections.abc import Collection, Iterable, Mapping

import numpy as np
import shapely
from psycopg import Connection
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ARRAY, BigInteger, ColumnElement, cast, func, select, update
from sqlalchemy.dialects.postgresql import INT8RANGE
from sqlalchemy.orm import Session

from geo.generalise import label_points
from geo.matrix import Matrix
from geo.store.tile_parts import count
from geo.store.tile_tables import tile_shape

COPY = "COPY tile_shape (matrix, zoom, subject, numbers, shape, label) FROM STDIN"


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
        return {one for one, shape in shapes.items() if _bytes(shape) != _bytes(there.get(one))}

    def replace(self, shapes: Mapping[int, BaseGeometry], gone: Iterable[int], number: int) -> None:
        """Let shapes that are other ones than those in force take their place from a publication on, and end those of
        subjects that are gone."""
        other = self.are_other(shapes)
        ended = self.read([*other, *gone]).keys()
        if ended:
            closed = cast(func.int8range(func.lower(tile_shape.c.numbers), number), INT8RANGE)
            self._session.execute(update(tile_shape).where(self._are(ended)).values(numbers=closed))
        self._copy({one: shapes[one] for one in sorted(other) if not shapes[one].is_empty}, number)

    def _are(self, subjects: Collection[int]) -> ColumnElement[bool]:
        return (
            (tile_shape.c.matrix == self._matrix.name)
            & (tile_shape.c.zoom == self._zoom)
            & (tile_shape.c.subject == func.any(cast(sorted(subjects), ARRAY(BigInteger))))
            & func.upper_inf(tile_shape.c.numbers)
        )

    def _copy(self, shapes: Mapping[int, BaseGeometry], number: int) -> None:
        if not shapes:
            return
        driver = self._session.connection().connection.driver_connection
        assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
        there = np.array([*shapes.values()], dtype=object)
        labels = np.asarray(label_points([*there]), dtype=object)
        hexed = zip(shapes, shapely.to_wkb(there, hex=True), shapely.to_wkb(labels, hex=True), strict=True)
        begin = f"{self._matrix.name}\t{self._zoom}\t"
        with driver.cursor() as cursor, cursor.copy(COPY) as stream:
            for subject, shape, label in hexed:
                stream.write(f"{begin}{subject}\t[{number},)\t{shape}\t{label}\n")
        count(self._session, len(shapes))


def _bytes(shape: BaseGeometry | None) -> bytes | None:
    return None if shape is None or shape.is_empty else bytes(shapely.to_wkb(shape))
