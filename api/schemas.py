"""What do the answers look like? Shapes by geojson-pydantic; these describe, the routes write the bytes."""

from typing import Annotated, Any, Literal

from geojson_pydantic import Feature, MultiPolygon, Point, Polygon
from geojson_pydantic.geometries import Geometry
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.archive_documents import ArchiveDocument  # noqa: F401 - likewise
from api.batched import Batch, BatchLine, BatchRequest, BatchResult  # noqa: F401 - described apart, as below
from api.certified import Certificate  # noqa: F401 - described apart, and found here with the others
from api.converted import Converted, ConvertRequest  # noqa: F401 - likewise
from api.diff_schemas import DiffDocument, DiffPlaces  # noqa: F401 - likewise
from api.history_schemas import History, Lineage  # noqa: F401 - likewise
from api.instants import Instant
from api.people import (
    InCharge,
    People,  # noqa: F401 - likewise
)
from geo.model import Rule

Standing = Literal["proven", "provisional"]


class Link(BaseModel):
    rel: str
    href: str
    type: str


class Place(BaseModel):
    lon: float
    lat: float


class RegionName(BaseModel):
    code: str
    name: str
    level: str


class Owner(BaseModel):
    code: str
    name: str
    kind: Literal["residential", "special", "rural"]
    households: int | None
    region: str


class Candidate(BaseModel):
    """A grid that may have the point; without a code, ground that nobody owns, with its share of the error."""

    code: str | None
    distance_m: float | None
    share: float | None


class Nearest(BaseModel):
    code: str
    distance_m: float


class OwnerAnswer(BaseModel):
    """Distances in metres; `point` is WGS-84 whatever the datum asked in."""

    status: Literal["owned", "near_boundary", "shared", "ambiguous", "gap", "outside"]
    owner: Owner | None
    chain: list[RegionName]
    people: list[InCharge]
    border_distance_m: float | None
    neighbour: str | None
    candidates: list[Candidate]
    nearest: Nearest | None
    fallback: RegionName | None
    rule: str
    datum: str
    point: Place
    warnings: list[str]
    edition: int | None
    standing: Standing | None
    publication: int
    as_of: str | None
    stale: bool
    age_s: float


class OwnerBrief(BaseModel):
    """With `fields=owner`."""

    status: Literal["owned", "near_boundary", "shared", "ambiguous", "gap", "outside"]
    owner: Owner | None
    standing: Standing | None
    publication: int
    stale: bool


class BuildingOwner(OwnerAnswer):
    """As for its point, by the rule of buildings; `share` is that of the footprint, `point` lies in it."""

    building: str


class FacilityOwner(OwnerAnswer):
    """As for its point; `point` lies in it."""

    facility: str


class Hit(BaseModel):
    layer: Literal["region", "grid", "building", "facility"]
    code: str = Field(description="Of buildings and facilities the id")
    name: str
    address: str
    match: Literal["code", "whole", "code-begins", "name-begins", "name", "address", "code-holds", "words"]
    owner: str | None = Field(description="The one grid that owns the building or facility")
    place: Place | None = Field(description="A point in it, WGS-84")
    links: list[Link]


class SearchAnswer(BaseModel):
    results: list[Hit] = Field(description="The best first, at most 20")
    publication: int
    stale: bool


class GridProperties(BaseModel):
    code: str
    name: str
    kind: Literal["residential", "special", "rural"]
    region: str
    households: int | None
    verdict: Literal["low", "good", "high", "none"]
    standing: Standing
    edition: int


class RegionProperties(BaseModel):
    code: str
    name: str
    level: str
    parent: str | None
    enclave: bool
    scheme: str | None
    standing: Standing | None
    grids: int
    households: int | None


class BuildingProperties(BaseModel):
    id: str
    name: str
    address: str
    compound: str
    households: int | None
    levels: int | None
    kind: str
    grid: str | None = Field(description="Code of the declared owner, which counts where the building stands in it")
    owner: str | None = Field(description="The one grid that owns the building")


class FacilityProperties(BaseModel):
    id: str
    name: str
    category: str


class GridFeature(Feature[Polygon | MultiPolygon, GridProperties]):
    """A published grid."""


class RegionFeature(Feature[Polygon | MultiPolygon, RegionProperties]):
    """A region of the tree."""


class BuildingFeature(Feature[Polygon | MultiPolygon | Point, BuildingProperties]):
    """A published building."""


class FacilityFeature(Feature[Geometry, FacilityProperties]):
    """A published facility."""


class _Listed(BaseModel):
    type: Literal["FeatureCollection"]
    publication: int
    links: list[Link]


class Grids(_Listed):
    features: list[GridFeature]


class Regions(_Listed):
    features: list[RegionFeature]


