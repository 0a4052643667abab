"""A town to be drawn: communities of four grids, with houses in rows and streets between them; and who draws it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from district import document
from divisions import cell, community, together
from importing import ENDED, ask, become
from serving import Reply
from shapely import LineString
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.model import Building, Line, Plan

HOUSES = 4
"""Houses in a row, and rows, of one grid."""
CROWDED = 8
"""The same where drawing takes a while: three seconds of a processor."""


def built(code: str, column: int, households: Sequence[int], rows: int = HOUSES) -> Plan:
    """A community of 2 x 2 grids; `households` of each house, grid by grid."""
    plan = community(code, column, 0)
    houses, step = list[Building](), 1 / rows
    for n, each in enumerate(households):
        x, y = column + n % 2, n // 2
        houses += [
            Building(
                id=f"{code}-{n}-{i}-{j}",
                households=each,
                shape=cell(x + (i + 0.3) * step, y + (j + 0.3) * step, 0.4 * step, 0.4 * step),
            )
            for i in range(rows)
            for j in range(rows)
        ]
    return replace(plan, buildings=tuple(houses))


def streets(start: int, columns: int, rows: int = HOUSES) -> tuple[Line, ...]:
    """A street round every house, from end to end."""
    found = list[Line]()
    for n in range(columns * rows + 1):
        street = cell(start + n / rows, 0, 0.001, 2)
        west, south, _, north = street.bounds
        found.append(Line(id=f"v{start}-{n}", category="residential", shape=LineString([(west, south), (west, north)])))
    for n in range(2 * rows + 1):
        west, south, east, _ = cell(start, n / rows, columns, 0.001).bounds
        found.append(Line(id=f"h{start}-{n}", category="residential", shape=LineString([(west, south), (east, south)])))
    return tuple(found)


def town() -> Plan:
    """A has grids of 720, 720, 192 and 192 households, B four of 400, C four of 192."""
    parts = [built("A", 0, (45, 45, 12, 12)), built("B", 2, (25, 25, 25, 25)), built("C", 4, (12, 12, 12, 12))]
    return replace(together(parts), lines=streets(0, 6))


def crowd() -> Plan:
    """A community whose drawing takes some seconds."""
    return replace(built("D", 10, (30, 30, 30, 30), CROWDED), lines=streets(10, 2, CROWDED))


class Drawer:
    """One who has plans drawn by a running service."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Reply:
        told = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex, **(headers or {})}
        return ask(self.url, path, "POST", json.dumps(body or {}).encode(), told)

    def get(self, path: str) -> Any:
        return ask(self.url, path).told

    def opened(self, *communities: str) -> str:
        told = self.post("/v1/plans", {"communities": communities})
        assert told.status == 201, told.body
        return str(told.told["id"])

    def uploaded(self, plan: Plan) -> str:
        """A draft of what nobody has published yet."""
        told = {"Content-Type": "application/geo+json", "Idempotency-Key": uuid4().hex}
        reply = ask(self.url, "/v1/plans", "POST", document(plan), told)
        assert reply.status == 201, reply.body
        return str(reply.told["id"])

    def plan(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/v1/plans/{number}")
        return found

    def ground(self, number: str) -> bytes:
        return ask(self.url, f"/v1/plans/{number}?f=geojson").body

    def asked(self, number: str, what: str, body: object = None, **headers: str) -> Reply:
        """A change of a plan from the revision that is there now."""
        match = {"If-Match": f'"{self.plan(number)["revision"]}"'}
        return self.post(f"/v1/plans/{number}/{what}", body, {**match, **headers})

    def begun(self, number: str, body: object = None, what: str = "draw", **headers: str) -> str:
        """The job of a drawing that was asked for."""
        told = self.asked(number, what, body, **headers)
        assert told.status == 202, told.body
        return str(told.told["id"])

    def done(self, number: str, body: object = None, what: str = "draw", **headers: str) -> dict[str, Any]:
        """What came of a drawing."""
        ended = become(self.url, self.begun(number, body, what, **headers), *ENDED, within_s=90)
        assert ended["state"] == "done", ended
        found: dict[str, Any] = ended["result"]
        return found


def households(way: Mapping[str, Any]) -> list[int]:
    """Of all grids of an alternative."""
    return [grid["households"] for one in way["communities"] for grid in one["grids"]]


def shapes_of(ground: bytes, *codes: str) -> dict[str, BaseGeometry]:
    """The same as shapes, of all grids or some."""
    found = grids_of(ground)
    return {code: normal(found[code]) for code in codes or found}


def normal(geometry: Mapping[str, Any]) -> BaseGeometry:
    """A shape without the nodes on its straight edges, begun where all are."""
    return shape(geometry).simplify(0).normalize()


def grids_of(ground: bytes) -> dict[str, Any]:
    """The grids of a plan file by code, each with its ground."""
    features = json.loads(ground)["features"]
    return {one["properties"]["code"]: one["geometry"] for one in features if one["properties"]["layer"] == "grid"}
