"""What stands on a plan's ground and round it that the plan does not bring?"""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from geo.model import Facility, Ground, Layer, Line, Water
from geo.store import things
from geo.store.published import at, meets_any
from geo.store.tables import facility, identity, line, water

TABLES: Mapping[Layer, Table] = {Layer.FACILITY: facility, Layer.LINE: line, Layer.WATER: water}
NEAR_DEG = 0.0006
"""How far beside the ground streets and water count: 50 m and more up to a latitude of 40 degrees, as far as an edit
may snap."""


def facilities(session: Session, number: int, ground: Sequence[Ground]) -> list[Facility]:
    """The facilities in force on some ground."""
    if not ground:
        return []
    found = things.facilities(session, number, codes=_ids(session, Layer.FACILITY, number, ground))
    shapes = np.asarray([one.shape for one in found], dtype=object)
    met = set(shapely.STRtree(np.asarray(ground, dtype=object)).query(shapes, "intersects")[0].tolist())
    return [one for n, one in enumerate(found) if n in met]


def lines(session: Session, number: int, ground: Sequence[Ground]) -> list[Line]:
    """The lines in force on some ground and near it."""
    return things.lines(session, number, codes=_ids(session, Layer.LINE, number, _wider(ground)))


def waters(session: Session, number: int, ground: Sequence[Ground]) -> list[Water]:
    """The water in force on some ground and near it."""
    return things.waters(session, number, codes=_ids(session, Layer.WATER, number, _wider(ground)))


def _ids(session: Session, layer: Layer, number: int, boxes: Sequence[Ground]) -> list[str]:
    table = TABLES[layer]
    if not boxes:
        return []
    query = select(identity.c.code).join(table, table.c.id == identity.c.id).where(at(table, number))
    return list(session.scalars(query.where(meets_any(table.c.shape, boxes))))


def _wider(ground: Sequence[Ground]) -> list[Ground]:
    if not ground:
        return []
    margin = np.array([-NEAR_DEG, -NEAR_DEG, NEAR_DEG, NEAR_DEG])
    bounds = shapely.bounds(np.asarray(ground, dtype=object)) + margin
    return [shapely.box(*box) for box in bounds.tolist()]
