"""What is asked of a drawing over HTTP, and what does its job tell?"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from api.parameters import Text
from api.schemas import FindingDocument, told

MOST_COMMUNITIES = 500
"""Drawn by one job: a street has a dozen, a district some hundred."""
MOST_GRIDS = 2000
"""As many as an edit may put into a region."""
MOST_ALTERNATIVES = 5
MOST_SEED = 2**31 - 1


class DrawRequest(BaseModel):
    """What is to be drawn of a plan, and how. Everything may be left out."""

    model_config = ConfigDict(extra="forbid")
    communities: Annotated[list[Text], Field(min_length=1, max_length=MOST_COMMUNITIES)] | None = Field(
        default=None, description="Codes of regions that the plan draws; all of them, if not"
    )
    grids: Annotated[list[Text], Field(min_length=1, max_length=MOST_GRIDS)] | None = Field(
        default=None, description="Only their ground changes: one is split, two are merged, neighbours balanced"
    )
    number: int | None = Field(
        default=None, ge=1, le=MOST_GRIDS, strict=True, description="How many grids are to be on that ground"
    )
    keep: bool = Field(
        default=True,
        strict=True,
        description="The least change where there are grids; false: all but the special ones are drawn anew",
    )
    seed: int = Field(default=1, ge=0, le=MOST_SEED, strict=True, description="The same seed gives the same grids")
    alternatives: int = Field(default=1, ge=1, le=MOST_ALTERNATIVES, strict=True, description="Ways to be compared")
    alternative: int = Field(default=1, ge=1, strict=True, description="Which of them the plan gets, the best is 1")
    blocks: Literal["kept", "anew", "only"] = Field(
        default="kept", description="Begin with those of a former drawing, make new ones, or make them and draw no grid"
    )
    reason: Annotated[str, AfterValidator(told), Field(max_length=1000, description="Why; it stands in the log")] = ""

    @field_validator("alternative")
    @classmethod
    def _is_one_of_them(cls, value: int, others: ValidationInfo) -> int:
        most = others.data.get("alternatives", MOST_ALTERNATIVES)
        if value > most:
            raise PydanticCustomError("less_than_equal", "too high", {"le": most})
        return value


class DrawnGrid(BaseModel):
    code: str
    households: int
    verdict: Literal["low", "good", "high", "none"]


class DrawnCommunity(BaseModel):
    code: str
    figures: dict[str, Any] = Field(description="Loads, roundness, borders on streets, and `score`, 0 to 1")
    grids: list[DrawnGrid]
    reasons: list[str] = Field(description="Why something is not as it should be, in sentences")


class LeftCommunity(BaseModel):
    code: str
    why: str


class Alternative(BaseModel):
    """One way to draw what was asked for, the best first."""

    rank: int
    score: float = Field(description="The mean of its communities', 0 to 1")
    violation: int = Field(description="Households too many or too few, in all")
    moved: int | None = Field(description="Households with another grid; null where there was none before")
    communities: list[DrawnCommunity]
    left: list[LeftCommunity] = Field(description="Communities that stay as they were")


class Drawing(BaseModel):
    """The `result` of a job of the kind `draw`."""

    plan: str
    revision: int
    step: int | None = Field(description="The plan's step; null where nothing changed")
    chosen: int | None = Field(description="Rank of the alternative that the plan has got; null for `blocks: only`")
    early: bool = Field(description="It was ended before it was done, with the best so far")
    alternatives: list[Alternative]
    left: list[LeftCommunity] = Field(description="Communities of the plan that stay as they were, and why")


class SizeRepair(BaseModel):
    """The least change that brings the grids of a community into the range of households."""

    id: str
    kind: Literal["size"]
    region: str
    moved: int = Field(description="Households with another grid")
    heals: list[FindingDocument]
    edits: list[dict[str, Any]]
    reasons: list[str] = Field(description="Why something is still not as it should be, in sentences")


class SizeRepairs(BaseModel):
    """The `result` of a job of the kind `repairs` that was asked for `sizes`."""

    revision: int
    early: bool
    proposals: list[SizeRepair]
    left: list[LeftCommunity] = Field(description="Communities for which there is none, and why")
    left_out: int = Field(description="Communities beyond the first 200, by code: ask again")
    steps: list[int] = Field(description="Of the proposals that were accepted, one each")
