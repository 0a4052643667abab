"""How are millions of rows taken in, in constant memory?

Buildings, facilities, lines and water, some thousand rows at a time: each batch is read as ever, copied beside the
published rows and compared with them in the database; what is new or changed becomes part of the draft. One
transaction: stopped or broken off, nothing is left. Ground is not streamed: a coverage is proven as a whole.
"""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert
from sqlalchemy.orm import Session

from geo import lattice
from geo.files import Patch, Reading, RowProblem, patches, thing_of
from geo.files.refusals import RowRefused
from geo.households import assign
from geo.index import Claim, Owners
from geo.model import Building, Grid, Layer, Person
from geo.refusal import Value
from geo.store import arriving, bindings, drafts, growth
from geo.store.arriving import Arrival, Judged
from geo.store.growth import Change
from geo.store.known import Known
from geo.store.order import Mode, Order, Progress, silent
from geo.store.sorting import code_of
from geo.store.tables import plan

LARGE = 16 * 1024 * 1024
"""Bytes of files from which on their rows are streamed, where that can be; some 400,000 rows of points."""
FLOWING = frozenset({".csv", ".tsv", ".txt", ".gpkg", ".shp", ".fgb"})
"""Formats that are read in constant memory."""
MOST_PROBLEMS = 10_000
"""Refused rows that are told one by one; all of them are counted."""
POINT = 0
"""A point's number among shapely's types."""
PLACES = frozenset({"shape", "entrance", "grid"})
"""What an owner follows from."""


