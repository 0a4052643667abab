"""What was asked of a drawing or of repairs? As it stands in the job."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.texts import Language


class OfPlan(BaseModel):
    """Of which plan, in which revision where it is to be changed; `language` is that of the texts in the answer.

    `early` is added by whoever wants the best so far.
    """

    model_config = ConfigDict(frozen=True)
    plan: UUID
    revision: int | None = None
    reason: str = ""
    language: Language = "en"
    early: bool = False


class DrawAsked(OfPlan):
    """The body of `POST /v1/plans/{id}/draw`."""

    communities: Sequence[str] | None = None
    grids: Sequence[str] | None = None
    number: int | None = None
    keep: bool = True
    seed: int = 1
    alternatives: int = 1
    alternative: int = 1
    blocks: Literal["kept", "anew", "only"] = "kept"


class RepairsAsked(OfPlan):
    """The body of `POST /v1/plans/{id}/repairs`, where it is a job; `most_steps` are those that a plan may have."""

    accept: Sequence[str] | Literal["all"] | None = None
    rules: Sequence[str] | None = None
    regions: Sequence[str] | None = None
    strategy: str = "longest-edge"
    sizes: bool = False
    most_steps: int = 10_000
