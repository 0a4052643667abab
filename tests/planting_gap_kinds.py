"""How is ground lost: gaps, missing grids, holes?"""

from collections.abc import Callable, Sequence

import numpy as np
import shapely
from planting_arithmetic import shoelace2
from planting_fault import LONGEST, THIN, Chance, Fault, bite, replaced, runs, strip
from planting_source import Change, Ring, Source, chosen, in_steps, rings_of

from geo.model import Rule


def gap_inside(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid lacks a piece along its border with a grid of its region."""
    code = chosen(codes, chance)
    region = source.region_of[code]
    return _gap(source, chance, code, lambda other: other is not None and source.region_of[other] == region)


def gap_edge(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid lacks a piece along its region's outline."""
    code = chosen(codes, chance)
    region = source.region_of[code]
    return _gap(source, chance, code, lambda other: other is None or source.region_of[other] != region)


def _gap(source: Source, chance: Chance, code: str, fits: Callable[[str | None], bool]) -> Fault | None:
    shape = source.grids[code]
    run = runs(shape, lambda edge: fits(source.grid_at.get(edge[::-1])), chance, LONGEST)
    inner = bite(shape, run, chance) if run else None
    if run is None or inner is None:
        return None
    return Fault(
        change=Change(grids={code: replaced(shape, run, inner)}),
        rules=frozenset({Rule.GAP}),
        involved=frozenset({code}),
        codes=frozenset({source.region_of[code]}),
        lost=((*run.nodes, *reversed(inner)),),
        companions=THIN,
    )


def sliver_gap(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid drawn a few steps short of a neighbour along a run of edges: a thin wedge or strip."""
    code = chosen(codes, chance)
    shape = source.grids[code]
    run = runs(shape, lambda edge: True, chance, LONGEST)
    inner = strip(shape, run, chance) if run else None
    if run is None or inner is None:
        return None
    return Fault(
        change=Change(grids={code: replaced(shape, run, inner)}),
        rules=frozenset({Rule.GAP}),
        involved=frozenset({code}),
        codes=frozenset({source.region_of[code]}),
        lost=((*run.nodes, *reversed(inner)),),
        companions=THIN,
    )


def missing(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid is not there."""
    return _missing(source, {chosen(codes, chance)})


def missing_several(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """Two to five grids beside each other are not there: sometimes all of a region."""
    code = chosen(codes, chance)
    lost = {code}
    for _ in range(int(chance.integers(1, 5))):
        home = source.region_of[code]
        beside = {n for c in lost for n in source.neighbours[c] if source.region_of[n] == home and n in codes} - lost
        if beside:
            lost.add(chosen(sorted(beside), chance))
    return _missing(source, lost) if len(lost) > 1 else None


def _missing(source: Source, lost: set[str]) -> Fault:
    rings = [ring for code in sorted(lost) for ring in rings_of(source.grids[code])]
    return Fault(
        change=Change(grids=dict.fromkeys(lost)),
        rules=frozenset({Rule.GAP}),
        involved=frozenset(lost),
        codes=frozenset({source.region_of[next(iter(lost))]}),
        lost=tuple(rings),
    )


def pinhole(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A hole of one to ten steps in a grid."""
    return _hole(source, chance, chosen(codes, chance), int(chance.integers(1, 11)))


def hole(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A hole of up to half a grid that nobody fills."""
    code = chosen(codes, chance)
    reach = float(np.sqrt(in_steps(source.grids[code]).area)) / 2
    return _hole(source, chance, code, max(11, int(np.exp(chance.uniform(np.log(11), np.log(reach))))))


def _hole(source: Source, chance: Chance, code: str, size: int) -> Fault | None:
    shape = source.grids[code]
    part = int(chance.integers(len(shape)))
    x, y = (
        round(v) for v in shapely.get_coordinates(shapely.point_on_surface(shapely.Polygon(*_rings(shape[part]))))[0]
    )
    ring: Ring = ((x, y), (x + size, y + int(chance.integers(0, size))), (x + int(chance.integers(0, size)), y + size))
    if chance.random() < 0.4:
        ring = ((x, y), (x + size, y), (x + size, y + size), (x, y + size))
    cut = tuple(rings if k != part else (*rings, ring[::-1]) for k, rings in enumerate(shape))
    if shoelace2(ring) <= 0 or not in_steps(cut).is_valid:
        return None
    if not shapely.contains_properly(in_steps(shape), shapely.Polygon(ring)):
        return None
    return Fault(
        change=Change(grids={code: cut}),
        rules=frozenset({Rule.GAP}),
        involved=frozenset({code}),
        codes=frozenset({source.region_of[code]}),
        lost=(ring,),
        companions=frozenset({Rule.HOLE, Rule.SLIVER}),
    )


def _rings(rings: Sequence[Ring]) -> tuple[Ring, Sequence[Ring]]:
    return rings[0], rings[1:]
