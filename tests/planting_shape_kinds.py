"""How are faults of shape planted, in plans whose ground stays covered?"""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from planting_arithmetic import Node, area, shoelace2
from planting_fault import Chance, Fault, Run, bite, replaced, reversed_run, runs
from planting_source import Change, Shape, Source, chosen, degrees, in_steps, rings_of

from geo.model import Grid, GridKind, Rule

STEP_M = 0.0105
"""About a step, metres; what is planted keeps clear of limits."""


def multipart(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid has a piece of another one of its region that it does not touch."""
    code = chosen(codes, chance)
    home = source.region_of[code]
    away = [n for n in source.members[home] if n != code and n not in source.neighbours[code]]
    if not away:
        return None
    other = chosen(away, chance)
    theirs = source.grids[other]
    run = runs(theirs, lambda edge: source.grid_at.get(edge[::-1]) != code, chance, 8)
    inner = bite(theirs, run, chance) if run else None
    if run is None or inner is None:
        return None
    piece = (*run.nodes, *reversed(inner))
    grown = (*source.grids[code], (piece,))
    if shapely.intersects(shapely.Polygon(piece), in_steps(source.grids[code])) or not in_steps(grown).is_valid:
        return None
    return Fault(
        change=Change(grids={code: grown, other: replaced(theirs, run, inner)}),
        rules=frozenset({Rule.MULTIPART}),
        involved=frozenset({code, other}),
        codes=frozenset({code}),
        nodes=piece,
        things={"ground": (piece,) if area((piece,)) < area(rings_of(source.grids[code])) else source.grids[code][0]},
    )


def hole_filled(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid wholly round another one."""
    code = chosen(codes, chance)
    shape = source.grids[code]
    whole = in_steps(shape)
    x, y = (round(v) for v in shapely.get_coordinates(shapely.point_on_surface(whole))[0].tolist())
    size = int(np.exp(chance.uniform(np.log(2_000), np.log(np.sqrt(whole.area) / 2))))
    ring = ((x - size, y - size // 2), (x + size // 2, y - size), (x + size, y + size // 2), (x - size // 2, y + size))
    if len(shape) > 1 or shoelace2(ring) <= 0 or not shapely.contains_properly(whole, shapely.Polygon(ring)):
        return None
    region = source.region_of[code]
    inner = Grid(code=f"{region}{80 + int(chance.integers(10))}", region=region, shape=degrees(((ring,),)))
    return Fault(
        change=Change(grids={code: ((*shape[0], ring[::-1]),)}, added=(inner,)),
        rules=frozenset({Rule.HOLE}),
        involved=frozenset({code, inner.code}),
        codes=frozenset({code}),
        nodes=ring,
        things={"ground": (ring,)},
    )


def needle(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A strip of two to four metres by forty and more, grown from one grid into its neighbour."""
    return _grown(source, chance, codes, Rule.NEEDLE, chance.uniform(2, 4), chance.uniform(40, 100))


def spike(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """Out and back again, a step apart, five to fifty metres far."""
    return _grown(source, chance, codes, Rule.SPIKE, STEP_M * 2, chance.uniform(5, 50))


def _grown(
    source: Source, chance: Chance, codes: Sequence[str], rule: Rule, width_m: float, length_m: float
) -> Fault | None:
    """Two nodes put into a common edge on both sides, and between them a way out and back into the neighbour."""
    code = chosen(codes, chance)
    home, width, length = source.region_of[code], width_m / STEP_M, length_m / STEP_M

    def fits(edge: tuple[Node, Node]) -> bool:
        (ax, ay), (bx, by) = edge
        other = source.grid_at.get(edge[::-1])
        return other is not None and source.region_of[other] == home and math.hypot(bx - ax, by - ay) > width + 50

    if rule is Rule.NEEDLE and any(g.kind is GridKind.SPECIAL for g in source.plan.grids if g.code == code):
        return None
    run = runs(source.grids[code], fits, chance, 1)
    other = source.grid_at[run.other_side] if run else ""
    back = reversed_run(source.grids[other], run.nodes) if run else None
    if run is None or back is None:
        return None
    inner = _way(run, width, length, flat=rule is Rule.NEEDLE)
    more, less = replaced(source.grids[code], run, inner), replaced(source.grids[other], back, inner[::-1])
    if not (_fits(more) and _fits(less)):
        return None
    return Fault(
        change=Change(grids={code: more, other: less}),
        rules=frozenset({rule}),
        involved=frozenset({code, other}),
        codes=frozenset({code}),
        nodes=inner,
        things={"near": inner},
        companions=frozenset({Rule.SPIKE, Rule.NEEDLE, Rule.NECK, Rule.COMPACTNESS_LOW}),
    )


def _way(run: Run, width: float, length: float, *, flat: bool) -> tuple[Node, ...]:
    """Outwards (to the right of the run) and back: with two corners at its end, or with one."""
    a, b = np.array(run.nodes[0], dtype=float), np.array(run.nodes[1], dtype=float)
    along = (b - a) / np.hypot(*(b - a))
    out = np.array([along[1], -along[0]]) * length
    first, second = (a + b) / 2 - along * width / 2, (a + b) / 2 + along * width / 2
    ends = [first + out, second + out] if flat else [(first + second) / 2 + out]
    return tuple((round(float(x)), round(float(y))) for x, y in (first, *ends, second))


def _fits(shape: Shape) -> bool:
    return bool(in_steps(shape).is_valid and degrees(shape).is_valid)
