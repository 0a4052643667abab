"""What stands on each grid: buildings with people in them, walls, lakes, lanes?"""

from dataclasses import dataclass, field
from random import Random

import numpy as np
import shapely
import shapely.affinity
import shapely.ops

from sample_data import recipes
from sample_data.footprints import placed, tower
from sample_data.frame import Node, to_metres
from sample_data.households import capacity, settled
from sample_data.layout import Layout
from sample_data.mesh import Ring, edges
from sample_data.packing import Footprint, Recipe, direction, packed
from sample_data.streets import EDGE_M, HALF_M, Network
from sample_data.tree import GridDraft
from sample_data.villages import hamlets
from sample_data.zones import CHARACTER, Zone

_WALLED = {Zone.INNER: 0.35, Zone.OUTER: 0.6}
"""Share of the estates with a wall round them."""
_BEHIND_WALLS = frozenset({"school", "factory"})
_WALL_M = 3.0
"""Buildings stand so far inside the wall, metres."""
_ROOM_M2 = 350.0
"""Smaller remains of a block are left open."""


@dataclass(slots=True)
class Standing:
    """A building in metres, as it stands; its address and names come later."""

    shape: shapely.Polygon
    kind: str
    levels: int
    households: int
    block: int
    """Which block of the grid it stands on; -1 in villages."""


@dataclass(slots=True)
class OnGrid:
    """Everything on one grid, in metres."""

    grid: GridDraft
    buildings: list[Standing] = field(default_factory=list)
    free: list[shapely.Polygon] = field(default_factory=list)
    """The free ground of each block; smaller by a margin inside a wall."""
    uses: list[str] = field(default_factory=list)
    """The kind of building on each block."""
    walls: dict[int, list[shapely.LineString]] = field(default_factory=dict)
    """By block."""
    lanes: list[shapely.LineString] = field(default_factory=list)
    lakes: list[shapely.Polygon] = field(default_factory=list)


class Builder:
    """Builds grid after grid; keeps what all of them must leave free."""

    def __init__(self, layout: Layout, network: Network, seed: int) -> None:
        self._layout = layout
        self._seed = seed
        self._kept_free = shapely.union_all(
            [network.river.buffer(12), network.embankment.buffer(HALF_M["tertiary"] + 3)]
        )
        shapely.prepare(self._kept_free)

    def built(self, grid: GridDraft) -> OnGrid:
        """The grid with its buildings; its households are exactly those asked for."""
        rng = Random(f"{self._seed} buildings {grid.code}")
        there = OnGrid(grid, free=[self.free(ring, CHARACTER[grid.zone].setback) for ring in grid.blocks])
        if grid.use == "village":
            self._village(there, rng)
        elif grid.use == "homes":
            _estates(there, rng)
        elif grid.use == "tower":
            _tower(there, rng)
        else:
            _special(there, rng)
        return there

    def _village(self, there: OnGrid, rng: Random) -> None:
        """Hamlets on lanes that leave the grid's streets; none from a river, a railway or the district's edge."""
        ring = there.grid.ring
        ways = [
            (a, b) for a, b in edges(ring) if self._layout.category(a, b) not in (None, "river", "railway", "motorway")
        ]
        streets = shapely.union_all([shapely.LineString(to_metres(way)) for way in ways])
        there.uses = ["house"]
        houses, there.lanes, there.lakes = hamlets(
            there.free[0], there.grid.households, streets, shapely.Polygon(to_metres(ring)), rng
        )
        there.buildings = [Standing(shape, "house", rng.choice((1, 2, 2, 3)), people, -1) for shape, people in houses]

    def free(self, ring: Ring, setback: float) -> shapely.Polygon:
        """The largest piece of a block that is not street, water, railway or their margins."""
        runs: list[tuple[float, list[Node]]] = []
        for a, b in edges(ring):
            category = self._layout.category(a, b)
            half = EDGE_M if category is None else HALF_M[category]
            if runs and runs[-1][0] == half:
                runs[-1][1].append(b)
            else:
                runs.append((half, [a, b]))
        taken = [shapely.LineString(to_metres(run)).buffer(half + setback, quad_segs=2) for half, run in runs]
        ground = shapely.Polygon(to_metres(ring)).difference(shapely.union_all(taken))
        if self._kept_free.intersects(ground):
            ground = ground.difference(self._kept_free)
        ground = shapely.simplify(ground.buffer(-3.0, quad_segs=1).buffer(3.0, quad_segs=1), 0.2)
        return max(shapely.get_parts(ground), key=lambda part: part.area, default=shapely.Polygon())


