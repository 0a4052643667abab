"""Which plans come of a drawing, the best first, and what are they worth?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from api.draw_several import Heard, drawn
from api.draw_subject import Subject
from api.texts import Language, text
from geo.continuity import moved
from geo.draw.figures import Figures, figures
from geo.draw.task import Drawn
from geo.drawn_plan import drawn_plan
from geo.model import Grid, Plan
from geo.plan import Report, check
from geo.refusal import Refusal
from geo.undrawn import Undrawn

Pairs: TypeAlias = Sequence[tuple[Undrawn, Drawn]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRegion:
    """One region of a plan as drawn. `new` are codes of grids that were not there; `moved` counts households with
    another grid than before, None where nothing was to be kept."""

    undrawn: Undrawn
    drawn: Drawn
    figures: Figures
    grids: Sequence[Grid]
    new: frozenset[str]
    moved: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to draw all of a subject: its plan as checked, its regions by code, and why others were left.

    Refusals are those of edits, `ground` of an outline at fault, `noding` of ground that fits on no lattice, and `lost`
    where the process ended.
    """

    plan: Plan
    report: Report
    regions: Sequence[DrawnRegion]
    left: Mapping[str, Refusal]

    @property
    def score(self) -> float:
        """The mean of the regions' scores, 0 to 1."""
        return sum(one.figures.score for one in self.regions) / max(1, len(self.regions))


def ways(subject: Subject, seed: int, number: int, language: Language, heard: Heard) -> list[Way]:
    """Up to `number` ways to draw a subject, the best first, at least one; new grids are named in the language.

    Where a region has fewer ways than others its last one stands in the rest.
    """
    outcomes = [*zip(subject.undrawn, drawn(subject.undrawn, seed, number, heard), strict=True)]
    left = {code: Refusal("ground") for code in subject.left}
    left |= {one.region.code: outcome for one, outcome in outcomes if isinstance(outcome, Refusal)}
    found = [(one, outcome) for one, outcome in outcomes if not isinstance(outcome, Refusal)]
    most = max((len(several) for _, several in found), default=1)
    ranked = [[(one, several[min(n, len(several) - 1)]) for one, several in found] for n in range(most)]
    return [_way(subject, pairs, left, language) for pairs in ranked]


def _way(subject: Subject, pairs: Pairs, left: Mapping[str, Refusal], language: Language) -> Way:
    made = drawn_plan(subject.plan, pairs, lambda number: text("draw.grid", language, number=number), subject.terms)
    # neighbours that are no part of the plan are led through its new nodes when it is published
    terms = replace(subject.terms, fresh=subject.terms.fresh | made.new, around=())
    return Way(
        plan=made.plan,
        report=check(made.plan, terms, heal=False),
        regions=[
            _region(subject, *pair, made.plan, made.new) for pair in pairs if pair[0].region.code not in made.refused
        ],
        left={**left, **made.refused},
    )


def _region(subject: Subject, one: Undrawn, its: Drawn, plan: Plan, new: frozenset[str]) -> DrawnRegion:
    grids = [grid for grid in plan.grids if grid.region == one.region.code]
    return DrawnRegion(
        undrawn=one,
        drawn=its,
        figures=figures(one.task, its.shapes),
        grids=grids,
        new=new & {grid.code for grid in grids},
        moved=moved(one.present, grids, one.task.buildings) if subject.previous else None,
    )
