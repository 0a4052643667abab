"""Up to which publication is a part of the tiles derived, and how is nobody else at it meanwhile?

A part is a zoom ('13') or a layer of things ('building') of one matrix.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geo.store.connect import reachable, session, unhurried
from geo.store.published import current_publication
from geo.store.tile_tables import tile_state

MANY = 1_000
"""Rows after which the planner is told anew what there is."""
FOR_EVER = text("SET LOCAL lock_timeout = 0")
"""Who waits for the lock waits for work that it would have to do itself."""


def known(engine: Engine) -> list[tuple[str, str]]:
    """Matrix and name of every part that was ever derived here. Raises StoreUnavailable."""
    with reachable(), session(engine) as work:
        rows = work.execute(select(tile_state.c.matrix, tile_state.c.part).order_by(*tile_state.primary_key))
        return [(matrix, part) for matrix, part in rows]


def lacks(engine: Engine, matrix: str, part: str, publication: int) -> bool:
    """Whether anything of a part is not derived up to a publication. Raises StoreUnavailable."""
    with reachable(), session(engine) as work:
        return reached(work, matrix, part) < min(publication, current_publication(work))


@contextmanager
def alone(engine: Engine, matrix: str, part: str) -> Iterator[Session]:
    """A transaction in which nobody else derives the part. Raises StoreUnavailable."""
    with reachable(), session(engine) as work, work.begin():
        unhurried(work)
        work.execute(FOR_EVER)
        work.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"tiles {matrix} {part}", 0))))
        yield work


def reached(session: Session, matrix: str, part: str) -> int:
    """Up to which publication the part is derived; 0 where it never was."""
    wanted = (tile_state.c.matrix == matrix) & (tile_state.c.part == part)
    return session.scalar(select(tile_state.c.publication).where(wanted)) or 0


def reach(session: Session, matrix: str, part: str, publication: int) -> None:
    """Note that the part is derived up to a publication."""
    row = {"matrix": matrix, "part": part, "publication": publication}
    session.execute(
        insert(tile_state)
        .values(row)
        .on_conflict_do_update(index_elements=["matrix", "part"], set_={"publication": publication})
    )


def count(session: Session, rows: int) -> None:
    """Let the planner know of rows that were added, where they are many."""
    if rows >= MANY:
        session.execute(select(func.know_tile_shapes()))
