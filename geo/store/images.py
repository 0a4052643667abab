"""How does a step change a plan, so that it can be taken back to the byte?

The rows that a step changes are copied in the database, before and after, and put back by copying.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    LargeBinary,
    TableValuedAlias,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geo.model import Grid, Ground, Region
from geo.store.drafts import item_of
from geo.store.plan_tables import plan_change
from geo.store.tables import SRID, edition, identity, plan, plan_item, plan_region

BEFORE, AFTER = "before", "after"
IMAGES = ["plan", "step", "layer", "code"]
IMAGES += [f"{side}_{part}" for side in (BEFORE, AFTER) for part in ("region", "attributes", "shape")]


def note(
    session: Session,
    number: UUID,
    step: int,
    grids: Sequence[Grid],
    gone: frozenset[str],
    regions: Sequence[Region],
    base: Mapping[str, int | None],
) -> None:
    """The images of a step: those after as they come in, those before as they lie in the store."""
    if grids or gone:
        _note_grids(session, number, step, [*grids, *sorted(gone)])
    if regions or base:
        _note_regions(session, number, step, {region.code: region.shape for region in regions}, base)


def _note_grids(session: Session, number: UUID, step: int, changed: Sequence[Grid | str]) -> None:
    """Grids as they are after a step, codes alone of those that are no more."""
    items = [{"code": one} if isinstance(one, str) else {**item_of(one), "shape": one.shape} for one in changed]
    images = _table(items)
    own = (plan_item.c.plan == number) & (plan_item.c.layer == "grid") & (plan_item.c.code == images.c.code)
    before = (plan_item.c.region, plan_item.c.attributes, plan_item.c.shape)
    after = (images.c.region, cast(images.c.attributes, JSONB), _ground(images))
    rows = select(literal(number, plan.c.id.type), literal(step), literal("grid"), images.c.code, *before, *after)
    session.execute(insert(plan_change).from_select(IMAGES, rows.select_from(images.outerjoin(plan_item, own))))


def _note_regions(
    session: Session, number: UUID, step: int, shapes: Mapping[str, Ground | None], base: Mapping[str, int | None]
) -> None:
    """Regions whose boundary or base is another one after a step."""
    drawn = _last_of(session, [one for one in base.values() if one is not None])
    based = {code: {"base": intent, "drawn": drawn.get(code)} for code, intent in base.items()}
    codes = sorted(based.keys() | shapes.keys())
    images = _table([{"code": code, "attributes": based.get(code), "shape": shapes.get(code)} for code in codes])
    own = (plan_region.c.plan == number) & (plan_region.c.code == images.c.code)
    was = func.jsonb_build_object("base", plan_region.c.base, "drawn", plan_region.c.drawn)
    before = (null(), was, plan_region.c.boundary)
    after = (
        null(),
        func.coalesce(cast(images.c.attributes, JSONB), was),
        func.coalesce(_ground(images), plan_region.c.boundary),
    )
    rows = select(literal(number, plan.c.id.type), literal(step), literal("region"), images.c.code, *before, *after)
    session.execute(insert(plan_change).from_select(IMAGES, rows.select_from(images.join(plan_region, own))))


def _last_of(session: Session, intents: Sequence[int]) -> dict[str, int]:
    """The last edition of each intent by code of its region: the one in force where the intent is."""
    last = select(identity.c.code, func.max(edition.c.id)).join(identity, identity.c.id == edition.c.region)
    rows = session.execute(last.where(edition.c.intent.in_(intents)).group_by(identity.c.code))
    return {code: int(id) for code, id in rows}


def _table(items: Sequence[Mapping[str, Any]]) -> TableValuedAlias:
    """Items as a table in one parameter a column, however many there are."""
    attributes = [None if item.get("attributes") is None else json.dumps(item["attributes"]) for item in items]
    shapes = [None if item.get("shape") is None else shapely.to_wkb(item["shape"]) for item in items]
    columns = (
        cast([item["code"] for item in items], ARRAY(Text)),
        cast([item.get("region") for item in items], ARRAY(Text)),
        cast(attributes, ARRAY(Text)),
        cast(shapes, ARRAY(LargeBinary)),
    )
    names = ("code", "region", "attributes", "shape")
    return func.unnest(*columns).table_valued(*names).render_derived(name="images")


def _ground(images: TableValuedAlias) -> ColumnElement[object]:
    return func.ST_GeomFromWKB(images.c.shape, SRID)


def put(session: Session, number: UUID, step: int, side: str, *, goes: bool = True, outlines: bool = True) -> None:
    """Make the plan hold one side of what a step changed: whether a grid `goes` and whether `outlines` of regions, or
    their base, are others is asked of the step where nobody knows."""
    c = plan_change.c
    region, attributes, shape = c[f"{side}_region"], c[f"{side}_attributes"], c[f"{side}_shape"]
    mine = (c.plan == number) & (c.step == step)
    if goes:
        none = select(c.code).where(mine, c.layer == "grid", attributes.is_(None))
        held = (plan_item.c.plan == number) & (plan_item.c.layer == "grid")
        session.execute(delete(plan_item).where(held, plan_item.c.code.in_(none)))
    names = ["plan", "layer", "code", "region", "attributes", "shape"]
    images = select(c.plan, c.layer, c.code, region, attributes, shape)
    come = upsert(plan_item).from_select(names, images.where(mine, c.layer == "grid", attributes.is_not(None)))
    values: dict[str, Any] = {name: come.excluded[name] for name in names[3:]}
    values |= {"touched": None, "removed": False, "fresh": False}
    session.execute(come.on_conflict_do_update(index_elements=["plan", "layer", "code"], set_=values))
    if outlines:
        session.execute(
            update(plan_region)
            .where(mine, c.layer == "region", plan_region.c.plan == number, plan_region.c.code == c.code)
            .values(
                boundary=shape,
                base=cast(attributes["base"].astext, BigInteger),
                drawn=cast(attributes["drawn"].astext, BigInteger),
            )
        )
