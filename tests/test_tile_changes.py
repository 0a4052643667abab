"""Is a tile that is handed on to a new publication the one that would be made for it?"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
import shapely
from conftest import Store, fresh
from district import at, publish, refresh, served, small
from fastapi.testclient import TestClient
from test_tiles_http import desk_of

from api import tile_store
from api.tile_place import Place
from geo.lattice import rounded
from geo.matrix import EXTENT, MATRICES
from geo.model import Facility, Plan
from geo.store import embedded

MATRIX = MATRICES["mercator"]
CORNERS = [(at(column, row).x, at(column, row).y) for column in np.arange(-0.5, 9, 0.75) for row in (-0.2, 1, 2.1, 3.5)]
ZOOMS = (4, 9, 12, 13, 15, 16, 17)


def places() -> Iterator[Place]:
    """Tiles around the town, some beside it."""
    for zoom in ZOOMS:
        squares = np.unique((MATRIX.units(np.array(CORNERS), zoom) // EXTENT).astype(int), axis=0)
        yield from (Place("mercator", "map", zoom, int(x), int(y)) for x, y in squares)


def merged(plan: Plan) -> Plan:
    """B's four grids are one."""
    outline = next(region.shape for region in plan.regions if region.code == "B")
    assert outline is not None
    one = replace(next(grid for grid in plan.grids if grid.code == "B01"), shape=outline)
    return replace(plan, grids=(*(grid for grid in plan.grids if grid.region != "B"), one))


def bent(plan: Plan) -> Plan:
    """The border between A01 and A02 has a node more, a little aside."""
    middle = shapely.Point(at(1, 0.5).x + 0.0004, at(1, 0.5).y)

    def with_node(shape: shapely.Polygon, n: int) -> shapely.Polygon:
        corners = [at(n, 0), at(n + 1, 0), at(n + 1, 1), at(n, 1)]
        corners.insert(2 if n == 0 else 4, middle)
        found = rounded(shapely.Polygon(corners))
        assert isinstance(found, shapely.Polygon)
        return found

    numbers = {"A01": 0, "A02": 1}
    grids = (replace(g, shape=with_node(g.shape, numbers[g.code])) if g.code in numbers else g for g in plan.grids)
    return replace(plan, grids=tuple(grids))


def recounted(plan: Plan) -> Plan:
    houses = (replace(one, households=777) if one.id == "h-B03" else one for one in plan.buildings)
    return replace(plan, buildings=tuple(houses))


def renamed(plan: Plan) -> Plan:
    return replace(plan, regions=tuple(replace(r, name="新名") if r.code == "S" else r for r in plan.regions))


def opened(plan: Plan) -> Plan:
    more = Facility(id="f9", category="clinic", name="新站", shape=at(8.5, 3.5))
    return replace(plan, facilities=(*plan.facilities, more), water=(replace(plan.water[0], name="江"),))


CHANGES: list[Callable[[Plan], Plan]] = [bent, recounted, renamed, opened, merged]


@pytest.fixture(scope="module")
def client(cluster: embedded.Cluster, small_town: str) -> Iterator[tuple[Store, TestClient]]:
    with fresh(cluster, small_town) as store, served(store) as made:
        yield store, made


def test_what_is_handed_on_is_what_would_be_made(client: tuple[Store, TestClient]) -> None:
    store, asked = client
    desk, plan, there = desk_of(asked), small(), list(places())
    for place in there:
        assert asked.get(address(place)).status_code in {200, 204}
    kept = 0
    for number, change in enumerate(CHANGES, start=2):
        plan = change(plan)
        assert publish(store, plan) == number
        refresh(asked)
        state = desk.live.seen.map
        for place in there:
            desk.cache.misses, before = 0, desk.cache.near(place, number)[0]
            told = asked.get(address(place))
            fresh_body = tile_store.body(desk._public, place, state.publication)
            assert (told.content, told.headers["x-publication"]) == (fresh_body, str(number)), (change, place)
            kept += desk.cache.find(place, number) is before
    assert kept > 10, "some are handed on"


def address(place: Place) -> str:
    return f"/tiles/current/{place.layer}/{place.z}/{place.x}/{place.y}"


def test_ground_beside_what_changed_is_not_touched(client: tuple[Store, TestClient]) -> None:
    store, asked = client
    desk, plan = desk_of(asked), reduce(lambda before, change: change(before), CHANGES, small())
    newest = desk.live.seen.map.publication
    here = replace(plan, grids=tuple(replace(g, name="新") if g.region == "B" else g for g in plan.grids))
    assert publish(store, here) == newest + 1
    refresh(asked)
    close = [place for place in places() if place.z == 17]
    assert 0 < desk.changes.are_met(close, newest, newest + 1).mean() < 0.4
    inside = MATRIX.units(np.array([[at(3, 1).x, at(3, 1).y]]), 17)[0] // EXTENT
    assert desk.changes.is_met(Place("mercator", "map", 17, int(inside[0]), int(inside[1])), newest, newest + 1)
