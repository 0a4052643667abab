"""What would the rows of files change in the published map, and what is wrong with them?

The dry run of an import: rounded to the lattice, healed only when asked, compared with what is published. Bad rows are
told and left out; they never stop the good ones. Nothing is written here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geo import moved, plan, tree
from geo.files import Reading, RowProblem
from geo.model import Grid, Ground, Layer, Plan, Region, Thing
from geo.snap import Shift
from geo.store import drafts, growth, remarks
from geo.store.growth import Change
from geo.store.known import Known, by_code
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
    `rows` counts things by layer and verdict (`new`, `changed`, `unchanged`, `refused`); `touched` names what is set of
    things that are only updated; `removed` are data that would vanish, `retired` grids that would. `judged` is
    the map as it would be where something changes: what the report is about.
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
    touched: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    removed: Mapping[Key, BaseGeometry] = field(default_factory=dict)
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
    known = Known.of(session)
    sources = list[Reading]()
    read = _watched(readings, sources, progress)
    sorting = updated(read, known) if order.mode is Mode.UPDATE else Sorting.of_rows(read)
    created = _create_regions(sorting, known, order)
    _refuse_orphans(sorting, known)
    progress("comparing", 0, len(sorting.things))
    layers = {key[0] for key in sorting.things} | {one.layer for one in sorting.problems if one.layer is not None}
    named = {layer: set(sorting.of(layer)) for layer in layers}
    before = {(layer, code): thing for layer in named for code, thing in known.named(layer, named[layer]).items()}
    remarks.keep_counts(sorting, before)
    if order.estimate is not None:
        remarks.estimate(sorting, before, order.estimate)
    sorting.notes += remarks.remarks(sorting, before, known)
    rows, same = _compared(sorting, before, order)
    removed = vanishing(sorting, named, known, order)
    drawn, shifts = _drawn(sorting, known, order), list[Shift]()
    around = known.beside(drawn)
    if order.snap:
        progress("healing", 0, len(drawn.grids))
        drawn, shifts = plan.healed(drawn, around)
    divided = {region.code: (region.shape, own) for region, own in plan.divided_regions(drawn, around)}
    drawn = replace(drawn, regions=tuple(_outlined(region, divided) for region in drawn.regions))
    outlines = {
        code: shape
        for code, (shape, own) in divided.items()
        if shape is not None and not shape.is_empty and not known.is_as_published(code, shape, own)
    }
    report, grown, judged = plan.Report([], plan.Figures()), list[Change](), drawn
    if check:
        progress("checking", 0, len(drawn.grids) + len(drawn.buildings))
        stood = [thing.shape for key, thing in before.items() if key[0] is Layer.BUILDING and key in sorting.things]
        stood += [shape for key, shape in removed.items() if key[0] is Layer.BUILDING]
        judged, beside = known.around(drawn, stood, {code for layer, code in removed if layer is Layer.BUILDING})
        report = plan.check(judged, beside)
        grown = growth.changes(known, judged.grids, report.counts)
    return Intake(
        changes=_changes(sorting, same, [grid for grid in drawn.grids if grid.region in outlines]),
        outlines=outlines,
        base={code: known.intent(code) for code in outlines},
        report=report,
        problems=sorted(sorting.problems, key=lambda problem: problem.number),
        rows=rows,
        shifts=shifts,
        borders=moved.borders(shifts, drawn.grids, {code: shape for code, (shape, _) in divided.items() if shape}),
        created=created,
        sources=sources,
        notes=sorting.notes,
        touched={key: names for key, names in sorting.touched.items() if key[0] in DATA_LAYERS},
        removed=removed,
        retired=_retired(outlines, divided, known),
        grids=grown,
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
        actor=actor,
        title=title,
        reason=reason,
        provisional=provisional,
    )


def _watched(readings: Iterable[Reading], sources: list[Reading], progress: Progress) -> Iterator[Reading]:
    rows = 0
    for reading in readings:
        if not sources or sources[-1].source != reading.source:
            sources.append(replace(reading, rows=[]))
        yield reading
        rows += len(reading.rows)
        progress("reading", rows, 0)


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


def _drawn(sorting: Sorting, known: Known, order: Order) -> Plan:
    """The regions that get ground from the rows, with grids and outline: stated, else published, else derived.

    Grids in force that no row names stay, unless the rows are all that the region has: the order says so, or the rows
    bring its outline and are not an update.
    """
    grids, stated = sorting.of(Layer.GRID), sorting.of(Layer.REGION)
    above = _above(sorting, known)
    outlined = {region.code for region in stated.values() if region.shape is not None} - above
    drawn = {grid.region for grid in grids.values()}
    regions, kept = [], list[Grid]()
    for code in sorted(drawn | outlined):
        region, one = stated.get(code) or known.regions[code], known.edition(code)
        if region.shape is None and one is not None:
            region = replace(region, shape=one.boundary)
        whole = order.redraws or (order.mode is not Mode.UPDATE and code in outlined)
        if one is not None and not (whole and code in drawn):
            kept += [grid for grid in one.grids if grid.code not in grids]
        regions.append(region)
    regions += [region for code, region in stated.items() if code not in drawn | outlined]
    buildings = tuple(sorting.of(Layer.BUILDING).values())
    return Plan(regions=tuple(regions), grids=(*grids.values(), *kept), buildings=buildings)


def _retired(
    outlines: Mapping[str, Ground], divided: Mapping[str, tuple[Ground | None, Sequence[Grid]]], known: Known
) -> list[str]:
    """Grids in force of the regions that get an edition, which that edition has no more."""
    found = []
    for code in sorted(outlines):
        if one := known.edition(code):
            found += sorted(by_code(one.grids).keys() - by_code(divided[code][1]).keys())
    return found


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
