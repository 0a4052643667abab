"""What is a valid plan in whole lattice steps, and what is changed in it when a fault is planted?"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias, TypeVar

import numpy as np
import shapely
from planting_arithmetic import Edges, Node, edges_of, shoelace2

from geo.model import Building, Grid, Ground, Plan, Region

Ring: TypeAlias = tuple[Node, ...]
"""Nodes in steps; shells counter-clockwise, holes clockwise; the first is not told again at the end."""
Shape: TypeAlias = tuple[tuple[Ring, ...], ...]
"""Parts, each a shell and its holes."""
Edge: TypeAlias = tuple[Node, Node]
Value = TypeVar("Value")

STEPS = 10_000_000


def steps(shape: Ground) -> Shape:
    """The shape's rings in whole steps."""
    found = []
    for part in shapely.get_parts(shape):
        rings = [shapely.get_coordinates(ring)[:-1] for ring in (part.exterior, *part.interiors)]
        whole = [tuple((round(x * STEPS), round(y * STEPS)) for x, y in ring.tolist()) for ring in rings]
        found.append(tuple(turned(ring, hole=number > 0) for number, ring in enumerate(whole)))
    return tuple(found)


def turned(ring: Ring, hole: bool = False) -> Ring:
    return ring if (shoelace2(ring) < 0) is hole else ring[::-1]


def degrees(shape: Shape) -> Ground:
    """The shape on the lattice."""
    polygons = [shapely.Polygon(_lon_lat(rings[0]), [_lon_lat(ring) for ring in rings[1:]]) for rings in shape]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _lon_lat(ring: Ring) -> list[tuple[float, float]]:
    return [(float(x / STEPS), float(y / STEPS)) for x, y in ring]


def in_steps(shape: Shape) -> Ground:
    """The shape with steps for coordinates: whole numbers, so that GEOS's predicates err by nothing."""
    polygons = [shapely.Polygon(rings[0], rings[1:]) for rings in shape]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def rings_of(shape: Shape) -> Iterator[Ring]:
    for part in shape:
        yield from part


def edges_in(shape: Shape) -> Iterator[Edge]:
    """Every directed edge, ground to its left."""
    for ring in rings_of(shape):
        yield from zip(ring, (*ring[1:], ring[0]), strict=True)


@dataclass(frozen=True)
class Change:
    """What is different in the faulty plan: shapes by code (None: left out), things that are new or changed."""

    grids: Mapping[str, Shape | None] = field(default_factory=dict)
    outlines: Mapping[str, Shape] = field(default_factory=dict)
    added: tuple[Grid, ...] = ()
    buildings: Mapping[str, Building] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> set[str]:
        return {*self.grids, *self.outlines, *self.renamed}

    def also(self, other: "Change") -> "Change":
        """Both changes; they must not touch the same shapes."""
        return Change(
            {**self.grids, **other.grids},
            {**self.outlines, **other.outlines},
            self.added + other.added,
            {**self.buildings, **other.buildings},
            {**self.renamed, **other.renamed},
        )


