"""How do rows that arrive compare with the published ones, thousands at a time?"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from psycopg import Connection
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.files import Patch
from geo.model import Building, Layer, Thing
from geo.store.drafts import item_of
from geo.store.sorting import code_of
from geo.store.tables import SRID

STREAMED = (Layer.BUILDING, Layer.FACILITY, Layer.LINE, Layer.WATER)
ARRIVED = """
    CREATE TEMP TABLE arrived (number integer, layer text, code text COLLATE "C", attributes jsonb, touched text[],
                               complete boolean, shape geometry(Geometry, 4326)) ON COMMIT DROP"""
COPY = "COPY arrived (number, layer, code, attributes, touched, complete, shape) FROM STDIN"
JUDGE = """
    WITH compared AS MATERIALIZED (
      SELECT a.number, a.layer, a.code, a.complete, a.touched, k.id AS known, k.attributes AS was, k.shape AS stood,
             CASE WHEN k.id IS NULL THEN a.attributes
                  ELSE k.attributes || coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(a.attributes)
                                                 WHERE key = ANY (a.touched)), '{}') END AS attributes,
             CASE WHEN k.id IS NULL OR 'shape' = ANY (a.touched) THEN a.shape ELSE k.shape END AS shape,
             row_number() OVER (PARTITION BY a.layer, a.code ORDER BY a.number) > 1
               OR EXISTS (SELECT FROM plan_item AS p
                          WHERE p.plan = :plan AND p.layer = a.layer AND p.code = a.code) AS twice
      FROM arrived AS a
      LEFT JOIN identity AS i ON i.layer = a.layer AND i.code = a.code
      LEFT JOIN thing_in_force AS k ON k.id = i.id AND k.layer = i.layer
    ),
    judged AS MATERIALIZED (
      SELECT c.*, CASE WHEN twice THEN 'code-twice'
                       WHEN known IS NULL THEN CASE WHEN complete THEN 'new' ELSE layer || '-unmatched' END
                       WHEN attributes = was AND ST_AsBinary(shape) = ST_AsBinary(stood) THEN 'unchanged'
                       WHEN :update THEN 'changed' ELSE 'row-exists' END AS verdict
      FROM compared AS c
    ),
    taken AS (
      INSERT INTO plan_item (plan, layer, code, attributes, shape, touched)
      SELECT :plan, layer, code, attributes, shape, CASE WHEN known IS NOT NULL THEN touched END
      FROM judged WHERE verdict IN ('new', 'changed')
    )
    SELECT j.verdict, g.code AS was, (j.was->>'households')::integer AS was_households,
           (j.attributes->>'households')::integer AS households, j.attributes->>'grid' AS grid,
           CASE WHEN j.layer = 'building' AND j.verdict = 'changed' THEN ST_AsBinary(j.shape) END AS shape,
           CASE WHEN j.verdict = 'changed' THEN j.attributes->'entrance' END AS entrance
    FROM judged AS j
    LEFT JOIN dwelling AS d ON d.building = j.known AND in_force(d.numbers) AND j.verdict = 'changed'
    LEFT JOIN identity AS g ON g.id = d.grid
    ORDER BY j.number"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row on its way: `thing` is what it makes by itself, None where it only says something about a known one."""

    patch: Patch
    code: str
    thing: Thing | None
    attributes: dict[str, Any]
    touched: frozenset[str]

    @classmethod
    def of(cls, patch: Patch, thing: Thing | None) -> "Arrival":
        """The row of a patch; `thing` is on the lattice."""
        touched = set(patch.fields) - {"id"} | ({"shape"} if patch.shape is not None else set())
        if "households" in touched:
            touched.add("estimated")
        if thing is None:
            said = {name: _plain(value) for name, value in patch.fields.items() if name != "id"}
            return cls(patch, patch.fields["id"], None, {"estimated": False, **said}, frozenset(touched))
        return cls(patch, code_of(thing), thing, item_of(thing)["attributes"], frozenset(touched))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the database says of a row: its verdict or problem, its households, and where a changed building was."""

    verdict: str
    was: str | None
    was_households: int | None
    households: int | None
    grid: str | None
    shape: BaseGeometry | None
    entrance: BaseGeometry | None

    @property
    def problem(self) -> str | None:
        return None if self.verdict in ("new", "changed", "unchanged") else self.verdict


def prepare(session: Session) -> None:
    """Where the rows of a batch arrive; gone with the transaction."""
    session.execute(text(ARRIVED))


def judge(session: Session, plan: UUID, arrivals: Sequence[Arrival], *, update: bool) -> list[Judged]:
    """The verdicts in the order of the rows; what is new or changed becomes part of the plan."""
    session.execute(text("TRUNCATE arrived"))
    _copy(session, arrivals)
    rows = session.execute(text(JUDGE), {"plan": plan, "update": update}).all()
    return [_judged(arrival, row._mapping) for arrival, row in zip(arrivals, rows, strict=True)]


def placed(arrival: Arrival, verdict: Judged) -> Building:
    """A building where it will stand, as far as its owner is concerned."""
    assert verdict.shape is not None  # asked only about buildings that are new or changed
    return Building(
        id=arrival.code,
        shape=verdict.shape,
        entrance=verdict.entrance,
        grid=verdict.grid,
        households=verdict.households,
    )


def _judged(arrival: Arrival, row: Any) -> Judged:
    shape = None if row["shape"] is None else shapely.from_wkb(bytes(row["shape"]))
    entrance = None if row["entrance"] is None else shapely.Point(row["entrance"])
    if isinstance(arrival.thing, Building) and row["verdict"] == "new":
        shape, entrance = arrival.thing.shape, arrival.thing.entrance
    told = {name: row[name] for name in ("verdict", "was", "was_households", "households", "grid")}
    return Judged(**told, shape=shape, entrance=entrance)


def _copy(session: Session, arrivals: Sequence[Arrival]) -> None:
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)
    shapes = shapely.set_srid([None if a.thing is None else a.thing.shape for a in arrivals], SRID)
    hexed = shapely.to_wkb(shapes, hex=True, include_srid=True)
    with driver.cursor() as cursor, cursor.copy(COPY) as copy:
        for number, (arrival, shape) in enumerate(zip(arrivals, hexed, strict=True)):
            copy.write_row(
                (
                    number,
                    arrival.patch.layer.value,
                    arrival.code,
                    json.dumps(arrival.attributes, ensure_ascii=False),
                    sorted(arrival.touched),
                    arrival.thing is not None,
                    shape,
                )
            )


def _plain(value: object) -> object:
    """A field as the attributes hold it: a point as its coordinates."""
    return [value.x, value.y] if isinstance(value, shapely.Point) else value
