"""With which limits was the map judged at a publication, and how do others come into force?

The limits lie on the one number line: an answer about a past publication is given with the limits of that time.
"""

import json

from sqlalchemy import Engine, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.ruleset import DEFAULT, Ruleset, RulesetRefused, document, parse
from geo.store import published
from geo.store.connect import reachable, session
from geo.store.door import refusal
from geo.store.refusals import NothingToPublish
from geo.store.tables import ruleset

UNKNOWN_REGION, NOTHING_NEW = "WG014", "WG015"
"""Error states of `publish_ruleset` (`migrations/sql/rules.sql`)."""


def at(session: Session, number: int) -> Ruleset:
    """The rules in force at a publication number; the defaults where none were published."""
    settings = session.scalar(select(ruleset.c.settings).where(published.at(ruleset, number)))
    return DEFAULT if settings is None else parse(settings)


def publish(engine: Engine, rules: Ruleset, actor: str, reason: str = "") -> int:
    """Bring the rules into force now; the number of the publication.

    Raises RulesetRefused for a region that never was, NothingToPublish where these rules are in force, Busy,
    StoreUnavailable.
    """
    door = func.publish_ruleset(cast(document(rules), JSONB), actor, reason)
    with reachable(), session(engine) as work:
        try:
            with work.begin():
                return int(work.execute(select(door)).scalar_one())
        except DBAPIError as error:
            raise _refusal(error) from error


def _refusal(error: DBAPIError) -> Exception:
    state = getattr(error.orig, "sqlstate", None)
    if state == NOTHING_NEW:
        return NothingToPublish()
    if state == UNKNOWN_REGION:
        detail = getattr(getattr(error.orig, "diag", None), "message_detail", None)
        return RulesetRefused("ruleset-region-unknown", codes=", ".join(json.loads(detail or "[]")))
    return refusal(error)
