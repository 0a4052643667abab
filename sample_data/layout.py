"""How are streets, communities, grids and blocks drawn, each inside the one above?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import shapely

from sample_data import programme, sketch
from sample_data.cuts import Cut
from sample_data.division import Job, divided
from sample_data.frame import Node, to_metres
from sample_data.grouping import borders, is_barrier, parted
from sample_data.mesh import Mesh, Ring, outlines
from sample_data.names import RoadNames
from sample_data.oddities import exchange_enclave, raise_tower, tower_host
from sample_data.skeleton import Road, Skeleton, drawn
from sample_data.tree import CommunityDraft, GridDraft, StreetDraft
from sample_data.zones import CHARACTER, Zone

_STREETS = 11
"""Urban streets; with the three rural towns 14."""


_CARRIED_ON = {
    "district": frozenset({"trunk", "primary", "secondary", "tertiary", "residential"}),
    "community": frozenset({"secondary", "tertiary", "residential"}),
    "grid": frozenset({"residential"}),
}
"""Which roads a cut inside the district, a community or a grid may be part of; a main road does not end in a yard."""


@dataclass(slots=True)
class Layout:
    """The whole district as lines and rings; nothing has a code or stands on the ground yet."""

    skeleton: Skeleton
    streets: list[StreetDraft]
    communities: list[CommunityDraft]
    common: Ring
    """The piece of a street that no community has."""
    common_street: int

    @property
    def mesh(self) -> Mesh:
        return self.skeleton.mesh

    @property
    def roads(self) -> list[Road]:
        return self.skeleton.roads

    def category(self, a: Node, b: Node) -> str | None:
        """The class of the line on an edge; None on the district's edge."""
        number = self.mesh.road(a, b)
        return None if number is None else self.roads[number].category


def laid_out(seed: int) -> Layout:
    """Draw everything from the district's edge down to the blocks."""
    skeleton = drawn(Random(f"{seed} sketch"))
    zone_of = programme.zones(skeleton, Random(f"{seed} sketch zones"))
    communities = programme.composed(skeleton, zone_of, Random(f"{seed} programme"))
    streets = _streets(skeleton, zone_of, communities)
    _cut_communities(skeleton, communities, Random(f"{seed} cuts"))
    common = programme.common_cell(skeleton)
    mesh = skeleton.mesh
    for grid in [grid for community in communities for grid in community.grids]:
        grid.ring = mesh.whole(grid.ring)
        grid.blocks = [mesh.whole(ring) for ring in grid.blocks]
    raise_tower(communities)
    exchange_enclave(communities)
    for community in communities:
        community.outline = outlines(grid.ring for grid in community.grids)
    street = next(k for k, street in enumerate(streets) if common in street.cells)
    return Layout(skeleton, streets, communities, mesh.whole(skeleton.cells[common]), street)


def _streets(skeleton: Skeleton, zone_of: Sequence[Zone], communities: Sequence[CommunityDraft]) -> list[StreetDraft]:
    """Eleven streets from the city's cells, three towns from the country's; then both 片区 from the streets."""
    cells = range(len(skeleton.cells))
    weight = {k: 0.1 + sum(1.0 for c in communities if c.cell == k) for k in cells}
    points = {k: shapely.Polygon(to_metres(skeleton.cells[k])).representative_point() for k in cells}
    middle = {k: (p.x, p.y) for k, p in points.items()}
    border = borders(skeleton.mesh, skeleton.cells, {k: is_barrier(r.category) for k, r in enumerate(skeleton.roads)})
    country = [k for k in cells if zone_of[k] in (Zone.RURAL, Zone.TOWN) and communities[0].cell != k]
    city = [k for k in cells if k not in country]
    streets = [StreetDraft(cells=group, town=False) for group in parted(city, _STREETS, weight, middle, border)]
    for _, seat in sketch.TOWNS:
        nearest = [
            k for k in country if min(sketch.TOWNS, key=lambda t: points[k].distance(shapely.Point(t[1])))[1] == seat
        ]
        streets.append(StreetDraft(cells=nearest, town=True))
    home = {cell: k for k, street in enumerate(streets) for cell in street.cells}
    for community in communities:
        community.street = home[community.cell]
    _part(streets, home, weight, middle, border)
    return streets