class Buildings(_Listed):
    features: list[BuildingFeature]


class Facilities(_Listed):
    features: list[FacilityFeature]


class Publication(BaseModel):
    number: int
    kind: Literal["ground", "data", "both", "revert"]
    at: str
    actor: str
    reason: str
    regions: list[str]
    bounds: list[float] | None = Field(
        description="west, south, east, north of all that tiles show otherwise since; null where that is nothing"
    )


class Publications(BaseModel):
    publications: list[Publication]
    links: list[Link]


class RuleDocument(BaseModel):
    id: str
    name: str
    family: Literal["rings", "coverage", "dwellings", "size", "shape", "codes"]
    severities: list[Literal["blocking", "warning", "note"]]
    can_be_accepted: bool
    about: str
    parameters: list[str]


class ParameterDocument(BaseModel):
    name: str
    title: str
    unit: str
    least: float
    most: float
    whole: bool
    default: dict[str, float | None] = Field(description="By kind of grid; null where the rule is off")
    limits: dict[str, float | None] = Field(description="In force, by kind of grid; null where the rule is off")


class WishDocument(BaseModel):
    name: str
    title: str
    least: float | None = Field(description="Of a weight; null for anything else")
    most: float | None
    default: float | bool | list[str] | None
    value: float | bool | list[str] | None = Field(description="In force")


class Rules(BaseModel):
    publication: int | None
    version: int = Field(description="Grows when a rule comes to mean something else")
    region: str | None
    rules: list[RuleDocument]
    parameters: list[ParameterDocument]
    facilities: dict[str, list[str]] = Field(description="Categories that each grid of a kind must have")
    drawing: list[WishDocument] = Field(description="How grids are to be drawn; nothing is judged by it")
    stated: dict[str, Any] = Field(description="What differs from the defaults, as it was published")


class Accepted(BaseModel):
    id: int
    reason: str
    actor: str
    at: str


class FindingDocument(BaseModel):
    rule: str
    severity: Literal["blocking", "warning", "note"]
    codes: list[str]
    area_m2: float | None
    width_m: float | None
    length_m: float | None
    households: int | None
    message: str
    healable: bool
    accepted: Accepted | None = Field(None, description="Who let it stand, and why: then it hinders nothing")
    geometry: Geometry | None


class Coverage(BaseModel):
    units: int
    units_covered: int
    area_m2: float
    area_covered_m2: float
    gap_m2: float
    overlap_m2: float
    households: int
    households_covered: int


class Checked(BaseModel):
    publication: int | None
    findings: list[FindingDocument]
    coverage: Coverage


def told(text: str) -> str:
    """Text that the store can keep. Raises PydanticCustomError for U+0000 and halves of characters."""
    if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise PydanticCustomError("text", "unprintable")
    return text


class Shares(BaseModel):
    """In words; 100 % only where nothing is missing."""

    units: str
    area: str
    households: str


class RuleCount(BaseModel):
    """Amounts are those of the findings that nobody accepted."""

    rule: str
    severity: Literal["blocking", "warning", "note"]
    count: int
    accepted: int
    area_m2: float | None
    largest_m2: float | None
    households: int | None


class Worst(BaseModel):
    rule: str
    severity: Literal["blocking", "warning", "note"]
    codes: list[str]
    area_m2: float | None
    households: int | None


class CoveredRegion(Coverage):
    """A region right below the one asked for. A finding on a border between two stands in both."""

    code: str
    name: str
    level: str
    standing: Standing | None
    households_without_grid: int
    grids: int
    sizes: dict[str, int] = Field(description="Grids by verdict: low, good, high, none")
    findings: int = Field(description="Those that nobody accepted")
    accepted: int
    blocking: int
    worst: Worst | None


class Covered(Checked):
    """How a published region is covered: by units, by area and by households, it and what is right below it."""

    region: RegionName
    standing: Standing | None
    shares: Shares
    households_without_grid: int
    grids: int
    sizes: dict[str, int] = Field(description="Grids by verdict: low, good, high, none")
    blocking: int = Field(description="Blocking findings that nobody accepted")
    by_rule: list[RuleCount]
    children: list[CoveredRegion]
    left_out: int = Field(description="Findings beyond the 10,000 worst, which are counted and not listed")


class FindingPlaces(BaseModel):
    """GeoJSON of the places of findings; the properties are those of a finding."""

    model_config = ConfigDict(extra="allow")
    type: Literal["FeatureCollection"]
    publication: int | None
    coverage: dict[str, float]
    features: list[dict[str, Any]]


class AcceptRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    region: str = Field(min_length=1, max_length=200, description="Code of a published region that has the finding")
    rule: Annotated[Rule, WithJsonSchema({"type": "string", "enum": [rule.value for rule in Rule]})]
    codes: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(max_length=100)
    reason: Annotated[str, AfterValidator(told)] = Field(min_length=1, max_length=1000, pattern=r"\S")
    at: tuple[float, float] | None = Field(
        default=None, description="lon, lat (WGS-84): which of several such findings is meant"
    )


class AcceptanceDocument(BaseModel):
    id: int
    rule: str
    codes: list[str]
    reason: str
    actor: str
    at: str
    withdrawn_at: str | None
    withdrawn_by: str | None
    geometry: Geometry | None = Field(description="The place it holds for")


class Acceptances(BaseModel):
    acceptances: list[AcceptanceDocument]
    links: list[Link]


class PlanFile(BaseModel):
    """A plan file: one GeoJSON FeatureCollection whose features name their layer (`properties.layer`)."""

    model_config = ConfigDict(extra="allow")
    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class PlanDocument(BaseModel):
    id: str
    title: str
    reason: str
    actor: str = Field(description="Who made it")
    created: str
    state: Literal["draft", "submitted", "approved", "scheduled", "published", "withdrawn"]
    possible: list[str] = Field(description="What may be done with it in this state")
    approval: str = Field(description="The number of the paper that allows it; empty where there is none")
    approved_by: str | None
    at: str | None = Field(description="The instant that a scheduled plan waits for")
    communities: list[str]
    base: dict[str, int | None]
    stale: list[str] = Field(description="Regions that others published since; the plan has to be rebased")
    revision: int
    steps: int = Field(description="Steps that are done")
    can_undo: bool
    can_redo: bool
    provisional: bool
    publication: int | None
    recoded: dict[str, str] = Field(
        default={},
        description="Only when a plan of a past state is opened: codes that could not come back, and the new ones",
    )


class PublishRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, AfterValidator(told)] = Field(default="", max_length=1000)
    at: Instant | None = Field(
        default=None,
        description="When: a date (00:00 in WANGGE_TIMEZONE) or an instant with its offset; now where absent or past",
    )


class Published(BaseModel):
    number: int
    at: str
    kind: Literal["ground", "data", "both", "revert"]
    standing: dict[str, Standing]
    amended: list[str] = Field(description="Neighbours that only gained nodes on a common border")


class ScheduledPlan(BaseModel):
    """A plan that waits, and what its publication would change as the map is now."""

    plan: str
    scheduled: str = Field(description="The instant it waits for")
    kind: Literal["ground", "data", "both", "revert"]
    standing: dict[str, Standing]
    amended: list[str] = Field(description="Neighbours that only gained nodes on a common border")


class Progress(BaseModel):
    phase: str = Field(description="reading, comparing, publishing ...; empty before and after")
    done: int
    total: int = Field(description="0 where nobody knows")


class ProblemDocument(BaseModel):
    """RFC 9457, as any problem of the service."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    instance: str


class JobSummary(BaseModel):
    id: str
    kind: Literal["import", "draw", "repairs"]
    actor: str
    state: Literal["queued", "running", "done", "failed", "stopped"]
    stopping: bool = Field(description="It was asked to stop and will have within seconds")
    progress: Progress
    asked: dict[str, Any]
    created: str
    started: str | None
    ended: str | None
    expires: str | None = Field(description="What came of it is kept until then")


class JobDocument(JobSummary):
    result: dict[str, Any] | None = Field(
        description="Of an import the document of `wangge import --json`, with plan and number; of a drawing a "
        "`Drawing`, and while it runs `best`, the score so far; of repairs what `/repairs` answers"
    )
    problem: ProblemDocument | None = Field(description="Why it failed")


class Jobs(BaseModel):
    jobs: list[JobSummary]


class VectorLayer(BaseModel):
    id: str
    fields: dict[str, str]
    minzoom: int
    maxzoom: int


class StyleSource(BaseModel):
    type: Literal["vector"]
    url: str = Field(description="The TileJSON of `current`")


class MapStyle(BaseModel):
    """A document of the MapLibre style specification, version 8: the layers are as it describes them."""

    version: Literal[8]
    name: str
    sources: dict[str, StyleSource]
    layers: list[dict[str, Any]]


class TileJson(BaseModel):
    """TileJSON 3.0.0, with the publication it tells of."""

    tilejson: Literal["3.0.0"]
    name: str
    publication: int
    tiles: list[str]
    scheme: Literal["xyz"]
    vector_layers: list[VectorLayer]
    minzoom: int
    maxzoom: int
    bounds: list[float] = Field(description="west, south, east, north, in numbers of the datum")
    datum: Literal["wgs84", "gcj02", "cgcs2000"]
    matrix: Literal["mercator", "gcj02", "cgcs2000"]
