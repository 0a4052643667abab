"""What do all the squares of a map show together, fetched one by one and read by an independent reader?"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from tile_reader import POLYGON, Layer, Value, read
from tile_seams import RIM, SIDE, Seams, odd, on_lattice, points

from geo.model import Plan

LEAST_GRID_ZOOM = 13
MOST_BYTES, MOST_BYTES_Z10 = 200_000, 50_000
PUBLIC = {
    "regions": {"code", "name", "level", "standing", "edition"},
    "grids": {"code", "name", "kind", "region", "households", "verdict", "standing", "edition"},
    "lines": {"category", "name"},
    "water": {"name"},
    "buildings": {"code", "name", "kind", "levels"},
    "facilities": {"code", "name", "category"},
    "labels": {"code", "name", "kind", "level", "verdict", "region"},
}
"""What may be told to everybody, by layer (issue 8)."""
BANDS = re.compile(r"0|1-99|([1-9])00-(?:\1)99|1000\+")

Ground = Mapping[str, BaseGeometry]
"""Shapes in degrees, by code."""
Fetch = Callable[[int, int, int], bytes]
"""The tile of zoom, x, y; empty bytes for an empty one."""


@dataclass
class Walk:
    """One zoom of a map. `faults` are sentences; `squares` how many have something in them, `most` bytes of a tile."""

    zoom: int
    grids: Seams
    regions: Seams
    faults: list[str] = field(default_factory=list)
    labels: list[tuple[int, str, tuple[int, int]]] = field(default_factory=list)
    squares: int = 0
    most: int = 0

    def add(self, x: int, y: int, tile: bytes) -> None:
        """One square that is not empty."""
        layers = read(tile)
        self.squares, self.most = self.squares + 1, max(self.most, len(tile))
        for name, layer in layers.items():
            strange = {key for one in layer.features for key in one.properties} - PUBLIC.get(name, set())
            if name not in PUBLIC or strange:
                self.faults.append(f"{name} {self.zoom}/{x}/{y} tells {strange}")
            if name not in {self.grids.name, self.regions.name}:
                grounds = [one for one in layer.features if one.kind == POLYGON]
                self.faults += [f"{name} {self.zoom}/{x}/{y}: {fault}" for one in grounds for fault in odd(one)]
        self.faults += [f"{self.zoom}/{x}/{y}: {told}" for told in _not_banded(layers)]
        for seams in (self.grids, self.regions):
            if seams.name in layers:
                seams.add(x, y, layers[seams.name])
        if "labels" in layers:
            for one, place in points(layers["labels"], x, y):
                self.labels.append((one.id or 0, str(one.properties["code"]), place))


def walked(zoom: int, squares: Sequence[tuple[int, int]], fetch: Fetch) -> Walk:
    """All squares of a zoom."""
    walk = Walk(zoom, Seams(zoom, "grids"), Seams(zoom, "regions"))
    for x, y in squares:
        if tile := fetch(zoom, x, y):
            walk.add(x, y, tile)
    return walk


def squares(ground: Ground, zoom: int, *, is_conformal: bool = True) -> list[tuple[int, int]]:
    """Those that a map may be in, its rim too, and one more all around."""
    west, south, east, north = shapely.total_bounds(list(ground.values()))
    (left, top), (right, bottom) = on_lattice(
        np.array([[west, north], [east, south]]), zoom, is_conformal=is_conformal
    ).tolist()
    rows = 2**zoom if is_conformal else 2 ** (zoom - 1)
    across = range(max(0, int(left - RIM) // SIDE - 1), min(2**zoom, int(right + RIM) // SIDE + 2))
    down = range(max(0, int(top - RIM) // SIDE - 1), min(rows, int(bottom + RIM) // SIDE + 2))
    return [(x, y) for x in across for y in down]


def grids_of(plan: Plan) -> dict[str, BaseGeometry]:
    return {grid.code: grid.shape for grid in plan.grids}


def faults(walk: Walk, ground: Ground, *, is_conformal: bool | None = True) -> list[str]:
    """Everything that is wrong with a zoom; `is_conformal` None where the ground's place in the matrix is not known."""
    found = [*walk.faults, *walk.grids.faults, *walk.regions.faults, *_labels(walk), *_sizes(walk)]
    shapes = None if is_conformal is None else _laid(ground, walk.zoom, is_conformal)
    if walk.zoom >= LEAST_GRID_ZOOM:
        found += _coverage(walk.grids, shapes)
        found += [f"{code} is not there" for code in sorted(ground.keys() - _codes(walk.grids))]
        if sorted(one for _, one, _ in walk.labels) != sorted(ground):
            found.append(f"zoom {walk.zoom}: {len(walk.labels)} labels for {len(ground)} grids")
    elif walk.grids.told:
        found.append(f"zoom {walk.zoom}: there are grids")
    return [*found, *_levels(walk)]


