"""How do rows that arrive compare with the published ones, thousands at a time?

What nobody knows yet is copied straight into the draft. What is known is judged in the database: unchanged, changed, or
not to be touched.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import shapely
from psycopg import Connection
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.files import Patch
from geo.model import Building, Layer, Thing
from geo.store.drafts import item_of
from geo.store.tables import SRID

STREAMED = (Layer.BUILDING, Layer.FACILITY, Layer.LINE, Layer.WATER, Layer.PERSON)
COPY = "COPY plan_item (plan, layer, code, attributes, shape, fresh) FROM STDIN"
NOTHING = r"\N"
"""A null in COPY's text format."""
KNOWN = """
    SELECT a.layer, a.code, EXISTS (SELECT FROM plan_item AS p WHERE p.plan = :plan AND p.layer = a.layer
                                    AND p.code = a.code) AS taken
    FROM unnest(CAST(:layers AS text[]), CAST(:codes AS text[])) AS a (layer, code)
    WHERE EXISTS (SELECT FROM plan_item AS p WHERE p.plan = :plan AND p.layer = a.layer AND p.code = a.code)
       OR EXISTS (SELECT FROM identity AS i JOIN thing_in_force AS k ON k.id = i.id AND k.layer = i.layer
                  WHERE i.layer = a.layer AND i.code = a.code)"""
