"""What is published in the tests of the edge cases of the trade, and how is it asked about?"""

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from conftest import Store
from district import at, small
from divisions import cell, community, together
from fastapi.testclient import TestClient

from geo.datum import Datum, from_wgs84
from geo.measure import metres_per_degree
from geo.model import Building, GridKind, Plan, Region, Water
from geo.store.connect import session
from geo.store.owner import covering


def trade() -> Plan:
    """The small district with a river through A and B, houses across borders, a small community and a village."""
    plan = small()
    river = Water(id="w2", name="河", shape=cell(0.2, 0, 3.6, 0.3))
    hamlet, village = community("H", 0, 6, 1, parent="S"), community("V", 10, 0, 1, parent="S")
    village = replace(village, grids=(replace(village.grids[0], kind=GridKind.RURAL, shape=cell(10, 0, 8, 8)),))
    village = replace(village, regions=(replace(village.regions[0], shape=cell(10, 0, 8, 8)),))
    across = (
        straddling("declared", 0.2, grid="A02"),
        straddling("entered", 0.4, entrance=at(1.05, 0.42)),
        straddling("largest", 0.6),
        Building(id="few", households=120, shape=cell(0.4, 6.4, 0.2, 0.2)),
        Building(id="farm", households=45, shape=cell(13, 3, 0.2, 0.2)),
    )
    both = together([plan, hamlet, village])
    return replace(both, buildings=(*plan.buildings, *across), facilities=plan.facilities, lines=(), water=(river,))


def straddling(number: str, row: float, **more: Any) -> Building:
    """A house across the border of A01 and A02, two thirds of it on A01."""
    return Building(id=number, name=f"{number} 楼", households=10, shape=cell(0.9, row, 0.15, 0.05), **more)


def halves(cut: float) -> Plan:
    """One community whose two grids meet at another column."""
    parts = cell(0, 0, cut, 2), cell(cut, 0, 2 - cut, 2)
    plan = community("A", 0, 0)
    grids = tuple(replace(grid, shape=part) for grid, part in zip(plan.grids, parts, strict=False))
    outline = shapely.coverage_union_all(list(parts))
    return replace(plan, grids=grids, regions=(replace(plan.regions[0], shape=outline),))


def faulty() -> Plan:
    """The small district as a legacy map: A01 reaches into A02, and A04 is missing."""
    plan = small()
    wide = replace(plan.grids[0], shape=cell(0, 0, 1.2, 1))
    return replace(plan, grids=(wide, *plan.grids[1:3], *plan.grids[4:]), buildings=())


def over_proven() -> Plan:
    """A community whose only grid, of the smallest code, reaches over the half of A01."""
    return Plan(
        regions=(Region(code="0", name="0", level="community", shape=cell(-1, 0, 1, 1)),),
        grids=(replace(small().grids[0], code="001", region="0", shape=cell(-1, 0, 1.5, 1)),),
    )


def east_of(place: shapely.Point, metres: float) -> shapely.Point:
    return shapely.Point(place.x + metres / metres_per_degree(place.y)[0], place.y)


def said(place: shapely.Point, datum: str) -> shapely.Point:
    """A true place as a device of another datum tells it."""
    return shapely.Point(from_wgs84(np.array([[place.x, place.y]]), Datum.parse(datum))[0])


def asked(client: TestClient, place: shapely.Point, **more: object) -> Any:
    told = client.get("/v1/owner", params={"lon": place.x, "lat": place.y, "datum": "wgs84", **more})
    assert told.status_code == 200, told.text
    return told.json()


def codes(told: Any) -> list[str | None]:
    return [one["code"] for one in told["candidates"]]


def same_everywhere(client: TestClient, store: Store, place: shapely.Point, code: str) -> None:
    """One by one, briefly, in a batch, in SQL."""
    assert asked(client, place)["owner"]["code"] == code
    assert asked(client, place, fields="owner")["owner"]["code"] == code
    with session(store.service) as work:
        assert covering(work, place.x, place.y)[0].code == code
    body = {"datum": "wgs84", "points": [{"lon": place.x, "lat": place.y}]}
    many = client.post("/v1/owner/batch", json=body)
    assert many.status_code == 200, many.text
    (result,) = many.json()["results"]
    assert result["owner"] == code
