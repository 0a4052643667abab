"""A small district that is published and served: what the tests of the interface ask about."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import shapely
from conftest import Store
from divisions import ORIGIN, STEP, cell, community, together
from fastapi import FastAPI
from fastapi.testclient import TestClient
from warm import Starts

from api.app import create_app
from api.settings import Settings
from geo import lattice
from geo.files import read_geojson, write_geojson
from geo.model import Building, Facility, Grid, GridKind, Line, Plan, Region, Water
from geo.store import door, intake
from geo.store.connect import session
from geo.store.order import Mode, Order

HOUSEHOLDS = {"A01": 310, "A02": 420, "A03": 500, "A04": 0, "B01": 120, "B02": 620, "B03": 350, "B04": 400, "E02": 80}


def at(column: float, row: float) -> shapely.Point:
    """A place in units of `STEP` from the origin, on the lattice."""
    point = lattice.rounded(shapely.Point(ORIGIN[0] + column * STEP, ORIGIN[1] + row * STEP))
    assert isinstance(point, shapely.Point)
    return point


def house(number: str, grid: str, column: float, row: float, **more: Any) -> Building:
    """A building on a grid of `HOUSEHOLDS`."""
    shape = cell(column + 0.4, row + 0.4, 0.2, 0.2)
    return Building(id=number, name=f"{number}栋", households=HOUSEHOLDS[grid], shape=shape, **more)


def small() -> Plan:
    """District D over street S over communities A, B (neighbours), C (rural, no buildings) and E (two parts)."""
    a, b, c = community("A", 0, 0, parent="S"), community("B", 2, 0, parent="S"), community("C", 6, 0, 1, parent="S")
    c = replace(c, grids=(replace(c.grids[0], kind=GridKind.RURAL),))
    a = replace(a, grids=(*a.grids[:3], replace(a.grids[3], kind=GridKind.SPECIAL, name="公园 Park")))
    parts = cell(0, 3), cell(2, 3)
    enclave = Plan(
        regions=(
            Region(code="E", name="飞地", level="community", parent="D", enclave=True, shape=shapely.union_all(parts)),
        ),
        grids=tuple(Grid(code=f"E0{n}", region="E", shape=part) for n, part in enumerate(parts, start=1)),
    )
    drawn = together([a, b, c, enclave])
    above = Region(code="D", name="虚构区", level="district"), Region(code="S", name="街", level="street", parent="D")
    places = {grid: (column, row) for grid, (column, row) in _places().items() if grid in HOUSEHOLDS}
    return replace(
        drawn,
        regions=(*above, *drawn.regions),
        buildings=tuple(
            house(
                f"h-{g}", g, *place, kind="flats" if g < "B" else "tower", entrance=at(place[0] + 0.3, place[1] + 0.4)
            )
            for g, place in places.items()
        ),
        facilities=(
            Facility(id="f1", name="卫生站", category="clinic", shape=at(0.5, 0.5)),
            Facility(id="f2", category="school", shape=cell(2.1, 0.1, 0.2, 0.2)),
            Facility(id="f3", category="clinic", shape=at(9, 9)),
        ),
        lines=(Line(id="l1", name="柳堰路", category="primary", shape=shapely.LineString([at(0, 1), at(4, 1)])),),
        water=(Water(id="w1", name="河", shape=cell(4.2, 0, 0.5, 2)),),
    )


def _places() -> dict[str, tuple[float, float]]:
    square = [(0, 0), (1, 0), (0, 1), (1, 1)]
    found: dict[str, tuple[float, float]] = {}
    for code, start in (("A", 0), ("B", 2)):
        found |= {f"{code}0{n}": (start + x, y) for n, (x, y) in enumerate(square, start=1)}
    return found | {"E01": (0, 3), "E02": (2, 3)}


def document(plan: Plan) -> bytes:
    """The plan file of a plan."""
    file = io.BytesIO()
    write_geojson(plan, file)
    return file.getvalue()


def features(plan: Plan) -> dict[str, Any]:
    """The plan file, parsed, to be spoilt."""
    found: dict[str, Any] = json.loads(document(plan))
    return found


def publish(store: Store, plan: Plan, *, provisional: bool = False) -> int:
    """Take a plan in and publish it; rows replace what is there."""
    with session(store.service) as work, work.begin():
        taken = intake.take(work, [read_geojson(document(plan))], Order(mode=Mode.UPDATE, whole=True))
        assert not taken.problems
        number = intake.keep(work, taken, actor="planner", provisional=provisional)
    return door.publish(store.service, door.Request(plan=number, actor="planner", reason="small")).number


@contextmanager
def served(store: Store, **settings: Any) -> Iterator[TestClient]:
    """A client on this machine of an app on the store."""
    app = create_app(Settings(**{**Starts.fewer(), **settings}), store.service)
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 40000)) as client:
        yield client


def elsewhere(client: TestClient) -> TestClient:
    """A client of the same app on another machine."""
    return TestClient(client.app, base_url="http://maps.example.org", client=("192.0.2.7", 40000))


def refresh(client: TestClient) -> None:
    """What a notice of the store makes the app do, at once."""
    app = client.app
    assert isinstance(app, FastAPI)
    app.state.live.refresh()
