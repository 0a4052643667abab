"""What happens to a plan as a whole: who may change it, in which state is it, and which plans are there?

A write begins with `locked`: from then on nobody else changes the plan, and its revision was compared.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo import tree
from geo.codes import FREE, scheme_of
from geo.model import Facility, Grid, Layer, Line, Plan, Region, Water
from geo.redraw.board import Codes
from geo.store import acceptances, drafts, surroundings
from geo.store.answers import LOCK_NOT_AVAILABLE
from geo.store.draft_terms import terms_of
from geo.store.drafts import Draft, written
from geo.store.known import Known
from geo.store.plan_tables import plan_change
from geo.store.possible import require
from geo.store.published import Edition, current_publication, editions, editions_of_ids, is_one_of
from geo.store.refusals import Busy, NoSuchDraft, RevisionMoved
from geo.store.stale import LAYERS
from geo.store.tables import acceptance, edition, identity, plan, plan_region, publication
from geo.terms import Terms

SIDES = ("west", "south", "east", "north")
NEAR_DEG = 0.01
"""Publications so far round a plan's ground are its business: buildings with an entrance in it may stand there."""
Stood = TypeVar("Stood", bound=Facility | Line | Water)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an open plan is made of: its ground with all that stands on it and streets and water near it, by what it is
    judged, and which codes may be given."""

    plan: Plan
    terms: Terms
    codes: Codes


def locked(session: Session, number: UUID, expected: Container[int] | None) -> Draft:
    """A plan that nobody else changes until the transaction ends. Raises NoSuchDraft, RevisionMoved, Busy.

    `expected` are the revisions that the caller may have seen; None where it does not matter.
    """
    try:
        row = session.execute(select(plan.c.id).where(plan.c.id == number).with_for_update()).one_or_none()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise Busy() from error
        raise
    if row is None:
        raise NoSuchDraft(str(number))
    draft = drafts.find(session, number)
    if expected is not None and draft.revision not in expected:
        raise RevisionMoved(draft.revision)
    return draft


def editable(draft: Draft) -> None:
    """Raises WrongState unless the plan may be edited."""
    require("edit", draft.id, draft.state)


def change(
    session: Session,
    draft: Draft,
    actor: str,
    *,
    title: str | None = None,
    reason: str | None = None,
    approval: str | None = None,
) -> Draft:
    """Another title, reason or number of the approving paper; what is None stays. Raises WrongState."""
    require("withdraw", draft.id, draft.state)  # while it is under way
    told = {"title": title, "reason": reason, "approval": approval}
    stated = {name: value for name, value in told.items() if value is not None and value != getattr(draft, name)}
    if not stated:
        return draft
    written(session, draft.id, actor, "change", "", stated, **stated)
    return drafts.find(session, draft.id)


def submit(session: Session, draft: Draft, actor: str, reason: str = "") -> Draft:
    """Drawn: others look at it, and nobody edits it meanwhile. Raises WrongState."""
    return _moved(session, draft, actor, "submit", reason, state="submitted")


def approve(session: Session, draft: Draft, actor: str, reason: str = "", *, approval: str | None = None) -> Draft:
    """It may be published as it is; with `approval` the number of the paper that says so. Raises WrongState."""
    paper = {} if approval is None else {"approval": approval}
    return _moved(session, draft, actor, "approve", reason, state="approved", approved_by=actor, **paper)


def reopen(session: Session, draft: Draft, actor: str, reason: str = "") -> Draft:
    """Back to be edited; an approval is void, and its number with it. Raises WrongState."""
    void = {} if draft.approved_by is None else {"approval": ""}
    return _moved(session, draft, actor, "reopen", reason, state="draft", approved_by=None, **void)


def withdraw(session: Session, draft: Draft, actor: str, reason: str = "") -> Draft:
    """Given up for now; regions that waited for it are free. Raises WrongState."""
    return _moved(session, draft, actor, "withdraw", reason, state="withdrawn", at=None)


def listed(
    session: Session,
    *,
    states: Collection[str] | None = None,
    community: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Draft]:
    """Plans in the order they were made: of some states, with a region, after the (created, id) of another."""
    which = list[ColumnElement[bool]]()
    if states is not None:
        which.append(is_one_of(plan.c.state, states))
    if community is not None:
        own = select(plan_region.c.plan).where(plan_region.c.code == community, plan_region.c.cause == "publish")
        which.append(plan.c.id.in_(own))
    if after is not None:
        which.append(tuple_(plan.c.created, plan.c.id) > after)
    return drafts.several(session, *which, limit=limit)


def seen(session: Session, number: UUID) -> str:
    """Names what a plan is judged by and is not its own: publications on its ground and round about, or of no ground,
    and acceptances. As long as it is the same, so is the `content` of a plan that nobody changed."""
    box = func.ST_Extent(plan_region.c.boundary)
    sides = [func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)]
    own = select(*(side.label(name) for side, name in zip(sides, SIDES, strict=True)))
    ground = own.where(plan_region.c.plan == number, plan_region.c.cause == "publish").subquery()
    meets = and_(
        publication.c.west <= ground.c.east + NEAR_DEG,
        publication.c.east >= ground.c.west - NEAR_DEG,
        publication.c.south <= ground.c.north + NEAR_DEG,
        publication.c.north >= ground.c.south - NEAR_DEG,
    )
    last = select(publication.c.number).join(ground, or_(publication.c.west.is_(None), meets))
    told = session.execute(
        select(
            last.order_by(publication.c.number.desc()).limit(1).scalar_subquery(),
            select(func.count()).select_from(acceptance).scalar_subquery(),
            select(func.count(acceptance.c.withdrawn_at)).scalar_subquery(),
        )
    ).one()
    return " ".join(map(str, told))


def content(session: Session, draft: Draft) -> Content:
    """What a plan is made of, with the map as it is published now."""
    known = Known.of(session)
    drawn = _filled(drafts.content(session, draft.id), known.regions)
    ground = [region.shape for region in drawn.regions if region.shape is not None]
    judged, beside = known.around(drawn)
    judged = replace(
        judged,
        grids=_apart(drawn.grids, judged.grids),
        facilities=_with(drawn.facilities, surroundings.facilities(session, known.number, ground)),
        lines=_with(drawn.lines, surroundings.lines(session, known.number, ground)),
        water=_with(drawn.water, surroundings.waters(session, known.number, ground)),
    )
    terms = replace(terms_of(known, judged, beside), accepted=acceptances.in_force(session, ground) if ground else ())
    return Content(plan=judged, terms=terms, codes=_codes(session, draft, judged, known))


def _apart(own: Sequence[Grid], there: Sequence[Grid]) -> tuple[Grid, ...]:
    """The plan's own grids, and those beside it with other codes: one that the plan gives wrongly can be drawn, and is
    told as a finding."""
    codes, regions = {grid.code for grid in own}, {grid.region for grid in own}
    return tuple(grid for grid in there if grid.region in regions or grid.code not in codes)


def _with(own: Sequence[Stood], there: Sequence[Stood]) -> tuple[Stood, ...]:
    """The plan's own things, and those that stand there and that it does not bring."""
    stated = {one.id for one in own}
    return (*own, *(one for one in there if one.id not in stated))


