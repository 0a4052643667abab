"""What is `wangge draw` asked to draw: a case folder, a plan file, or what is published under a code?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geo.files import FileUnreadable, Reading, RowProblem, plan_of, read
from geo.files.case import read_case, read_grids
from geo.model import Grid, GridKind, Ground, Plan
from geo.plan import divided_regions
from geo.store.sorting import Sorting
from geo.terms import ALONE, Terms
from geo.undrawn import Undrawn, undrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A plan and what of it is to be drawn.

    `given` is the boundary of a case with all its digits: the grids alone go back, and meet it. `previous`: there were
    grids to be kept. `problems` are rows that were refused, `outside` counts buildings of a case that stand elsewhere.
    """

    title: str
    plan: Plan
    undrawn: Sequence[Undrawn] = ()
    terms: Terms = ALONE
    previous: bool = False
    given: Ground | None = None
    publication: int | None = None
    problems: Sequence[RowProblem] = ()
    outside: int = 0

    @property
    def left(self) -> list[str]:
        """Codes of divided regions that are not to be drawn though they are not special all over."""
        waiting = {one.region.code for one in self.undrawn}
        return [
            region.code
            for region, grids in divided_regions(self.plan)
            if region.code not in waiting and not (grids and all(one.kind is GridKind.SPECIAL for one in grids))
        ]


def of_case(folder: Path, previous: Path | None) -> Subject:
    """A case folder. Raises a Refusal."""
    case = read_case(folder)
    (region,) = case.plan.regions
    grids, problems = (None, ()) if previous is None else read_grids(previous, region.code)
    bare = Subject(
        title=region.name or folder.resolve().name,
        plan=case.plan,
        given=case.given,
        problems=(*case.problems, *problems),
        outside=case.outside,
    )
    return _subject(bare, grids)


def of_file(path: Path, previous: Path | None) -> Subject:
    """A plan file in any format. Raises a Refusal."""
    plan, problems = _plan(read(path))
    grids, more = (None, ()) if previous is None else _grids(previous)
    return _subject(Subject(title=path.stem, plan=plan, problems=(*problems, *more)), grids)


def of_code(code: str, previous: Path | None) -> Subject:
    """A published region, whatever its level, with all below it. Raises a Refusal, StoreUnavailable, typer.Exit."""
    from api import settings  # noqa: PLC0415 - files are drawn without loading the store
    from api.cli.published import current  # noqa: PLC0415 - as above
    from geo.store.reports import subject  # noqa: PLC0415 - as above

    with current(code) as (engine, state):
        plan, terms = subject(engine, state, code, settings.read().zone)
        name = state.regions[code].name
        found = Subject(title=name or code, plan=plan, terms=terms, publication=state.publication)
    grids, problems = (None, ()) if previous is None else _grids(previous)
    return _subject(replace(found, problems=problems), grids)


def _subject(bare: Subject, previous: Sequence[Grid] | None) -> Subject:
    """The subject with what there is to draw; raises FileUnreadable where that is nothing."""
    waiting = undrawn(bare.plan, bare.terms, previous)
    if not waiting:
        raise FileUnreadable("nothing-to-draw", name=bare.title)
    return replace(bare, undrawn=waiting, previous=previous is not None)


def _grids(path: Path) -> tuple[Sequence[Grid], Sequence[RowProblem]]:
    plan, problems = _plan(read(path))
    return plan.grids, problems


def _plan(reading: Reading) -> tuple[Plan, Sequence[RowProblem]]:
    """The things of a file, on the lattice; rows of one building are one, and of grids of one code the first stays."""
    sorting = Sorting.of_rows([reading])
    return plan_of(sorting.things.values()), sorting.problems