JUDGE = """
    WITH arrived AS MATERIALIZED (
      SELECT number, layer, code, attributes::jsonb AS attributes, touched::jsonb AS touched,
             ST_GeomFromEWKB(decode(shape, 'hex')) AS shape
      FROM unnest(CAST(:layers AS text[]), CAST(:codes AS text[]), CAST(:attributes AS text[]),
                  CAST(:touched AS text[]), CAST(:shapes AS text[]))
           WITH ORDINALITY AS a (layer, code, attributes, touched, shape, number)
    ),
    compared AS MATERIALIZED (
      SELECT a.number, a.layer, a.code, a.touched, k.id AS known, k.attributes AS was, k.shape AS stood,
             k.attributes || coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(a.attributes)
                                       WHERE a.touched ? key), '{}') AS attributes,
             CASE WHEN a.touched ? 'shape' THEN a.shape ELSE k.shape END AS shape
      FROM arrived AS a
      JOIN identity AS i ON i.layer = a.layer AND i.code = a.code
      JOIN thing_in_force AS k ON k.id = i.id AND k.layer = i.layer
    ),
    judged AS MATERIALIZED (
      SELECT c.*, CASE WHEN attributes = was
                        AND ST_AsBinary(shape) IS NOT DISTINCT FROM ST_AsBinary(stood) THEN 'unchanged'
                       WHEN :update THEN 'changed' ELSE 'row-exists' END AS verdict
      FROM compared AS c
    ),
    taken AS (
      INSERT INTO plan_item (plan, layer, code, attributes, shape, touched)
      SELECT :plan, layer, code, attributes, shape, ARRAY(SELECT jsonb_array_elements_text(touched))
      FROM judged WHERE verdict = 'changed'
    )
    SELECT j.verdict, g.code AS was, (j.was->>'households')::integer AS was_households,
           (j.attributes->>'households')::integer AS households, j.attributes->>'grid' AS grid,
           ST_AsBinary(j.shape) AS shape, j.attributes->'entrance' AS entrance
    FROM judged AS j
    LEFT JOIN dwelling AS d ON d.building = j.known AND in_force(d.numbers)
    LEFT JOIN identity AS g ON g.id = d.grid
    ORDER BY j.number"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row on its way: `thing` is what it makes by itself, None where it only says something about a known one;
    `shape` is on the lattice, the thing's own is as it came."""

    patch: Patch
    code: str
    thing: Thing | None
    shape: BaseGeometry | None

    @property
    def key(self) -> tuple[str, str]:
        return self.patch.layer.value, self.code

    @property
    def touched(self) -> set[str]:
        """The attributes that the row has a value for."""
        names = {name for name in self.patch.fields if name != "id"}
        names |= {"shape"} if self.patch.shape is not None else set()
        return names | ({"estimated"} if "households" in names else set())

    @property
    def attributes(self) -> dict[str, Any]:
        if self.thing is not None:
            attributes: dict[str, Any] = item_of(self.thing)["attributes"]
            return attributes
        said = {name: _plain(value) for name, value in self.patch.fields.items() if name != "id"}
        return {"estimated": False, **said}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the database says of a known thing: its verdict, who owned it, and as what it will stand where."""

    verdict: str
    was: str | None
    was_households: int | None
    households: int | None
    grid: str | None
    shape: Any
    entrance: Any

    def building(self, code: str) -> Building:
        """The building as it will be, as far as its owner is concerned."""
        entrance = None if self.entrance is None else shapely.Point(self.entrance)
        shape: Any = shapely.from_wkb(bytes(self.shape))
        return Building(id=code, shape=shape, entrance=entrance, grid=self.grid, households=self.households)


@dataclass(slots=True)
class Sorted:
    """The rows of a batch: new ones, those of known things, and those whose code has come before."""

    fresh: list[Arrival] = field(default_factory=list)
    known: list[Arrival] = field(default_factory=list)
    twice: list[Arrival] = field(default_factory=list)


def sort(session: Session, plan: UUID, arrivals: Sequence[Arrival]) -> Sorted:
    """Which rows are new, and which are of things in force?"""
    told = session.execute(text(KNOWN), {"plan": plan, **_keys(arrivals)})
    known = {(row.layer, row.code): row.taken for row in told}
    result, seen = Sorted(), set[tuple[str, str]]()
    for arrival in arrivals:
        key = arrival.key
        if key in seen or known.get(key) is True:
            result.twice.append(arrival)
        else:
            (result.known if key in known else result.fresh).append(arrival)
        seen.add(key)
    return result


def copy(session: Session, plan: UUID, fresh: Sequence[Arrival]) -> None:
    """New things, into the draft."""
    if not fresh:
        return
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)
    hexed = _hexed([arrival.shape for arrival in fresh])
    with driver.cursor() as cursor, cursor.copy(COPY) as stream:
        stream.write("".join(_lines(plan, fresh, hexed)))


def judge(session: Session, plan: UUID, known: Sequence[Arrival], *, update: bool) -> list[Judged]:
    """The verdicts on rows of known things, in their order; what is changed becomes part of the draft."""
    if not known:
        return []
    values = {
        "plan": plan,
        "update": update,
        **_keys(known),
        "attributes": [_json(arrival.attributes) for arrival in known],
        "touched": [_json(sorted(arrival.touched)) for arrival in known],
        "shapes": _hexed([arrival.shape for arrival in known]),
    }
    return [Judged(**row._mapping) for row in session.execute(text(JUDGE), values)]


def _keys(arrivals: Iterable[Arrival]) -> dict[str, list[str]]:
    keys = [arrival.key for arrival in arrivals]
    return {"layers": [layer for layer, _ in keys], "codes": [code for _, code in keys]}


def _lines(plan: UUID, fresh: Sequence[Arrival], hexed: Sequence[str | None]) -> Iterator[str]:
    """Rows as COPY's text format has them: tabs between, backslashes doubled; JSON has no bare tab or line end."""
    for arrival, shape in zip(fresh, hexed, strict=True):
        layer, code = arrival.key
        attributes = _json(arrival.attributes)
        yield f"{plan}\t{layer}\t{_escaped(code)}\t{_escaped(attributes)}\t{shape or NOTHING}\ttrue\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\") if "\\" in value else value


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _hexed(shapes: Sequence[BaseGeometry | None]) -> list[str | None]:
    given = shapely.set_srid(np.asarray(shapes, dtype=object), SRID)
    hexed: list[str | None] = shapely.to_wkb(given, hex=True, include_srid=True).tolist()
    return hexed


def _plain(value: object) -> object:
    """A field as the attributes hold it: a point as its coordinates."""
    return [value.x, value.y] if isinstance(value, shapely.Point) else value
