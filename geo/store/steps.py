"""Which steps made a plan what it is, and how does one take them back?

A step keeps what it changed as it was before and after (`geo.store.images`). What a plan holds is always its present
content: undo puts the images before back, redo those after, in the store itself, so not a byte is another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Row, func, insert, literal, select, update
from sqlalchemy.orm import Session

from geo.model import Grid, Region, Thing
from geo.redraw.board import Board, Outcome
from geo.store import drafts, images
from geo.store.drafts import Draft, written
from geo.store.images import AFTER, BEFORE
from geo.store.plan_items import READERS
from geo.store.plan_tables import plan_change, plan_step
from geo.store.plans import editable
from geo.store.refusals import NothingToRedo, NothingToUndo


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A list of edits as it was asked for and answered; `state` is done, undone, or dropped for good."""

    number: int
    at: datetime
    actor: str
    reason: str
    kind: str
    edits: Sequence[Mapping[str, Any]]
    answer: Mapping[str, Any]
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What undo or redo put back: grids as they are now, codes of those that are no more, and regions, of which only
    the code and the boundary are told. `base` is the base of regions that have another one now."""

    step: Step
    grids: tuple[Grid, ...]
    gone: frozenset[str]
    regions: tuple[Region, ...]
    base: Mapping[str, int | None]
    draft: Draft


def keep(
    session: Session,
    draft: Draft,
    before: Board,
    outcome: Outcome,
    *,
    kind: str,
    edits: Sequence[Mapping[str, Any]],
    actor: str,
    reason: str = "",
    answer: Mapping[str, Any],
) -> Draft:
    """Keep what edits made of a locked plan as its next step. Raises WrongState."""
    grids, gone = outcome.grids, outcome.gone & before.grids.keys()
    return _kept(session, draft, (grids, gone, outcome.regions, {}), (kind, edits, actor, reason, answer))


def rebased(
    session: Session,
    draft: Draft,
    before: Board,
    outcome: Outcome,
    base: Mapping[str, int | None],
    *,
    actor: str,
    edits: Sequence[Mapping[str, Any]] = (),
    reason: str = "",
    answer: Mapping[str, Any],
) -> Draft:
    """Keep what a rebase made of a locked plan, and the intents that its regions are drawn from now. Raises
    WrongState."""
    told = {code: one for code, one in base.items() if code in draft.base}
    grids, gone = outcome.grids, outcome.gone & before.grids.keys()
    return _kept(session, draft, (grids, gone, outcome.regions, told), ("rebase", edits, actor, reason, answer))


def undo(session: Session, draft: Draft, actor: str) -> Restored:
    """Take back the last step that is done. Raises WrongState, NothingToUndo."""
    return _restored(session, draft, actor, "undo", AFTER, BEFORE)


def redo(session: Session, draft: Draft, actor: str) -> Restored:
    """Do again the step that was taken back last. Raises WrongState, NothingToRedo."""
    return _restored(session, draft, actor, "redo", BEFORE, AFTER)


def listed(session: Session, number: UUID, *, after: int = 0, limit: int) -> list[Step]:
    """Steps of a plan with a higher number than `after`, the dropped ones too, in order."""
    own = select(plan_step).where(plan_step.c.plan == number, plan_step.c.number > after)
    return [_step(row) for row in session.execute(own.order_by(plan_step.c.number).limit(limit))]


def count(session: Session, number: UUID) -> int:
    """How many steps a plan has had, the undone and the dropped ones too: all of them are kept."""
    return session.scalar(select(func.max(plan_step.c.number)).where(plan_step.c.plan == number)) or 0


def _kept(
    session: Session,
    draft: Draft,
    made: tuple[Sequence[Grid], frozenset[str], Sequence[Region], Mapping[str, int | None]],
    told: tuple[str, Sequence[Mapping[str, Any]], str, str, Mapping[str, Any]],
) -> Draft:
    editable(draft)
    (_, gone, regions, base), (kind, edits, actor, reason, answer) = made, told
    stated = {"actor": actor, "reason": reason, "kind": kind, "edits": list(edits), "answer": dict(answer)}
    number = _next(session, draft.id, stated)
    images.note(session, draft.id, number, *made)
    images.put(session, draft.id, number, AFTER, goes=bool(gone), outlines=bool(regions or base))
    revision, stamp = written(session, draft.id, actor, kind, reason, {"step": number})
    now = {**draft.base, **base}
    return replace(draft, revision=revision, stamp=stamp, base=now, done=draft.done + 1, undone=0)


def _next(session: Session, number: UUID, stated: Mapping[str, Any]) -> int:
    """The next step of a plan; those that were undone are dropped."""
    own, c = plan_step.c.plan == number, plan_step.c
    dropped = update(plan_step).where(own, c.state == "undone").values(state="dropped").returning(c.number)
    values = [literal(value, c[name].type) for name, value in stated.items()]
    last = select(func.coalesce(func.max(c.number), 0)).where(own).scalar_subquery()  # the end of the index alone
    step = select(literal(number, c.plan.type), last + 1, *values)
    made = insert(plan_step).from_select(["plan", "number", *stated], step).returning(c.number)
    return int(session.execute(made.add_cte(dropped.cte("dropped"))).scalar_one())


def _restored(session: Session, draft: Draft, actor: str, action: str, now: str, then: str) -> Restored:
    editable(draft)
    state, other = ("done", "undone") if action == "undo" else ("undone", "done")
    order = plan_step.c.number.desc() if action == "undo" else plan_step.c.number
    mine = (plan_step.c.plan == draft.id) & (plan_step.c.state == state)
    number = session.execute(select(plan_step.c.number).where(mine).order_by(order).limit(1)).scalar_one_or_none()
    if number is None:
        raise (NothingToUndo if action == "undo" else NothingToRedo)([str(draft.id)])
    own = (plan_step.c.plan == draft.id) & (plan_step.c.number == number)
    session.execute(update(plan_step).where(own).values(state=other))
    images.put(session, draft.id, number, then)
    written(session, draft.id, actor, action, "", {"step": number})
    step = _step(session.execute(select(plan_step).where(own)).one())
    return _images(session, step, drafts.find(session, draft.id), now, then)


def _images(session: Session, step: Step, draft: Draft, now: str, then: str) -> Restored:
    c = plan_change.c
    rows = session.execute(
        select(
            c.layer,
            c.code,
            c[f"{then}_region"].label("region"),
            c[f"{then}_attributes"].label("attributes"),
            c[f"{now}_attributes"].label("others"),
            func.ST_AsBinary(c[f"{then}_shape"]).label("shape"),
        )
        .where(c.plan == draft.id, c.step == step.number)
        .order_by(c.layer, c.code)
    ).all()
    grids = [row for row in rows if row.layer == "grid"]
    regions = [row for row in rows if row.layer == "region"]
    return Restored(
        step=step,
        grids=tuple(_grid(row) for row in grids if row.attributes is not None),
        gone=frozenset(row.code for row in grids if row.attributes is None),
        regions=tuple(Region(code=row.code, shape=shapely.from_wkb(bytes(row.shape))) for row in regions),
        base={row.code: row.attributes["base"] for row in regions if row.attributes != row.others},
        draft=draft,
    )


def _grid(row: Row[*tuple[Any, ...]]) -> Grid:
    thing: Thing = READERS["grid"](row.code, row.region, row.attributes, shapely.from_wkb(bytes(row.shape)))
    assert isinstance(thing, Grid)
    return thing


def _step(row: Row[*tuple[Any, ...]]) -> Step:
    told = {name: value for name, value in row._mapping.items() if name != "plan"}
    return Step(**told)
