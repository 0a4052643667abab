"""Which blocks was a plan last drawn from?

They are kept with the plan, region by region, so that the next drawing begins with the same ones; they go with it, and
nothing of them is published. A block is named by its region and its number there, from west to east.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
import shapely
from shapely import Polygon
from sqlalchemy import ARRAY, Integer, Row, Select, Text, cast, delete, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geo.store.drafts import wkb
from geo.store.plan_tables import plan_block, plan_blocks
from geo.store.published import is_one_of

NAME: Final = re.compile(r"(.+)-([1-9][0-9]{0,8})", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of ground, lon/lat on the lattice, that grids of a community are put together from."""

    community: str
    number: int
    shape: Polygon

    @property
    def id(self) -> str:
        return f"{self.community}-{self.number}"


def keep(session: Session, plan: UUID, community: str, shapes: Sequence[Polygon]) -> None:
    """Keep these as the blocks of a community in the place of those it had. Shapes must be on the lattice.

    The caller holds the lock of the plan's row (`geo.store.plans.locked`).
    """
    own = {"plan": plan, "region": community}
    first = upsert(plan_blocks).values(**own)
    again = first.on_conflict_do_update(index_elements=["plan", "region"], set_={"times": plan_blocks.c.times + 1})
    session.execute(again)
    session.execute(delete(plan_block).where(plan_block.c.plan == plan, plan_block.c.region == community))
    numbers = _numbers(shapes)
    rows = [
        {**own, "number": number, "place": place, "shape": wkb(shape)}
        for place, (number, shape) in enumerate(zip(numbers, shapes, strict=True))
    ]
    if rows:
        session.execute(insert(plan_block), rows)


def kept(session: Session, plan: UUID, community: str) -> list[Polygon]:
    """The blocks of a community as they were given to `keep`: in that order, to the byte. None if none are kept."""
    own = (plan_block.c.plan == plan) & (plan_block.c.region == community)
    rows = session.scalars(select(func.ST_AsBinary(plan_block.c.shape)).where(own).order_by(plan_block.c.place))
    return [_polygon(data) for data in rows]


def times(session: Session, plan: UUID) -> int:
    """How many times blocks were kept with a plan: as long as it is the same, so are they."""
    return int(session.scalar(select(func.sum(plan_blocks.c.times)).where(plan_blocks.c.plan == plan)) or 0)


def listed(
    session: Session,
    plan: UUID,
    *,
    communities: Collection[str] | None = None,
    after: tuple[str, int] | None = None,
    limit: int | None = None,
) -> list[Block]:
    """Blocks of a plan by community and number: of some communities, after the (community, number) of another block."""
    c = plan_block.c
    which = [c.plan == plan]
    if communities is not None:
        which.append(is_one_of(c.region, communities))
    if after is not None:
        which.append(tuple_(c.region, c.number) > after)
    rows = session.execute(_blocks().where(*which).order_by(c.region, c.number).limit(limit))
    return [_block(row) for row in rows]


def found(session: Session, plan: UUID, ids: Collection[str]) -> dict[str, Polygon]:
    """The ground of blocks of a plan by their ids, without those that it does not have."""
    keys = [key for key in map(key_of, ids) if key is not None]
    if not keys:
        return {}
    c = plan_block.c
    regions, numbers = zip(*keys, strict=True)
    named = func.unnest(cast([*regions], ARRAY(Text)), cast([*numbers], ARRAY(Integer)))
    wanted = named.table_valued("region", "number").render_derived(name="wanted")
    same = (c.region == wanted.c.region) & (c.number == wanted.c.number)
    rows = session.execute(_blocks().join(wanted, same).where(c.plan == plan))
    return {block.id: block.shape for block in map(_block, rows)}


def key_of(id: str) -> tuple[str, int] | None:
    """The community and the number that an id of a block names; None for what is no such id."""
    told = NAME.fullmatch(id)
    return None if told is None or "\0" in id else (told[1], int(told[2]))


def _numbers(shapes: Sequence[Polygon]) -> list[int]:
    """The number of each: from west to east, then from north to south, by their middles."""
    middle = shapely.centroid(np.array(shapes, dtype=object))
    order = np.lexsort((-shapely.get_y(middle), shapely.get_x(middle)))
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    return [*numbers.tolist()]


def _blocks() -> Select[tuple[str, int, bytes]]:
    c = plan_block.c
    return select(c.region, c.number, func.ST_AsBinary(c.shape).label("shape"))


def _block(row: Row[*tuple[Any, ...]]) -> Block:
    return Block(community=row.region, number=row.number, shape=_polygon(row.shape))


def _polygon(data: bytes) -> Polygon:
    shape = shapely.from_wkb(bytes(data))
    assert isinstance(shape, Polygon)  # nothing else is kept
    return shape
