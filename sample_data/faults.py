"""Which faults are planted in the small plan, one at a time, each exactly where it is said to be?

Every function takes the sound plan and leaves one fault in it. New nodes are put on both sides of a border, unless the
fault is that one side lacks them.
"""

import math
from collections.abc import Sequence

import shapely

from sample_data.frame import SCALE, Node, to_metres
from sample_data.mesh import Ring, outlines
from sample_data.mini import STREET, B, House, Mini, corner, side

PINHOLE_STEPS = 10
"""1e-6 degree in lattice steps."""
SLIVER_M = 0.05
BITE_M = 9.0
SPIKE_M = 60.0
NEEDLE_M = 4.0
CUT_M = 18.0
"""Legs of the triangle cut off a corner; its long side stays 12.7 m from the corner, clear of the buildings."""


def ring_invalid(mini: Mini) -> None:
    """The middle grid is a park, with two corners in the wrong order: a bow-tie."""
    r, c = 1, 1
    mini.clear(mini.code((r, c)))
    mini.grids[mini.code((r, c))] = [corner((r, c)), corner((r + 1, c + 1)), corner((r, c + 1)), corner((r + 1, c))]


def gap_inside(mini: Mini) -> None:
    """The middle grid lacks its south-west corner, which four grids share."""
    _corner_cut(mini, CUT_M)


def gap_pinhole(mini: Mini) -> None:
    """As `gap_inside`, 1e-6 degree long."""
    _corner_cut(mini, PINHOLE_STEPS * float(SCALE[0]))


def gap_edge(mini: Mini) -> None:
    """The south-western grid lacks its outer corner; the community does not."""
    code, at = mini.code((0, 0)), corner((0, 0))
    for end in (side((0, 0), (0, 1))[1], side((0, 0), (1, 0))[1]):
        node = _towards(at, end, CUT_M)
        _insert([mini.grids[code], *mini.communities.values()], at, end, node)
    mini.grids[code].remove(at)


def gap_missing_grid(mini: Mini) -> None:
    """The middle grid is not there; its buildings neither, so that only ground is without an owner."""
    code = mini.code((1, 1))
    del mini.grids[code], mini.houses[code]


def overlap(mini: Mini) -> None:
    """The middle grid takes 9 m of its western neighbour."""
    _bite(mini, BITE_M, 0.25)


def overlap_sliver(mini: Mini) -> None:
    """The middle grid takes 5 cm of its western neighbour."""
    _bite(mini, SLIVER_M, 0.08)


def duplicate(mini: Mini) -> None:
    """The middle grid, a park, is there a second time, under the community's next code."""
    middle = mini.code((1, 1))
    last = max(code for code in mini.grids if not code.startswith(B))
    again = f"{last[:12]}{int(last[12:]) + 1:02d}"
    mini.clear(middle)
    mini.parks.add(again)
    mini.grids[again] = list(mini.grids[middle])
    mini.grids = dict(sorted(mini.grids.items()))


def spill(mini: Mini) -> None:
    """The south-western grid reaches 9 m beyond the community's southern edge, where no other community is."""
    a, b = side((0, 0), (0, 1))[:2]
    _bulge(mini, mini.grids[mini.code((0, 0))], a, b, BITE_M, 0.25)


def node_unmatched_slanted(mini: Mini) -> None:
    """A node exactly on a slanted side of the middle grid that its southern neighbour lacks; no ground is moved."""
    a, b = side((1, 1), (1, 2))[1:]
    _insert([mini.grids[mini.code((1, 1))]], a, b, _on_edge(a, b))


