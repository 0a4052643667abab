"""How are nodes and rings put wrong: moved, on one side only, shifted, crossing?"""

from collections.abc import Sequence

import numpy as np
import shapely
from planting_arithmetic import Node, side, size
from planting_fault import NODE, THIN, Chance, Fault, replaced, runs, with_ring
from planting_source import Change, Edge, Source, chosen, in_steps, rings_of

from geo.model import Rule


def moved(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """One node of one grid a single step aside; its neighbours keep theirs."""
    return _moved(source, chance, chosen(codes, chance), [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1)])


def moved_far(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """One node of one grid two steps to 50 m aside."""
    far = np.exp(chance.uniform(np.log(2), np.log(5000), 8))
    turn = chance.uniform(0, 2 * np.pi, 8)
    aside = [(round(float(d * np.cos(t))), round(float(d * np.sin(t)))) for d, t in zip(far, turn, strict=True)]
    return _moved(source, chance, chosen(codes, chance), aside)


def _moved(source: Source, chance: Chance, code: str, ways: Sequence[tuple[int, int]]) -> Fault | None:
    shape = source.grids[code]
    places = [(p, r, k) for p, part in enumerate(shape) for r, ring in enumerate(part) for k in range(len(ring))]
    part, number, k = chosen(places, chance)
    ring = shape[part][number]
    node, (dx, dy) = ring[k], chosen(ways, chance)
    new = (node[0] + dx, node[1] + dy)
    if new in ring or new == node or sum(r.count(node) for r in rings_of(shape)) > 1:
        return None
    after = with_ring(shape, part, number, (*ring[:k], new, *ring[k + 1 :]))
    if not in_steps(after).is_valid:
        return None
    before, behind = ring[k - 1], ring[(k + 1) % len(ring)]
    beyond = {n for n in source.near(shapely.Polygon([before, node, behind, new])) if n != code}
    return Fault(
        change=Change(grids={code: after}),
        rules=frozenset({Rule.GAP, Rule.OVERLAP, Rule.SPILL}) | NODE,
        involved=frozenset({code, *beyond}),
        lost=((before, node, behind, new),),
        mixed=True,
        nodes=(node, new),
        companions=THIN,
    )


def node_one_side(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A node more within half a step of an edge, in one of its two shapes only: no ground, or a hair of it."""
    code = chosen(codes, chance)
    shape = source.grids[code]
    run = runs(shape, _long, chance, 1)
    if run is None:
        return None
    (ax, ay), (bx, by) = run.nodes
    share = chance.uniform(0.1, 0.9)
    node = (round(ax + (bx - ax) * share), round(ay + (by - ay) * share))
    after = replaced(shape, run, (node,))
    if node in run.nodes or not in_steps(after).is_valid:
        return None
    return Fault(
        change=Change(grids={code: after}),
        rules=NODE,
        involved=frozenset({code, *source.neighbours[code]} & {code, source.grid_at.get(run.other_side, code)}),
        codes=frozenset({code}),
        lost=((*run.nodes, node),),
        nodes=(node,),
        companions=THIN,
    )


def _long(edge: Edge) -> bool:
    (ax, ay), (bx, by) = edge
    return size(bx - ax) > 4 or size(by - ay) > 4


def shifted(source: Source, chance: Chance, codes: Sequence[str]) -> Fault:
    """A whole grid drawn three steps to 20 m aside."""
    code = chosen(codes, chance)
    far, turn = np.exp(chance.uniform(np.log(3), np.log(2000))), chance.uniform(0, 2 * np.pi)
    dx, dy = round(float(far * np.cos(turn))), round(float(far * np.sin(turn)))
    shape = source.grids[code]
    after = tuple(tuple(tuple((x + dx, y + dy) for x, y in ring) for ring in part) for part in shape)
    return Fault(
        change=Change(grids={code: after}),
        rules=frozenset({Rule.GAP, Rule.OVERLAP, Rule.SPILL}),
        involved=frozenset({code, *source.neighbours[code]}),
        lost=(*rings_of(shape), *(ring[::-1] for ring in rings_of(after))),
        mixed=True,
        companions=THIN,
    )


def bow_tie(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """Two neighbouring nodes of a ring in the wrong order, so that it crosses itself."""
    code = chosen(codes, chance)
    shape = source.grids[code]
    ring = shape[0][0]
    for _ in range(20):
        reach = int(chance.integers(2, max(3, len(ring) // 2)))
        k = int(chance.integers(len(ring)))
        around = ring[k:] + ring[:k]
        after = around[:1] + around[reach:0:-1] + around[reach + 1 :]
        a, b, c, d = around[0], after[1], after[reach], around[(reach + 1) % len(ring)]
        if _cross(a, b, c, d) and not in_steps(((after, *shape[0][1:]), *shape[1:])).is_valid:
            return Fault(
                change=Change(grids={code: ((after, *shape[0][1:]), *shape[1:])}),
                rules=frozenset({Rule.RING_INVALID}),
                involved=frozenset({code, *source.members[source.region_of[code]]}),
                codes=frozenset({code}),
                blind=frozenset({source.region_of[code]}),
                things={"ring": after},
            )
    return None


def _cross(a: Node, b: Node, c: Node, d: Node) -> bool:
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
