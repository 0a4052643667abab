"""Which grid owns a point, asked of the database in one statement?

The same rule as `geo.index`, held equal to it by property tests: closed test, proven ground first, then smallest code.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.model import Standing
from geo.store.published import at
from geo.store.tables import SRID, edition, grid, head, identity

DISJOINT = "FF*FF****"
"""ST_Relate decides in double-doubles, which is exact but for edges through 0 E 0 N; ST_Covers asks a point by plain
floats and errs one float step beside a long edge."""


@dataclass(frozen=True, slots=True)
class Covering:
    """A grid that covers a point, and the publication that says so."""

    code: str
    standing: Standing
    publication: int


def covering(session: Session, lon: float, lat: float) -> list[Covering]:
    """Grids in force that cover the point (degrees), their borders included, the owner first; one statement."""
    point = func.ST_SetSRID(func.ST_Point(lon, lat), SRID)
    rows = session.execute(
        select(identity.c.code, edition.c.standing, head.c.publication)
        .select_from(head)
        .join(edition, at(edition, head.c.publication))
        .join(grid, grid.c.edition == edition.c.id)
        .join(identity, identity.c.id == grid.c.id)
        .where(grid.c.shape.op("&&")(point), ~func.ST_Relate(grid.c.shape, point, DISJOINT))
        .order_by(edition.c.standing != "proven", identity.c.code)
    )
    return [Covering(code, Standing(standing), number) for code, standing, number in rows]
