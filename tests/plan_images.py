"""What is ground to the byte, and which borders are the same but for their nodes?"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import shapely
from planner_drawn import Way

from geo import coverage
from geo.consequences import Answer
from geo.lattice import directed_edges, steps_of, to_steps
from geo.model import Finding, Grid, GridKind, Ground
from geo.rebase import State
from geo.redraw.board import Board

Image: TypeAlias = tuple[str, str, str, bytes]
"""Name, kind, region and shape of a grid."""
Images: TypeAlias = Mapping[str, Image | None]
"""Grids by code; None where there is none."""
NEAR_STEPS = 1.5
"""A node that an edge is led through lies no further off, steps."""


def state_of(board: Board) -> State:
    return State(regions=dict(board.regions), grids=dict(board.grids))


def contents(told: Board | State) -> tuple[object, object]:
    """Everything of some ground, to the byte."""
    grids = {code: image_of(grid) for code, grid in told.grids.items()}
    return grids, {code: wkb(region.shape) for code, region in told.regions.items() if region.shape is not None}


def of_region(told: State, code: str) -> object:
    """One region of it and its grids."""
    shape = told.regions[code].shape
    own = {grid.code: image_of(grid) for grid in told.grids.values() if grid.region == code}
    return None if shape is None else wkb(shape), own


def snapshot(board: Board) -> tuple[object, object, object]:
    return (*contents(board), board.faulty)


def images(board: Board, codes: Collection[str]) -> Images:
    return {code: image_of(board.grids[code]) if code in board.grids else None for code in sorted(codes)}


def image_of(grid: Grid) -> Image:
    return grid.name, grid.kind.value, grid.region, wkb(grid.shape)


def grid_of(code: str, image: Image) -> Grid:
    name, kind, region, shape = image
    return Grid(code=code, name=name, kind=GridKind(kind), region=region, shape=ground_of(shape))


def wkb(shape: Ground) -> bytes:
    return bytes(shapely.to_wkb(shape))


def ground_of(told: bytes) -> Ground:
    shape = shapely.from_wkb(told)
    assert isinstance(shape, Ground)
    return shape


def is_exact(state: State | Board, code: str) -> bool:
    own = [grid.shape for grid in state.grids.values() if grid.region == code]
    shape = state.regions[code].shape
    return shape is not None and coverage.is_exact(shape, own)


def said(answer: Answer) -> tuple[object, ...]:
    """All of an answer."""
    findings = [Counter(map(line_of, some)) for some in (answer.appeared, answer.vanished)]
    rest = (answer.outcome, answer.households, answer.moved, answer.lineage, answer.counts, answer.figures)
    return (*findings, *rest)


def line_of(finding: Finding) -> tuple[str, ...]:
    shape = None if finding.geometry is None else shapely.to_wkb(finding.geometry, hex=True)
    return (str(finding.rule), str(finding.severity), *finding.codes, repr(shape), repr(sorted(finding.values.items())))


def gained_nodes(old: Ground, new: Ground) -> bool:
    """Whether the new ground has the nodes of the old one, and others right on its edges."""
    return same_border(edges_of(old), edges_of(new))


def edges_of(shape: Ground) -> set[Way]:
    start, end, _ = directed_edges([shape])
    return set(zip(start.tolist(), end.tolist(), strict=True))


def in_steps(shape: Ground, origin: Ground) -> Ground:
    """A shape in whole steps from the corner of another, where GEOS reckons exactly enough; sound."""
    corner = to_steps(np.array([origin.bounds[:2]]))
    return shapely.make_valid(shapely.transform(shape, lambda xy: (to_steps(xy) - corner).astype(np.float64)))


def same_border(before: set[Way], after: set[Way]) -> bool:
    """Whether each edge is there still, or a chain of new ones through nodes beside it; and no others are new."""
    ahead: dict[int, list[int]] = {}
    for a, b in after - before:
        ahead.setdefault(a, []).append(b)
    used: set[Way] = set()
    for a, b in before - after:
        way = chain(a, b, ahead)
        if way is None:
            return False
        used |= way
    return used == after - before


def chain(start: int, end: int, ahead: Mapping[int, Sequence[int]]) -> set[Way] | None:
    """Edges from one node to another by nodes beside the straight way; None for none."""
    ways: list[list[int]] = [[start]]
    while ways:
        way = ways.pop()
        if way[-1] == end:
            return set(pairwise(way))
        ways += [[*way, n] for n in ahead.get(way[-1], ()) if n not in way and (n == end or off(n, start, end))]
    return None


def off(node: int, start: int, end: int) -> bool:
    p, a, b = steps_of(np.array([node, start, end], dtype=np.uint64)).astype(float)
    at = np.clip(float((p - a) @ (b - a)) / float((b - a) @ (b - a)), 0.0, 1.0)
    return float(np.hypot(*(p - a - at * (b - a)))) <= NEAR_STEPS
