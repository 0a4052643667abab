"""What was published, as the values the rules work on, for any publication number?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Double,
    FromClause,
    Table,
    Text,
    and_,
    cast,
    func,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Subquery

from geo.model import Grid, GridKind, Ground, Layer, Region, Standing
from geo.store.tables import SRID, dwelling, edition, grid, head, identity, region, tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A divided region as published: its boundary and all its grids."""

    id: int
    region: str
    intent: int
    standing: Standing
    boundary: Ground
    grids: tuple[Grid, ...]


def current_publication(session: Session) -> int:
    """The number of the state in force; 0 when nothing was ever published."""
    return int(session.execute(select(head.c.publication)).scalar_one())


def at(table: Table, number: int | ColumnElement[int]) -> ColumnElement[bool]:
    """The rows of a table that are in force at a publication number."""
    return table.c.numbers.op("@>")(cast(number, BigInteger))


def regions(session: Session, number: int) -> list[Region]:
    """The tree, without outlines, ordered by code."""
    parent = identity.alias("parent")
    rows = session.execute(
        select(identity.c.code, region.c.name, region.c.level, parent.c.code, region.c.enclave, region.c.scheme)
        .join(identity, identity.c.id == region.c.id)
        .outerjoin(parent, parent.c.id == region.c.parent)
        .where(at(region, number))
        .order_by(identity.c.code)
    )
    return [
        Region(code=code, name=name, level=level, parent=above, enclave=enclave, scheme=scheme)
        for code, name, level, above, enclave, scheme in rows
    ]


def divided_codes(session: Session, number: int) -> set[str]:
    """Codes of the regions that have an edition in force."""
    codes = select(identity.c.code).join(edition, edition.c.region == identity.c.id).where(at(edition, number))
    return set(session.scalars(codes))


def regions_of_grids(session: Session, number: int, codes: Iterable[str]) -> set[str]:
    """Codes of the regions that some grids divide."""
    named, divided = identity.alias("named"), identity.alias("divided")
    query = (
        select(divided.c.code)
        .join(edition, edition.c.region == divided.c.id)
        .join(grid, grid.c.edition == edition.c.id)
        .join(named, named.c.id == grid.c.id)
        .where(at(edition, number), is_one(named, Layer.GRID, codes))
    )
    return set(session.scalars(query))


def tallies(session: Session, number: int, codes: Iterable[str]) -> dict[str, int | None]:
    """Households of the grids in force with one of the codes; None where nobody counted."""
    query = (
        select(identity.c.code, tally.c.households)
        .join(grid, grid.c.id == identity.c.id)
        .join(edition, (edition.c.id == grid.c.edition) & at(edition, number))
        .outerjoin(tally, (tally.c.grid == grid.c.id) & at(tally, number))
        .where(is_one(identity, Layer.GRID, codes))
    )
    return {row.code: row.households for row in session.execute(query)}


def owners(session: Session, number: int, buildings: Iterable[str]) -> set[str]:
    """Codes of the grids that own one of some buildings."""
    one, owner = identity.alias("one"), identity.alias("owner")
    query = (
        select(owner.c.code)
        .distinct()
        .join(dwelling, dwelling.c.grid == owner.c.id)
        .join(one, one.c.id == dwelling.c.building)
        .where(at(dwelling, number), is_one(one, Layer.BUILDING, buildings))
    )
    return set(session.scalars(query))


def editions(
    session: Session,
    number: int,
    *,
    codes: Iterable[str] | None = None,
    meets: Sequence[Ground] = (),
) -> list[Edition]:
    """Editions in force, ordered by region; only the regions named, or whose box meets one of the shapes, if given."""
    wanted = select(edition.c.id).join(identity, identity.c.id == edition.c.region).where(at(edition, number))
    if codes is not None:
        wanted = wanted.where(is_one(identity, Layer.REGION, codes))
    if meets:
        wanted = wanted.where(meets_any(edition.c.boundary, meets))
    return _editions(session, wanted.subquery())


def editions_of_ids(session: Session, ids: Iterable[int]) -> list[Edition]:
    """Editions by their ids, in force or not, ordered by region."""
    return _editions(session, select(edition.c.id).where(edition.c.id.in_(list(ids))).subquery())


def is_one_of(column: ColumnElement[str], codes: Iterable[str]) -> ColumnElement[bool]:
    """Whether a code is one of these; they go in one parameter, of which a statement has 65,535 at most."""
    return column == func.any(cast(sorted(codes), ARRAY(Text)))


def is_one(identities: FromClause, layer: Layer, codes: Iterable[str]) -> ColumnElement[bool]:
    """Whether an identity is of a layer and has one of these codes: both together have an index."""
    return and_(identities.c.layer == layer.value, is_one_of(identities.c.code, codes))


def meets_any(column: Column[Any], shapes: Sequence[Ground]) -> ColumnElement[bool]:
    """Whether the box of a stored shape meets the box of one of the shapes.

    Asked box by box of the column's index: asked row by row, a thousand boxes would be looked at for every row.
    """
    sides = [cast(side, ARRAY(Double)) for side in _outermost(shapes).T.tolist()]
    boxes = func.unnest(*sides).table_valued("west", "south", "east", "north").render_derived(name="boxes")
    box = func.ST_MakeEnvelope(boxes.c.west, boxes.c.south, boxes.c.east, boxes.c.north, SRID)
    (key,) = column.table.primary_key
    there = column.table.alias("there")
    return key.in_(select(there.c[key.key]).join(boxes, there.c[column.key].op("&&")(box)))


def _outermost(shapes: Sequence[Ground]) -> NDArray[np.float64]:
    """The boxes of shapes (west, south, east, north), shape (n, 4), without those that lie in another one."""
    bounds = np.unique(shapely.bounds(np.asarray(shapes, dtype=object)), axis=0)
    boxes = shapely.box(*bounds.T)
    inner, outer = shapely.STRtree(boxes).query(boxes, "covered_by")
    within = np.zeros(len(bounds), dtype=bool)
    within[inner[inner != outer]] = True
    return np.asarray(bounds[~within], dtype=np.float64)


def _editions(session: Session, wanted: Subquery) -> list[Edition]:
    rows = session.execute(
        select(
            edition.c.id,
            identity.c.code,
            edition.c.intent,
            edition.c.standing,
            func.ST_AsBinary(edition.c.boundary),
        )
        .join(identity, identity.c.id == edition.c.region)
        .where(edition.c.id.in_(select(wanted.c.id)))
        .order_by(identity.c.code)
    ).all()
    codes = {row.id: row.code for row in rows}
    grids: dict[int, list[Grid]] = {row.id: [] for row in rows}
    for number, code, name, kind, data in session.execute(
        select(grid.c.edition, identity.c.code, grid.c.name, grid.c.kind, func.ST_AsBinary(grid.c.shape))
        .join(identity, identity.c.id == grid.c.id)
        .where(grid.c.edition.in_(select(wanted.c.id)))
        .order_by(identity.c.code)
    ):
        shape = shapely.from_wkb(bytes(data))
        grids[number].append(Grid(code=code, name=name, kind=GridKind(kind), region=codes[number], shape=shape))
    return [
        Edition(
            id=number,
            region=code,
            intent=intent,
            standing=Standing(standing),
            boundary=shapely.from_wkb(bytes(data)),
            grids=tuple(grids[number]),
        )
        for number, code, intent, standing, data in rows
    ]
