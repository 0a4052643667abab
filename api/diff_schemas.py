"""How does a difference between two states look as JSON?"""

from typing import Any, Final, Literal

from geojson_pydantic import MultiPolygon, Polygon
from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["low", "good", "high", "none"]
Standing = Literal["proven", "provisional"]


class ComparedState(BaseModel):
    """A state that is compared: a plan as it would be published now, what it was drawn from, or a publication."""

    kind: Literal["plan", "base", "publication"]
    plan: str | None
    publication: int | None
    title: str


class PieceDocument(BaseModel):
    """Ground that changed hands, by the owner rule; null: no grid of these regions has it. `before` and `after` name
    all that have it, several only where provisional grids overlap."""

    start: str | None = Field(alias="from")
    end: str | None = Field(alias="to")
    before: list[str]
    after: list[str]
    m2: float
    geometry: Polygon | MultiPolygon

    model_config = ConfigDict(serialize_by_alias=True)


class GridState(BaseModel):
    region: str
    name: str
    kind: Literal["residential", "special", "rural"]
    households: int | None
    verdict: Verdict
    m2: float


class GridDifference(BaseModel):
    """A grid that is not as it was, or is counted otherwise; null where there is none. `amended`: only nodes differ."""

    code: str
    before: GridState | None
    after: GridState | None
    moved: bool = Field(description="It has other ground")
    amended: bool


class DescentDocument(BaseModel):
    """Ground that was one grid and is the other; `share` is the part of the ground of `from`."""

    start: str | None = Field(alias="from")
    end: str | None = Field(alias="to")
    kind: Literal["kept", "changed", "split", "merged", "recoded", "new", "retired"]
    m2: float
    share: float
    households: int

    model_config = ConfigDict(serialize_by_alias=True)


class HandedOver(BaseModel):
    """A building that another grid owns; null where there is no such building, or no grid owns it."""

    id: str
    start: str | None = Field(alias="from")
    end: str | None = Field(alias="to")
    households: int | None

    model_config = ConfigDict(serialize_by_alias=True)


class RegionDifference(BaseModel):
    code: str
    before: Standing | None
    after: Standing | None


class ZoomTiles(BaseModel):
    """Map squares of one zoom that show another picture; the first of them by x and y."""

    z: int
    count: int
    tiles: list[tuple[int, int]]


class DiffSums(BaseModel):
    """Over the grids that differ in more than nodes, and the buildings; households that nobody counted are none."""

    handed_over_m2: float
    grids: int
    buildings: int
    households_moved: int = Field(description="Households in buildings that another grid owns")
    households_before: int
    households_after: int


class DiffDocument(BaseModel):
    of: ComparedState
    against: ComparedState
    publication: int = Field(description="The one in force when it was compared")
    same: bool = Field(description="Nothing differs but nodes")
    sums: DiffSums
    regions: list[RegionDifference] = Field(description="Regions whose standing differs")
    grids: list[GridDifference]
    lineage: list[DescentDocument]
    buildings: list[HandedOver] = Field(description="At most 10,000 are listed; `sums` counts all")
    pieces: list[PieceDocument]
    tiles: list[ZoomTiles] = Field(description="Zooms 10 to 17; at most 1,000 squares of each are listed")


class DiffPlaces(BaseModel):
    """GeoJSON of what differs; `role` is `piece` for ground that changed hands, `before` or `after` for a grid."""

    model_config = ConfigDict(extra="allow")
    type: Literal["FeatureCollection"]
    publication: int
    features: list[dict[str, Any]]


_RING = [[[104.101, 30.7], [104.104, 30.7], [104.104, 30.703], [104.101, 30.703], [104.101, 30.7]]]
_STATE = {
    "region": "519909001001",
    "name": "",
    "kind": "residential",
    "households": 530,
    "verdict": "high",
    "m2": 95712.5,
}
DIFF: Final = {
    "of": {
        "kind": "plan",
        "plan": "7b6e5a1c-9d5f-4b0e-8a52-1f4f0a6f2c33",
        "publication": None,
        "title": "塔楼独立成格",
    },
    "against": {
        "kind": "base",
        "plan": "7b6e5a1c-9d5f-4b0e-8a52-1f4f0a6f2c33",
        "publication": None,
        "title": "塔楼独立成格",
    },
    "publication": 12,
    "same": False,
    "sums": {
        "handed_over_m2": 21480.3,
        "grids": 2,
        "buildings": 1,
        "households_moved": 118,
        "households_before": 530,
        "households_after": 530,
    },
    "regions": [],
    "grids": [
        {
            "code": "51990900100101",
            "before": _STATE,
            "after": {**_STATE, "households": 412, "verdict": "good", "m2": 74232.2},
            "moved": True,
            "amended": False,
        },
        {
            "code": "51990900100107",
            "before": None,
            "after": {**_STATE, "households": 118, "verdict": "low", "m2": 21480.3},
            "moved": True,
            "amended": False,
        },
    ],
    "lineage": [
        {
            "from": "51990900100101",
            "to": "51990900100107",
            "kind": "split",
            "m2": 21480.3,
            "share": 0.2244,
            "households": 118,
        }
    ],
    "buildings": [{"id": "b-1042", "from": "51990900100101", "to": "51990900100107", "households": 118}],
    "pieces": [
        {
            "from": "51990900100101",
            "to": "51990900100107",
            "before": ["51990900100101"],
            "after": ["51990900100107"],
            "m2": 21480.3,
            "geometry": {"type": "Polygon", "coordinates": _RING},
        }
    ],
    "tiles": [{"z": 16, "count": 1, "tiles": [[51719, 26888]]}],
}
"""An example of the answer."""
PLACES: Final = {
    "type": "FeatureCollection",
    "publication": 12,
    "features": [
        {
            "type": "Feature",
            "properties": {"role": "piece", "from": "51990900100101", "to": "51990900100107", "m2": 21480.3},
            "geometry": {"type": "Polygon", "coordinates": _RING},
        }
    ],
}