@dataclass(frozen=True, kw_only=True)
class Source:
    """A valid plan: `grids` and `outlines` of divided regions in steps; `parents` are outlines that came with regions
    above them. Each directed edge of grids and outlines belongs to one of them."""

    name: str
    family: str
    plan: Plan
    grids: Mapping[str, Shape]
    outlines: Mapping[str, Shape]

    @cached_property
    def region_of(self) -> dict[str, str]:
        return {grid.code: grid.region for grid in self.plan.grids}

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """The grids of each divided region."""
        found: dict[str, list[str]] = {code: [] for code in self.outlines}
        for grid in self.plan.grids:
            found[grid.region].append(grid.code)
        return found

    @cached_property
    def grid_at(self) -> dict[Edge, str]:
        """The grid to the left of a directed edge."""
        return {edge: code for code, shape in self.grids.items() for edge in edges_in(shape)}

    @cached_property
    def outline_at(self) -> dict[Edge, str]:
        return {edge: code for code, shape in self.outlines.items() for edge in edges_in(shape)}

    @cached_property
    def tree(self) -> tuple[list[str], shapely.STRtree]:
        """Grids in steps, to look for what lies near."""
        return [*self.grids], shapely.STRtree([in_steps(shape) for shape in self.grids.values()])

    def near(self, place: Ground) -> list[str]:
        """Grids that meet a shape in steps."""
        codes, tree = self.tree
        return [codes[int(n)] for n in tree.query(place, "intersects")]

    @cached_property
    def neighbours(self) -> dict[str, set[str]]:
        """Grids that share an edge or a node."""
        at: dict[Node, set[str]] = {}
        for code, shape in self.grids.items():
            for ring in rings_of(shape):
                for node in ring:
                    at.setdefault(node, set()).add(code)
        found: dict[str, set[str]] = {code: set() for code in self.grids}
        for codes in at.values():
            for code in codes:
                found[code] |= codes - {code}
        return found

    @cached_property
    def houses(self) -> dict[str, list[tuple[str, Ring]]]:
        """By the grid they were built on, which their names begin with: the buildings and their shells."""
        found: dict[str, list[tuple[str, Ring]]] = {}
        for building in self.plan.buildings:
            if isinstance(building.shape, shapely.Polygon):
                code = building.id[1:].split("-")[0]
                found.setdefault(code, []).append((building.id, steps(building.shape)[0][0]))
        return found

    @property
    def vertices(self) -> float:
        """Median vertices of a grid."""
        return float(np.median([sum(map(len, rings_of(shape))) for shape in self.grids.values()]))

    @property
    def is_large(self) -> bool:
        """100 grids or more, with edges as they are drawn along real things."""
        return len(self.grids) >= 100 and self.vertices >= 20

    def uncovered(self, change: Change = Change()) -> Edges:
        """Edges of grids less those of outlines, in the regions that a change touches (all, where it is empty)."""
        touched = {self.region_of.get(code, code) for code in change.codes} | {grid.region for grid in change.added}
        total: Edges = Counter()
        for region in touched or self.outlines:
            grids = [change.grids.get(code, self.grids[code]) for code in self.members[region]]
            shapes = [shape for shape in grids if shape is not None]
            shapes += [steps(grid.shape) for grid in change.added if grid.region == region]
            outline = change.outlines.get(region, self.outlines[region])
            loops = [edges_of(rings_of(shape)) for shape in shapes]
            for edges, weight in [*((one, 1) for one in loops), (edges_of(rings_of(outline)), -1)]:
                for edge, count in edges.items():
                    total[edge] += weight * count
        return Counter({edge: count for edge, count in total.items() if count})

    def with_change(self, change: Change) -> Plan:
        """The faulty plan."""
        grids = [self._grid(grid, change) for grid in self.plan.grids]
        regions = [self._region(region, change) for region in self.plan.regions]
        known = {building.id for building in self.plan.buildings}
        buildings = [change.buildings.get(building.id, building) for building in self.plan.buildings]
        buildings += [building for name, building in change.buildings.items() if name not in known]
        kept = [grid for grid in grids if grid is not None]
        return replace(self.plan, regions=tuple(regions), grids=(*kept, *change.added), buildings=tuple(buildings))

    def _grid(self, grid: Grid, change: Change) -> Grid | None:
        if grid.code in change.grids:
            shape = change.grids[grid.code]
            if shape is None:
                return None
            grid = replace(grid, shape=degrees(shape))
        return replace(grid, code=change.renamed[grid.code]) if grid.code in change.renamed else grid

    def _region(self, region: Region, change: Change) -> Region:
        return (
            replace(region, shape=degrees(change.outlines[region.code])) if region.code in change.outlines else region
        )


def source_of(name: str, family: str, plan: Plan) -> Source:
    """A source made of a plan whose divided regions have outlines; the plan's rings then run as `Shape` says."""
    grids = {grid.code: steps(grid.shape) for grid in plan.grids}
    divided = {grid.region for grid in plan.grids}
    outlines = {r.code: steps(r.shape) for r in plan.regions if r.shape is not None and r.code in divided}
    return Source(name=name, family=family, plan=plan, grids=grids, outlines=outlines)


def chosen(values: Sequence[Value], chance: np.random.Generator) -> Value:
    return values[int(chance.integers(len(values)))]
