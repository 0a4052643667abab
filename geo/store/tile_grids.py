"""What do public tiles tell of each grid, publication after publication?

Households as a band and how they stand to the limits: the numbers themselves are nowhere that public tiles are made
from. Lazily, as shapes are derived; for all matrices alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from psycopg import Connection
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, and_, cast, func, select, true, update
from sqlalchemy.dialects.postgresql import INT8RANGE
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from geo.households import band, verdict
from geo.model import GridKind
from geo.ruleset import Limits
from geo.store import rulesets
from geo.store.published import at, current_publication
from geo.store.tables import edition, grid, identity, region, ruleset, tally
from geo.store.tile_parts import alone, count, lacks, reach, reached
from geo.store.tile_tables import tile_grid
from geo.store.touched import turned, turns
from geo.tree import chain

CHANGING = (edition, tally, ruleset, region)
"""Tables whose rows change what is told of grids: limits differ by region."""
EVERY, GRID = "", "grid"
"""Matrix and name of this part in `tile_state`."""
TOLD = tuple(column.name for column in tile_grid.columns if column.name not in {"row", "grid", "numbers"})
COPY = f"COPY tile_grid (grid, numbers, {', '.join(TOLD)}) FROM STDIN"

Told: TypeAlias = tuple[Any, ...]
"""Values of the columns `TOLD`."""


def derive_grids(engine: Engine, publication: int) -> None:
    """All that lacks up to a publication; quick where nothing does. Waits for another process that is at the same.
    Raises StoreUnavailable."""
    while lacks(engine, EVERY, GRID, publication):
        with alone(engine, EVERY, GRID) as work:
            done, upto = reached(work, EVERY, GRID), min(publication, current_publication(work))
            steps = turns(work, CHANGING, done, upto)
            if steps:
                _tell_anew(work, steps[0])
            reach(work, EVERY, GRID, steps[1] - 1 if len(steps) > 1 else max(done, upto))


def _tell_anew(session: Session, number: int) -> None:
    limits = _limits(session, number)
    wanted = None if limits != _limits(session, number - 1) else _turned(session, number)
    new, old = _told(session, number, wanted, limits), _kept(session, wanted)
    ended = [one for one, told in old.items() if new.get(one) != told]
    begun = {one: told for one, told in sorted(new.items()) if old.get(one) != told}
    _end(session, ended, number)
    _copy(session, begun, number)


def _limits(session: Session, number: int) -> dict[str, Limits]:
    """The limits in force in each region."""
    above = identity.alias("above")
    tree = (
        select(identity.c.code, above.c.code)
        .select_from(region)
        .join(identity, identity.c.id == region.c.id)
        .outerjoin(above, above.c.id == region.c.parent)
        .where(at(region, number))
    )
    parents: dict[str, str | None] = dict(session.execute(tree).all())
    rules = rulesets.at(session, number)
    stating = {code: rules.stating(chain(code, parents)) for code in parents}
    shared = {several: rules.within(several) for several in set(stating.values())}
    return {code: shared[several] for code, several in stating.items()}


def _turned(session: Session, number: int) -> list[int]:
    """Grids that began, ended or were counted anew at a publication."""
    divided = select(grid.c.id).join(edition, edition.c.id == grid.c.edition)
    counted = select(tally.c.grid)
    both = divided.where(turned(edition, number - 1, number)).union(counted.where(turned(tally, number - 1, number)))
    return sorted(session.scalars(both))


def _told(session: Session, number: int, wanted: Sequence[int] | None, limits: Mapping[str, Limits]) -> dict[int, Told]:
    """What is told of each grid in force; of all where none are `wanted`."""
    found = {}
    for row in session.execute(_in_force(number).where(_among(grid.c.id, wanted))):
        stands = verdict(GridKind(row.kind), row.households, row.beside, limits[row.region])
        told = row._asdict() | {"households": band(row.households), "verdict": stands}
        found[row.id] = tuple(told[name] for name in TOLD)
    return found


def _in_force(number: int) -> Select[Any]:
    divided, beside = identity.alias("divided"), grid.alias("beside")
    several = select(func.count()).where(beside.c.edition == grid.c.edition).scalar_subquery()
    return (
        select(
            *(grid.c.id, identity.c.code, grid.c.name, grid.c.kind, divided.c.code.label("region")),
            *(edition.c.standing, edition.c.id.label("edition"), tally.c.households, several.label("beside")),
        )
        .select_from(grid)
        .join(edition, and_(edition.c.id == grid.c.edition, at(edition, number)))
        .join(identity, identity.c.id == grid.c.id)
        .join(divided, divided.c.id == edition.c.region)
        .outerjoin(tally, and_(tally.c.grid == grid.c.id, at(tally, number)))
    )


def _kept(session: Session, wanted: Sequence[int] | None) -> dict[int, Told]:
    """What is told of each grid up to now."""
    columns = [tile_grid.c.grid, *(tile_grid.c[name] for name in TOLD)]
    rows = session.execute(
        select(*columns).where(func.upper_inf(tile_grid.c.numbers), _among(tile_grid.c.grid, wanted))
    )
    return {one: tuple(told) for one, *told in rows}


def _among(column: ColumnElement[int], wanted: Sequence[int] | None) -> ColumnElement[bool]:
    return true() if wanted is None else column == func.any(cast(wanted, ARRAY(BigInteger)))


def _end(session: Session, grids: Sequence[int], number: int) -> None:
    closed = cast(func.int8range(func.lower(tile_grid.c.numbers), number), INT8RANGE)
    in_force = _among(tile_grid.c.grid, grids) & func.upper_inf(tile_grid.c.numbers)
    session.execute(update(tile_grid).where(in_force).values(numbers=closed))


def _copy(session: Session, told: Mapping[int, Told], number: int) -> None:
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
    with driver.cursor() as cursor, cursor.copy(COPY) as stream:
        for one, values in told.items():
            stream.write_row((one, f"[{number},)", *values))
    count(session, len(told))
