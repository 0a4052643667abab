"""What does a batch of points take and answer, in the description of the service?"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_POINTS = 10_000
"""In one batch; more go through the stream."""
DATUM = "wgs84, cgcs2000, gcj02, bd09 or EPSG:<code>"


class BatchPoint(BaseModel):
    """Whatever is wrong with one point is told in its result."""

    lon: float
    lat: float
    datum: str | None = Field(default=None, description="Of this point, over that of the batch")
    accuracy_m: float | None = Field(default=None, description="Metres: the radius that holds 68 % of the error")
    id: str | int | None = Field(default=None, description="Told back")


class BatchRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    datum: str | None = Field(default=None, description=f"Of points that name none: {DATUM}")
    points: list[BatchPoint] = Field(max_length=MOST_POINTS)


class BatchResult(BaseModel):
    """`owner` is the code of a grid; distances in metres. With an `error` the rest is null."""

    id: str | int | None = None
    status: Literal["owned", "near_boundary", "shared", "ambiguous", "gap", "outside"] | None
    owner: str | None
    border_distance_m: float | None
    rule: str | None
    error: str | None


class BatchLine(BatchResult):
    """A line of a stream, beside whatever it had."""

    publication: int


class Batch(BaseModel):
    """Results in the order of the points, all of one publication."""

    publication: int
    results: list[BatchResult]


ASKED: dict[str, Any] = {
    "datum": "gcj02",
    "points": [
        {"id": "case-1", "lon": 104.1025, "lat": 30.6977},
        {"id": "case-2", "lon": 104.1, "lat": 30.7, "datum": "wgs84", "accuracy_m": 15.0},
        {"id": "case-3", "lon": 30.7, "lat": 104.1},
    ],
}
OWNED: dict[str, Any] = {
    "id": "case-1",
    "status": "owned",
    "owner": "51990900100102",
    "border_distance_m": 41.387,
    "rule": "closed-smallest-code",
    "error": None,
}
REFUSED: dict[str, Any] = {
    "id": "case-3",
    "status": None,
    "owner": None,
    "border_distance_m": None,
    "rule": None,
    "error": "axes-swapped: Coordinates 30.7, 104.1 look like swapped axes for gcj02.",
}
TOLD: dict[str, Any] = {
    "publication": 12,
    "results": [OWNED, {**OWNED, "id": "case-2", "status": "near_boundary", "border_distance_m": 4.02}, REFUSED],
}
LINE: dict[str, Any] = {**OWNED, "publication": 12}
