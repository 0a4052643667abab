"""Which of many grids may have a spike, a needle or a neck? Arithmetic over all vertices at once; never misses one.

A needle or a neck needs two points of a ring that lie closer together than its width, with a good piece of ground on
either side of the line between them. That is ruled out without a look at the ground itself:

- A ring is cut into stretches. Points of stretches that are not neighbours are further apart than the bounds of both.
- Two neighbouring stretches that keep their direction within `alpha` are no further from one point to another along
  the ring than 1 / cos(alpha) times the straight line, and enclose with a line of length D at most D^2 tan(alpha) / 4.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import zip_longest

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.measure import degrees_m
from geo.model import Grid, GridKind
from geo.ruleset import Limits
from geo.stretches import FINEST, Edges, Figures, Numbers, Stretches, angles

STRETCHES = (16, FINEST, None)
"""Into about how many stretches a ring is cut, coarse ones first; in the end each edge is one."""
AT_ONCE = 500
"""Shapes that are looked at together: what fits into a processor's own memory."""
SLACK = 1.05
"""The closest distance that is trusted, over the width: rounding, and the widening by a little more."""
GROUND_SLACK = 0.8
"""The share of the smallest area that neighbouring stretches may enclose."""
NEVER = np.iinfo(np.int64).max
"""No two stretches of a ring are far enough from each other in its row to be left unasked."""
REACH = 5.1
"""How far the mitre of a sharp corner reaches into the ground when it is narrowed, in half widths (GEOS cuts at 5)."""
WIDEST = np.radians(75.0)
"""Stretches that turn by more than twice this are not trusted, however large the areas are."""
ROOM = 10.0
"""A ring must have this many squares of the distance for ground, else it may be narrow as a whole."""
SAME = 1e-9
"""Relative: a figure at its limit may fall on either side when it is reckoned in two ways."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of n grids, each (n,); a rule that is off has NaN, which nothing is below or above."""

    vertices: Figures
    spike_deg: Figures
    compactness: Figures
    width_m: Figures
    area_m2: Figures

    @classmethod
    def of(cls, grids: Sequence[Grid], limits: Sequence[Limits]) -> "Bounds":
        known: dict[tuple[int, GridKind], int] = {}
        rows: list[tuple[float, ...]] = []
        at = np.empty(len(grids), dtype=np.int64)
        for number, (grid, own) in enumerate(zip(grids, limits, strict=True)):
            key = id(own), grid.kind
            if key not in known:
                known[key] = len(rows)
                rows.append(_row(own, grid.kind))
            at[number] = known[key]
        return cls(*np.array(rows, dtype=np.float64)[at].T)

    def of_some(self, which: Numbers) -> "Bounds":
        return Bounds(*(getattr(self, field.name)[which] for field in fields(self)))


def _row(limits: Limits, kind: GridKind) -> tuple[float, ...]:
    def of(name: str) -> float:
        limit = limits.of(name, kind)
        return np.nan if limit is None else float(limit)

    def together(rule: str, pick: Callable[..., float]) -> float:
        return pick(of(f"needle_{rule}"), of(f"neck_{rule}"))

    spike = np.nan if np.isnan(of("spike_length_m")) else of("spike_angle_deg")
    width = float(np.fmax(of("needle_width_m"), of("neck_width_m")))
    area = float(np.fmin(of("needle_area_m2"), of("neck_area_m2")))
    return of("vertices_most"), spike, of("compactness_least"), width, area


def suspects(shapes: NDArray[np.object_], bounds: Bounds) -> NDArray[np.bool_]:
    """Whether something may be wrong with each shape, in the plane of its middle latitude. (n,)"""
    found = vertices(shapes) > bounds.vertices
    for first in range(0, len(shapes), AT_ONCE):
        there = first + np.flatnonzero(~shapely.is_empty(shapes[first : first + AT_ONCE]))
        found[there] |= _suspects(shapes[there], bounds.of_some(there))
    return np.asarray(found, dtype=bool)


def _suspects(shapes: NDArray[np.object_], bounds: Bounds) -> NDArray[np.bool_]:
    scale = _scales(shapes)
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    owner = part_owner[ring_part]
    edges = Edges.of(rings, scale[owner])
    sharpest, perimeter = np.zeros(len(shapes)), np.bincount(owner, edges.perimeter, len(shapes)).astype(np.float64)
    np.maximum.at(sharpest, owner, edges.sharpest)
    found = sharpest >= np.pi - np.radians(bounds.spike_deg) - SAME
    found |= compactness(shapely.area(shapes) * scale.prod(axis=1), perimeter) < bounds.compactness * (1 + SAME)
    watched = (bounds.width_m > 0) & ~found
    single = np.bincount(owner, minlength=len(shapes)) == 1
    found |= watched & ~single
    ring = np.flatnonzero((watched & single)[owner])
    found[owner[ring]] |= _may_be_narrow(edges.some(ring), bounds.width_m[owner[ring]], bounds.area_m2[owner[ring]])
    return np.asarray(found, dtype=bool)


