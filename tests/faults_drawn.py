"""Faults planted in sound plans: what is broken, which rules may tell it, and on which ground."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from hypothesis import assume
from hypothesis import strategies as st
from plans_drawn import SMALL, STREET, TINY, Division, Drawn, Net, plans

from geo.lattice import to_degrees
from geo.model import Ground, Rule


@dataclass(frozen=True)
class Planted:
    """A division with one fault: the rules that may tell it, and the ground it is about (a point for a node)."""

    net: Net
    kind: str
    faulty: Division
    rules: frozenset[Rule]
    place: Ground | shapely.Point


FAULTS = ("moved", "one-side", "missing", "duplicate", "pinhole", "overlap", "spill", "taken")
ANY_GROUND = frozenset({Rule.GAP, Rule.OVERLAP, Rule.SPILL, Rule.NODE_UNMATCHED})


@st.composite
def planted(draw: st.DrawFn, kinds: Sequence[str] = FAULTS, units: Sequence[int] = (TINY, SMALL, STREET)) -> Planted:
    """A plan of one region with one fault in it; every ring valid."""
    drawn, kind = draw(plans(units=units)), draw(st.sampled_from(kinds))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    found = _PLANTERS[kind](drawn, chance)
    assume(found is not None and found.faulty.is_valid)
    assert found is not None
    return replace(found, kind=kind)


def _moved(drawn: Drawn, chance: np.random.Generator) -> Planted | None:
    """One vertex of one grid a lattice step aside."""
    division = drawn.division(drawn.regions[0])
    number = int(chance.integers(len(division.shapes)))
    step = [(1, 0), (0, 1), (-1, 0), (0, -1)][int(chance.integers(4))]
    shape, place = nudged(division.grounds[number], int(chance.integers(1 << 30)), step)
    return Planted(drawn.net, "", division.with_shape(number, shape), ANY_GROUND, place)


def nudged(shape: Ground, vertex: int, step: tuple[int, int]) -> tuple[Ground, shapely.Point]:
    """The shape with one of its nodes (every vertex that stands there) moved by some steps, and where it stood."""
    xy = shapely.get_coordinates(shape)
    node = xy[vertex % len(xy)]
    steps = np.rint(node * 1e7).astype(np.int64) + np.array(step)
    moved = np.where((xy == node).all(axis=1)[:, None], to_degrees(steps[None]), xy)
    return shapely.set_coordinates(shapely.transform(shape, lambda same: same), moved), shapely.Point(node)


def _one_side(drawn: Drawn, chance: np.random.Generator) -> Planted | None:
    """A vertex in the middle of one grid's edge."""
    division = drawn.division(drawn.regions[0])
    number = int(chance.integers(len(division.shapes)))
    shape, place = with_middle_node(division.grounds[number], chance)
    if place is None:
        return None
    return Planted(drawn.net, "", division.with_shape(number, shape), ANY_GROUND, place)


