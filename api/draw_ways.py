"""Which ways to draw what was asked for are there, the best first?

One region after the other in the process of the job, which is told how far it is and may ask for the best so far.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np

from api.draw_choice import Choice
from api.draw_counts import Counts
from api.texts import Language, text
from api.turn import Turn
from geo.draw.drawing import alternatives
from geo.draw.figures import Figures, figures
from geo.draw.task import ApartError, Drawn, Enough, Progress, Task
from geo.drawn_plan import drawn_plan
from geo.model import Grid, Plan
from geo.noding import NodingUnsettledError
from geo.owned import Owned, owned
from geo.refusal import Refusal
from geo.terms import Terms
from geo.undrawn import Undrawn

Outcome: TypeAlias = "list[Drawn] | Refusal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """A region as it was drawn: its grids, the special ones among them, in order of codes, with their households, and
    how many households have another grid; None where there was none before."""

    undrawn: Undrawn
    drawn: Drawn
    figures: Figures
    grids: Sequence[Grid]
    households: Mapping[str, int]
    moved: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to draw all that was asked for, and why some of it stays as it is."""

    regions: Sequence[Redrawn]
    left: Mapping[str, Refusal]


class Drawings:
    """What a job draws. `is_early`: it was ended before it was done."""

    def __init__(self, mine: Turn) -> None:
        self._mine, self._best = mine, dict[int, float]()
        self.is_early = False

    def outcomes(self, waiting: Sequence[Undrawn], seed: int, number: int) -> list[Outcome]:
        """Up to `number` ways to draw each region, the best first, or why there is none: `noding`, `apart`, and `early`
        where the best so far was wanted before it was begun."""
        found = list[Outcome]()
        for at, one in enumerate(waiting):
            if self._mine.is_enough and any(not isinstance(outcome, Refusal) for outcome in found):
                self.is_early = True
                found.append(Refusal("early"))
                continue
            found.append(_drawn(one.task, seed, number, partial(self._hear, at, len(waiting))))
        return found

    def blocks(self, waiting: Sequence[Undrawn], seed: int) -> list[Drawn | Refusal]:
        """Each region as soon as its blocks are made; its grids are none that anybody should want."""
        found = list[Drawn | Refusal]()
        for at, one in enumerate(waiting):
            bare = replace(one.task, present=(), only=frozenset(), number=None, kept=())
            several = _drawn(bare, seed, 1, partial(self._hear_of_blocks, at, len(waiting)))
            found.append(several if isinstance(several, Refusal) else several[0])
        return found

    def _hear(self, at: int, count: int, progress: Progress) -> None:
        """Tell how far the region `at` of so many is. Raises Enough where the best so far is wanted."""
        if progress.best is not None:
            self._best[at] = progress.best
        self._tell(at, count, progress)
        if self._mine.is_enough:
            self.is_early = True
            raise Enough

    def _hear_of_blocks(self, at: int, count: int, progress: Progress) -> None:
        if progress.phase != "blocks":
            raise Enough
        self._tell(at, count, progress)

    def _tell(self, at: int, count: int, progress: Progress) -> None:
        total = max(1, progress.total)
        so_far = float(np.mean([*self._best.values()])) if self._best else None
        self._mine(progress.phase, at * total + min(progress.done, total), count * total, {"best": so_far})


def _drawn(task: Task, seed: int, number: int, told: Callable[[Progress], None]) -> Outcome:
    try:
        return alternatives(task, seed, number, told)
    except NodingUnsettledError:
        return Refusal("noding")
    except ApartError:
        return Refusal("apart")


def ranked(
    plan: Plan, terms: Terms, choice: Choice, outcomes: Sequence[Outcome], language: Language
) -> list[Alternative]:
    """The ways to draw a choice, the best first, at least one; where a region has fewer than others its last one stands
    in the rest. New grids are named in the language."""
    pairs = [*zip(choice.waiting, outcomes, strict=True)]
    left = {**choice.left, **{one.region.code: why for one, why in pairs if isinstance(why, Refusal)}}
    found = [(one, several) for one, several in pairs if not isinstance(several, Refusal)]
    most = max((len(several) for _, several in found), default=1)
    ways = [[(one, several[min(n, len(several) - 1)]) for one, several in found] for n in range(most)]
    was = owned(plan.buildings, plan.grids)
    return [_alternative(plan, terms, way, left, was, language) for way in ways]


def _alternative(
    plan: Plan,
    terms: Terms,
    way: Sequence[tuple[Undrawn, Drawn]],
    left: Mapping[str, Refusal],
    was: Owned,
    language: Language,
) -> Alternative:
    made = drawn_plan(plan, way, lambda number: text("draw.grid", language, number=number), terms)
    counts = Counts(was, plan.buildings, made.plan.grids)
    kept = [(one, its) for one, its in way if one.region.code not in made.refused]
    regions = [_redrawn(one, its, made.plan.grids, counts) for one, its in kept]
    return Alternative(regions=regions, left={**left, **made.refused})


def _redrawn(one: Undrawn, its: Drawn, grids: Sequence[Grid], counts: Counts) -> Redrawn:
    code = one.region.code
    own = sorted((grid for grid in grids if grid.region == code), key=lambda grid: grid.code)
    return Redrawn(
        undrawn=one,
        drawn=its,
        figures=figures(one.task, its.shapes),
        grids=own,
        households={grid.code: counts.households(grid.code) for grid in own},
        moved=counts.moved(code) if one.present else None,
    )
