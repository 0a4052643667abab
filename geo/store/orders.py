"""Which boundaries were ordered and wait for grids that fit them, and whom do they concern?

An order changes nothing by itself: until a publication has the boundary the old map answers, with a warning in the
region and with the neighbours whose ground it changes.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo import lattice
from geo.coverage import is_exact
from geo.model import Ground
from geo.owned import sound
from geo.store.drafts import note, wkb
from geo.store.plan_tables import boundary_order
from geo.store.published import Edition, at, current_publication, editions, is_one_of
from geo.store.refusals import NoSuchOrder, NotDivided, NotSound, OrderInForce, OrderPending, OrderSettled
from geo.store.tables import SRID, edition, identity, log

MAP_CHANNEL = "wangge"
"""What a running service listens to for news of the map (`geo.store.live`): orders are told with its answers."""
PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A boundary that a region is to have; `number` is that of the document. `state` is pending, in_force (since
    `publication`) or withdrawn."""

    id: int
    region: str
    boundary: Ground
    number: str
    reason: str
    actor: str
    at: datetime
    state: str
    publication: int | None


def placed(session: Session, region: str, boundary: Ground, *, number: str, reason: str = "", actor: str) -> Order:
    """Note an order for a divided region; the boundary (degrees, WGS-84) is rounded to the lattice.

    Nothing is published from here to the end of the transaction: no order waits for a boundary that is there already.
    Raises NotSound, NotDivided, OrderInForce where the region has that boundary, OrderPending where another one waits.
    """
    try:
        rounded = lattice.rounded(boundary)
    except shapely.errors.GEOSException as error:  # a ring fell together to a point
        raise NotSound([region]) from error
    if not isinstance(rounded, shapely.Polygon | shapely.MultiPolygon) or not is_exact(rounded, [rounded]):
        raise NotSound([region])
    number_in_force = session.execute(select(func.hold_the_map())).scalar_one()
    own = select(func.is_same_ground(edition.c.boundary, func.ST_GeomFromWKB(shapely.to_wkb(rounded), SRID)))
    own = own.join(identity, identity.c.id == edition.c.region).where(identity.c.code == region)
    same = session.execute(own.where(at(edition, number_in_force))).scalar_one_or_none()
    if same is None:
        raise NotDivided([region])
    if same:
        raise OrderInForce([region])
    values = {"region": region, "boundary": wkb(rounded), "number": number, "reason": reason, "actor": actor}
    try:
        with session.begin_nested():
            new = insert(boundary_order).values(values).returning(boundary_order.c.id)
            id = int(session.execute(new).scalar_one())
    except IntegrityError as error:
        waits = listed(session, states=[PENDING], region=region, limit=1)
        raise OrderPending(region, waits[0].id if waits else 0) from error
    _told(session, actor, "order", reason, {"order": id, "region": region, "number": number})
    return find(session, id)


def undone(session: Session, number: int) -> list[Order]:
    """The orders in force that a revert to a publication would set waiting again: their boundary would be gone."""
    return [find(session, id) for id in session.scalars(select(func.orders_undone(number).table_valued("id").c.id))]


def renewed(session: Session, number: int) -> list[Order]:
    """The orders that wait again since a publication, a revert, took their boundary from the map."""
    own = (log.c.publication == number) & (log.c.action == "publish")
    told = session.scalar(select(log.c.details["orders"]).where(own)) or []
    return [find(session, one["id"]) for one in told]


def find(session: Session, id: int) -> Order:
    """An order by its id. Raises NoSuchOrder."""
    row = session.execute(_query().where(boundary_order.c.id == id)).one_or_none()
    if row is None:
        raise NoSuchOrder([str(id)])
    return _order(row)


def withdrawn(session: Session, id: int, *, actor: str, reason: str = "") -> Order:
    """Nobody waits for the order any more. Raises NoSuchOrder, OrderSettled."""
    waits = (boundary_order.c.id == id) & (boundary_order.c.state == PENDING)
    change = update(boundary_order).where(waits).values(state="withdrawn").returning(boundary_order.c.id)
    done = session.execute(change).one_or_none()
    found = find(session, id)
    if done is None:
        raise OrderSettled(str(id), found.state)
    _told(session, actor, "withdraw-order", reason, {"order": id, "region": found.region, "number": found.number})
    return found


def listed(
    session: Session,
    *,
    states: Collection[str] | None = None,
    region: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Order]:
    """Orders, newest first: of some states, for a region, with a smaller id than `before`."""
    query = _query().order_by(boundary_order.c.id.desc()).limit(limit)
    if states is not None:
        query = query.where(is_one_of(boundary_order.c.state, states))
    if region is not None:
        query = query.where(boundary_order.c.region == region)
    if before is not None:
        query = query.where(boundary_order.c.id < before)
    return [_order(row) for row in session.execute(query)]


def pending(session: Session) -> tuple[int, ...]:
    """Ids of the orders that wait. While neither these nor the publication change, `touched` tells the same."""
    waits = select(boundary_order.c.id).where(boundary_order.c.state == PENDING).order_by(boundary_order.c.id)
    return tuple(session.scalars(waits))


def touched(session: Session) -> dict[str, list[Order]]:
    """The orders that wait, by code of each region that they concern: their own, and the published neighbours that
    would lose ground to it or have a border with ground it loses."""
    found, now = defaultdict[str, list[Order]](list), current_publication(session)
    waits = session.execute(_query().where(boundary_order.c.state == PENDING).order_by(boundary_order.c.id))
    for order in [_order(row) for row in waits]:
        own = editions(session, now, codes=[order.region])
        near = editions(session, now, meets=[order.boundary, *(one.boundary for one in own)])
        for code in sorted({order.region}.union(*(_concerned(order, one, near) for one in own))):
            found[code].append(order)
    return dict(found)


def _concerned(order: Order, own: Edition, near: Sequence[Edition]) -> set[str]:
    """Regions that have ground of the difference, or an edge along it. Those that are provisional may be unsound."""
    beside = [one for one in near if one.region != order.region]
    ordered, ground, *others = sound([order.boundary, own.boundary, *(one.boundary for one in beside)])
    moved = ordered.symmetric_difference(ground)
    return {
        one.region
        for one, other in zip(beside, others, strict=True)
        if shapely.length(shapely.intersection(other, moved)) > 0
    }


def _told(session: Session, actor: str, action: str, reason: str, details: dict[str, object]) -> None:
    note(session, actor, action, reason, None, details)
    session.execute(select(func.pg_notify(MAP_CHANNEL, "")))


def _query() -> Select[Any]:
    columns = [column for column in boundary_order.c if column.name != "boundary"]
    return select(*columns, func.ST_AsBinary(boundary_order.c.boundary).label("ground"))


def _order(row: Row[Any]) -> Order:
    told = dict(row._mapping)
    ground = shapely.from_wkb(bytes(told.pop("ground")))
    return Order(**told, boundary=ground)
