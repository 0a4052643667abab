"""Which buildings do people live in, in one street of the sample district, and in which grid and community?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape


@dataclass(frozen=True, slots=True)
class Home:
    """A building that people live in; `place` is a point on its footprint, lon/lat WGS-84."""

    id: str
    address: str
    households: int
    levels: int
    grid: str
    community: str
    place: tuple[float, float]


def homes_of(district: dict[str, Any], street: str) -> list[Home]:
    """The homes of a street by grid and id. No building of the district is cut by a border: one point decides."""
    features = district["features"]
    names = {one["properties"]["code"]: one["properties"]["name"] for one in layer_of(features, "region")}
    grids = [one for one in layer_of(features, "grid") if one["properties"]["region"].startswith(street)]
    lived_in = [one for one in layer_of(features, "building") if one["properties"]["households"]]
    places = [shapely.point_on_surface(shape(one["geometry"])) for one in lived_in]
    within = shapely.STRtree([shape(one["geometry"]) for one in grids]).query(places, "within")
    found = []
    for home, grid in zip(*within.tolist(), strict=True):
        told, owner = lived_in[home]["properties"], grids[grid]["properties"]
        place = (places[home].x, places[home].y)
        community = names[owner["region"]]
        found.append(
            Home(told["id"], told["address"], told["households"], told["levels"], owner["code"], community, place)
        )
    return sorted(found, key=lambda home: (home.grid, home.id))


def layer_of(features: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """The features of a layer."""
    return [one for one in features if one["properties"]["layer"] == name]
