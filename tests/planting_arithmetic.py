"""How much ground do directed edges enclose, in whole numbers, and how many square metres is that?

The judge's own arithmetic: Python's integers and fractions, nothing of the code under test and no geometry library.
Ground is told by closed loops of directed edges, in lattice steps: it lies where they wind round, counter-clockwise
once for +1, clockwise for -1. What cancels edge by edge costs nothing; the rest is cut into upright slabs.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import TypeAlias

Number: TypeAlias = int | Fraction
Node: TypeAlias = tuple[Number, Number]
Loop: TypeAlias = Sequence[Node]
"""A closed line through nodes; the first is not told again at the end."""
Edges: TypeAlias = Counter[tuple[Node, Node]]
"""Directed edges and how often each is passed; an edge and its reverse never both."""
Slab: TypeAlias = tuple[Number, Number, list[tuple[Number, Number, int]]]
"""West and east of it; the edges across it from south to north: y in the west, y in the east, turn."""

EQUATOR_M = 6_378_137
FLATTENING = 1 / 298.257_223_563
"""WGS-84 (NIMA TR8350.2)."""
STEPS = 10_000_000
"""Lattice steps in a degree."""
MOST_EARS = 12


def edges_of(loops: Iterable[Loop], weight: int = 1) -> Edges:
    """The loops' edges, those of opposite direction cancelled."""
    total: Edges = Counter()
    for loop in loops:
        for a, b in pairwise([*loop, loop[0]]):
            add(total, a, b, weight)
    return total


def add(total: Edges, a: Node, b: Node, weight: int) -> None:
    """One edge more, `weight` times; what then cancels is forgotten."""
    if a == b or weight == 0:
        return
    if a > b:
        a, b, weight = b, a, -weight
    left = total[a, b] + weight
    if left:
        total[a, b] = left
    else:
        del total[a, b]


def joined(*parts: tuple[Edges, int]) -> Edges:
    """Edges of several sets together, each taken so many times."""
    total: Edges = Counter()
    for edges, weight in parts:
        for (a, b), count in edges.items():
            add(total, a, b, weight * count)
    return total


def shoelace2(loop: Loop) -> Number:
    """Twice the signed area of a loop, steps squared."""
    return sum((a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*loop, loop[0]])), 0)


def enclosed(edges: Edges) -> tuple[Fraction, Fraction]:
    """Ground wound round in the positive and in the negative sense, each as often as it is; steps squared."""
    over, under = Fraction(0), Fraction(0)
    for west, east, lines in slabs(edges):
        turns = 0
        for (low_w, low_e, turn), (high_w, high_e, _) in pairwise(lines):
            turns += turn
            if turns:
                ground = Fraction((high_w - low_w + high_e - low_e) * (east - west) * abs(turns), 2)
                over, under = (over + ground, under) if turns > 0 else (over, under + ground)
    return over, under


def off(edges: Edges) -> Fraction:
    """All ground that the edges wind round, whichever way, steps squared; 0 for edges that enclose none."""
    return sum(enclosed(edges), Fraction(0))


def inner_point(loops: Sequence[Loop], *, mixed: bool = False) -> Node | None:
    """A place inside the ground that loops wind round, exactly; None where there is none. `mixed`: they may cross."""
    found = _in_ear(loops[0]) if len(loops) == 1 and not mixed else None
    return found or _in_slab(edges_of(loops))


def _in_ear(loop: Loop) -> Node | None:
    """The middle of the largest corner of a loop that no other node lies in."""
    corners = [(loop[k - 1], loop[k], loop[(k + 1) % len(loop)]) for k in range(len(loop))]
    corners = sorted((c for c in corners if side(*c) > 0), key=lambda c: -side(*c))
    for a, v, b in corners[:MOST_EARS]:
        inside = (p for p in loop if p not in (a, v, b))
        if not any(side(a, v, p) >= 0 and side(v, b, p) >= 0 and side(b, a, p) >= 0 for p in inside):
            return Fraction(a[0] + v[0] + b[0], 3), Fraction(a[1] + v[1] + b[1], 3)
    return None


def _in_slab(edges: Edges) -> Node | None:
    """The middle of the largest piece of a slab."""
    best: Number = 0
    place: Node | None = None
    for west, east, lines in slabs(edges):
        turns = 0
        for (low_w, low_e, turn), (high_w, high_e, _) in pairwise(lines):
            turns += turn
            size = (high_w - low_w + high_e - low_e) * (east - west)
            if turns and size > best:
                best = size
                place = (Fraction(west + east, 2), Fraction(low_w + low_e + high_w + high_e, 4))
    return place


