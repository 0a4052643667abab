"""Which faces do shapes and lines cut the ground into, and which shapes lie over each?

Exact on whole lattice steps: where edges cross becomes a node (`geo.settling`), faces are what noded edges go round,
and what lies over a face is told from the outside: whether a shape does changes at each edge that its rings pass an odd
number of times. No overlay, and no point is asked where it lies. Shapes may overlap, and be faulty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from geo.lattice import Keys, directed_edges, keys, steps_of, to_degrees, to_steps, uncancelled
from geo.model import Ground
from geo.noding import Net, NodingUnsettledError
from geo.rings import are_sound
from geo.settling import settled

MAX_ROUNDS = 8
OUTSIDE = -1
"""The number of the face that has no bound."""
Over = frozenset[int]


@dataclass(frozen=True, slots=True)
class Face:
    """A piece of ground on the lattice, in one part, and the numbers of the shapes that lie over it."""

    shape: Polygon
    over: Over


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Shapes and lines led through every node they gained (the same objects where they gained none), and every bounded
    face between them, in an order that no order of the shapes changes."""

    shapes: list[Ground]
    lines: list[LineString]
    faces: list[Face]

    @classmethod
    def of(cls, shapes: Sequence[Ground], lines: Sequence[LineString] = ()) -> "Arrangement":
        """Of shapes and lines on the lattice. A line that ends in a face does not divide it.

        Raises NodingUnsettledError.
        """
        if not shapes and not lines:
            return cls([], [], [])
        for _ in range(MAX_ROUNDS):
            net = settled(Net.of(shapes, lines), may_touch=True)
            faces = _faces(net)
            led, lines = net.shapes(shapes), net.lines(lines)
            if not (spoiled := _spoiled(led, shapes)):
                return cls(led, lines, faces)
            # a ring laid against itself: its faces have other rings, and these may lack nodes
            shapes = [joined(_under(faces, n), one) if n in spoiled else one for n, one in enumerate(led)]
        raise NodingUnsettledError(f"rings still lie against themselves after {MAX_ROUNDS} rounds")

    @classmethod
    def noded(cls, shapes: Sequence[Ground], lines: Sequence[LineString] = ()) -> "Arrangement":
        """The same of shapes and lines that have every node where they meet each other."""
        return cls([*shapes], [*lines], _faces(Net.of(shapes, lines)))

    def over(self, number: int) -> list[Polygon]:
        """The faces that a shape lies over."""
        return _under(self.faces, number)


def joined(faces: Sequence[Polygon], like: Ground | None = None) -> Ground:
    """The ground of faces that share none, together: the edges that two of them share cancel. Empty for no faces.

    Rings begin and turn as those of `like` do that have their first node, and come in its order.
    """
    start, end, _ = directed_edges(faces)
    low, high, sign = uncancelled(start, end, np.ones(len(start), dtype=np.int64))
    upward = {
        edge: way > 0 for edge, way in zip(zip(low.tolist(), high.tolist(), strict=True), sign.tolist(), strict=True)
    }
    ground = [part for part in _polygons(np.column_stack([low, high])) if _is_left(part, upward)]
    together = ground[0] if len(ground) == 1 else shapely.MultiPolygon(ground) if ground else Polygon()
    return together if like is None or together.is_empty else begun_like(together, like)


def _is_left(part: Polygon, upward: Mapping[tuple[int, int], bool]) -> bool:
    """Whether a part lies on the left of its first edge: `upward` tells which edges go from their lower to their higher
    node."""
    start, end, _ = (column[0] for column in directed_edges([part]))
    return upward[int(min(start, end)), int(max(start, end))] == bool(start < end)


def begun_like(shape: Ground, like: Ground) -> Ground:
    """The same ground, its rings and parts begun, turned and put in order as those of `like` they share edges with."""
    models = [
        (place > 0, _nodes(ring))
        for part in shapely.get_parts(like)
        for place, ring in enumerate((part.exterior, *part.interiors))
    ]
    parts = []
    for part in shapely.get_parts(shape):
        shell = _begun(_nodes(part.exterior), models, is_hole=False)
        holes = sorted((_begun(_nodes(ring), models, is_hole=True) for ring in part.interiors), key=lambda one: one[0])
        drawn = [to_degrees(steps_of(np.array(nodes, dtype=np.uint64))) for _, nodes in (shell, *holes)]
        parts.append((shell[0], Polygon(drawn[0], drawn[1:])))
    ordered = [part for _, part in sorted(parts, key=lambda one: one[0])]
    return ordered[0] if len(ordered) == 1 else shapely.MultiPolygon(ordered)


def _begun(ring: list[int], models: Sequence[tuple[bool, list[int]]], is_hole: bool) -> tuple[int, list[int]]:
    """The number of the first ring of its kind that this one shares an edge with, and this one begun and turned so."""
    after = dict(pairwise(ring))
    for number, (kind, model) in enumerate(models):
        if kind is not is_hole:
            continue
        for start, end in pairwise(model):
            turned = ring if after.get(start) == end else ring[::-1] if after.get(end) == start else None
            if turned is not None:
                at = turned.index(start)
                return number, [*turned[at:-1], *turned[: at + 1]]
    return len(models), ring


