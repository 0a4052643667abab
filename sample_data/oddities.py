"""Where are the cases that every district has one of: a tower alone in its grid, an enclave?"""

import math
from collections.abc import Sequence

from sample_data.frame import Node, to_metres
from sample_data.mesh import Ring, outlines
from sample_data.skeleton import area_m2
from sample_data.tree import CommunityDraft, GridDraft
from sample_data.zones import Zone

TOWER = 600
_TOWER_M2 = 14_000.0
_ENCLAVE_M = 900.0
"""Least distance between the two parts of the enclave's community, metres between their grids' middles."""


def tower_host(communities: Sequence[CommunityDraft]) -> GridDraft:
    """The grid out of which the tower's ground is taken: the ordinary one in the city of about seven such blocks."""
    grids = [g for c in communities for g in c.grids if g.use == "homes" and g.zone is Zone.OUTER and len(c.grids) > 2]
    return min(grids, key=lambda g: (abs(g.area_m2 - 7.5 * _TOWER_M2), g.ring))


def raise_tower(communities: Sequence[CommunityDraft]) -> None:
    """One block of the host becomes a grid of its own; what is left of the host stays one piece."""
    host = tower_host(communities)
    community = next(c for c in communities if host in c.grids)
    fitting = [b for b in host.blocks if _one_piece([o for o in host.blocks if o is not b])]
    block = min(fitting, key=lambda b: (_stretched(b) + abs(area_m2(b) / _TOWER_M2 - 1), b))
    host.blocks.remove(block)
    host.ring = outlines(host.blocks)[0]
    tower = GridDraft(zone=host.zone, use="tower", area_m2=area_m2(block), households=TOWER, ring=block, blocks=[block])
    community.grids.append(tower)


def exchange_enclave(communities: Sequence[CommunityDraft]) -> None:
    """One grid of a community is given to another one of the same street that lies nowhere near it."""
    for one in communities:
        for other in communities:
            if (
                one.street == other.street
                and one.zone is other.zone is Zone.OUTER
                and min(len(one.grids), len(other.grids)) > 3
            ):
                for grid in other.grids:
                    if grid.use == "homes" and _fits(one, other, grid):
                        other.grids.remove(grid)
                        one.grids.append(grid)
                        one.enclave = True
                        return
    raise ValueError("no two communities are fit to make an enclave")


def _fits(one: CommunityDraft, other: CommunityDraft, grid: GridDraft) -> bool:
    nodes: set[Node] = {node for g in one.grids for node in g.ring}
    x, y = to_metres(grid.ring).mean(axis=0)
    far = all(((to_metres(g.ring).mean(axis=0) - (x, y)) ** 2).sum() > _ENCLAVE_M**2 for g in one.grids)
    return far and not nodes & set(grid.ring) and _one_piece([g.ring for g in other.grids if g is not grid])


def _one_piece(rings: Sequence[Ring]) -> bool:
    try:
        return len(outlines(rings)) == 1
    except ValueError:
        return False


def _stretched(ring: Ring) -> float:
    """0 for a square; how much longer the rim is than a square's."""
    metres = to_metres(ring)
    rim = sum(float(((metres[i] - metres[i - 1]) ** 2).sum() ** 0.5) for i in range(len(metres)))
    return rim / (4 * math.sqrt(area_m2(ring))) - 1
