"""Which communities of a plan are drawn, and what of them may change?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import shapely

from api.draw_asked import DrawAsked
from api.faults import Fault
from api.problems import Problem
from geo.arrangement import joined
from geo.coverage import is_exact
from geo.draw.task import Task
from geo.model import GridKind, Plan
from geo.redraw.refused import EditRefused
from geo.refusal import Refusal
from geo.terms import Terms
from geo.undrawn import Undrawn, undrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is to be drawn, in order of codes, and why some of what was asked for is not."""

    waiting: Sequence[Undrawn]
    left: Mapping[str, Refusal]


def chosen(plan: Plan, terms: Terms, own: Collection[str], asked: DrawAsked) -> Choice:
    """What is asked for of a plan that draws the regions `own`.

    Raises EditRefused: `grid-missing` (code); and a problem where a number of grids is told for several communities.
    """
    only = _only(plan, own, asked)
    wanted = {*own} if asked.communities is None else {*asked.communities}
    if only is not None:
        wanted &= only.keys()
    left, waiting = {code: Refusal(_why(plan, code)) for code in wanted}, list[Undrawn]()
    for one in undrawn(plan, terms):
        code = one.region.code
        if code in wanted:
            told = _told(one, None if only is None else frozenset(only[code]), asked)
            if isinstance(told, Refusal):
                left[code] = told
            else:
                waiting.append(told)
                del left[code]
    return Choice(waiting=waiting, left=left)


def _only(plan: Plan, own: Collection[str], asked: DrawAsked) -> dict[str, set[str]] | None:
    """The grids that may change, by region; None where all may."""
    if asked.grids is None:
        return None
    grids, found = {grid.code: grid for grid in plan.grids}, dict[str, set[str]]()
    for code in asked.grids:
        grid = grids.get(code)
        if grid is None or grid.region not in (own if asked.communities is None else asked.communities):
            raise EditRefused("grid-missing", code=code)
        found.setdefault(grid.region, set()).add(code)
    if asked.number is not None and len(found) > 1:
        raise Problem("invalid-body", errors=[Fault("parameter.of-one-community", pointer="#/number")])
    return found


def _why(plan: Plan, code: str) -> str:
    """Why nothing of a region can be drawn."""
    kinds = {grid.kind for grid in plan.grids if grid.region == code}
    return "special" if kinds == {GridKind.SPECIAL} else "ground"


def _told(one: Undrawn, only: frozenset[str] | None, asked: DrawAsked) -> Undrawn | Refusal:
    """A region as it is to be drawn, or why it is not: `fixed` (codes) where grids are named that stay, `faulty`."""
    there = frozenset(grid.code for grid in one.present)
    task = replace(one.task, number=asked.number)
    if fixed := sorted((only or frozenset()) - there):
        return Refusal("fixed", codes=", ".join(fixed))
    if asked.number is not None and there:  # so many grids on the ground of those that are there, or of some of them
        return replace(one, task=replace(task, present=one.present, only=only or there))
    if only is None or asked.keep:
        present = one.present if asked.keep else ()
        return replace(one, task=replace(task, present=present, only=only or frozenset()))
    return _anew(one, only, task)


def _anew(one: Undrawn, only: frozenset[str], task: Task) -> Undrawn | Refusal:
    """The ground of some grids alone, whatever they were; the others stay."""
    if not is_exact(one.task.boundary, [grid.shape for grid in one.present]):
        return Refusal("faulty")
    change = tuple(grid for grid in one.present if grid.code in only)
    ground = joined([part for grid in change for part in shapely.get_parts(grid.shape).tolist()], one.task.boundary)
    stay = tuple(grid for grid in one.present if grid.code not in only)
    return replace(one, task=replace(task, boundary=ground), present=change, fixed=(*one.fixed, *stay))
