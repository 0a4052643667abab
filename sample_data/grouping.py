"""Which cells make up a street? Neighbours, of about equal weight, rather parted by a river than by a lane."""

import math
from collections.abc import Mapping, Sequence

from sample_data.mesh import Mesh, Ring, edges

_BARRIERS = frozenset({"river", "railway", "motorway", "trunk"})
_ANGLES = 16
"""Directions in which a halving line is tried."""


def borders(mesh: Mesh, cells: Sequence[Ring], barrier: Mapping[int, bool]) -> dict[tuple[int, int], float]:
    """Lattice steps of border between each two cells; along barriers they count a fifth."""
    owner = {edge: k for k, ring in enumerate(cells) for edge in edges(ring)}
    shared: dict[tuple[int, int], float] = {}
    for (a, b), k in owner.items():
        other = owner.get((b, a))
        if other is not None and k < other:
            road = mesh.road(a, b)
            length = math.dist(a, b) * (0.2 if road is not None and barrier[road] else 1.0)
            shared[k, other] = shared.get((k, other), 0.0) + length
    return shared


def is_barrier(category: str) -> bool:
    return category in _BARRIERS


def parted(
    members: Sequence[int],
    count: int,
    weight: Mapping[int, float],
    middle: Mapping[int, tuple[float, float]],
    border: Mapping[tuple[int, int], float],
) -> list[list[int]]:
    """The members in `count` connected groups, halved again and again."""
    if count == 1:
        return [sorted(members)]
    few = count // 2
    _, one, other = min(_halvings(members, few / count, weight, middle, border))
    return [*parted(one, few, weight, middle, border), *parted(other, count - few, weight, middle, border)]


def _halvings(
    members: Sequence[int],
    share: float,
    weight: Mapping[int, float],
    middle: Mapping[int, tuple[float, float]],
    border: Mapping[tuple[int, int], float],
) -> list[tuple[float, list[int], list[int]]]:
    total = sum(weight[k] for k in members)
    border = {pair: length for pair, length in border.items() if set(pair) <= set(members)}
    near: dict[int, set[int]] = {k: set() for k in members}
    for a, b in border:
        near[a].add(b)
        near[b].add(a)
    whole = sum(border.values()) / math.sqrt(max(1, len(border)))
    found = []
    for turn in range(2 * _ANGLES):
        angle = math.pi * turn / _ANGLES
        swept = sorted(members, key=lambda k: middle[k][0] * math.cos(angle) + middle[k][1] * math.sin(angle))
        for n in range(1, len(swept)):
            one, other = swept[:n], swept[n:]
            off = abs(sum(weight[k] for k in one) / total - share) / min(share, 1 - share)
            if off < 0.6 and _connected(one, near) and _connected(other, near):
                cut = sum(length for (a, b), length in border.items() if (a in one) != (b in one))
                found.append((off * 1.5 + cut / whole, one, other))
    return found


def _connected(members: Sequence[int], near: Mapping[int, set[int]]) -> bool:
    todo, left = [members[0]], set(members[1:])
    while todo:
        reached = near[todo.pop()] & left
        left -= reached
        todo += sorted(reached)
    return not left
