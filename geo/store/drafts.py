"""How does an unpublished plan lie in the store?"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import shapely
from geoalchemy2.elements import WKBElement
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, bindparam, cast, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from geo.model import (
    Building,
    Facility,
    Grid,
    Ground,
    Layer,
    Line,
    Person,
    Plan,
    Region,
    Thing,
    Water,
)
from geo.store.plan_items import READERS
from geo.store.plan_tables import plan_step
from geo.store.possible import WITHDRAWABLE, wrong_state
from geo.store.refusals import NoSuchDraft
from geo.store.tables import SRID, plan, plan_item, plan_region

ROWS_AT_ONCE = 2_000
"""Rows a statement: keeps a large import in constant memory on the way to the database."""


CHANNEL = "wangge_event"
"""Where PostgreSQL tells that something happened to a plan, or was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan's own row. `base` gives for each region the intent it was drawn from, None for a new one.

    `approval` is the number of the paper that allows it, `at` the instant it waits for. `stamp` is another one after
    every write of any plan. `done` and `undone` count its steps.
    """

    id: UUID
    title: str
    reason: str
    actor: str
    state: str
    provisional: bool
    revision: int
    created: datetime
    publication: int | None
    approval: str
    approved_by: str | None
    at: datetime | None
    stamp: UUID
    base: Mapping[str, int | None]
    done: int = 0
    undone: int = 0

    @property
    def can_undo(self) -> bool:
        return self.state == "draft" and self.done > 0

    @property
    def can_redo(self) -> bool:
        return self.state == "draft" and self.undone > 0


def save(
    session: Session,
    changes: Plan,
    outlines: Mapping[str, Ground],
    base: Mapping[str, int | None],
    *,
    touched: Mapping[tuple[Layer, str], Collection[str]] = MappingProxyType({}),
    removed: Mapping[tuple[Layer, str], BaseGeometry | None] = MappingProxyType({}),
    fresh: Collection[tuple[Layer, str]] = (),
    actor: str,
    title: str = "",
    reason: str = "",
    provisional: bool = False,
) -> UUID:
    """Keep a plan as a draft: `changes` are new and changed things, with all grids of each region in `outlines`.

    `base` gives for each of those regions the intent it was drawn from; `touched` names the attributes that are set of
    a thing that is only updated; `removed` are things to take out, with the place they leave; `fresh` were not there
    when the plan was made. Returns the plan's id.
    Shapes must be on the lattice.
    """
    number = uuid4()
    session.execute(insert(plan).values(id=number, title=title, reason=reason, actor=actor, provisional=provisional))
    if base:
        rows = [{"plan": number, "code": c, "base": b, "boundary": wkb(outlines[c])} for c, b in sorted(base.items())]
        session.execute(insert(plan_region), rows)
    for batch in _batches(_items(changes, touched, removed, fresh)):
        session.execute(insert(plan_item), [{"plan": number, **item} for item in batch])
    details = {"title": title, "regions": sorted(base), "revision": 1, "state": "draft"}
    note(session, actor, "draft", reason, number, details)
    session.execute(select(func.pg_notify(CHANNEL, "")))
    return number


def find(session: Session, number: UUID) -> Draft:
    """A plan by its id. Raises NoSuchDraft."""
    found = several(session, plan.c.id == number)
    if not found:
        raise NoSuchDraft(str(number))
    return found[0]


def several(session: Session, *which: ColumnElement[bool], limit: int | None = None) -> list[Draft]:
    """Plans, ordered by when they were made."""
    own = (plan_region.c.plan == plan.c.id) & (plan_region.c.cause == "publish")
    base = select(func.jsonb_object_agg(plan_region.c.code, plan_region.c.base)).where(own).scalar_subquery()
    done, undone = (
        select(func.count()).where(plan_step.c.plan == plan.c.id, plan_step.c.state == state).scalar_subquery()
        for state in ("done", "undone")
    )
    told = select(plan, base.label("base"), done.label("done"), undone.label("undone"))
    rows = session.execute(told.where(*which).order_by(plan.c.created, plan.c.id).limit(limit))
    return [Draft(**{**row._mapping, "base": dict(sorted((row.base or {}).items()))}) for row in rows]


def withdraw(session: Session, number: UUID, actor: str, reason: str = "") -> None:
    """Take a plan out of the running; its rows stay for the log. Raises NoSuchDraft, WrongState."""
    open_still = plan.c.state.in_(WITHDRAWABLE)
    row = session.execute(select(plan.c.id).where(plan.c.id == number, open_still).with_for_update()).one_or_none()
    if row is None:
        raise wrong_state(number, find(session, number).state)
    written(session, number, actor, "withdraw", reason, state="withdrawn", at=None)


def written(
    session: Session,
    number: UUID,
    actor: str,
    action: str,
    reason: str = "",
    details: Mapping[str, object] = MappingProxyType({}),
    **values: object,
) -> tuple[int, UUID]:
    """Write some columns of a locked plan: it gets its next revision and a new stamp, which are returned, and the log
    and those who follow events are told."""
    fresh = {"revision": plan.c.revision + 1, "stamp": func.gen_random_uuid()}
    change = update(plan).where(plan.c.id == number).values(**values, **fresh)
    now = change.returning(plan.c.id, plan.c.revision, plan.c.state, plan.c.stamp).cte("now")
    stands = func.jsonb_build_object("revision", now.c.revision, "state", now.c.state)
    logged = func.note_in_log(actor, action, reason, now.c.id, cast(dict(details), JSONB).op("||")(stands))
    row = session.execute(select(now.c.revision, now.c.stamp, logged, func.pg_notify(CHANNEL, ""))).one()
    return row.revision, row.stamp


def content(session: Session, number: UUID, layers: Collection[Layer] = tuple(Layer)) -> Plan:
    """What a draft holds: its regions with outlines, its grids, and the things it adds or changes.

    Only of the layers given: of a city's buildings there may be millions.
    """
    outlines = {
        code: shapely.from_wkb(bytes(data))
        for code, data in session.execute(
            select(plan_region.c.code, func.ST_AsBinary(plan_region.c.boundary)).where(
                plan_region.c.plan == number, plan_region.c.cause == "publish"
            )
        )
    }
    found: dict[str, list[Thing]] = {layer: [] for layer in READERS}
    rows = session.execute(
        select(
            plan_item.c.layer,
            plan_item.c.code,
            plan_item.c.region,
            plan_item.c.attributes,
            func.ST_AsBinary(plan_item.c.shape),
        )
        .where(plan_item.c.plan == number, func.coalesce(plan_item.c.region, "").not_in(_amended(number)))
        .where(~plan_item.c.removed, plan_item.c.layer.in_([layer.value for layer in layers]))
        .order_by(plan_item.c.layer, plan_item.c.code)
    )
    for layer, code, region, attributes, data in rows:
        own = None if data is None else shapely.from_wkb(bytes(data))
        shape = outlines.pop(code, None) if layer == "region" else own
        found[layer].append(READERS[layer](code, region, attributes, shape))
    bare = [Region(code=code, shape=shape) for code, shape in sorted(outlines.items())]
    return Plan(
        regions=(*found["region"], *bare),  # type: ignore[arg-type]
        grids=tuple(found["grid"]),  # type: ignore[arg-type]
        buildings=tuple(found["building"]),  # type: ignore[arg-type]
        facilities=tuple(found["facility"]),  # type: ignore[arg-type]
        lines=tuple(found["line"]),  # type: ignore[arg-type]
        water=tuple(found["water"]),  # type: ignore[arg-type]
        people=tuple(found["person"]),  # type: ignore[arg-type]
    )


def note(
    session: Session, actor: str, action: str, reason: str, number: UUID | None, details: Mapping[str, object]
) -> None:
    """Add to the log; the door notes publications itself."""
    session.execute(
        text("SELECT note_in_log(:actor, :action, :reason, :plan, CAST(:details AS jsonb))").bindparams(
            bindparam("plan", type_=plan.c.id.type)
        ),
        {"actor": actor, "action": action, "reason": reason, "plan": number, "details": json.dumps(details)},
    )


def wkb(shape: BaseGeometry | None) -> WKBElement | None:
    """A shape as the store takes it."""
    return None if shape is None else WKBElement(shapely.to_wkb(shape), srid=SRID)


def _amended(number: UUID) -> Select[tuple[str]]:
    """Codes of the neighbours that the plan only adds nodes to."""
    return select(plan_region.c.code).where(plan_region.c.plan == number, plan_region.c.cause == "node")


def _items(
    drawn: Plan,
    touched: Mapping[tuple[Layer, str], Collection[str]],
    removed: Mapping[tuple[Layer, str], BaseGeometry | None],
    fresh: Collection[tuple[Layer, str]],
) -> Iterator[dict[str, object]]:
    for part in fields(drawn):
        for thing in getattr(drawn, part.name):
            item = item_of(thing)
            key = Layer(item["layer"]), item["code"]
            names = touched.get(key)
            shape = wkb(None if isinstance(thing, Region) else thing.shape)
            said = {"touched": None if names is None else sorted(names), "removed": False, "fresh": key in fresh}
            yield {**item, "shape": shape, **said}
    for (layer, code), shape in removed.items():
        yield {**_item(layer, code), "shape": wkb(shape), "touched": None, "removed": True, "fresh": False}


def _batches(items: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    while batch := list(islice(items, ROWS_AT_ONCE)):
        yield batch


def item_of(thing: Thing) -> dict[str, Any]:
    """A thing as a row of `plan_item`, without its shape and what is the draft's own."""
    match thing:
        case Building(id=code):
            return _item("building", code, **_building_attributes(thing))
        case Region(code=code):
            own = {"name": thing.name, "level": thing.level, "parent": thing.parent}
            return _item("region", code, enclave=thing.enclave, scheme=thing.scheme, **own)
        case Grid(code=code):
            return _item("grid", code, region=thing.region, name=thing.name, kind=thing.kind.value)
        case Facility(id=code):
            return _item("facility", code, name=thing.name, category=thing.category)
        case Line(id=code):
            return _item("line", code, name=thing.name, category=thing.category)
        case Water(id=code):
            return _item("water", code, name=thing.name)
        case Person(id=code):
            return _item("person", code, **_person_attributes(thing))


def _building_attributes(b: Building) -> dict[str, Any]:
    return {
        "name": b.name,
        "address": b.address,
        "compound": b.compound,
        "entrance": None if b.entrance is None else [b.entrance.x, b.entrance.y],
        "households": b.households,
        "estimated": b.estimated,
        "levels": b.levels,
        "kind": b.kind,
        "grid": b.grid,
    }


def _person_attributes(p: Person) -> dict[str, Any]:
    return {
        "name": p.name,
        "phone": p.phone,
        "place": p.place,
        "place_layer": p.place_layer,
        "role": p.role,
        "post": p.post,
        "subject": p.subject,
        "since": p.since,
        "until": p.until,
    }


def _item(layer: str, code: str, *, region: str | None = None, **attributes: object) -> dict[str, Any]:
    return {"layer": str(layer), "code": code, "region": region, "attributes": attributes}