def node_unmatched_axis(mini: Mini) -> None:
    """A node exactly on the side that runs north, in one of its two grids only."""
    a, b = side((0, 1), (1, 1))
    _insert([mini.grids[mini.code((0, 1))]], a, b, (a[0], (a[1] + b[1]) // 2))


def vertex_moved(mini: Mini) -> None:
    """The bend of the middle grid's southern side lies 1e-7 degree further north than in the neighbour's ring."""
    bend = side((1, 1), (1, 2))[1]
    grid = mini.grids[mini.code((1, 1))]
    grid[grid.index(bend)] = (bend[0], bend[1] + 1)


def building_unassigned(mini: Mini) -> None:
    """A building with 12 households stands 30 m south of everything."""
    x, y = to_metres([corner((0, 1))])[0]
    mini.astray.append(House("B000901", shapely.box(x - 20, y - 45, x + 20, y - 33), 12, 6))


def building_split(mini: Mini) -> None:
    """A building stands across the side that runs north, 10 m of it to the east and 6 m to the west."""
    x, y = to_metres(side((0, 1), (1, 1))).mean(axis=0)
    mini.astray.append(House("B000902", shapely.box(x - 6, y - 7, x + 10, y + 7), 12, 6))


def households_low(mini: Mini) -> None:
    """The middle grid's buildings hold 180 households."""
    _refill(mini, 180)


def households_high(mini: Mini) -> None:
    """The middle grid's buildings hold 640 households."""
    _refill(mini, 640)


def unassigned(mini: Mini) -> None:
    """The outline that came with the street reaches 9 m further south than its communities."""
    _street(mini, BITE_M)


def outside_parent(mini: Mini) -> None:
    """The outline that came with the street lies 9 m north of the southern edge of its communities."""
    _street(mini, -BITE_M)


def spike(mini: Mini) -> None:
    """The south-western grid and its community run 60 m out to the south and back, 40 cm beside."""
    a, b = side((0, 0), (0, 1))[:2]
    first = _part(a, b, 0.5)
    rings = [mini.grids[mini.code((0, 0))], *mini.communities.values()]
    _finger(rings, (a, first, b), 0.4, [(0.0, -SPIKE_M)])


def needle(mini: Mini) -> None:
    """The middle grid has a strip of its western neighbour, a park, 70 m long and 4 m wide."""
    west = mini.code((1, 0))
    mini.clear(west)
    a, b = side((1, 1), (2, 1))[:2]
    rings = [mini.grids[mini.code((1, 1))], mini.grids[west]]
    _finger(rings, (a, _part(a, b, 0.4), b), NEEDLE_M, [(-70.0, 0.0), (-70.0, NEEDLE_M)])


def _finger(
    rings: Sequence[Ring], edge: tuple[Node, Node, Node], width_m: float, tips_m: Sequence[tuple[float, float]]
) -> None:
    """The edge from a to b leads out at a node of it, over some tips (metres from that node), and comes back beside."""
    a, first, b = edge
    last = _towards(first, b, width_m)
    _insert(rings, a, b, first)
    _insert(rings, first, b, last)
    before = first
    for east, north in tips_m:
        tip = (first[0] + round(east / float(SCALE[0])), first[1] + round(north / float(SCALE[1])))
        _insert(rings, before, last, tip)
        before = tip


def _street(mini: Mini, depth_m: float) -> None:
    mini.upper[STREET] = outlines(mini.communities.values())[0]
    a, b = side((0, 0), (0, 1))[:2]
    _bulge(mini, mini.upper[STREET], a, b, depth_m, 0.25)


def _corner_cut(mini: Mini, leg_m: float) -> None:
    at = corner((1, 1))
    middle = mini.grids[mini.code((1, 1))]
    for end, other in ((side((1, 1), (1, 2))[1], (0, 1)), (side((1, 1), (2, 1))[1], (1, 0))):
        _insert([middle, mini.grids[mini.code(other)]], at, end, _towards(at, end, leg_m))
    middle.remove(at)


def _bite(mini: Mini, depth_m: float, margin: float) -> None:
    a, b = side((1, 1), (2, 1))[:2]
    _bulge(mini, mini.grids[mini.code((1, 1))], b, a, depth_m, margin)


def _bulge(mini: Mini, ring: Ring, a: Node, b: Node, depth_m: float, margin: float) -> None:
    """The ring bulges outward over its edge from a to b, but for a margin at both ends."""
    first, second = _part(a, b, margin), _part(a, b, 1 - margin)
    every = [*mini.grids.values(), *mini.communities.values(), *mini.upper.values()]
    _insert(every, a, b, first)
    _insert(every, first, b, second)
    (x, y), (u, v) = to_metres([a])[0], to_metres([b])[0]
    length = math.hypot(u - x, v - y)
    out = (v - y) / length * depth_m / float(SCALE[0]), -(u - x) / length * depth_m / float(SCALE[1])
    at = ring.index(first) + 1
    ring[at:at] = [(n[0] + round(out[0]), n[1] + round(out[1])) for n in (first, second)]


def _insert(rings: Sequence[Ring], a: Node, b: Node, node: Node) -> None:
    """The node between a and b in every ring that has that edge, either way round."""
    for ring in rings:
        for k, (p, q) in enumerate(zip(ring, [*ring[1:], ring[0]], strict=True)):
            if (p, q) in ((a, b), (b, a)):
                ring.insert(k + 1, node)
                break


def _towards(a: Node, b: Node, metres: float) -> Node:
    (x, y), (u, v) = to_metres([a])[0], to_metres([b])[0]
    return _part(a, b, metres / math.hypot(u - x, v - y))


def _part(a: Node, b: Node, share: float) -> Node:
    """The lattice node nearest to a point of the edge."""
    return round(a[0] + (b[0] - a[0]) * share), round(a[1] + (b[1] - a[1]) * share)


def _on_edge(a: Node, b: Node) -> Node:
    """The lattice node exactly on the edge that is nearest to its middle. Raises ValueError where there is none."""
    steps = math.gcd(b[0] - a[0], b[1] - a[1])
    if steps < 2:
        raise ValueError("no lattice node lies on the edge")
    k = steps // 2
    return a[0] + (b[0] - a[0]) // steps * k, a[1] + (b[1] - a[1]) // steps * k


def _refill(mini: Mini, households: int) -> None:
    houses = mini.houses[mini.code((1, 1))]
    for k, house in enumerate(houses):
        house.households = households * (k + 1) // len(houses) - households * k // len(houses)
        house.levels = max(3, round(house.households / 6))
