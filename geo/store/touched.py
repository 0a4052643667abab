"""Where may a tile show something else than at an earlier publication?

Told by boxes of ground: of communities whose edition is another, of grids counted anew, of what regions have that are
named or placed otherwise, of things that came, went or changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, FromClause, Row, Select, Table, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import INT8RANGE
from sqlalchemy.orm import Session

from geo.store.tables import building, dwelling, edition, facility, grid, line, region, ruleset, tally, water

Boxes = NDArray[np.float64]

MOST_BOXES = 20_000
"""More boxes of one kind than these are told as the squares of `SQUARE` that they meet."""
SQUARE = 0.01
"""Degrees."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Everything, or what meets one of the boxes (n, 4): west, south, east, north in degrees."""

    everything: bool
    boxes: Boxes


def touched(session: Session, after: int, upto: int) -> Touched:
    """What the publications in (after, upto] changed of what tiles show, public and inner ones.

    Neighbours of redrawn ground are not told: their borders may have moved by some units of a tile.
    """
    if session.scalar(select(exists().where(turned(ruleset, after, upto)))):
        return Touched(True, np.empty((0, 4)))
    found = [box for query in _queries(after, upto) for box in _told(session, query)]
    boxes = np.unique(np.array(found, dtype=np.float64).reshape(-1, 4), axis=0)
    return Touched(False, boxes[np.isfinite(boxes).all(axis=1)])


def turned(table: Table, after: int, upto: int) -> ColumnElement[bool]:
    """Rows that began or ended in (after, upto]."""
    begun, ended = func.lower(table.c.numbers), func.upper(table.c.numbers)
    is_over = ~func.upper_inf(table.c.numbers)
    return or_((begun > after) & (begun <= upto), is_over & (ended > after) & (ended <= upto))


def _queries(after: int, upto: int) -> Iterator[Select[Any]]:
    yield _boxes(edition, edition.c.boundary).where(turned(edition, after, upto))
    for table in (building, facility, line, water):
        yield _boxes(table, table.c.shape).where(turned(table, after, upto))
    housed = dwelling.join(building, building.c.id == dwelling.c.building)
    yield _boxes(housed, building.c.shape).where(turned(dwelling, after, upto), _meets(building, after, upto))
    counted = tally.join(grid, grid.c.id == tally.c.grid).join(edition, edition.c.id == grid.c.edition)
    yield _boxes(counted, grid.c.shape).where(turned(tally, after, upto), _meets(edition, after, upto))
    yield _boxes(edition, edition.c.boundary).where(
        edition.c.region.in_(_below_turned(after, upto)), _meets(edition, after, upto)
    )


def _below_turned(after: int, upto: int) -> Select[tuple[int]]:
    """Regions that are told otherwise, and all that are or were below them."""
    known = select(region.c.id).where(turned(region, after, upto)).cte(recursive=True)
    under = select(region.c.id).join(known, region.c.parent == known.c.id).where(_meets(region, after, upto))
    return select(known.union(under).c.id)


def _meets(table: Table, after: int, upto: int) -> ColumnElement[bool]:
    """Rows in force at any number from `after` to `upto`."""
    return table.c.numbers.op("&&")(cast(func.int8range(after, upto, "[]"), INT8RANGE))


def _boxes(source: FromClause, shape: ColumnElement[Any]) -> Select[Any]:
    sides = {"west": func.ST_XMin, "south": func.ST_YMin, "east": func.ST_XMax, "north": func.ST_YMax}
    return select(*(side(shape).label(name) for name, side in sides.items())).select_from(source)


def _told(session: Session, query: Select[Any]) -> Sequence[Row[Any]]:
    """The boxes; of very many the squares that they meet, which the database finds without telling each."""
    found = session.execute(query.limit(MOST_BOXES + 1)).all()
    if len(found) <= MOST_BOXES:
        return found
    box = query.subquery()
    low = (func.floor(side / SQUARE) * SQUARE for side in (box.c.west, box.c.south))
    high = (func.ceil(side / SQUARE) * SQUARE for side in (box.c.east, box.c.north))
    return session.execute(select(*low, *high).distinct()).all()
