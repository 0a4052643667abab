"""What would the rows of files change in the published map, and what is wrong with them?

The dry run of an import: rounded to the lattice, healed only when asked, compared with what is published. Bad rows are
told and left out; they never stop the good ones. Nothing is written here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from geo import plan, tree
from geo.files import Reading, RowProblem
from geo.model import Grid, Ground, Layer, Plan, Region, Thing
from geo.snap import Shift
from geo.store import drafts
from geo.store.known import Known, by_code
from geo.store.sorting import Sorting

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
DATA_LAYERS = (Layer.BUILDING, Layer.FACILITY, Layer.LINE, Layer.WATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How rows are taken. `update` lets a row replace the thing of the same id; without it such a row is refused.

    Regions that grids name and nobody knows are made with `level` and `scheme`, unless the rows bring regions.
    """

    snap: bool = False
    update: bool = False
    level: str = "community"
    scheme: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What would change. `changes` are new or changed things, `outlines` and `base` the regions that get an edition.

    `rows` counts rows by layer and verdict (`new`, `changed`, `unchanged`, `refused`).
    """

    changes: Plan
    outlines: Mapping[str, Ground]
    base: Mapping[str, int | None]
    report: plan.Report
    problems: Sequence[RowProblem]
    rows: Mapping[str, Mapping[str, int]]
    shifts: Sequence[Shift] = ()
    created: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        return len(self.changes) == 0 and not self.base


def take(session: Session | None, readings: Iterable[Reading], order: Order, *, check: bool = True) -> Intake:
    """Sort the rows of files into what they would change; without a session nothing is published yet.

    Without `check` the report stays empty.
    """
    known, sorting = Known.of(session), Sorting.of_rows(readings)
    created = _create_regions(sorting, known, order)
    _refuse_orphans(sorting, known)
    rows, same = _compared(sorting, known, order)
    drawn, shifts = _drawn(sorting, known), list[Shift]()
    around = known.beside(drawn)
    if order.snap:
        drawn, shifts = plan.healed(drawn, around)
    divided = {region.code: (region.shape, own) for region, own in plan.divided_regions(drawn, around)}
    drawn = replace(drawn, regions=tuple(_outlined(region, divided) for region in drawn.regions))
    moved = {
        code: shape
        for code, (shape, own) in divided.items()
        if shape is not None and not shape.is_empty and not known.is_as_published(code, shape, own)
    }
    return Intake(
        changes=_changes(sorting, same, [grid for grid in drawn.grids if grid.region in moved]),
        outlines=moved,
        base={code: known.intent(code) for code in moved},
        report=plan.check(*known.around(drawn)) if check else plan.Report([], plan.Figures()),
        problems=sorted(sorting.problems, key=lambda problem: problem.number),
        rows=rows,
        shifts=shifts,
        created=created,
    )


def keep(
    session: Session, intake: Intake, *, actor: str, title: str = "", reason: str = "", provisional: bool = False
) -> UUID:
    """Keep an intake as a draft; returns the plan's id."""
    return drafts.save(
        session,
        intake.changes,
        intake.outlines,
        intake.base,
        actor=actor,
        title=title,
        reason=reason,
        provisional=provisional,
    )


def _create_regions(sorting: Sorting, known: Known, order: Order) -> list[str]:
    """Regions that grids name and nobody knows; only where the rows bring no regions, else it is a slip."""
    if sorting.of(Layer.REGION):
        return []
    named = sorted({grid.region for grid in sorting.of(Layer.GRID).values()} - known.regions.keys())
    for code in named:
        sorting.things[Layer.REGION, code] = Region(code=code, name=code, level=order.level, scheme=order.scheme)
    return named


def _refuse_orphans(sorting: Sorting, known: Known) -> None:
    """Rows that hang on a region nobody knows; what hangs on a refused region goes with it."""
    lost: list[Region] | None = None
    while lost is None or lost:
        there = sorting.of(Layer.REGION).keys() | known.regions.keys()
        lost = [r for r in sorting.of(Layer.REGION).values() if r.parent is not None and r.parent not in there]
        for region in lost:
            sorting.refuse(Layer.REGION, region.code, "parent-unknown", parent=region.parent or "")
    for grid in sorting.of(Layer.GRID).values():
        if grid.region not in there:
            sorting.refuse(Layer.GRID, grid.code, "region-unknown", region=grid.region)


