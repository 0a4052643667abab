"""From which grids does a grid come, and which grids have its ground since? Read from the ground of the editions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import shapely
from sqlalchemy.orm import Session

from geo.chronicle import Turn, Version, What, turns
from geo.lineage import Descent, descents
from geo.model import Grid, Ground
from geo.store import history, published
from geo.store.published import current_publication
from geo.store.sides import homes

MOST_STEPS = 500
"""Links of one line of descent that are told; a grid that was drawn anew every month for decades has fewer."""


@dataclass(frozen=True, slots=True)
class Step:
    """One publication in which ground of a grid became that of another one, or in which one came or went."""

    number: int
    descent: Descent


@dataclass(frozen=True, slots=True)
class Line:
    """The line of descent of a grid, oldest step first; `is_whole` is False where it has more than `MOST_STEPS`."""

    ancestors: tuple[str, ...]
    successors: tuple[str, ...]
    steps: tuple[Step, ...]
    is_whole: bool


def line(session: Session, code: str) -> Line:
    """All grids that a grid comes from, and all that come from it, with the steps between them."""
    back = walked(lambda one: _steps(session, one, back=True), code, back=True)
    forward = walked(lambda one: _steps(session, one, back=False), code, back=False)
    steps = sorted(
        {*back[1], *forward[1]}, key=lambda one: (one.number, one.descent.start or "", one.descent.end or "")
    )
    return Line(
        ancestors=tuple(sorted(back[0] - {code})),
        successors=tuple(sorted(forward[0] - {code})),
        steps=tuple(steps[:MOST_STEPS]),
        is_whole=len(steps) <= MOST_STEPS,
    )


def successors(session: Session, last: Version) -> list[Descent]:
    """Who has the ground that a retired grid had last: grids in force with their share of it, and how many of the
    households that lived there they have now; nobody's part without an end."""
    assert last.last is not None  # it is retired
    now = current_publication(session)
    grids = _near(session, now, [last.grid.shape])
    return [
        one
        for one in descents([last.grid], grids, _shared_homes(session, last.last, [last.grid], now, grids))
        if one.start == last.grid.code
    ]


def walked(steps: Callable[[str], Iterable[Step]], code: str, *, back: bool) -> tuple[set[str], set[Step]]:
    """Every code on the way into the past or the future, and the steps; `steps` gives those of one code that way.

    A code that is reached again by a later publication (into the past) or an earlier one (into the future) is walked
    from again: more of its own steps count then.
    """
    known, found = dict[str, list[Step]](), set[Step]()
    reached, open_ = dict[str, int](), [(code, 0)]
    while open_ and len(found) <= MOST_STEPS:
        one, when = open_.pop()
        if one not in known:
            known[one] = [*steps(one)]
        for step in known[one]:
            if when and (step.number > when if back else step.number < when):
                continue
            found.add(step)
            other, number = step.descent.start if back else step.descent.end, step.number
            if other not in (None, code) and _is_wider(number, reached.get(other), back=back):
                reached[other] = number
                open_.append((other, number))
    return {code, *reached}, found


def _is_wider(number: int, before: int | None, *, back: bool) -> bool:
    """Whether more of a code's steps lie beyond a publication than beyond the one it was reached by before."""
    return before is None or (number > before if back else number < before)


def _steps(session: Session, code: str, *, back: bool) -> Iterable[Step]:
    """The steps in which ground came to a grid from grids that went or were split, or went from it to new ones."""
    versions = history.versions(session, code)
    wanted = {What.MADE, What.RESTORED, What.GROUND} if back else {What.RETIRED, What.GROUND}
    for turn in turns(versions, ()):
        if wanted & {*turn.what}:
            yield from _step(session, code, turn, _shapes(versions, turn.number), back=back)


def _step(session: Session, code: str, turn: Turn, shapes: Sequence[Ground], *, back: bool) -> Iterable[Step]:
    before = _near(session, turn.number - 1, shapes)
    after = _near(session, turn.number, shapes)
    whole_before = _near(session, turn.number - 1, [grid.shape for grid in after] or shapes)
    whole_after = _near(session, turn.number, [grid.shape for grid in before] or shapes)
    was, now = {one.code for one in whole_before}, {one.code for one in whole_after}
    shared = _shared_homes(session, turn.number - 1, whole_before, turn.number, whole_after)
    for one in descents(whole_before, whole_after, shared):
        mine, other = (one.end, one.start) if back else (one.start, one.end)
        if mine == code and other != code and (one.start not in now or one.end not in was):
            yield Step(turn.number, one)


def _shapes(versions: Sequence[Version], number: int) -> list[Ground]:
    """The ground of a grid right before and right after a publication."""
    return [one.grid.shape for one in versions if one.first == number or one.last == number - 1] or [
        one.grid.shape for one in versions
    ]


def _near(session: Session, number: int, shapes: Sequence[Ground]) -> list[Grid]:
    """The grids in force at a number that touch one of the shapes, by code."""
    if not shapes or number < 1:
        return []
    tree = shapely.STRtree(shapes)
    there = [grid for one in published.editions(session, number, meets=shapes) for grid in one.grids]
    met = {int(n) for n in tree.query([grid.shape for grid in there], "intersects")[0]} if there else set()
    return [there[n] for n in sorted(met)]


def _shared_homes(
    session: Session, one: int, before: Sequence[Grid], other: int, after: Sequence[Grid]
) -> dict[tuple[str | None, str | None], int]:
    """Households by the grid that their building had at one number and has at another."""
    was = homes(session, one, {grid.code for grid in before}, ()) if one else {}
    now = homes(session, other, {grid.code for grid in after}, was.keys())
    found: dict[tuple[str | None, str | None], int] = {}
    for id_, home in was.items():
        if id_ in now:
            pair = home.grid, now[id_].grid
            found[pair] = found.get(pair, 0) + (now[id_].households or 0)
    return found
