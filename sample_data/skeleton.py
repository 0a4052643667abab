"""Which large cells do the main lines of the sketch cut the district into?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely

from sample_data import sketch
from sample_data.frame import Node, to_metres, to_nodes
from sample_data.mesh import Edge, Mesh, Ring, edges, outlines

_SCRAP_M2 = 60_000.0


@dataclass(frozen=True, slots=True)
class Road:
    """A street, river or railway of the district; its number is its place in the list of roads."""

    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Cells and the lines between them. Main roads are the first numbers of `roads`."""

    outline: Ring
    cells: list[Ring]
    roads: list[Road]
    mesh: Mesh


def drawn(rng: Random) -> Skeleton:
    """Node all main lines on the lattice and read off the cells inside the district."""
    outline = to_nodes(sketch.outline(rng))
    strokes = sketch.strokes(rng)
    lines = [shapely.LineString(outline), *[shapely.LineString(to_nodes(s.line)) for s in strokes]]
    noded = shapely.unary_union(np.array(lines, dtype=object), grid_size=1.0)
    inside = shapely.Polygon(outline).buffer(1.0)
    cells = [_ring(p) for p in shapely.polygonize([noded]).geoms if inside.contains(p.representative_point())]
    cells = _without_scraps(cells)
    cells.sort()
    mesh = Mesh()
    _lay(mesh, cells, lines)
    return Skeleton(outline, cells, [Road(s.name, s.category) for s in strokes], mesh)


def _ring(cell: shapely.Polygon) -> Ring:
    if cell.interiors:
        raise ValueError("a cell of the sketch has a hole")
    ring = [(int(x), int(y)) for x, y in shapely.get_coordinates(cell.normalize().reverse().exterior)[:-1]]
    return ring if shapely.is_ccw(cell.normalize().reverse().exterior) else ring[::-1]


def _without_scraps(cells: list[Ring]) -> list[Ring]:
    """Cells too small to live in go to the neighbour they share most border with; the common ground stays."""
    common = shapely.Point(sketch.COMMON)
    kept = list(cells)
    for scrap in sorted(cells, key=area_m2):
        if area_m2(scrap) > _SCRAP_M2 or shapely.Polygon(to_metres(scrap)).contains(common):
            continue
        kept.remove(scrap)
        border = set(edges(scrap))
        shared = [sum(math.dist(a, b) for a, b in edges(ring) if (b, a) in border) for ring in kept]
        k = max(range(len(kept)), key=lambda k: shared[k])
        kept[k] = outlines([kept[k], scrap])[0]
    return kept


def _lay(mesh: Mesh, cells: Sequence[Ring], lines: Sequence[shapely.LineString]) -> None:
    """Each noded edge lies on the line nearest to its middle; edges of the outline lie on none."""
    every: list[tuple[Node, Node]] = sorted({(min(a, b), max(a, b)) for ring in cells for a, b in edges(ring)})
    middles = shapely.points(np.array([((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in every]))
    nearest = shapely.STRtree(list(lines)).nearest(middles)
    for edge, line in zip(every, nearest, strict=True):
        if line:
            mesh.lay(edge, int(line) - 1)
    _meet(mesh, every)


def _meet(mesh: Mesh, every: Sequence[Edge]) -> None:
    """Note at every crossing in which directions the main lines run into it, so that later cuts carry them on."""
    at: dict[Node, list[Edge]] = {}
    for a, b in every:
        if mesh.road(a, b) is not None:
            at.setdefault(a, []).append((b, a))
            at.setdefault(b, []).append((a, b))
    for node in sorted(node for node, there in at.items() if len(there) > 2):
        for a, b in at[node]:
            mesh.meet(a, b)


def area_m2(ring: Sequence[Node]) -> float:
    """Area of a ring, square metres."""
    return float(shapely.Polygon(to_metres(ring)).area)