def editions_of(session: Session, draft: Draft) -> tuple[list[Edition], list[Edition]]:
    """The editions that a plan was drawn from and those in force now of its regions, each ordered by region. A region
    that the plan adds is in neither, or only in the second."""
    own = (plan_region.c.plan == draft.id) & (plan_region.c.cause == "publish")
    last = select(func.max(edition.c.id)).where(edition.c.intent == plan_region.c.base).scalar_subquery()
    base = list(session.scalars(select(func.coalesce(plan_region.c.drawn, last)).where(own)))
    now = current_publication(session)
    return editions_of_ids(session, [one for one in base if one is not None]), editions(session, now, codes=draft.base)


def _filled(drawn: Plan, known: Mapping[str, Region]) -> Plan:
    """The plan with what the tree tells of its regions where the plan brings their ground alone."""
    regions = tuple(
        replace(known[one.code], shape=one.shape) if one.code in known and one == _bare(one) else one
        for one in drawn.regions
    )
    return replace(drawn, regions=regions)


def _bare(region: Region) -> Region:
    return Region(code=region.code, shape=region.shape)


def _codes(session: Session, draft: Draft, drawn: Plan, known: Known) -> Codes:
    """Every code that ever was, also in steps of the plan that were taken back, and the scheme in force in each divided
    region."""
    named = select(identity.c.code).where(identity.c.layer.in_(LAYERS))
    once = select(plan_change.c.code).where(plan_change.c.plan == draft.id, plan_change.c.layer == Layer.GRID.value)
    given = set(session.scalars(named.union_all(once)))
    regions = known.regions | {region.code: region for region in drawn.regions}
    parents = {code: region.parent for code, region in regions.items()}
    stated = {code: region.scheme for code, region in regions.items()}
    found = {
        region.code: scheme_of(tree.chain(region.code, parents), stated)
        for region in drawn.regions
        if region.shape is not None
    }
    schemes = {code: scheme for code, scheme in found.items() if scheme is not None and scheme != FREE}
    return Codes(given=frozenset(given | {grid.code for grid in drawn.grids}), schemes=schemes)


def _moved(session: Session, draft: Draft, actor: str, action: str, reason: str, **values: object) -> Draft:
    require(action, draft.id, draft.state)
    paper = {name: values[name] for name in ("approval",) if name in values}
    written(session, draft.id, actor, action, reason, paper, **values)
    return drafts.find(session, draft.id)