def shared(one: Edges, other: Edges) -> Fraction:
    """Ground that two shapes have in common, steps squared."""
    return (off(one) + off(other) - off(joined((one, 1), (other, -1)))) / 2


def area(loops: Iterable[Loop]) -> Fraction:
    """Ground within loops that do not cross, holes the other way round; steps squared."""
    return Fraction(sum((shoelace2(loop) for loop in loops), 0)) / 2


def square_metres(loops: Sequence[Loop]) -> float:
    """The same at the latitude of its middle, where the scale of all its parts is in balance."""
    if not loops:
        return 0.0
    x0, y0 = loops[0][0]
    twice, moment = 0.0, 0.0
    for loop in loops:
        for a, b in pairwise([*loop, loop[0]]):
            cross = float((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0))
            twice += cross
            moment += cross * float(a[1] + b[1] - 2 * y0)
    return float(area(loops)) * step_m2(y0 + Fraction(moment / (3 * twice))) if twice else 0.0


def turns_round(edges: Edges, place: Node) -> int:
    """How often the edges wind round a place that lies on none of them."""
    x, y = place
    turns = 0
    for ((ax, ay), (bx, by)), count in edges.items():
        if (ax <= x) != (bx <= x):
            side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
            if ax < bx and side > 0:
                turns += count
            elif ax > bx and side < 0:
                turns -= count
    return turns


def slabs(edges: Edges) -> Iterator[Slab]:
    """The plane cut upright at every node and crossing; within a slab no two edges cross."""
    lines = [(a, b, count) if a < b else (b, a, -count) for (a, b), count in edges.items() if a[0] != b[0]]
    cuts = sorted({x for a, b, _ in lines for x in (a[0], b[0])} | {x for x, _ in crossings([e[:2] for e in lines])})
    lines.sort(key=lambda line: line[0][0])
    waiting, active = 0, list[tuple[Node, Node, int]]()
    for west, east in pairwise(cuts):
        while waiting < len(lines) and lines[waiting][0][0] <= west:
            active.append(lines[waiting])
            waiting += 1
        active = [line for line in active if line[1][0] > west]
        across = [(_height(a, b, west), _height(a, b, east), count) for a, b, count in active]
        yield west, east, sorted(across, key=lambda line: line[0] + line[1])


def crossings(edges: Sequence[tuple[Node, Node]]) -> Iterator[Node]:
    """Where two of the edges cross inside both."""
    for (a, b), (c, d) in combinations(sorted(edges), 2):
        if c[0] >= b[0] and c[0] >= a[0]:
            continue
        if max(c[1], d[1]) <= min(a[1], b[1]) or max(a[1], b[1]) <= min(c[1], d[1]):
            continue
        at_c, at_d = side(a, b, c), side(a, b, d)
        if at_c * at_d < 0 and side(c, d, a) * side(c, d, b) < 0:
            share = Fraction(at_c, at_c - at_d)
            yield c[0] + share * (d[0] - c[0]), c[1] + share * (d[1] - c[1])


def side(a: Node, b: Node, p: Node) -> Number:
    """Above 0 where p lies to the left of a-b, below 0 to the right; twice the area of the triangle."""
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def passes(a: Node, b: Node, p: Node) -> bool:
    """Whether the edge a-b meets the square of one step round p, with p between its ends."""
    if p in (a, b) or not all(min(a[k], b[k]) <= p[k] <= max(a[k], b[k]) for k in (0, 1)):
        return False
    return 2 * size(side(a, b, p)) <= size(b[0] - a[0]) + size(b[1] - a[1])


def size(value: Number) -> Number:
    """Without its sign."""
    return value if value >= 0 else -value


def step_m2(lat_steps: Number) -> float:
    """Square metres of one step squared at a latitude: radii of curvature along the parallel and the meridian."""
    phi = math.radians(float(lat_steps) / STEPS)
    squeeze = FLATTENING * (2 - FLATTENING)
    bend = 1 - squeeze * math.sin(phi) ** 2
    parallel, meridian = EQUATOR_M / math.sqrt(bend) * math.cos(phi), EQUATOR_M * (1 - squeeze) / bend**1.5
    return float(parallel * meridian * math.radians(1 / STEPS) ** 2)


def _height(a: Node, b: Node, x: Number) -> Number:
    if x == a[0]:
        return a[1]
    if x == b[0]:
        return b[1]
    return a[1] + Fraction((b[1] - a[1]) * (x - a[0]), b[0] - a[0])
