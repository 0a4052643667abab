"""Which valid plans are faults planted in? All seeded; the drawn ones noded by snap rounding in whole steps."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from planting_grouping import grouped
from planting_source import Source, degrees, source_of, steps

from geo.files import plan_of, read_geojson, things
from geo.model import Building, Grid, GridKind, Ground, Plan, Region
from sample_data import features
from sample_data.codes import give_codes
from sample_data.layout import Layout, laid_out
from sample_data.make import SEED, collection
from sample_data.standing import Builder
from sample_data.streets import network

ORIGINS = ((1_041_000_000, 307_000_000), (1_271_000_000, 502_000_000), (-584_000_000, -346_000_000), (-9_000, -7_000))
"""South-west corners, steps: Chengdu, the far north, the southern half, astride the equator and Greenwich."""
BLOCK = 22_000
"""Side of a drawn grid, steps: about 240 m."""
HOUSEHOLDS = 400
"""Of the one building in the middle of each grid, where a plan has buildings: within the limits."""
Lines = list[NDArray[np.float64]]


@cache
def layout() -> Layout:
    """The sample district's ground."""
    found = laid_out(SEED)
    give_codes(found, SEED)
    return found


@cache
def district() -> Source:
    """The sample district, whole: 420 grids of 97 communities, and the tree above them; nothing stands on it."""
    drawn = collection("", "", [*features.regions(layout(), SEED), *features.grids(layout())])
    return source_of("district", "sample", plan_of(things(read_geojson(drawn))))


@cache
def street(code: str) -> Source:
    """One street of the sample district with all its buildings."""
    whole = district().plan
    communities = {region.code for region in whole.regions if region.parent == code and region.shape is not None}
    grids = tuple(grid for grid in whole.grids if grid.region in communities)
    regions = tuple(r for r in whole.regions if r.code in communities)
    regions = (*(replace(r, scheme="14", parent=None) for r in whole.regions if r.code == code), *regions)
    builder = Builder(layout(), network(layout()), SEED)
    drawn = [
        (grid.code, builder.built(grid)) for c in layout().communities for grid in c.grids if c.code in communities
    ]
    buildings = [(f"B{grid}-{n}", one) for grid, on in drawn for n, one in enumerate(on.buildings)]
    standing = tuple(
        Building(id=name, shape=_ground(features.metric(one.shape)), households=one.households)
        for name, one in buildings
    )
    return source_of(f"street {code}", "street", Plan(regions=regions, grids=grids, buildings=standing))


def _ground(geometry: dict[str, Any]) -> Ground:
    found = shapely.from_geojson(json.dumps(geometry))
    assert isinstance(found, shapely.Polygon | shapely.MultiPolygon)
    return found


@cache
def villages(path: Path) -> Source:
    """The 84 villages of two Taipei districts as grids; neighbours put together to communities of about nine."""
    found = json.loads((path / "taipei_daan_zhongzheng_villages.geojson").read_text("utf-8"))
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in found["features"]]
    cells = [shapely.Polygon(shape[0][0], shape[0][1:]) for shape in map(steps, shapes)]
    return divided("taipei", "taipei", cells, [*range(len(cells))], 9, np.random.default_rng(11))


@cache
def voronoi(seed: int, count: int, communities: int, *, rounds: int = 4, houses: bool = False) -> Source:
    """Cells round random points, their sides bent at random, the same for both who share them; each side gets
    2 ** `rounds` - 1 nodes more."""
    chance = np.random.default_rng([seed, count])
    side = BLOCK * np.sqrt(count)
    points = _relaxed(chance.uniform(0, side, (count, 2)), side)
    diagram = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shapely.box(0, 0, side, side))
    cut = [shapely.intersection(cell, shapely.box(0, 0, side, side)) for cell in diagram.geoms]
    straight = shapely.get_parts(shapely.node(shapely.union_all([shapely.boundary(cell) for cell in cut])))
    bent = [_bent(shapely.get_coordinates(line), 0.07, rounds, chance) for line in straight]
    cells = blocks(bent, ORIGINS[seed % len(ORIGINS)])
    return divided(f"voronoi {seed}/{count}", "voronoi", cells, [*range(len(cells))], communities, chance, houses)


def _relaxed(points: NDArray[np.float64], side: float) -> NDArray[np.float64]:
    """Points moved to the middle of their cells, twice: cells without needles."""
    for _ in range(2):
        diagram = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shapely.box(0, 0, side, side))
        cells = shapely.intersection(np.asarray(diagram.geoms), shapely.box(0, 0, side, side))
        points = shapely.get_coordinates(shapely.centroid(cells))
    return points


