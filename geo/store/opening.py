"""How does a plan begin with what is published?

One statement a table, in the database: a district's 97 communities are copied in a fraction of a second. A code that
was retired since a past state comes back by a revert alone: in a plan of that state such grids get the next free one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, cast, func, insert, literal, select, update
from sqlalchemy.orm import Session

from geo.redraw.board import Board
from geo.redraw.naming import next_codes
from geo.store import drafts, plans
from geo.store.drafts import CHANNEL
from geo.store.published import at, current_publication, is_one_of
from geo.store.refusals import NoSuchPublication, NoSuchRegion, NotDivided
from geo.store.tables import edition, grid, identity, log, plan, plan_item, plan_region, region


def opened(
    session: Session,
    communities: Sequence[str],
    *,
    publication: int | None = None,
    actor: str,
    title: str = "",
    reason: str = "",
    approval: str = "",
) -> UUID:
    """A new plan with all published ground of some regions, or of the divided regions below them.

    With `publication` the ground of that past state; its base is what is in force now all the same, and grids whose
    code is not free for it any more have other ones (`recoded`). Where a region is provisional the plan may stay so.
    Raises NoSuchRegion, NotDivided, NoSuchPublication; EditRefused as `next_codes` does.
    """
    now = current_publication(session)
    if publication is not None and not 1 <= publication <= now:
        raise NoSuchPublication([str(publication)])
    then = now if publication is None else publication
    regions = divided(session, communities, then)
    number = uuid4()
    told = {"title": title, "reason": reason, "approval": approval, "actor": actor}
    provisional = select(func.coalesce(func.bool_or(edition.c.standing == "provisional"), False))
    own = edition.c.region.in_(list(regions))
    allowed = session.execute(provisional.where(own, at(edition, then))).scalar_one()
    session.execute(insert(plan).values(id=number, provisional=allowed, **told))
    _copy_ground(session, number, own, now, then)
    details = {
        "title": title,
        "regions": sorted(regions.values()),
        "publication": then,
        "revision": 1,
        "state": "draft",
    }
    if then != now:
        _copy_tree(session, number, list(regions), now, then)
        details["recoded"] = _recode(session, number, list(regions), now)
    drafts.note(session, actor, "open", reason, number, details)
    session.execute(select(func.pg_notify(CHANNEL, "")))
    return number


def recoded(session: Session, number: UUID) -> dict[str, str]:
    """The grids that got another code when a plan was opened with a past state: old code -> new one."""
    own = (log.c.plan == number) & (log.c.action == "open")
    return dict(session.scalar(select(log.c.details["recoded"]).where(own)) or {})


def divided(session: Session, codes: Sequence[str], number: int) -> dict[int, str]:
    """Identities and codes of the divided regions among and below some regions at a publication. Raises NoSuchRegion,
    NotDivided."""
    named = select(identity.c.id, identity.c.code).join(region, region.c.id == identity.c.id)
    named = named.where(identity.c.layer == "region", is_one_of(identity.c.code, codes), at(region, number))
    tops = {row.id: row.code for row in session.execute(named)}
    if unknown := sorted(set(codes) - set(tops.values())):
        raise NoSuchRegion(unknown)
    below = select(region.c.id.label("top"), region.c.id).where(region.c.id.in_(list(tops)), at(region, number))
    tree = below.cte("below", recursive=True)
    tree = tree.union(select(tree.c.top, region.c.id).where(region.c.parent == tree.c.id, at(region, number)))
    rows = session.execute(
        select(tree.c.top, identity.c.id, identity.c.code)
        .join(identity, identity.c.id == tree.c.id)
        .join(edition, (edition.c.region == tree.c.id) & at(edition, number))
    ).all()
    if bare := sorted(tops[top] for top in tops.keys() - {row.top for row in rows}):
        raise NotDivided(bare)
    return {row.id: row.code for row in rows}


def _copy_ground(session: Session, number: UUID, own: ColumnElement[bool], now: int, then: int) -> None:
    """Boundaries and grids of then, on the base of now."""
    is_then = (own, at(edition, then))
    current = edition.alias("current")
    base, drawn = current.c.intent.label("base"), current.c.id.label("drawn")
    ground = (
        select(literal(number, plan.c.id.type), identity.c.code, base, drawn, edition.c.boundary)
        .join(identity, identity.c.id == edition.c.region)
        .outerjoin(current, (current.c.region == edition.c.region) & _is_at(current.c.numbers, now))
        .where(*is_then)
    )
    session.execute(insert(plan_region).from_select(["plan", "code", "base", "drawn", "boundary"], ground))
    above = identity.alias("above")
    attributes = func.jsonb_build_object("name", grid.c.name, "kind", grid.c.kind)
    grids = (
        select(
            literal(number, plan.c.id.type), literal("grid"), identity.c.code, above.c.code, attributes, grid.c.shape
        )
        .join(edition, edition.c.id == grid.c.edition)
        .join(identity, identity.c.id == grid.c.id)
        .join(above, above.c.id == edition.c.region)
        .where(*is_then)
    )
    names = ["plan", "layer", "code", "region", "attributes", "shape"]
    session.execute(insert(plan_item).from_select(names, grids))


def _is_at(numbers: ColumnElement[object], number: int) -> ColumnElement[bool]:
    return numbers.op("@>")(cast(number, BigInteger))


def _copy_tree(session: Session, number: UUID, regions: Sequence[int], now: int, then: int) -> None:
    """The regions and those above them that are not in the tree any more, as they were then."""
    own = select(region.c.id, region.c.parent).where(region.c.id.in_(regions), at(region, then))
    chain = own.cte("chain", recursive=True)
    chain = chain.union(select(region.c.id, region.c.parent).where(region.c.id == chain.c.parent, at(region, then)))
    today = region.alias("today")
    parent = identity.alias("parent")
    attributes = func.jsonb_build_object(
        *("name", region.c.name, "level", region.c.level, "parent", parent.c.code),
        *("enclave", region.c.enclave, "scheme", region.c.scheme),
    )
    lost: Select[tuple[object, ...]] = (
        select(literal(number, plan.c.id.type), literal("region"), identity.c.code, attributes)
        .join(identity, identity.c.id == region.c.id)
        .outerjoin(parent, parent.c.id == region.c.parent)
        .where(region.c.id.in_(select(chain.c.id)), at(region, then))
        .where(~select(today.c.id).where(today.c.id == region.c.id, _is_at(today.c.numbers, now)).exists())
    )
    session.execute(insert(plan_item).from_select(["plan", "layer", "code", "attributes"], lost))


def _recode(session: Session, number: UUID, regions: Sequence[int], now: int) -> Mapping[str, str]:
    """Codes that are retired, or stand in a region that the plan has not, give way to new ones."""
    own = (plan_item.c.plan == number) & (plan_item.c.layer == "grid")
    kept = select(identity.c.code).join(grid, grid.c.id == identity.c.id).join(edition, edition.c.id == grid.c.edition)
    kept = kept.where(edition.c.region.in_(regions), at(edition, now))
    old = defaultdict[str, list[str]](list)
    lost = select(plan_item.c.region, plan_item.c.code).where(own, plan_item.c.code.not_in(kept))
    for above, code in session.execute(lost.order_by(plan_item.c.code)):
        old[above].append(code)
    if not old:
        return {}
    board = Board(regions={}, grids={}, codes=plans.content(session, drafts.find(session, number)).codes)
    new = {above: next_codes(board, above, len(codes)) for above, codes in old.items()}
    found = {a: b for above, codes in old.items() for a, b in zip(codes, new[above], strict=True)}
    change = update(plan_item).where(own, plan_item.c.code == bindparam("was")).values(code=bindparam("is"))
    told = [{"was": one, "is": other} for one, other in found.items()]
    session.connection().execute(change, told)
    return found