def _nodes(ring: shapely.LinearRing) -> list[int]:
    """The keys of a ring's nodes, the first one again at the end."""
    return [*keys(to_steps(shapely.get_coordinates(ring))).tolist()]


def _polygons(edges: Keys) -> list[Polygon]:
    """What noded edges (n, 2) go round: bounded faces, the one with the lowest edge first."""
    if len(edges) == 0:
        return []
    corner = steps_of(edges.ravel()).min(axis=0)
    ends = steps_of(edges.ravel()) - corner
    lines = shapely.linestrings(ends.reshape(-1, 2, 2).astype(np.float64))
    found = shapely.get_parts(shapely.polygonize(lines))
    found = shapely.transform(found, lambda xy: to_degrees(np.rint(xy).astype(np.int64) + corner))
    start, end, face = directed_edges(found)
    order = np.lexsort((end, start))
    first = np.unique(face[order], return_index=True)[1]
    return [found[n] for n in np.argsort(first).tolist()]


@dataclass(frozen=True, slots=True)
class _Borders:
    """The edges of faces: the product of the numbers of their lower and higher node in `nodes`, in order; and the faces
    on the left and on the right of one who goes from the lower to the higher."""

    nodes: Keys
    number: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]

    @classmethod
    def of(cls, polygons: Sequence[Polygon]) -> "_Borders":
        start, end, face = directed_edges(polygons)
        nodes = np.unique(start)
        packed = _packed(start, end, nodes)
        number = np.unique(packed)
        left, right = np.full((2, len(number)), OUTSIDE)
        place, up = np.searchsorted(number, packed), start < end
        left[place[up]], right[place[~up]] = face[up], face[~up]
        return cls(nodes, number, left, right)

    def passes(self, net: Net) -> dict[int, set[int]]:
        """By edge: the shapes whose rings pass along it an odd number of times, which no line does."""
        start, end, shape = net.node, net.following, net.shape
        there = (start != end) & np.isin(start, self.nodes) & np.isin(end, self.nodes)
        packed = _packed(start[there], end[there], self.nodes)
        place = np.minimum(np.searchsorted(self.number, packed), len(self.number) - 1)
        known = self.number[place] == packed
        pair, times = np.unique(place[known] * len(net.part_shape) + shape[there][known], return_counts=True)
        edges, shapes = np.divmod(pair[times % 2 == 1], len(net.part_shape))
        found: dict[int, set[int]] = {}
        for edge, one in zip(edges.tolist(), shapes.tolist(), strict=True):
            found.setdefault(edge, set()).add(one)
        return found

    def beside(self) -> dict[int, list[tuple[int, int]]]:
        """From each face to those beside it, by one edge each: (face, edge)."""
        apart = np.flatnonzero(self.left != self.right)
        pairs = np.column_stack([self.left[apart], self.right[apart]])
        first = apart[np.unique(pairs, axis=0, return_index=True)[1]]
        found: dict[int, list[tuple[int, int]]] = {}
        for edge, left, right in zip(
            first.tolist(), self.left[first].tolist(), self.right[first].tolist(), strict=True
        ):
            found.setdefault(right, []).append((left, edge))
            found.setdefault(left, []).append((right, edge))
        return found


def _over(polygons: Sequence[Polygon], net: Net) -> list[Over]:
    """Which shapes go round each face an odd number of times, told from the outside from face to face."""
    if not polygons:
        return []
    borders = _Borders.of(polygons)
    passes, beside = borders.passes(net), borders.beside()
    over: dict[int, Over] = {OUTSIDE: Over()}
    open_ = [OUTSIDE]
    while open_:
        here = open_.pop()
        for there, edge in beside[here]:
            if there not in over:
                over[there] = over[here] ^ passes.get(edge, Over())
                open_.append(there)
    return [over[n] for n in range(len(polygons))]


def _faces(net: Net) -> list[Face]:
    polygons = _polygons(net.edges())
    return [Face(*pair) for pair in zip(polygons, _over(polygons, net), strict=True)]


def _under(faces: Sequence[Face], number: int) -> list[Polygon]:
    return [face.shape for face in faces if number in face.over]


def _spoiled(after: Sequence[Ground], before: Sequence[Ground]) -> set[int]:
    """The numbers of shapes that new nodes made unsound."""
    changed = [n for n, (new, old) in enumerate(zip(after, before, strict=True)) if new is not old]
    sound = are_sound(np.array([after[n] for n in changed], dtype=object)) if changed else ()
    return {n for n, good in zip(changed, sound, strict=True) if not good}


def _packed(start: Keys, end: Keys, nodes: Keys) -> NDArray[np.int64]:
    """One number for an edge, either way: the product of the numbers of its nodes."""
    one, other = np.searchsorted(nodes, start), np.searchsorted(nodes, end)
    return np.asarray(np.minimum(one, other) * len(nodes) + np.maximum(one, other), dtype=np.int64)
