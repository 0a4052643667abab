"""What can be found otherwise since an earlier publication, and which things are no more?

Things change with their own rows, with the owner of a building, and with the ground round them: where a grid is drawn
otherwise, whatever stands in its box is told anew; where a code is given or retired, the buildings it is declared for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Double,
    FromClause,
    Table,
    and_,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from geo.findable import Entry, Things
from geo.model import Grid, GridKind, Layer, Standing
from geo.store import search
from geo.store.published import Edition, at, divided_codes, editions, is_one_of, regions
from geo.store.search import is_numbered
from geo.store.tables import SRID, building, dwelling, edition, facility, grid, identity, region
from geo.store.things import facilities

MOST = 4
"""Where more than one in so many things are told anew, making all is as quick."""
FEW = 1_000

Name = tuple[Layer, str]
Standings = Sequence[tuple[Grid, Standing]]


@dataclass(frozen=True, slots=True)
class News:
    """What is other or new, with the grids that it names, and what is no more."""

    entries: Sequence[Entry]
    gone: Collection[Name]

    def __bool__(self) -> bool:
        return bool(self.entries or self.gone)


@dataclass(frozen=True, slots=True)
class _Ground:
    """Editions in force of the regions that changed, codes of the grids they had, boxes (n, 4) of the grids that are
    drawn otherwise, and codes that were given or retired."""

    editions: Sequence[Edition]
    codes: Collection[str]
    boxes: Sequence[tuple[float, float, float, float]]
    renamed: Collection[str]


def since(session: Session, before: int, number: int, known: Things) -> News | None:
    """What brings `known`, which is of the publication before, to the one of the number, which is in force; None where
    most is other."""
    ground = _ground(session, before, number)
    houses = _touched(session, building, before, number, ground)
    houses |= set(session.scalars(select(dwelling.c.building).where(_moved(dwelling, before))))
    things = _touched(session, facility, before, number, ground)
    if len(houses) + len(things) > max(FEW, len(known) // MOST):
        return None
    grids = list(search.of_grids([one for edition in ground.editions for one in edition.grids]))
    found = [*_buildings(session, number, houses), *_facilities(session, number, things)]
    gone = {(Layer.GRID, code) for code in ground.codes} - {one[:2] for one in grids}
    gone |= {(Layer.BUILDING, code) for code in _codes(session, houses)} - {one[:2] for one in found}
    gone |= {(Layer.FACILITY, code) for code in _codes(session, things)} - {one[:2] for one in found}
    moved = _codes(session, set(session.scalars(select(region.c.id).where(_moved(region, before)))))
    if moved or ground.codes or ground.editions:
        news = _regions(session, number, ground.editions, known, moved)
        found, gone = [*found, *news.entries], gone | {*news.gone}
    return News([*found, *grids, *_named(found, grids, known)], gone)


def _moved(table: Table, before: int) -> ColumnElement[bool]:
    """Rows that came into force, or went out of it, after a publication."""
    return or_(func.lower(table.c.numbers) > before, func.upper(table.c.numbers) > before)


def _ground(session: Session, before: int, number: int) -> _Ground:
    own, divided = identity.alias("own"), identity.alias("divided")
    rows = session.execute(
        select(
            divided.c.code, own.c.code, func.ST_AsBinary(grid.c.shape), edition.c.standing,
            type_coerce(at(edition, before), Boolean), type_coerce(at(edition, number), Boolean),
        )
        .join(edition, edition.c.id == grid.c.edition)
        .join(own, own.c.id == grid.c.id)
        .join(divided, divided.c.id == edition.c.region)
        .where(_moved(edition, before))
    ).all()  # fmt: skip
    old, new = (
        {(code, bytes(shape), standing) for _, code, shape, standing, *is_at in rows if is_at[n]} for n in (0, 1)
    )
    drawn = [shapely.from_wkb(shape) for _, shape, _ in old ^ new]
    once, now = ({code for code, *_ in side} for side in (old, new))
    return _Ground(
        editions=editions(session, number, codes={row[0] for row in rows}) if rows else [],
        codes=once,
        boxes=[one.bounds for one in drawn],
        renamed=once ^ now,
    )


def _touched(session: Session, table: Table, before: int, number: int, ground: _Ground) -> set[int]:
    """Numbers of the things of a table that changed, or that stand where a grid did, or are declared for one."""
    near = list[ColumnElement[bool]]()
    if ground.boxes:
        near.append(_in_boxes([table.c.shape, *([table.c.entrance] if "entrance" in table.c else [])], ground.boxes))
    if ground.renamed and "grid" in table.c:
        near.append(is_one_of(table.c.grid, ground.renamed))
    touched = or_(_moved(table, before), and_(or_(*near), at(table, number))) if near else _moved(table, before)
    return set(session.scalars(select(table.c.id).where(touched)))


def _in_boxes(shapes: Sequence[ColumnElement[Any]], boxes: Sequence[tuple[float, ...]]) -> ColumnElement[bool]:
    """Whether the box of one of the shapes meets a box; most are clear of all of them, which is asked first."""
    sides = list(zip(*boxes, strict=True))
    whole = func.ST_MakeEnvelope(min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3]), SRID)
    columns = [cast(list(side), ARRAY(Double)) for side in sides]
    several = func.unnest(*columns).table_valued("west", "south", "east", "north").render_derived(name="boxes")
    box = func.ST_MakeEnvelope(several.c.west, several.c.south, several.c.east, several.c.north, SRID)
    one = select(several.c.west).where(or_(*(shape.op("&&")(box) for shape in shapes))).exists()
    return or_(*(shape.op("&&")(whole) for shape in shapes)) & one


def _buildings(session: Session, number: int, ids: Collection[int]) -> list[Entry]:
    if not ids:
        return []
    near = [one for one, _ in _near(session, building, number, ids)]
    declared = select(building.c.grid).where(at(building, number), is_numbered(building.c.id, ids))
    codes = (
        select(identity.c.code)
        .join(grid, grid.c.id == identity.c.id)
        .join(edition, edition.c.id == grid.c.edition)
        .where(at(edition, number), identity.c.layer == Layer.GRID.value, identity.c.code.in_(declared))
    )
    return list(search.of_buildings(session, number, near, set(session.scalars(codes)), ids))


def _facilities(session: Session, number: int, ids: Collection[int]) -> list[Entry]:
    if not ids:
        return []
    things = facilities(session, number, codes=_codes(session, ids))
    return list(search.of_facilities(things, _near(session, facility, number, ids)))


def _near(session: Session, table: Table, number: int, ids: Collection[int]) -> Standings:
    """The grids in force whose box meets some things', ordered by region and code."""
    shapes = [table.c.shape, *([table.c.entrance] if "entrance" in table.c else [])]
    met = (
        select(grid.c.edition, grid.c.id)
        .distinct()
        .select_from(_joined(table, shapes))
        .join(edition, edition.c.id == grid.c.edition)
        .where(at(edition, number), at(table, number), is_numbered(table.c.id, ids))
        .subquery()
    )
    own, divided = identity.alias("own"), identity.alias("divided")
    rows = session.execute(
        select(own.c.code, grid.c.name, grid.c.kind, divided.c.code, edition.c.standing, func.ST_AsBinary(grid.c.shape))
        .join(met, (met.c.edition == grid.c.edition) & (met.c.id == grid.c.id))
        .join(edition, edition.c.id == grid.c.edition)
        .join(own, own.c.id == grid.c.id)
        .join(divided, divided.c.id == edition.c.region)
        .order_by(divided.c.code, own.c.code)
    )
    return [
        (Grid(code=code, name=name, kind=GridKind(kind), region=above, shape=shapely.from_wkb(bytes(shape))),
         Standing(standing))
        for code, name, kind, above, standing, shape in rows
    ]  # fmt: skip


