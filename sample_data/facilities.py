"""Which facilities serve the district, and where are they?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import shapely

from sample_data.addresses import Institution
from sample_data.layout import Layout
from sample_data.standing import OnGrid
from sample_data.tree import CommunityDraft
from sample_data.zones import Zone

_OF_KIND = {"school": "school", "hospital": "hospital", "market": "market", "station": "bus-station"}
_USUAL = [
    ("clinic", "卫生服务站", 0.6),
    ("elderly-care", "日间照料中心", 0.45),
    ("toilet", "公共厕所", 0.7),
    ("charging", "电动车充电站", 0.5),
    ("shelter", "应急避难场所", 0.35),
    ("library", "社区书屋", 0.25),
    ("sports", "健身广场", 0.4),
]
"""Category, name behind the community's, and the share of communities that have one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A facility; its shape is a point or a polygon in metres, inside one grid."""

    name: str
    category: str
    shape: shapely.Point | shapely.Polygon


def facilities(
    layout: Layout, everything: Sequence[tuple[CommunityDraft, OnGrid]], institutions: Sequence[Institution], seed: int
) -> list[Place]:
    """Facilities of every community and street, then schools, hospitals, markets, parks where they were built."""
    rng = Random(f"{seed} facilities")
    found: list[Place] = []
    for community in layout.communities:
        grids = [on for c, on in everything if c is community and on.grid.households]
        found += _of_community(community, grids, rng)
    for number, street in enumerate(layout.streets):
        grids = [on for c, on in everything if c.street == number and on.grid.households]
        stem = street.name.removesuffix("街道")
        for category, title in (("police", "派出所"), ("government", "便民服务中心"), ("fire-station", "消防救援站")):
            found.append(Place(stem + title, category, _spot(rng.choice(grids), rng)))
    return found + [place for i in institutions for place in _of_institution(i)] + list(_parks(everything))


def _of_community(community: CommunityDraft, grids: Sequence[OnGrid], rng: Random) -> Iterator[Place]:
    stem = community.name.removesuffix("社区")
    title = "党群服务中心" if community.zone is not Zone.RURAL else "村委会"
    yield Place(community.name + title, "service-centre", _spot(grids[0], rng))
    for category, name, share in _USUAL:
        if rng.random() < share:
            yield Place(stem + name, category, _spot(rng.choice(grids), rng))
    for on in grids:
        if community.zone is not Zone.RURAL and rng.random() < 0.45:
            yield Place(f"{on.grid.name.removesuffix('网格')}网格公交站", "bus-stop", _roadside(on, rng))


def _of_institution(institution: Institution) -> list[Place]:
    category = _OF_KIND.get(institution.kind)
    on = institution.on
    if category is None or (on.grid.title and institution.block):
        return []
    whole = on.uses[institution.block] == institution.kind and not on.grid.title
    buildings = [b.shape for b in on.buildings if b.block == institution.block and b.kind == institution.kind]
    shape = shapely.simplify(on.free[institution.block], 0.5) if whole else buildings[0].representative_point()
    category = "kindergarten" if institution.title.endswith("幼儿园") else category
    return [Place(institution.title, category, shape)]


def _parks(everything: Sequence[tuple[CommunityDraft, OnGrid]]) -> Iterator[Place]:
    for _, on in everything:
        if on.grid.use == "park":
            yield Place(on.grid.title, "park", shapely.simplify(on.free[0], 0.5))


def _spot(on: OnGrid, rng: Random) -> shapely.Point:
    """In one of the grid's public buildings, else at the foot of any."""
    public = [b for b in on.buildings if b.kind in ("public", "commercial")] or on.buildings
    return rng.choice(public).shape.representative_point()


def _roadside(on: OnGrid, rng: Random) -> shapely.Point:
    ground = rng.choice([free for free in on.free if not free.is_empty])
    return ground.exterior.interpolate(rng.random(), normalized=True)
