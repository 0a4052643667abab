"""How do buildings, facilities, lines and water get onto the lattice of tiles?

Every published row once, on the lattice of the last zoom; tiles of the others make it smaller themselves. Lazily, in
batches that are a transaction each.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg import Connection
from sqlalchemy import Engine, Table, func, select
from sqlalchemy.orm import Session

from geo.matrix import MATRICES, MOST_ZOOM
from geo.store.published import current_publication
from geo.store.tables import building, facility, line, water
from geo.store.tile_parts import alone, count, lacks, reach, reached
from geo.store.tile_tables import tile_thing

THINGS = {table.name: table for table in (building, facility, line, water)}
MOST_ROWS = 20_000
"""Rows of a batch."""
COPY = "COPY tile_thing (matrix, layer, thing, shape) FROM STDIN"


def derive_things(engine: Engine, matrix: str, layer: str, publication: int) -> None:
    """All that lacks of a layer (a key of `THINGS`) of a matrix up to a publication; quick where nothing does.

    Waits for another process that is at the same. Raises StoreUnavailable.
    """
    last = 0
    while lacks(engine, matrix, layer, publication):
        with alone(engine, matrix, layer) as work:
            done, upto = reached(work, matrix, layer), min(publication, current_publication(work))
            rows = _lacking(work, matrix, THINGS[layer], done, upto, last)
            if rows:
                last = rows[-1][0]
                _copy(work, matrix, layer, rows)
                count(work, len(rows))
            if len(rows) < MOST_ROWS and done < upto:
                reach(work, matrix, layer, upto)


def _lacking(session: Session, matrix: str, table: Table, done: int, upto: int, last: int) -> list[tuple[int, bytes]]:
    """The next rows, and their shapes in degrees, that began in (done, upto] and that nobody has derived."""
    there = select(tile_thing.c.thing).where(
        tile_thing.c.matrix == matrix, tile_thing.c.layer == table.name, tile_thing.c.thing == table.c.row
    )
    begun = func.lower(table.c.numbers)
    found = session.execute(
        select(table.c.row, func.ST_AsBinary(table.c.shape))
        .where(begun > done, begun <= upto, table.c.row > last, ~there.exists())
        .order_by(table.c.row)
        .limit(MOST_ROWS)
    )
    return [(row, bytes(shape)) for row, shape in found]


def _copy(session: Session, matrix: str, layer: str, rows: list[tuple[int, bytes]]) -> None:
    shapes = _on_lattice(matrix, shapely.from_wkb(np.array([shape for _, shape in rows], dtype=object)))
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
    with driver.cursor() as cursor, cursor.copy(COPY) as stream:
        for (row, _), shape in zip(rows, shapely.to_wkb(shapes, hex=True), strict=True):
            stream.write(f"{matrix}\t{layer}\t{row}\t{shape}\n")


def _on_lattice(matrix: str, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes where tiles have them; nothing is left out that has a place there, however odd it is."""
    return MATRICES[matrix].shapes(shapes.tolist(), MOST_ZOOM)
