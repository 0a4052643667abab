"""What does a row of a plan stand for?"""

from collections.abc import Callable, Mapping
from typing import Any

import shapely

from geo.model import (
    Building,
    Facility,
    Grid,
    GridKind,
    Layer,
    Line,
    Person,
    Post,
    Region,
    Role,
    Thing,
    Water,
)


def _building(code: str, _: str | None, a: Mapping[str, Any], shape: Any) -> Building:
    entrance = None if a["entrance"] is None else shapely.Point(a["entrance"])
    return Building(id=code, shape=shape, **{**a, "entrance": entrance})


def _person(code: str, _: str | None, a: Mapping[str, Any], _shape: Any) -> Person:
    post, layer = a["post"], a["place_layer"]
    told = {"post": post and Post(post), "place_layer": layer and Layer(layer), "role": Role(a["role"])}
    return Person(id=code, **{**a, **told})


READERS: Mapping[str, Callable[[str, str | None, Mapping[str, Any], Any], Thing]] = {
    "region": lambda code, _, a, shape: Region(code=code, shape=shape, **a),
    "grid": lambda code, region, a, shape: Grid(
        code=code, region=region or "", name=a["name"], kind=GridKind(a["kind"]), shape=shape
    ),
    "building": _building,
    "facility": lambda code, _, a, shape: Facility(id=code, shape=shape, **a),
    "line": lambda code, _, a, shape: Line(id=code, shape=shape, **a),
    "water": lambda code, _, a, shape: Water(id=code, shape=shape, **a),
    "person": _person,
}
"""Makes the thing of a layer out of its code, region, attributes and shape."""