def _estates(there: OnGrid, rng: Random) -> None:
    """Homes on as many blocks as the households need, something else on the others."""
    grid = there.grid
    blocks = [k for k in range(len(there.free)) if there.free[k].area > _ROOM_M2]
    rng.shuffle(blocks)
    usual = recipes.homes(grid.zone, rng)
    planned: dict[int, list[Footprint]] = {}
    for k in blocks:
        recipe = usual if grid.zone is Zone.OUTER or rng.random() < 0.6 else recipes.homes(grid.zone, rng)
        planned[k] = _homes_on(there, k, recipe, rng)
    while sum(capacity(f) for ps in planned.values() for f in ps) < 1.02 * grid.households:
        if not _denser(there, planned, rng):
            break
    keep = _needed(planned, grid.households)
    homes, spare = settled([f for k in keep for f in planned[k]], grid.households, rng)
    block_of = {id(f): k for k in keep for f in planned[k]}
    for home in homes:
        there.buildings.append(
            Standing(
                home.footprint.shape,
                home.footprint.recipe.kind,
                home.levels,
                home.households,
                block_of[id(home.footprint)],
            )
        )
    there.uses = ["residential" if k in keep else "" for k in range(len(there.free))]
    _other_uses(there, [k for k in blocks if k not in keep], [(f, block_of[id(f)]) for f in spare], rng)


def _homes_on(there: OnGrid, k: int, recipe: Recipe, rng: Random) -> list[Footprint]:
    """Footprints on one block, within a wall where the estate has one."""
    ground = there.free[k]
    inner = ground.buffer(-_WALL_M, quad_segs=1)
    if rng.random() < _WALLED.get(there.grid.zone, 0.0) and ground.area > 6000 and isinstance(inner, shapely.Polygon):
        there.walls[k], there.free[k] = _wall(ground), inner
    return packed(there.free[k], recipe, rng)


def _wall(ground: shapely.Polygon) -> list[shapely.LineString]:
    """The estate's wall with a gate on either side."""
    rim = shapely.LineString(shapely.simplify(ground, 0.5).exterior)
    gate = 5.0 / rim.length
    return [shapely.ops.substring(rim, a + gate, b - gate, normalized=True) for a, b in ((0.1, 0.58), (0.58, 0.999))]


def _denser(there: OnGrid, planned: dict[int, list[Footprint]], rng: Random) -> bool:
    """Build taller on the block that holds most; False when every block has been."""
    tall = recipes.TOWERS if there.grid.zone is not Zone.OLD else recipes.MIDRISE
    low = [k for k, ps in planned.items() if not ps or ps[0].recipe not in (tall, recipes.TOWERS)]
    if not low:
        return False
    k = max(low, key=lambda k: there.free[k].area)
    ground = there.free[k].buffer(-_WALL_M)
    higher = packed(ground, tall, rng) if isinstance(ground, shapely.Polygon) and ground.area > _ROOM_M2 else []
    better = sum(map(capacity, higher)) > sum(map(capacity, planned[k]))
    planned[k] = higher if better else planned[k]
    return better


def _needed(planned: dict[int, list[Footprint]], households: int) -> list[int]:
    """The blocks people live on: one after another is freed for other uses while the rest still has room."""
    keep = sorted(planned, key=lambda k: -sum(map(capacity, planned[k])))
    while len(keep) > 1 and sum(capacity(f) for k in keep[:-1] for f in planned[k]) > 1.05 * households:
        keep.pop()
    return keep


