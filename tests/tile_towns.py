"""What are towns with winding borders, some of them redrawn, and what do tiles have of them in a store?"""

import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely
from conftest import Store
from divisions import ORIGIN, STEP, together
from jittered import Spot
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from geo.assembled import assembled
from geo.generalise import generalised
from geo.lattice import rounded
from geo.matrix import MATRICES
from geo.model import Grid, Ground, Plan, Region
from geo.store.connect import session
from geo.store.published import current_publication, editions
from geo.store.tile_drawing import plain
from geo.store.tile_shapes import derive

NODES = 6
"""Most nodes in half a side of a grid."""
WILD = 2e-5
"""Degrees by which nodes lie beside a straight border."""


def towns(seed: int, columns: int = 4, rows_: int = 4) -> Plan:
    """Communities of four grids side by side, whose borders have many nodes, under two streets of one district."""
    cells = winding(random.Random(seed), columns * 2, rows_ * 2)
    plans = []
    for number in range(columns * rows_):
        column, row = number % columns, number // columns
        own = [cells[(2 * row + y) * columns * 2 + 2 * column + x] for y in (0, 1) for x in (0, 1)]
        plans.append(town(f"T{number:02}", own, f"S{number % 2}"))
    return replace(together(plans), regions=(*above(), *together(plans).regions))


def winding(chance: random.Random, columns: int, rows_: int) -> list[shapely.Polygon]:
    """Bricks whose sides wind, row by row: neighbours meet in the middle of a side, where it is as straight as not."""
    sides: dict[tuple[Spot, Spot], list[Spot]] = {}
    net = [
        [beside(chance, ORIGIN[0] + 0.2 * STEP * x, ORIGIN[1] + 0.4 * STEP * y) for x in range(2 * columns + 2)]
        for y in range(rows_ + 1)
    ]

    def side(a: Spot, b: Spot) -> list[Spot]:
        low, high = min(a, b), max(a, b)
        if (low, high) not in sides:
            way = np.linspace(low, high, chance.randint(0, NODES) + 2)[1:-1]
            sides[low, high] = [low, *(beside(chance, *spot) for spot in way)]
        way = [*sides[low, high], high]
        return way[:-1] if a == low else way[:0:-1]

    rings = [
        [spot for a, b in pairwise([*p[n : n + 3], *q[n : n + 3][::-1], p[n]]) for spot in side(a, b)]
        for row, (p, q) in enumerate(pairwise(net))
        for n in range(row % 2, 2 * columns, 2)
    ]
    return [shapely.Polygon(ring) for ring in rings]


def beside(chance: random.Random, x: float, y: float) -> Spot:
    ((x, y),) = shapely.get_coordinates(rounded(shapely.Point(chance.gauss(x, WILD), chance.gauss(y, WILD)))).tolist()
    return x, y


def above() -> tuple[Region, ...]:
    return (
        Region(code="D", level="district"),
        *(Region(code=f"S{n}", level="street", parent="D") for n in (0, 1)),
    )


def town(code: str, cells: Sequence[BaseGeometry], parent: str) -> Plan:
    outline = shapely.coverage_union_all(list(cells))
    outline = outline.geoms[0] if isinstance(outline, shapely.MultiPolygon) else outline
    grids = tuple(Grid(code=f"{code}{n}", region=code, shape=one) for n, one in enumerate(cells))
    return Plan(regions=(Region(code=code, level="community", parent=parent, shape=outline),), grids=grids)


def mapped(plan: Plan, where: dict[tuple[float, float], tuple[float, float]]) -> Plan:
    """The plan with some nodes elsewhere, in all shapes that have them."""

    def moved(shape: Ground) -> Ground:
        return shapely.transform(shape, lambda xy: np.array([where.get((x, y), (x, y)) for x, y in xy.tolist()]))

    return Plan(
        regions=tuple(replace(one, shape=None if one.shape is None else moved(one.shape)) for one in plan.regions),
        grids=tuple(replace(one, shape=moved(one.shape)) for one in plan.grids),
    )


