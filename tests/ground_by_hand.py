"""Ground drawn by hand to be cut into squares and cells: where lines, corners and edges fall together."""

from collections.abc import Sequence

import numpy as np
import shapely

from geo.index import Claim
from geo.lattice import LAT_OFFSET, LON_OFFSET, to_degrees
from geo.model import Ground, Standing

SIDE = 1 << 17
"""Steps along the smallest square."""
EAST = (LON_OFFSET + 1_041_000_000) // SIDE * SIDE - LON_OFFSET
NORTH = (LAT_OFFSET + 307_000_000) // SIDE * SIDE - LAT_OFFSET
"""A corner of squares in Chengdu, steps."""

Steps = Sequence[tuple[int, int]]


def polygon(shell: Steps, *holes: Steps, at: tuple[int, int] = (EAST, NORTH)) -> shapely.Polygon:
    """Rings in steps from a place, by default from a corner of squares."""
    rings = [to_degrees(np.array(ring, dtype=np.int64) + np.array(at, dtype=np.int64)) for ring in (shell, *holes)]
    return shapely.Polygon(rings[0], rings[1:])


def rectangle(west: int, south: int, east: int, north: int) -> list[tuple[int, int]]:
    return [(west, south), (east, south), (east, north), (west, north)]


def box(west: int, south: int, east: int, north: int, at: tuple[int, int] = (EAST, NORTH)) -> shapely.Polygon:
    return polygon(rectangle(west, south, east, north), at=at)


def fan(middle: tuple[int, int], corners: Steps, at: tuple[int, int] = (EAST, NORTH)) -> list[shapely.Polygon]:
    """Triangles round a node."""
    return [polygon([a, b, middle], at=at) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]


def blocks(size: int, count: int, at: tuple[int, int] = (EAST, NORTH)) -> list[shapely.Polygon]:
    """Square grids, edge to edge."""
    return [box(i * size, j * size, (i + 1) * size, (j + 1) * size, at) for i in range(count) for j in range(count)]


def named(shapes: Sequence[Ground], standing: Standing = Standing.PROVEN, letter: str = "G") -> list[Claim]:
    return [Claim(f"{letter}{number:03}", shape, standing) for number, shape in enumerate(shapes)]


def laid_over(depth: int) -> list[shapely.Polygon]:
    """So many boxes over each other in the middle, each a bit further on."""
    return [box(n * 9_001, n * 7_003, 150_000 + n * 9_001, 120_000 + n * 7_003) for n in range(depth)]


def star(radius: int, at: tuple[int, int]) -> shapely.Polygon:
    """A ring that crosses itself five times: its middle is gone round twice."""
    angle = np.arange(5) * 4 * np.pi / 5
    xy = np.rint(np.column_stack([np.cos(angle), np.sin(angle)]) * radius).astype(int)
    return polygon([(int(x), int(y)) for x, y in xy], at=at)


HOLED = polygon(
    rectangle(-3 * SIDE, -2 * SIDE, 5 * SIDE, 4 * SIDE),
    rectangle(-SIDE, -SIDE, SIDE, SIDE)[::-1],
    [(2 * SIDE, 0), (2 * SIDE, 3), (2 * SIDE + 3, 0)],
)
INNER = polygon(rectangle(-SIDE, -SIDE, SIDE, SIDE), [(-5, -5), (5, 7), (3, -9)])
PARTS = shapely.MultiPolygon([box(-4, -4, 0, 0), box(0, 0, 40_000, 3), box(2 * SIDE, -SIDE, 3 * SIDE, 0)])
LONG = [(0, 0), (70 * SIDE + 1, 33 * SIDE - 1), (-21 * SIDE, 47 * SIDE + 5), (-40 * SIDE - 3, -29 * SIDE)]
BOW = [(0, 0), (90_000, 80_000), (90_000, 0), (0, 80_000)]
SPIKE = [(0, 0), (90_000, 0), (90_000, 50_000), (SIDE, 50_000), (90_000, 50_000), (90_000, 90_000), (0, 90_000)]
FAR = [(1_300_000_000, 300_000_000), (300_000_000, -300_000_000)]

