"""Which regions are in force as provisional, and since which publication?"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.model import Standing
from geo.store.published import at
from geo.store.tables import edition, identity


def provisional_since(session: Session, number: int) -> dict[str, int]:
    """Regions whose edition in force at a publication is provisional, and the first number they were so.

    Once proven a region is never provisional again, so all its provisional editions are one stretch.
    """
    open_now = select(edition.c.region).where(at(edition, number), edition.c.standing == Standing.PROVISIONAL.value)
    rows = session.execute(
        select(identity.c.code, func.min(func.lower(edition.c.numbers)))
        .join(identity, identity.c.id == edition.c.region)
        .where(edition.c.region.in_(open_now), edition.c.standing == Standing.PROVISIONAL.value)
        .group_by(identity.c.code)
        .order_by(identity.c.code)
    )
    return {code: int(since) for code, since in rows}