def _coverage(seams: Seams, shapes: Ground | None) -> list[str]:
    """Whether the shapes of a layer fit together; `shapes` on the lattice, by code."""
    found = seams.differing()
    if shapes is None:
        return found + seams.torn(None)
    by_number = {n: shapes[str(told["code"])] for n, told in seams.told.items()}
    return found + seams.torn(shapely.coverage_union_all(list(shapes.values()))) + seams.astray(by_number)


def _levels(walk: Walk) -> Iterator[str]:
    """Regions of each level fit together, and have no border that those below them have not."""
    levels: dict[str, list[int]] = {}
    for number, told in walk.regions.told.items():
        levels.setdefault(str(told["level"]), []).append(number)
    parts = {level: walk.regions.only(numbers) for level, numbers in levels.items()}
    for part in parts.values():
        yield from part.differing()
        yield from part.torn(None)
    finest = walk.grids if walk.grids.told else max(parts.values(), key=lambda one: len(one.edges), default=None)
    for part in parts.values():
        if finest is not None and part is not finest:
            yield from part.strange_to(finest)


def _labels(walk: Walk) -> Iterator[str]:
    """Each label is told once, and lies inside what it names."""
    several = [code for code, times in Counter(code for _, code, _ in walk.labels).items() if times > 1]
    if several:
        yield f"zoom {walk.zoom}: labels of {several} several times"
    shapes = (walk.grids if walk.zoom >= LEAST_GRID_ZOOM else walk.regions).polygons()
    for number, code, (x, y) in walk.labels:
        if number not in shapes:
            yield f"zoom {walk.zoom}: a label of {code}, which is not there"
        elif not shapely.intersects_xy(shapes[number], x + 0.5, y + 0.5):
            yield f"zoom {walk.zoom}: the label of {code} at {x}, {y} is outside"


def _sizes(walk: Walk) -> Iterator[str]:
    most = MOST_BYTES_Z10 if walk.zoom == 10 else MOST_BYTES
    if walk.most > most:
        yield f"zoom {walk.zoom}: a tile of {walk.most} bytes"


def _not_banded(layers: Mapping[str, Layer]) -> Iterator[Value]:
    """Numbers of households that are exact."""
    features = [one for layer in layers.values() for one in layer.features]
    told = [one.properties["households"] for one in features if "households" in one.properties]
    yield from (one for one in told if not (isinstance(one, str) and BANDS.fullmatch(one)))


def _codes(seams: Seams) -> set[str]:
    return {str(told["code"]) for told in seams.told.values()}


def _laid(ground: Ground, zoom: int, is_conformal: bool) -> dict[str, BaseGeometry]:
    """The ground on the lattice of a zoom."""
    shapes = np.array(list(ground.values()), dtype=object)
    there = shapely.transform(shapes, lambda xy: on_lattice(xy, zoom, is_conformal=is_conformal))
    return dict(zip(ground, there.tolist(), strict=True))