def with_middle_node(shape: Ground, chance: np.random.Generator) -> tuple[Ground, shapely.Point | None]:
    """The shape with a node more in one edge that is longer than two steps, and that node."""
    parts = [list(polygon.exterior.coords) for polygon in shapely.get_parts(shape)]
    part = int(chance.integers(len(parts)))
    at = int(chance.integers(len(parts[part]) - 1))
    a, b = (np.rint(np.array(p) * 1e7).astype(np.int64) for p in parts[part][at : at + 2])
    if np.abs(b - a).max() < 3:
        return shape, None
    node = to_degrees(((a + b) // 2)[None])[0].tolist()
    parts[part].insert(at + 1, tuple(node))
    polygons = [shapely.Polygon(ring, old.interiors) for ring, old in zip(parts, shapely.get_parts(shape), strict=True)]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons), shapely.Point(node)


def _missing(drawn: Drawn, chance: np.random.Generator) -> Planted | None:
    division = drawn.division(drawn.regions[0])
    number = int(chance.integers(len(division.shapes)))
    rest = division.shapes[:number] + division.shapes[number + 1 :]
    place = division.grounds[number]
    return Planted(drawn.net, "", replace(division, shapes=rest), frozenset({Rule.GAP}), place)


def _duplicate(drawn: Drawn, chance: np.random.Generator) -> Planted | None:
    division = drawn.division(drawn.regions[0])
    twin = division.grounds[int(chance.integers(len(division.shapes)))]
    shapes = (*division.shapes, ("TWIN", shapely.reverse(twin)))
    return Planted(drawn.net, "", replace(division, shapes=shapes), frozenset({Rule.DUPLICATE}), twin)


def _pinhole(drawn: Drawn, chance: np.random.Generator) -> Planted | None:
    """A hole of three steps in the middle of a cell."""
    region = drawn.regions[0]
    cell = int(chance.choice(drawn.cells(region)))
    x, y = (int(v) for v in drawn.net.cells[cell].representative_point().coords[0])
    hole = shapely.Polygon([(x, y), (x + 3, y + 1), (x + 1, y + 3)])
    if not shapely.contains_properly(drawn.net.cells[cell], hole):
        return None
    division = drawn.division(region)
    number = [code for code, _ in division.shapes].index(f"R{region}{drawn.grid_of[cell]:02}")
    place = drawn.net.degrees(hole)
    shape = division.grounds[number].difference(place)
    kept = shapely.transform(shape, lambda xy: to_degrees(np.rint(xy * 1e7).astype(np.int64)))
    return Planted(drawn.net, "", division.with_shape(number, kept), frozenset({Rule.GAP}), place)


def _overlap(drawn: Drawn, chance: np.random.Generator) -> Planted | None:
    """A cell that two grids have."""
    region = drawn.regions[0]
    cell = int(chance.choice(drawn.cells(region)))
    division = drawn.division(region)
    number = int(chance.integers(len(division.shapes)))
    grid = int(division.shapes[number][0][-2:])
    if grid == drawn.grid_of[cell] or drawn.cells(region, drawn.grid_of[cell]) == [cell, *drawn.cells(region, grid)]:
        return None
    shape = drawn.net.ground([*drawn.cells(region, grid), cell])
    return Planted(
        drawn.net, "", division.with_shape(number, shape), frozenset({Rule.OVERLAP}), drawn.net.ground([cell])
    )


def _spill(drawn: Drawn, chance: np.random.Generator) -> Planted | None:
    """A cell that a grid has and the boundary has not."""
    region = drawn.regions[0]
    cell = int(chance.choice(drawn.cells(region)))
    rest = [other for other in drawn.cells(region) if other != cell]
    if not rest:
        return None
    faulty = replace(drawn.division(region), boundary=drawn.net.ground(rest))
    return Planted(drawn.net, "", faulty, frozenset({Rule.SPILL}), drawn.net.ground([cell]))


def _taken(drawn: Drawn, chance: np.random.Generator) -> Planted | None:
    """A cell that its grid lost."""
    region = drawn.regions[0]
    cell = int(chance.choice(drawn.cells(region)))
    rest = [other for other in drawn.cells(region, drawn.grid_of[cell]) if other != cell]
    if not rest:
        return None
    division = drawn.division(region)
    number = [code for code, _ in division.shapes].index(f"R{region}{drawn.grid_of[cell]:02}")
    faulty = division.with_shape(number, drawn.net.ground(rest))
    return Planted(drawn.net, "", faulty, frozenset({Rule.GAP}), drawn.net.ground([cell]))


_PLANTERS: dict[str, Callable[[Drawn, np.random.Generator], Planted | None]] = {
    "moved": _moved,
    "one-side": _one_side,
    "missing": _missing,
    "duplicate": _duplicate,
    "pinhole": _pinhole,
    "overlap": _overlap,
    "spill": _spill,
    "taken": _taken,
}
