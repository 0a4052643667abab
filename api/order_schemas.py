"""How do ordered boundaries and reverts look in JSON?"""

from typing import Annotated, Any, Final, Literal

from geojson_pydantic import MultiPolygon, Polygon
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from api.parameters import Text
from api.schemas import Link, Published, told

State = Literal["pending", "in_force", "withdrawn"]

Reason = Annotated[str, AfterValidator(told), Field(max_length=1000, description="Why; it stands in the log")]
Ground = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {"type": {"enum": ["Polygon", "MultiPolygon"]}, "coordinates": {"type": "array"}},
            "description": "GeoJSON, lon/lat WGS-84",
        }
    ),
]


class OrderRequest(BaseModel):
    """A boundary that was ordered for a published region; lon/lat WGS-84."""

    model_config = ConfigDict(extra="forbid")
    region: Text
    boundary: Ground
    number: Text = Field(description="Number of the document that orders it")
    reason: Reason = ""


class OrderDocument(BaseModel):
    """An order is pending until a publication's boundary of the region is the ordered one."""

    id: int
    region: str
    number: str
    reason: str
    actor: str
    at: str
    state: State
    publication: int | None = Field(description="The one by which it is in force")
    boundary: Polygon | MultiPolygon


class Orders(BaseModel):
    orders: list[OrderDocument]
    links: list[Link]


class RevertRequest(BaseModel):
    """`ground` leaves buildings, facilities, lines, water and people as they are."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason = Field(min_length=1, pattern=r"\S")
    what: Literal["all", "ground"] = "all"


class WaitsAnew(BaseModel):
    region: str
    number: str = Field(description="Of the document that ordered the boundary")


class Reverted(Published):
    orders: list[WaitsAnew] = Field(description="Boundaries in force that the past state has not: they wait anew")


_RING = [[[104.101, 30.7], [104.104, 30.7], [104.104, 30.703], [104.101, 30.703], [104.101, 30.7]]]
_GROUND = {"type": "Polygon", "coordinates": _RING}
ORDER: Final = {
    "id": 3,
    "region": "519909001001",
    "number": "民发〔2026〕7号",
    "reason": "两社区界线勘定",
    "actor": "street-office",
    "at": "2026-03-09T08:00:00+00:00",
    "state": "pending",
    "publication": None,
    "boundary": _GROUND,
}
ORDERS: Final = {
    "orders": [ORDER],
    "links": [{"rel": "self", "href": "https://maps.example.org/v1/orders", "type": "application/json"}],
}
ORDER_REQUEST: Final = {**{name: ORDER[name] for name in ("region", "number", "reason")}, "boundary": _GROUND}
REVERT_REQUEST: Final = {"reason": "误发布,恢复到上一版", "what": "ground"}
