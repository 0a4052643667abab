"""Random divisions to test with: nets of cells in whole lattice steps, plans made of them.

A net is noded because it is made so, in whole numbers: no rule that is tested had a hand in it. Its cells are put
together to grids and regions by chance, so that holes, enclaves, islands in holes, shapes that touch themselves at a
node, borders in several pieces and regions round regions all come about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.lattice import to_degrees
from geo.model import Grid, Ground, Plan, Region

ORIGINS = (
    (1_041_000_000, 307_000_000),  # Chengdu
    (1_271_000_000, 502_000_000),  # Heihe, far north
    (-584_000_000, -346_000_000),  # south of the equator, west of Greenwich
    (-3, -2),  # astride both
    (1_799_000_000, -650_000_000),  # the far corner of the world
)
"""South-west corners, steps."""
TINY, SMALL, STREET, TOWN = 1, 9, 20_000, 600_000
"""Sizes of a cell, steps: where every rounding shows; 10 cm; 200 m; 6 km."""
SMALL_COUNT, FULL_COUNT, PAIRS_COUNT = 30, 500, 2000
"""Examples of a property by day, with `--full`, and with `--full` for what exists twice."""

Value = TypeVar("Value")


def hold(
    strategy: st.SearchStrategy[Value],
    promise: Callable[[Value], None],
    full: bool,
    small: int = SMALL_COUNT,
    large: int = FULL_COUNT,
) -> None:
    """Try a promise on as many examples as are asked for; the small count is the same examples every time."""

    @settings(
        max_examples=large if full else small,
        derandomize=not full,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def held(value: Value) -> None:
        promise(value)

    held()


@dataclass(frozen=True)
class Net:
    """Cells that cover some ground once, polygons in steps from `origin`; cells that share a border have its nodes."""

    origin: tuple[int, int]
    unit: int
    cells: tuple[shapely.Polygon, ...]

    def ground(self, numbers: Sequence[int]) -> Ground:
        """The ground of some of the cells, degrees, with every node of theirs."""
        together = shapely.coverage_union_all([self.cells[number] for number in numbers])
        if isinstance(together, shapely.MultiPolygon) and len(together.geoms) == 1:
            together = together.geoms[0]
        return self.degrees(together)

    def degrees(self, shape: Ground) -> Ground:
        return shapely.transform(shape, lambda xy: to_degrees(np.rint(xy).astype(np.int64) + np.array(self.origin)))

    @property
    def is_fine(self) -> bool:
        """Whether cells are large against a lattice step, so that areas can be told."""
        return self.unit >= STREET


@st.composite
def nets(draw: st.DrawFn, units: Sequence[int] = (TINY, SMALL, STREET, TOWN), cells: int = 30) -> Net:
    """A net of bent blocks, or of triangles between random points."""
    unit, origin = draw(st.sampled_from(units)), draw(st.sampled_from(ORIGINS))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if unit > TINY and draw(st.booleans()):
        columns = draw(st.integers(1, 6))
        found = _blocks(chance, unit, columns, draw(st.integers(2, max(2, cells // columns))))
    else:
        found = _triangles(chance, unit, draw(st.integers(4, cells // 2 + 2)))
    assume(len(found) >= 2 and all(cell.is_valid for cell in found))
    return Net(origin, unit, tuple(found))


def _blocks(chance: np.random.Generator, unit: int, columns: int, rows: int) -> list[shapely.Polygon]:
    """Rows of blocks whose corners are shaken, with a bend in half of the sides; some cut by a diagonal."""
    nodes = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1), indexing="ij"), axis=-1) * unit
    nodes = nodes + chance.integers(-(unit // 5), unit // 5 + 1, nodes.shape)
    bends: dict[tuple[tuple[int, int], tuple[int, int]], list[tuple[int, int]]] = {}

    def side(a: NDArray[np.int64], b: NDArray[np.int64]) -> list[tuple[int, int]]:
        start, end = (int(a[0]), int(a[1])), (int(b[0]), int(b[1]))
        low, high = min(start, end), max(start, end)
        if (low, high) not in bends:
            middle = (a + b) // 2 + chance.integers(-(unit // 10), unit // 10 + 1, 2)
            bends[low, high] = [(int(middle[0]), int(middle[1]))] if chance.random() < 0.5 else []
        return [start, *bends[low, high]]

    found = []
    for i in range(columns):
        for j in range(rows):
            a, b, c, d = nodes[i, j], nodes[i + 1, j], nodes[i + 1, j + 1], nodes[i, j + 1]
            whole = shapely.Polygon([*side(a, b), *side(b, c), *side(c, d), *side(d, a)])
            halves = [
                shapely.Polygon([*side(a, b), *side(b, c), *side(c, a)]),
                shapely.Polygon([*side(a, c), *side(c, d), *side(d, a)]),
            ]
            cut = chance.random() < 0.3 and all(half.is_valid for half in halves)
            found += halves if cut and abs(sum(half.area for half in halves) - whole.area) < 0.25 else [whole]
    return found


def _triangles(chance: np.random.Generator, unit: int, points: int) -> list[shapely.Polygon]:
    """Delaunay triangles between lattice points: slanted sides and needles everywhere."""
    side = max(int(unit * np.sqrt(points)), 4)
    xy = np.unique(chance.integers(0, side + 1, (points, 2)), axis=0)
    triangles = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(xy)))
    return [triangle for triangle in triangles if triangle.area > 0]


@dataclass(frozen=True)
class Drawn:
    """A sound plan and what it was made of: for each cell the region it lies in (-1: none) and its grid there."""

    net: Net
    region_of: tuple[int, ...]
    grid_of: tuple[int, ...]

    @property
    def regions(self) -> list[int]:
        return sorted({region for region in self.region_of if region >= 0})

    def cells(self, region: int, grid: int | None = None) -> list[int]:
        """The cells of a region, or of one of its grids."""
        pairs = enumerate(zip(self.region_of, self.grid_of, strict=True))
        return [n for n, (r, g) in pairs if r == region and grid in (None, g)]

    def division(self, region: int) -> "Division":
        numbers = sorted({self.grid_of[cell] for cell in self.cells(region)})
        return Division(
            f"R{region}",
            self.net.ground(self.cells(region)),
            tuple((f"R{region}{n:02}", self.net.ground(self.cells(region, n))) for n in numbers),
        )

    @property
    def plan(self) -> Plan:
        divisions = [self.division(region) for region in self.regions]
        return Plan(
            regions=tuple(division.region for division in divisions),
            grids=tuple(grid for division in divisions for grid in division.grids),
        )


@dataclass(frozen=True)
class Division:
    """A boundary and (code, ground) of each grid."""

    code: str
    boundary: Ground
    shapes: tuple[tuple[str, Ground], ...]

    @property
    def region(self) -> Region:
        return Region(code=self.code, name=self.code, level="community", shape=self.boundary)

    @property
    def grids(self) -> list[Grid]:
        return [Grid(code=code, region=self.code, shape=shape) for code, shape in self.shapes]

    @property
    def grounds(self) -> list[Ground]:
        return [shape for _, shape in self.shapes]

    @property
    def is_valid(self) -> bool:
        return bool(self.boundary.is_valid and all(shape.is_valid for shape in self.grounds))

    def with_shape(self, number: int, shape: Ground) -> "Division":
        shapes = list(self.shapes)
        shapes[number] = (shapes[number][0], shape)
        return replace(self, shapes=tuple(shapes))


@st.composite
def plans(
    draw: st.DrawFn, most_regions: int = 1, units: Sequence[int] = (TINY, SMALL, STREET, TOWN), common: bool = True
) -> Drawn:
    """A sound plan of up to `most_regions` regions of up to 20 grids; `common`: some ground may lie in no region."""
    net = draw(nets(units))
    regions = _labels(draw, len(net.cells), draw(st.integers(1, most_regions)))
    grids = _labels(draw, len(net.cells), draw(st.integers(2, 20)))
    if common:
        left_out = draw(st.sets(st.integers(0, len(net.cells) - 1), max_size=len(net.cells) // 4))
        regions = [-1 if cell in left_out else region for cell, region in enumerate(regions)]
    drawn = Drawn(net, tuple(regions), tuple(grids))
    assume(drawn.regions and all(drawn.division(region).is_valid for region in drawn.regions))
    return drawn


def _labels(draw: st.DrawFn, cells: int, count: int) -> list[int]:
    """Which of `count` things each cell belongs to: in stretches, or scattered."""
    if draw(st.booleans()):
        return [cell * count // cells for cell in range(cells)]
    return draw(st.lists(st.integers(0, count - 1), min_size=cells, max_size=cells))
