"""Which buildings are there to match a table against, and who owns each?"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.match import Register
from geo.store.published import at
from geo.store.tables import building, dwelling, identity


def register(session: Session, number: int) -> Register:
    """The buildings in force at a publication, ordered by id."""
    owner = identity.alias("owner")
    rows = session.execute(
        select(identity.c.code, building.c.address, owner.c.code)
        .join(identity, identity.c.id == building.c.id)
        .outerjoin(dwelling, (dwelling.c.building == building.c.id) & at(dwelling, number))
        .outerjoin(owner, owner.c.id == dwelling.c.grid)
        .where(at(building, number))
        .order_by(identity.c.code)
    ).all()
    return Register([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])
