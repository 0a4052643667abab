"""What do edits look like in a body? Intents, one model a kind; their shapes are lon/lat in WGS-84.

They describe; `geo.redraw.written` reads.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from api.parameters import Text
from geo.redraw.by_blocks import MOST_BLOCKS
from geo.redraw.edits import MOST_SNAP_M, SNAP_M
from geo.redraw.written import MOST_GRIDS, MOST_LINES

Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Position: TypeAlias = tuple[Degrees, Degrees]
"""lon, lat."""


class LineShape(BaseModel):
    """GeoJSON, lon/lat in WGS-84. Its coordinates are read where the ground is drawn."""

    type: Literal["LineString"]
    coordinates: list[Any]


class GroundShape(BaseModel):
    """GeoJSON, lon/lat in WGS-84. Its coordinates are read where the ground is drawn."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


Snap = Annotated[
    float, Field(ge=0, le=MOST_SNAP_M, description="How far a drawn line is led to what stands near it, metres")
]
Cut = Annotated[bool, Field(description="The border may pass through buildings")]
Codes = Annotated[list[Text], Field(max_length=MOST_GRIDS)]
Blocks = Annotated[
    list[Text],
    Field(
        min_length=1,
        max_length=MOST_BLOCKS,
        description="Ids of blocks that are kept with the plan; `snap_m` does not go with them",
    ),
]


def _one_of(*names: str) -> dict[str, Any]:
    """What a schema says of members of which one is wanted, and no more."""
    return {"oneOf": [{"required": [name]} for name in names]}


class _Edit(BaseModel):
    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)


class _Drawn(_Edit):
    snap_m: Snap = SNAP_M
    cut: Cut = False


class SplitEdit(_Drawn):
    """One grid by one line (`line`) or several (`lines`), or in two by ground: what it has of it, and the rest.
    `codes` go to the new parts from west to east; without them they get the next free ones."""

    model_config = ConfigDict(json_schema_extra=_one_of("line", "lines", "ground", "grounds", "blocks"))
    op: Literal["split"]
    grid: Text
    line: LineShape | None = None
    lines: Annotated[list[LineShape], Field(min_length=1, max_length=MOST_LINES)] | None = None
    ground: GroundShape | None = None
    grounds: Annotated[list[GroundShape], Field(min_length=1, max_length=MOST_BLOCKS)] | None = None
    blocks: Blocks | None = None
    codes: Codes = []


class MergeEdit(_Edit):
    """Grids of one region become one; `into` names the one that stays."""

    op: Literal["merge"]
    grids: Annotated[list[Text], Field(min_length=2, max_length=MOST_GRIDS)]
    into: Text | None = None


class MoveNodeEdit(_Drawn):
    """A node goes elsewhere, and every edge that ends in it follows. `snap_m` finds it near `from`; `to` is where it
    goes."""

    op: Literal["move_node"]
    start: Position = Field(alias="from")
    end: Position = Field(alias="to")


class MoveEdgeEdit(_Drawn):
    """The stretch of a border along `from` comes to lie along `to`, for both sides."""

    op: Literal["move_edge"]
    start: LineShape = Field(alias="from")
    end: LineShape = Field(alias="to")


class ReshapeEdit(_Drawn):
    """A line that meets a shared border twice or more becomes that border between the first place and the last."""

    op: Literal["reshape"]
    line: LineShape
    grids: Annotated[list[Text], Field(min_length=2, max_length=2)] | None = None


class AssignEdit(_Drawn):
    """Drawn ground (`ground`), or that of blocks, goes to a grid, whoever of the plan's grids has it now."""

    model_config = ConfigDict(json_schema_extra=_one_of("ground", "blocks"))
    op: Literal["assign"]
    ground: GroundShape | None = None
    blocks: Blocks | None = None
    grid: Text


class ClaimGapEdit(_Edit):
    """The gap that a place lies in goes to a grid; without one it becomes a new grid."""

    op: Literal["claim_gap"]
    place: Position
    grid: Text | None = None


class DrawnGrid(BaseModel):
    """A grid of a region drawn anew; without a code it gets one."""

    model_config = ConfigDict(extra="allow")
    type: Literal["Feature"]
    geometry: GroundShape
    properties: dict[str, Any] | None


class DrawnGrids(BaseModel):
    model_config = ConfigDict(extra="allow")
    type: Literal["FeatureCollection"]
    features: list[DrawnGrid]


class ReplaceEdit(_Drawn):
    """All grids of a community are drawn anew: snapped to each other and to the boundary, and noded."""

    op: Literal["replace"]
    community: Text
    grids: DrawnGrids


class RecodeEdit(_Edit):
    """A grid gets another code."""

    op: Literal["recode"]
    start: Text = Field(alias="from")
    end: Text = Field(alias="to")


class SetEdit(_Edit):
    """A grid's name or kind; what is not said stays."""

    op: Literal["set"]
    grid: Text
    name: Annotated[str, Field(max_length=200)] | None = None
    kind: Literal["residential", "special", "rural"] | None = None


class OrderEdit(_Edit):
    """A region gets the boundary that was ordered."""

    op: Literal["order"]
    region: Text
    boundary: GroundShape
    cut: Cut = False


AnyEdit: TypeAlias = Annotated[
    SplitEdit
    | MergeEdit
    | MoveNodeEdit
    | MoveEdgeEdit
    | ReshapeEdit
    | AssignEdit
    | ClaimGapEdit
    | ReplaceEdit
    | RecodeEdit
    | SetEdit
    | OrderEdit,
    Field(discriminator="op"),
]
