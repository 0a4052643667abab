"""How are millions of rows taken in, in constant memory?

Buildings, facilities, lines and water, some thousand rows at a time: each batch is read as ever, copied beside the
published rows and compared with them in the database; what is new or changed becomes part of the draft. One
transaction: stopped or broken off, nothing is left. Ground is not streamed: a coverage is proven as a whole.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from geo.files import Patch, Reading, RowProblem, patches, thing_of
from geo.households import assign
from geo.model import Building, Grid, Layer
from geo.refusal import Value
from geo.store import arriving, drafts, growth
from geo.store.arriving import Arrival, Judged
from geo.store.growth import Change
from geo.store.known import Known
from geo.store.order import Mode, Order, Progress, silent
from geo.store.sorting import on_lattice
from geo.store.tables import plan

MOST_PROBLEMS = 10_000
"""Refused rows that are told one by one; all of them are counted."""
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
        self.rows.setdefault(problem.layer or "", Counter())["refused"] += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


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
    arriving.prepare(session)
    flow = _Flow(session, order, streamed)
    for reading in batches:
        if not streamed.sources or streamed.sources[-1].source != reading.source:
            streamed.sources.append(replace(reading, rows=[]))
        flow.take(reading)
        done += len(reading.rows)
        progress("rows", done, 0)
    streamed.grids = flow.changes()
    drafts.note(session, actor, "draft", reason, streamed.plan, {"title": title, "rows": done})
    return streamed


class _Flow:
    """The published ground, and what the batches so far have done to the households on it."""

    def __init__(self, session: Session, order: Order, streamed: Streamed) -> None:
        self._session, self._order, self._streamed = session, order, streamed
        self._known = Known.of(session)
        editions = [one for code in sorted(self._known.divided()) if (one := self._known.edition(code))]
        self._grids: list[Grid] = [grid for one in editions for grid in one.grids]
        self._gained: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()

    def take(self, reading: Reading) -> None:
        """One batch, into the draft."""
        arrivals = [one for patch in patches(reading) if (one := self._arrival(patch))]
        judged = arriving.judge(self._session, self._streamed.plan, arrivals, update=self._order.mode is Mode.UPDATE)
        moved = []
        for arrival, verdict in zip(arrivals, judged, strict=True):
            if verdict.problem is not None:
                values: dict[str, Value] = {"code": arrival.code, "text": arrival.code, "candidates": "", "first": 0}
                layer, number = arrival.patch.layer, arrival.patch.number
                self._streamed.refuse(RowProblem(id=verdict.problem, number=number, layer=layer, values=values))
                continue
            self._streamed.rows.setdefault(arrival.patch.layer.value, Counter())[verdict.verdict] += 1
            if arrival.patch.layer is Layer.BUILDING and verdict.verdict != "unchanged":
                moved.append((arrival, verdict))
        self._count(moved)

    def changes(self) -> list[Change]:
        """The grids whose households change by all batches so far."""
        before = self._known.tallies([grid.code for grid in self._grids])
        counts = {
            code: (households or 0) + self._gained[code]
            for code, households in before.items()
            if households is not None or code in self._gained
        }
        return growth.changes(self._known, self._grids, counts)

    def _arrival(self, patch: Patch | RowProblem) -> Arrival | None:
        """A row as the database is asked about it; None for one that is refused right away."""
        if isinstance(patch, RowProblem):
            self._streamed.refuse(patch)
            return None
        if patch.layer not in arriving.STREAMED:
            self._streamed.refuse(RowProblem(id="ground-not-streamed", number=patch.number, layer=patch.layer))
            return None
        thing = thing_of(patch, self._seen)
        if not isinstance(thing, RowProblem):
            return Arrival.of(patch, on_lattice(thing))
        if self._order.mode is Mode.UPDATE and patch.fields.get("id"):
            return Arrival.of(patch, None)
        self._streamed.refuse(thing)
        return None

    def _count(self, moved: Sequence[tuple[Arrival, Judged]]) -> None:
        """Take the households that buildings had from the grids that had them, give what they have to their owners."""
        asked: list[Building] = []
        for arrival, verdict in moved:
            was, now = verdict.was_households or 0, verdict.households or 0
            if verdict.was is not None:
                self._gained[verdict.was] -= was
                if not arrival.touched & PLACES:
                    self._gained[verdict.was] += now
                    continue
            asked.append(arriving.placed(arrival, verdict))
        for found in assign(asked, self._grids):
            households = found.building.households or 0
            if found.grid is not None:
                self._gained[found.grid] += households
            else:
                self._streamed.unassigned += 1
                self._streamed.unassigned_households += households
