"""Communities whose borders are slanted: squares of a net with nodes beside where they should be."""

import random
from collections.abc import Sequence
from itertools import pairwise

import shapely
from divisions import ORIGIN, STEP

from geo import lattice
from geo.model import Grid, Ground, Plan, Region

Spot = tuple[float, float]


def net(chance: random.Random, columns: int, rows: int, size: float, east: float = 0.0) -> list[list[Spot]]:
    """Nodes of a net by row and column; `size` and `east` in pitches."""

    def at(column: int, row: int) -> Spot:
        x, y = (ORIGIN[n] + STEP * (size * (at + chance.uniform(-0.2, 0.2)) + (east if n == 0 else 0.0))
                for n, at in enumerate((column, row)))  # fmt: skip
        ((x, y),) = shapely.get_coordinates(lattice.rounded(shapely.Point(x, y))).tolist()
        return x, y

    return [[at(column, row) for column in range(columns + 1)] for row in range(rows + 1)]


def quads(nodes: Sequence[Sequence[Spot]]) -> list[list[shapely.Polygon]]:
    """The squares of a net by row and column."""
    return [[shapely.Polygon([a[n], a[n + 1], b[n + 1], b[n]]) for n in range(len(a) - 1)] for a, b in pairwise(nodes)]


def communities(parts: dict[str, list[shapely.Polygon]]) -> Plan:
    """Communities by code, of grids that have every node of each other."""
    regions = [Region(code=code, name=code, level="community", shape=outline(own)) for code, own in parts.items()]
    grids = [
        Grid(code=f"{code}{n:02}", region=code, shape=shape)
        for code, own in parts.items()
        for n, shape in enumerate(own, start=1)
    ]
    return Plan(regions=tuple(regions), grids=tuple(grids))


def outline(parts: Sequence[Ground]) -> Ground:
    whole = shapely.coverage_union_all(list(parts))
    return whole.geoms[0] if isinstance(whole, shapely.MultiPolygon) else whole


def blocks(chance: random.Random, codes: str, across: int, size: int) -> Plan:
    """Communities beside and above each other, `across` of them in a row, each of size x size slanted grids."""
    rows = -(-len(codes) // across)
    cells = quads(net(chance, across * size, rows * size, 1.0))
    parts: dict[str, list[shapely.Polygon]] = {}
    for n, code in enumerate(codes):
        row, column = divmod(n, across)
        parts[code] = [cells[row * size + y][column * size + x] for y in range(size) for x in range(size)]
    return communities(parts)
