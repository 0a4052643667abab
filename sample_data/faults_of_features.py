"""Which faults are planted in the features of the small plan, where its rings alone cannot show them?

Every function takes the features of the sound plan file and leaves one fault in them. Places are metres from the plan's
origin; the middle grid reaches from about (-118, -104) to (131, 117).
"""

from collections.abc import Callable

from shapely.geometry import shape

from sample_data.features import Feature, feature, polygon
from sample_data.frame import lon_lat, to_nodes

MIDDLE, NORTH_WEST, LAST, NEXT = "51990900100105", "51990900100101", "51990900100204", "51990900100106"
PATCH_M = [(-30, -25), (35, -28), (31, 30), (-27, 26)]
"""A piece of the middle grid."""


def hole(features: list[Feature]) -> None:
    """A park lies in the middle grid, which has no buildings here."""
    _hollow(features)
    names = {"code": NEXT, "name": "柳堰社区公园", "kind": "special", "region": MIDDLE[:12]}
    features.append(feature("grid", names, polygon([to_nodes(PATCH_M)])))


def multipart(features: list[Feature]) -> None:
    """A piece in the middle of the middle grid, which has no buildings here, belongs to the grid north-west of it."""
    _hollow(features)
    other = _of(features, "grid", NORTH_WEST)
    rings = [other["geometry"]["coordinates"], polygon([to_nodes(PATCH_M)])["coordinates"]]
    other["geometry"] = {"type": "MultiPolygon", "coordinates": rings}


def tower_over(features: list[Feature]) -> None:
    """One building has 520 households, and no other one of its grid has any."""
    ground = shape(_of(features, "grid", MIDDLE)["geometry"])
    inside = [one for one in _all(features, "building") if ground.contains(shape(one["geometry"]))]
    for number, one in enumerate(inside):
        one["properties"] |= {"households": 0 if number else 520, "levels": 3 if number else 40}


def facility_unassigned(features: list[Feature]) -> None:
    """A police post 60 m south of everything."""
    (node,) = to_nodes([(0, -380)])
    names = {"id": "F000901", "name": "警务室", "category": "police"}
    features.append(feature("facility", names, {"type": "Point", "coordinates": lon_lat(node)}))


def edge_free(features: list[Feature]) -> None:
    """A street runs through the middle grid, whose border follows nothing."""
    ends = [lon_lat(node) for node in to_nodes([(-100, 10), (115, 5)])]
    names = {"id": "L000901", "name": "柳桂路", "class": "tertiary"}
    features.append(feature("line", names, {"type": "LineString", "coordinates": ends}))


def code_format(features: list[Feature]) -> None:
    """The last grid's sequence is no number."""
    _of(features, "grid", LAST)["properties"]["code"] = f"{LAST[:12]}A4"


def code_prefix(features: list[Feature]) -> None:
    """The last grid has a code of a community that is not its own."""
    _of(features, "grid", LAST)["properties"]["code"] = f"{LAST[:9]}00304"


EDITS: dict[str, Callable[[list[Feature]], None]] = {
    "hole": hole,
    "multipart": multipart,
    "tower-over": tower_over,
    "facility-unassigned": facility_unassigned,
    "edge-free": edge_free,
    "code-format": code_format,
    "code-prefix": code_prefix,
}


def _hollow(features: list[Feature]) -> None:
    """The middle grid as a park without buildings and with a hole."""
    middle = _of(features, "grid", MIDDLE)
    ground = shape(middle["geometry"])
    features[:] = [
        one
        for one in features
        if one["properties"]["layer"] != "building" or not ground.contains(shape(one["geometry"]))
    ]
    middle["properties"]["kind"] = "special"
    middle["geometry"]["coordinates"].append(polygon([to_nodes(PATCH_M)[::-1]])["coordinates"][0])


def _all(features: list[Feature], layer: str) -> list[Feature]:
    return [one for one in features if one["properties"]["layer"] == layer]


def _of(features: list[Feature], layer: str, code: str) -> Feature:
    return next(
        one for one in _all(features, layer) if code in (one["properties"].get("code"), one["properties"].get("id"))
    )
