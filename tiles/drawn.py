"""What is in a square of what nobody derived beforehand: findings, blocks, the grids of a plan?

They are few, change with every edit, and are drawn as they are; only the inner profile has them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.matrix import EXTENT, RIM, Matrix
from geo.model import Finding
from geo.store import drafts

NEAR = 4 * RIM
"""Units beyond a square within which shapes are read: the edge of a square bends a little on the ground."""


@dataclass(frozen=True, slots=True)
class Square:
    """One square of a matrix."""

    matrix: Matrix
    z: int
    x: int
    y: int

    @property
    def corner(self) -> tuple[int, int]:
        """The north-west one, units."""
        return self.x * EXTENT, self.y * EXTENT

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the square and what is near, degrees WGS-84."""
        low, high = -NEAR, EXTENT + NEAR
        corners = np.add([(low, low), (low, high), (high, low), (high, high)], self.corner).astype(np.float64)
        columns, rows = self.matrix.size(self.z)
        there = self.matrix.lonlat(np.clip(corners, 0, (columns * EXTENT, rows * EXTENT)), self.z)
        (west, south), (east, north) = there.min(axis=0).tolist(), there.max(axis=0).tolist()
        return west, south, east, north


def findings(connection: Connection, found: Sequence[Finding], square: Square) -> bytes:
    """The findings that lie in a square, the worst first as they are given."""
    places = [one for one in found if one.geometry is not None and not one.geometry.is_empty]
    box, shapes = square.box, np.array([one.geometry for one in places], dtype=object)
    near = np.flatnonzero(shapely.intersects(shapely.box(*box), shapely.envelope(shapes)))
    told = [_of_finding(places[number]) for number in near.tolist()]
    return _encoded(connection, "findings", square, [None] * len(told), shapes[near], told)


def blocks(connection: Connection, square: Square) -> bytes:
    """The blocks of all open plans."""
    rows = connection.execute(_statement("blocks"), _place(square)).all()
    return _of_rows(connection, "blocks", square, rows)


def plan(connection: Connection, number: UUID, square: Square) -> bytes:
    """The grids of one plan; a grid that is published too has its stable number. Raises NoSuchDraft."""
    rows = connection.execute(_statement("plan"), {"plan": number, **_place(square)}).all()
    if not rows:
        drafts.find(Session(connection), number)
    return _of_rows(connection, f"plan-{number}", square, rows)


def _place(square: Square) -> dict[str, float]:
    return dict(zip(("west", "south", "east", "north"), square.box, strict=True))


def _of_rows(connection: Connection, layer: str, square: Square, rows: Sequence[Row[Any]]) -> bytes:
    told = [{name: value for name, value in row._mapping.items() if name not in ("id", "shape")} for row in rows]
    shapes = shapely.from_wkb(np.array([bytes(row.shape) for row in rows], dtype=object))
    return _encoded(connection, layer, square, [row.id for row in rows], shapes, told)


def _of_finding(one: Finding) -> dict[str, Any]:
    told = {
        "rule": one.rule.value,
        "severity": one.severity.value,
        "codes": ", ".join(one.codes),
        "area_m2": one.area_m2,
        "width_m": one.width_m,
        "length_m": one.length_m,
        "households": one.households,
        "accepted": one.accepted is not None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _encoded(
    connection: Connection,
    layer: str,
    square: Square,
    ids: Sequence[int | None],
    shapes: NDArray[np.object_],
    told: Sequence[Mapping[str, Any]],
) -> bytes:
    """Shapes in degrees as features of a tile, in the order given."""
    if len(told) == 0:
        return b""
    there = square.matrix.shapes([*shapes], square.z)
    here = shapely.transform(there, lambda xy: xy - square.corner)
    given = {
        "layer": layer,
        "ids": [*ids],
        "shapes": shapely.to_wkb(here).tolist(),
        "told": [orjson.dumps(one).decode() for one in told],
    }
    return bytes(connection.execute(_statement("drawn"), given).scalar_one())


@cache
def _statement(name: str) -> Any:
    return text((Path(__file__).parent / f"{name}.sql").read_text("utf-8"))