def of(plan: Plan, codes: Collection[str]) -> Plan:
    """Some communities of a plan."""
    return Plan(
        regions=tuple(one for one in plan.regions if one.code in codes),
        grids=tuple(one for one in plan.grids if one.region in codes),
    )


def nodes_moved(plan: Plan, chance: random.Random) -> Plan:
    """Some nodes of one grid are elsewhere, for all who have them."""
    while True:
        nodes = chance.choice(plan.grids).shape.exterior.coords[:-1]
        near = chance.sample(nodes, min(3, len(nodes)))
        there = {node: tuple(one + chance.gauss(0, 2e-5) for one in node) for node in near}
        moved = mapped(plan, {node: shapely.get_coordinates(rounded(shapely.Point(p)))[0] for node, p in there.items()})
        shapes = np.array([one.shape for one in moved.grids], dtype=object)
        if shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes):
            return moved


def merged(plan: Plan, chance: random.Random) -> Plan:
    """Two grids of one community are one."""
    region = chance.choice([one.region for one in plan.grids])
    one, other = [grid for grid in plan.grids if grid.region == region][:2]
    both = shapely.coverage_union_all([one.shape, other.shape])
    if not isinstance(both, shapely.Polygon) and shapely.get_num_geometries(both) > 1:
        return plan
    whole = both if isinstance(both, shapely.Polygon) else shapely.get_geometry(both, 0)
    return replace(plan, grids=tuple(replace(g, shape=whole) if g is one else g for g in plan.grids if g is not other))


Rows = dict[tuple[str, str], tuple[int, BaseGeometry]]
"""Layer and code of what is shown to the row that has it and its shape."""


def rows(store: Store, zoom: int, number: int, matrix: str = "mercator") -> Rows:
    """What is shown of a zoom at a publication."""
    query = """SELECT i.layer, i.code, t.row, ST_AsBinary(t.shape), ST_AsBinary(t.label)
      FROM tile_shape AS t JOIN identity AS i ON i.id = t.subject
      WHERE t.matrix = :matrix AND t.zoom = :zoom AND t.numbers @> CAST(:number AS bigint)"""
    with store.service.connect() as connection:
        found = connection.execute(text(query), {"matrix": matrix, "zoom": zoom, "number": number}).all()
    shapes = {(layer, code): (row, shapely.from_wkb(bytes(shape))) for layer, code, row, shape, _ in found}
    assert len(shapes) == len(found)
    assert all(shapely.covers(shapely.from_wkb(bytes(one[3])), shapely.from_wkb(bytes(one[4]))) for one in found)
    return shapes


def codes(found: Rows, layer: str) -> list[str]:
    return sorted(code for own, code in found if own == layer)


def derived(store: Store, zoom: int, matrix: str = "mercator") -> Rows:
    """What is shown of a zoom now, made if need be."""
    with session(store.service) as work:
        number = current_publication(work)
    derive(store.service, matrix, zoom, number)
    return rows(store, zoom, number, matrix)


def assert_whole(store: Store, zoom: int, matrix: str = "mercator") -> None:
    """The grids are to the byte what drawing all at once makes of them, and regions are put together from them."""
    found = derived(store, zoom, matrix)
    with session(store.service) as work:
        there = editions(work, current_publication(work))
        ids = dict(work.execute(text("SELECT code, id FROM identity WHERE layer = 'grid'")).all())
    grids = sorted((grid for one in there for grid in one.grids), key=lambda grid: ids[grid.code])
    drawn = generalised([grid.shape for grid in grids], MATRICES[matrix], zoom)
    wanted = {grid.code: plain(shape) for grid, shape in zip(grids, drawn, strict=True) if not shape.is_empty}
    assert codes(found, "grid") == sorted(wanted)
    other = [code for code, shape in wanted.items() if not shapely.equals_identical(found["grid", code][1], shape)]
    assert other == []
    for one in there:
        own = [found["grid", grid.code][1] for grid in one.grids]
        assert shapely.equals_identical(found["region", one.region][1], plain(assembled(own)))
