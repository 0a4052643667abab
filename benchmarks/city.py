"""Which city is measured? An invented one of any size: communities of five grids, exactly noded, and small buildings.

Streets make a net of square blocks whose corners are shaken and whose sides bend; a side is drawn once, so both of its
neighbours have its nodes. A community is six blocks by two: three grids of two blocks below, two of three above, so
that grids meet in T as well as in crossings. Made with numpy from a seed; the same on every machine.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.lattice import STEPS_PER_DEGREE, to_degrees, to_steps
from geo.measure import metres_per_degree
from geo.model import Building, Grid, Plan, Region

COMMUNITIES = 3_000
"""Communities of a city of size 1: 15,000 grids."""
BUILDINGS_A_COMMUNITY = 400 / 3
ACROSS_BORDERS = 0.03
"""Share of the buildings that stand on a border."""
FAULTY = 200
"""One grid in so many is shifted in a faulty city, by `SHIFT_M`."""
SHIFT_M = 2.0
ORIGIN = (104.0, 30.5)
"""South-west corner, degrees."""
BLOCK_M = 136.0
SHAKE_M, BEND_M, JITTER_M = 3.0, 2.5, 0.4
"""How far a corner is shaken, a side swings, and each of its nodes lies beside the swing, metres."""
SEGMENTS = (11, 23)
"""Fewest segments of a side, and one more than the most: grids then have a median of 107 vertices."""
MARGIN_M = 6.0
"""What stands inside a block keeps so far from the block's straight sides: more than they are shaken and bent."""
SLOTS_M = np.array([[MARGIN_M, 32.0], [32.0, 56.0], [80.0, 104.0], [104.0, BLOCK_M - MARGIN_M]])
"""Where buildings stand, along either side of a block; the strip in the middle is for those on the borders."""
AREA_M2, ASPECT = (60.0, 200.0), (1.0, 1.6)
HOUSEHOLDS = (330, 450)
"""Fewest and most households of a grid; a building on a border has `BORDER_HOUSEHOLDS` beside."""
BORDER_HOUSEHOLDS = 2
WIDE, HIGH = 6, 2
GRIDS = ((0, 2, 0, 1), (2, 4, 0, 1), (4, 6, 0, 1), (0, 3, 1, 2), (3, 6, 1, 2))
"""The grids of a community in blocks: from and to across, from and to upwards."""

Shapes = NDArray[np.object_]
Numbers = NDArray[np.int64]
Metres = NDArray[np.float64]


@dataclass(frozen=True)
class City:
    """Boundaries of communities (n,), grids (5n,), and the number of each grid's community (5n,).

    `shifted` are the numbers of the grids that lie wrong.
    """

    seed: int
    boundaries: Shapes
    grids: Shapes
    region_of: Numbers
    shifted: Numbers

    @property
    def region_codes(self) -> list[str]:
        return [f"5101{number:08}" for number in range(len(self.boundaries))]

    @property
    def grid_codes(self) -> list[str]:
        return [f"5101{region:08}{n % len(GRIDS) + 1:03}" for n, region in enumerate(self.region_of.tolist())]

    @property
    def faulty_regions(self) -> Numbers:
        """Numbers of the communities that have a grid that lies wrong, rising."""
        return np.unique(self.region_of[self.shifted])

    @cached_property
    def buildings(self) -> Shapes:
        """Footprints: 60 to 200 m2, turned at random, none over another; those on the borders last."""
        return _footprints(self._placed[0])

    @cached_property
    def households(self) -> Numbers:
        """Households of each building, in their order; a grid has 330 to 450, and those of buildings on its border."""
        return self._placed[1]

    @cached_property
    def plan(self) -> Plan:
        """The same as values of the model, without buildings: `with_buildings` puts them in."""
        codes = self.region_codes
        regions = zip(codes, self.boundaries, strict=True)
        grids = zip(self.grid_codes, self.region_of.tolist(), self.grids, strict=True)
        return Plan(
            regions=tuple(Region(code=code, name=code, level="community", shape=shape) for code, shape in regions),
            grids=tuple(Grid(code=code, region=codes[region], shape=shape) for code, region, shape in grids),
        )

    @cached_property
    def with_buildings(self) -> Plan:
        """`plan` with every building in it: about 2 s and 0.5 GB for 400,000."""
        rows = zip(self.buildings, self.households.tolist(), strict=True)
        buildings = tuple(Building(id=f"b{n}", households=count, shape=shape) for n, (shape, count) in enumerate(rows))
        return replace(self.plan, buildings=buildings)

    @cached_property
    def _placed(self) -> tuple[Metres, Numbers]:
        return _placed(len(self.boundaries), np.random.default_rng([self.seed, 2]))


