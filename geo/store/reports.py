"""What does a check of published regions look at, and what does it find?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, Table, select
from sqlalchemy.orm import Session

from geo.lookup import Map
from geo.model import Ground, Plan
from geo.people import SHANGHAI
from geo.store import things
from geo.store.connect import reachable, session
from geo.store.known import buildings_on
from geo.store.published import at, meets_any
from geo.store.tables import facility, identity, line, water
from geo.store.terms import terms_of
from geo.terms import Terms
from geo.tree import filled


def subject(engine: Engine, state: Map, code: str, zone: tzinfo = SHANGHAI) -> tuple[Plan, Terms]:
    """What a check of a published region, at any level, looks at; dates of people begin at 00:00 of the zone. Raises
    StoreUnavailable."""
    divided = divided_under(state, code)
    with reachable(), session(engine) as work, work.begin():
        work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        plan = published_plan(work, state, divided)
        astray = [
            one for one in things.buildings(work, state.publication, homeless=True) if _is_of(state, code, one.shape)
        ]
        there = {building.id for building in plan.buildings}
        buildings = (*plan.buildings, *(one for one in astray if one.id not in there))
        return replace(plan, buildings=buildings), terms_of(work, state, divided, zone)


def _is_of(state: Map, code: str, shape: BaseGeometry) -> bool:
    """Whether a building that no grid owns is told with a region: with each whose outline it is inside of, holes and
    all, and with the topmost ones where it is inside of none."""
    outline = state.outlines.get(code)
    if outline is not None and shapely.intersects(filled(outline), shape):
        return True
    roots = [root for root, region in state.regions.items() if region.parent is None]
    grounds = [ground for root in roots if (ground := state.outlines.get(root)) is not None]
    return code in roots and not any(shapely.intersects(filled(ground), shape) for ground in grounds)


def divided_under(state: Map, code: str) -> list[str]:
    """The divided regions at or below a region."""
    return [below for below in state.under(code) if below in state.boundaries]


def ground_under(state: Map, code: str) -> list[Ground]:
    """Their boundaries."""
    return [state.boundaries[below] for below in divided_under(state, code)]


def published_plan(work: Session, state: Map, divided: Sequence[str]) -> Plan:
    """The grids of some divided regions, and what stands on their ground: buildings, facilities, lines, water."""
    ground = [state.boundaries[code] for code in divided]
    if not ground:
        return Plan()
    number = state.publication
    there = things.buildings(work, number, meets=ground)
    return replace(
        outlined(state, divided),
        buildings=tuple(buildings_on(there, ground)),
        facilities=tuple(things.facilities(work, number, codes=_met(work, facility, number, ground))),
        lines=tuple(things.lines(work, number, codes=_met(work, line, number, ground))),
        water=tuple(things.waters(work, number, codes=_met(work, water, number, ground))),
    )


def outlined(state: Map, divided: Sequence[str]) -> Plan:
    """Some divided regions with their outlines, and their grids."""
    return Plan(
        regions=tuple(replace(state.regions[code], shape=state.boundaries[code]) for code in divided),
        grids=tuple(holding.grid for code in divided for holding in state.by_region.get(code, [])),
    )


def _met(work: Session, table: Table, number: int, ground: Sequence[Ground]) -> list[str]:
    """Ids of the things of a table whose box meets the box of some ground."""
    query = select(identity.c.code).join(table, table.c.id == identity.c.id)
    return list(work.scalars(query.where(at(table, number), meets_any(table.c.shape, ground))))
