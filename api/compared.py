"""Against which state does the caller compare?"""

import re
from dataclasses import dataclass
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends, Query

from api.faults import Fault
from api.problems import Problem

_PUBLICATION = re.compile(r"publication:([1-9][0-9]{0,17})", re.ASCII)
_PLAN = re.compile(r"plan:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Against:
    """A publication by its number, another plan, or, with neither, what the plan was drawn from."""

    publication: int | None = None
    plan: UUID | None = None


async def against(
    against: Annotated[
        str, Query(description="base (what the plan was drawn from), publication:<number> or plan:<id>")
    ] = "base",
) -> Against:
    """Raises a problem for anything else."""
    if against == "base":
        return Against()
    if number := _PUBLICATION.fullmatch(against):
        return Against(publication=int(number[1]))
    if plan := _PLAN.fullmatch(against):
        return Against(plan=UUID(plan[1]))
    raise Problem("invalid-parameter", errors=[Fault("parameter.against", {}, "against")])


InAgainst: TypeAlias = Annotated[Against, Depends(against)]
