"""How is ground claimed twice or beyond: overlaps, spills, duplicates?"""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from planting_arithmetic import Loop, Node, shoelace2
from planting_fault import LONGEST, THIN, Chance, Fault, Run, bite, replaced, reversed_run, runs, strip
from planting_source import Change, Shape, Source, chosen, degrees, in_steps, rings_of

from geo.model import Grid, Rule


def overlap(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid has a piece of a neighbour in its region, which has it too."""
    return _taken(source, chance, chosen(codes, chance), within=True)


def spill_next(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid has a piece of another region's grid, beyond its own region's outline."""
    return _taken(source, chance, chosen(codes, chance), within=False)


def overlap_regions(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid and its region's outline have a piece of another region."""
    return _taken(source, chance, chosen(codes, chance), within=False, outline=True)


def sliver_overlap(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid drawn a few steps into a neighbour of its region."""
    return _taken(source, chance, chosen(codes, chance), within=True, thin=True)


def _taken(
    source: Source, chance: Chance, code: str, *, within: bool, outline: bool = False, thin: bool = False
) -> Fault | None:
    home = source.region_of[code]
    others = [o for o in source.neighbours[code] if (source.region_of[o] == home) is within]
    if not others:
        return None
    other = chosen(sorted(others), chance)
    theirs = source.grids[other]
    run = runs(theirs, lambda edge: source.grid_at.get(edge[::-1]) == code, chance, LONGEST)
    inner = (strip if thin else bite)(theirs, run, chance) if run else None
    mine = reversed_run(source.grids[code], run.nodes) if run else None
    if run is None or inner is None or mine is None:
        return None
    back = tuple(reversed(inner))
    grown = replaced(source.grids[code], mine, back)
    if not in_steps(grown).is_valid:
        return None
    piece: tuple[Loop, ...] = ((*run.nodes, *reversed(inner)),)
    outlines = {}
    if outline:
        along = reversed_run(source.outlines[home], run.nodes)
        outlines = {home: replaced(source.outlines[home], along, back)} if along else {}
        if not outlines or not in_steps(outlines[home]).is_valid:
            return None
    rule = Rule.OVERLAP if within or outline else Rule.SPILL
    return Fault(
        change=Change(grids={code: grown}, outlines=outlines),
        rules=frozenset({rule}),
        involved=frozenset({code, other, *([home, source.region_of[other]] if outline else [])}),
        codes=frozenset({home, source.region_of[other]} if outline else {code, other} if within else {code}),
        doubled=() if outline else piece,
        claimed=piece if outline else (),
        companions=THIN,
    )


def spill(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid reaches beyond everything that is drawn."""
    code = chosen(codes, chance)
    found = _outwards(source, chance, code)
    if found is None:
        return None
    run, inner, piece = found
    return Fault(
        change=Change(grids={code: replaced(source.grids[code], run, inner)}),
        rules=frozenset({Rule.SPILL}),
        involved=frozenset({code}),
        codes=frozenset({code}),
        doubled=(piece,),
        companions=THIN,
    )


def _outwards(source: Source, chance: Chance, code: str) -> tuple[Run, tuple[Node, ...], Loop] | None:
    """A run along which nothing is drawn on the other side, new nodes out there, and the ground between."""
    shape = source.grids[code]
    run = runs(shape, lambda edge: edge[::-1] not in source.grid_at, chance, 3)
    if run is None:
        return None
    (ax, ay), (bx, by) = run.nodes[0], run.nodes[-1]
    for _ in range(12):
        depth, share = float(np.exp(chance.uniform(0, np.log(20_000)))), chance.uniform(0.2, 0.8)
        length = max(math.hypot(bx - ax, by - ay), 1.0)
        inner = (
            (
                round(ax + (bx - ax) * share + (by - ay) / length * depth),
                round(ay + (by - ay) * share - (bx - ax) / length * depth),
            ),
        )
        loop = (*run.nodes, *inner)[::-1]
        if len({*loop}) < len(loop) or shoelace2(loop) <= 0:
            continue
        piece, grown = shapely.Polygon(loop), in_steps(replaced(shape, run, inner))
        alone = all(
            not shapely.relate_pattern(in_steps(source.grids[n]), piece, "T********") for n in source.near(piece)
        )
        if piece.is_valid and grown.is_valid and alone:
            return run, inner, loop
    return None


def outline_short(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A region's outline was drawn short of one of its grids."""
    code = chosen(codes, chance)
    region = source.region_of[code]
    shape = source.grids[code]
    run = runs(shape, lambda edge: edge in source.outline_at, chance, LONGEST)
    inner = bite(shape, run, chance) if run else None
    if run is None or inner is None:
        return None
    there = [Run(run.nodes, r.part, r.ring, r.start) for r in _same_run(source.outlines[region], run.nodes)]
    if not there:
        return None
    short = replaced(source.outlines[region], there[0], inner)
    if not in_steps(short).is_valid:
        return None
    return Fault(
        change=Change(outlines={region: short}),
        rules=frozenset({Rule.SPILL}),
        involved=frozenset({code, region}),
        codes=frozenset({code}),
        doubled=((*run.nodes, *reversed(inner)),),
        companions=THIN | {Rule.UNASSIGNED},
    )


def _same_run(shape: Shape, nodes: Sequence[Node]) -> list[Run]:
    found = reversed_run(shape, nodes[::-1])
    return [found] if found else []


def duplicate(source: Source, chance: Chance, codes: Sequence[str]) -> Fault:
    """A grid is there a second time under another code, its ring begun elsewhere or turned round."""
    code = chosen(codes, chance)
    shape = source.grids[code]
    begun = [
        (ring[k:] + ring[:k])[:: chosen((1, -1), chance)]
        for ring in shape[0]
        for k in [int(chance.integers(len(ring)))]
    ]
    twin = f"{source.region_of[code]}{90 + int(chance.integers(10))}"
    grid = Grid(code=twin, region=source.region_of[code], shape=degrees(((*(tuple(r) for r in begun),), *shape[1:])))
    return Fault(
        change=Change(added=(grid,)),
        rules=frozenset({Rule.DUPLICATE}),
        involved=frozenset({code, twin}),
        codes=frozenset({code, twin}),
        doubled=tuple(rings_of(shape)),
        companions=frozenset({Rule.CODE_ORDER}),
    )
