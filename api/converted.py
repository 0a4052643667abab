"""What does a conversion between datums take and answer, in the description of the service?"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

Pair = tuple[float, float]
DATUM = "wgs84, cgcs2000, gcj02, bd09 or EPSG:<code>"


class _Coordinates(BaseModel):
    points: list[Pair] | None = Field(default=None, description="x, y (lon, lat) of each point; at most 100,000")
    geometry: dict[str, Any] | None = Field(default=None, description="A GeoJSON geometry, in the stated datum")
    features: dict[str, Any] | None = Field(default=None, description="A GeoJSON FeatureCollection, likewise")


class _Asked(_Coordinates):
    """At least one of points, geometry and features."""

    model_config = ConfigDict(extra="forbid")


class _Told(_Coordinates):
    """What was asked, in the datum `datum`; long edges have points of their own where they would bend."""

    datum: str
    notes: list[str] = Field(description="What to know about it, in the language asked for")


FROM: dict[str, Any] = {"from": (str, Field(description=f"The datum of the coordinates: {DATUM}"))}
TO: dict[str, Any] = {"to": (str, Field(description=f"The datum wanted: {DATUM}"))}
ConvertRequest = create_model("ConvertRequest", __base__=_Asked, __doc__=_Asked.__doc__, **FROM, **TO)
Converted = create_model("Converted", __base__=_Told, __doc__=_Told.__doc__, **FROM)
"""Made so, because `from` is a word of the language."""

ASKED = {
    "from": "wgs84",
    "to": "gcj02",
    "points": [[104.2315799, 30.6184254]],
    "geometry": {"type": "LineString", "coordinates": [[104.1, 30.7], [104.101, 30.7]]},
}
TOLD = {
    "datum": "gcj02",
    "from": "wgs84",
    "points": [[104.23395273210545, 30.615833922676867]],
    "geometry": {
        "type": "LineString",
        "coordinates": [[104.10254396161861, 30.69762113935949], [104.10354407604808, 30.69762104170055]],
    },
    "notes": [
        "The formula of gcj02 is unofficial and believed good to 1-5 m; the way back is exact by the same formula."
    ],
}