def city(size: float = 1.0, *, faulty: bool = False, seed: int = 1) -> City:
    """A city of `size` times 3,000 communities; a faulty one has each 200th grid (chosen at random) 2 m off."""
    communities = max(1, round(COMMUNITIES * size))
    net, corners = _Net(communities, np.random.default_rng([seed, 0])), _corners(communities)
    grids = np.empty((communities, len(GRIDS)), dtype=object)
    for number, box in enumerate(GRIDS):
        grids[:, number] = net.rectangles(corners, box)
    made = City(
        seed=seed,
        boundaries=net.rectangles(corners, (0, WIDE, 0, HIGH)),
        grids=grids.ravel(),
        region_of=np.repeat(np.arange(communities), len(GRIDS)),
        shifted=np.empty(0, dtype=np.int64),
    )
    return _with_shifted(made, np.random.default_rng([seed, 1])) if faulty else made


def _with_shifted(made: City, chance: np.random.Generator) -> City:
    chosen = np.sort(chance.choice(len(made.grids), max(1, len(made.grids) // FAULTY), replace=False))
    angle = chance.uniform(0, 2 * np.pi, len(chosen))
    move = to_steps(_degrees(SHIFT_M * np.stack([np.cos(angle), np.sin(angle)], axis=1)))
    xy, owner = shapely.get_coordinates(made.grids[chosen], return_index=True)
    grids = made.grids.copy()
    grids[chosen] = shapely.set_coordinates(grids[chosen].copy(), to_degrees(to_steps(xy) + move[owner]))
    return replace(made, grids=grids, shifted=chosen)


def _across(communities: int) -> int:
    """Communities in a row, so that the city is about as wide as it is high."""
    return max(1, round(float(np.sqrt(communities * HIGH / WIDE))))


def _corners(communities: int) -> Numbers:
    """The south-west corner of each community in blocks, (n, 2)."""
    number, across = np.arange(communities), _across(communities)
    return np.stack([number % across * WIDE, number // across * HIGH], axis=1)


def _degrees(metres: Metres) -> Metres:
    """Metres to degrees, by the scale at the city's origin: no place, a distance."""
    return np.asarray(metres / np.array(metres_per_degree(ORIGIN[1])), dtype=np.float64)


def _steps(metres: Metres) -> Numbers:
    """A place in metres from the origin, in lattice steps."""
    return np.asarray(to_steps(_degrees(metres)) + np.rint(np.array(ORIGIN) * STEPS_PER_DEGREE).astype(np.int64))


class _Net:
    """The sides of all blocks, each drawn once: west to east, then south to north, nodes in steps."""

    def __init__(self, communities: int, chance: np.random.Generator) -> None:
        across = _across(communities)
        self.columns, self.rows = across * WIDE, -(-communities // across) * HIGH
        nodes = np.stack(np.meshgrid(np.arange(self.columns + 1), np.arange(self.rows + 1)), axis=-1) * BLOCK_M
        nodes = nodes + chance.uniform(-SHAKE_M, SHAKE_M, nodes.shape)
        start = np.concatenate([nodes[:, :-1].reshape(-1, 2), nodes[:-1].reshape(-1, 2)])
        end = np.concatenate([nodes[:, 1:].reshape(-1, 2), nodes[1:].reshape(-1, 2)])
        self.segments = chance.integers(*SEGMENTS, len(start))
        self.first = np.cumsum(self.segments + 1) - self.segments - 1
        self.nodes = _steps(_bent(start, end, self.segments, chance))
        self.nodes[self.first], self.nodes[self.first + self.segments] = _steps(start), _steps(end)

    def rectangles(self, corners: Numbers, box: tuple[int, int, int, int]) -> Shapes:
        """The ground of the same blocks of each community, with every node of its border, (n,)."""
        west, east, south, north = box
        x, y = corners[:, :1], corners[:, 1:]
        along, up = np.arange(west, east), np.arange(south, north)
        upright = (self.rows + 1) * self.columns
        bottom, top = ((y + row) * self.columns + x + along for row in (south, north))
        left, right = (upright + (y + up) * (self.columns + 1) + x + column for column in (west, east))
        sides = np.concatenate([bottom, right, top[:, ::-1], left[:, ::-1]], axis=1)
        ahead = np.arange(sides.shape[1]) < len(along) + len(up)
        return self._rings(sides, np.broadcast_to(ahead, sides.shape))

    def _rings(self, sides: Numbers, ahead: NDArray[np.bool_]) -> Shapes:
        """Polygons of sides (n, m), each walked ahead or back."""
        count = self.segments[sides.ravel()]
        begin = self.first[sides.ravel()] + np.where(ahead.ravel(), 0, count)
        node = np.repeat(begin, count) + np.repeat(np.where(ahead.ravel(), 1, -1), count) * _within(count)
        ring = np.repeat(np.repeat(np.arange(len(sides)), sides.shape[1]), count)
        rings = shapely.linearrings(to_degrees(self.nodes[node]), indices=ring)
        return np.asarray(shapely.polygons(rings), dtype=object)


def _within(count: Numbers) -> Numbers:
    """0, 1, 2 ... for each run of `count`."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _bent(start: Metres, end: Metres, segments: Numbers, chance: np.random.Generator) -> Metres:
    """The nodes of each side from start to end, swinging about its straight line, metres."""
    count, way = segments + 1, end - start
    side, number = np.repeat(np.arange(len(start)), count), _within(count)
    inner = (number > 0) & (number < segments[side])
    t = (number + inner * chance.uniform(-0.3, 0.3, len(side))) / segments[side]
    swing = BEND_M * np.sin(np.pi * t) * np.sin(2 * np.pi * (t + chance.uniform(0, 1, len(start))[side]))
    beside = swing + inner * chance.uniform(-JITTER_M, JITTER_M, len(side))
    normal = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.linalg.norm(way, axis=1, keepdims=True)
    return np.asarray(start[side] + t[:, None] * way[side] + beside[:, None] * normal[side], dtype=np.float64)


def _placed(communities: int, chance: np.random.Generator) -> tuple[Metres, Numbers]:
    """Corners of every building (n, 4, 2), metres from the origin, and its households (n,)."""
    count = round(communities * BUILDINGS_A_COMMUNITY)
    crossing = min(round(count * ACROSS_BORDERS), communities * 17)
    outlines = _rectangles(count, chance)
    inside, grid = _inside(communities, outlines[: count - crossing], chance)
    middles = np.concatenate([inside, _on_borders(communities, crossing, chance)])
    households = np.r_[_shared_out(grid, communities * len(GRIDS), chance), np.full(crossing, BORDER_HOUSEHOLDS)]
    return outlines + middles[:, None], households


def _rectangles(count: int, chance: np.random.Generator) -> Metres:
    """Turned rectangles about 0, 0: (n, 4, 2)."""
    area, aspect = chance.uniform(*AREA_M2, count), chance.uniform(*ASPECT, count)
    angle, long = chance.uniform(0, np.pi, count), np.sqrt(area * aspect) / 2
    one = long[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    two = (area / 4 / long)[:, None] * np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    return np.stack([one + two, two - one, -one - two, one - two], axis=1)


def _inside(communities: int, outlines: Metres, chance: np.random.Generator) -> tuple[Metres, Numbers]:
    """Middles of buildings that each stand in a slot of their own, clear of borders, and the number of their grid."""
    slots, blocks = len(SLOTS_M), WIDE * HIGH
    chosen = chance.choice(communities * blocks * slots**2, len(outlines), replace=False)
    community, block, slot = chosen // slots**2 // blocks, chosen // slots**2 % blocks, chosen % slots**2
    x, y = block % WIDE, block // WIDE
    low, high = np.moveaxis(SLOTS_M[np.stack([slot % slots, slot // slots], axis=1)], 2, 0)
    reach = outlines.max(axis=1)
    within = low + reach + chance.uniform(0, 1, low.shape) * (high - low - 2 * reach)
    grid = community * len(GRIDS) + np.where(y == 0, x // 2, 3 + x // 3)
    return (_corners(communities)[community] + np.stack([x, y], axis=1)) * BLOCK_M + within, grid


def _on_borders(communities: int, count: int, chance: np.random.Generator) -> Metres:
    """Middles of buildings in the middle of a side between two grids, each side once, up to 4 m beside it."""
    level = [(x + 0.5, y) for y in range(HIGH) for x in range(WIDE)]
    upright = [(0, 0.5), (2, 0.5), (4, 0.5), (0, 1.5), (3, 1.5)]
    sides = np.array(level + upright)
    chosen = chance.choice(communities * len(sides), count, replace=False)
    place = sides[chosen % len(sides)]
    off = chance.uniform(-4, 4, (count, 1)) * (place % 1 == 0)
    return np.asarray((_corners(communities)[chosen // len(sides)] + place) * BLOCK_M + off, dtype=np.float64)


def _shared_out(grid: Numbers, grids: int, chance: np.random.Generator) -> Numbers:
    """Households of buildings so that each grid has as many as it was given by chance."""
    order, count = np.argsort(grid, kind="stable"), np.bincount(grid, minlength=grids)
    wanted, households = chance.integers(HOUSEHOLDS[0], HOUSEHOLDS[1] + 1, grids), np.empty(len(grid), dtype=np.int64)
    sharing = count[grid[order]]
    households[order] = (wanted[grid[order]] + _within(count)) // sharing
    return households


def _footprints(corners: Metres) -> Shapes:
    closed = np.concatenate([corners, corners[:, :1]], axis=1)
    return np.asarray(shapely.polygons(to_degrees(_steps(closed.reshape(-1, 2))).reshape(closed.shape)), dtype=object)