def _bent(line: NDArray[np.float64], share: float, rounds: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """A line with each piece's middle moved aside by up to a share of its length, again and again."""
    for _ in range(rounds):
        along = np.diff(line, axis=0)
        aside = np.column_stack([-along[:, 1], along[:, 0]]) * chance.uniform(-share, share, (len(along), 1))
        middle = (line[:-1] + line[1:]) / 2 + aside
        line = np.insert(line, np.arange(1, len(line)), middle, axis=0)
    return line


@cache
def streets(seed: int, across: int, grids: int, communities: int, *, houses: bool = False) -> Source:
    """A ground cut by `across` winding streets each way into blocks, put together to grids and communities."""
    chance = np.random.default_rng([seed, across, grids])
    side = BLOCK * np.sqrt(grids)
    edge = _bent(np.array([[0, 0], [side, 0], [side, side], [0, side], [0, 0]]), 0.02, 7, chance)
    ways = [_street(k, across, side, chance)[:, ::order] for order in (1, -1) for k in range(across)]
    inside = shapely.Polygon(edge)
    cut = [shapely.intersection(shapely.LineString(way), shapely.buffer(inside, 1)) for way in ways]
    pieces = [shapely.get_coordinates(line) for line in shapely.get_parts(cut) if shapely.length(line) > 0]
    cells = blocks([edge, *pieces], ORIGINS[seed % len(ORIGINS)])
    labels = grouped(cells, grids, chance)
    return divided(f"streets {seed}/{grids}", "streets", cells, labels, communities, chance, houses)


def _street(number: int, across: int, side: float, chance: np.random.Generator) -> NDArray[np.float64]:
    """A street from west to east: a node every 20 m or so, swaying by a fifth of the way to the next street."""
    apart = side / across
    x = np.linspace(-apart, side + apart, int(side / 2_200))
    sway = sum(
        apart * 0.14 / k * np.sin(2 * np.pi * k * x / side * chance.uniform(0.7, 2) + chance.uniform(0, 6.3))
        for k in (1, 2, 3)
    )
    return np.column_stack([x, apart * (number + 0.5) + sway + chance.normal(0, 25, len(x))])


def blocks(lines: Lines, origin: tuple[int, int]) -> list[shapely.Polygon]:
    """The faces between lines, in steps from `origin`: noded by GEOS's snap rounding; lines ending in a face vanish."""
    moved = [shapely.LineString(np.rint(line + np.array(origin))) for line in lines]
    noded = shapely.union_all(moved, grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return [face for face in faces if isinstance(face, shapely.Polygon)]


def divided(
    name: str,
    family: str,
    cells: Sequence[shapely.Polygon],
    grid_of: Sequence[int],
    communities: int,
    chance: np.random.Generator,
    houses: bool = False,
) -> Source:
    """Cells in steps as the grids that `grid_of` tells, neighbouring grids as communities, all in one street."""
    shapes = [_together([c for c, own in zip(cells, grid_of, strict=True) if own == n]) for n in sorted({*grid_of})]
    homes = grouped(shapes, communities, chance)
    codes = [f"5199{len(shapes) % 100:02}001{region:03}" for region in range(communities)]
    grids: list[Grid] = []
    regions = [Region(code=codes[0][:9], level="street", scheme="14")]
    for number, code in enumerate(codes):
        own = [shape for shape, home in zip(shapes, homes, strict=True) if home == number]
        own.sort(key=lambda shape: (shape.centroid.x, -shape.centroid.y))
        kinds = [GridKind.SPECIAL if not houses and chance.random() < 0.3 else GridKind.RESIDENTIAL for _ in own]
        regions.append(Region(code=code, level="community", parent=codes[0][:9], shape=_lattice(_together(own))))
        grids += [
            Grid(code=f"{code}{k:02}", region=code, kind=kind, shape=_lattice(shape))
            for k, (shape, kind) in enumerate(zip(own, kinds, strict=True), 1)
        ]
    standing = tuple(_house(grid) for grid in grids) if houses else ()
    return source_of(name, family, Plan(regions=tuple(regions), grids=tuple(grids), buildings=standing))


def _together(cells: Iterable[Ground]) -> Ground:
    """Cells that share their borders, without these."""
    found = shapely.coverage_union_all([*cells])
    parts = shapely.get_parts(found)
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon([*parts])


def _lattice(shape: Ground) -> Ground:
    rings = [[part.exterior, *part.interiors] for part in shapely.get_parts(shape)]
    whole = [[[(round(x), round(y)) for x, y in ring.coords[:-1]] for ring in part] for part in rings]
    return degrees(tuple(tuple(tuple(ring) for ring in part) for part in whole))


def _house(grid: Grid) -> Building:
    """A house of about 20 m in the middle of a grid."""
    at = shapely.get_coordinates(shapely.maximum_inscribed_circle(grid.shape, 1e-6))[0]
    x, y = (round(value * 10_000_000) for value in at.tolist())
    corners = ((x - 900, y - 850), (x + 900, y - 850), (x + 900, y + 850), (x - 900, y + 850))
    return Building(id=f"H{grid.code}", shape=degrees(((corners,),)), households=HOUSEHOLDS)
