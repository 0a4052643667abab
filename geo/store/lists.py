"""Which buildings and facilities does a publication show, page by page?"""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import BigInteger, ColumnElement, Select, Table, cast, func, select
from sqlalchemy.orm import Session

from geo.store.published import at
from geo.store.tables import SRID, building, dwelling, edition, facility, grid, identity

WITHIN_DEG = 1e-9
"""A facility stands on a grid this near, degrees: far under a lattice step. Distances, unlike ST_Intersects, never
fail on a shape whose rings cross."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A page of a list: rows after a code, in a box (west, south, east, north), in the grids of some regions."""

    limit: int
    after: str = ""
    box: tuple[float, float, float, float] | None = None
    regions: Sequence[str] | None = None
    kind: str | None = None
    households: tuple[int | None, int | None] = (None, None)
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing as published: its stable number, its shape and its properties."""

    id: int
    code: str
    shape: BaseGeometry
    properties: dict[str, object]


def buildings(session: Session, number: int, wanted: Wanted) -> list[Row]:
    """Buildings in force, ordered by id, each with its one owner; households counted with the owner."""
    owner = identity.alias("owner")
    names = ("name", "address", "compound", "households", "estimated", "levels", "kind", "grid")
    columns = [getattr(building.c, name) for name in names]
    query = (
        _page(building, number, wanted)
        .add_columns(*columns, owner.c.code.label("owner"))
        .outerjoin(dwelling, (dwelling.c.building == building.c.id) & at(dwelling, number))
        .outerjoin(owner, owner.c.id == dwelling.c.grid)
    )
    low, high = wanted.households
    if low is not None:
        query = query.where(building.c.households >= cast(low, BigInteger))
    if high is not None:
        query = query.where(building.c.households <= cast(high, BigInteger))
    if wanted.kind is not None:
        query = query.where(building.c.kind == wanted.kind)
    if wanted.regions is not None:
        query = query.where(dwelling.c.grid.in_(_grids(number, wanted.regions)))
    return _rows(session, query, (*names, "owner"))


def facilities(session: Session, number: int, wanted: Wanted) -> list[Row]:
    """Facilities in force, ordered by id; in a region when they stand on a grid of it."""
    query = _page(facility, number, wanted).add_columns(facility.c.name, facility.c.category)
    if wanted.kind is not None:
        query = query.where(facility.c.category == wanted.kind)
    if wanted.regions is not None:
        ground = (
            select(grid.c.id)
            .join(edition, edition.c.id == grid.c.edition)
            .where(at(edition, number), grid.c.id.in_(_grids(number, wanted.regions)))
            .where(func.ST_DWithin(grid.c.shape, facility.c.shape, WITHIN_DEG))
        )
        query = query.where(ground.correlate(facility).exists())
    return _rows(session, query, ("name", "category"))


def _page(table: Table, number: int, wanted: Wanted) -> Select[*tuple[object, ...]]:
    query = (
        select(identity.c.id, identity.c.code, func.ST_AsBinary(table.c.shape).label("shape"))
        .join(identity, identity.c.id == table.c.id)
        .where(at(table, number), identity.c.code > wanted.after)
        .order_by(identity.c.code)
        .limit(wanted.limit)
    )
    if wanted.box is not None:
        query = query.where(func.ST_Intersects(table.c.shape, _envelope(*wanted.box)))
    return query if wanted.code is None else query.where(identity.c.code == wanted.code)


def _envelope(west: float, south: float, east: float, north: float) -> ColumnElement[object]:
    """The box; a line or a point where it has no width, which a polygon without area would not meet."""
    diagonal = func.ST_MakeLine(func.ST_Point(west, south), func.ST_Point(east, north))
    return func.ST_SetSRID(func.ST_Envelope(diagonal), SRID)


def _grids(number: int, regions: Sequence[str]) -> Select[tuple[int]]:
    """The grids in force of some divided regions."""
    divided = identity.alias("divided")
    return (
        select(grid.c.id)
        .join(edition, edition.c.id == grid.c.edition)
        .join(divided, divided.c.id == edition.c.region)
        .where(at(edition, number), divided.c.code.in_(regions))
    )


def _rows(session: Session, query: Select[*tuple[object, ...]], names: Sequence[str]) -> list[Row]:
    return [
        Row(row.id, row.code, shapely.from_wkb(bytes(row.shape)), {name: getattr(row, name) for name in names})
        for row in session.execute(query)
    ]
