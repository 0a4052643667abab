"""How many communities and grids does each part of the district get, and what are the grids for?

The counts are those of the reference district: 97 communities, 420 grids, of these 33 rural, 16 special.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import shapely

from geo.model import GridKind
from sample_data import sketch
from sample_data.frame import to_metres
from sample_data.skeleton import Skeleton, area_m2
from sample_data.tree import CommunityDraft, GridDraft
from sample_data.zones import CHARACTER, Zone, grid_target, village_target

GRIDS = 420
COMMUNITIES = 97
_VILLAGES = 14
"""Rural communities, with _VILLAGE_GRIDS grids among them."""
_VILLAGE_GRIDS = 33
_SMALL_AT = (1420.0, 1560.0)
"""In the cell about here, metres, lies the community of 120 households."""
SMALL = 120


@dataclass(frozen=True, slots=True)
class _Special:
    title: str
    use: str
    hectares: float
    at: tuple[float, float]


_SPECIAL = [
    _Special("人民公园", "park", 9, (-900, -1100)),
    _Special("文庙书院", "campus", 5, (-1700, -350)),
    _Special("望江公园", "park", 15, (100, -1500)),
    _Special("蓉北医学院", "campus", 20, (-2600, -100)),
    _Special("东郊文化园", "park", 13, (0, 0)),
    _Special("城北体育公园", "park", 13, (-800, -2000)),
    _Special("沱清河湿地公园", "park", 42, (1100, -2900)),
    _Special("蜀源学院", "campus", 36, (-3600, -1500)),
    _Special("西部建材市场", "market", 22, (-2400, 1350)),
    _Special("城北机械厂", "industry", 30, (0, 2000)),
    _Special("龙堰工业园", "industry", 40, (1300, 200)),
    _Special("蓉北动物园", "park", 38, (200, 1200)),
    _Special("城北客运枢纽", "transit", 13, (500, 1500)),
    _Special("农产品批发市场", "market", 20, (-300, -3200)),
    _Special("水利学院", "campus", 18, (-2600, -2700)),
    _Special("回龙森林公园", "park", 34, (-3500, 200)),
]  # fmt: skip


def zones(skeleton: Skeleton, rng: Random) -> list[Zone]:
    """The zone of each cell, by what main line it lies within."""
    drawn = {s.name: s.line for s in sketch.strokes(rng)}
    town = shapely.union_all([shapely.Polygon(drawn[name]) for name, _ in sketch.TOWNS])
    corner = [(1630, -9000), (-9000, -9000), (-9000, 1980)]
    city = shapely.Polygon([*drawn["绕城高速"], *corner])
    within = [
        (Zone.TOWN, town),
        (Zone.OLD, shapely.Polygon(drawn["古城环路"])),
        (Zone.INNER, shapely.Polygon(drawn["二环路"])),
        (Zone.OUTER, city),
    ]
    inner = [shapely.Polygon(to_metres(ring)).representative_point() for ring in skeleton.cells]
    return [next((zone for zone, ground in within if ground.contains(p)), Zone.RURAL) for p in inner]


def composed(skeleton: Skeleton, zone_of: Sequence[Zone], rng: Random) -> list[CommunityDraft]:
    """Every community with its grids, not yet drawn. The common ground's cell gets none."""
    cells = skeleton.cells
    small, common = (cell_at(skeleton, at) for at in (_SMALL_AT, sketch.COMMON))
    special: dict[int, list[GridDraft]] = {}
    for place in _SPECIAL:
        cell = cell_at(skeleton, place.at)
        special.setdefault(cell, []).append(_special_grid(place, zone_of[cell]))
    areas = {k: area_m2(ring) for k, ring in enumerate(cells)}
    free = {k: areas[k] - sum(g.area_m2 for g in special.get(k, [])) for k in areas}
    urban = [k for k in areas if zone_of[k] is not Zone.RURAL and k not in (small, common)]
    rural = [k for k in areas if zone_of[k] is Zone.RURAL and k not in (small, common)]
    homes = apportioned(
        {k: free[k] * CHARACTER[zone_of[k]].density for k in urban}, GRIDS - _VILLAGE_GRIDS - len(_SPECIAL) - 2
    )
    # one grid is the small community, one is the tower, taken out of another grid when the blocks are known
    blocks = apportioned({k: float(homes[k]) for k in urban}, COMMUNITIES - _VILLAGES - 1)
    villages = apportioned({k: free[k] for k in rural}, _VILLAGES)
    village_grids = apportioned({k: free[k] for k in rural}, _VILLAGE_GRIDS)
    made = [_small(small, areas[small])]
    for k in urban:
        grids = [_home(zone_of[k], free[k] / homes[k], rng) for _ in range(homes[k])]
        made += _communities(k, zone_of[k], grids, blocks[k], special.get(k, []), rng)
    for k in rural:
        grids = [_village(free[k] / village_grids[k], rng) for _ in range(village_grids[k])]
        made += _communities(k, zone_of[k], grids, villages[k], [], rng)
    return made


def cell_at(skeleton: Skeleton, at: tuple[float, float]) -> int:
    """Which cell a point in metres lies in. Raises StopIteration outside the district."""
    point = shapely.Point(at)
    return next(k for k, ring in enumerate(skeleton.cells) if shapely.Polygon(to_metres(ring)).contains(point))


def common_cell(skeleton: Skeleton) -> int:
    """The cell that is common ground: of a street, but of no community."""
    return cell_at(skeleton, sketch.COMMON)


def apportioned(weights: Mapping[int, float], total: int) -> dict[int, int]:
    """Whole numbers in proportion to the weights, at least 1 each, that sum to `total` (largest remainders)."""
    scale = total / sum(weights.values())
    got = {k: max(1, int(w * scale)) for k, w in weights.items()}
    while (rest := total - sum(got.values())) != 0:
        sign = 1 if rest > 0 else -1
        ready = [k for k in got if sign > 0 or got[k] > 1]
        k = max(ready, key=lambda k: sign * (weights[k] * scale - got[k]))
        got[k] += sign
    return got


def _communities(
    cell: int, zone: Zone, grids: list[GridDraft], count: int, extra: Sequence[GridDraft], rng: Random
) -> list[CommunityDraft]:
    ends = [round(len(grids) * k / count) for k in range(count + 1)]
    made = [CommunityDraft(cell=cell, zone=zone, grids=grids[a:b]) for a, b in pairwise(ends)]
    for grid, community in zip(extra, rng.sample(made * len(extra), len(extra)), strict=True):
        community.grids.insert(0, grid)
    return made


def _home(zone: Zone, area: float, rng: Random) -> GridDraft:
    return GridDraft(zone=zone, use="homes", area_m2=area, households=grid_target(rng))


def _village(area: float, rng: Random) -> GridDraft:
    return GridDraft(zone=Zone.RURAL, use="village", area_m2=area, households=village_target(rng), kind=GridKind.RURAL)


def _special_grid(place: _Special, zone: Zone) -> GridDraft:
    return GridDraft(
        zone=zone, use=place.use, area_m2=place.hectares * 1e4, households=0, kind=GridKind.SPECIAL, title=place.title
    )


def _small(cell: int, area: float) -> CommunityDraft:
    grid = GridDraft(zone=Zone.OUTER, use="homes", area_m2=area, households=SMALL)
    return CommunityDraft(cell=cell, zone=Zone.OUTER, grids=[grid])