def _joined(table: Table, shapes: Sequence[ColumnElement[Any]]) -> FromClause:
    return table.join(grid, or_(*(grid.c.shape.op("&&")(shape) for shape in shapes)))


def _codes(session: Session, ids: Collection[int]) -> list[str]:
    return list(session.scalars(select(identity.c.code).where(is_numbered(identity.c.id, ids)))) if ids else []


def _regions(session: Session, number: int, ground: Sequence[Edition], known: Things, moved: Collection[str]) -> News:
    tree = regions(session, number)
    before = {code: one for code in {*moved, *(one.code for one in tree)} if (one := known.find(code, Layer.REGION))}
    places = {code: one.place for code, one in before.items()}
    places |= zip([one.region for one in ground], search.inner([one.boundary for one in ground]), strict=True)
    own = {code: place for code in sorted(divided_codes(session, number)) if (place := places.get(code)) is not None}
    told = {one.code: one for one in search.of_regions(tree, own)}
    other = [one for code, one in told.items() if before.get(code) != one._replace(shares=[])]
    return News(other, [(Layer.REGION, code) for code in before.keys() - told.keys()])


def _named(entries: Sequence[Entry], grids: Sequence[Entry], known: Things) -> list[Entry]:
    """The grids that some entries name and that are not among them."""
    named = {code for one in entries for code in (one.owner, *(code for code, _ in one.shares)) if code is not None}
    there = (known.find(code, Layer.GRID) for code in sorted(named - {one.code for one in grids}))
    return [one for one in there if one is not None]
