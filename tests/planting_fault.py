"""What is a planted fault, and how is ground bitten out of a shape?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

import numpy as np
import shapely
from planting_arithmetic import Loop, Node, area, edges_of, off, shoelace2
from planting_source import Change, Edge, Ring, Shape, Source, in_steps

from geo.model import Rule

Chance: TypeAlias = np.random.Generator
NODE = frozenset({Rule.NODE_UNMATCHED})
THIN = frozenset({Rule.SLIVER, Rule.NODE_UNMATCHED})
"""What comes along with ground that is thin."""
LONGEST = 12
"""Edges of the longest run that is moved on one side."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One planted fault.

    `lost` and `doubled` are the ground that no grid has, or one too many: loops in steps, counter-clockwise where the
    ground is. `claimed`: ground that two regions' outlines have.
    `rules` are those that may tell it. `codes` are named by each such finding, or one of them is. `involved` are
    the shapes the fault is about: a second fault keeps off them. `companions` may come along, at the place only.
    """

    change: Change
    rules: frozenset[Rule]
    involved: frozenset[str]
    codes: frozenset[str] = frozenset()
    lost: tuple[Loop, ...] = ()
    doubled: tuple[Loop, ...] = ()
    claimed: tuple[Loop, ...] = ()
    mixed: bool = False
    """Whether the loops cross: what is lost and doubled is then what they wind round together."""
    nodes: tuple[Node, ...] = ()
    blind: frozenset[str] = frozenset()
    """Regions of whose ground nothing can be said."""
    things: Mapping[str, object] = field(default_factory=dict)
    """What is known of a building, a count or a code at fault, by the name the judge asks for."""
    companions: frozenset[Rule] = frozenset()
    kind: str = ""

    @property
    def loops(self) -> tuple[Loop, ...]:
        return (*self.lost, *self.doubled, *self.claimed)

    @cached_property
    def size(self) -> Fraction:
        """Steps squared."""
        return off(edges_of(self.loops)) if self.mixed else abs(area(self.loops))


Planter: TypeAlias = Callable[[Source, Chance, Sequence[str]], Fault | None]
"""Plants a fault about one of some grids; None where this chance gives none."""


@dataclass(frozen=True)
class Run:
    """A run of edges of one ring: the nodes along it, ground to their left, and where it lies in the shape."""

    nodes: tuple[Node, ...]
    part: int
    ring: int
    start: int

    @property
    def edge(self) -> Edge:
        """From its first node to its second."""
        return self.nodes[0], self.nodes[1]

    @property
    def other_side(self) -> Edge:
        return self.nodes[1], self.nodes[0]


def runs(shape: Shape, fits: Callable[[Edge], bool], chance: Chance, most: int) -> Run | None:
    """A random run of 1 to `most` edges that all fit, leaving at least one edge of the ring; None where none does."""
    places = [(p, r, k) for p, part in enumerate(shape) for r, ring in enumerate(part) for k in range(len(ring))]
    edges = {place: edge_at(shape, *place) for place in places}
    fitting = [place for place in places if fits(edges[place])]
    if not fitting:
        return None
    part, ring, start = fitting[int(chance.integers(len(fitting)))]
    around = shape[part][ring]
    nodes = [around[start], around[(start + 1) % len(around)]]
    wanted = min(int(chance.integers(1, most + 1)), len(around) - 2)
    while len(nodes) <= wanted and fits(edge_at(shape, part, ring, (start + len(nodes) - 1) % len(around))):
        nodes.append(around[(start + len(nodes)) % len(around)])
    return Run(tuple(nodes), part, ring, start)


def edge_at(shape: Shape, part: int, ring: int, number: int) -> Edge:
    around = shape[part][ring]
    return around[number], around[(number + 1) % len(around)]


def replaced(shape: Shape, run: Run, inner: Sequence[Node]) -> Shape:
    """The shape with other nodes between the ends of the run."""
    around = shape[run.part][run.ring]
    gone = {(run.start + k) % len(around) for k in range(1, len(run.nodes) - 1)}
    first = (run.start + len(run.nodes) - 1) % len(around)
    kept = [around[(first + k) % len(around)] for k in range(len(around) - len(gone))]
    return with_ring(shape, run.part, run.ring, (*kept, *inner))


def with_ring(shape: Shape, part: int, ring: int, nodes: Ring) -> Shape:
    parts = [list(rings) for rings in shape]
    parts[part][ring] = nodes
    return tuple(tuple(rings) for rings in parts)


def reversed_run(shape: Shape, nodes: Sequence[Node]) -> Run | None:
    """The run of a neighbour along the same nodes, the other way; None where it is not one run of one ring there."""
    back = tuple(reversed(nodes))
    for p, part in enumerate(shape):
        for r, ring in enumerate(part):
            if back[0] in ring:
                start = ring.index(back[0])
                if tuple(ring[(start + k) % len(ring)] for k in range(len(back))) == back:
                    return Run(back, p, r, start)
    return None


def bite(shape: Shape, run: Run, chance: Chance) -> tuple[Node, ...] | None:
    """New nodes instead of a run's inner ones, so that a piece of ground is bitten out of the shape.

    From a step deep to half of the shape, a triangle, a piece with two corners, a chord, or the run moved inwards as
    a strip. None where the rest would not be a valid shape.
    """
    whole = in_steps(shape)
    for _ in range(12):
        inner = _path(run, _depth(whole, chance), chance)
        loop = (*run.nodes, *reversed(inner))
        if len({*loop}) < len(loop) or len(loop) < 3 or shoelace2(loop) <= 0:
            continue
        piece, rest = shapely.Polygon(loop), in_steps(replaced(shape, run, inner))
        if piece.is_valid and rest.is_valid and whole.covers(piece):
            return inner
    return None


def strip(shape: Shape, run: Run, chance: Chance) -> tuple[Node, ...] | None:
    """The inner nodes of a run (or a new one in a single edge) moved inwards by one to forty steps."""
    whole = in_steps(shape)
    (ax, ay), (bx, by) = run.nodes[0], run.nodes[-1]
    along = np.array([bx - ax, by - ay], dtype=float)
    for _ in range(8):
        depth = float(chance.integers(1, 41))
        inwards = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1.0) * depth
        old = [np.array(n, dtype=float) for n in run.nodes[1:-1]] or [
            np.array([ax, ay]) + along * chance.uniform(0.2, 0.8)
        ]
        inner = tuple((round(x), round(y)) for x, y in (node + inwards for node in old))
        loop = (*run.nodes, *reversed(inner))
        if len({*loop}) < len(loop) or shoelace2(loop) <= 0:
            continue
        piece = shapely.Polygon(loop)
        if piece.is_valid and in_steps(replaced(shape, run, inner)).is_valid and whole.covers(piece):
            return inner
    return None


def _depth(whole: shapely.Polygon, chance: Chance) -> float:
    """From a step to most of a shape's size, each size as likely."""
    return float(np.exp(chance.uniform(0, np.log(max(2.0, 0.7 * np.sqrt(whole.area))))))


def _path(run: Run, depth: float, chance: Chance) -> tuple[Node, ...]:
    a, b = np.array(run.nodes[0], dtype=float), np.array(run.nodes[-1], dtype=float)
    along = b - a
    inwards = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1.0) * depth
    form = int(chance.integers(3))
    if form == 0 and len(run.nodes) > 2:
        found = [] if chance.random() < 0.5 else [np.array(node) + inwards for node in run.nodes[1:-1]]
    elif form == 1:
        found = [a + along * share + inwards for share in (chance.uniform(0.1, 0.4), chance.uniform(0.6, 0.9))]
    else:
        found = [a + along * chance.uniform(0.2, 0.8) + inwards]
    return tuple((round(float(x)), round(float(y))) for x, y in found)
