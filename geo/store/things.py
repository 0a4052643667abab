"""What stands on the published ground: buildings, facilities, lines, water; and everything together as one plan?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.orm import Session

from geo.model import Building, Facility, Ground, Layer, Line, Plan, Water
from geo.store.published import at, editions, is_one, meets_any, regions
from geo.store.tables import building, dwelling, facility, identity, line, water

TABLES: Mapping[Layer, Table] = {
    Layer.BUILDING: building,
    Layer.FACILITY: facility,
    Layer.LINE: line,
    Layer.WATER: water,
}


def buildings(
    session: Session,
    number: int,
    *,
    codes: Iterable[str] | None = None,
    meets: Sequence[Ground] = (),
    owned_by: Iterable[str] | None = None,
    homeless: bool = False,
) -> list[Building]:
    """Buildings in force at a publication, ordered by id.

    Only those named, those whose box meets a shape's, those that one of some grids owns, or those that none does
    (`homeless`), if given.
    """
    names = ("name", "address", "compound", "households", "estimated", "levels", "kind")
    columns = [getattr(building.c, name) for name in names]
    entrance = func.ST_AsBinary(building.c.entrance).label("entrance")
    query = _in_force(building, number, codes, *columns, building.c.grid, entrance)
    if meets:
        query = query.where(meets_any(building.c.shape, meets))
    if owned_by is not None:
        query = query.where(building.c.id.in_(_dwelling_in(owned_by, number)))
    if homeless:
        owned = select(dwelling.c.row).where(dwelling.c.building == building.c.id, at(dwelling, number))
        query = query.where(~owned.exists())
    rows = session.execute(query).all()
    shapes = shapely.from_wkb([bytes(row.shape) for row in rows])
    entrances = shapely.from_wkb([None if row.entrance is None else bytes(row.entrance) for row in rows])
    return [
        Building(
            id=row.code,
            name=row.name,
            address=row.address,
            compound=row.compound,
            entrance=entrance,
            households=row.households,
            estimated=row.estimated,
            levels=row.levels,
            kind=row.kind,
            grid=row.grid,
            shape=shape,
        )
        for row, shape, entrance in zip(rows, shapes, entrances, strict=True)
    ]


def facilities(session: Session, number: int, *, codes: Iterable[str] | None = None) -> list[Facility]:
    """Facilities in force at a publication, ordered by id."""
    rows = session.execute(_in_force(facility, number, codes, facility.c.name, facility.c.category))
    return [Facility(id=r.code, name=r.name, category=r.category, shape=shapely.from_wkb(bytes(r.shape))) for r in rows]


def lines(session: Session, number: int, *, codes: Iterable[str] | None = None) -> list[Line]:
    """Streets, rivers, railways and walls in force at a publication, ordered by id."""
    rows = session.execute(_in_force(line, number, codes, line.c.name, line.c.category))
    return [Line(id=r.code, name=r.name, category=r.category, shape=shapely.from_wkb(bytes(r.shape))) for r in rows]


def waters(session: Session, number: int, *, codes: Iterable[str] | None = None) -> list[Water]:
    """Water surfaces in force at a publication, ordered by id."""
    rows = session.execute(_in_force(water, number, codes, water.c.name))
    return [Water(id=r.code, name=r.name, shape=shapely.from_wkb(bytes(r.shape))) for r in rows]


def shapes(session: Session, layer: Layer, number: int) -> dict[str, BaseGeometry]:
    """The shape of every thing of a data layer in force, by id."""
    rows = session.execute(_in_force(TABLES[layer], number, None))
    return {row.code: shapely.from_wkb(bytes(row.shape)) for row in rows}


def building_texts(session: Session, number: int) -> list[tuple[str, str, str]]:
    """Id, address and name of every building in force, ordered by id."""
    query = (
        select(identity.c.code, building.c.address, building.c.name)
        .join(identity, identity.c.id == building.c.id)
        .where(at(building, number))
        .order_by(identity.c.code)
    )
    return [(row.code, row.address, row.name) for row in session.execute(query)]


def everything(session: Session, number: int) -> Plan:
    """All that was published at a number, as a plan file holds it: divided regions carry their boundary, and people are
    not in it."""
    ground = editions(session, number)
    boundaries = {one.region: one.boundary for one in ground}
    return Plan(
        regions=tuple(replace(r, shape=boundaries.get(r.code)) for r in regions(session, number)),
        grids=tuple(grid for one in ground for grid in one.grids),
        buildings=tuple(buildings(session, number)),
        facilities=tuple(facilities(session, number)),
        lines=tuple(lines(session, number)),
        water=tuple(waters(session, number)),
    )


def _dwelling_in(grids: Iterable[str], number: int) -> Select[tuple[int]]:
    owner = identity.alias("owner")
    known = is_one(owner, Layer.GRID, grids)
    return select(dwelling.c.building).join(owner, owner.c.id == dwelling.c.grid).where(at(dwelling, number), known)


def _in_force(
    table: Table, number: int, codes: Iterable[str] | None, *columns: ColumnElement[object]
) -> Select[*tuple[object, ...]]:
    query = (
        select(identity.c.code, func.ST_AsBinary(table.c.shape).label("shape"), *columns)
        .join(identity, identity.c.id == table.c.id)
        .where(at(table, number))
        .order_by(identity.c.code)
    )
    return query if codes is None else query.where(is_one(identity, Layer(table.name), codes))