SOUND: dict[str, list[Claim]] = {
    "edges along the lines of cells": named(blocks(SIDE // 4, 9)),
    "edges along the lines of squares": named(blocks(SIDE, 3)),
    "edges one step beside these lines": named(blocks(SIDE // 2, 3, (EAST + 1, NORTH - 1))),
    "nodes on corners of squares": named(fan((0, 0), [(SIDE, -SIDE), (2 * SIDE, SIDE), (-SIDE, SIDE), (-SIDE, 0)])),
    "edges through corners of squares": named(fan((3, 1), [(-SIDE - 7, -SIDE - 7), (SIDE + 7, SIDE + 7), (9, -5)])),
    "very long edges": named(fan((1, 2), LONG)),
    "larger than many squares, an enclave, holes in both": named([HOLED, INNER]),
    "parts that touch": named([PARTS]),
    "one step wide along a line": named([box(-1, -9, 0, SIDE), box(0, -9, 1, SIDE)]),
    "round zero": named(fan((0, 0), [(-3, -1), (4, -2), (1, 5)], (0, 0))),
    "across zero": named(fan((-1, 1), [(-900_001, -700_003), (800_001, -500_003), (3, 600_001)], (0, 0))),
    "maps 100 degrees apart": named([*blocks(60_000, 2, FAR[0]), *blocks(60_000, 2, FAR[1])]),
    "corners of the world": named(
        [box(0, 0, 90_000, 90_000, (-LON_OFFSET, -LAT_OFFSET)), box(-9, -90_000, 0, 0, (LON_OFFSET, LAT_OFFSET))]
    ),
    "one triangle of a step": named([polygon([(0, 0), (1, 0), (0, 1)])]),
}
"""No two have the same ground, and no ring crosses itself."""

ODD: dict[str, list[Ground]] = {
    "a bow": [polygon(BOW)],
    "a bow over sound ground": [*blocks(60_000, 3), polygon(BOW)],
    "a star, its points beyond its square": [star(SIDE, (EAST + 1, NORTH)), box(-SIDE, -SIDE, 0, 2 * SIDE)],
    "a spike": [polygon(SPIKE), box(80_000, 40_000, 2 * SIDE, 60_000)],
    "parts over each other": [shapely.MultiPolygon([box(0, 0, 90_000, 90_000), box(9, 9, SIDE + 9, 70_000)])],
    "a hole beyond its shell": [polygon(rectangle(0, 0, 70_000, 70_000), rectangle(9, 9, 90_000, 800)[::-1])],
    "a node twice": [polygon([(0, 0), (9_000, 0), (9_000, 0), (9_000, 9_000)]), box(9_000, 0, 18_000, 9_000)],
    "the same odd ring twice": [polygon(BOW), polygon(BOW)],
}  # fmt: skip
CROWDED: dict[str, list[Ground]] = {
    **{f"{depth} deep": laid_over(depth) for depth in (2, 3, 5)},
    "the same ground three times": [box(0, 0, 99_999, 77_777)] * 3,
    "one in another over many squares": [box(-9 * SIDE, -9 * SIDE, 9 * SIDE, 9 * SIDE), box(5, 5, 3 * SIDE, 60_000)],
    "far from any corner": [polygon([(9, 9), (12, 10), (10, 13)]), polygon([(10, 9), (13, 11), (11, 14)])],
    "over neighbours": [*blocks(50_000, 3), box(20_000, 10_000, 130_000, 90_000), box(50_000, 0, 100_000, 50_000)],
}
DOUBTFUL: dict[str, list[Claim]] = {
    name: named(shapes, Standing.PROVISIONAL, "P") for name, shapes in {**ODD, **CROWDED}.items()
} | {"proven under provisional": named(blocks(70_000, 3)) + named(laid_over(3), Standing.PROVISIONAL, "P")}
"""Provisional ground: rings that cross themselves, ground that several claim."""
