"""How are files of one origin read, and under which name is that kept?"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geo.store import drafts
from geo.store.request_tables import profile

MEMBERS = ("layer", "table", "datum", "encoding", "fields", "constants")
"""What a profile may state; `fields` and `constants` by our names."""


def find(session: Session, name: str) -> dict[str, Any] | None:
    """What a profile states, None where nobody kept one under this name."""
    return session.execute(select(profile.c.settings).where(profile.c.name == name)).scalar_one_or_none()


def over(kept: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """A profile with what is stated beside it; what is stated wins, column by column."""
    pairs = {member: {**kept.get(member, {}), **stated[member]} for member in ("fields", "constants")}
    return {**kept, **{member: value for member, value in stated.items() if value}, **pairs}


def keep(session: Session, name: str, settings: Mapping[str, Any], actor: str) -> None:
    """Keep a profile; one of the same name gives way, and the log tells of both."""
    stated = {member: settings[member] for member in MEMBERS if settings.get(member)}
    fresh = insert(profile).values(name=name, actor=actor, settings=stated)
    session.execute(
        fresh.on_conflict_do_update(
            index_elements=[profile.c.name], set_={"settings": fresh.excluded.settings, "actor": actor}
        )
    )
    drafts.note(session, actor, "profile", "", None, {"name": name, **stated})


def names(session: Session) -> list[str]:
    """All profiles, by name."""
    return list(session.scalars(select(profile.c.name).order_by(profile.c.name)))