@dataclass(kw_only=True)
class Streamed:
    """What a stream of rows would change: rows by layer and verdict, the first refused rows, grids before and after.

    `unassigned` are buildings that no grid owns, and `unassigned_households` those who live there.
    """

    plan: UUID
    sources: list[Reading] = field(default_factory=list)
    rows: dict[str, Counter[str]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    grids: Sequence[Change] = ()
    unassigned: int = 0
    unassigned_households: int = 0

    @property
    def is_empty(self) -> bool:
        return not any(count["new"] + count["changed"] for count in self.rows.values())

    @property
    def refused(self) -> int:
        return sum(count["refused"] for count in self.rows.values())

    def refuse(self, problem: RowProblem) -> None:
        self.rows.setdefault(problem.layer.value if problem.layer else "", Counter())["refused"] += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def is_for(files: Sequence[Path], layer: str | None, order: Order) -> bool:
    """Whether the rows of some files are too many to be held at once, and can be taken without that."""
    flows = layer in arriving.STREAMED and all(file.suffix.lower() in FLOWING and file.is_file() for file in files)
    compares = order.mode is not Mode.REPLACE and order.estimate is None
    compares &= not (layer == Layer.PERSON and order.mode is Mode.UPDATE)  # the dates of a whole binding are compared
    return flows and compares and sum(file.stat().st_size for file in files) > LARGE


def stream(
    session: Session,
    batches: Iterable[Reading],
    order: Order,
    *,
    actor: str,
    title: str = "",
    reason: str = "",
    progress: Progress = silent,
) -> Streamed:
    """Take batches of rows into a new draft. Raises what the reading raises; then the transaction is to be given up.

    Replacing, estimates and matching by address are for lists that fit into memory (`geo.store.intake`).
    """
    streamed, done = Streamed(plan=uuid4()), 0
    session.execute(insert(plan).values(id=streamed.plan, title=title, reason=reason, actor=actor))
    flow = _Flow(session, order, streamed)
    with _without_gc():
        for reading in batches:
            if not streamed.sources or streamed.sources[-1].source != reading.source:
                streamed.sources.append(replace(reading, rows=[]))
            flow.take(reading)
            done += len(reading.rows)
            progress("rows", done, 0)
    streamed.grids = flow.changes()
    drafts.note(session, actor, "draft", reason, streamed.plan, {"title": title, "rows": done})
    return streamed


@contextmanager
def _without_gc() -> Iterator[None]:
    """Without looking for cycles among the millions of values of a stream: there are none, and it takes a third of the
    time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Flow:
    """The published ground, and what the batches so far have done to the households on it."""

    def __init__(self, session: Session, order: Order, streamed: Streamed) -> None:
        self._session, self._order, self._streamed = session, order, streamed
        self._known = Known.of(session)
        editions = [one for code in sorted(self._known.divided()) if (one := self._known.edition(code))]
        self._grids: list[Grid] = [grid for one in editions for grid in one.grids]
        self._owners = Owners([Claim(g.code, g.shape, one.standing) for one in editions for g in one.grids])
        self._gained: Counter[str] = Counter()
        self._codes = frozenset(grid.code for grid in self._grids)

    def take(self, reading: Reading) -> None:
        """One batch, into the draft."""
        seen = Counter[str]()  # of ids made from places, in this batch: those of all batches would not fit into memory
        said = [patch for patch in map(self._readable, patches(reading)) if patch is not None]
        pairs = zip(said, self._rounded(said), strict=True)
        arrivals = [one for patch, shape in pairs if (one := self._arrival(patch, shape, seen))]
        batch = arriving.sort(self._session, self._streamed.plan, arrivals)
        for arrival in batch.twice:
            self._refuse(arrival, "code-came-before")
        whole = [arrival for arrival in batch.fresh if arrival.thing is not None]
        for arrival in batch.fresh:
            if arrival.thing is None:
                self._refuse(arrival, "thing-unmatched", text=arrival.code)
        arriving.copy(self._session, self._streamed.plan, whole)
        for arrival in whole:
            self._verdicts(arrival.patch.layer)["new"] += 1
        self._own([(arrival.thing, arrival.shape) for arrival in whole if isinstance(arrival.thing, Building)])
        self._judge(batch.known)

    def _judge(self, known: Sequence[Arrival]) -> None:
        update = self._order.mode is Mode.UPDATE
        moved = []
        judged = arriving.judge(self._session, self._streamed.plan, known, update=update)
        for arrival, verdict in zip(known, judged, strict=True):
            if verdict.verdict == "row-exists":
                self._refuse(arrival, "row-exists")
                continue
            self._verdicts(arrival.patch.layer)[verdict.verdict] += 1
            if arrival.patch.layer is Layer.BUILDING and verdict.verdict == "changed":
                moved.append((arrival, verdict))
        self._move(moved)

    def changes(self) -> list[Change]:
        """The grids whose households change by all batches so far."""
        before = self._known.tallies([grid.code for grid in self._grids])
        counts = {
            code: (households or 0) + self._gained[code]
            for code, households in before.items()
            if households is not None or code in self._gained
        }
        return growth.changes(self._known, self._grids, counts)

    def _readable(self, patch: Patch | RowProblem) -> Patch | None:
        """A row of a layer that can be streamed; None for one that is refused right away."""
        if isinstance(patch, RowProblem):
            self._streamed.refuse(patch)
            return None
        if patch.layer not in arriving.STREAMED:
            self._streamed.refuse(RowProblem(id="ground-not-streamed", number=patch.number, layer=patch.layer))
            return None
        return patch

    def _rounded(self, said: Sequence[Patch]) -> NDArray[np.object_]:
        """The shapes on the lattice, points all at once; None for none, and for one of which nothing is left."""
        shapes = np.array([patch.shape for patch in said], dtype=object)
        points = shapely.get_type_id(shapes) == POINT
        shapes[points] = lattice.points_rounded(shapes[points])
        for number in np.flatnonzero(~points & ~shapely.is_missing(shapes)).tolist():
            try:
                shapes[number] = lattice.rounded(shapes[number])
            except shapely.errors.GEOSException:
                shapes[number] = None
        return shapes

    def _arrival(self, patch: Patch, shape: BaseGeometry | None, seen: Counter[str]) -> Arrival | None:
        """A row as the database is asked about it; None for one that is refused."""
        if shape is None and patch.shape is not None:
            kind = patch.shape.geom_type
            self._streamed.refuse(
                RowProblem(id="geometry-empty", number=patch.number, layer=patch.layer, values={"kind": kind})
            )
            return None
        thing = thing_of(patch, seen)
        if isinstance(thing, Person):
            thing = self._bound(thing, patch.number)
        if not isinstance(thing, RowProblem):
            return Arrival(patch, code_of(thing), thing, shape)
        if self._order.mode is Mode.UPDATE and (code := patch.fields.get("id")):
            return Arrival(patch, code, None, shape)
        self._streamed.refuse(thing)
        return None

    def _bound(self, person: Person, number: int) -> Person | RowProblem:
        """A person bound to a grid or region in force, or why not."""
        try:
            bindings.refuse_dates(person)
            return bindings.bound(person, self._codes, self._known.regions)
        except RowRefused as refusal:
            return RowProblem(id=refusal.id, number=number, layer=Layer.PERSON, values=refusal.values)

    def _move(self, moved: Sequence[tuple[Arrival, Judged]]) -> None:
        """Take the households that buildings had from the grids that had them, give what they have to their owners."""
        asked = list[tuple[Building, BaseGeometry | None]]()
        for arrival, verdict in moved:
            if verdict.was is not None:
                self._gained[verdict.was] -= verdict.was_households or 0
            if verdict.was is not None and not arrival.touched & PLACES:
                self._gained[verdict.was] += verdict.households or 0
            else:
                building = verdict.building(arrival.code)
                asked.append((building, building.shape))
        self._own(asked)

    def _own(self, placed: Sequence[tuple[Building, BaseGeometry | None]]) -> None:
        """Count buildings, each with its shape on the lattice, with their owners."""
        alone = [one for one in placed if _is_alone(one[0])]
        owners = self._owners.owners(shapely.get_coordinates([shape for _, shape in alone]).reshape(-1, 2)).tolist()
        for (building, _), owner in zip(alone, owners, strict=True):
            self._give(building, None if owner < 0 else self._owners.codes[owner])
        others: list[Any] = [replace(b, shape=shape) for b, shape in placed if not _is_alone(b)]
        for found in assign(others, self._grids) if others else ():
            self._give(found.building, found.grid)

    def _give(self, building: Building, grid: str | None) -> None:
        households = building.households or 0
        if grid is not None:
            self._gained[grid] += households
        else:
            self._streamed.unassigned += 1
            self._streamed.unassigned_households += households

    def _verdicts(self, layer: Layer) -> Counter[str]:
        return self._streamed.rows.setdefault(layer.value, Counter())

    def _refuse(self, arrival: Arrival, problem: str, **values: Value) -> None:
        layer, number = arrival.patch.layer, arrival.patch.number
        told = {"code": arrival.code, **values}
        self._streamed.refuse(RowProblem(id=problem, number=number, layer=layer, values=told))


def _is_alone(building: Building) -> bool:
    """Whether its owner follows from a point alone."""
    return building.grid is None and building.entrance is None and building.shape.geom_type == "Point"
