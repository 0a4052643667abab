"""Where may a tile show something else than at an earlier publication?

Told by boxes of ground: of communities whose edition is another, of grids counted anew, of what regions have that are
named or placed otherwise, of things that came, went or changed. Which they are the database says
(`migrations/sql/touched.sql`), whose door makes the bounds of a publication of the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Float, Row, Table, column, exists, func, or_, select
from sqlalchemy.orm import Session

from geo.store.tables import ruleset

Boxes = NDArray[np.float64]

SIDES = ("west", "south", "east", "north")
MOST_BOXES = 20_000
"""More boxes than these are told as the squares of `SQUARE` that they meet."""
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
    found = np.array([tuple(row) for row in _told(session, after, upto)], dtype=np.float64)
    return Touched(False, np.unique(found.reshape(-1, 4), axis=0))


def turned(table: Table, after: int, upto: int) -> ColumnElement[bool]:
    """Rows that began or ended in (after, upto]."""
    begun, ended = func.lower(table.c.numbers), func.upper(table.c.numbers)
    is_over = ~func.upper_inf(table.c.numbers)
    return or_((begun > after) & (begun <= upto), is_over & (ended > after) & (ended <= upto))


def turns(session: Session, tables: Iterable[Table], after: int, upto: int) -> list[int]:
    """The publications in (after, upto] in which a row of these tables began or ended."""
    found = set[int | None]()
    for table in tables:
        ends = func.lower(table.c.numbers), func.upper(table.c.numbers)
        for pair in session.execute(select(*ends).distinct().where(turned(table, after, upto))):
            found.update(pair)
    return sorted(number for number in found if number is not None and after < number <= upto)


def _told(session: Session, after: int, upto: int) -> Sequence[Row[Any]]:
    """The boxes; of very many the squares that they meet, which the database finds without telling each."""
    box = func.touched_boxes(after, upto).table_valued(*(column(side, Float) for side in SIDES))
    found = session.execute(select(*(box.c[side] for side in SIDES)).limit(MOST_BOXES + 1)).all()
    if len(found) <= MOST_BOXES:
        return found
    low = (func.floor(box.c[side] / SQUARE) * SQUARE for side in SIDES[:2])
    high = (func.ceil(box.c[side] / SQUARE) * SQUARE for side in SIDES[2:])
    return session.execute(select(*low, *high).distinct()).all()
