"""What do the answers about plans look like, and what is asked of them?"""

from typing import Annotated, Any, Literal

from geojson_pydantic import Feature, FeatureCollection, LineString, MultiPolygon, Polygon
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from api.draw_schemas import Drawing, DrawRequest, SizeRepairs  # noqa: F401 - described apart, found with the others
from api.edit_schemas import AnyEdit
from api.parameters import Text
from api.schemas import Coverage, FindingDocument, Link, PlanDocument, told
from geo.model import Rule

MOST_REGIONS = 5000
"""Codes of regions named in one request; a code above communities means all below it."""
MOST_CHOICES = 10_000
Reason = Annotated[str, AfterValidator(told), Field(max_length=1000, description="Why; it stands in the log")]
Title = Annotated[str, AfterValidator(told), Field(max_length=200)]
Approval = Annotated[
    str, AfterValidator(told), Field(max_length=200, description="The number under which it was approved")
]
Kind = Literal["residential", "special", "rural"]
RepairRule = Annotated[Rule, WithJsonSchema({"type": "string", "enum": [rule.value for rule in Rule]})]
Verdict = Literal["low", "good", "high", "none"]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OpenRequest(_Asked):
    """A plan of the published ground of some regions."""

    communities: Annotated[list[Text], Field(min_length=1, max_length=MOST_REGIONS)] = Field(
        description="Codes; one above communities means all below it"
    )
    title: Title = ""
    reason: Reason = ""
    approval: Approval = ""
    publication: int | None = Field(
        default=None, ge=1, description="Their ground as it was published then; now, if not"
    )


class PlanChange(_Asked):
    """What is not named stays."""

    title: Title | None = None
    reason: Reason | None = None
    approval: Approval | None = None


class EditsAsked(_Asked):
    """Edits as they come: each of them is read at the desk."""

    edits: list[Any] = Field(min_length=1)
    reason: Reason = ""


class EditsRequest(_Asked):
    edits: list[AnyEdit] = Field(min_length=1, description="Made one after the other, all or none")
    reason: Reason = ""


class StepsRequest(_Asked):
    steps: int = Field(default=1, ge=1, le=10_000, description="How many steps, the newest first")


class StateRequest(_Asked):
    reason: Reason = ""


class ApproveRequest(StateRequest):
    approval: Approval | None = None


class RepairsRequest(_Asked):
    """Which repairs are meant; without `accept` they are told and nothing is changed."""

    accept: list[Annotated[str, Field(max_length=64)]] | Literal["all"] | None = Field(
        default=None, description="Ids of proposals, or all of those that `rules` and `regions` leave"
    )
    rules: list[RepairRule] | None = Field(default=None, description="Of findings of these rules")
    regions: Annotated[list[Text], Field(max_length=MOST_REGIONS)] | None = Field(
        default=None, description="In these regions"
    )
    strategy: Literal["longest-edge", "fewest-households"] = Field(
        default="longest-edge", description="To whom ground goes that nobody has, or several"
    )
    sizes: bool = Field(
        default=False,
        strict=True,
        description="Grids with too few or too many households instead: always a job, one proposal a community",
    )
    reason: Reason = ""


class RebaseRequest(_Asked):
    choices: dict[Text, Literal["mine", "theirs"]] = Field(
        default={},
        max_length=MOST_CHOICES,
        description="For each conflict, by its name in the features of the 409, whose side counts",
    )
    reason: Reason = ""


class Plans(BaseModel):
    plans: list[PlanDocument]
    links: list[Link]


class PlanGridProperties(BaseModel):
    layer: Literal["grid"]
    code: str
    name: str
    kind: Kind
    region: str
    households: int | None
    verdict: Verdict


class PlanRegionProperties(BaseModel):
    layer: Literal["region"]
    code: str
    name: str
    level: str
    parent: str | None
    enclave: bool


class PlanGround(BaseModel):
    """The plan file of what the plan is now: regions with their boundaries, grids with their households."""

    model_config = ConfigDict(extra="allow")
    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class PlanBlockProperties(BaseModel):
    community: str
    households: int
    buildings: int
    grid: str | None = Field(description="The grid that has it now; null where several have it, or none")


