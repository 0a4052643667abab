"""What can be found of a publication: which codes, names and addresses, where, and owned by which grid?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ARRAY, BigInteger, Column, ColumnElement, cast, func, select
from sqlalchemy.orm import Session

from geo.facility_owner import owners
from geo.findable import Entry, How
from geo.lattice import to_degrees, to_steps
from geo.model import Building, Facility, Grid, Layer, Region, Standing
from geo.owned import CUT_M2, SHARE_DIGITS, Owned, owned, sound
from geo.search import Finder, made
from geo.store.published import at, editions, regions
from geo.store.tables import building, dwelling, identity
from geo.store.things import facilities
from geo.tree import chain

Lonlat = tuple[float, float]


def finder(session: Session, number: int) -> Finder:
    """Everything that can be found at a publication; 400,000 buildings take some ten seconds of one processor."""
    return Finder(made(entries(session, number), number))


def entries(session: Session, number: int) -> Iterator[Entry]:
    """Regions, grids, buildings and facilities in force at a publication, in four reads."""
    ground = editions(session, number)
    grids = [grid for one in ground for grid in one.grids]
    places = dict(zip([one.region for one in ground], inner([one.boundary for one in ground]), strict=True))
    yield from of_regions(regions(session, number), places)
    yield from of_grids(grids)
    yield from of_buildings(session, number, grids, {grid.code for grid in grids})
    yield from of_facilities(
        facilities(session, number), [(grid, one.standing) for one in ground for grid in one.grids]
    )


def of_grids(grids: Sequence[Grid]) -> Iterator[Entry]:
    for grid, place in zip(grids, inner([grid.shape for grid in grids]), strict=True):
        yield Entry(Layer.GRID, grid.code, grid.name, place=place)


def inner(shapes: Sequence[BaseGeometry]) -> list[Lonlat]:
    """A point in each shape, degrees, to the nearest lattice value."""
    points = shapely.point_on_surface(sound(shapes))
    return [(lon, lat) for lon, lat in to_degrees(to_steps(shapely.get_coordinates(points))).tolist()]


def of_regions(tree: Sequence[Region], own: Mapping[str, Lonlat]) -> Iterator[Entry]:
    """`own` are the places of divided regions, ordered by code. A region without ground of its own has the place of the
    one below that lies most in the middle of those."""
    parents = {region.code: region.parent for region in tree}
    below: dict[str, list[Lonlat]] = {}
    for code, place in own.items():
        for above in chain(code, parents)[1:]:
            below.setdefault(above, []).append(place)
    for region in tree:
        there = own.get(region.code) or _middle(below.get(region.code, []))
        yield Entry(Layer.REGION, region.code, region.name, place=there)


def _middle(places: Sequence[Lonlat]) -> Lonlat | None:
    if not places:
        return None
    xy = np.array(places)
    return places[int(((xy - xy.mean(axis=0)) ** 2).sum(axis=1).argmin())]


def of_buildings(
    session: Session, number: int, grids: Sequence[Grid], codes: Collection[str], only: Collection[int] | None = None
) -> Iterator[Entry]:
    """The owner is the store's; by which rule, and the shares of what a border cuts, as `geo.owned` finds them.

    `codes` are those of the grids in force that are declared for any. With `only`, some buildings by their numbers:
    `grids` are then at least those whose boxes these meet.
    """
    owner = identity.alias("owner")
    query = (
        select(
            identity.c.code,
            building.c.name,
            building.c.address,
            building.c.grid,
            func.ST_AsBinary(building.c.entrance).label("entrance"),
            func.ST_AsBinary(building.c.shape).label("shape"),
            owner.c.code.label("owner"),
        )
        .join(identity, identity.c.id == building.c.id)
        .outerjoin(dwelling, (dwelling.c.building == building.c.id) & at(dwelling, number))
        .outerjoin(owner, owner.c.id == dwelling.c.grid)
        .where(at(building, number))
    )
    if only is not None:
        query = query.where(is_numbered(building.c.id, only))
    rows = session.execute(query).all()
    shapes, doors = _read([row.shape for row in rows]), _read([row.entrance for row in rows])
    found = owned(
        [
            Building(id=row.code, grid=row.grid, entrance=door, shape=shape)
            for row, door, shape in zip(rows, doors, shapes, strict=True)
        ],
        grids,
    )
    rules, shares = [*How][:3], _shares(found)
    for n, (row, place, by) in enumerate(zip(rows, inner(shapes), found.by.tolist(), strict=True)):
        how = None if row.owner is None else rules[by]  # the last for a nobody (-1): the largest share decided
        texts = row.code, row.name, row.address
        is_elsewhere = row.grid in codes and row.grid != row.owner
        yield Entry(Layer.BUILDING, *texts, row.owner, how, place, shares.get(n, ()), is_elsewhere)


def _read(shapes: Sequence[bytes | None]) -> list[Any]:
    """Shapes; None for what is none."""
    data = np.array([None if shape is None else bytes(shape) for shape in shapes], dtype=object)
    found: list[Any] = shapely.from_wkb(data).tolist()
    return found


def _shares(found: Owned) -> Mapping[int, list[tuple[str, float]]]:
    """Of buildings that a border cuts or that lie in several grids, by their number: the largest first."""
    several = np.flatnonzero(found.is_split | found.is_ambiguous).tolist()
    return {
        n: sorted(
            ((code, round(area / one.area_m2, SHARE_DIGITS)) for code, area in one.shares.items() if area > CUT_M2),
            key=lambda share: (-share[1], share[0]),
        )
        for n, one in zip(several, found.some(several), strict=True)
    }


def of_facilities(things: Sequence[Facility], grids: Sequence[tuple[Grid, Standing]]) -> Iterator[Entry]:
    told = zip(things, owners(things, grids), inner([one.shape for one in things]), strict=True)
    for one, found, place in told:
        owner, how = found or (None, None)
        yield Entry(Layer.FACILITY, one.id, one.name, "", owner, how, place)


def is_numbered(column: Column[int], numbers: Collection[int]) -> ColumnElement[bool]:
    """Whether a number is one of these; they go in one parameter."""
    return column == func.any(cast(sorted(numbers), ARRAY(BigInteger)))
