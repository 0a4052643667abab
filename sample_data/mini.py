"""What is the small sound plan that every broken plan is made from?

Two invented communities of five and four grids, drawn by hand, nine grids in three uneven rows:

    (2,0) A  (2,1) B  (2,2) B
    (1,0) A  (1,1) A  (1,2) B
    (0,0) A  (0,1) A  (0,2) B
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import shapely

from sample_data.features import Feature, feature, metric, polygon
from sample_data.frame import Node, to_metres, to_nodes
from sample_data.households import Home, settled
from sample_data.make import collection
from sample_data.mesh import Ring, outlines
from sample_data.names import numeral
from sample_data.packing import Recipe, packed

Place = tuple[int, int]
"""Row from the south, column from the west."""

DISTRICT = "519909"
STREET = f"{DISTRICT}001"
A, B = f"{STREET}001", f"{STREET}002"
_NAMES = {A: "柳堰社区", B: "桂湾社区"}
_ROAD_M = 14.0
"""Buildings keep so far from a grid's edge, metres: faults up to that size touch none."""

_CORNERS = [
    [(-352, -318), (-118, -331), (122, -309), (349, -322)],
    [(-361, -104), (-118, -96), (131, -112), (358, -99)],
    [(-344, 108), (-109, 121), (118, 113), (351, 125)],
    [(-357, 317), (-121, 329), (127, 321), (344, 312)],
]
"""Metres. The side between (0, 1) and (1, 1) runs exactly north; all others are slanted and bend once."""
_BEND_M = (9, -7, 6, -8)
_TARGETS = {
    (0, 0): 352, (1, 0): 418, (2, 0): 377, (0, 1): 431, (1, 1): 396, (2, 1): 365, (0, 2): 402, (1, 2): 344, (2, 2): 426,
}  # fmt: skip


@dataclass(slots=True)
class House:
    """A building; its shape in metres."""

    id: str
    shape: shapely.Polygon
    households: int
    levels: int


@dataclass(slots=True)
class Mini:
    """A small plan that can be broken: rings by code."""

    communities: dict[str, Ring]
    grids: dict[str, Ring]
    houses: dict[str, list[House]]
    """By the grid they were built on."""
    parks: set[str] = field(default_factory=set)
    """Grids of kind special."""
    astray: list[House] = field(default_factory=list)
    """Buildings put where no plan would have them."""
    upper: dict[str, Ring] = field(default_factory=dict)
    """Outlines that come with regions above the communities."""

    def code(self, place: Place) -> str:
        """The grid drawn at a place."""
        return _codes()[place]

    def clear(self, code: str) -> None:
        """Make a grid a park without buildings, so that a fault of its ground is the plan's only finding."""
        self.parks.add(code)
        del self.houses[code]

    def features(self) -> list[Feature]:
        """As features of a plan file."""
        return [*_regions(self), *_grids(self), *_houses(self)]

    def plan(self, name: str, description: str) -> dict[str, Any]:
        """As a plan file."""
        return collection(name, description, self.features())


def sound() -> Mini:
    """The plan without a fault."""
    rings = {code: ring(place) for place, code in _codes().items()}
    communities = {region: outlines(r for code, r in rings.items() if code.startswith(region))[0] for region in (A, B)}
    numbers = iter(range(1, 1000))
    houses = {code: _built(rings[code], _TARGETS[place], f"mini {code}", numbers) for place, code in _codes().items()}
    return Mini(communities, dict(sorted(rings.items())), dict(sorted(houses.items())))


def side(start: Place, end: Place) -> list[Node]:
    """Nodes from one corner to the next, which lies east or north of it."""
    a, b = (_CORNERS[r][c] for r, c in (start, end))
    bend = _BEND_M[(3 * start[0] + start[1] + (end[0] - start[0])) % len(_BEND_M)]
    if a[0] == b[0]:
        return to_nodes([a, b])
    east = end[1] > start[1]
    middle = ((a[0] + b[0]) / 2 + (0 if east else bend), (a[1] + b[1]) / 2 + (bend if east else 0))
    return to_nodes([a, middle, b])


def ring(place: Place) -> Ring:
    """The ring of the grid at a place, counter-clockwise."""
    r, c = place
    south, north = side((r, c), (r, c + 1)), side((r + 1, c), (r + 1, c + 1))
    east, west = side((r, c + 1), (r + 1, c + 1)), side((r, c), (r + 1, c))
    return south[:-1] + east[:-1] + north[:0:-1] + west[:0:-1]


def corner(place: Place) -> Node:
    """The node at a corner."""
    return to_nodes([_CORNERS[place[0]][place[1]]])[0]


def _codes() -> dict[Place, str]:
    """Sequence west to east, then north to south, within each community."""
    found: dict[Place, str] = {}
    for region, places in ((A, [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1)]), (B, [(2, 1), (0, 2), (1, 2), (2, 2)])):
        ordered = sorted(places, key=lambda p: shapely.Polygon(ring(p)).centroid.x)
        found |= {place: f"{region}{k:02d}" for k, place in enumerate(ordered, 1)}
    return found


def _built(ring: Ring, households: int, seed: str, numbers: Iterator[int]) -> list[House]:
    rng = Random(seed)
    recipe = Recipe("residential", (12, 13), (34, 50), (12, 16), (34, 40), (6, 9), 92)
    footprints = packed(shapely.Polygon(to_metres(ring)).buffer(-_ROAD_M, join_style="bevel"), recipe, rng)
    homes: list[Home] = settled(footprints, households, rng)[0]
    return [House(f"B{next(numbers):06d}", h.footprint.shape, h.households, h.levels) for h in homes]


def _regions(mini: Mini) -> list[Feature]:
    shapes = {code: polygon([ring]) for code, ring in (mini.communities | mini.upper).items()}
    rows = [(DISTRICT, "虚构小区划", "district", None), (STREET, "虚构街道", "street", DISTRICT)]
    rows += [(code, _NAMES[code], "community", STREET) for code in mini.communities]
    found = []
    for code, name, level, parent in rows:
        fields = {"code": code, "name": name, "level": level, "parent": parent, "enclave": False}
        found.append(feature("region", fields | ({"scheme": "14"} if parent is None else {}), shapes.get(code)))
    return found


def _grids(mini: Mini) -> list[Feature]:
    found = []
    for code, ring in mini.grids.items():
        name = f"{_NAMES[code[:12]]}第{numeral(int(code[12:]))}网格"
        kind = "special" if code in mini.parks else "residential"
        fields = {"code": code, "name": name, "kind": kind, "region": code[:12]}
        found.append(feature("grid", fields, polygon([ring])))
    return found


def _houses(mini: Mini) -> list[Feature]:
    found = []
    for house in [*(house for houses in mini.houses.values() for house in houses), *mini.astray]:
        number = int(house.id[1:])
        fields = {
            "id": house.id, "name": f"柳桂苑{number}栋", "address": f"柳桂路{number}号", "compound": "",
            "entrance": None, "households": house.households, "levels": house.levels, "kind": "residential",
            "grid": None,
        }  # fmt: skip
        found.append(feature("building", fields, metric(house.shape)))
    return found