def _compared(sorting: Sorting, known: Known, order: Order) -> tuple[dict[str, dict[str, int]], set[str]]:
    """Counts by layer and verdict, and the regions whose row is as published.

    Drops what is published already and refuses what would overwrite without leave.
    """
    rows: dict[str, dict[str, int]] = {}
    same: set[str] = set()
    for layer in Layer:
        mine = sorting.of(layer)
        before = _published(known, layer, mine)
        count = Counter({REFUSED: sum(1 for problem in sorting.problems if problem.layer is layer)})
        for code, thing in mine.items():
            verdict = _verdict(thing, before.get(code), order.update or layer is Layer.GRID)
            count[verdict] += 1
            if verdict == REFUSED:
                sorting.refuse(layer, code, "row-exists")
            elif verdict == UNCHANGED and layer in DATA_LAYERS:
                sorting.drop(layer, code)
            elif verdict == UNCHANGED and layer is Layer.REGION:
                same.add(code)
        if told := {verdict: number for verdict, number in count.items() if number}:
            rows[layer.value] = told
    return rows, same


def _verdict(thing: Thing, before: Thing | None, may_change: bool) -> str:
    if before is None:
        return NEW
    if before == (replace(thing, shape=None) if isinstance(thing, Region) else thing):
        return UNCHANGED
    return CHANGED if may_change else REFUSED


def _published(known: Known, layer: Layer, mine: Mapping[str, Any]) -> Mapping[str, Thing]:
    """The things in force with the codes of `mine`."""
    if layer is Layer.REGION:
        return known.regions
    if layer is Layer.GRID:
        editions = [known.edition(code) for code in sorted({grid.region for grid in mine.values()})]
        return {code: grid for one in editions if one for code, grid in by_code(one.grids).items()}
    return known.things(layer, mine) if mine else {}


def _drawn(sorting: Sorting, known: Known) -> Plan:
    """The regions that get ground from the rows, with grids and outline: stated, else published, else derived."""
    grids, stated = list(sorting.of(Layer.GRID).values()), sorting.of(Layer.REGION)
    above = _above(sorting, known)
    outlined = {region.code for region in stated.values() if region.shape is not None} - above
    drawn = {grid.region for grid in grids}
    regions, kept = [], list[Grid]()
    for code in sorted(drawn | outlined):
        region, one = stated.get(code) or known.regions[code], known.edition(code)
        if region.shape is None and one is not None:
            region = replace(region, shape=one.boundary)
        if one is not None and code not in drawn:
            kept += one.grids
        regions.append(region)
    regions += [region for code, region in stated.items() if code not in drawn | outlined]
    return Plan(regions=tuple(regions), grids=(*grids, *kept), buildings=tuple(sorting.of(Layer.BUILDING).values()))


def _outlined(region: Region, divided: Mapping[str, tuple[Ground | None, Sequence[Grid]]]) -> Region:
    return replace(region, shape=divided[region.code][0]) if region.code in divided else region


def _above(sorting: Sorting, known: Known) -> set[str]:
    """Regions above ground: their own outline is compared with the derived one, and never gets an edition."""
    stated = sorting.of(Layer.REGION)
    ground = {code for code, region in stated.items() if region.shape is not None} | known.divided()
    ground |= {grid.region for grid in sorting.of(Layer.GRID).values()}
    return tree.above(ground, {code: region.parent for code, region in (known.regions | stated).items()})


def _changes(sorting: Sorting, same: set[str], grids: Sequence[Grid]) -> Plan:
    return Plan(
        regions=tuple(region for code, region in sorting.of(Layer.REGION).items() if code not in same),
        grids=tuple(grids),
        buildings=tuple(sorting.of(Layer.BUILDING).values()),
        facilities=tuple(sorting.of(Layer.FACILITY).values()),
        lines=tuple(sorting.of(Layer.LINE).values()),
        water=tuple(sorting.of(Layer.WATER).values()),
    )