def vertices(shapes: NDArray[np.object_]) -> Numbers:
    """How many vertices each shape has, the closing ones of its rings not counted. (n,)"""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings = np.where(shapely.is_empty(parts), 0, 1 + shapely.get_num_interior_rings(parts))
    closing = np.bincount(owner, rings, len(shapes)).astype(np.int64)
    return np.asarray(shapely.get_num_coordinates(shapes) - closing, dtype=np.int64)


def compactness(area: Figures, perimeter: Figures) -> Figures:
    """4 pi A / P^2 (Polsby and Popper 1991): 1 for a circle, 0.79 for a square."""
    return np.asarray(4.0 * np.pi * area / np.square(perimeter), dtype=np.float64)


def spikes(xy: Figures, most_deg: float) -> Iterator[tuple[Figures, tuple[Figures, Figures], float]]:
    """Where a ring turns back on itself within an angle: the tip, its two legs, the angle in degrees.

    `xy` (n, 2) are the vertices of a ring without the closing one. A leg goes on over vertices that lie along it.
    """
    n = len(xy)
    before, after = np.roll(xy, 1, axis=0) - xy, np.roll(xy, -1, axis=0) - xy
    between = np.degrees(angles(before, after))
    for at in np.flatnonzero(np.abs(between) <= most_deg + SAME).tolist():
        if n > 2:
            yield xy[at], (_leg(xy, at, -1, most_deg), _leg(xy, at, 1, most_deg)), float(abs(between[at]))


def _leg(xy: Figures, tip: int, step: int, most_deg: float) -> Figures:
    """From the tip to the last vertex of a run that goes straight away from it."""
    first: Figures = xy[(tip + step) % len(xy)] - xy[tip]
    leg = first
    for number in range(2, len(xy) // 2 + 1):
        further = xy[(tip + step * number) % len(xy)] - xy[tip]
        turned = np.degrees(angles(first[None], further[None]))[0]
        if np.hypot(*further) <= np.hypot(*leg) or abs(turned) > most_deg / 2:
            break
        leg = further
    return leg


def _scales(shapes: NDArray[np.object_]) -> Figures:
    _, south, _, north = shapely.bounds(shapes).T
    middle: NDArray[np.float64] = (south + north) / 2
    scales: Figures = degrees_m(middle)
    return scales


def _may_be_narrow(edges: Edges, width: Figures, area: Figures) -> NDArray[np.bool_]:
    """Whether each ring may have a needle or a neck: coarse stretches first, finer ones where they do not decide."""
    if len(width) == 0:
        return np.zeros(0, dtype=bool)
    least, alpha, ordinary = _demands(edges, width, area)
    result, unsure = ~ordinary, np.flatnonzero(ordinary)
    own = edges.some(unsure)
    some, furthest = Stretches.of(own, STRETCHES[0]), np.full(len(unsure), NEVER)
    for count, finer in zip_longest(STRETCHES, STRETCHES[1:]):
        apart = some.keep_apart(least[unsure], furthest)
        left = np.flatnonzero(~(apart & some.keep_direction(alpha[unsure])))
        unsure, own = unsure[left], own.some(left)
        if len(unsure) == 0 or count is None:
            break
        coarse, some = Stretches.of(own, count), Stretches.of(own, finer)
        furthest = np.where(apart[left], some.within(coarse), NEVER)
    result[unsure] = True
    return result


def _demands(edges: Edges, width: Figures, area: Figures) -> tuple[Figures, Figures, NDArray[np.bool_]]:
    """For each ring how far apart its stretches must be, half the turn that they may make, and whether it is ordinary
    enough to be judged by both."""
    first = edges.first[:-1]
    total = np.add.reduceat(edges.turn, first)
    reflex = np.maximum.reduceat(-np.repeat(np.sign(total), np.diff(edges.first)) * edges.turn, first)
    reach = np.minimum(1.0 / np.cos(np.clip(reflex, 0.0, np.pi - 0.01) / 2), REACH)
    least = width / 2 * (1.0 + reach) * SLACK
    alpha = np.minimum(np.arctan(4 * GROUND_SLACK * area / least**2), WIDEST)
    x, y, u, v = *edges.start.T, *edges.end.T
    ground = np.abs(np.add.reduceat(x * v - y * u, first)) / 2
    ordinary = (ground > ROOM * least**2) & (np.minimum.reduceat(edges.length, first) > 0)
    return least, alpha, ordinary & (np.abs(np.abs(total) - 2 * np.pi) < 1e-6)
