"""Are buildings, facilities, lines and water where tiles look for them, each published row once?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import shapely
from conftest import Store
from district import at, publish, small
from divisions import cell
from sqlalchemy import text

from geo.matrix import MATRICES, MOST_ZOOM
from geo.model import Building, Facility, Line, Plan, Water
from geo.store import tile_parts, tile_things
from geo.store.connect import service_engine, session
from geo.store.errors import StoreUnavailable
from geo.store.tile_things import THINGS, derive_things


def things(store: Store, layer: str, matrix: str = "mercator") -> dict[tuple[str, int], shapely.Geometry]:
    """Code and first publication of every row to its shape."""
    query = f"""SELECT i.code, lower(b.numbers), ST_AsBinary(t.shape)
      FROM tile_thing AS t JOIN {layer} AS b ON b.row = t.thing
      JOIN identity AS i ON i.id = b.id WHERE t.layer = :layer AND t.matrix = :matrix"""
    with store.service.connect() as connection:
        found = connection.execute(text(query), {"layer": layer, "matrix": matrix}).all()
    shapes = {(code, number): shapely.from_wkb(bytes(shape)) for code, number, shape in found}
    assert len(shapes) == len(found)
    return shapes


def test_every_thing_is_there_once(store: Store) -> None:
    publish(store, small())
    plan = small()
    given = {
        "building": {one.id: one.shape for one in plan.buildings},
        "facility": {one.id: one.shape for one in plan.facilities},
        "line": {one.id: one.shape for one in plan.lines},
        "water": {one.id: one.shape for one in plan.water},
    }
    assert given.keys() == THINGS.keys()
    for matrix in MATRICES.values():
        for layer, shapes in given.items():
            derive_things(store.service, matrix.name, layer, 1)
            derive_things(store.service, matrix.name, layer, 1)
            found = things(store, layer, matrix.name)
            assert found.keys() == {(code, 1) for code in shapes}
            for code, shape in shapes.items():
                where = matrix.units(shapely.get_coordinates(shape), MOST_ZOOM)
                assert shapely.distance(shapely.points(where), found[code, 1]).max() < 1e-3


def test_rows_of_later_publications_are_added(store: Store) -> None:
    """What is in force no more stays for the old numbers."""
    publish(store, small())
    derive_things(store.service, "mercator", "building", 1)
    moved = replace(small().buildings[0], shape=cell(0.1, 0.1, 0.2, 0.2))
    publish(store, Plan(buildings=(moved,)))
    publish(store, Plan(buildings=(Building(id="new", households=3, shape=cell(0.6, 0.6, 0.1, 0.1)),)))
    derive_things(store.service, "mercator", "building", 2)
    assert {number for _, number in things(store, "building")} == {1, 2}
    derive_things(store.service, "mercator", "building", 99)
    found = things(store, "building")
    assert len(found) == 11
    assert ("new", 3) in found
    assert not found[moved.id, 1].equals(found[moved.id, 2])
    with session(store.service) as work:
        assert tile_parts.reached(work, "mercator", "building") == 3


def many() -> Plan:
    """More things than a batch of the next tests has."""
    return replace(
        small(),
        buildings=tuple(
            Building(id=f"b{n:02}", households=1, shape=cell(0.1 + 0.05 * (n % 10), 0.1 + 0.05 * (n // 10), 0.03, 0.03))
            for n in range(50)
        ),
    )


def test_batch_after_batch_by_several(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile_things, "MOST_ROWS", 7)
    publish(store, many())
    engines = [service_engine(store.service_url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(derive_things, engine, "mercator", "building", 1) for engine in engines]:
            done.result()
    for engine in engines:
        engine.dispose()
    assert len(things(store, "building")) == 50


DIES = """CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM tile_thing) > 20 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
    RETURN NULL; END $$;
  CREATE TRIGGER die AFTER INSERT ON tile_thing FOR EACH STATEMENT EXECUTE FUNCTION die();
  GRANT EXECUTE ON FUNCTION die() TO wangge_service"""


def test_a_death_between_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile_things, "MOST_ROWS", 7)
    publish(store, many())
    with store.owner.begin() as work:
        work.execute(text(DIES))
    with pytest.raises(StoreUnavailable):
        derive_things(store.service, "mercator", "building", 1)
    assert len(things(store, "building")) == 14
    with store.owner.begin() as work:
        work.execute(text("DROP TRIGGER die ON tile_thing"))
    derive_things(store.service, "mercator", "building", 1)
    assert len(things(store, "building")) == 50


ODD: dict[str, Callable[[], Plan]] = {
    "a speck": lambda: Plan(water=(Water(id="odd", shape=shapely.box(104.1, 30.7, 104.1000001, 30.7000001)),)),
    "far north": lambda: Plan(facilities=(Facility(id="odd", category="x", shape=shapely.Point(104.1, 89.9)),)),
    "far east": lambda: Plan(facilities=(Facility(id="odd", category="x", shape=shapely.Point(180.0, -90.0)),)),
    "a long edge": lambda: Plan(
        lines=(Line(id="odd", category="x", shape=shapely.LineString([(100, 30), (109, 31)])),)
    ),
    "a line through itself": lambda: Plan(
        lines=(Line(id="odd", category="x", shape=shapely.LineString([at(0, 0), at(1, 1), at(1, 0), at(0, 1)])),)
    ),
    "several": lambda: Plan(water=(Water(id="odd", shape=shapely.union_all([cell(0, 0), cell(3, 3)])),)),
}


def test_odd_shapes_are_no_failure(store: Store) -> None:
    for plan in ODD.values():
        publish(store, plan())
    for matrix in MATRICES:
        count = 0
        for layer in THINGS:
            derive_things(store.service, matrix, layer, len(ODD))
            found = things(store, layer, matrix)
            count += len(found)
            for shape in found.values():
                assert np.isfinite(shapely.get_coordinates(shape)).all()
        assert count == len(ODD)
