"""Boards to draw on: a small one in metres, and those of random plans."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
import shapely
from plans_drawn import Drawn
from shapely.geometry.base import BaseGeometry

from geo import coverage
from geo.lattice import is_rounded, rounded
from geo.measure import metres_per_degree
from geo.model import Building, Grid, Ground, Line, Region
from geo.redraw.board import Board, Codes, Surroundings

NO_CODES = Codes()
ORIGIN = np.array([104.1, 30.67])
SCALE = np.array(metres_per_degree(30.67))
Shape = TypeVar("Shape", bound=BaseGeometry)


def at(shape: Shape) -> Shape:
    """A shape in metres as degrees on the lattice."""
    return rounded(shapely.transform(shape, lambda xy: xy / SCALE + ORIGIN))


def place(x: float, y: float) -> tuple[float, float]:
    lon, lat = shapely.get_coordinates(at(shapely.Point(x, y)))[0].tolist()
    return lon, lat


def line(*places: tuple[float, float]) -> shapely.LineString:
    return at(shapely.LineString(places))


def metres(shape: BaseGeometry) -> list[tuple[float, float]]:
    """The nodes of a shape in metres, to the centimetre."""
    xy = (shapely.get_coordinates(shape) - ORIGIN) * SCALE
    return [(round(x, 1) + 0.0, round(y, 1) + 0.0) for x, y in xy.tolist()]


BEND = ((100, 0), (98, 30), (102, 60), (100, 100))
"""The border between the two grids of `two`."""


def two(
    buildings: Sequence[Building] = (), lines: Sequence[Line] = (), codes: Codes = NO_CODES, west: str = "W"
) -> Board:
    """Grid W west of a bent border, grid E east of it: 200 m by 100 m in all."""
    shapes = {
        west: shapely.Polygon([(0, 0), *BEND, (0, 100)]),
        "E": shapely.Polygon([(200, 0), (200, 100), *reversed(BEND)]),
    }
    return board({"R": shapes}, buildings, lines, codes)


def board(
    shapes: Mapping[str, Mapping[str, Ground]],
    buildings: Sequence[Building] = (),
    lines: Sequence[Line] = (),
    codes: Codes = NO_CODES,
) -> Board:
    """Regions of grids in metres, with all nodes told."""
    grids = [Grid(code=c, region=region, shape=at(s)) for region, own in shapes.items() for c, s in own.items()]
    outlines = {
        region: shapely.coverage_union_all([grid.shape for grid in grids if grid.region == region]) for region in shapes
    }
    return Board(
        regions={code: Region(code=code, shape=_single(shape)) for code, shape in outlines.items()},
        grids={grid.code: grid for grid in grids},
        codes=codes,
        surroundings=Surroundings(buildings, lines),
    )


def of_plan(drawn: Drawn) -> Board:
    """The board of a random plan."""
    plan = drawn.plan
    return Board(regions={one.code: one for one in plan.regions}, grids={one.code: one for one in plan.grids})


def house(id: str, west: float, south: float, east: float, north: float, households: int | None = 10) -> Building:
    return Building(id=id, households=households, shape=at(shapely.box(west, south, east, north)))


def is_exact(board: Board) -> bool:
    """Whether the grids of every region cover it exactly, all on the lattice."""
    shapes = [*(grid.shape for grid in board.grids.values()), *(board.boundary(code) for code in board.regions)]
    return all(map(is_rounded, shapes)) and all(
        coverage.is_exact(board.boundary(code), [grid.shape for grid in board.grids_of(code)]) for code in board.regions
    )


def _single(shape: Ground) -> Ground:
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape
