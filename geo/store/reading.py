"""What does a check of a draft look at?"""

from uuid import UUID

from sqlalchemy.orm import Session

from geo.model import Plan
from geo.store import drafts
from geo.store.draft_terms import terms_of
from geo.store.known import Known
from geo.terms import Terms


def checked(session: Session, number: UUID) -> tuple[Plan, Terms]:
    """A draft with the published buildings on its ground, and its terms."""
    known = Known.of(session)
    plan, beside = known.around(drafts.content(session, number))
    return plan, terms_of(known, plan, beside)
