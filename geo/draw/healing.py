"""How are some grids healed so that the fewest households get another one?

From the grids as they are, on blocks as fine as buildings allow: numbers of grids near the present one, too large grids
halved, small ones joined to a neighbour; then annealing (`geo.draw.recombining`) in which a household that leaves its
grid costs more than any shape, and one out of range more than that.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import shapely
from shapely import Polygon

from geo.arrangement import joined
from geo.draw.blocks import blocks_within
from geo.draw.borders import OUTSIDE, Numbers
from geo.draw.costing import Weights
from geo.draw.counting import Counting, counts
from geo.draw.mosaic import Mosaic
from geo.draw.numbering import Labels, into, whole
from geo.draw.recombining import improve
from geo.draw.site import Site, shores, standing
from geo.draw.solving import COLD as COLD_ASKED
from geo.draw.solving import FLIPS, THREADS, weights_of
from geo.draw.solving import HOT as HOT_ASKED
from geo.draw.state import cost_of, state_of
from geo.draw.task import Task
from geo.draw.thin import has_needle
from geo.model import Ground

FINE = 0.05
"""Share of the most households of a grid that no block has, where buildings allow."""
SOFT = 0.01
"""What shapes and streets count for beside households moved, where grids are to be healed."""
MOVED, MOVED_ASKED = 0.0005, 0.0001
"""What a household costs that gets another grid: where grids are to be healed, and where they were asked for anew."""
HOT, COLD = 0.02, 0.0001
ROUNDS_A_GRID, MOST_ROUNDS = 1_000, 40_000
"""Recombinations of a run."""
RUNS = 2
"""Runs for each number of grids."""
NUMBERS = 3
"""Numbers of grids that are tried, the present one first."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Grids by their numbers, the ground of each. `is_asked`: they are to be drawn anew, to `number` grids if stated;
    else they are to be healed."""

    grounds: dict[int, Ground]
    is_asked: bool = False
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Healed:
    """One way to divide the ground of a zone: `shapes` (n,) in the place of its `members`, households out of range and
    moved in all, how many grids have a needle, and what it costs. A grid with the same ground is the same object."""

    members: list[int]
    shapes: list[Polygon]
    violation: int
    moved: int
    needles: int
    cost: float


def healed(task: Task, zone: Zone, seed: int) -> list[Healed]:
    """Ways to divide a zone, the best first; empty where its ground comes apart into no number of grids wanted."""
    near = _near(task, zone)
    pieces = _pieces(near, zone)
    site = Site.given(near, pieces.shapes, near.boundary)
    mosaic = site.mosaic(near)
    counting = counts(site.households.tolist(), task.wishes.least, task.wishes.most)
    weights = _weights(weights_of(mosaic, counting, task.wishes), zone)
    start = whole(mosaic, pieces.home, pieces.stays)
    starts: list[Labels | None] = [] if zone.is_asked else [start]
    for number in _numbers(zone, counting, len(zone.grounds)):
        starts += [into(mosaic, start, number, seed * 1000 + turn) for turn in range(RUNS)]
    begun = [one for one in starts if one is not None]
    with ThreadPoolExecutor(THREADS) as threads:
        runs = threads.map(lambda n: _improved(mosaic, weights, begun[n], seed * 1000 + n, zone), range(len(begun)))
        labels = [*chain([] if zone.is_asked else [start], runs)]
    found = [way for one in _distinct(labels) if (way := _way(site, zone, mosaic, weights, one, pieces)) is not None]
    return sorted(found, key=lambda one: (max(one.violation, counting.violation), one.needles, one.cost))


def _near(task: Task, zone: Zone) -> Task:
    """The task on the zone's ground alone, with what stands there and runs past it."""
    ground = shapely.union_all([*zone.grounds.values()])
    box = shapely.box(*ground.bounds).buffer((ground.bounds[2] - ground.bounds[0]) / 10)
    shapely.prepare(box)
    return replace(
        task,
        boundary=ground,
        buildings=standing(task.buildings, ground),
        lines=[line for line in task.lines if box.intersects(line.shape)],
        water=[water for water in task.water if box.intersects(water.shape)],
    )


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Blocks (n,), each in one grid; whose each is, by place in the zone (n,); and who is to begin with it (n,):
    `OUTSIDE` where its grid has more in another part."""

    shapes: list[Polygon]
    home: Numbers
    stays: Numbers


def _pieces(task: Task, zone: Zone) -> _Pieces:
    lines = [*(piece for line in task.lines for piece in shapely.get_parts(line.shape)), *shores(task)]
    parts: list[Polygon] = []
    grid: list[int] = []
    main: list[bool] = []
    for place, ground in enumerate(zone.grounds.values()):
        own = [*shapely.get_parts(ground)]
        largest = max(own, key=lambda part: (_households(task, part), part.area))
        parts += own
        grid += [place] * len(own)
        main += [part is largest for part in own]
    shapes, part = blocks_within(parts, task.buildings, lines, max(1, round(FINE * task.wishes.most)))
    home = np.array(grid)[part]
    return _Pieces(shapes, home, np.where(np.array(main)[part], home, OUTSIDE))


def _households(task: Task, part: Polygon) -> int:
    return sum(building.households or 0 for building in standing(task.buildings, part))


def _weights(whole_: Weights, zone: Zone) -> Weights:
    if zone.is_asked:
        return whole_._replace(moved=MOVED_ASKED)
    soft = {name: SOFT * getattr(whole_, name) for name in ("road", "barrier", "balance", "shape", "compound")}
    return whole_._replace(moved=MOVED, **soft)


def _numbers(zone: Zone, counting: Counting, present: int) -> list[int]:
    if zone.number is not None:
        return [zone.number]
    return sorted(counting.numbers, key=lambda number: (abs(number - present), number))[:NUMBERS]


def _improved(mosaic: Mosaic, weights: Weights, begun: Labels, seed: int, zone: Zone) -> Labels:
    best, grids = begun.label.copy(), len(begun.grid)
    if grids > 1:
        heat = (HOT_ASKED / grids, COLD_ASKED / grids) if zone.is_asked else (HOT, COLD)
        state = state_of(mosaic, begun.label, begun.home, grids, weights)
        improve(mosaic, state, weights, min(MOST_ROUNDS, ROUNDS_A_GRID * grids), FLIPS, *heat, seed, best)
    return replace(begun, label=best)


def _distinct(several: Sequence[Labels]) -> Iterator[Labels]:
    seen: set[bytes] = set()
    for one in several:
        key = one.label.tobytes()
        if key not in seen:
            seen.add(key)
            yield one


def _way(
    site: Site,
    zone: Zone,
    mosaic: Mosaic,
    weights: Weights,
    one: Labels,
    pieces: _Pieces,
) -> Healed | None:
    numbers, grids = [*zone.grounds], len(one.grid)
    state = state_of(mosaic, one.label, one.home, grids, weights)
    shapes = []
    for label, place in enumerate(one.grid):
        own = np.flatnonzero(one.label == label)
        ground = joined([pieces.shapes[n] for n in own])
        as_it_was = zone.grounds[numbers[place]] if place != OUTSIDE else None
        if as_it_was is not None and np.array_equal(own, np.flatnonzero(pieces.home == place)):
            ground = as_it_was
        shapes.append(ground)
    if not all(isinstance(shape, Polygon) for shape in shapes):  # ground in two places, and nothing between to join it
        return None
    plane = site.laid.plane
    return Healed(
        members=numbers,
        shapes=shapes,
        violation=site.violation(one.label, grids),
        moved=int(state.moved[0]),
        needles=sum(has_needle(plane.metres(shape)) for shape in shapes),
        cost=float(cost_of(state, weights)),
    )
