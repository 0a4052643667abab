"""What of a publication is written out: all of it, or a region with everything below it and on it?

Of the tree above a region nothing is written: its rows name their parents by code. Buildings go with their owner,
facilities with the grid they stand on, lines and water with every region whose ground they meet.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.files.columns import PLURALS
from geo.lookup import Holding, Map
from geo.model import MAP_LAYERS, Facility, Layer, Line, Person, Plan, Region, Water
from geo.store import people, things
from geo.store.lists import WITHIN_DEG
from geo.store.published import at, is_one_of
from geo.store.tables import dwelling, identity

Standing = TypeVar("Standing", Facility, Line, Water)


@dataclass(frozen=True)
class Selection:
    """A published state, and the region of it that is wanted (any level of the tree); None for all."""

    map: Map
    region: str | None = None

    @cached_property
    def regions(self) -> list[Region]:
        """The regions, ordered by code; divided ones carry their boundary."""
        codes = self.map.regions if self.region is None else self.map.under(self.region)
        return [replace(self.map.regions[code], shape=self.map.boundaries.get(code)) for code in sorted(codes)]

    @cached_property
    def holdings(self) -> list[Holding]:
        """Their grids, ordered by code."""
        found = [holding for region in self.regions for holding in self.map.by_region.get(region.code, [])]
        return sorted(found, key=lambda holding: holding.code)

    @cached_property
    def grids(self) -> list[str]:
        return [holding.code for holding in self.holdings]


def plan(session: Session, wanted: Selection, layers: Collection[Layer] = ()) -> Plan:
    """The selection as a plan file holds it; only some layers of it, if given."""
    whole = _whole(session, wanted)
    left_out = {PLURALS[layer]: () for layer in MAP_LAYERS if layers and layer not in layers}
    return replace(whole, **left_out)


def _whole(session: Session, wanted: Selection) -> Plan:
    number = wanted.map.publication
    if wanted.region is None:
        return things.everything(session, number)
    return Plan(
        regions=tuple(wanted.regions),
        grids=tuple(holding.grid for holding in wanted.holdings),
        buildings=tuple(things.buildings(session, number, codes=_buildings(session, wanted))),
        facilities=tuple(thing for thing, _ in facilities(session, wanted)),
        lines=tuple(lines(session, wanted)),
        water=tuple(waters(session, wanted)),
    )


def facilities(session: Session, wanted: Selection) -> list[tuple[Facility, str | None]]:
    """Facilities of the selection, ordered by id, each with the grid it stands on."""
    found = things.facilities(session, wanted.map.publication)
    codes = owners(wanted.map, [one.shape for one in found])
    inside = set(wanted.grids)
    return [(one, code) for one, code in zip(found, codes, strict=True) if wanted.region is None or code in inside]


def lines(session: Session, wanted: Selection) -> list[Line]:
    return _meeting(things.lines(session, wanted.map.publication), wanted)


def waters(session: Session, wanted: Selection) -> list[Water]:
    return _meeting(things.waters(session, wanted.map.publication), wanted)


def persons(session: Session, wanted: Selection) -> list[Person]:
    """The people bound to what is selected, or to anything; inner, and part of no plan."""
    codes = None if wanted.region is None else [region.code for region in wanted.regions]
    return people.persons(session, wanted.map.publication, codes=people.bound(session, wanted.map.publication, codes))


def owners(state: Map, shapes: list[shapely.Geometry]) -> list[str | None]:
    """The grid that owns a point on each shape, None where nobody does."""
    if not shapes:
        return []
    xy = shapely.get_coordinates(shapely.point_on_surface(np.asarray(shapes, dtype=object)))
    numbers = state.owners.owners(xy)
    return [None if number < 0 else state.owners.codes[number] for number in numbers]


def _buildings(session: Session, wanted: Selection) -> list[str]:
    """Ids of the buildings whose owner is one of the grids."""
    owner = identity.alias("owner")
    query = (
        select(identity.c.code)
        .join(dwelling, dwelling.c.building == identity.c.id)
        .join(owner, owner.c.id == dwelling.c.grid)
        .where(at(dwelling, wanted.map.publication), is_one_of(owner.c.code, wanted.grids))
    )
    return list(session.scalars(query))


def _meeting(found: list[Standing], wanted: Selection) -> list[Standing]:
    if wanted.region is None:
        return found
    ground = wanted.map.outlines.get(wanted.region)
    if ground is None:
        return []
    shapely.prepare(ground)  # by distance, which unlike a crossing test never fails on rings that cross
    return [one for one in found if shapely.dwithin(ground, one.shape, WITHIN_DEG)]
