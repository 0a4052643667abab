"""What would the rows of files change in the published map, and what is wrong with them?

The dry run of an import: rounded to the lattice, healed only when asked, compared with what is published. Bad rows are
told and left out; they never stop the good ones. Nothing is written here.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geo import moved, plan, tree
from geo.files import Reading, RowProblem
from geo.model import Building, Grid, Ground, Layer, Plan, Region, Thing
from geo.snap import Shift
from geo.store import bindings, drafts, growth, remarks
from geo.store.draft_terms import terms_of
from geo.store.drawing import Drawing
from geo.store.growth import Change
from geo.store.known import Known
from geo.store.likeness import keep_turns
from geo.store.notes import Note
from geo.store.order import Mode, Order, Progress, silent
from geo.store.sorting import Key, Sorting
from geo.store.updating import updated
from geo.store.vanishing import DATA_LAYERS, vanishing

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What would change. `sources` tell how each file was read, without its rows.

    `changes` are new or changed things, `outlines` and `base` the regions that get an edition.
    `rows` counts things by layer and verdict (`new`, `changed`, `unchanged`, `refused`); `fresh` are data that were
    not there; `touched` names what is set of things that are only updated; `removed` are data that would vanish,
    `retired` grids that would. `judged` is the map as it would be where something changes: what the report is about.
    """

    changes: Plan
    outlines: Mapping[str, Ground]
    base: Mapping[str, int | None]
    report: plan.Report
    problems: Sequence[RowProblem]
    rows: Mapping[str, Mapping[str, int]]
    shifts: Sequence[Shift] = ()
    borders: Sequence[moved.Moved] = ()
    created: Sequence[str] = ()
    notes: Sequence[Note] = ()
    sources: Sequence[Reading] = ()
    fresh: Collection[Key] = frozenset()
    touched: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    removed: Mapping[Key, BaseGeometry | None] = field(default_factory=dict)
    retired: Sequence[str] = ()
    grids: Sequence[Change] = ()
    judged: Plan = field(default_factory=Plan)

    @property
    def is_empty(self) -> bool:
        return len(self.changes) == 0 and not self.base and not self.removed

    @property
    def vanishing(self) -> list[str]:
        """Codes and ids of all that would not be there any more."""
        return [*self.retired, *(code for _, code in self.removed)]


def take(
    session: Session | None,
    readings: Iterable[Reading],
    order: Order,
    *,
    check: bool = True,
    progress: Progress = silent,
) -> Intake:
    """Sort the rows of files into what they would change; without a session nothing is published yet.

    Without `check` the report stays empty, and nothing is told of what would change for grids.
    """
    known, sources = Known.of(session), list[Reading]()
    read = _watched(readings, sources, progress)
    sorting = updated(read, known) if order.mode is Mode.UPDATE else Sorting.of_rows(read, judge=order.judge)
    created = _create_regions(sorting, known, order)
    _refuse_orphans(sorting, known)
    bindings.settle(sorting, known)
    progress("comparing", 0, len(sorting.things))
    named = _named(sorting)
    before = {(layer, code): thing for layer in named for code, thing in known.named(layer, named[layer]).items()}
    _settle(sorting, before, known, order)
    rows, same = _compared(sorting, before, order)
    removed = vanishing(sorting, named, known, order)
    ground = Drawing.of(sorting, known, order, progress)
    judged, report = ground.drawn, plan.Report([], plan.Figures())
    if check:
        progress("checking", 0, len(ground.drawn.grids) + len(ground.drawn.buildings))
        judged, beside = known.around(_with_all(ground.drawn, sorting), *_leaving(sorting, before, removed))
        report = plan.check(judged, terms_of(known, judged, beside))
        report = replace(report, findings=[*report.findings, *sorting.findings])
    return Intake(
        changes=_changes(sorting, same, [grid for grid in ground.drawn.grids if grid.region in ground.outlines]),
        outlines=ground.outlines,
        base={code: known.intent(code) for code in ground.outlines},
        report=report,
        problems=sorted(sorting.problems, key=lambda problem: problem.number),
        rows=rows,
        shifts=ground.shifts,
        borders=moved.borders(ground.shifts, ground.drawn.grids, ground.boundaries),
        created=created,
        sources=sources,
        notes=sorting.notes,
        fresh={key for key in sorting.things if key[0] in DATA_LAYERS and key not in before},
        touched={key: names for key, names in sorting.touched.items() if key[0] in DATA_LAYERS},
        removed=removed,
        retired=ground.retired(known),
        grids=growth.changes(known, judged.grids, report.counts) if check else (),
        judged=judged,
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
        touched=intake.touched,
        removed=intake.removed,
        fresh=intake.fresh,
        actor=actor,
        title=title,
        reason=reason,
        provisional=provisional,
    )