class PlanBlocks(BaseModel):
    """Blocks of a plan, by community and from west to east."""

    type: Literal["FeatureCollection"]
    links: list[Link]
    features: list[Feature[Polygon, PlanBlockProperties]]


class ChangedGrid(PlanGridProperties):
    households_before: int | None = Field(description="null where there was no such grid")
    amended: bool = Field(description="It only gained nodes")


class ChangedRegion(PlanRegionProperties):
    amended: bool = Field(description="It only gained nodes")


class MovedBuilding(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)
    id: str
    households: int | None = Field(description="null where it does not count")
    start: str | None = Field(alias="from", description="Its grid before")
    end: str | None = Field(alias="to", description="Its grid after")


class Descent(BaseModel):
    """Ground that was one grid and is one grid; null for nobody."""

    model_config = ConfigDict(serialize_by_alias=True)
    start: str | None = Field(alias="from")
    end: str | None = Field(alias="to")
    kind: Literal["kept", "changed", "split", "merged", "recoded", "new", "retired"]
    ground_m2: float
    share: float = Field(description="Part of the ground it was, 0 to 1")
    households: int


class HouseholdsOfGrid(BaseModel):
    code: str
    before: int | None = Field(description="null where there was no such grid")
    after: int | None = Field(description="null where there is no such grid any more")


class EditAnswer(BaseModel):
    """What came of edits. Everything not named is as it was, to the byte."""

    revision: int
    grids: FeatureCollection[Feature[Polygon | MultiPolygon, ChangedGrid]] = Field(description="New, or not as before")
    regions: FeatureCollection[Feature[Polygon | MultiPolygon, ChangedRegion]] = Field(
        description="Regions with another boundary"
    )
    gone: list[str] = Field(description="Codes of grids that are no more")
    amended: list[str] = Field(description="Codes of grids and regions that only gained nodes")
    healed: list[str] = Field(description="Regions that were not covered exactly and are now")
    drawn: list[LineString] = Field(description="The drawn lines, led to what stands near them")
    households: list[HouseholdsOfGrid]
    appeared: list[FindingDocument]
    vanished: list[FindingDocument]
    moved: list[MovedBuilding] = Field(description="Buildings with another owner")
    lineage: list[Descent]
    counts: dict[Literal["blocking", "warning", "note"], int] = Field(
        description="Findings of the whole plan that nobody accepted"
    )
    coverage: Coverage


class ProposedRepair(BaseModel):
    id: str
    rule: str
    region: str
    whole: bool = Field(description="The region is drawn anew: everything that is wrong with its ground is healed")
    strategy: Literal["longest-edge", "fewest-households"]
    area_m2: float = Field(description="Ground that gets another owner, or one at all")
    households: int
    edits: list[dict[str, Any]] = Field(description="What is made; not told where the region is drawn anew")
    alternatives: list[list[dict[str, Any]]] = Field(description="Edits that would heal it too")
    findings: list[FindingDocument]


class Repairs(BaseModel):
    proposals: list[ProposedRepair]
    count: int
    left_out: int = Field(description="Proposals beyond the first 1,000, which can be accepted and are not told")


class SkippedRepair(BaseModel):
    id: str
    region: str
    reason: str
    detail: str


class RepairAnswer(EditAnswer):
    repaired: int = Field(description="Proposals that were made")
    skipped: list[SkippedRepair]


class Recoded(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)
    start: str = Field(alias="from")
    end: str = Field(alias="to")


class RebaseAnswer(EditAnswer):
    """What is in the plan otherwise than before it was rebased."""

    recoded: list[Recoded] = Field(description="New codes of the plan that others gave too, and what they are now")


class Step(BaseModel):
    number: int
    kind: str
    state: Literal["done", "undone", "dropped"]
    at: str
    actor: str
    reason: str
    edits: list[dict[str, Any]]
    changed: list[str] = Field(description="Codes of grids that are new or not as before")
    gone: list[str]


class Steps(BaseModel):
    steps: list[Step]
    links: list[Link]


class LogEntry(BaseModel):
    at: str
    actor: str
    action: str = Field(examples=["edit", "undo", "submit", "approve", "publish", "schedule-failed"])
    reason: str
    publication: int | None
    details: dict[str, Any] = Field(description="By the action: the revision, the state, the step, why it failed")


class PlanLog(BaseModel):
    entries: list[LogEntry]
    links: list[Link]
