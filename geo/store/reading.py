"""What does a check of a draft look at?"""

from uuid import UUID

from sqlalchemy.orm import Session

from geo.model import Grid, Plan
from geo.store import drafts
from geo.store.known import Known


def checked(session: Session, number: UUID) -> tuple[Plan, list[Grid]]:
    """A draft with the published buildings on its ground; and the published grids round about."""
    return Known.of(session).around(drafts.content(session, number))
