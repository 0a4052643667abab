"""How does the log come to have thousands of rows about a plan?"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from geo.store.events import Event, PlanEvent


def logged(connection: Connection, plan: UUID, count: int, first: int = 1) -> None:
    """As many rows of the log as that much work on a plan leaves, each with a revision of its own."""
    connection.execute(
        text(
            """INSERT INTO log (actor, action, plan, details)
               SELECT 'ann', 'edit', :plan, jsonb_build_object('revision', n, 'state', 'draft')
               FROM generate_series(CAST(:first AS int), :last) AS n"""
        ),
        {"plan": plan, "first": first, "last": first + count - 1},
    )


def revisions(found: Sequence[Event]) -> list[int]:
    """The revisions that events about plans tell."""
    return [one.what.revision for one in found if isinstance(one.what, PlanEvent)]