def _other_uses(there: OnGrid, blocks: list[int], spare: list[tuple[Footprint, int]], rng: Random) -> None:
    for k in blocks:
        recipe = _another(there, rng)
        there.uses[k] = recipe.kind
        if recipe.kind not in _BEHIND_WALLS:
            there.walls.pop(k, None)
        _stand(there, packed(there.free[k], recipe, rng), k, rng)
    for k in sorted({k for _, k in spare}):
        _rest_of_block(there, k, [f for f, on in spare if on == k], rng)


def _rest_of_block(there: OnGrid, k: int, spare: list[Footprint], rng: Random) -> None:
    """What an estate leaves over: a school or offices where there is room, else a shop or two."""
    hull = shapely.union_all([f.shape for f in spare]).convex_hull
    near = shapely.union_all([b.shape for b in there.buildings if b.block == k]).buffer(14, quad_segs=2)
    ground = max(shapely.get_parts(hull.intersection(there.free[k]).difference(near)), key=lambda p: p.area)
    recipe = _another(there, rng)
    if ground.area > 4500 and len(found := packed(ground, recipe, rng)) > 0:
        there.uses[k] = f"{there.uses[k]} {recipe.kind}"
        _stand(there, found, k, rng)
        return
    for footprint in rng.sample(spare, min(len(spare), rng.randint(1, 2))):
        kind = "office" if footprint.recipe is recipes.TOWERS else "commercial" if rng.random() < 0.7 else "public"
        there.buildings.append(Standing(footprint.shape, kind, rng.randint(1, 3), 0, k))


def _another(there: OnGrid, rng: Random) -> Recipe:
    """A use the grid does not have yet, if a few draws find one."""
    drawn = [recipes.other(there.grid.zone, rng) for _ in range(4)]
    return next((r for r in drawn if not any(r.kind in use for use in there.uses)), drawn[0])


def _stand(there: OnGrid, footprints: list[Footprint], block: int, rng: Random) -> None:
    for f in footprints:
        there.buildings.append(Standing(f.shape, f.recipe.kind, rng.randint(*f.recipe.levels), 0, block))


def _tower(there: OnGrid, rng: Random) -> None:
    """One building for everybody, in the middle of its ground and as wide as that allows."""
    circle = shapely.maximum_inscribed_circle(there.free[0], 1.0)
    w, d = (size * min(1.0, circle.length / 24.0) for size in (36.0, 28.0))
    shape = shapely.Polygon(placed(tower(w, d, rng), (0.0, 0.0), direction(there.free[0])))
    (x, y), middle = circle.coords[0], shape.centroid
    footprint = Footprint(shapely.affinity.translate(shape, x - middle.x, y - middle.y), recipes.POINT_TOWER)
    home = settled([footprint], there.grid.households, rng)[0][0]
    there.uses = ["residential"]
    there.buildings.append(Standing(footprint.shape, "residential", home.levels, home.households, 0))


def _special(there: OnGrid, rng: Random) -> None:
    """Parks with a lake, campuses, markets, works: nobody lives there."""
    recipe = recipes.SPECIAL[there.grid.use]
    there.uses = [recipe.kind] * len(there.free)
    for k, whole in enumerate(there.free):
        ground = whole
        if there.grid.use == "park":
            there.lakes = [_lake(whole, rng)]
            round_the_lake = shapely.get_parts(whole.difference(there.lakes[0].buffer(6)))
            ground = max(round_the_lake, key=lambda part: part.area)
        if ground.area > _ROOM_M2:
            _stand(there, packed(ground, recipe, rng), k, rng)


def _lake(ground: shapely.Polygon, rng: Random) -> shapely.Polygon:
    """A lake with bays, about an eighth of the park."""
    circle = shapely.maximum_inscribed_circle(ground, 2.0)
    (x, y), (rim_x, rim_y) = circle.coords[0], circle.coords[-1]
    reach = 0.62 * float(np.hypot(rim_x - x, rim_y - y))
    angles = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    phases = [(n, rng.uniform(0.05, 0.2), rng.uniform(0, 6.28)) for n in (2, 3, 5)]
    radius = reach * (1 + sum(a * np.sin(n * angles + p) for n, a, p in phases))
    return shapely.Polygon(
        np.column_stack([x + 1.15 * radius * np.cos(angles), y + 0.8 * radius * np.sin(angles)])
    ).intersection(ground)
