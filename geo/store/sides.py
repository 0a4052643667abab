"""How do two states of some regions lie side by side: publications, plans, and what a plan was drawn from?"""

from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo import coverage
from geo.difference import Home, Side
from geo.households import owned, tally
from geo.model import Grid, Layer, Plan, Region, Standing
from geo.store import drafts, published, things
from geo.store.known import Known
from geo.store.published import at, current_publication, is_one
from geo.store.tables import building, dwelling, edition, identity, plan_item, plan_region
from geo.store.tables import tally as counted

Reader = Callable[[Collection[str]], Side]
"""Reads a state; asked again for buildings by their ids that the other state has and this one did not name."""


def pair(before: Reader, after: Reader) -> tuple[Side, Side]:
    """Both states, each with every building that counts in one of them."""
    now = after(())
    once = before(now.homes.keys())
    missing = once.homes.keys() - now.homes.keys()
    return once, after(once.homes.keys()) if missing else now


def of_publication(session: Session, number: int, regions: Collection[str]) -> Reader:
    """Some regions as published at a number."""
    found = published.editions(session, number, codes=regions)
    grids = {grid.code: grid for one in found for grid in one.grids}
    households = published.tallies(session, number, grids)

    def read(ids: Collection[str]) -> Side:
        return Side(
            standings={one.region: one.standing for one in found},
            grids=grids,
            households=households,
            homes=homes(session, number, grids.keys(), ids),
        )

    return read


def of_base(session: Session, plan: UUID) -> Reader:
    """The regions of a plan as they were when it was drawn from them; each as it was last in force."""
    numbers: dict[int, list[str]] = {}
    for region, number in _bases(session, plan):
        numbers.setdefault(number, []).append(region)
    readers = [of_publication(session, number, regions) for number, regions in sorted(numbers.items())]

    def read(homes: Collection[str]) -> Side:
        return together(reader(homes) for reader in readers)

    return read


def of_plan(session: Session, plan: UUID, others: Collection[str] = ()) -> Reader:
    """A plan's regions as they would be published now; `others` are regions beside it as they are in force."""
    known, content = Known.of(session), drafts.content(session, plan)
    regions = {region.code: region for region in content.regions if region.shape is not None}
    beside = [one for code in sorted({*others} - regions.keys()) if (one := known.edition(code))]
    whole = _with(content, beside)
    drawn, near = known.around(whole, without=_removed(session, plan))
    codes = {grid.code for grid in whole.grids}
    standings = {code: _standing(region, content.grids) for code, region in regions.items()}

    def read(homes: Collection[str]) -> Side:
        there = {one.id for one in drawn.buildings}
        missing = sorted({*homes} - there - set(_removed(session, plan)))
        more = things.buildings(session, known.number, codes=missing) if missing else []
        found = owned([*drawn.buildings, *more], [*drawn.grids, *near])
        counts = tally(found)
        wanted = {*homes}
        return Side(
            standings=standings | {one.region: one.standing for one in beside},
            grids={grid.code: grid for grid in whole.grids},
            households={code: counts.get(code) for code in codes},
            homes={
                one.building.id: Home(one.grid, one.building.households)
                for one in found
                if one.grid is None or one.grid in codes or one.building.id in wanted
            },
        )

    return read


def together(sides: Iterable[Side]) -> Side:
    """States of different regions as one; of a building that several tell of, what has an owner counts."""
    whole = Side()
    for side in sides:
        known = {id_: home for id_, home in whole.homes.items() if home.grid is not None}
        whole = Side(
            standings={**whole.standings, **side.standings},
            grids={**whole.grids, **side.grids},
            households={**whole.households, **side.households},
            homes={**whole.homes, **side.homes, **known},
        )
    return whole


def regions_of_plan(session: Session, plan: UUID) -> set[str]:
    """Codes of the regions that a plan draws."""
    drawn = select(plan_region.c.code).where(plan_region.c.plan == plan, plan_region.c.cause == "publish")
    return set(session.scalars(drawn))


