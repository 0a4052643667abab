"""Which code and name does each region and grid get?

The 14-digit scheme: district 6, street 3 (001-099 street, 100-199 town), community 3, grid 2. Siblings are numbered
from west to east, then from north to south. 519901 is invented: it is no assigned administrative code.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import TypeVar

import shapely

from geo.model import GridKind
from sample_data.frame import to_metres
from sample_data.layout import Layout
from sample_data.mesh import Ring
from sample_data.names import community_names, numeral, street_names, town_names
from sample_data.programme import SMALL
from sample_data.tree import CommunityDraft, StreetDraft
from sample_data.zones import Zone

DISTRICT = "519901"
DISTRICT_NAME = "虚构示例区"
PARTS = (f"{DISTRICT}-P1", f"{DISTRICT}-P2")

_T = TypeVar("_T")


def give_codes(layout: Layout, seed: int) -> None:
    """Number and name the streets, communities and grids; the order of the lists follows the codes afterwards."""
    rng = Random(f"{seed} names")
    urban, towns = street_names(rng), town_names()
    names = community_names(rng)
    _number_streets(layout, urban, towns)
    for number, street in enumerate(layout.streets):
        mine = _ordered([c for c in layout.communities if c.street == number], lambda c: [g.ring for g in c.grids])
        for k, community in enumerate(mine, 1):
            community.code = f"{street.code}{k:03d}"
            community.name = _community_name(community, names)
            _number_grids(community)
    layout.communities.sort(key=lambda c: c.code)


def _number_streets(layout: Layout, urban: Iterator[str], towns: Iterator[str]) -> None:
    rings = {
        id(s): [g.ring for c in layout.communities if layout.streets[c.street] is s for g in c.grids]
        for s in layout.streets
    }
    old = list(layout.streets)
    west = {part: min(x for s in old if s.part == part for x in [_middle(rings[id(s)])[0]]) for part in (0, 1)}
    swap = west[1] < west[0]
    for town, first, names in ((False, 1, urban), (True, 100, towns)):
        for k, street in enumerate(_ordered([s for s in old if s.town is town], lambda s: rings[id(s)]), first):
            street.code, street.name = f"{DISTRICT}{k:03d}", next(names)
            street.part = 1 - street.part if swap else street.part
    layout.streets.sort(key=lambda s: s.code)
    moved = {k: next(n for n, s in enumerate(layout.streets) if s is street) for k, street in enumerate(old)}
    for community in layout.communities:
        community.street = moved[community.street]
    layout.common_street = moved[layout.common_street]


def _number_grids(community: CommunityDraft) -> None:
    community.grids = _ordered(community.grids, lambda g: [g.ring])
    ordinary = 0
    for k, grid in enumerate(community.grids, 1):
        grid.code = f"{community.code}{k:02d}"
        if grid.kind is GridKind.SPECIAL:
            grid.name = f"{grid.title}专属网格"
            continue
        ordinary += 1
        grid.name = f"{community.name}第{numeral(ordinary)}网格"


def _community_name(community: CommunityDraft, names: Iterator[str]) -> str:
    if sum(grid.households for grid in community.grids) == SMALL:
        return "铁路新村社区"
    name = next(names)
    return f"{name[:2]}村" if community.zone is Zone.RURAL else f"{name}社区"


def _ordered(things: Sequence[_T], rings: Callable[[_T], Sequence[Ring]]) -> list[_T]:
    """West to east by the middle of the ground, north before south where that is equal."""
    return sorted(things, key=lambda t: (_middle(rings(t))[0], -_middle(rings(t))[1]))


def _middle(rings: Sequence[Ring]) -> tuple[float, float]:
    middle = shapely.MultiPolygon([shapely.Polygon(to_metres(ring)) for ring in rings]).centroid
    return round(middle.x, 3), round(middle.y, 3)


def street_of(layout: Layout, community: CommunityDraft) -> StreetDraft:
    """The street a community belongs to."""
    return layout.streets[community.street]
