"""In which community is drawn when the speed of edits is measured? An invented one of 2,000 buildings and 40 grids.

Eight communities of the invented city (`benchmarks.city`) together, and those round about as its neighbours: bent block
sides that are streets, slabs in rows with lanes between them, and some buildings that stand on a border. Made from a
seed; the same on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks import city
from benchmarks.city import BLOCK_M, HIGH, WIDE
from geo import households
from geo.lattice import to_degrees, to_steps
from geo.measure import metres_per_degree
from geo.model import Building, Grid, Ground, Line, Plan, Region

ACROSS, UPWARDS = 4, 12
"""Communities of the city, across and upwards."""
OWN_X, OWN_Y = range(1, 3), range(4, 8)
"""Which of them are the one that is drawn."""
CITY, STREET, CODE = "5199", "519900001", "519900001001"
BUILDINGS, ON_BORDERS = 2_000, 60
SLOTS, MARGIN_M = 5, 13.0
"""A block has so many slots across and upwards, clear of its sides."""
SLAB_M, BESIDE_M = (16.0, 9.0), (12.0, 8.0)
"""Length and depth of slabs in rows, and of buildings on borders."""
SHIFT_M = 1.0
HOUSEHOLDS = (300, 450)
"""Fewest and most households of a grid without what stands on its border."""


@dataclass(frozen=True)
class Community:
    """`plan` is what is published: the community, those round about without buildings, and the tree."""

    plan: Plan

    @property
    def grids(self) -> list[Grid]:
        return [grid for grid in self.plan.grids if grid.region == CODE]


def community(seed: int = 1, buildings: int = BUILDINGS) -> Community:
    """The community. With fewer buildings there is only less to look at."""
    made, chance = city.city(ACROSS * UPWARDS / city.COMMUNITIES, seed=seed), np.random.default_rng([seed, 7])
    own = np.array([y * ACROSS + x for y in OWN_Y for x in OWN_X])
    mine = np.isin(made.region_of, own)
    shapes = made.grids[mine]
    grids = [Grid(code=f"{CODE}{n:03}", name=f"第{n}网格", region=CODE, shape=s) for n, s in enumerate(shapes, start=1)]
    outline = shapely.coverage_union_all(made.boundaries[own])
    streets = _streets(shapes)
    homes = _homes(chance, own, grids, streets, buildings)
    others = [Region(code=made.region_codes[n], name=made.region_codes[n], level="community", parent=STREET,
                     shape=made.boundaries[n]) for n in range(len(made.boundaries)) if n not in own]  # fmt: skip
    return Community(
        Plan(
            regions=(
                Region(code=CITY, name="样例市", level="city"),
                Region(code=STREET, name="样例街道", level="street", parent=CITY),
                Region(code=CODE, name="样例社区", level="community", parent=STREET, shape=outline),
                *others,
            ),
            grids=(*grids, *(grid for grid, is_own in zip(made.plan.grids, mine.tolist(), strict=True) if not is_own)),
            buildings=tuple(homes),
            lines=tuple(_lines(streets, own)),
        )
    )


def _streets(grids: NDArray[np.object_]) -> list[shapely.LineString]:
    """Every border between two junctions."""
    return [*shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(grids))))]


def _lines(streets: Sequence[shapely.LineString], own: NDArray[np.int64]) -> list[Line]:
    """The streets, and a lane between any two rows."""
    named = [Line(id=f"s{n}", name=f"{n}号路", category="street", shape=s) for n, s in enumerate(streets)]
    along, pitch = np.array([MARGIN_M, BLOCK_M - MARGIN_M]), (BLOCK_M - 2 * MARGIN_M) / SLOTS
    for n, corner in enumerate(_blocks(own).tolist()):
        for row in range(1, SLOTS):
            ends = np.stack([along, np.full(2, MARGIN_M + row * pitch)], axis=1) + corner
            named.append(Line(id=f"l{n}-{row}", category="lane", shape=shapely.linestrings(_degrees(ends))))
    return named


def _homes(
    chance: np.random.Generator,
    own: NDArray[np.int64],
    grids: Sequence[Grid],
    streets: Sequence[shapely.LineString],
    count: int,
) -> list[Building]:
    """Slabs in rows and buildings on borders, with households so that each grid has as many as chance gave it."""
    crossing = min(ON_BORDERS, count // 10, len(streets))
    blocks, slots = _blocks(own), SLOTS**2
    chosen = np.sort(chance.choice(len(blocks) * slots, count - crossing, replace=False))
    block, slot = chosen // slots, chosen % slots
    pitch = (BLOCK_M - 2 * MARGIN_M) / SLOTS
    within = MARGIN_M + (np.stack([slot % SLOTS, slot // SLOTS], axis=1) + 0.5) * pitch
    middles = blocks[block] + within + chance.uniform(-SHIFT_M, SHIFT_M, within.shape)
    sides = [streets[n] for n in chance.choice(len(streets), crossing, replace=False).tolist()]
    on_borders = shapely.get_coordinates([side.interpolate(0.5, normalized=True) for side in sides])
    shapes = [*map(_box, _degrees(middles), [SLAB_M] * len(middles)), *map(_box, on_borders, [BESIDE_M] * crossing)]
    homes = [Building(id=f"b{n}", households=2, levels=6, shape=shape) for n, shape in enumerate(shapes)]
    return _lived_in(chance, homes, grids)


def _lived_in(chance: np.random.Generator, homes: Sequence[Building], grids: Sequence[Grid]) -> list[Building]:
    owners = [one.grid for one in households.assign(homes, grids)]
    wanted = {grid.code: int(chance.integers(HOUSEHOLDS[0], HOUSEHOLDS[1] + 1)) for grid in grids}
    sharing = {code: owners.count(code) for code in wanted}
    return [
        replace(home, households=max(1, wanted[owner] // sharing[owner])) if owner is not None else home
        for home, owner in zip(homes, owners, strict=True)
    ]


def _blocks(own: NDArray[np.int64]) -> NDArray[np.float64]:
    """South-west corners of the community's blocks, metres from the city's origin, (n, 2)."""
    corners = [
        (number % ACROSS * WIDE + x, number // ACROSS * HIGH + y)
        for number in own.tolist()
        for y in range(HIGH)
        for x in range(WIDE)
    ]
    return np.array(corners) * BLOCK_M


def _degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres from the city's origin to places on the lattice."""
    return np.asarray(to_degrees(to_steps(metres / metres_per_degree(city.ORIGIN[1]) + np.array(city.ORIGIN))))


def _box(middle: NDArray[np.float64], size: tuple[float, float]) -> Ground:
    """A rectangle along the axes on the lattice."""
    half = np.array(size) / 2 / metres_per_degree(city.ORIGIN[1])
    west, south, east, north = to_degrees(to_steps(np.stack([middle - half, middle + half]))).ravel().tolist()
    return shapely.box(west, south, east, north)