def _with_all(drawn: Plan, sorting: Sorting) -> Plan:
    """What is drawn with everything else of the rows that a check looks at."""
    return replace(
        drawn,
        grids=(*drawn.grids, *(thing for thing in sorting.twice if isinstance(thing, Grid))),
        buildings=(*drawn.buildings, *(thing for thing in sorting.twice if isinstance(thing, Building))),
        facilities=tuple(sorting.of(Layer.FACILITY).values()),
        lines=tuple(sorting.of(Layer.LINE).values()),
        water=tuple(sorting.of(Layer.WATER).values()),
    )


def _watched(readings: Iterable[Reading], sources: list[Reading], progress: Progress) -> Iterator[Reading]:
    rows = 0
    for reading in readings:
        if not sources or sources[-1].source != reading.source:
            sources.append(replace(reading, rows=[]))
        yield reading
        rows += len(reading.rows)
        progress("reading", rows, 0)


def _named(sorting: Sorting) -> dict[Layer, set[str]]:
    """The codes that the rows name, by layer; a layer whose rows were all refused is there too."""
    layers = {key[0] for key in sorting.things} | {one.layer for one in sorting.problems if one.layer is not None}
    return {layer: set(sorting.of(layer)) for layer in layers}


def _settle(sorting: Sorting, before: Mapping[Key, Thing], known: Known, order: Order) -> None:
    """What rows may not change, what they lack, and what is worth knowing about them."""
    keep_turns(sorting, before, known)
    remarks.keep_counts(sorting, before)
    if order.estimate is not None:
        remarks.estimate(sorting, before, order.estimate)
    sorting.notes += remarks.remarks(sorting, before, known)


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
        lost = [] if sorting.judge else lost  # a part of a map is judged by itself
        for region in lost:
            sorting.refuse(Layer.REGION, region.code, "parent-unknown", parent=region.parent or "")
    stated = sorting.of(Layer.REGION)
    parents = {code: region.parent for code, region in (known.regions | stated).items()}
    for code in sorted(tree.cyclic(parents) & stated.keys()):
        sorting.refuse(Layer.REGION, code, "parent-cycle", parent=stated[code].parent or "")
    there = sorting.of(Layer.REGION).keys() | known.regions.keys()
    for grid in sorting.of(Layer.GRID).values():
        if grid.region not in there:
            sorting.refuse(Layer.GRID, grid.code, "region-unknown", region=grid.region)


def _compared(
    sorting: Sorting, before: Mapping[Key, Thing], order: Order
) -> tuple[dict[str, dict[str, int]], set[str]]:
    """Counts by layer and verdict, and the regions whose row is as published.

    Drops what is published already and refuses what would overwrite without leave. A file that brings a region's
    outline with its grids is a division of it anew, in every mode.
    """
    rows: dict[str, dict[str, int]] = {}
    same: set[str] = set()
    divided = {region.code for region in sorting.of(Layer.REGION).values() if region.shape is not None}
    for layer in Layer:
        mine = sorting.of(layer)
        count = Counter({REFUSED: sum(1 for problem in sorting.problems if problem.layer is layer)})
        for code, thing in mine.items():
            redrawn = layer is Layer.GRID and (order.whole or thing.region in divided)
            may_change = order.mode is not Mode.ADD or redrawn
            verdict = _verdict(thing, before.get((layer, code)), may_change)
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


def _leaving(
    sorting: Sorting, before: Mapping[Key, Thing], removed: Mapping[Key, BaseGeometry | None]
) -> tuple[list[BaseGeometry], set[str]]:
    """Where buildings stood that change or vanish, and the ids of those that vanish."""
    changed = [thing.shape for key, thing in before.items() if key[0] is Layer.BUILDING and key in sorting.things]
    gone = [shape for key, shape in removed.items() if key[0] is Layer.BUILDING]
    vanished = {code for layer, code in removed if layer is Layer.BUILDING}
    return [shape for shape in (*changed, *gone) if shape is not None], vanished


def _changes(sorting: Sorting, same: set[str], grids: Sequence[Grid]) -> Plan:
    return Plan(
        regions=tuple(region for code, region in sorting.of(Layer.REGION).items() if code not in same),
        grids=tuple(grids),
        buildings=tuple(sorting.of(Layer.BUILDING).values()),
        facilities=tuple(sorting.of(Layer.FACILITY).values()),
        lines=tuple(sorting.of(Layer.LINE).values()),
        water=tuple(sorting.of(Layer.WATER).values()),
        people=tuple(sorting.of(Layer.PERSON).values()),
    )
