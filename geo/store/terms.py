"""By what are published regions judged beside themselves: neighbours, limits, codes of old, and what was accepted?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

import numpy as np
import shapely
from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from geo.lookup import Map
from geo.model import Ground, Layer
from geo.people import SHANGHAI
from geo.staffing import counted
from geo.store import acceptances, people
from geo.store.published import is_one_of, tallies
from geo.store.tables import edition, grid, identity
from geo.terms import Staff, Terms
from geo.tree import above


def terms_of(session: Session, state: Map, regions: Sequence[str], zone: tzinfo = SHANGHAI) -> Terms:
    """The terms for a check of some divided regions as published; `state` has them all. In the zone dates begin at
    00:00."""
    codes = [holding.code for region in regions for holding in state.by_region.get(region, [])]
    ground = [state.boundaries[region] for region in regions if region in state.boundaries]
    near = _near(state, regions, ground)
    parents = {code: region.parent for code, region in state.regions.items()}
    upper = above(regions, parents) - set(regions)
    staff, staffed = _staff(session, state, regions, zone)
    return Terms(
        ruleset=state.ruleset,
        beside=[holding.grid for code in near for holding in state.by_region.get(code, [])],
        around=[replace(state.regions[code], shape=state.boundaries[code]) for code in near],
        before=_before(session, state.publication, codes),
        parents={code: parents.get(code) for code in upper},
        schemes={code: state.regions[code].scheme for code in upper if code in state.regions},
        taken=_given(session) - {*codes, *regions},
        fresh=_first_given(session, state.publication, codes),
        accepted=acceptances.in_force(session, ground) if ground else (),
        staff=staff,
        staffed=staffed,
    )


def _near(state: Map, regions: Sequence[str], ground: Sequence[Ground]) -> list[str]:
    """The other divided regions that reach into the box of some ground."""
    if not ground:
        return []
    box, own = shapely.box(*shapely.total_bounds(np.asarray(ground, dtype=object))), set(regions)
    return [code for code, shape in state.boundaries.items() if code not in own and box.intersects(shape)]


def _staff(
    session: Session, state: Map, regions: Sequence[str], zone: tzinfo
) -> tuple[dict[str, Staff], frozenset[str]]:
    """How many people each grid has now; and the regions that somebody was ever named for, or a grid of theirs."""
    owner = {holding.code: region for region in regions for holding in state.by_region.get(region, [])}
    roster, now = people.roster(session, state.publication, zone, places={*owner, *regions}), datetime.now(UTC)
    named = roster.places
    staffed = {owner[code] for code in named[Layer.GRID] if code in owner} | named[Layer.REGION] & set(regions)
    return {code: counted(roster.of(code, now, Layer.GRID)) for code in named[Layer.GRID]}, frozenset(staffed)


def _before(session: Session, number: int, codes: Iterable[str]) -> dict[str, int]:
    """Households of the grids in the publication before; without those that nobody counted or that were not there."""
    if number <= 1:
        return {}
    return {code: count for code, count in tallies(session, number - 1, codes).items() if count is not None}


def _given(session: Session) -> set[str]:
    """The codes of all grids and regions there ever were."""
    layers = [Layer.GRID.value, Layer.REGION.value]
    return set(session.scalars(select(identity.c.code).where(identity.c.layer.in_(layers))))


def _first_given(session: Session, number: int, codes: Iterable[str]) -> set[str]:
    """Those of the grids' codes that a publication gave for the first time."""
    query = (
        select(identity.c.code)
        .join(grid, grid.c.id == identity.c.id)
        .join(edition, edition.c.id == grid.c.edition)
        .where(identity.c.layer == Layer.GRID.value, is_one_of(identity.c.code, codes))
        .group_by(identity.c.code)
        .having(func.min(func.lower(edition.c.numbers)) == cast(number, BigInteger))
    )
    return set(session.scalars(query))
