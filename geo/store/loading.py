"""What has a publication, as columns? Shapes are fetched only of editions that the state before does not have."""

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Table, cast, func, select
from sqlalchemy.orm import Session

from geo.model import Ground, Region
from geo.packing import Grids, News, Packed, Regions, completed, packed
from geo.people import Roster, microseconds
from geo.store import people, rulesets
from geo.store.published import at
from geo.store.tables import edition, grid, identity, publication, region, tally

PEOPLE = "people/"


def load(session: Session, number: int, zone: ZoneInfo, before: Packed | None = None) -> Packed:
    """The whole state of a publication, as one transaction sees it; dates begin at 00:00 of the zone, and `before` is
    any state of the same zone."""
    before = of_one_line(session, number, before)
    found = news(session, number, zone, before)
    return completed(packed(found, before), found, before)


def news(session: Session, number: int, zone: ZoneInfo, before: Packed | None = None) -> News:
    """What a publication has that the state before, which is `of_one_line`, does not have."""
    regions = _regions(session, number)
    known = set[int]() if before is None else set(before.columns["region.edition"].tolist())
    fresh = sorted({one for one in regions.edition if one is not None} - known)
    changed = people.settled_at(session, number)
    is_same = before is not None and before.told["people"] == changed
    return News(
        publication=number,
        at=session.scalar(select(publication.c.at).where(publication.c.number == number)),
        ruleset=rulesets.at(session, number),
        grids=_grids(session, number),
        regions=regions,
        shapes=_shapes(session, fresh),
        boundaries=_boundaries(session, fresh),
        people=_taken_over(before) if is_same and before is not None else people.roster(session, number, zone),
        people_of=changed,
        zone=zone.key,
        instants=_instants(session, number, before),
    )


def of_one_line(session: Session, number: int, before: Packed | None) -> Packed | None:
    """The state before, unless it is of a store that is no more: the last publication that both know of came into force
    at another instant there, and its editions have other ground."""
    if before is None:
        return None
    own = before.columns["instants"]
    known = min(number, len(own))
    moved = session.scalar(select(publication.c.at).where(publication.c.number == known))
    return before if moved is not None and microseconds(moved) == own[known - 1] else None


def _taken_over(before: Packed) -> Roster:
    return Roster({name.removeprefix(PEOPLE): one for name, one in before.columns.items() if name.startswith(PEOPLE)})


def _instants(session: Session, number: int, before: Packed | None) -> NDArray[np.int64]:
    """When each publication came into force; only those are read that the state before does not know."""
    known = np.empty(0, dtype=np.int64) if before is None else before.columns["instants"][:number].astype(np.int64)
    found = session.scalars(
        select(publication.c.at)
        .where(publication.c.number > len(known), publication.c.number <= number)
        .order_by(publication.c.number)
    )
    return np.append(known, np.array([microseconds(one) for one in found], dtype=np.int64))


def _grids(session: Session, number: int) -> Grids:
    divided = identity.alias("divided")
    columns = zip(
        *session.execute(
            select(
                identity.c.id, identity.c.code, grid.c.name, grid.c.kind, divided.c.code, edition.c.id,
                edition.c.standing, tally.c.households,
            )
            .join(edition, edition.c.id == grid.c.edition)
            .join(identity, identity.c.id == grid.c.id)
            .join(divided, divided.c.id == edition.c.region)
            .outerjoin(tally, (tally.c.grid == grid.c.id) & at(tally, number))
            .where(at(edition, number))
        ).all(),
        strict=True,
    )  # fmt: skip
    names = ("id", "code", "name", "kind", "region", "edition", "standing", "households")
    told: list[Sequence[object]] = list(columns) or [() for _ in names]
    return Grids(**dict(zip(names, told, strict=True)))  # type: ignore[arg-type]


def _regions(session: Session, number: int) -> Regions:
    parent = identity.alias("parent")
    rows = session.execute(
        select(
            identity.c.id, identity.c.code, region.c.name, region.c.level, parent.c.code, region.c.enclave,
            region.c.scheme, edition.c.id,
        )
        .join(identity, identity.c.id == region.c.id)
        .outerjoin(parent, parent.c.id == region.c.parent)
        .outerjoin(edition, (edition.c.region == region.c.id) & at(edition, number))
        .where(at(region, number))
        .order_by(identity.c.code)
    ).all()  # fmt: skip
    return Regions(
        regions=[
            Region(code=code, name=name, level=level, parent=above, enclave=enclave, scheme=scheme)
            for _, code, name, level, above, enclave, scheme, _ in rows
        ],
        id=[row[0] for row in rows],
        edition=[row[7] for row in rows],
    )


def _shapes(session: Session, editions: Iterable[int]) -> dict[tuple[int, int], Ground]:
    rows = session.execute(
        select(grid.c.edition, grid.c.id, func.ST_AsBinary(grid.c.shape)).where(_is_one_of(grid, "edition", editions))
    ).all()
    return dict(zip(((row[0], row[1]) for row in rows), _read([row[2] for row in rows]), strict=True))


def _boundaries(session: Session, editions: Iterable[int]) -> Mapping[int, Ground]:
    rows = session.execute(
        select(edition.c.id, func.ST_AsBinary(edition.c.boundary)).where(_is_one_of(edition, "id", editions))
    ).all()
    return dict(zip((row[0] for row in rows), _read([row[1] for row in rows]), strict=True))


def _read(told: Sequence[bytes]) -> Sequence[Ground]:
    shapes: Sequence[Ground] = shapely.from_wkb(np.array(told, dtype=object)).tolist()
    return shapes


def _is_one_of(table: Table, column: str, numbers: Iterable[int]) -> ColumnElement[bool]:
    return table.c[column] == func.any(cast(list(numbers), ARRAY(BigInteger)))