def _part(
    streets: Sequence[StreetDraft],
    home: dict[int, int],
    weight: dict[int, float],
    middle: dict[int, tuple[float, float]],
    border: dict[tuple[int, int], float],
) -> None:
    between: dict[tuple[int, int], float] = {}
    for (a, b), length in border.items():
        pair = min(home[a], home[b]), max(home[a], home[b])
        if pair[0] != pair[1]:
            between[pair] = between.get(pair, 0.0) + length
    whole = {k: sum(weight[c] for c in s.cells) for k, s in enumerate(streets)}
    centre = {k: _mean([middle[c] for c in s.cells]) for k, s in enumerate(streets)}
    for part, group in enumerate(sorted(parted(range(len(streets)), 2, whole, centre, between))):
        for k in group:
            streets[k].part = part


def _mean(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _cut_communities(skeleton: Skeleton, communities: Sequence[CommunityDraft], rng: Random) -> None:
    """Three rounds of cuts. Every round goes over the whole district, so that streets run on."""
    names = RoadNames(rng)
    mesh = skeleton.mesh
    by_cell: dict[int, list[CommunityDraft]] = {}
    for community in communities:
        by_cell.setdefault(community.cell, []).append(community)
    jobs = [
        Job(skeleton.cells[k], [c.area_m2 for c in there], CHARACTER[there[0].zone].communities)
        for k, there in by_cell.items()
    ]
    rings = divided(mesh, jobs, _roads(skeleton, names, "district"), rng)
    flat = [
        (c, ring)
        for there, parts in zip(by_cell.values(), rings, strict=True)
        for c, ring in zip(there, parts, strict=True)
    ]
    jobs = [Job(ring, [g.area_m2 for g in c.grids], CHARACTER[c.zone].grids) for c, ring in flat]
    for (c, _), parts in zip(flat, divided(mesh, jobs, _roads(skeleton, names, "community"), rng), strict=True):
        for grid, ring in zip(c.grids, parts, strict=True):
            grid.ring = ring
    grids = [g for c, _ in flat for g in c.grids]
    host = tower_host(communities)
    jobs = [Job(g.ring, [1.0] * (7 if g is host else _block_count(g, rng)), CHARACTER[g.zone].blocks) for g in grids]
    for grid, parts in zip(grids, divided(mesh, jobs, _roads(skeleton, names, "grid"), rng), strict=True):
        grid.blocks = parts


def _block_count(grid: GridDraft, rng: Random) -> int:
    if grid.use not in ("homes", "campus", "industry", "market"):
        return 1
    return max(1, round(grid.area_m2 / CHARACTER[grid.zone].block_m2 * rng.uniform(0.75, 1.25)))


def _roads(skeleton: Skeleton, names: RoadNames, inside: str) -> Callable[[Cut, Job], int]:
    """Gives each cut a road: the one it carries on, if that may run through, else a new one."""

    def road_of(made: Cut, job: Job) -> int:
        for number in made.goes_on:
            if skeleton.roads[number].category in _CARRIED_ON[inside]:
                return number
        category = _category(made, inside, job)
        skeleton.roads.append(Road(names.next(category), category))
        return len(skeleton.roads) - 1

    return road_of


def _category(made: Cut, inside: str, job: Job) -> str:
    length = shapely.LineString(to_metres(made.chain)).length
    if inside == "district":
        return "secondary" if length > 1100 and job.style.gap < 100 else "tertiary"
    if inside == "community":
        return "tertiary" if length > 450 and job.style.gap < 80 else "residential"
    return "residential" if length > 150 or job.style.gap < 20 else "footway"
