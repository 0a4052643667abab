"""Where may a tile show something else than at an earlier publication?

Told by boxes of ground: of communities whose edition is another, of grids counted anew, of what regions have that are
named or placed otherwise, of things that came, went or changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, FromClause, Select, Table, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import INT8RANGE
from sqlalchemy.orm import Session

from geo.store.tables import building, dwelling, edition, facility, grid, line, region, ruleset, tally, water

Boxes = NDArray[np.float64]

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
    found = [box for query in _queries(after, upto) for box in session.execute(query)]
    boxes = np.unique(np.array(found, dtype=np.float64).reshape(-1, 4), axis=0)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    return Touched(False, boxes if len(boxes) <= MOST_BOXES else _in_squares(boxes))


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
    sides = (func.ST_XMin(shape), func.ST_YMin(shape), func.ST_XMax(shape), func.ST_YMax(shape))
    return select(*sides).select_from(source)


def _in_squares(boxes: Boxes) -> Boxes:
    """Fewer boxes that cover the same: each drawn out to whole squares, those that are then alike once."""
    low, high = np.floor(boxes[:, :2] / SQUARE), np.ceil(boxes[:, 2:] / SQUARE)
    return np.unique(np.column_stack([low, high]), axis=0) * SQUARE