def differing_regions(session: Session, one: int, other: int) -> set[str]:
    """Codes of the regions that two publications hold otherwise: drawn anew on purpose, or counted otherwise."""
    first, last = sorted((one, other))
    intents = [dict(_intents(session, number)) for number in (first, last)]
    drawn = {code for code in intents[0].keys() | intents[1].keys() if intents[0].get(code) != intents[1].get(code)}
    moved = func.lower(counted.c.numbers).between(first + 1, last) | func.upper(counted.c.numbers).between(
        first + 1, last
    )
    grids = set(session.scalars(select(identity.c.code).join(counted, counted.c.grid == identity.c.id).where(moved)))
    rehoused = func.lower(dwelling.c.numbers).between(first + 1, last) | func.upper(dwelling.c.numbers).between(
        first + 1, last
    )
    grids |= set(
        session.scalars(select(identity.c.code).join(dwelling, dwelling.c.grid == identity.c.id).where(rehoused))
    )
    if not grids:
        return drawn
    return drawn | {code for number in (first, last) for code in published.regions_of_grids(session, number, grids)}


def _with(content: Plan, beside: Sequence[published.Edition]) -> Plan:
    """A plan and published regions beside it as one."""
    return Plan(
        regions=(*content.regions, *(Region(code=one.region, shape=one.boundary) for one in beside)),
        grids=(*content.grids, *(grid for one in beside for grid in one.grids)),
        buildings=content.buildings,
    )


def _standing(region: Region, grids: Sequence[Grid]) -> Standing:
    """Proven where its grids cover it exactly, as the door would find."""
    shapes = [grid.shape for grid in grids if grid.region == region.code]
    exact = region.shape is not None and coverage.is_exact(region.shape, shapes)
    return Standing.PROVEN if exact else Standing.PROVISIONAL


def _removed(session: Session, plan: UUID) -> list[str]:
    """Ids of the buildings that a plan takes out."""
    query = select(plan_item.c.code).where(plan_item.c.plan == plan, plan_item.c.layer == "building")
    return list(session.scalars(query.where(plan_item.c.removed)))


def _bases(session: Session, plan: UUID) -> list[tuple[str, int]]:
    """The regions of a plan that were published when it was drawn, and the last number at which each base holds."""
    last = func.max(func.coalesce(func.upper(edition.c.numbers) - 1, current_publication(session)))
    rows = session.execute(
        select(plan_region.c.code, last)
        .join(edition, edition.c.intent == plan_region.c.base)
        .where(plan_region.c.plan == plan, plan_region.c.cause == "publish", ~func.isempty(edition.c.numbers))
        .group_by(plan_region.c.code)
    )
    return [(code, int(number)) for code, number in rows]


def homes(session: Session, number: int, grids: Collection[str], ids: Collection[str]) -> dict[str, Home]:
    """Buildings that some grids own at a number, and those named, with their owners."""
    owner, named = identity.alias("owner"), identity.alias("named")
    owned = (
        select(dwelling.c.building)
        .join(named, named.c.id == dwelling.c.grid)
        .where(at(dwelling, number), is_one(named, Layer.GRID, grids))
    )
    asked = select(named.c.id).where(is_one(named, Layer.BUILDING, ids))
    rows = session.execute(
        select(identity.c.code, owner.c.code, building.c.households)
        .join(building, building.c.id == identity.c.id)
        .outerjoin(dwelling, (dwelling.c.building == building.c.id) & at(dwelling, number))
        .outerjoin(owner, owner.c.id == dwelling.c.grid)
        .where(at(building, number), building.c.id.in_(owned.union(asked)))
    )
    return {code: Home(grid, households) for code, grid, households in rows}


def _intents(session: Session, number: int) -> list[tuple[str, int]]:
    rows = session.execute(
        select(identity.c.code, edition.c.intent)
        .join(identity, identity.c.id == edition.c.region)
        .where(at(edition, number))
    )
    return [(code, intent) for code, intent in rows]
